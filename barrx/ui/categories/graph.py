"""Categories as a graph on a time axis: where they stand, what joins them, and how that is drawn."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.i18n import _
from barrx.ui import chart_locale
from barrx.ui.text import shortened

if TYPE_CHECKING:
    import altair as alt

_NAME_LENGTH: Final = 28
# A name in any script, so that the year stands after it.
_NAME_APART: Final = "\N{FIRST STRONG ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"
_MOST_BENT: Final = 0.15  # of the axis: farther left a line would run through categories of other years
_ROWS_BENT: Final = 6  # rows that a vertical line passes, for about two thirds of that
_POINTS: Final = np.linspace(0, 1, 17)  # of a line, from its source to its target
_STEP: Final = 26  # pixels from row to row
_LEAST_HEIGHT: Final = 240  # pixels of all rows
_AXIS_HEIGHT: Final = 76  # pixels of the years below them
_HALO: Final = 7  # pixels, half of them round each letter; with fewer, lines are seen between the letters
_BESIDE: Final = 8  # pixels between a point and its words
FONT_SIZE: Final = 11
_NARROW, _WIDE = 5.6, 11.5  # pixels of a sign in the words
_NODE: Final = "#8b8e94"
# Told apart by all kinds of colour vision on both grounds, and by dashes.
COLORS: Final = {"supported": "#4279d1", "unsupported": "#d55e00", "untested": "#8b8e94", "near": "#2a86a5"}
_DASHES: Final = {"unsupported": [4, 3], "near": [1, 0]}


def is_dated(names: Sequence[str], years: Mapping[str, int]) -> bool:
    """Tell whether there is a time axis: one year for all that are drawn is none.

    Parameters
    ----------
    names : the categories that are drawn
    years : category -> year, for those that have one; of categories that are not drawn, too
    """
    return len({years[name] for name in names if name in years}) > 1


def nodes(names: Sequence[str], years: Mapping[str, int], distances: NDArray[np.float64]) -> pd.DataFrame:
    """Place the categories: along the time axis, each in a row of its own, those that look alike near each other.

    Parameters
    ----------
    years : category -> year, for those that have one
    distances : (n, n) of the categories; two without one (NaN) are placed as if they were as far apart as most

    Returns
    -------
    DataFrame
        ``name``, ``x`` (the year; without any years the second direction in which they differ), ``y`` (the row),
        ``label`` (name and year)
    """
    along, across = _directions(distances)
    dated = np.array([float(years.get(name, np.nan)) for name in names])
    known = np.isfinite(dated) & is_dated(names, years)
    # Those without a year stand at the end of the axis, apart, and say so.
    x = np.where(known, dated, dated[known].max() + _span(dated[known]) * 0.15) if known.any() else across
    undated = " · " + _("no year") if known.any() else ""
    labels = [
        _NAME_APART % shortened(name, _NAME_LENGTH) + (f" · {int(year)}" if ok else undated)
        for name, year, ok in zip(names, dated, known, strict=True)
    ]
    rows = np.empty(len(names), int)
    rows[np.argsort(along, kind="stable")] = np.arange(len(names))
    return pd.DataFrame({"name": list(names), "x": x, "y": rows, "label": labels})


def _span(values: NDArray[np.float64]) -> float:
    return float(np.ptp(values)) or 1.0


def _directions(distances: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two directions in which the categories differ most: classical scaling of the distances."""
    n = len(distances)
    if n < 3:
        return np.arange(n, dtype=float), np.zeros(n)
    known = distances[np.isfinite(distances) & ~np.eye(n, dtype=bool)]
    squared = np.where(np.isnan(distances), known.mean() if known.size else 1.0, distances) ** 2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    _values, vectors = np.linalg.eigh(-centred / 2)
    # The sign of a direction is arbitrary: the same for the same distances.
    found = [vectors[:, -i] * np.sign(vectors[np.abs(vectors[:, -i]).argmax(), -i]) for i in (1, 2)]
    return found[0], found[1]


