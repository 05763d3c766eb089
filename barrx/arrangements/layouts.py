"""One class for each kind of arrangement: the places in units of its own, and the marks beside them."""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray

from barrx.arrangements import grid, groups, scatter, stacks, years
from barrx.arrangements.axes import Mark, Marks, ticks
from barrx.arrangements.grid import Places
from barrx.arrangements.params import BY_CLUSTER, Arrangement
from barrx.arrangements.source import Source
from barrx.arrangements.stacks import Bars
from barrx.i18n import _, numeral

_MOST_COUNTS = 6
_MOST_YEARS = 8


class Layout(Protocol):
    """A kind of arrangement, for some pictures."""

    @property
    def pitch(self) -> float | None:
        """Distance of neighbouring places where no two pictures share one."""

    def made_from(self) -> tuple[Any, ...]:
        """Return what the places depend on, for a fingerprint."""

    def places(self) -> Places:
        """Return a place for each picture, (n_images, 2) float64."""

    def marks(self) -> Marks:
        """Return ticks and headings."""


def layout(source: Source, arrangement: Arrangement, names: Mapping[int, str]) -> Layout:
    """Return the layout of an arrangement other than the map itself."""
    match arrangement.kind:
        case "columns":
            return Columns(source, *arrangement.columns, names=names)
        case "time":
            return Time(source, *arrangement.columns)
        case "numeric":
            return Numeric(source, *arrangement.columns)
        case _:
            return Grid(source)


class Grid:
    """All pictures side by side, neighbours of the map near each other."""

    pitch = 1.0

    def __init__(self, source: Source) -> None:
        self._points = source.coordinates

    def made_from(self) -> tuple[Any, ...]:
        return (self._points,)

    def places(self) -> Places:
        return grid.assigned(self._points, grid.cells(len(self._points)))

    def marks(self) -> Marks:
        return Marks(kind="grid")


class Columns:
    """A bar of pictures for each category: clusters from the strongest member up, others as they lie on the map."""

    pitch = 1.0

    def __init__(self, source: Source, column: str, *, names: Mapping[int, str]) -> None:
        self._points = source.coordinates
        self._strength = source.strength if column == BY_CLUSTER else None
        self._title = title(column)
        if column == BY_CLUSTER:
            self._groups = groups.by_label(source.labels, names)
        else:
            self._groups = groups.by_value(source.column(column))
        self._counts = self._groups.counts()
        n_named = self._groups.n_named
        self._bars = stacks.bars(self._counts[:n_named], beside=self._counts[n_named:])

    def made_from(self) -> tuple[Any, ...]:
        order = () if self._strength is None else (self._strength,)
        return (self._points, self._groups.indexes, *order)

    def places(self) -> Places:
        found = np.empty((len(self._points), 2))
        for bar, some in enumerate(stacks.members(self._groups.indexes, len(self._counts))):
            there = self._bars.rows(bar, len(some))
            if self._strength is None:
                found[some] = grid.assigned(self._points[some], there, grid.LEAF)
            else:
                found[some[np.argsort(-self._strength[some], kind="stable")]] = there
        return found

    def marks(self) -> Marks:
        named = zip(self._groups.names, self._counts, strict=True)
        headings = tuple(_heading(self._bars, bar, name, n) for bar, (name, n) in enumerate(named))
        return Marks(
            kind="columns",
            x_title=self._title,
            headings=headings,
            **_counts(self._bars, self._groups.n_named),
        )


