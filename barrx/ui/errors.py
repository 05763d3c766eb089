"""Errors that a user can mend are shown where they happen; anything else surfaces."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from barrx.errors import BarrxError
from barrx.ui.text import plain

log = logging.getLogger(__name__)
P = ParamSpec("P")


def reported(function: Callable[P, None]) -> Callable[P, None]:
    """Show and log a BarrxError raised by a page or a fragment, in its place on the page."""
    return _said(function, st.error)


def toasted(function: Callable[P, None]) -> Callable[P, None]:
    """Show and log a BarrxError raised by what is called before the page is drawn, and so has no place on it."""
    return _said(function, st.toast)


def _said(function: Callable[P, None], say: Callable[..., object]) -> Callable[P, None]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except BarrxError as error:
            log.warning("%s: %s", type(error).__name__, error)
            say(plain(str(error)), icon=":material/error:")

    return run
