"""The pages and their addresses."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from barrx.i18n import _
from barrx.ui import keys

_PAGES = Path(__file__).parents[2] / "pages"


def explore() -> Page:
    """Return the first page: the map of a collection."""
    return st.Page(_PAGES / "explore.py", title=_("Explore"), icon=":material/scatter_plot:", default=True)


def clusters() -> Page:
    """Return the page of the clusters: the map as a table."""
    return st.Page(
        _PAGES / "clusters.py", title=_("Clusters"), icon=":material/bubble_chart:", url_path="clusters"
    )


def share() -> Page:
    """Return the page of links and saved views."""
    return st.Page(_PAGES / "share.py", title=_("Share"), icon=":material/share:", url_path="share")


def presenter() -> Page:
    """Return the page that a tour is shown on; it stands in no menu."""
    return st.Page(
        _PAGES / "present.py",
        title=_("Tour"),
        icon=":material/slideshow:",
        url_path="present",
        visibility="hidden",
    )


def all_pages() -> list[Page]:
    """Return every page in the order of the navigation."""
    return [
        explore(),
        clusters(),
        st.Page(_PAGES / "tune.py", title=_("Tune"), icon=":material/tune:", url_path="tune"),
        st.Page(
            _PAGES / "categories.py", title=_("Categories"), icon=":material/compare:", url_path="categories"
        ),
        share(),
        presenter(),
        st.Page(
            _PAGES / "datasets.py", title=_("Datasets"), icon=":material/photo_library:", url_path="datasets"
        ),
        st.Page(_PAGES / "method.py", title=_("Method"), icon=":material/menu_book:", url_path="method"),
    ]


def go_to(page: Page, query: Mapping[str, str] | None = None) -> NoReturn:
    """Go to another page in the same session.

    Parameters
    ----------
    query : what its address is to say; what widgets write there they write on that page too, and Streamlit raises
        an exception if anybody else does, or clears it
    """
    st.switch_page(page, query_params={k: v for k, v in (query or {}).items() if k not in keys.BOUND})
