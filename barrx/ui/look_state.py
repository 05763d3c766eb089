"""Where one looks on the map of a session, and how its pictures are drawn."""

import secrets

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.ui.state import keep, kept
from barrx.views import Style

_CAMERA = "_camera"
_LOOK = "_look"
_STYLE = "_style"
_FLIGHT = "_flight"


def keep_camera(collection: Dataset, camera: tuple[float, float, float] | None) -> None:
    """Remember where one looks on the arrangement on screen; None is no news."""
    if camera is not None:
        arrangement, _last = kept(_CAMERA, collection) or (None, None)
        keep(_CAMERA, collection, (arrangement, camera))


def enter_arrangement(collection: Dataset, version: str, *, stands_in: bool) -> None:
    """Say which arrangement of the pictures is on screen: a place on another one means nothing here.

    Parameters
    ----------
    stands_in : it is shown until the map that was asked for is there
    """
    if stands_in and _is_sought(collection):
        return
    arrangement, last = kept(_CAMERA, collection) or (None, None)
    keep(_CAMERA, collection, (version, last if arrangement in (None, version) else None))


def look(collection: Dataset, camera: tuple[float, float, float] | None) -> None:
    """Look somewhere on the map that is asked for, in whatever arrangement; None for all of it. The map flies there."""
    reached, _sought = _revisions(collection)
    keep(_CAMERA, collection, (None, camera))
    keep(_LOOK, collection, (reached, secrets.token_hex(4)))


def where_to_look(collection: Dataset, *, stands_in: bool) -> tuple[tuple[float, float, float] | None, str]:
    """Return where a map looks at first, and another revision each time the page decides it.

    Parameters
    ----------
    stands_in : it is shown until the map that was asked for is there: a place to go to waits for that one
    """
    reached, sought = _revisions(collection)
    if stands_in and _is_sought(collection):
        return None, reached
    keep(_LOOK, collection, (sought, sought))
    return camera(collection), sought


def _is_sought(collection: Dataset) -> bool:
    reached, sought = _revisions(collection)
    return reached != sought


def _revisions(collection: Dataset) -> tuple[str, str]:
    """Return the revision of the place where the map asked for has been, and of the one where it is to look."""
    found: tuple[str, str] = kept(_LOOK, collection) or ("", "")
    return found


def camera(collection: Dataset) -> tuple[float, float, float] | None:
    """Return where one looks: the middle and the zoom; None for all of it."""
    _arrangement, found = kept(_CAMERA, collection) or (None, None)
    last: tuple[float, float, float] | None = found
    return last


def keep_style(style: Style) -> None:
    """Remember how the user has the pictures drawn."""
    st.session_state[_STYLE] = (style, style_revision())


def draw_as(style: Style) -> None:
    """Have the pictures drawn in a style, whatever the map has been told before."""
    st.session_state[_STYLE] = (style, secrets.token_hex(4))


def style() -> Style:
    """Return how the pictures are drawn."""
    return _drawn_as()[0]


def style_revision() -> str:
    """Return another value each time the page decides how the pictures are drawn."""
    return _drawn_as()[1]


def _drawn_as() -> tuple[Style, str]:
    found: tuple[Style, str] = st.session_state.get(_STYLE, (Style(), ""))
    return found


def fly_to(collection: Dataset, indexes: NDArray[np.integer]) -> None:
    """Let the map fly to some pictures, once."""
    keep(_FLIGHT, collection, (secrets.token_hex(4), [int(i) for i in indexes]))


def flight(collection: Dataset) -> tuple[str, list[int]] | None:
    """Return the name of the last flight and where it goes; a map takes each name once."""
    found: tuple[str, list[int]] | None = kept(_FLIGHT, collection)
    return found
