"""What comes after the map: a browser that takes a chart's code apart has no time for the map meanwhile."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from barrx.ui import component, garbage, keys, state
from barrx.ui.errors import reported

_waiter = component.of_script(
    "barrx_after_map",
    html="",
    js=(Path(__file__).parent / "after_map.js").read_text(encoding="utf-8"),
)


@st.fragment
@reported
def show(what: Callable[[], None]) -> None:
    """Show something once the first map of this session is drawn in the browser, or some seconds later."""
    if state.is_map_drawn():
        what()
        garbage.leave_out_first_page()
    else:
        _waiter(key=keys.AFTER_MAP, data={}, hears={"drawn": lambda _is_drawn: state.note_drawn_map()})
