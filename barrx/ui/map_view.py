"""Explore's main area: figures, the map, the card beside it, the gallery under it, the table to download."""

import pandas as pd
import streamlit as st

from barrx import export
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext
from barrx.pipeline import Map, MapRequest
from barrx.projection import Coordinates
from barrx.ui import (
    arrange_panel,
    changes,
    coloring,
    figures,
    finished_map,
    gallery,
    inspector,
    keys,
    palette,
    routes,
    state,
)
from barrx.ui.coloring import Coloring
from barrx.ui.controls import BY_CLUSTER
from barrx.ui.errors import reported
from barrx.ui.map import ClusterMark, MapOptions, image_map, selected_by


def show(dataset: Dataset, request: MapRequest, color: str) -> None:
    """Show a map; while it is computed, the one before it is shown dimmed."""
    finished_map.show(
        dataset, request, lambda finished, dimmed: _area(dataset, finished, color, dimmed=dimmed)
    )


def _area(dataset: Dataset, finished: Map, color: str, *, dimmed: bool) -> None:
    figures.strip(figures.of_map(finished))
    changes.line(dataset, finished)

    @st.fragment
    @reported
    def area() -> None:
        left, right = st.columns([3, 1], gap="medium")
        with left:
            selected = _map(dataset, finished, color, dimmed=dimmed)
        with right:
            inspector.show(dataset, finished, beside=selected or ())
        if selected is not None:
            _gallery(dataset, selected)
        _download(dataset, finished)

    area()


def _map(dataset: Dataset, finished: Map, color: str, *, dimmed: bool) -> list[int] | None:
    """Show the map; return the pictures that are selected, None without any."""
    colors = _coloring(dataset, finished, color)
    placed = arrange_panel.places(dataset, finished, arrange_panel.choose(dataset, finished), {})
    frame = _points(f"{finished.revision}:{color}:{placed.version}", finished, colors, placed.coordinates)
    options = MapOptions(
        revision=f"{finished.revision}{placed.version}",
        palette=palette.sequential(len(colors.names)) if colors.is_sequential else palette.CATEGORICAL,
        legend=_legend(colors),
        legend_title=colors.title,
        legend_others=colors.others,
        token=routes.sign(dataset.slug, dataset.fingerprint),
        marked=[] if (picked := state.picked(dataset)) is None else [picked],
        clusters=_clusters(finished),
        axes=placed.axes,
        pitch=placed.pitch,
        dimmed=dimmed,
        alt=_alt_text(dataset, finished),
    )
    with st.container(key=keys.MAP_CONTAINER):
        events = image_map(frame, options, key=keys.MAP)
    if events.clicked is not None:
        state.pick(dataset, events.clicked)
    if events.selection is None or not len(events.selection.pictures):
        return None
    return [int(i) for i in selected_by(events.selection, frame)]


def _coloring(dataset: Dataset, finished: Map, color: str) -> Coloring:
    if color == BY_CLUSTER or color not in dataset.metadata:
        return coloring.by_cluster(finished.clustering)
    return coloring.by_column(dataset.metadata, color)


def _legend(colors: Coloring) -> list[tuple[str, int, int]]:
    counts = colors.counts()
    entries = [(name, counts[index], index) for index, name in colors.names.items()]
    missing = int((colors.indexes == coloring.MISSING).sum())
    return [*entries, (colors.missing, missing, coloring.MISSING)] if missing else entries


@st.cache_resource(show_spinner=False, max_entries=4)
def _points(version: str, _finished: Map, _colors: Coloring, _coordinates: Coordinates) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": _coordinates[:, 0],
            "y": _coordinates[:, 1],
            "colour": _colors.indexes,
            "cluster": _finished.clustering.labels,
            "strength": _finished.clustering.strength,
        }
    )


def _clusters(finished: Map) -> list[ClusterMark]:
    by_cluster = coloring.by_cluster(finished.clustering)
    counts = by_cluster.counts()
    return [
        ClusterMark(label=label, name=name, size=counts[label]) for label, name in by_cluster.names.items()
    ]


def _alt_text(dataset: Dataset, finished: Map) -> str:
    return _(
        "Map of {n} images of “{title}” in {clusters} clusters; {noise:.0%} of the images are in none. "
        "Similar images are near each other."
    ).format(
        n=len(dataset.filenames),
        title=dataset.title,
        clusters=finished.clustering.n_clusters,
        noise=finished.clustering.noise_share,
    )


def _gallery(dataset: Dataset, selected: list[int]) -> None:
    n = len(selected)
    st.subheader(ngettext("{n} image selected", "{n} images selected", n).format(n=f"{n:,}"), anchor=False)
    if n:
        gallery.paged(dataset, selected, key=keys.GALLERY)


def _download(dataset: Dataset, finished: Map) -> None:
    st.download_button(
        _("Download this table"),
        # Made when it is asked for: a table of 100,000 rows takes longer than a slider may.
        lambda: export.to_csv(export.table(dataset, finished)).encode("utf-8-sig"),
        file_name=f"{dataset.slug}.csv",
        mime="text/csv",
        key=keys.DOWNLOAD_TABLE,
        on_click="ignore",
        icon=":material/download:",
        help=_("Coordinates, clusters and all metadata, one row an image (CSV)."),
    )
