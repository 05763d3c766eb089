"""The desk where an interpretation is written: the view it is about, the text, figures from what Explore shows."""

import numpy as np
import streamlit as st

from barrx import facets, interpretation_files
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _
from barrx.ui import keys, state
from barrx.ui.share import choosing, figure_making, present, session
from barrx.ui.share.figure_making import Maker
from barrx.ui.share.present import Present
from barrx.ui.share.session import Writing
from barrx.ui.standalone import scene
from barrx.ui.text import apart_at_sight, at_most, plain
from barrx.views import interpretations, saved
from barrx.views.interpretations import MAX_FIGURES, MAX_TEXT, Interpretation, Words

_TITLE, _AUTHOR, _BODY = (keys.of(keys.TEXT_FORM, name) for name in ("title", "author", "text"))
_FIELDS = {"title": _TITLE, "author": _AUTHOR, "text": _BODY, "view": keys.TEXT_VIEW}


def begin(dataset: Dataset, text: Interpretation | None = None) -> None:
    """Open the desk, empty or with a text to change."""
    if text is None:
        desk = Writing(view=session.opened_view(dataset))
    else:
        words = text.words
        desk = Writing(text.id, dict(text.figures), text.view, words.title, words.author, words.text)
    session.write(dataset, desk)
    for name, key in _FIELDS.items():
        st.session_state[key] = getattr(desk, name)


def _bring_back(desk: Writing) -> None:
    """Fill the fields again when one comes back from elsewhere."""
    for name, key in _FIELDS.items():
        if key not in st.session_state:
            st.session_state[key] = getattr(desk, name)


def _keep(desk: Writing) -> None:
    """Keep what the fields hold.

    Also called by the fields themselves: a click that leads elsewhere may be answered together with what was typed
    before it, in a run that shows no desk.
    """
    for name, key in _FIELDS.items():
        if key in st.session_state:
            setattr(desk, name, st.session_state[key])


def show(dataset: Dataset, desk: Writing) -> None:
    """Show the desk."""
    _bring_back(desk)
    with st.container(border=True, key=keys.TEXT_FORM):
        if desk.id is None:
            names = choosing.find(dataset, "text", chosen=[st.session_state.get(keys.TEXT_VIEW)])
            if st.session_state.get(keys.TEXT_VIEW) not in names:
                st.session_state[keys.TEXT_VIEW] = next(iter(names))
            st.selectbox(
                _("About the view"),
                list(names),
                key=keys.TEXT_VIEW,
                format_func=names.__getitem__,
                on_change=_keep,
                args=(desk,),
            )
        st.text_input(_("Title"), key=_TITLE, on_change=_keep, args=(desk,))
        st.text_input(_("Author"), key=_AUTHOR, on_change=_keep, args=(desk,))
        st.text_area(
            _("Text"),
            key=_BODY,
            on_change=_keep,
            args=(desk,),
            height=260,
            help=_(
                "Markdown: **bold**, *italic*, # heading, [link](https://…). A figure stands where its line is."
            )
            + " "
            + at_most(MAX_TEXT),
        )
        _keep(desk)
        _figures(dataset, desk)
        with st.container(horizontal=True):
            if st.button(_("Publish"), key=keys.of(keys.TEXT_FORM, "publish"), type="primary"):
                _publish(dataset, desk)
            if st.button(_("Discard"), key=keys.of(keys.TEXT_FORM, "discard"), type="tertiary"):
                session.write(dataset, None)
                st.rerun()
    _preview(desk)


