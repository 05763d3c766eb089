"""Another ``n_neighbors`` or ``min_dist``: a map from the anchor against ``UMAP().fit_transform``.

Both with the same parameters and seed, one after the other in one process that has compiled everything. Ours is
what a slider waits for: the stored neighbours and the anchor read, the map computed, laid over the anchor and stored.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from barrx import anchoring, cache, neighbors, projection
from barrx.embedding import Embedding
from barrx.imports import import_umap
from barrx.projection import Coordinates, ProjectionParams
from tests.benchmarks import vectors
from tests.benchmarks.measure import Compared, Measured, compared

SETTINGS = tuple(
    ProjectionParams(n_neighbors=k, min_dist=d) for k, d in product((5, 15, 50, 100), (0.0, 0.1, 0.5))
)
SETTINGS = tuple(p if p != ProjectionParams() else ProjectionParams(n_neighbors=30) for p in SETTINGS)
_K = 15
_COMPILED_FROM = 4200  # rows above which UMAP searches neighbours by NN-descent


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting on one collection: times, and trustworthiness of both maps (k = 15, cosine)."""

    collection: str
    n_images: int
    params: ProjectionParams
    taken: Compared
    trust: tuple[float, float]


def measure(collection: str, settings: tuple[ProjectionParams, ...] = SETTINGS) -> list[Setting]:
    """Measure settings on one collection."""
    embedded = vectors.named(collection)
    projection.load_or_compute(embedded, ProjectionParams())
    _compile(embedded)
    faithful = Ranks(embedded.vectors)
    return [_one(collection, embedded, params, faithful) for params in settings]


def _one(collection: str, embedded: Embedding, params: ProjectionParams, faithful: "Ranks") -> Setting:
    maps: list[Coordinates] = []
    forget(embedded, params)
    taken = compared(
        [
            (
                lambda: maps.append(naive(embedded.vectors, params)),
                lambda: maps.append(projection.load_or_compute(embedded, params)[0]),
            )
        ]
    )
    trust = faithful.trustworthiness(maps[0]), faithful.trustworthiness(maps[1])
    return Setting(collection, len(embedded.vectors), params, taken, trust)


def naive(rows: np.ndarray, params: ProjectionParams) -> Coordinates:
    """Project as everybody does."""
    reducer = import_umap().UMAP(
        n_neighbors=params.n_neighbors,
        min_dist=params.min_dist,
        metric=params.metric,
        random_state=params.seed,
    )
    found: Coordinates = reducer.fit_transform(rows)
    return found


def forget(embedded: Embedding, params: ProjectionParams) -> None:
    """Drop one map from the cache: it is to be computed again."""
    n_images = len(embedded.vectors)
    parent = projection.anchor_of(params, n_images)
    anchor = projection.load(embedded.fingerprint, parent, n_images) if parent else None
    with cache._guarded("projections") as opened:
        opened.delete(projection._key(embedded.fingerprint, params, n_images, anchor))


def _compile(embedded: Embedding) -> None:
    for rows in (embedded.vectors[:100], embedded.vectors[:_COMPILED_FROM]):
        naive(rows, ProjectionParams(n_neighbors=5))
    few = neighbors.compute(embedded.vectors[:100], "cosine", 5)
    anchoring.refined(
        few, ProjectionParams(n_neighbors=5), np.random.default_rng(0).random((100, 2), np.float32)
    )


class Ranks:
    """Trustworthiness of many maps of the same embedding: the ranks in the embedding are counted once.

    The same number as ``sklearn.manifold.trustworthiness(vectors, map, n_neighbors=15, metric="cosine")``.
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    @cached_property
    def ranks(self) -> np.ndarray:
        """(n, n) int32: how many pictures are nearer to the row's picture than the column's, itself first."""
        from sklearn.metrics import pairwise_distances

        n = len(self.rows)
        found = np.empty((n, n), np.int32)
        for at in range(0, n, 512):
            distances = pairwise_distances(self.rows[at : at + 512], self.rows, metric="cosine")
            distances[np.arange(len(distances)), np.arange(at, at + len(distances))] = -1
            order = np.argsort(distances, axis=1, kind="stable")
            np.put_along_axis(found[at : at + 512], order, np.arange(n, dtype=np.int32)[None], axis=1)
        return found

    def trustworthiness(self, coordinates: Coordinates) -> float:
        from sklearn.neighbors import NearestNeighbors

        n = len(coordinates)
        near = NearestNeighbors(n_neighbors=_K).fit(coordinates).kneighbors(return_distance=False)
        beyond = np.take_along_axis(self.ranks, near, axis=1).astype(np.int64) - _K
        return float(1 - beyond[beyond > 0].sum() * 2 / (n * _K * (2 * n - 3 * _K - 1)))


def summary(found: list[Setting]) -> tuple[Compared, Measured]:
    """Return the times of all settings together, and the differences in trustworthiness."""
    together = Compared(
        Measured(tuple(s.taken.naive.median for s in found)),
        Measured(tuple(s.taken.ours.median for s in found)),
    )
    return together, Measured(tuple(s.trust[1] - s.trust[0] for s in found))
