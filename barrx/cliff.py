"""The cliff: how many clusters each ``min_cluster_size`` gives, how much noise, how much agreement.

A step of one can turn thirty clusters into four. Every point is cut from the one stored tree of a map and
kept by itself, so that a chart can be drawn as its points come, and one that was stopped goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import cache, clustering, embedding, encoders, projection
from barrx.clustering import NOISE, SELECTION_METHODS, ClusteringParams, SelectionMethod
from barrx.datasets import Dataset
from barrx.errors import Cancelled
from barrx.i18n import _
from barrx.identity import Labels
from barrx.judgement import agreement, values
from barrx.judgement.values import Values
from barrx.pipeline import MapRequest
from barrx.projection import Coordinates

MOST_SIZES: Final = 40
_ALL_UP_TO: Final = 20
MOST_CATEGORIES: Final = 200  # a column of titles agrees with nothing, and takes long to say so
_STORED_AT_ONCE: Final = 4
_RECIPE: Final = 2  # raised when the same question gives other points


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one setting gives.

    Attributes
    ----------
    method, min_cluster_size : the setting
    clusters : int
    noise_share : float
        share of pictures in no cluster, from 0 to 1
    agreement : float or None
        adjusted mutual information of the clusters, noise being one of them, with the categories; 1 is the
        same grouping, 0 what chance gives; None without categories, and where either of the two divides nothing
    """

    method: SelectionMethod
    min_cluster_size: int
    clusters: int
    noise_share: float
    agreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Which chart is wanted.

    Attributes
    ----------
    coordinates : (n_images, 2) float32
        the map
    made_from : str
        fingerprint of the coordinates
    params : ClusteringParams
        the present setting; all of it but its size and method holds for every point
    categories : Values or None
        what the clusters are compared with
    largest : int
        where the slider ends
    """

    coordinates: Coordinates
    made_from: str
    params: ClusteringParams
    categories: Values | None
    largest: int

    @property
    def sizes(self) -> list[int]:
        """The values of ``min_cluster_size`` to look at."""
        return sizes(self.largest, self.params.min_cluster_size)

    def keys(self) -> dict[int, str]:
        """Return ``min_cluster_size`` -> what its points are stored under."""
        made_with = cache.versions("hdbscan", "numpy", "scipy", "scikit-learn")
        fixed = replace(self.params, min_cluster_size=2, cluster_selection_method="eom")
        compared = None if self.categories is None else self.categories.canonical()
        common = cache.fingerprint(self.made_from, fixed, compared, _RECIPE, made_with)
        return {size: f"cliff:{common}:{size}" for size in self.sizes}


def of_map(dataset: Dataset, request: MapRequest, column: str | None) -> Question | None:
    """Return the question that the map of a request puts; None if the map is not there.

    Parameters
    ----------
    column : str or None
        the metadata column to agree with
    """
    made_from = embedding.fingerprint_of(dataset, encoders.get(request.encoder))
    if made_from is None:
        return None
    coordinates = projection.load(made_from, request.projection, len(dataset.filenames))
    if coordinates is None:
        return None
    return Question(
        coordinates=coordinates,
        made_from=cache.fingerprint(coordinates),
        params=request.clustering,
        categories=None if column is None else categories(dataset.metadata, column),
        largest=largest_size(len(coordinates)),
    )


def largest_size(n_images: int) -> int:
    """Return the largest ``min_cluster_size`` that is offered for a collection."""
    return min(n_images, max(100, n_images // 10))


def sizes(largest: int, present: int) -> list[int]:
    """Return at most 40 values: all to 20, then in equal ratios to the largest, the present one always."""
    near = range(2, min(_ALL_UP_TO, largest) + 1)
    far = np.geomspace(_ALL_UP_TO, max(largest, _ALL_UP_TO), MOST_SIZES - len(near)).round().astype(int)
    chosen = {*near, *(int(size) for size in far[1:] if size <= largest), present}
    return sorted(chosen)


def categories(metadata: pd.DataFrame, column: str) -> Values | None:
    """Return the values of a column, as the categories page reads them.

    None if there is no such column, if it holds a single value, or too many to be a grouping.
    """
    if column not in metadata and not (column == values.DECADE and values.has_decades(metadata)):
        return None
    found = values.of_column(metadata, column)
    return found if 1 < len(found.names) <= MOST_CATEGORIES else None


def load(question: Question) -> list[Point]:
    """Return the points that are stored, by method and size; compute nothing."""
    keys = question.keys()
    stored = cache.recall_many("projections", list(keys.values()))
    return [
        Point(method=method, min_cluster_size=size, **stored[key][method])
        for method in SELECTION_METHODS
        for size, key in keys.items()
        if key in stored
    ]


def compute(
    question: Question,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Compute and store the points that are not there yet, the present setting first.

    Raises
    ------
    Cancelled
        between two points; those before it are kept
    """
    keys = question.keys()
    there = cache.get_many("projections", list(keys.values()))
    present = question.params.min_cluster_size
    missing = sorted(
        (size for size, key in keys.items() if key not in there), key=lambda s: (s != present, s)
    )
    linkage = clustering.stored_tree(question.coordinates, question.made_from, question.params.min_samples)
    for start in range(0, len(missing), _STORED_AT_ONCE):
        if cancelled():
            raise Cancelled(_("Stopped."))
        some = missing[start : start + _STORED_AT_ONCE]
        cache.put_many("projections", {keys[size]: _points(linkage, question, size) for size in some})
        progress(len(there) + start + len(some), len(keys))


def _points(
    linkage: NDArray[np.float64], question: Question, size: int
) -> dict[SelectionMethod, dict[str, float | None]]:
    params = replace(question.params, min_cluster_size=size)
    found = clustering.cuts(linkage, len(question.coordinates), params, SELECTION_METHODS)
    return {
        method: _point(one.labels, question.categories)
        for method, one in zip(SELECTION_METHODS, found, strict=True)
    }


def _point(labels: Labels, categories: Values | None) -> dict[str, float | None]:
    return {
        "clusters": len(np.unique(labels[labels != NOISE])),
        "noise_share": float((labels == NOISE).mean()),
        "agreement": _agreement(labels, categories),
    }


def _agreement(labels: Labels, categories: Values | None) -> float | None:
    if categories is None or agreement.undefined(categories, labels, only_clustered=False):
        return None
    found = agreement.figures(categories, labels)
    return None if found is None else found.ami


def steepest(points: Sequence[Point], method: SelectionMethod) -> tuple[Point, Point] | None:
    """Return the two neighbouring points between which most clusters are lost, by ratio; None without a loss."""
    line = [point for point in points if point.method == method]
    steps = [pair for pair in pairwise(line) if pair[1].clusters < pair[0].clusters]
    return max(steps, key=lambda pair: pair[0].clusters / max(pair[1].clusters, 0.5), default=None)
