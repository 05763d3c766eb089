"""What an export shows: a map with its colours and names, whatever it was opened from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import representatives
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import coloring, palette
from barrx.ui.coloring import Coloring
from barrx.ui.map.options import Camera, ClusterMark, MapOptions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A map to be exported.

    Attributes
    ----------
    dataset : Dataset
    finished : Map
    names : number of a cluster -> name
    color : str or None
        the metadata column coloured by; None for the clusters
    title, note, author : str
        hostile text
    camera : (x, y, zoom) or None
        where one looks at first; None for all of it
    shown : (n_images,) bool or None
        pictures that pass the filters; None: all
    """

    dataset: Dataset
    finished: Map
    names: Mapping[int, str] = field(default_factory=dict)
    color: str | None = None
    title: str = ""
    note: str = ""
    author: str = ""
    camera: Camera | None = None
    shown: NDArray[np.bool_] | None = None

    @property
    def cluster_names(self) -> dict[int, str]:
        """The name of every cluster: the given one, or its number."""
        return coloring.cluster_names(self.finished.clustering, self.names)

    def coloring(self) -> Coloring:
        """Return the colour index of each picture, and what the indexes mean."""
        if self.color is None or self.color not in self.dataset.metadata:
            return coloring.by_cluster(self.finished.clustering, self.names)
        return coloring.by_column(self.dataset.metadata, self.color)


def palette_of(colors: Coloring) -> list[str]:
    """Return the colours, as "#rrggbb", that the indexes stand for."""
    return palette.sequential(len(colors.names)) if colors.is_sequential else list(palette.CATEGORICAL)


def legend_of(colors: Coloring) -> list[tuple[str, int, int]]:
    """Return name, number of pictures and index of each colour; those without a value last."""
    counts = colors.counts()
    entries = [(name, counts[index], index) for index, name in colors.names.items()]
    missing = int((colors.indexes == coloring.MISSING).sum())
    return [*entries, (colors.missing, missing, coloring.MISSING)] if missing else entries


def frame_of(scene: Scene, colors: Coloring) -> pd.DataFrame:
    """Return the points as the map takes them: one row a picture."""
    finished = scene.finished
    return pd.DataFrame(
        {
            "x": finished.coordinates[:, 0],
            "y": finished.coordinates[:, 1],
            "colour": colors.indexes,
            "cluster": finished.clustering.labels,
            "strength": finished.clustering.strength,
        }
    )


def options_of(scene: Scene, colors: Coloring, alt: str) -> MapOptions:
    """Return how the map is shown."""
    finished = scene.finished
    stand_for = representatives.of_clusters(finished.coordinates, finished.clustering)
    numbers, sizes = np.unique(finished.clustering.labels, return_counts=True)
    size_of = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    return MapOptions(
        revision=finished.revision,
        palette=palette_of(colors),
        legend=legend_of(colors),
        legend_title=colors.title,
        legend_others=colors.others,
        alt=alt,
        clusters=[
            ClusterMark(label=n, name=name, size=size_of[n], representatives=stand_for[n])
            for n, name in scene.cluster_names.items()
        ],
        shown=scene.shown,
        camera=scene.camera,
        searchable=True,
    )
