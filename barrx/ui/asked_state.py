"""What an address, or a saved view, asks of a session that has just begun, and what of it is not to be had."""

from collections.abc import Mapping, Sequence

import streamlit as st

from barrx.datasets import Dataset
from barrx.ui.state import keep, kept

_ASKED = "_asked_by_address"
_FIRST = "_first"
_IN_VAIN = "_in_vain:"
_NEXT_VIEW = "_next_view"
_RULE = "_rule"


def is_first_map() -> bool:
    """Tell, once in a session, that nothing has been done yet: the address is then to be read."""
    is_first = _FIRST not in st.session_state
    st.session_state[_FIRST] = True
    return is_first


def keep_asked(query: Mapping[str, Sequence[str]]) -> None:
    """Remember what the address asked for when the session began."""
    st.session_state[_ASKED] = dict(query)


def asked() -> dict[str, list[str]] | None:
    """Return what the address asked for when the session began, until it is taken."""
    found: dict[str, list[str]] | None = st.session_state.get(_ASKED)
    return found


def take_asked() -> dict[str, list[str]] | None:
    """Return, once, what the address asked for when the session began."""
    found: dict[str, list[str]] | None = st.session_state.pop(_ASKED, None)
    return found


def asked_in_vain(about: str, said: Sequence[str]) -> None:
    """Remember what the address asked for in vain."""
    st.session_state[_IN_VAIN + about] = (tuple(said), ())


def in_vain(about: str, seen_with: object) -> tuple[str, ...]:
    """Return what the address asked for in vain, until something else is chosen than at first.

    Parameters
    ----------
    seen_with : what is chosen now
    """
    said, first = st.session_state.get(_IN_VAIN + about, ((), ()))
    if said and not first:
        st.session_state[_IN_VAIN + about] = (said, (seen_with,))
    elif said and first[0] != seen_with:
        st.session_state.pop(_IN_VAIN + about)
        return ()
    found: tuple[str, ...] = said
    return found


def keep_rule(collection: Dataset, rule: str) -> None:
    """Remember by which rule the address selects, until the map is there."""
    keep(_RULE, collection, rule)


def take_rule(collection: Dataset) -> str | None:
    """Return, once, by which rule the address selects."""
    found: str | None = kept(_RULE, collection)
    if found is not None:
        keep(_RULE, collection, None)
    return found


def open_next(view: int, revision: int | None = None) -> None:
    """Have Explore open a saved view before it shows a widget."""
    st.session_state[_NEXT_VIEW] = (view, revision)


def take_next_view() -> tuple[int, int | None] | None:
    """Return, once, which saved view Explore is to open."""
    found: tuple[int, int | None] | None = st.session_state.pop(_NEXT_VIEW, None)
    return found
