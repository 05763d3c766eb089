"""The map of a collection: one canvas with its points and pictures, as a Streamlit component.

What the browser does is written in the modules beside this file; they come by a route of
:mod:`barrx.ui.routes`, so the map needs ``app.py`` to be what Streamlit runs.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import palette, routes

Mode = Literal["dots", "both", "pictures"]
Polygon = list[tuple[float, float]]

TEXTS = ("title", "creator", "date", "cluster")
MIN_HEIGHT = 200
MAX_HEIGHT = 4000

_HERE = Path(__file__).parent
_TEXT_LENGTH = 300  # characters; a tooltip shows no more
_MOST_CORNERS = 10_000
_HEX = re.compile(r"#[0-9a-fA-F]{6}")

_component = st.components.v2.component(
    "barrx_map",
    html='<div class="barrx-map"></div>',
    css=(_HERE / "map.css").read_text(encoding="utf-8"),
    js=(_HERE / "entry.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
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
    token : str
        what :func:`barrx.ui.routes.sign` gave for the collection; "" shows no pictures
    mode : {"dots", "both", "pictures"}
        what is shown at first
    height : int
        of the map, in CSS pixels; less on a screen that is lower
    selected : sequence of int
        pictures to mark with a ring; if there are several, the others fade
    dimmed : bool
        a new map is being computed: this one is shown as the old one
    alt : str
        what the map shows, in words

    Raises
    ------
    ParameterError
        if a colour is not "#rrggbb", there is none, or the height is out of its bounds
    """

    revision: str
    palette: Sequence[str] = palette.CATEGORICAL
    legend: Sequence[tuple[str, int, int]] = ()
    legend_title: str = ""
    token: str = ""
    mode: Mode = "both"
    height: int = 620
    selected: Sequence[int] = ()
    dimmed: bool = False
    alt: str = ""

    def __post_init__(self) -> None:
        if not self.palette:
            raise ParameterError(_("palette must have at least 1 colour, got none."))
        for color in self.palette:
            if not _HEX.fullmatch(color):
                raise ParameterError(
                    _("palette must hold colours as #rrggbb, got “{color}”.").format(color=color)
                )
        if not MIN_HEIGHT <= self.height <= MAX_HEIGHT:
            raise ParameterError(
                _("height must be from {low} to {high} pixels, got {n}.").format(
                    low=MIN_HEIGHT, high=MAX_HEIGHT, n=self.height
                )
            )


@dataclass(frozen=True, slots=True)
class MapEvents:
    """What the user did on a map.

    Attributes
    ----------
    clicked : int or None
        index of the picture just clicked; None again at the next run
    selection : list of (x, y) or None
        corners of the box or lasso that is drawn, in the coordinates of the map
    """

    clicked: int | None = None
    selection: Polygon | None = None


def image_map(frame: pd.DataFrame, options: MapOptions, *, key: str) -> MapEvents:
    """Show a map and return what the user did on it.

    Parameters
    ----------
    frame : one row a picture, in the order of the collection. ``x`` and ``y``: coordinates, finite.
        ``colour``: index of the colour, -1 for noise or a missing value. ``strength``, optional: from 0
        (pale) to 1 (full). ``title``, ``creator``, ``date``, ``cluster``, optional: texts for the tooltip
    options : how it is shown
    key : of the component

    Returns
    -------
    MapEvents

    Raises
    ------
    ParameterError
        if a column is missing, or a coordinate is not finite
    """
    points = _points(frame)
    collection = _collection(options.token)
    arrangement = _name_of(points, collection)
    result = _component(
        key=key,
        data={
            "points": points,
            "texts": _texts(frame),
            "options": {
                **_sent(options),
                "key": key,
                "collection": collection,
                "arrangement": arrangement,
            },
        },
        on_clicked_change=lambda: None,
        on_selection_change=lambda: None,
    )
    return MapEvents(
        clicked=_index(result.get("clicked"), len(frame)),
        selection=_polygon(result.get("selection"), arrangement),
    )


