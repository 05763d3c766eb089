"""A map for print: A4 across, with its legend, its credit, and the scale of what is shown."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from barrx.errors import ParameterError
from barrx.export.pens import SHAPES, Pen, PngPen, SvgPen, shortened, width_of, wrapped
from barrx.i18n import _, ngettext, numeral

SUFFIXES: Final = (".png", ".svg")
WIDTH, HEIGHT = 297.0, 210.0  # millimetres
CELL: Final = 9.0  # the pictures on the map stand for one cell each
_MARGIN = 12.0
_LEGEND = 58.0
_TOP, _BOTTOM = 30.0, 34.0
_ROOM = (WIDTH - 3 * _MARGIN - _LEGEND, HEIGHT - _TOP - _BOTTOM)  # of the map, beside the legend
_EDGE = 1.0  # what a mark at the edge of the room needs
_ON_SCREEN = 0.86  # of the room: so much of it the map on screen fills when all is shown
_INK, _QUIET = "#22252a", "#5c6068"
_NAME = 3.0  # height of the name of a cluster
_BAR = 0.2  # of the longer side of what is shown: places have no unit
_LINE = 4.6  # from one line of the legend to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """What a colour means: name, number of pictures, "#rrggbb", and one of ``pens.SHAPES``."""

    name: str
    count: int
    color: str
    shape: str = "circle"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrintedMap:
    """What stands on the sheet.

    Attributes
    ----------
    title, subtitle : str
    coordinates : (n, 2) float, finite
    colors : (n,) "#rrggbb"
    shapes : (n,) of ``pens.SHAPES``
    names : sequence of (x, y, text)
        names of clusters, in the coordinates of the map, the most important first
    legend : sequence of LegendEntry
    legend_title : str
    pictures : sequence of (index, WebP)
        see :func:`standing`
    credit, method : str
        what must stand with the pictures, and how the map was made
    total : int
        pictures of the collection, of which n are shown
    place : Place or None
        the part of the map that is shown; None: all of it

    Raises
    ------
    ParameterError
        if there is nothing to print
    """

    title: str
    subtitle: str
    coordinates: NDArray[np.floating]
    colors: Sequence[str]
    shapes: Sequence[str]
    names: Sequence[tuple[float, float, str]]
    legend: Sequence[LegendEntry]
    legend_title: str
    pictures: Sequence[tuple[int, bytes]]
    credit: str
    method: str
    total: int
    place: "Place | None" = None

    def __post_init__(self) -> None:
        check(len(self.coordinates), self.place)


@dataclass(frozen=True, slots=True)
class Place:
    """From the coordinates of the map to the sheet.

    Attributes
    ----------
    scale : millimetres of a unit of the coordinates
    middle : in the coordinates
    side : the longer one of what is shown, in millimetres
    """

    scale: float
    middle: tuple[float, float]
    side: float

    @classmethod
    def of(cls, coordinates: NDArray[np.floating]) -> "Place":
        """Return the scale at which (n, 2) points fill the room beside the legend."""
        low, high = coordinates.min(0).astype(float), coordinates.max(0).astype(float)
        spread = np.maximum(high - low, 1e-6)
        scale = min((_ROOM[0] - CELL) / spread[0], (_ROOM[1] - CELL) / spread[1])
        return cls(scale, ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2), float(spread.max() * scale))

    @classmethod
    def seen(cls, coordinates: NDArray[np.floating], camera: tuple[float, float, float]) -> "Place":
        """Return the part of a map where one looks: the camera has its middle, and 1 for the scale that shows all."""
        spread = np.maximum(np.ptp(coordinates.astype(float), axis=0), 1e-6)
        x, y, zoom = camera
        scale = _ON_SCREEN * zoom * min(_ROOM[0] / spread[0], _ROOM[1] / spread[1])
        return cls(float(scale), (x, y), max(_ROOM))

    def holds(self, coordinates: NDArray[np.floating], margin: float = _EDGE) -> NDArray[np.bool_]:
        """Tell which of (n, 2) points lie in the room beside the legend, with a margin in millimetres."""
        away = np.abs(coordinates.astype(float) - self.middle) * self.scale
        inside: NDArray[np.bool_] = away <= np.array(_ROOM) / 2 - margin
        return inside[:, 0] & inside[:, 1]

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            (WIDTH - _MARGIN - _LEGEND) / 2 + (x - self.middle[0]) * self.scale,
            _TOP + (HEIGHT - _TOP - _BOTTOM) / 2 - (y - self.middle[1]) * self.scale,
        )


def check(n: int, place: Place | None) -> None:
    """Raise a ParameterError if there is nothing to print: no picture of the whole map, or of a part of it."""
    if n:
        return
    if place is None:
        raise ParameterError(_("There are no images to print: take back a filter."))
    raise ParameterError(
        _("There are no images to print where the map looks: go to another place, or show all of it.")
    )


def png(sheet: PrintedMap) -> bytes:
    """Return the map as PNG, 3,508 by 2,480 pixels, 300 an inch."""
    pen = PngPen(WIDTH, HEIGHT)
    _draw(pen, sheet)
    return pen.finished()


def svg(sheet: PrintedMap) -> bytes:
    """Return the map as SVG with every picture inside of it."""
    pen = SvgPen(WIDTH, HEIGHT)
    _draw(pen, sheet)
    return pen.finished()


def standing(
    coordinates: NDArray[np.floating], strength: NDArray[np.floating], place: Place | None = None
) -> list[int]:
    """Return the pictures to be shown as such: of each cell of the sheet the one whose membership is strongest.

    Of a part of a map, those that are in it to their edges.
    """
    whole = np.arange(len(coordinates))
    if place is not None:
        whole = whole[place.holds(coordinates, CELL / 2)]
    if not len(whole):
        return []
    scale = (place or Place.of(coordinates)).scale
    cells = np.floor((coordinates[whole] - coordinates.min(0)) * scale / CELL).astype(np.int64)
    order = np.lexsort((whole, -strength[whole], cells[:, 1], cells[:, 0]))
    _cells, first = np.unique(cells[order], axis=0, return_index=True)
    return sorted(whole[order[first]].tolist())


def _draw(pen: Pen, sheet: PrintedMap) -> None:
    place = sheet.place or Place.of(sheet.coordinates)
    across = WIDTH - 2 * _MARGIN
    pen.text(_MARGIN, 19, shortened(sheet.title, 6, across), 6, _INK, bold=False, middle=False)
    pen.text(_MARGIN, 25.5, shortened(sheet.subtitle, 3.2, across), 3.2, _QUIET, bold=False, middle=False)
    _points(pen, sheet, place)
    _pictures(pen, sheet, place)
    _names(pen, sheet, place)
    if sheet.place is not None:
        _frame(pen)
    _legend(pen, sheet)
    _foot(pen, sheet, place)


def _frame(pen: Pen) -> None:
    """Draw where the part of a map ends."""
    (left, top), (right, bottom) = (_MARGIN, _TOP), (_MARGIN + _ROOM[0], _TOP + _ROOM[1])
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    for start, end in pairwise([*corners, corners[0]]):
        pen.line(start, end, _QUIET)


def _points(pen: Pen, sheet: PrintedMap, place: Place) -> None:
    radius = min(0.9, max(0.2, 30 / math.sqrt(len(sheet.coordinates))))
    for (x, y), color, shape in zip(sheet.coordinates.tolist(), sheet.colors, sheet.shapes, strict=True):
        pen.mark(*place(x, y), radius, color, shape)


def _pictures(pen: Pen, sheet: PrintedMap, place: Place) -> None:
    for index, data in sheet.pictures:
        with Image.open(io.BytesIO(data)) as picture:
            share = CELL * 0.86 / max(picture.size)
            width, height = picture.width * share, picture.height * share
            x, y = place(*sheet.coordinates[index].tolist())
            pen.picture(x - width / 2, y - height / 2, picture, width, height)
        pen.mark(x - width / 2, y - height / 2, 0.8, sheet.colors[index], sheet.shapes[index])


def _names(pen: Pen, sheet: PrintedMap, place: Place) -> None:
    """Write the names that have room, the first ones first: a name over another one is read by nobody."""
    taken: list[tuple[float, float, float]] = []
    for x, y, whole in sheet.names:
        name = shortened(whole, _NAME, 40, True)
        half = width_of(name, _NAME, True) / 2 + 1
        across, down = place(x, y)
        across = min(max(across, _MARGIN + half), _MARGIN + _ROOM[0] - half)
        if any(abs(across - a) < half + h and abs(down - d) < 1.4 * _NAME for a, d, h in taken):
            continue
        taken.append((across, down, half))
        pen.plate(across - half, down - _NAME, 2 * half, 1.35 * _NAME)
        pen.text(across, down, name, _NAME, _INK, bold=True, middle=True)


def _legend(pen: Pen, sheet: PrintedMap) -> None:
    left, y = WIDTH - _MARGIN - _LEGEND, _TOP + 4
    pen.text(left, y, shortened(sheet.legend_title, 3.6, _LEGEND, True), 3.6, _INK, bold=True, middle=False)
    fit = int((HEIGHT - _BOTTOM - y) / _LINE) - 2
    for entry in sheet.legend[:fit]:
        y += _LINE
        count = numeral(entry.count)
        pen.mark(left + 1.6, y - 1.1, 1.3, entry.color, entry.shape)
        room = _LEGEND - 6 - width_of(count, 3)
        pen.text(left + 5, y, shortened(entry.name, 3, room), 3, _INK, bold=False, middle=False)
        at = WIDTH - _MARGIN - width_of(count, 3)
        pen.text(at, y, count, 3, _QUIET, bold=False, middle=False)
    if len(sheet.legend) > fit:
        said = _("and {n} more").format(n=len(sheet.legend) - fit)
        pen.text(left + 5, y + _LINE, said, 3, _QUIET, bold=False, middle=False)


def _foot(pen: Pen, sheet: PrintedMap, place: Place) -> None:
    y = HEIGHT - _BOTTOM + 8
    end = _MARGIN + _BAR * place.side
    pen.line((_MARGIN, y), (end, y), _INK)
    for x in (_MARGIN, end):
        pen.line((x, y - 1), (x, y + 1), _INK)
    said = _("{share} of the longer side of what is shown").format(share=numeral(_BAR, ".0%"))
    shown = ngettext("{shown} of {total} image shown", "{shown} of {total} images shown", sheet.total).format(
        shown=numeral(len(sheet.coordinates)), total=numeral(sheet.total)
    )
    pen.text(end + 3, y + 1, f"{said} · {shown}", 3, _INK, bold=False, middle=False)
    across = WIDTH - 2 * _MARGIN
    for text, most in ((sheet.credit, 3), (sheet.method, 2)):
        for line in wrapped(text, 2.8, across, most):
            y += 4.2
            pen.text(_MARGIN, y + 1, line, 2.8, _QUIET, bold=False, middle=False)


def shape_of(index: int, n_colors: int) -> str:
    """Return the shape of a colour index: beyond the end of the palette the colours come again in another shape."""
    return SHAPES[index // n_colors % len(SHAPES)] if index >= 0 else SHAPES[0]
