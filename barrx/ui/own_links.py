"""Links that one follows oneself, by an address: the chosen language goes with them.

Following one begins a session anew. Links meant for others open in the language of whoever follows them.
"""

import streamlit as st

from barrx import i18n
from barrx.ui import keys, state


def language() -> dict[str, str]:
    """Return what the query of such a link says of the language; nothing where it is the browser's own."""
    chosen = state.language()
    if chosen is None or chosen == i18n.matching(st.context.locale):
        return {}
    return {keys.LANGUAGE: chosen}
