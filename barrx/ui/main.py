"""The script Streamlit runs: navigation and style."""

from pathlib import Path

import streamlit as st

from barrx.ui import access, keys, language, navigation, state, steps_back
from barrx.ui.errors import reported
from barrx.ui.turns import turns

_HERE = Path(__file__).parent


def main() -> None:
    """Run the page that the address names."""
    # An icon by name would be fetched from elsewhere.
    st.set_page_config(page_title="Barr X", page_icon=_HERE / "icon.png", layout="wide")
    st.html(_HERE / "style.css")
    with st.container(key=keys.TOP_BAR, horizontal=True, width="content", gap="small"):
        language.choose()
        steps_back.keep()
        access.account()
    if not access.gate():
        return
    page = st.navigation(navigation.all_pages(), position="top")
    notice = state.take_notice()
    if notice:
        st.toast(notice)
    reported(page.run)()
    state.warm_up()


with turns.taken():
    main()
