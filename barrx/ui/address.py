"""What a link carries beside the widgets' own values: filters, search, camera, selection, the picture looked at.

Read once, on a session's first run; from then on the session knows, and the address follows.
"""

import math
from pathlib import Path

import streamlit as st

from barrx import filters, spans, views
from barrx.datasets import Dataset
from barrx.errors import BarrxError, DatasetError, ParameterError
from barrx.filters import Filters
from barrx.i18n import _
from barrx.ui import filter_panel, keys, state

_SELECTED, _GROUP, _CAMERA = "selected", "group", "at"
_OF_COLLECTION = 6  # characters of its fingerprint: indexes mean nothing in another state of it
_FARTHEST = 1e6

_bar = st.components.v2.component(
    "barrx_address_bar",
    html='<span class="address" hidden></span>',
    js=(Path(__file__).parent / "address_bar.js").read_text(encoding="utf-8"),
)


def restore(dataset: Dataset) -> None:
    """Take over what the address asks for, if nothing has been done in this session yet."""
    if not state.is_first_map():
        return
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    found, problems = filters.from_query(query, dataset)
    filter_panel.preset(dataset, found)
    for read in (_read_selection, _read_picture, _read_camera):
        try:
            read(dataset)
        except BarrxError as error:
            problems.append(str(error))
    state.keep_problems(problems)


def follow(dataset: Dataset, chosen: Filters) -> None:
    """Bring the address up to date with what is on the page."""
    wanted = filters.to_query(chosen) | _of_session(dataset)
    # Not by st.query_params: that adds a step to the browser's history for each move of the map.
    _bar(
        key=keys.ADDRESS,
        data={
            "wanted": [[name, value] for name, values in wanted.items() for value in values],
            "names": [*filters.NAMES, keys.PICTURE, _CAMERA, _GROUP, _SELECTED],
            "prefixes": list(filters.PREFIXES),
        },
    )


def _of_session(dataset: Dataset) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    picked, camera, selection = state.picked(dataset), state.camera(dataset), state.selection(dataset)
    if picked is not None:
        wanted[keys.PICTURE] = [dataset.filenames[picked]]
    if camera is not None:
        wanted[_CAMERA] = [",".join(f"{v:.6g}" for v in camera)]
    listed = spans.to_text(selection.indexes)
    if selection.group is not None:
        wanted[_GROUP] = [str(selection.group)]
    elif listed:
        wanted[_SELECTED] = [f"{dataset.fingerprint[:_OF_COLLECTION]}.{listed}"]
    return wanted


def problems(chosen: Filters) -> list[str]:
    """Return what the address asked for in vain, until something else is chosen."""
    return state.problems(filters.to_query(chosen))


def carries(selection: state.Selection) -> bool:
    """Tell whether the address has room for a selection."""
    return selection.group is not None or spans.to_text(selection.indexes) is not None


# --- what it asks for -------------------------------------------------------------------------------------


def _read_selection(dataset: Dataset) -> None:
    group, text = st.query_params.get(_GROUP), st.query_params.get(_SELECTED)
    if group:
        found = next((one for one in views.groups(dataset) if str(one.id) == group), None)
        if found is None:
            raise DatasetError(_("The group of the address is not here any more."))
        state.select(dataset, found.indexes, group=found.id)
    elif text:
        mark, _dot, listed = text.partition(".")
        indexes = spans.from_text(listed, len(dataset.filenames))
        if indexes is None or mark != dataset.fingerprint[:_OF_COLLECTION]:
            raise DatasetError(_("The selection of the address is of another state of this collection."))
        state.select(dataset, indexes)


def _read_picture(dataset: Dataset) -> None:
    filename = st.query_params.get(keys.PICTURE)
    if filename is None:
        return
    if filename not in dataset.filenames:
        raise DatasetError(_("The image of the address is not in this collection."))
    state.pick(dataset, dataset.filenames.index(filename))


def _read_camera(dataset: Dataset) -> None:
    text = st.query_params.get(_CAMERA)
    if text is None:
        return
    try:
        x, y, zoom = map(float, text.split(","))
    except ValueError:
        x = y = zoom = math.nan
    if not (abs(x) < _FARTHEST and abs(y) < _FARTHEST and 1 / _FARTHEST < zoom < _FARTHEST):
        raise ParameterError(_("The address asks for a place on the map that makes no sense."))
    state.keep_camera(dataset, (x, y, zoom))
