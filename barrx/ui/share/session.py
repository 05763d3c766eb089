"""What a session remembers of saved views, texts and tours. Nothing else writes this part of the session state."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from barrx.datasets import Dataset
from barrx.ui import state
from barrx.views.interpretations import Figure
from barrx.views.tours import Stop

_VIEW = "_view"
_REMOVED_VIEW = "_removed_view"
_WRITING = "_writing"
_REMOVED_TEXT = "_removed_text"
_FORM = "_contribution_form"
_PRESENTED = "_presented_view"
_STOP = "_stop"
_STOPS_BEFORE = "_stops_before"


def open_view(collection: Dataset, id: int, number: int | None = None) -> None:
    """Remember which saved view was opened last, and which revision of it; None for the present one."""
    state.keep(_VIEW, collection, (id, number))


def opened_view(collection: Dataset) -> int | None:
    """Return the saved view that was opened last, if it is one of this collection."""
    found = opened_revision(collection)
    return None if found is None else found[0]


def opened_revision(collection: Dataset) -> tuple[int, int | None] | None:
    """Return the saved view that was opened last and the number of its revision; None for the present one."""
    found: tuple[int, int | None] | None = state.kept(_VIEW, collection)
    return found


def remember_removed_view(id: int | None, name: str = "") -> None:
    """Remember the saved view that was removed last, to be brought back; None offers no undo any more."""
    st.session_state[_REMOVED_VIEW] = None if id is None else (id, name)


def removed_view() -> tuple[int, str] | None:
    """Return the saved view that was removed last, and its name."""
    found: tuple[int, str] | None = st.session_state.get(_REMOVED_VIEW)
    return found


def remember_presented_view(id: int) -> None:
    """Remember the saved view whose tour is presented."""
    st.session_state[_PRESENTED] = id


def presented_view() -> int | None:
    """Return the saved view whose tour was presented last, of whatever collection."""
    id: int | None = st.session_state.get(_PRESENTED)
    return id


def go_to_stop(view: int, number: int) -> None:
    """Go to a stop of a view's tour."""
    st.session_state[_STOP] = (view, number)


def stop(view: int) -> int:
    """Return at which stop of a view's tour one is, from 0."""
    found, number = st.session_state.get(_STOP, (view, 0))
    return int(number) if found == view else 0


def remember_form(collection: Dataset) -> None:
    """Remember that a visitor has the form: what is typed into it is not to vanish when contributions end."""
    state.keep(_FORM, collection, True)


def has_form(collection: Dataset) -> bool:
    """Tell whether a visitor has had the form for a contribution."""
    return bool(state.kept(_FORM, collection))


def remember_stops(view: int, stops: Sequence[Stop] | None) -> None:
    """Remember the stops of a tour before one was removed; None offers no undo any more."""
    st.session_state[_STOPS_BEFORE] = (view, stops)


def stops_before(view: int) -> Sequence[Stop] | None:
    """Return the stops of a view's tour before one was removed."""
    found, stops = st.session_state.get(_STOPS_BEFORE, (view, None))
    return stops if found == view else None


@dataclass(slots=True)
class Writing:
    """An interpretation on its way.

    Attributes
    ----------
    id : which one is changed; None for a new one
    figures : those so far, by number
    view : the saved view that it is about
    title, author, text : what is typed so far. Streamlit forgets what a field holds that another page does not show
    """

    id: int | None = None
    figures: dict[int, Figure] = field(default_factory=dict)
    view: int | None = None
    title: str = ""
    author: str = ""
    text: str = ""


def write(collection: Dataset, writing: Writing | None) -> None:
    """Begin to write about a collection, or end it."""
    state.keep(_WRITING, collection, writing)


def writing(collection: Dataset) -> Writing | None:
    """Return what is being written about a collection."""
    found: Writing | None = state.kept(_WRITING, collection)
    return found


def remember_removed_text(id: int | None, title: str = "") -> None:
    """Remember the interpretation that was removed last; None offers no undo any more."""
    st.session_state[_REMOVED_TEXT] = None if id is None else (id, title)


def removed_text() -> tuple[int, str] | None:
    """Return the interpretation that was removed last, and its title."""
    found: tuple[int, str] | None = st.session_state.get(_REMOVED_TEXT)
    return found