class Time:
    """Piles along the years; the pictures without a year in a block after them."""

    pitch = 1.0

    def __init__(self, source: Source, column: str) -> None:
        self._points = source.coordinates
        self._years = source.numbers(column)
        self._column = column
        known = ~np.isnan(self._years)
        self._spans = years.spans(self._years[known])
        self._n_missing = int((~known).sum())
        self._indexes = np.full(len(self._years), self._spans.n, np.intp)
        self._indexes[known] = self._spans.indexes
        counts = np.bincount(self._spans.indexes, minlength=self._spans.n)
        missing = [self._n_missing] if self._n_missing else []
        self._bars = stacks.bars([int(n) for n in counts], beside=missing)

    def made_from(self) -> tuple[Any, ...]:
        return (self._points, self._indexes, np.nan_to_num(self._years, nan=np.inf))

    def places(self) -> Places:
        found = np.empty((len(self._points), 2))
        groups_of = stacks.members(self._indexes, len(self._bars.left))
        for bar, some in enumerate(groups_of):
            if bar == self._spans.n:
                found[some] = grid.assigned(self._points[some], self._bars.rows(bar, len(some)), grid.LEAF)
            else:
                found[some] = self._piled(bar, some)
        return found

    def _piled(self, bar: int, some: NDArray[np.intp]) -> Places:
        """Earlier years to the left; pictures of one pile as they lie on the map."""
        there = self._bars.piles(bar, len(some))
        order = some[np.argsort(self._years[some], kind="stable")]
        order = order[np.lexsort((self._points[order, 1], there[:, 0]))]
        found = np.empty_like(there)
        found[np.searchsorted(some, order)] = there
        return found

    def marks(self) -> Marks:
        spans, bars = self._spans, self._bars
        years_shown = ticks(spans.first, spans.end - 1, _MOST_YEARS, whole=True)
        found: list[Mark] = [(self._at(year), str(int(year))) for year in years_shown]
        found += [(bars.centre(bar), text) for bar, text in spans.ends().items()]
        apart = [_heading(bars, spans.n, _("no value"), self._n_missing)] if self._n_missing else []
        return Marks(
            kind="time",
            x=tuple(sorted(found)),
            x_title=self._column,
            headings=tuple(apart),
            **_counts(bars, spans.n),
        )

    def _at(self, year: float) -> float:
        left, width = self._bars.left, self._bars.width
        if self._spans.length == 1:
            return self._bars.centre(int(self._spans.at(year)))
        period = left[1] - left[0] if self._spans.n > 1 else width[0]
        return float(self._spans.at(year) * period - 0.5)


class Numeric:
    """Two numbers against each other, missing ones in the margins. Pictures may lie over each other."""

    pitch = None

    def __init__(self, source: Source, x: str, y: str) -> None:
        self._values = (source.numbers(x), source.numbers(y))
        self._titles = (title(x), title(y))

    def made_from(self) -> tuple[Any, ...]:
        return tuple(np.nan_to_num(values, nan=np.inf) for values in self._values)

    def places(self) -> Places:
        return scatter.places(*self._values)

    def marks(self) -> Marks:
        across, up = self._values
        return Marks(
            kind="numeric",
            x=scatter.marks(across, scatter.WIDTH, missing=_("no value")),
            y=scatter.marks(up, scatter.HEIGHT, missing=_("no value")),
            x_title=self._titles[0],
            y_title=self._titles[1],
        )


def title(column: str) -> str:
    """Return what a column is called, one of ``MEASURES`` included."""
    return {
        BY_CLUSTER: _("Clusters on the map"),
        ":width": _("Width of the image (pixels)"),
        ":height": _("Height of the image (pixels)"),
        ":aspect": _("Width / height of the image"),
    }.get(column, column)


def _heading(bars: Bars, bar: int, name: str, n: int) -> tuple[float, float, str]:
    return bars.centre(bar), bars.top(bar, n), f"{name} · {numeral(n)}"


class _Upwards(TypedDict, total=False):
    y: tuple[Mark, ...]
    y_title: str
    y_end: float | None


def _counts(bars: Bars, n_bars: int) -> _Upwards:
    """Return how many pictures one of the first bars has that is so high; what stands apart has another width."""
    if not n_bars:
        return {}
    width = int(bars.width[0])
    most = width * bars.height
    scale = tuple((n / width - 0.5, numeral(int(n))) for n in ticks(0, most, _MOST_COUNTS, whole=True))
    return {
        "y": scale,
        "y_title": _("images"),
        "y_end": bars.end(n_bars) if n_bars < len(bars.left) else None,
    }
