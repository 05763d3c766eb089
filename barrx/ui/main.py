"""The script Streamlit runs: navigation and style."""

from pathlib import Path

import streamlit as st

from barrx.i18n import _
from barrx.ui import state
from barrx.ui.errors import reported

_HERE = Path(__file__).parent
_PAGES = _HERE.parents[1] / "pages"


def main() -> None:
    """Run the page that the address names."""
    # An icon by name would be fetched from elsewhere.
    st.set_page_config(page_title="Barr X", page_icon=_HERE / "icon.png", layout="wide")
    st.html(_HERE / "style.css")
    page = st.navigation(
        [
            st.Page(_PAGES / "explore.py", title=_("Explore"), icon=":material/scatter_plot:", default=True),
            st.Page(
                _PAGES / "datasets.py",
                title=_("Datasets"),
                icon=":material/photo_library:",
                url_path="datasets",
            ),
            st.Page(_PAGES / "method.py", title=_("Method"), icon=":material/menu_book:", url_path="method"),
        ],
        position="top",
    )
    notice = state.take_notice()
    if notice:
        st.toast(notice)
    reported(page.run)()
    state.warm_up()


main()
