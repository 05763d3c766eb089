"""Buttons that have a file made when it is asked for, in the language of whoever sees them."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from barrx import i18n

Type = Literal["primary", "secondary", "tertiary"]


def button(
    label: str,
    make: Callable[[], bytes],
    *,
    file_name: str,
    mime: str,
    key: str,
    type: Type = "secondary",
    help: str | None = None,
) -> None:
    """Show a button that has a file made and downloads it, without the page being run again."""
    st.download_button(
        label,
        in_language_of_now(make),
        file_name=file_name,
        mime=mime,
        key=key,
        on_click="ignore",
        icon=":material/download:",
        type=type,
        help=help,
    )


def in_language_of_now(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return what makes the same later: outside of a run of the page nobody knows its reader."""
    language = i18n.language()

    def made() -> bytes:
        """Make it."""
        with i18n.speaking(language):
            return make()

    return made