def edges(placed: pd.DataFrame, joined: Sequence[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Return the points of the lines that join categories.

    A line bends to the left, where no names stand, the more so the steeper it is and the more rows it passes: else
    lines between categories of one year would lie on each other, and run through the categories between.

    Parameters
    ----------
    placed : what :func:`nodes` returns
    joined : (source, target, kind, text) each; those whose ends are not placed are left out

    Returns
    -------
    DataFrame
        a row for each point of a line: ``edge``, ``way`` (0 at its source to 1 at its target), ``x``, ``y``,
        ``kind``, ``width``, ``text``
    """
    span = _span(placed["x"].to_numpy(float))
    places = zip(placed["x"].astype(float).tolist(), placed["y"].astype(int).tolist(), strict=True)
    at = dict(zip(placed["name"].tolist(), places, strict=True))
    found: list[dict[str, Any]] = []
    for number, (source, target, kind, text) in enumerate(joined):
        if source in at and target in at:
            (x, y), (x_to, y_to) = at[source], at[target]
            bend = _bend((x_to - x) / span, y_to - y) * span
            for way in _POINTS.tolist():
                point = {
                    "x": x + way * (x_to - x) - 4 * way * (1 - way) * bend,
                    "y": y + way * (y_to - y),
                    "width": 1.6 if kind == "near" else 5.0 + way * (0.8 - 5.0),
                }
                found.append({"edge": number, "way": way, "kind": kind, "text": text, **point})
    return pd.DataFrame(found, columns=["edge", "way", "x", "y", "kind", "width", "text"])


def _bend(along: float, rows: int) -> float:
    """Return how far a line bends to the left, as a share of the axis.

    Parameters
    ----------
    along : share of the axis that it goes to the right
    rows : how many rows it goes down
    """
    # Up more than down: arrows there and back are two lines.
    passed = abs(rows) - 1 if rows > 0 else abs(rows) - 0.5
    return _MOST_BENT * (1 - math.exp(-passed / _ROWS_BENT)) * (1 - min(1.0, abs(along)))


def drawn(
    placed: pd.DataFrame, lines: pd.DataFrame, *, is_dated: bool, is_dark: bool, sentence: str
) -> "alt.LayerChart":
    """Draw categories and what joins them; a line is wide at its source and thin at its target.

    Parameters
    ----------
    is_dated : bool
        the horizontal axis is time
    sentence : what it shows in words
    """
    import altair as alt

    # Lines bend to the left, beyond the first point too.
    low = float(min([placed["x"].min(), *lines["x"]]))
    high = float(placed["x"].max())
    margin = 0.05 * ((high - low) or 1.0)
    # The words begin at their point: the last point stands as far from the edge as the longest ones need.
    room = f"min({pixels(placed['label']) + _BESIDE}, 0.65 * width)"
    scale = alt.Scale(
        domain=[low - margin, high + margin],
        range=[0, alt.ExprRef(f"width - {room}")],
        nice=False,
        zero=False,
    )
    axis = alt.Axis(format="d", grid=True, tickMinStep=1) if is_dated else None
    x = alt.X("x:Q", scale=scale, title=_("year") if is_dated else None, axis=axis)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-0.7, len(placed) - 0.3], reverse=True), axis=None)
    layers = [
        _lines(lines[lines["kind"] == kind], kind, x, y) for kind in COLORS if (lines["kind"] == kind).any()
    ]
    base = alt.Chart(placed).encode(x=x, y=y, tooltip=alt.Tooltip("name:N", title=" "))
    layers.append(base.mark_point(filled=True, size=60, color=_NODE, opacity=1))
    ground, ink = ("#121417", "#ece9e3") if is_dark else ("#fdfcfa", "#22252a")
    text: dict[str, Any] = {
        "align": "left",
        "dx": _BESIDE,
        "fontSize": FONT_SIZE,
        "limit": alt.ExprRef(f"{room} - {_BESIDE}"),
    }
    halo = base.mark_text(**text, stroke=ground, strokeWidth=_HALO, strokeJoin="round")
    words = base.mark_text(**text, color=ink)
    layers += [halo.encode(text="label:N"), words.encode(text="label:N")]
    return alt.LayerChart(
        layer=layers,
        height=max(_LEAST_HEIGHT, _STEP * len(placed)) + (_AXIS_HEIGHT if is_dated else 0),
        width="container",
        description=sentence,
        usermeta={"embedOptions": {"renderer": "canvas"}},
        config=alt.Config(locale=chart_locale.locale(), view=alt.ViewConfig(stroke=None)),
    )


def pixels(labels: Iterable[str]) -> int:
    """Return about how wide the longest of some labels is, written as large as here."""
    widths = [sum(_WIDE if east_asian_width(sign) in "WF" else _NARROW for sign in label) for label in labels]
    return math.ceil(max(widths, default=0))


def _lines(lines: pd.DataFrame, kind: str, x: "alt.X", y: "alt.Y") -> "alt.Chart":
    import altair as alt

    base = alt.Chart(lines).encode(
        x=x, y=y, detail="edge:N", order="way:Q", tooltip=alt.Tooltip("text:N", title=" ")
    )
    if kind in ("supported", "untested"):
        drawn: alt.Chart = base.mark_trail(color=COLORS[kind], opacity=0.75).encode(
            size=alt.Size("width:Q", scale=None, legend=None)
        )
        return drawn
    dashed: alt.Chart = base.mark_line(
        color=COLORS[kind], opacity=0.75, strokeDash=_DASHES[kind], strokeWidth=1.6
    )
    return dashed
