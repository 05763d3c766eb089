"""What comes back from a map. Anybody can send anything: what does not fit is nothing."""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.spans import MAX_LENGTH
from barrx.ui.map.options import Camera, MapOptions
from barrx.views import MAX_NAME, Style

MAX_QUERY = 200  # characters
NO_PICTURE = -1  # "clicked", where a double click takes back that its first click opened one

_MOST_LISTED = 1000  # pictures; more of them travel as one bit a picture


def _ignore(*_told: object) -> None:
    """Do nothing about it."""


@dataclass(frozen=True, slots=True, eq=False)
class SelectionRule:
    """Which pictures the user selected, by whatever gesture: the same on every arrangement of them.

    Attributes
    ----------
    pictures : (k,) int64, sorted, without repetition
        empty once the user has cleared the selection
    drawn : str
        the lines around them, see :mod:`barrx.selection_rules`; "" if they were selected otherwise. Hostile text
    """

    pictures: NDArray[np.int64]
    drawn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapEvents:
    """How the user has a map: what stays as it is until the user does something else.

    Attributes
    ----------
    selection : SelectionRule or None
        what the user selected; None as long as the user has selected nothing since Python last set a selection
    camera : (x, y, zoom) or None
        where the user looks: the middle in the coordinates of this arrangement; None if the user has not moved it
    style : Style or None
        how the user has the pictures drawn; None if the user has not changed it
    brought_out : (indexes, places) or None
        what the user has brought out of this legend, as ``legend_chosen`` of the options; None if nothing was changed
    """

    selection: SelectionRule | None = None
    camera: Camera | None = None
    style: Style | None = None
    brought_out: tuple[list[int], list[int]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapHears:
    """Who hears what the user does on a map once, before the page is drawn again.

    Attributes
    ----------
    click : callable
        called with the index of a picture; with None after a double click, whose first click opened one
    search : callable
        called with what was typed into the search field
    rename : callable
        called with the number and the name of a cluster; the name is "" to give it up
    """

    click: Callable[[int | None], None] = _ignore
    search: Callable[[str], None] = _ignore
    rename: Callable[[int, str], None] = _ignore

    def of(self, n: int, options: MapOptions) -> Mapping[str, Callable[[object], None]]:
        """Return what to do with each event of a map of n pictures."""

        def clicked(told: object) -> None:
            index = read_index(told, n)
            if index is not None or told == NO_PICTURE:
                self.click(index)

        def query(told: object) -> None:
            text = read_query(told, options)
            if text is not None:
                self.search(text)

        def renamed(told: object) -> None:
            found = read_renamed(told, options)
            if found is not None:
                self.rename(*found)

        return {"clicked": clicked, "query": query, "renamed": renamed}


def selected_by(
    rule: SelectionRule, frame: pd.DataFrame, shown: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Return the pictures of a frame that are selected and pass the filters, as (k,) sorted indexes."""
    pictures = rule.pictures[rule.pictures < len(frame)]
    return pictures if shown is None else pictures[shown[pictures]]


def read_index(value: object, n: int) -> int | None:
    """Return an index of a collection of n pictures."""
    return value if type(value) is int and 0 <= value < n else None


def read_selection(value: object, n: int, collection: str, revision: str) -> SelectionRule | None:
    """Return a selection made in a collection, after the selection Python set last."""
    # What was selected before Python set another selection is over. A bare list is taken as it is.
    pictures, drawn = value, ""
    if isinstance(value, Mapping):
        rule = value.get("rule")
        drawn = rule if isinstance(rule, str) and len(rule) <= MAX_LENGTH else ""
        is_current = (value.get("collection"), value.get("revision")) == (collection, revision)
        pictures = value.get("pictures") if is_current else None
    if isinstance(pictures, str) and pictures is not value:
        return _of_bits(pictures, n, drawn)
    if not isinstance(pictures, list) or len(pictures) > _MOST_LISTED:
        return None
    if any(read_index(i, n) is None for i in pictures):
        return None
    return SelectionRule(np.unique(np.array(pictures, np.int64)), drawn)


def _of_bits(text: str, n: int, drawn: str) -> SelectionRule | None:
    size = -(-n // 8)
    if len(text) != -(-size // 3) * 4:
        return None
    try:
        flags = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    if len(flags) != size:
        return None
    return SelectionRule(np.flatnonzero(np.unpackbits(flags, count=n, bitorder="little")), drawn)


def read_camera(value: object, arrangement: str) -> Camera | None:
    """Return where the user looks on an arrangement."""
    if not isinstance(value, Mapping) or value.get("arrangement") != arrangement:
        return None
    camera = value.get("camera")
    if not isinstance(camera, list) or len(camera) != 3:
        return None
    if not all(type(v) in (int, float) and abs(v) < 1e12 and math.isfinite(v) for v in camera):
        return None
    x, y, zoom = map(float, camera)
    return (x, y, zoom) if zoom > 0 else None


def read_style(value: object) -> Style | None:
    """Return how the user has the pictures drawn."""
    try:
        return Style.from_text(value) if isinstance(value, str) else None
    except ParameterError:
        return None


def read_brought_out(value: object, options: MapOptions, revision: str) -> tuple[list[int], list[int]] | None:
    """Return which entries of a legend the user has brought out, after the page decided it last."""
    if not isinstance(value, Mapping) or value.get("revision") != revision:
        return None
    indexes, places = value.get("colour"), value.get("other")
    if not isinstance(indexes, list) or not isinstance(places, list):
        return None
    known = {index for _name, _count, index in options.legend}
    if any(type(index) is not int or index not in known for index in indexes):
        return None
    if any(read_index(place, len(options.legend_others)) is None for place in places):
        return None
    return sorted(set(indexes)), sorted(set(places))


def read_query(value: object, options: MapOptions) -> str | None:
    """Return what was typed, if there is a field to type in."""
    if not options.searchable or not isinstance(value, str) or len(value) > MAX_QUERY:
        return None
    return _clean(value)


def read_renamed(value: object, options: MapOptions) -> tuple[int, str] | None:
    """Return the new name of a cluster of the map, if names may be changed."""
    if not options.editable or not isinstance(value, Mapping):
        return None
    label, name = value.get("label"), value.get("name")
    if type(label) is not int or label not in {mark.label for mark in options.clusters}:
        return None
    return (label, _clean(name)) if isinstance(name, str) and len(name) <= MAX_NAME else None


def _clean(text: str) -> str:
    # Half of a surrogate pair is no text that can be stored.
    return " ".join(text.encode("utf-8", "replace").decode().split())
