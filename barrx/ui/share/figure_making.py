"""Figures for a text, taken from what Explore shows: each knows the address that opens at its place."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from barrx import bars, cluster_rows, facets, map_picture, views
from barrx.arrangements import Arrangement
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.ui import address, cluster_link, coloring, keys, palette
from barrx.ui.share import present
from barrx.ui.share.present import Present
from barrx.views import Appearance
from barrx.views.interpretations import Figure

Maker = Callable[[Dataset, Present], Figure]
_WEBP, _SVG = "image/webp", "image/svg+xml"


def of_map(dataset: Dataset, shown: Present) -> Figure:
    """Return the part of the map where one looks."""
    finished, seen = shown.finished, _on_map(shown.seen)
    colors = present.colors(dataset, finished, seen)
    return Figure(
        caption=_("Map of “{title}”").format(title=dataset.title),
        media=_WEBP,
        data=map_picture.crop(dataset, finished.coordinates, colors, seen.camera, _names(dataset, shown)),
        query=address.link(dataset, seen, finished),
    )


def _names(dataset: Dataset, shown: Present) -> list[tuple[float, float, str]]:
    """Return the names of the clusters and their places, the largest first, unless the map is shown without names."""
    found, places = shown.finished.clustering, shown.finished.coordinates
    if "names" in shown.seen.style.without:
        return []
    names = coloring.cluster_names(found, views.cluster_names(dataset, found.labels))
    by_size = sorted(names, key=lambda number: -int((found.labels == number).sum()))
    middles = {number: np.median(places[found.labels == number], axis=0).tolist() for number in by_size}
    return [(x, y, names[number]) for number, (x, y) in middles.items()]


def of_selection(dataset: Dataset, shown: Present) -> Figure:
    """Return the pictures that are selected."""
    chosen = shown.seen.selection
    n = len(chosen)
    return Figure(
        caption=ngettext("{n} selected image", "{n} selected images", n).format(n=numeral(n)),
        media=_WEBP,
        data=map_picture.sheet(dataset, chosen.tolist()),
        query=address.link(dataset, _showing(dataset, shown, chosen), shown.finished),
    )


def _on_map(seen: Appearance) -> Appearance:
    """Return what one sees, on the map; the camera of another arrangement means no place there."""
    if seen.arrangement.kind == "map":
        return seen
    return replace(seen, arrangement=Arrangement(), camera=None)


def _showing(dataset: Dataset, shown: Present, indexes: NDArray[np.int64]) -> Appearance:
    """Return what one sees, on the map, with all of some pictures.

    Who opens the figure wants to see them: a place that has only some of them, and filters that some do not pass,
    are left out, and images in no cluster are drawn if some of them are such.
    """
    seen, finished = _on_map(shown.seen), shown.finished
    if seen.camera is not None and not map_picture.in_view(finished.coordinates, seen.camera)[indexes].all():
        seen = replace(seen, camera=None)
    passing = address.passes(dataset, seen, finished)
    if passing is not None and not passing[indexes].all():
        seen = replace(seen, filters={}, hide=False)
    if (finished.clustering.labels[indexes] == NOISE).any():
        without = tuple(part for part in seen.style.without if part != "noise")
        seen = replace(seen, style=replace(seen.style, without=without))
    return seen


def of_cluster(number: int) -> Maker:
    """Return what makes a figure of a cluster's pictures, the strongest members first."""

    def make(dataset: Dataset, shown: Present) -> Figure:
        """Make it of this cluster."""
        clusters = shown.finished.clustering
        members = cluster_rows.members(clusters, number)
        # The map flies to the cluster: neither where the writer looks nor what else stands out is meant.
        seen = replace(
            _showing(dataset, shown, members), selection=np.empty(0, np.int64), camera=None, brought_out=()
        )
        order = np.argsort(-clusters.strength[members], kind="stable")
        names = coloring.cluster_names(clusters, views.cluster_names(dataset, clusters.labels))
        query = address.link(dataset, seen) | {keys.CLUSTER: [cluster_link.address_of(number)]}
        return Figure(
            caption=names.get(number, _("noise")),
            media=_WEBP,
            data=map_picture.sheet(dataset, members[order].tolist()),
            query=query,
        )

    return make


def of_counts(column: str) -> Maker:
    """Return what makes a chart: how many pictures have each value of a column.

    They are the selected ones, or else those that pass the filters, or else all.
    """

    def make(dataset: Dataset, shown: Present) -> Figure:
        """Make it of this column."""
        chosen, passing = shown.seen.selection, address.passes(dataset, shown.seen, shown.finished)
        if not len(chosen):
            chosen = np.arange(len(dataset.filenames)) if passing is None else np.flatnonzero(passing)
        rows = _counts(dataset, column, chosen)
        seen = replace(_showing(dataset, shown, chosen), color=column, brought_out=())
        color = palette.CATEGORICAL[0]
        return Figure(
            caption=_("Images by {column}").format(column=column),
            media=_SVG,
            data=bars.svg(_("Images by {column}").format(column=column), rows, color),
            query=address.link(dataset, seen, shown.finished),
        )

    return make


def _counts(dataset: Dataset, column: str, chosen: NDArray[np.int64]) -> list[tuple[str, int]]:
    category = facets.category(dataset, column)
    found = np.bincount(category.values[np.isin(category.rows, chosen)], minlength=len(category.names))
    order = np.argsort(-found, kind="stable")
    return [(category.names[i] or _("no value"), int(found[i])) for i in order.tolist() if found[i]]
