"""The switch between the languages, in the bar at the top: the browser's own first, then what people choose."""

from pathlib import Path

import streamlit as st

from barrx import i18n
from barrx.ui import component, keys, state

_page = component.of_script(
    "barrx_language",
    html="<i hidden></i>",
    js=(Path(__file__).parent / "language.js").read_text(encoding="utf-8"),
)


def choose() -> None:
    """Show the switch, and speak the chosen language in this session from here on.

    The address is read once: bound to it, the switch would change when people go back to where they had not chosen.
    """
    known = list(i18n.LANGUAGES)
    of_browser = i18n.matching(st.context.locale)
    if keys.LANGUAGE not in st.session_state:
        asked = st.query_params.get(keys.LANGUAGE)
        st.session_state[keys.LANGUAGE] = asked if asked in known else of_browser
    chosen = st.segmented_control(
        " / ".join(i18n.LANGUAGES.values()),
        known,
        required=True,
        label_visibility="collapsed",
        key=keys.LANGUAGE,
        persist_state="session",
    )
    chosen = chosen or of_browser
    state.keep_language(chosen)
    written = {"name": keys.LANGUAGE, "language": chosen, "isOfBrowser": chosen == of_browser}
    _page(key=keys.of(keys.LANGUAGE, "page"), data=written, height=0)


i18n.decide_by(state.language)