def inside(
    polygon: Sequence[tuple[float, float]], x: NDArray[np.floating], y: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Tell which points lie inside a polygon, by the even-odd rule.

    Parameters
    ----------
    polygon : corners; the last is joined to the first
    x, y : (n,) coordinates

    Returns
    -------
    (n,) bool
    """
    # In double precision as in the browser: a point on the edge is in both inside or in both outside.
    px, py = np.asarray(x, np.float64), np.asarray(y, np.float64)
    found = np.zeros(len(px), bool)
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        if y1 != y2:
            found ^= ((y1 > py) != (y2 > py)) & (px < (x2 - x1) / (y2 - y1) * (py - y1) + x1)
    return found


# --- to the browser ---------------------------------------------------------------------------------------


def _points(frame: pd.DataFrame) -> pa.Table:
    missing = [name for name in ("x", "y", "colour") if name not in frame]
    if missing:
        raise ParameterError(_("The table of a map needs the column {name}.").format(name=", ".join(missing)))
    x, y = (frame[name].to_numpy(np.float32) for name in ("x", "y"))
    n_bad = int((~(np.isfinite(x) & np.isfinite(y))).sum())
    if n_bad:
        raise ParameterError(
            _("The coordinates of a map must be finite numbers; {n} of {total} are not.").format(
                n=n_bad, total=len(frame)
            )
        )
    strength = (
        frame["strength"].to_numpy(np.float32) if "strength" in frame else np.ones(len(frame), np.float32)
    )
    steps = np.round(255 * np.clip(np.nan_to_num(strength), 0, 1)).astype(np.uint8)
    return pa.table({"x": x, "y": y, "colour": frame["colour"].to_numpy(np.int16), "strength": steps})


def _texts(frame: pd.DataFrame) -> pa.Table:
    # Names that repeat travel once.
    columns = {name: _short(frame[name]) for name in TEXTS if name in frame}
    return pa.table({name: text.dictionary_encode() for name, text in columns.items()})


def _short(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.StringDtype):
        text = pa.array(values, pa.string(), from_pandas=True)
        return pc.utf8_slice_codeunits(pc.fill_null(text, ""), 0, _TEXT_LENGTH)
    lines = [
        "" if value is None or value is pd.NA or value != value else str(value)[:_TEXT_LENGTH]
        for value in values
    ]
    # Half of a surrogate pair is no text that Arrow takes.
    return pa.array([line.encode("utf-8", "replace").decode() for line in lines], pa.string())


def _collection(token: str) -> str:
    # Not the token itself: that is another one tomorrow, and the browser would load all pictures again.
    grant = routes.granted(token) if token else None
    return f"{grant.slug} {grant.fingerprint}" if grant else ""


def _name_of(points: pa.Table, collection: str) -> str:
    digest = hashlib.sha256(collection.encode())
    for name in ("x", "y"):
        digest.update(points[name].to_numpy())
    return digest.hexdigest()[:16]


def _sent(options: MapOptions) -> dict[str, object]:
    return {
        "revision": options.revision,
        "palette": list(options.palette),
        "noise": palette.NOISE,
        "legend": [[str(name)[:_TEXT_LENGTH], int(n), int(index)] for name, n, index in options.legend],
        "legend_title": options.legend_title,
        "token": options.token,
        "mode": options.mode,
        "height": options.height,
        "selected": [int(i) for i in options.selected],
        "dimmed": options.dimmed,
        "alt": options.alt or _("Map of the collection"),
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "toolbar": _("Map tools"),
        "pan": _("Move the map"),
        "box": _("Select with a box (Shift and drag)"),
        "lasso": _("Select with a lasso (Ctrl and drag)"),
        "farther": _("Zoom out"),
        "closer": _("Zoom in"),
        "fit": _("Show everything"),
        "clear": _("Clear the selection"),
        "dots": _("Dots"),
        "both": _("Both"),
        "pictures": _("Images"),
        "size": _("Size of the images"),
        "legend": _("Colours"),
        "empty": _("There are no images to show."),
        "untitled": _("Untitled"),
        "keys": _(
            "Arrow keys move the map, plus and minus zoom, 0 shows everything. "
            "Enter opens the image in the middle, Escape clears the selection."
        ),
    }


# --- from the browser: anybody can send anything ----------------------------------------------------------


def _index(value: object, n: int) -> int | None:
    return value if type(value) is int and 0 <= value < n else None


def _polygon(value: object, arrangement: str) -> Polygon | None:
    # A line drawn on another map would select other pictures. A bare list is taken as it is.
    if isinstance(value, Mapping):
        value = value.get("polygon") if value.get("arrangement") == arrangement else None
    if not isinstance(value, list) or not 3 <= len(value) <= _MOST_CORNERS:
        return None
    corners = [_corner(corner) for corner in value]
    return [corner for corner in corners if corner] if all(corners) else None


def _corner(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    if not all(isinstance(v, int | float) and math.isfinite(v) for v in value):
        return None
    return float(value[0]), float(value[1])
