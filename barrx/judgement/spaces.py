"""The same clustering in another space: ten dimensions of UMAP instead of the two of the map.

``min_dist`` and the squeeze into two dimensions shape the clusters on the map. Ten dimensions with
``min_dist`` 0 are what UMAP's authors advise for clustering: where both agree, the clusters are not the map's own.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx import cache, clustering, identity, neighbors
from barrx.clustering import NOISE, Clustering, ClusteringParams
from barrx.embedding import Embedding
from barrx.imports import import_umap
from barrx.judgement import agreement, values
from barrx.judgement.agreement import Agreement, Contingency
from barrx.judgement.values import Values
from barrx.projection import ProjectionParams

DIMENSIONS = 10
LEAST_IMAGES = (
    DIMENSIONS + 5
)  # with fewer UMAP has no room in so many dimensions: the vectors themselves are taken


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Clusters on the map beside clusters in ten dimensions.

    Attributes
    ----------
    elsewhere : Clustering
        in ten dimensions
    n_in_both : int
        pictures that lie in a cluster both here and there
    agreement : Agreement
        of the two; noise is a group of its own on both sides, or left out on both
    table : Contingency
        ten-dimensional clusters by map clusters, the diagonal first
    """

    elsewhere: Clustering
    n_in_both: int
    agreement: Agreement
    table: Contingency


def compare(
    embedding: Embedding,
    params: ProjectionParams,
    density: ClusteringParams,
    labels: NDArray[np.integer[Any]],
) -> Comparison:
    """Cluster in ten dimensions and compare with the labels of the map.

    Parameters
    ----------
    labels : (n_images,) int, -1 is noise
        of the clusters on the map
    """
    coordinates = load_or_compute(embedding, params)
    found, _there = clustering.load_or_compute(coordinates, density)
    numbers = identity.matched(found.labels, labels.astype(np.int32))
    return comparison(Clustering(numbers, found.strength), labels)


def comparison(elsewhere: Clustering, labels: NDArray[np.integer[Any]]) -> Comparison:
    """Compare a clustering of the same pictures with the labels of the map; neither's noise counts in the second."""
    groups = _as_values(elsewhere.labels, with_noise=True)
    whole = agreement.compare(groups, labels)
    clear = agreement.compare(_as_values(elsewhere.labels, with_noise=False), labels)
    return Comparison(
        elsewhere=elsewhere,
        n_in_both=int(((elsewhere.labels != NOISE) & (labels != NOISE)).sum()),
        agreement=replace(whole, without_noise=clear.without_noise, reason=clear.reason),
        table=agreement.contingency(groups, labels),
    )


def _as_values(labels: NDArray[np.integer[Any]], *, with_noise: bool) -> Values:
    """Return labels as the values of a column; noise is a value too, or no value."""
    return values.of_lists("", [(str(n),) if n != NOISE or with_noise else () for n in labels.tolist()])


def load_or_compute(embedding: Embedding, params: ProjectionParams) -> NDArray[np.float32]:
    """Return the (n_images, 10) coordinates, from the cache or computed; ``min_dist`` does not matter.

    Of fewer than ``LEAST_IMAGES`` pictures it is the embedding itself.
    """
    made_with = cache.versions("umap-learn", "pynndescent", "numba", "numpy", "scipy")
    parts = (params.n_neighbors, params.metric, params.seed, DIMENSIONS)
    key = "space:" + cache.fingerprint(embedding.fingerprint, parts, made_with)
    found: NDArray[np.float32]
    found, _there = cache.get_or_compute("projections", key, lambda: _project(embedding, params))
    return found


def _project(embedding: Embedding, params: ProjectionParams) -> NDArray[np.float32]:
    n = len(embedding.vectors)
    if n < LEAST_IMAGES:
        return embedding.vectors
    params.check(n)
    nearest = neighbors.load_or_compute(embedding, params.metric, params.n_neighbors)
    umap = import_umap()
    with warnings.catch_warnings():
        # umap says that a seed means one thread, and that a given graph can't transform: both intended.
        warnings.filterwarnings("ignore", message=".*n_jobs.*")
        warnings.filterwarnings("ignore", message=".*precomputed_knn.*")
        reducer = umap.UMAP(
            n_components=DIMENSIONS,
            n_neighbors=params.n_neighbors,
            min_dist=0.0,
            metric=params.metric,
            random_state=params.seed,
            precomputed_knn=(nearest.indices.copy(), nearest.distances.copy()),
            init="spectral" if n > 5 * DIMENSIONS else "random",
        )
        coordinates: NDArray[np.float32] = reducer.fit_transform(embedding.vectors).astype(np.float32)
    finite = np.isfinite(coordinates).all(axis=1)
    if not finite.all():  # cut off by UMAP: beside all others
        coordinates[~finite] = coordinates[finite].max(axis=0) + 1 if finite.any() else 0
    return coordinates
