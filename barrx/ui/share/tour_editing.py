"""Tours: which views have one, and the five stops that a curator takes from Explore."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from barrx import cache, views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _
from barrx.ui import keys, navigation
from barrx.ui.share import choosing, present, session
from barrx.ui.text import at_most, plain
from barrx.views import references, saved, tours
from barrx.views.tours import MAX_STOPS, MAX_TEXT, Stop


def show(dataset: Dataset) -> None:
    """Show the tours of a collection, and for curators the stops of one."""
    st.caption(
        _(
            "A tour flies through a saved view in up to five stops, on the whole screen, by the keys of a remote."
        )
    )
    in_use = [st.session_state.get(keys.TOUR_VIEW)]
    names = choosing.find(dataset, "tour", chosen=in_use, only_with_tour=not views.is_writable())
    if not names:
        text = (
            _("Save a view first: a tour goes through one.")
            if views.is_writable()
            else _("There is no tour.")
        )
        st.info(text, icon=":material/bookmark:")
        return
    if st.session_state.get(keys.TOUR_VIEW) not in names:
        opened = session.opened_view(dataset)
        st.session_state[keys.TOUR_VIEW] = opened if opened in names else next(iter(names))
    id = st.selectbox(_("View"), list(names), key=keys.TOUR_VIEW, format_func=names.__getitem__)
    stops = tours.stops(id)
    if stops and st.button(_("Present"), key=keys.TOUR_PRESENT, type="primary", icon=":material/slideshow:"):
        session.go_to_stop(id, 0)
        navigation.go_to(navigation.presenter(), {keys.VIEW: references.of(saved.get(id))})
    here = _here(dataset, id) if views.is_writable() else None
    for number in range(len(stops)):
        _stop(id, stops, number, here)
    if views.is_writable():
        _undo(id)
        _add(dataset, id, stops, here)


def _here(dataset: Dataset, id: int) -> Stop | None:
    """Return a stop where Explore looks now, in its colours; None where it shows another map than the view's."""
    shown = present.of(dataset)
    if shown is None or shown.seen.request != saved.load(id).seen.request:
        return None
    seen = shown.seen
    return Stop(
        title="-",
        color=seen.color,
        camera=seen.camera if seen.arrangement.kind == "map" else None,
        brought_out=seen.brought_out,
    )


def _stop(id: int, stops: Sequence[Stop], number: int, here: Stop | None) -> None:
    stop = stops[number]
    key = keys.of(keys.TOUR_STOP, f"{id}:{number}")
    with st.container(border=True, key=key):
        st.markdown(f"**{number + 1}. {plain(stop.title)}**")
        if stop.text:
            st.caption(plain(stop.text))
        if not views.is_writable():
            return
        with st.container(horizontal=True):
            if number and st.button(
                _("Earlier"), key=keys.of(key, "up"), icon=":material/arrow_upward:", type="tertiary"
            ):
                swapped = list(stops)
                swapped[number - 1 : number + 1] = [stop, stops[number - 1]]
                _set(id, swapped)
            with st.popover(_("Change"), icon=":material/edit:", type="tertiary", key=keys.of(key, "change")):
                _change(id, stops, number, here)
            if st.button(_("Remove"), key=keys.of(key, "remove"), icon=":material/delete:", type="tertiary"):
                session.remember_stops(id, list(stops))
                _set(id, [one for i, one in enumerate(stops) if i != number])


def _change(id: int, stops: Sequence[Stop], number: int, here: Stop | None) -> None:
    stop = stops[number]
    # Another key for each state of the stop: the fields begin with what it is now.
    key = keys.of(keys.TOUR_CHANGE, f"{id}:{number}:{cache.fingerprint(repr(stop))[:8]}")
    with st.form(key, border=False):
        title = st.text_input(_("Title"), stop.title, key=keys.of(key, "title"))
        text = st.text_area(_("Text"), stop.text, key=keys.of(key, "text"), height=90, help=at_most(MAX_TEXT))
        is_moved = here is not None and st.checkbox(
            _("Go where Explore looks now, in its colours"), key=keys.of(key, "here")
        )
        if not st.form_submit_button(_("Save")):
            return
        try:
            changed = replace(here if here and is_moved else stop, title=title, text=text.strip())
        except BarrxError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
    session.remember_stops(id, list(stops))
    _set(id, [changed if i == number else one for i, one in enumerate(stops)])


def _add(dataset: Dataset, id: int, stops: Sequence[Stop], here: Stop | None) -> None:
    if len(stops) >= MAX_STOPS:
        st.caption(_("A tour has five stops at most."))
        return
    if here is None and present.of(dataset) is not None:
        st.info(
            _(
                "A stop is where Explore looks, and Explore shows another map than this view has. Open the view first."
            ),
            icon=":material/open_in_new:",
        )
    if here is None:
        return
    key = keys.of(keys.TOUR_ADD, f"{id}:{len(stops)}")
    with st.form(key, border=True):
        st.markdown("**" + _("Another stop: where Explore looks now, in its colours") + "**")
        title = st.text_input(_("Title"), key=keys.of(key, "title"))
        text = st.text_area(_("Text"), key=keys.of(key, "text"), height=90, help=at_most(MAX_TEXT))
        if st.form_submit_button(_("Add the stop"), icon=":material/add_location:"):
            try:
                added = replace(here, title=title, text=text.strip())
            except BarrxError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                _set(id, [*stops, added])


def _undo(id: int) -> None:
    before = session.stops_before(id)
    if before is not None and st.button(
        _("Undo"), key=keys.of(keys.TOUR_STOP, "undo"), icon=":material/undo:", type="tertiary"
    ):
        session.remember_stops(id, None)
        _set(id, before)


def _set(id: int, stops: Sequence[Stop]) -> None:
    tours.set_stops(id, stops)
    st.rerun()
