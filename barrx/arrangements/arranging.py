"""From an arrangement that is asked for to a place for every picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barrx import cache
from barrx.arrangements.axes import Marks
from barrx.arrangements.grid import ASPECT, Places
from barrx.arrangements.layouts import Layout, layout
from barrx.arrangements.params import Arrangement
from barrx.arrangements.source import Source

_VERSION = 2  # of the methods: another one when they give other places
_STORED = ("grid", "columns", "time")
_FEW = 300  # up to so many pictures nothing costs more than looking it up
_NO_NAMES: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arranged:
    """Pictures in their places.

    Attributes
    ----------
    coordinates : (n_images, 2) float32, finite, in dataset order, over the box of the map; y grows upwards
    marks : ticks and headings, in the same coordinates
    pitch : float or None
        distance of neighbouring places where no two pictures share one; None where they may overlap
    """

    coordinates: NDArray[np.float32]
    marks: Marks
    pitch: float | None


def arrange(source: Source, arrangement: Arrangement, names: Mapping[int, str] = _NO_NAMES) -> Arranged:
    """Give every picture its place.

    Parameters
    ----------
    names : cluster number -> what people call it, where they call it something

    Raises
    ------
    ParameterError
        if there is no such column, or no number in it
    """
    if arrangement.kind == "map":
        return Arranged(coordinates=source.coordinates, marks=Marks(kind="map"), pitch=None)
    chosen = layout(source, arrangement, names)
    return _over_map(source, chosen, chosen.places())


def load_or_compute(
    source: Source, arrangement: Arrangement, names: Mapping[int, str] = _NO_NAMES
) -> Arranged:
    """Return an arrangement; its places are stored if they cost something (half a second at 100,000).

    Raises
    ------
    ParameterError
        as :func:`arrange`
    """
    if arrangement.kind not in _STORED or len(source) <= _FEW:
        return arrange(source, arrangement, names)
    chosen = layout(source, arrangement, names)
    places, _was_there = cache.get_or_compute("projections", _key(chosen, arrangement), chosen.places)
    return _over_map(source, chosen, places)


def _key(chosen: Layout, arrangement: Arrangement) -> str:
    made_with = cache.versions("numpy", "scipy")
    return "arrangement:" + cache.fingerprint(_VERSION, arrangement.kind, chosen.made_from(), made_with)


def _over_map(source: Source, chosen: Layout, places: Places) -> Arranged:
    """Lay an arrangement over the map: the same middle, and as large on the screen."""
    low, extent = places.min(axis=0), np.ptp(places, axis=0)
    map_low, map_extent = source.coordinates.min(axis=0), np.ptp(source.coordinates, axis=0)
    scale = float(_size(map_extent) / _size(extent)) if _size(extent) and _size(map_extent) else 1.0
    shift = map_low + map_extent / 2 - scale * (low + extent / 2)
    return Arranged(
        coordinates=(scale * places + shift).astype(np.float32),
        marks=chosen.marks().moved(scale, *map(float, shift)),
        pitch=None if chosen.pitch is None else scale * chosen.pitch,
    )


def _size(extent: NDArray[np.floating]) -> float:
    return max(float(extent[0]) / ASPECT, float(extent[1]))