def _figures(dataset: Dataset, desk: Writing) -> None:
    try:
        shown, is_explore = _shown(dataset, desk)
    except BarrxError as error:
        st.caption(plain(str(error)))
        return
    st.caption(
        _("Add a figure from what Explore shows now:")
        if is_explore
        else _("Explore shows another map than this view has. Add a figure from the view as it was saved:")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _offer(dataset, desk, _("Map"), "map", figure_making.of_map)
        if len(shown.seen.selection):
            _offer(dataset, desk, _("Selected images"), "selection", figure_making.of_selection)
    _offer_of_choice(dataset, desk, shown)


def _offer_of_choice(dataset: Dataset, desk: Writing, shown: Present) -> None:
    """Offer figures of a cluster and of a column, each to be chosen."""
    numbers = [n for n in np.unique(shown.finished.clustering.labels).tolist() if n != NOISE]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if numbers:
            number = st.selectbox(
                _("Cluster"),
                numbers,
                key=keys.of(keys.TEXT_FIGURE, "number"),
                width=160,
                label_visibility="collapsed",
            )
            _offer(dataset, desk, _("Its images"), "cluster", figure_making.of_cluster(number))
        columns = facets.categories(dataset)
        if columns:
            column = st.selectbox(
                _("Column"),
                columns,
                format_func=apart_at_sight({name: name for name in columns}).__getitem__,
                key=keys.of(keys.TEXT_FIGURE, "column"),
                width=200,
                label_visibility="collapsed",
            )
            _offer(dataset, desk, _("Chart of counts"), "counts", figure_making.of_counts(column))


def _shown(dataset: Dataset, desk: Writing) -> tuple[Present, bool]:
    """Return what figures are taken from: Explore, where it shows the map of the view; else the view as it was kept.

    Returns
    -------
    Present
    bool
        it is what Explore shows

    Raises
    ------
    BarrxError
        if there is no such view, or the collection has changed since
    """
    id = st.session_state[keys.TEXT_VIEW] if desk.id is None else interpretations.load(desk.id).view
    view, explored = saved.load(id), present.of(dataset)
    if explored is not None and np.array_equal(explored.finished.coordinates, view.coordinates):
        return explored, True
    return Present(scene.of_view(dataset, view).finished, view.seen), False


def _offer(dataset: Dataset, desk: Writing, label: str, name: str, make: Maker) -> None:
    st.button(
        label,
        key=keys.of(keys.TEXT_FIGURE, name),
        icon=":material/add_photo_alternate:",
        on_click=_add,
        args=(dataset, desk, make),
        disabled=len(desk.figures) >= MAX_FIGURES,
    )


def _add(dataset: Dataset, desk: Writing, make: Maker) -> None:
    """Make a figure and write its line at the end of the text."""
    try:
        figure = make(dataset, _shown(dataset, desk)[0])
    except BarrxError as error:
        state.leave_notice(plain(str(error)))
        return
    number = max(desk.figures, default=0) + 1
    desk.figures[number] = figure
    caption = figure.caption.replace("[", "(").replace("]", ")")
    text = str(st.session_state.get(_BODY, "")).rstrip()
    st.session_state[_BODY] = f"{text}\n\n![{caption}](figure:{number})\n".lstrip()
    _keep(desk)


def _written(desk: Writing) -> Words:
    return Words(
        title=st.session_state[_TITLE], text=st.session_state[_BODY], author=st.session_state[_AUTHOR]
    )


def _publish(dataset: Dataset, desk: Writing) -> None:
    try:
        words = _written(desk)
        # A figure whose line was deleted is gone.
        figures = {n: f for n, f in desk.figures.items() if f"(figure:{n})" in words.text}
        if desk.id is None:
            interpretations.add(st.session_state[keys.TEXT_VIEW], words, figures)
        else:
            interpretations.change(desk.id, words, figures)
    except BarrxError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    session.write(dataset, None)
    state.leave_notice(_("“{name}” is published.").format(name=plain(words.title)))
    st.rerun()


def _preview(desk: Writing) -> None:
    text = st.session_state.get(_BODY, "").strip()
    if not text:
        return
    st.caption(_("Preview"))
    try:
        words = Words(title="-", text=text)
    except BarrxError as error:  # too long
        st.error(plain(str(error)), icon=":material/error:")
        return
    draft = Interpretation(
        id=0, view=0, words=words, created="", changed="", status="waiting", figures=desk.figures
    )
    shown = interpretation_files.body(draft, present.address_of_figure, rest=False)
    st.html(f'<div class="interpretation" dir="auto">{shown}</div>')
