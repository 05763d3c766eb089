"""A list in pages."""

import streamlit as st


def choose(n: int, per_page: int, *, key: str) -> int:
    """Show the numbers of the pages if there are several; return the place of the first of ``n`` on the chosen one."""
    pages = -(-n // per_page)
    if pages < 2:
        return 0
    return (min(st.pagination(pages, key=key), pages) - 1) * per_page
