"""Pictures piled up like the bars of a chart: a bar for each category, or for each span of years."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barrx.arrangements.grid import ASPECT, Places

Indexes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars side by side, a place for each picture.

    Attributes
    ----------
    left, width : (n_bars,) where each begins, and how many places a row of it has
    height : rows of the highest
    """

    left: Indexes
    width: Indexes
    height: int

    @property
    def extent(self) -> int:
        """Return how many places the bars and the gaps between them are wide."""
        return int(self.left[-1] + self.width[-1])

    def top(self, bar: int, n: int) -> float:
        """Return where ``n`` pictures of a bar end."""
        return math.ceil(n / int(self.width[bar])) - 0.5

    def end(self, n_bars: int) -> float:
        """Return where the first bars end: the middle of the gap after them."""
        return float(self.left[n_bars - 1] + self.width[n_bars - 1] + self.left[n_bars] - 1) / 2

    def centre(self, bar: int) -> float:
        """Return the middle of a bar."""
        return float(self.left[bar] + (self.width[bar] - 1) / 2)

    def rows(self, bar: int, n: int) -> Places:
        """Return the lowest ``n`` places of a bar, row by row from the bottom; only the top row may be short."""
        row, column = np.divmod(np.arange(n), self.width[bar])
        return np.column_stack([self.left[bar] + column, row]).astype(np.float64)

    def piles(self, bar: int, n: int) -> Places:
        """Return ``n`` places of a bar pile by pile from the left, each from the bottom, all as high but for one.

        Fewer pictures than piles stand in the middle of the bar, where its tick is.
        """
        n_piles = min(int(self.width[bar]), n)
        if not n_piles:
            return np.empty((0, 2))
        heights = np.full(n_piles, n // n_piles)
        heights[: n % n_piles] += 1
        left = self.left[bar] + (self.width[bar] - n_piles) // 2
        column = np.repeat(np.arange(n_piles), heights)
        row = np.arange(n) - np.repeat(np.cumsum(heights) - heights, heights)
        return np.column_stack([left + column, row]).astype(np.float64)


def bars(counts: Sequence[int], beside: Sequence[int] = ()) -> Bars:
    """Return bars for so many pictures each, together about ``ASPECT`` times as wide as high.

    Parameters
    ----------
    counts : pictures in each bar; these bars are equally wide
    beside : pictures in blocks that stand apart at the right, as wide as they must be to be no higher than the bars

    Returns
    -------
    Bars, the blocks last
    """
    low, high = 1, max(counts, default=1)
    while low < high:  # the wider the bars, the lower: the first width that makes the whole wide enough
        middle = (low + high) // 2
        if _excess(_of_width(middle, counts, beside)) >= 0:
            high = middle
        else:
            low = middle + 1
    candidates = (_of_width(max(1, low - 1), counts, beside), _of_width(low, counts, beside))
    return min(candidates, key=lambda made: abs(_excess(made)))


def _excess(made: Bars) -> float:
    """Return how much too wide bars are: 0 is right, below it they are too narrow."""
    return math.log(made.extent / made.height / ASPECT)


def _of_width(width: int, counts: Sequence[int], beside: Sequence[int]) -> Bars:
    gap = 1 + width // 8
    highest = math.ceil(max(counts, default=1) / width)
    # Where nearly all stand apart, they make the height.
    height = max(1, highest, math.isqrt(int(sum(beside) / ASPECT)))
    widths = [width] * len(counts) + [math.ceil(n / height) for n in beside]
    gaps = [gap] * len(counts) + [2 * gap] * len(beside)
    left = np.cumsum([0, *(w + g for w, g in zip(widths, gaps[1:], strict=False))])
    return Bars(left.astype(np.intp), np.array(widths, np.intp), height)


def members(indexes: Indexes, n_groups: int) -> list[Indexes]:
    """Return the pictures of each group, in their order."""
    order = np.argsort(indexes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(indexes, minlength=n_groups))[:-1])
