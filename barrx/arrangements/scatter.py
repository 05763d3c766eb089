"""Two numbers against each other; what lacks one or both of them stands in a margin."""

import numpy as np
from numpy.typing import NDArray

from barrx.arrangements.axes import Mark, number, ticks
from barrx.arrangements.grid import ASPECT, Places, cells

HEIGHT = 100.0
WIDTH = ASPECT * HEIGHT
"""Extent of the field of known numbers."""

_STRIP, _GAP = 10.0, 20.0  # so far apart that the name of the strip and the first tick both have room
_TURN = (np.sqrt(5) - 1) / 2
_MOST_TICKS = 7


def places(x: NDArray[np.float64], y: NDArray[np.float64]) -> Places:
    """Place pictures by two numbers.

    A picture without the first number stands in a strip at the left, at the height of the second one; without the
    second number in a strip at the bottom; without both in the corner of the strips.

    Parameters
    ----------
    x, y : (n,) float64, NaN where there is no value

    Returns
    -------
    (n, 2) float64: known numbers from 0 to ``WIDTH`` and from 0 to ``HEIGHT``
    """
    across, up = _scaled(x) * WIDTH, _scaled(y) * HEIGHT
    no_x, no_y = np.isnan(x), np.isnan(y)
    # Spread over the strip, so that pictures of one value are not all in one place.
    spread = (np.arange(len(x)) * _TURN) % 1 * _STRIP - _STRIP - _GAP
    found = np.column_stack([np.where(no_x, spread, across), np.where(no_y, spread, up)])
    neither = np.flatnonzero(no_x & no_y)
    corner = cells(len(neither), 1)
    found[neither] = corner * _STRIP / max(1.0, corner.max(initial=1)) - _STRIP - _GAP
    return found


def marks(values: NDArray[np.float64], length: float, missing: str) -> tuple[Mark, ...]:
    """Return the ticks of one axis, and the name of its margin if anything stands there."""
    known = values[~np.isnan(values)]
    low, high = float(known.min()), float(known.max())
    at = ticks(low, high, _MOST_TICKS, whole=bool((known == np.round(known)).all()))
    step = at[1] - at[0] if len(at) > 1 else at[0] or 1.0
    found = [(_share(v, low, high) * length, number(v, step)) for v in at]
    if len(known) < len(values):
        found.insert(0, (-_GAP - _STRIP / 2, missing))
    return tuple(found)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.nanmin(values), np.nanmax(values)
    return (values - low) / (high - low) if high > low else np.where(np.isnan(values), np.nan, 0.5)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
