"""How the pictures on the map are arranged: one control, what it needs to know, and the places it leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import arrangements, cache
from barrx.arrangements import BY_CLUSTER, YEAR, Arrangement, Kind, Marks, Source
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.pipeline import Map
from barrx.ui import keys, linked
from barrx.ui.map import Axes, Axis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Where the pictures are shown.

    Attributes
    ----------
    coordinates : (n_images, 2) float32, in dataset order
    axes : Axes or None
        what there is to read beside them; None on the map itself
    pitch : float or None
        distance of neighbouring places where no two pictures share one
    version : str
        another value for other places, "" on the map itself
    said : str
        where the pictures are, in words
    """

    coordinates: NDArray[np.float32]
    axes: Axes | None
    pitch: float | None
    version: str
    said: str


def choose(dataset: Dataset, finished: Map) -> Arrangement:
    """Show the control, and beside it what the chosen arrangement needs; return what is chosen."""
    source = Source.of(dataset, finished)
    names = _names()
    kinds = [kind for kind in names if kind != "time" or source.has_years()]
    with st.container(key=keys.ARRANGE_ROW, horizontal=True, vertical_alignment="bottom"):
        kind = linked.choice(
            _("Arrange by"),
            kinds,
            default="map",
            name=lambda kind: names[kind],
            key=keys.ARRANGE,
            as_buttons=True,
        )
        return Arrangement(kind=kind, columns=_choose_columns(kind, dataset, source))


def _names() -> dict[Kind, str]:
    return {
        "map": _("Map"),
        "grid": _("Grid"),
        "columns": _("Categories"),
        "time": _("Time"),
        "numeric": _("Two columns"),
    }


def _choose_columns(kind: Kind, dataset: Dataset, source: Source) -> tuple[str, ...]:
    wanted: dict[str, tuple[str, Sequence[str], str]] = {}
    if kind == "columns":
        categories = _columns_for(dataset.fingerprint, kind, source)
        first = categories[0] if categories else BY_CLUSTER
        wanted = {keys.ARRANGE_COLUMN: (_("Column"), [*categories, BY_CLUSTER], first)}
    elif kind == "numeric":
        numbers = _columns_for(dataset.fingerprint, kind, source)
        wanted = {
            keys.ARRANGE_X: (_("Across"), numbers, numbers[0]),
            keys.ARRANGE_Y: (_("Up"), numbers, numbers[1]),
        }
    for key in (keys.ARRANGE_COLUMN, keys.ARRANGE_X, keys.ARRANGE_Y):
        if key not in wanted:
            st.query_params.pop(key, None)
    if kind == "time":
        return (YEAR,)
    return tuple(
        linked.choice(label, options, default=default, name=arrangements.title, key=key)
        for key, (label, options, default) in wanted.items()
    )


@st.cache_data(show_spinner=False, max_entries=32)
def _columns_for(fingerprint: str, kind: Kind, _source: Source) -> list[str]:
    return _source.category_columns() if kind == "columns" else _source.numeric_columns()


def places(dataset: Dataset, finished: Map, arrangement: Arrangement, names: Mapping[int, str]) -> Placed:
    """Return where the pictures are.

    Parameters
    ----------
    names : cluster number -> name for people

    Raises
    ------
    ParameterError
        if the collection cannot be arranged so
    """
    arranged = arrangements.load_or_compute(Source.of(dataset, finished), arrangement, names)
    is_map = arrangement.kind == "map"
    return Placed(
        coordinates=arranged.coordinates,
        axes=None if is_map else _axes(arranged.marks),
        pitch=arranged.pitch,
        version="" if is_map else "-" + cache.fingerprint(arranged.coordinates)[:8],
        said=_said(arrangement),
    )


def _said(arrangement: Arrangement) -> str:
    titles = [arrangements.title(column) for column in arrangement.columns]
    match arrangement.kind:
        case "map":
            return _("Similar images are near each other.")
        case "grid":
            return _("They stand in a grid, similar images near each other.")
        case "columns":
            return _("They stand in columns by {column}.").format(column=titles[0])
        case "time":
            return _("They stand along a time axis, by year.")
        case "numeric":
            return _("They are placed by {x} from left to right and by {y} from bottom to top.").format(
                x=titles[0], y=titles[1]
            )


def _axes(marks: Marks) -> Axes:
    across, up = (
        Axis(title=title, ticks=ticks, end=end) if title or ticks else None
        for title, ticks, end in ((marks.x_title, marks.x, None), (marks.y_title, marks.y, marks.y_end))
    )
    return Axes(x=across, y=up, headings=marks.headings)
