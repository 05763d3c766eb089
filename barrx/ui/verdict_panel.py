"""What a curator says to a cluster or a picture: three buttons and a note, kept as soon as they are touched."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from barrx import views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _
from barrx.pipeline import Map
from barrx.ui import judged_state, keys
from barrx.ui.share import kept
from barrx.ui.text import plain
from barrx.views import verdicts
from barrx.views.verdicts import OPINIONS, Opinion, Verdict, opinion_names

_Say = Callable[[Opinion | None, str], None]


def on_cluster(dataset: Dataset, finished: Map, number: int) -> None:
    """Show the verdict on a cluster, to be changed."""
    labels = finished.clustering.labels
    say = partial(verdicts.on_cluster, dataset, np.flatnonzero(labels == number))
    given = verdicts.of_clusters(dataset, labels).get(number)
    _panel(_("Your verdict on this cluster"), given, say, keys.of("cluster", f"{finished.revision}:{number}"))
    kept.say_verdict(dataset, finished, number)


def on_picture(dataset: Dataset, finished: Map, index: int) -> None:
    """Show the verdict on a picture, to be changed."""
    say = partial(verdicts.on_picture, dataset, index)
    given = verdicts.of_pictures(dataset).get(index)
    _panel(_("Your verdict on its place"), given, say, keys.of("picture", f"{dataset.fingerprint}:{index}"))
    kept.say_verdict(dataset, finished, dataset.filenames[index])


def _panel(label: str, given: Verdict | None, say: _Say, of: str) -> None:
    buttons, note = keys.of(keys.VERDICT, of), keys.of(keys.VERDICT_NOTE, of)
    is_locked = not views.is_writable()
    refused = judged_state.refusal(buttons)
    # What is kept is the truth: somebody else may have changed it. A note that was refused is still to be shortened.
    st.session_state[buttons] = given.opinion if given else None
    st.session_state[note] = refused[1] if refused else given.note if given else ""
    st.segmented_control(
        label,
        OPINIONS,
        format_func=lambda opinion: opinion_names()[opinion],
        key=buttons,
        on_change=_keep,
        args=(say, buttons, note, given),
        disabled=is_locked,
        help=_("Kept for these images, whatever number the cluster has in another setting."),
    )
    if given is not None:
        # Without max_chars: with it a browser drops a longer text that is pasted, without a word.
        st.text_input(
            _("Note"),
            key=note,
            placeholder=_("Why?"),
            on_change=_keep,
            args=(say, buttons, note, given),
            disabled=is_locked,
            label_visibility="collapsed",
        )
    if refused:
        st.error(plain(refused[0]), icon=":material/error:")
    if given is None:
        _offer_undo(say, buttons, keys.of(keys.VERDICT_BACK, of))


def _offer_undo(say: _Say, buttons: str, key: str) -> None:
    before: Verdict | None = judged_state.taken_back(buttons)
    if before is not None:
        said = verdicts.in_words((before.opinion, before.note))
        st.button(
            _("Bring back “{verdict}”").format(verdict=plain(said[:60])),
            key=key,
            on_click=_say,
            args=(say, buttons, before.opinion, before.note),
            icon=":material/undo:",
            type="tertiary",
        )


def _keep(say: _Say, buttons: str, note: str, before: Verdict | None) -> None:
    opinion = st.session_state[buttons]
    _say(say, buttons, opinion, st.session_state.get(note, "") if opinion else "")
    judged_state.remember_taken_back(buttons, before if opinion is None else None)


def _say(say: _Say, buttons: str, opinion: Opinion | None, note: str) -> None:
    try:
        say(opinion, note)
    except BarrxError as error:
        judged_state.keep_refusal(buttons, str(error), note)
    else:
        judged_state.keep_refusal(buttons, None)
