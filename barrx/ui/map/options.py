"""How a map is shown: colours, clusters, filters, selection, camera."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import palette
from barrx.views import Style

Camera = tuple[float, float, float]

MIN_HEIGHT = 200
MAX_HEIGHT = 4000
MAX_REPRESENTATIVES = 3
MAX_LINES = 1000

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMark:
    """What the map says about one cluster.

    Attributes
    ----------
    label : int
        its number in the frame's column ``cluster``, 0 or more
    name : str
        for people
    size : int
        number of pictures
    representatives : sequence of int
        pictures that stand for it, 3 at most

    Raises
    ------
    ParameterError
        if the label or the size is negative, or there are too many representatives
    """

    label: int
    name: str
    size: int
    representatives: Sequence[int] = ()

    def __post_init__(self) -> None:
        if self.label < 0 or self.size < 0:
            raise ParameterError(
                _("A cluster must have a label and a size of at least 0, got {label} and {size}.").format(
                    label=self.label, size=self.size
                )
            )
        if len(self.representatives) > MAX_REPRESENTATIVES:
            raise ParameterError(
                _("A cluster may have {bound} representatives at most, got {n}.").format(
                    bound=MAX_REPRESENTATIVES, n=len(self.representatives)
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of an arrangement.

    Attributes
    ----------
    title : str
    ticks : sequence of (place, text)
        places in the map's coordinates
    end : float or None
        place along the other axis beyond which this one does not hold; None: it holds everywhere

    Raises
    ------
    ParameterError
        if a place is not finite
    """

    title: str = ""
    ticks: Sequence[tuple[float, str]] = ()
    end: float | None = None

    def __post_init__(self) -> None:
        _check_finite([place for place, _text in self.ticks], _("A tick"))
        _check_finite([] if self.end is None else [self.end], _("The end of an axis"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """What an arrangement other than the map needs to be read.

    Attributes
    ----------
    x, y : Axis or None
        the axes that mean something
    headings : sequence of (x, y, text)
        titles of parts, such as columns; the middle of their lower edge in the map's coordinates

    Raises
    ------
    ParameterError
        if a place is not finite
    """

    x: Axis | None = None
    y: Axis | None = None
    headings: Sequence[tuple[float, float, str]] = ()

    def __post_init__(self) -> None:
        _check_finite([v for x, y, _text in self.headings for v in (x, y)], _("A heading"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapOptions:
    """How a map is shown.

    Attributes
    ----------
    revision : str
        name of this map; the canvas carries it as ``data-revision`` once the map is drawn
    palette : sequence of str
        colours as "#rrggbb"; a colour index beyond its end starts again, with another shape
    legend : sequence of (label, count, index)
        what the colours mean; index -1 is noise, or a missing value
    legend_title : str
    legend_others : sequence of (label, count)
        what one entry of the legend stands for together, to be found by name
    legend_chosen : (indexes, places)
        entries that are brought out at first: by the index of their colour, and by their place in ``legend_others``
    legend_revision : str
        another one each time the page, not the user, decides what is brought out
    token : str
        what :func:`barrx.ui.routes.sign` gave for the collection; "" shows no pictures and no titles
    style : Style
        how the pictures are drawn at first
    style_revision : str
        another one each time the page, not the user, decides how they are drawn
    height : int
        of the map, in CSS pixels; less on a screen that is lower
    marked : sequence of int
        pictures to mark with a ring, and to show as pictures in any case
    dimmed : bool
        a new map is being computed: this one is shown as the old one
    alt : str
        what the map shows, in words
    clusters : sequence of ClusterMark
        for labels on the map, and to go from one to the next by keyboard
    editable : bool
        the names of clusters may be changed
    shown : (n,) bool or None
        pictures that pass the filters; None: all
    hide_filtered : bool
        the others are hidden; else they are only faded
    selection : (k,) int or None
        pictures that are selected; the browser takes them when ``selection_revision`` is another one,
        and otherwise keeps the selection it has
    selection_revision : str
    axes : Axes or None
        what there is to read beside an arrangement; None: the map itself, where clusters have places
    pitch : float or None
        distance of neighbouring places of an arrangement where no two pictures share one: the pictures fill them
    camera : (x, y, zoom) or None
        where one looks at first: the middle in the map's coordinates; zoom 1 shows everything
    camera_revision : str
        another one each time the page, not the user, decides where to look: the map then flies to ``camera``
    focus : (revision, indexes) or None
        pictures to fly to when the revision is another one
    lines : sequence of (index, index)
        pairs of pictures to join by a line
    searchable : bool
        there is a field to search in
    query : str
        what stands in it

    Raises
    ------
    ParameterError
        if a colour is not "#rrggbb", there is none, a number is out of its bounds, or there are too many lines
    """

    revision: str
    palette: Sequence[str] = palette.CATEGORICAL
    legend: Sequence[tuple[str, int, int]] = ()
    legend_title: str = ""
    legend_others: Sequence[tuple[str, int]] = ()
    legend_chosen: tuple[Sequence[int], Sequence[int]] = ((), ())
    legend_revision: str = ""
    token: str = ""
    style: Style = field(default_factory=Style)
    style_revision: str = ""
    height: int = 620
    marked: Sequence[int] = ()
    dimmed: bool = False
    alt: str = ""
    clusters: Sequence[ClusterMark] = ()
    editable: bool = False
    shown: NDArray[np.bool_] | None = None
    hide_filtered: bool = False
    selection: NDArray[np.integer] | None = None
    selection_revision: str = ""
    axes: Axes | None = None
    pitch: float | None = None
    camera: Camera | None = None
    camera_revision: str = ""
    focus: tuple[str, Sequence[int]] | None = None
    lines: Sequence[tuple[int, int]] = ()
    searchable: bool = False
    query: str = ""

    def __post_init__(self) -> None:
        self._check_palette()
        if not MIN_HEIGHT <= self.height <= MAX_HEIGHT:
            raise ParameterError(
                _("height must be from {low} to {high} pixels, got {n}.").format(
                    low=MIN_HEIGHT, high=MAX_HEIGHT, n=self.height
                )
            )
        if self.camera is not None:
            _check_finite(self.camera, _("The camera"))
            if self.camera[2] <= 0:
                raise ParameterError(
                    _("The camera's zoom must be above 0, got {zoom}.").format(zoom=self.camera[2])
                )
        if self.pitch is not None and not (math.isfinite(self.pitch) and self.pitch > 0):
            raise ParameterError(_("pitch must be above 0, got {pitch}.").format(pitch=self.pitch))
        if len(self.lines) > MAX_LINES:
            raise ParameterError(
                _("A map may have {bound} lines at most, got {n}.").format(bound=MAX_LINES, n=len(self.lines))
            )

    def _check_palette(self) -> None:
        if not self.palette:
            raise ParameterError(_("palette must have at least 1 colour, got none."))
        for color in self.palette:
            if not _HEX.fullmatch(color):
                raise ParameterError(
                    _("palette must hold colours as #rrggbb, got “{color}”.").format(color=color)
                )


def _check_finite(numbers: Sequence[float], what: str) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise ParameterError(
                _("{what} must be at finite coordinates, got {number}.").format(what=what, number=number)
            )
