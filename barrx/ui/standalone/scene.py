"""What an export shows: a map with its colours and names, whatever it was opened from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from barrx import cache, embedding, encoders, filters, representatives
from barrx.arrangements import Arrangement
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.errors import BarrxError, ParameterError
from barrx.export import recipe
from barrx.export.recipe import Recipe
from barrx.filters import Filters
from barrx.i18n import _
from barrx.pipeline import Map
from barrx.provenance import Provenance
from barrx.ui import brought_out, chosen_color, coloring
from barrx.ui.coloring import Coloring
from barrx.ui.map.options import Camera, ClusterMark, MapOptions
from barrx.views import BY_CLUSTER, Appearance, SavedView, Style
from barrx.views.verdicts import Kept


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A map to be exported.

    Attributes
    ----------
    dataset : Dataset
    finished : Map
    names : number of a cluster -> name
    verdicts : what curators said to clusters and pictures, see :func:`barrx.views.verdicts.kept`; hostile text
    color : str or None
        what the map is coloured by, as in an Appearance; None for the clusters
    nearest : int
        neighbours that a judged figure looks at, 0 for the default
    brought_out : tuple of str
        entries of the legend that are brought out at first, see :mod:`barrx.ui.brought_out`
    title, note, author : str
        hostile text
    camera : (x, y, zoom) or None
        where one looks at first; None for all of it
    style : Style
        how the pictures are drawn at first
    shown : (n_images,) bool or None
        pictures that pass the filters; None: all
    filters : Filters
        which they are
    hide : bool
        the others are hidden, not dimmed
    is_kept : bool
        the map was kept with a view, not computed here
    made : Provenance or None
        where a map that was kept was made; None where the view is older than that was kept
    """

    dataset: Dataset
    finished: Map
    names: Mapping[int, str] = field(default_factory=dict)
    verdicts: Kept = ()
    color: str | None = None
    nearest: int = 0
    brought_out: tuple[str, ...] = ()
    title: str = ""
    note: str = ""
    author: str = ""
    camera: Camera | None = None
    style: Style = field(default_factory=Style)
    is_kept: bool = False
    made: Provenance | None = None
    shown: NDArray[np.bool_] | None = None
    filters: Filters = field(default_factory=Filters)
    hide: bool = False

    @property
    def cluster_names(self) -> dict[int, str]:
        """The name of every cluster: the given one, or its number."""
        return coloring.cluster_names(self.finished.clustering, self.names)

    def recipe(self) -> Recipe:
        """Return what the map was made from, as far as it is known."""
        if self.is_kept:
            return recipe.of_kept(self.dataset, self.finished, self.made, self.verdicts)
        return recipe.of(self.dataset, self.finished, self.verdicts)

    def coloring(self) -> Coloring:
        """Return the colour index of each picture, and what the indexes mean."""
        finished = self.finished
        return chosen_color.of(
            self.dataset,
            finished.request,
            finished.clustering,
            color=self.color,
            names=self.names,
            nearest=self.nearest,
        )


def of_view(dataset: Dataset, view: SavedView) -> Scene:
    """Return a saved view as a scene: the map that was kept with it, not one that is computed again.

    Raises
    ------
    ParameterError
        if the collection has other pictures now
    """
    if (view.filenames, view.sha256) != (dataset.filenames, dataset.sha256):
        before = set(zip(view.filenames, view.sha256, strict=True))
        now = set(zip(dataset.filenames, dataset.sha256, strict=True))
        raise ParameterError(
            _(
                "“{title}” has changed since the view “{name}” was saved (images that are missing or others: {lost}; "
                "new ones: {new}). Put them back, or save the view again."
            ).format(
                title=dataset.title, name=view.listed.name, lost=len(before - now), new=len(now - before)
            )
        )
    found = Clustering(view.labels, view.strength)
    encoder = view.seen.request.encoder
    finished = Map(
        request=view.seen.request,
        coordinates=view.coordinates,
        clustering=found,
        embedding_fingerprint=_embedding_of(dataset, encoder),
        revision=cache.fingerprint(dataset.fingerprint, view.coordinates, view.labels)[:16],
        seconds=0.0,
        was_stored=True,
    )
    scene = of_seen(dataset, finished, view.seen, view.said.cluster_names, view.said.verdicts)
    listed = view.listed
    return replace(
        scene,
        is_kept=True,
        made=view.made,
        title=listed.name,
        note=listed.note,
        author=listed.author,
    )


def of_seen(
    dataset: Dataset, finished: Map, seen: Appearance, names: Mapping[int, str], verdicts: Kept = ()
) -> Scene:
    """Return what one sees of a map as a scene; another arrangement of the pictures is left out."""
    asked, _unknown = filters.from_query(seen.filters, dataset)
    return Scene(
        dataset=dataset,
        finished=finished,
        names=names,
        verdicts=verdicts,
        color=None if seen.color == BY_CLUSTER else seen.color,
        nearest=seen.nearest,
        brought_out=seen.brought_out,
        camera=seen.camera if seen.arrangement == Arrangement() else None,
        style=seen.style,
        shown=filters.passing(dataset, asked, finished.clustering),
        filters=asked,
        hide=seen.hide,
    )


def _embedding_of(dataset: Dataset, encoder: str) -> str:
    """Return the fingerprint of an embedding, "" where the encoder or its vectors are not here."""
    try:
        return embedding.fingerprint_of(dataset, encoders.get(encoder)) or ""
    except BarrxError:
        return ""


def options_of(scene: Scene, colors: Coloring, alt: str) -> MapOptions:
    """Return how the map is shown."""
    finished = scene.finished
    stand_for = representatives.of_clusters(finished.coordinates, finished.clustering)
    numbers, sizes = np.unique(finished.clustering.labels, return_counts=True)
    size_of = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    return MapOptions(
        revision=finished.revision,
        palette=colors.colors,
        legend=colors.legend(),
        legend_title=colors.title,
        legend_others=colors.others,
        legend_chosen=brought_out.chosen(colors, scene.brought_out),
        alt=alt,
        clusters=[
            ClusterMark(label=n, name=name, size=size_of[n], representatives=stand_for[n])
            for n, name in scene.cluster_names.items()
        ],
        shown=scene.shown,
        hide_filtered=scene.hide,
        camera=scene.camera,
        style=scene.style,
        searchable=True,
    )
