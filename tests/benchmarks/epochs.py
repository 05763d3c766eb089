"""How many epochs a map from the anchor needs: the shortest run that is as trustworthy as plain UMAP.

For each collection a few lengths are tried on every setting. What :func:`barrx.anchoring.schedule` takes must lose
no more trustworthiness than ``MOST_LOST`` in the worst of them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median

from barrx import anchoring, neighbors, projection
from barrx.anchoring import Schedule
from barrx.embedding import Embedding
from barrx.projection import Coordinates, ProjectionParams
from tests.benchmarks import projection as naive_way
from tests.benchmarks import vectors

EPOCHS = (30, 60, 100, 150, 200, 300)
MOST_LOST = 0.01
LARGE = 20_000  # pictures: above what there is of real vectors
_CORNERS = tuple(ProjectionParams(n_neighbors=k, min_dist=d) for k, d in product((5, 100), (0.0, 0.5)))


@dataclass(frozen=True, slots=True)
class Tried:
    """One length on one collection, over its settings."""

    n_images: int
    n_settings: int
    epochs: int
    ratio: float  # median: UMAP's seconds to ours
    worst: float  # lowest difference of trustworthiness to UMAP's map, k = 15, cosine
    worst_at: ProjectionParams

    @property
    def is_enough(self) -> bool:
        return self.worst >= -MOST_LOST


def measure() -> list[Tried]:
    """Try every length on the real collections, and at the corners of the sliders on a larger one."""
    collections = [(vectors.named(name), naive_way.SETTINGS) for name in vectors.NAMES]
    collections.append((vectors.grown(LARGE), _CORNERS))
    return [tried for embedded, settings in collections for tried in _one(embedded, settings)]


def shortest(found: list[Tried], n_images: int) -> Tried | None:
    """Return the shortest length on a collection that is enough, as is every longer one."""
    enough = None
    for tried in sorted((t for t in found if t.n_images == n_images), key=lambda t: -t.epochs):
        if not tried.is_enough:
            break
        enough = tried
    return enough


def _one(embedded: Embedding, settings: tuple[ProjectionParams, ...]) -> list[Tried]:
    naive_way._compile(embedded)
    anchor, _stored = projection.load_or_compute(embedded, ProjectionParams())
    near = neighbors.load_or_compute(embedded, "cosine", neighbors.STORED_K)
    ranks = naive_way.Ranks(embedded.vectors)
    found: dict[int, list[tuple[float, float, ProjectionParams]]] = {epochs: [] for epochs in EPOCHS}
    for params in settings:
        taken, plain = _timed(partial(naive_way.naive, embedded.vectors, params))
        expected = ranks.trustworthiness(plain)
        for epochs in EPOCHS:
            chosen = _of_length(epochs, params, len(anchor))
            ours, moved = _timed(partial(_moved, near, params, anchor, chosen))
            found[epochs].append((taken / ours, ranks.trustworthiness(moved) - expected, params))
    return [_tried(len(anchor), epochs, rows) for epochs, rows in found.items()]


def _timed(make: Callable[[], Coordinates]) -> tuple[float, Coordinates]:
    start = time.perf_counter()
    made = make()
    return time.perf_counter() - start, made


def _of_length(epochs: int, params: ProjectionParams, n_images: int) -> Schedule:
    usual = anchoring.schedule(params.n_neighbors, params.min_dist, n_images)
    more = usual.epochs / anchoring.schedule(15, 0.1, n_images).epochs
    return Schedule(epochs=round(more * epochs), learning_rate=usual.learning_rate)


def _moved(
    near: neighbors.Neighbors, params: ProjectionParams, anchor: Coordinates, chosen: Schedule
) -> Coordinates:
    return anchoring.aligned(
        anchoring.refined(near.first(params.n_neighbors), params, anchor, chosen), anchor
    )


def _tried(n_images: int, epochs: int, rows: list[tuple[float, float, ProjectionParams]]) -> Tried:
    _ratio, worst, at = min(rows, key=lambda row: row[1])
    return Tried(n_images, len(rows), epochs, median(ratio for ratio, _lost, _at in rows), worst, at)
