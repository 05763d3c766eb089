"""Where one looks on the map of a session, and how its pictures are drawn."""

import secrets
from dataclasses import dataclass

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
_BROUGHT_OUT = "_brought_out"


@dataclass(frozen=True, slots=True)
class _BroughtOut:
    """Names of entries of a legend, and the legend they are of: by its colour, and "" until it is there."""

    color: str = ""
    legend: str = ""
    names: tuple[str, ...] = ()
    revision: str = ""


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


# --- what the legend brings out -------------------------------------------------------------------------------


def bring_out(collection: Dataset, color: str, names: tuple[str, ...]) -> None:
    """Have entries of a legend brought out once it is there.

    Parameters
    ----------
    color : what the map is coloured by then
    names : as of :mod:`barrx.ui.brought_out`
    """
    keep(_BROUGHT_OUT, collection, _BroughtOut(color, "", names, secrets.token_hex(4)))


def sought_out(collection: Dataset, color: str) -> tuple[str, ...]:
    """Return the names of entries that are to be brought out and wait for their legend."""
    found = _brought_out(collection)
    return found.names if (found.color, found.legend) == (color, "") else ()


def find_legend(collection: Dataset, color: str, legend: str, names: tuple[str, ...]) -> None:
    """Say that the legend is there, and which entries of those that were sought it has."""
    keep(_BROUGHT_OUT, collection, _BroughtOut(color, legend, names, secrets.token_hex(4)))


def keep_brought_out(collection: Dataset, color: str, legend: str, names: tuple[str, ...]) -> None:
    """Remember which entries of a legend the user has brought out; what is still sought comes before."""
    if not sought_out(collection, color):
        revision = _brought_out(collection).revision
        keep(_BROUGHT_OUT, collection, _BroughtOut(color, legend, names, revision))


def brought_out(collection: Dataset, color: str, legend: str) -> tuple[tuple[str, ...], str]:
    """Return which entries of a legend are brought out, and another revision each time the page decides it.

    Those of another legend are forgotten: its entries mean other pictures.
    """
    found = _brought_out(collection)
    if (found.color, found.legend) == (color, legend):
        return found.names, found.revision
    if found.color != color or found.legend:
        keep(_BROUGHT_OUT, collection, _BroughtOut(color, legend, (), secrets.token_hex(4)))
    return (), _brought_out(collection).revision


def all_brought_out(collection: Dataset, color: str) -> tuple[str, ...]:
    """Return the names of entries that are brought out, or are to be once their legend is there."""
    found = _brought_out(collection)
    return found.names if found.color == color else ()


def _brought_out(collection: Dataset) -> _BroughtOut:
    found: _BroughtOut | None = kept(_BROUGHT_OUT, collection)
    return found or _BroughtOut()


def fly_to(collection: Dataset, indexes: NDArray[np.integer]) -> None:
    """Let the map fly to some pictures, once."""
    keep(_FLIGHT, collection, (secrets.token_hex(4), [int(i) for i in indexes]))


def flight(collection: Dataset) -> tuple[str, list[int]] | None:
    """Return the name of the last flight and where it goes; a map takes each name once."""
    found: tuple[str, list[int]] | None = kept(_FLIGHT, collection)
    return found
