"""Exact k-nearest neighbours of an embedding, computed once and stored."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from barrx import cache
from barrx.embedding import Embedding, Vectors
from barrx.errors import ParameterError
from barrx.i18n import _

Metric = Literal["cosine", "euclidean", "correlation", "manhattan"]
METRICS: tuple[Metric, ...] = get_args(Metric)
STORED_K = 101  # the largest n_neighbors offered by slider, and the picture itself
_BLOCK = 1024
_EXACT_MANHATTAN = 2000  # manhattan has no product form: above this size, NN-descent


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """The nearest pictures of each picture, itself first at distance exactly 0.

    Attributes
    ----------
    indices : (n_images, k) int32
    distances : (n_images, k) float32, in the unit of the metric, ascending
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    def first(self, k: int) -> "Neighbors":
        """Return copies of the first k columns (UMAP is silently worse when given wider arrays)."""
        return Neighbors(self.indices[:, :k].copy(), self.distances[:, :k].copy())


def check_metric(metric: str) -> None:
    """Raise a ParameterError for a metric that is not offered."""
    if metric not in METRICS:
        raise ParameterError(
            _("metric must be one of {names}, got “{metric}”.").format(
                names=", ".join(METRICS), metric=metric
            )
        )


def _key(embedding_fingerprint: str, metric: Metric, k: int) -> str:
    return "neighbors:" + cache.fingerprint(embedding_fingerprint, metric, k, "exact-1")


def load_or_compute(embedding: Embedding, metric: Metric, k: int) -> Neighbors:
    """Return the k nearest neighbours of every picture, from the cache or computed.

    Parameters
    ----------
    k : int
        columns, the picture itself included; at most n_images
    """
    width = min(max(k, STORED_K), len(embedding.vectors))

    def run() -> dict[str, NDArray[np.generic]]:
        found = compute(embedding.vectors, metric, width)
        return {"indices": found.indices, "distances": found.distances}

    stored, _was_there = cache.get_or_compute("projections", _key(embedding.fingerprint, metric, width), run)
    return Neighbors(stored["indices"], stored["distances"]).first(k)


def load(embedding_fingerprint: str, metric: Metric, n_images: int) -> Neighbors | None:
    """Return the stored neighbours of an embedding, or None."""
    stored = cache.get("projections", _key(embedding_fingerprint, metric, min(STORED_K, n_images)))
    return None if stored is None else Neighbors(stored["indices"], stored["distances"])


def compute(vectors: Vectors, metric: Metric, k: int) -> Neighbors:
    """Find the k nearest neighbours of every row.

    Exact, by blocked matrix products, for cosine, euclidean and correlation; the distances of the pairs kept
    are taken again from the differences, since the product form cancels for near duplicates. Manhattan is
    exact to 2,000 rows and NN-descent (Dong, Moses & Li 2011) above.

    Parameters
    ----------
    vectors : (n_images, n_features) float32, finite
    k : int
        columns, the row itself included

    Returns
    -------
    Neighbors
        (n_images, k) each; ties in the order of the rows
    """
    check_metric(metric)
    if not 1 <= k <= len(vectors):
        raise ParameterError(
            _("k must be from 1 to the number of images ({n}), got {k}.").format(n=len(vectors), k=k)
        )
    if metric == "manhattan" and len(vectors) > _EXACT_MANHATTAN:
        return _nn_descent(vectors, k)
    prepared = _prepared(vectors, metric)
    blocks = [_block(prepared, start, metric, k) for start in range(0, len(vectors), _BLOCK)]
    return Neighbors(np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks]))


def of_one(vectors: Vectors, metric: Metric, index: int, k: int) -> Neighbors:
    """Find the k nearest neighbours of one row, itself included: (1, k) each."""
    distances = _exact(_prepared(vectors, metric), np.array([index]), np.arange(len(vectors))[None], metric)
    return Neighbors(*_ordered(np.arange(len(vectors))[None], distances, np.array([index]), k))


def _prepared(vectors: Vectors, metric: Metric) -> Vectors:
    if metric == "correlation":
        vectors = vectors - vectors.mean(axis=1, keepdims=True)
    if metric in ("cosine", "correlation"):
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        return unit
    return vectors


def _block(
    vectors: Vectors, start: int, metric: Metric, k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    rows = np.arange(start, min(start + _BLOCK, len(vectors)))
    if metric == "manhattan":
        from scipy.spatial.distance import cdist

        rough = cdist(vectors[rows], vectors, "cityblock")
    elif metric == "euclidean":
        rough = (vectors**2).sum(1) - 2 * (vectors[rows] @ vectors.T)
    else:
        rough = -(vectors[rows] @ vectors.T)
    rough[np.arange(len(rows)), rows] = -np.inf
    kept = np.argpartition(rough, k - 1, axis=1)[:, :k] if k < len(vectors) else _all_columns(rough)
    return _ordered(kept, _exact(vectors, rows, kept, metric), rows, k)


def _all_columns(rough: NDArray[np.floating]) -> NDArray[np.int64]:
    return np.tile(np.arange(rough.shape[1]), (len(rough), 1))


def _exact(
    vectors: Vectors, rows: NDArray[np.int64], columns: NDArray[np.int64], metric: Metric
) -> NDArray[np.float64]:
    distances = np.empty(columns.shape)
    for at, (row, others) in enumerate(zip(rows, columns, strict=True)):
        difference = vectors[others] - vectors[row]
        if metric == "manhattan":
            distances[at] = np.abs(difference).sum(1)
        else:
            squared = np.einsum("ij,ij->i", difference, difference)
            distances[at] = np.sqrt(squared) if metric == "euclidean" else squared / 2
    if metric in ("cosine", "correlation"):
        # Rows without a direction are at distance 1 from everything but themselves; |a-b|²/2 would say 1/2.
        zero = np.asarray(~vectors.any(axis=1))
        distances[zero[columns] | zero[rows][:, None]] = 1.0
    return distances


def _ordered(
    columns: NDArray[np.int64], distances: NDArray[np.float64], rows: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    itself = columns == rows[:, None]
    distances[itself] = 0.0
    order = np.lexsort((columns, distances, ~itself), axis=1)[:, :k]
    indices = np.take_along_axis(columns, order, axis=1).astype(np.int32)
    return indices, np.take_along_axis(distances, order, axis=1).astype(np.float32)


def _nn_descent(vectors: Vectors, k: int) -> Neighbors:
    from pynndescent import NNDescent

    width = min(k + 10, len(vectors))
    indices, _distances = NNDescent(
        vectors, metric="manhattan", n_neighbors=width, random_state=0, n_jobs=1
    ).neighbor_graph
    rows = np.arange(len(vectors))
    columns = np.where(indices < 0, rows[:, None], indices).astype(np.int64)
    columns[:, -1] = np.where((columns == rows[:, None]).any(1), columns[:, -1], rows)
    return Neighbors(*_ordered(columns, _exact(vectors, rows, columns, "manhattan"), rows, k))
