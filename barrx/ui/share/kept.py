"""What a saved view keeps, against what is shown of it: a map computed anew, names and verdicts given since."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from barrx import views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.export import differences
from barrx.export.differences import Difference
from barrx.i18n import _, numeral
from barrx.pipeline import Map
from barrx.ui import keys, navigation, state
from barrx.ui.share import session
from barrx.ui.text import plain, shortened
from barrx.views import SavedView, saved, store
from barrx.views.saved import Listed
from barrx.views.verdicts import Change, changes, in_words
from barrx.views.verdicts import kept as kept_now

_SHOWN = 3  # names, and verdicts, that are told one by one
_VERDICT_SHOWN = 60  # characters


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a saved view keeps that is shown otherwise; ``difference`` is None where the maps are the same."""

    listed: Listed
    number: int
    difference: Difference | None
    names: tuple[tuple[str, str], ...]
    verdicts: tuple[Change, ...]


def line(dataset: Dataset, finished: Map) -> None:
    """Say where the map on screen differs from the one that the opened view keeps, and offer the way to that."""
    kept = _of_opened(dataset, finished)
    if kept is None:
        return
    if kept.difference is not None:
        _say_moved(kept.listed, kept.number, kept.difference)
    if kept.names:
        _say_names(dataset, kept.listed.id, kept.number, kept.names)
    if kept.verdicts:
        _say_verdicts(kept.listed, kept.verdicts)


def verdicts(dataset: Dataset, finished: Map) -> tuple[Change, ...]:
    """Return the verdicts that the opened view keeps and that are others now, if the map on screen is its map."""
    kept = _of_opened(dataset, finished)
    return () if kept is None else kept.verdicts


def say_verdict(dataset: Dataset, finished: Map, about: int | str) -> None:
    """Say which verdict on a cluster or a picture the opened view keeps, where it is another one than now."""
    kept = _of_opened(dataset, finished)
    if kept is None:
        return
    text = _("Kept with the view “{name}”: {verdict}")
    for one in kept.verdicts:
        if one.about == about:
            st.caption(plain(text.format(name=kept.listed.name, verdict=in_words(one.before))))


def say_export(dataset: Dataset, finished: Map) -> None:
    """Say that a file has the verdicts of now where the opened view keeps others, and how to get those."""
    kept = _of_opened(dataset, finished)
    if kept is None or not kept.verdicts:
        return
    said = [_("Verdicts in a file are those of now, not those kept with the view “{name}”.")]
    if kept.number == kept.listed.revision:
        said.append(_("Those come with the view on the command line: --view {id}."))
    st.caption(plain(" ".join(said).format(name=kept.listed.name, id=kept.listed.id)))


def _of_opened(dataset: Dataset, finished: Map) -> _Kept | None:
    opened = session.opened_revision(dataset)
    if opened is None:
        return None
    try:
        # A slider's move asks this each time: the database is read only after somebody has written to it.
        return _read(store.stamp(), *opened, dataset.fingerprint, finished.revision, dataset, finished)
    except BarrxError:  # removed meanwhile, or damaged: the map itself is whole
        return None


@st.cache_resource(show_spinner=False, max_entries=32)
def _read(
    stamp: store.Stamp,
    id: int,
    number: int | None,
    fingerprint: str,
    revision: str,
    _dataset: Dataset,
    _finished: Map,
) -> _Kept | None:
    """Return what the view keeps; None where the map on screen is not the view's map at all."""
    listed = saved.get(id)
    number = number or listed.revision
    is_of_view, difference = _compared(
        listed.id, number, listed.created, fingerprint, revision, _dataset, _finished
    )
    if not is_of_view:
        return None
    view = saved.load(listed.id, number)
    said = changes(view.said.verdicts, kept_now(_dataset, view.labels))
    return _Kept(listed, number, difference, _names(_dataset, view), tuple(said))


