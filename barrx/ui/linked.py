"""A choice whose value, not its label, is in the address (a bound selectbox would put its label there)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from barrx.i18n import _
from barrx.ui import asked_state
from barrx.ui.text import apart_at_sight, plain

T = TypeVar("T", bound=str)


def choice(
    label: str,
    options: Sequence[T],
    *,
    default: T,
    name: Callable[[T], str],
    key: str,
    help: str | None = None,
    as_buttons: bool = False,
) -> T:
    """Show a list and return what is chosen; the key is also the name in the address.

    Parameters
    ----------
    options : values, at least one
    default : the value that is left out of the address
    name : gives the text people see for a value
    as_buttons : side by side, all to be seen, instead of a list that opens
    """
    asked = st.query_params.get(key)
    if key not in st.session_state:
        # While Explore reads a link, it says this beside the map, with all else that is not to be had.
        is_said_here = asked is not None and asked not in options and asked_state.asked() is None
        asked_state.asked_in_vain(key, [asked] if asked is not None and is_said_here else [])
        st.session_state[key] = asked if asked in options else default
    else:
        # Set again even if it stays: on a page that shows the list for the first time Streamlit would otherwise
        # begin with the first option, and say so to nobody.
        known = st.session_state[key]
        st.session_state[key] = known if known in options else default  # else: removed since
    for missing in asked_state.in_vain(key, st.session_state[key]):
        said = _("{label}: the address asks for “{asked}”, which is not here.")
        st.warning(said.format(label=label, asked=plain(missing)))
    labels = apart_at_sight({option: name(option) for option in options})
    if as_buttons:
        chosen = st.segmented_control(
            label,
            options,
            format_func=labels.__getitem__,
            key=key,
            help=help,
            label_visibility="collapsed",  # it is read aloud; the buttons themselves say what they are
            persist_state="session",
            required=True,
        )
    else:
        chosen = st.selectbox(
            label, options, format_func=labels.__getitem__, key=key, help=help, persist_state="session"
        )
    chosen = chosen if chosen is not None else default
    # A link says it even where it is the default here: elsewhere it may not be.
    if asked is not None and asked != chosen and chosen == default:
        st.query_params.pop(key)
    elif asked != chosen and chosen != default:
        st.query_params[key] = chosen
    return chosen
