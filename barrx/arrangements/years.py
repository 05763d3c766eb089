"""Spans of years of one length, as the bars of a time axis."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barrx.arrangements.axes import nice_step
from barrx.i18n import _

_MOST_SPANS = 40
_NEARLY_ALL = (0.01, 0.99)
_FAR = 4


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Which span each year is in.

    A few years that are far from all others would leave nearly everything in one bar: where the whole stretch of
    time is more than four times that of 98 of 100 pictures, what is before or after those stands in a bar at the end.

    Attributes
    ----------
    indexes : (n,) int, from 0: the earlier the less
    first : int
        year with which the first bar begins, not counting one of earlier years
    length : int
        years in a bar
    n : int
        bars, those at the ends counted
    has_earlier, has_later : bool
        the first, the last bar is of all earlier, all later years
    """

    indexes: NDArray[np.intp]
    first: int
    length: int
    n: int
    has_earlier: bool
    has_later: bool

    def at(self, year: float) -> float:
        """Return where a year begins, in bars: 0 is where the first one begins."""
        return (year - self.first) / self.length + self.has_earlier

    @property
    def end(self) -> int:
        """Return the first year after the last bar, not counting one of later years."""
        return self.first + self.length * (self.n - self.has_earlier - self.has_later)

    def ends(self) -> dict[int, str]:
        """Return what the bars at the ends are called: bar -> text."""
        found = {0: _("before {year}").format(year=self.first)} if self.has_earlier else {}
        return found | ({self.n - 1: _("{year} and later").format(year=self.end)} if self.has_later else {})


def spans(years: NDArray[np.float64]) -> Spans:
    """Return spans for years, at least one, all finite."""
    low, high = float(years.min()), float(years.max())
    usual_low, usual_high = (float(v) for v in np.quantile(years, _NEARLY_ALL, method="nearest"))
    if high - low > _FAR * max(usual_high - usual_low, 1):
        low, high = usual_low, usual_high
    length = int(nice_step(max(1.0, (high - low + 1) / _MOST_SPANS), whole=True))
    first = math.floor(low / length) * length
    n = math.floor(high / length) - first // length + 1
    indexes = np.floor((years - first) / length)
    has_earlier, has_later = bool((indexes < 0).any()), bool((indexes >= n).any())
    placed = np.clip(indexes, -1, n) + has_earlier
    return Spans(placed.astype(np.intp), first, length, n + has_earlier + has_later, has_earlier, has_later)