@st.cache_resource(show_spinner=False, max_entries=32)
def _compared(
    id: int, number: int, created: str, fingerprint: str, revision: str, _dataset: Dataset, _finished: Map
) -> tuple[bool, Difference | None]:
    """Return whether a map is the view's, and how it differs from the kept one; a revision never changes."""
    view = saved.load(id, number)
    if view.seen.request != _finished.request or view.filenames != _dataset.filenames:
        return False, None
    found = differences.difference(
        (view.coordinates, view.labels), (_finished.coordinates, _finished.clustering.labels)
    )
    return True, None if found.is_none else found


def _say_moved(listed: Listed, number: int, found: Difference) -> None:
    text = _(
        "This map was computed anew and differs from the one kept with the view “{name}”: {moved} of the images are "
        "more than 1% of its width away, {others} are in another cluster. The view’s tour, and side by side, show "
        "the kept one."
    ).format(
        name=listed.name,
        moved=numeral(found.moved, ".0%"),
        others=numeral(1 - found.same_cluster, ".0%"),
    )
    st.warning(plain(text), icon=":material/difference:")
    if number != listed.revision:
        st.caption(_("Bring this revision back on the page Share to see its own map side by side."))
    elif st.button(_("See both side by side"), key=keys.KEPT_COMPARE, icon=":material/compare:"):
        st.session_state[keys.COMPARE_ONE] = listed.id
        st.session_state[keys.SHARE_SECTION] = "compare"
        navigation.go_to(navigation.share())


def _names(dataset: Dataset, view: SavedView) -> tuple[tuple[str, str], ...]:
    """Return the names that clusters of a view had and have now, where they differ; "" for none."""
    before, now = view.said.cluster_names, views.cluster_names(dataset, view.labels)
    numbers = sorted(before.keys() | now.keys())
    return tuple((b, n) for b, n in ((before.get(i, ""), now.get(i, "")) for i in numbers) if b != n)


def _say_names(dataset: Dataset, id: int, number: int, names: tuple[tuple[str, str], ...]) -> None:
    none = _("no name")
    shown = [
        _("{before} (now: {now})").format(
            before=f"“{before}”" if before else none, now=f"“{now}”" if now else none
        )
        for before, now in names[:_SHOWN]
    ]
    if len(names) > _SHOWN:
        shown.append("…")
    text = _("Clusters have been named since the view was saved. In the view: {names}")
    st.info(plain(text.format(names=", ".join(shown))), icon=":material/edit_note:")
    if views.is_writable() and st.button(
        _("Bring back the names of the view"), key=keys.KEPT_NAMES, type="tertiary", icon=":material/undo:"
    ):
        view = saved.load(id, number)
        bring_back(dataset, view, view.said.cluster_names)
        state.leave_notice(_("The clusters have the names of the view again."))
        st.rerun()


def _say_verdicts(listed: Listed, found: tuple[Change, ...]) -> None:
    shown = [_change_in_words(one) for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        shown.append("…")
    text = _("Verdicts have changed since the view was saved. Kept with “{name}”: {verdicts}")
    st.info(plain(text.format(name=listed.name, verdicts="; ".join(shown))), icon=":material/rate_review:")


def _change_in_words(one: Change) -> str:
    about = _("cluster {n}").format(n=one.about) if isinstance(one.about, int) else one.about
    before, now = (
        f"“{shortened(in_words(said), _VERDICT_SHOWN)}”" if said else in_words(said)
        for said in (one.before, one.now)
    )
    return f"{about}: " + _("{before} (now: {now})").format(before=before, now=now)


def bring_back(dataset: Dataset, view: SavedView, names: Mapping[int, str]) -> None:
    """Give the clusters of a view some names, and take away those that it had not.

    Raises
    ------
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    now = views.cluster_names(dataset, view.labels)
    for label in now.keys() | names.keys():
        if now.get(label) != names.get(label):
            views.name_cluster(dataset, np.flatnonzero(view.labels == label), names.get(label, ""))
