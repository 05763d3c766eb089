"""A saved view comes back into a session: every widget, filter, selection and place as they were."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import datasets, encoders, filters
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext, numeral
from barrx.ui import asked_state, controls, filter_panel, keys, look_state, nearest, state
from barrx.ui.share import session
from barrx.views import BY_CLUSTER, SavedView


def open_view(view: SavedView) -> list[str]:
    """Set the session to what a view shows, before its widgets are.

    Returns
    -------
    list of str
        a sentence for each thing that is not here any more

    Raises
    ------
    DatasetError
        if the collection is not here
    """
    dataset = datasets.load(view.listed.slug)
    problems = _changes(dataset, view)
    problems += _set_map(dataset, view)
    _set_arrangement(view)
    problems += _set_color(dataset, view)
    found, said = filters.from_query({k: list(v) for k, v in view.seen.filters.items()}, dataset)
    asked_state.is_first_map()  # the session knows from now on, whatever the address says
    filter_panel.clear(dataset)
    state.is_whole_page_asked()
    filter_panel.preset(dataset, found)
    st.session_state[keys.HIDE] = view.seen.hide
    select(dataset, view)
    look_state.look(dataset, view.seen.camera)
    look_state.draw_as(view.seen.style)
    look_state.bring_out(dataset, view.seen.color, view.seen.brought_out)
    problems += _set_nearest(dataset, view)
    here = {filename: i for i, filename in enumerate(dataset.filenames)}
    state.pick(dataset, here.get(view.seen.picture or ""))
    session.open_view(dataset, view.listed.id, view.number)
    return [*problems, *said]


def select(dataset: Dataset, view: SavedView) -> None:
    """Select the pictures that a view has selected, as far as they are here."""
    places = _present(dataset, view)[view.seen.selection]
    state.select(dataset, places[places >= 0], view=view.listed.id)


def _present(dataset: Dataset, view: SavedView) -> NDArray[np.int64]:
    """Return the place in the collection of each picture of a view; -1 for one that is not there any more."""
    if view.filenames == dataset.filenames:
        return np.arange(len(dataset.filenames))
    here = {filename: i for i, filename in enumerate(dataset.filenames)}
    return np.array([here.get(filename, -1) for filename in view.filenames], np.int64)


def _changes(dataset: Dataset, view: SavedView) -> list[str]:
    if view.seen.fingerprint == dataset.fingerprint:
        return []
    before = dict(zip(view.filenames, view.sha256, strict=True))
    now = dict(zip(dataset.filenames, dataset.sha256, strict=True))
    missing, new = len(before.keys() - now), len(now.keys() - before)
    others = sum(now[name] != digest for name, digest in before.items() if name in now)
    counted = (
        (missing, ngettext("{n} image is missing.", "{n} images are missing.", missing)),
        (new, ngettext("{n} image is new.", "{n} images are new.", new)),
        (others, ngettext("{n} image is another one.", "{n} images are others.", others)),
    )
    said = [_("“{title}” has changed since this view was saved.").format(title=dataset.title)]
    return [" ".join([*said, *(text.format(n=numeral(n)) for n, text in counted if n)])]


def _set_map(dataset: Dataset, view: SavedView) -> list[str]:
    request, bounds, said = view.seen.request, controls.most(len(dataset.filenames)), list[str]()
    st.session_state[keys.DATASET] = request.slug
    for key, value in controls.values(request):
        # A collection that has become smaller has shorter sliders.
        st.session_state[key] = kept = min(value, bounds[key]) if key in bounds else value
        if kept != value:
            text = _("The view has {name} = {value}; {bound} is the most here.")
            said.append(text.format(name=key, value=value, bound=kept))
    try:
        encoders.get(request.encoder)
        st.session_state[keys.ENCODER] = request.encoder
    except BarrxError as error:
        said.append(str(error))
    return said


def _set_arrangement(view: SavedView) -> None:
    kind, columns = view.seen.arrangement.kind, view.seen.arrangement.columns
    st.session_state[keys.ARRANGE] = kind
    names = {"columns": (keys.ARRANGE_COLUMN,), "numeric": (keys.ARRANGE_X, keys.ARRANGE_Y)}.get(kind, ())
    for key, column in zip(names, columns, strict=False):
        st.session_state[key] = column


def _set_color(dataset: Dataset, view: SavedView) -> list[str]:
    color = view.seen.color
    if color not in controls.colors(dataset):
        st.session_state[keys.COLOR] = BY_CLUSTER
        return [_("There is no column “{column}” to colour by any more.").format(column=color)]
    st.session_state[keys.COLOR] = color
    return []


def _set_nearest(dataset: Dataset, view: SavedView) -> list[str]:
    try:
        nearest.set_to(str(view.seen.nearest), len(dataset.filenames))
    except BarrxError as error:
        return [str(error)]
    return []
