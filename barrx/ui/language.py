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
    """Show the switch, and speak the chosen language in this session from here on."""
    known = list(i18n.LANGUAGES)
    of_browser = i18n.matching(st.context.locale)
    chosen = st.segmented_control(
        " / ".join(i18n.LANGUAGES.values()),
        known,
        default=of_browser,
        required=True,
        label_visibility="collapsed",
        key=keys.LANGUAGE,
        bind="query-params",
    )
    state.keep_language(chosen)
    written = {"name": keys.LANGUAGE, "language": chosen, "isOfBrowser": chosen == of_browser}
    _page(key=keys.of(keys.LANGUAGE, "page"), data=written, height=0)


i18n.decide_by(state.language)
