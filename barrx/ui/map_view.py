"""Explore's main area: figures, the map, the card beside it, the selection under it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from barrx import filters, representatives, views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.filters import Filters
from barrx.i18n import _
from barrx.pipeline import Map, MapRequest
from barrx.projection import Coordinates
from barrx.ui import (
    address,
    arrange_panel,
    brought_out,
    changes,
    chosen_color,
    cluster_link,
    coloring,
    figures,
    filter_panel,
    finished_map,
    inspector,
    judged_colors,
    keys,
    look_state,
    routes,
    selection_panel,
    selection_route,
    state,
)
from barrx.ui.arrange_panel import Placed
from barrx.ui.coloring import Coloring
from barrx.ui.errors import reported, toasted
from barrx.ui.map import ClusterMark, MapEvents, MapHears, MapOptions, image_map
from barrx.ui.share import kept
from barrx.ui.text import plain
from barrx.ui.turns import turns
from barrx.views import BY_CLUSTER


def show(dataset: Dataset, request: MapRequest, color: str, chosen: Filters) -> None:
    """Show a map; while it is computed, the one before it is shown dimmed."""
    state.expect_map(dataset)
    finished_map.show(
        dataset,
        request,
        lambda finished, dimmed: _area(dataset, finished, (request, color, chosen), dimmed=dimmed),
    )


def _area(dataset: Dataset, finished: Map, wanted: tuple[MapRequest, str, Filters], *, dimmed: bool) -> None:
    figures.strip(figures.of_map(finished))
    changes.line(dataset, finished)
    request, color, chosen = wanted

    @st.fragment
    @reported
    def area() -> None:
        if state.is_whole_page_asked():
            st.rerun()
        if not dimmed:
            cluster_link.select_on_map(dataset, finished)
        now = replace(chosen, text=state.search(dataset))
        shown = filters.passing(dataset, now, finished.clustering)
        if not dimmed:
            address.select_by_rule(dataset, finished, shown)
        with st.container():  # whatever is said here, the map below keeps its place and is not made anew
            names = coloring.cluster_names(finished.clustering, _given_names(dataset, finished))
            if not dimmed:
                address.bring_out(dataset, finished, color, _legend_of(dataset, finished, color))
            address.warn(address.problems(request, color, filters.to_query(now)))
            if not dimmed:
                kept.line(dataset, finished)
        left, right = st.columns([3, 1], gap="medium")
        with left:
            arrangement = arrange_panel.choose(dataset, finished)
            placed = arrange_panel.places(dataset, finished, arrangement, names)
            look_state.enter_arrangement(dataset, placed.version, stands_in=dimmed)
            place = st.container(key=keys.MAP_CONTAINER)
            hide = filter_panel.line(dataset, now, shown)
            camera, camera_revision = look_state.where_to_look(dataset, stands_in=dimmed)
            options = replace(
                _options(dataset, finished, names),
                camera=camera,
                camera_revision=camera_revision,
                dimmed=dimmed,
                shown=shown,
                hide_filtered=hide,
            )
            with place:
                selected = _map(dataset, finished, color, options, placed)
            turns.give_way()
        with right, st.container(key=keys.CARD_PANE):
            inspector.show(dataset, finished, names, beside=selected.tolist())
        brought = look_state.all_brought_out(dataset, color)
        seen = address.appearance(
            dataset, finished.request, now, arrangement, color=color, hide=hide, brought_out=brought
        )
        is_carried = address.carries(dataset, seen, finished, shown)
        selection_panel.show(dataset, finished, selected, names, is_carried=is_carried)
        if not dimmed:
            state.keep_seen(dataset, finished, seen)
        address.follow(dataset, seen, finished, shown, is_current=not dimmed)
        _download(dataset, finished)

    area()


def _map(
    dataset: Dataset, finished: Map, color: str, options: MapOptions, placed: Placed
) -> NDArray[np.int64]:
    """Show the map; return the pictures that are selected and pass the filters."""
    names = {mark.label: mark.name for mark in options.clusters}
    colors = _coloring(dataset, finished, color, names)
    legend = _legend_of(dataset, finished, color)
    brought, legend_revision = look_state.brought_out(dataset, color, legend)
    version = f"{finished.revision}:{color}:{bool(colors.names)}:{placed.version}"
    frame = _points(version, finished, colors, placed.coordinates)
    events = image_map(
        frame,
        replace(
            options,
            revision=f"{finished.revision}{placed.version}",
            alt=f"{options.alt} {placed.said}",
            axes=placed.axes,
            pitch=placed.pitch,
            palette=colors.colors,
            legend=colors.legend(),
            legend_title=colors.title,
            legend_others=colors.others,
            legend_chosen=brought_out.chosen(colors, brought),
            legend_revision=legend_revision,
        ),
        key=keys.MAP,
        heard=MapHears(
            click=partial(state.pick, dataset),
            search=partial(state.search_for, dataset),
            rename=partial(_rename, dataset, finished),
        ),
    )
    _take(dataset, events)
    if events.brought_out is not None:
        names_now = brought_out.named(colors, events.brought_out)
        look_state.keep_brought_out(dataset, color, legend, names_now)
    selected = state.selection(dataset).indexes
    return selected if options.shown is None else selected[options.shown[selected]]


def _options(dataset: Dataset, finished: Map, names: Mapping[int, str]) -> MapOptions:
    selection, picked = state.selection(dataset), state.picked(dataset)
    return MapOptions(
        revision=finished.revision,
        token=routes.sign(dataset.slug, dataset.fingerprint),
        marked=[] if picked is None else [picked],
        alt=figures.in_words(dataset.title, finished),
        clusters=_marks(finished.revision, finished, names),
        editable=views.is_writable(),
        selection=selection.indexes,
        selection_revision=selection.revision,
        style=look_state.style(),
        style_revision=look_state.style_revision(),
        lines=inspector.lines(dataset, finished),
        focus=look_state.flight(dataset),
        searchable=True,
        query=state.search(dataset),
    )


def _take(dataset: Dataset, events: MapEvents) -> None:
    """Remember how the user has the map."""
    look_state.keep_camera(dataset, events.camera)
    if events.style is not None:
        look_state.keep_style(events.style)
    if events.selection is not None:
        state.keep_selection(dataset, events.selection.pictures, events.selection.drawn)


# --- clusters and their names -----------------------------------------------------------------------------


def _given_names(dataset: Dataset, finished: Map) -> Mapping[int, str]:
    try:
        return views.cluster_names(dataset, finished.clustering.labels)
    except BarrxError as error:  # the map is worth seeing without them
        st.error(plain(str(error)), icon=":material/error:")
        return coloring.NO_NAMES


@toasted
def _rename(dataset: Dataset, finished: Map, label: int, name: str) -> None:
    views.name_cluster(dataset, np.flatnonzero(finished.clustering.labels == label), name)


def _marks(version: str, finished: Map, names: Mapping[int, str]) -> list[ClusterMark]:
    shown = _representatives(version, finished)
    numbers, sizes = np.unique(finished.clustering.labels, return_counts=True)
    size_of = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    return [
        ClusterMark(label=n, name=name, size=size_of[n], representatives=shown[n])
        for n, name in names.items()
    ]


@st.cache_resource(show_spinner=False, max_entries=8)
def _representatives(version: str, _finished: Map) -> dict[int, list[int]]:
    return representatives.of_clusters(_finished.coordinates, _finished.clustering)


# --- colours ----------------------------------------------------------------------------------------------


def _coloring(dataset: Dataset, finished: Map, color: str, names: Mapping[int, str]) -> Coloring:
    if color in judged_colors.names(dataset):
        return judged_colors.of_map(dataset, finished, color)
    return chosen_color.of(dataset, finished.request, finished.clustering, color=color, names=names)


def _legend_of(dataset: Dataset, finished: Map, color: str) -> str:
    """Return what tells a legend from others: a column's is the same on every map."""
    is_of_map = color == BY_CLUSTER or color in judged_colors.names(dataset)
    return f"{color}:{finished.revision}" if is_of_map else f"{color}:"


@st.cache_resource(show_spinner=False, max_entries=4)
def _points(version: str, _finished: Map, _colors: Coloring, _coordinates: Coordinates) -> pd.DataFrame:
    return _colors.points(_coordinates, _finished.clustering)


def _download(dataset: Dataset, finished: Map) -> None:
    file = selection_route.address_of_all(dataset, finished.request)
    label = escape(_("Download this table"))
    help = escape(_("Coordinates, clusters and all metadata, one row an image (CSV)."))
    st.html(f'<a class="file" href="{escape(file)}" download title="{help}">{label}</a>')
