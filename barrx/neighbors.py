"""The k nearest neighbours of an embedding, computed once and stored."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from barrx import cache
from barrx.embedding import Embedding, Vectors
from barrx.errors import ParameterError
from barrx.i18n import _

Metric = Literal["cosine", "euclidean", "correlation", "manhattan"]
METRICS: tuple[Metric, ...] = get_args(Metric)
STORED_K = 101  # the largest n_neighbors offered by slider, and the picture itself
_BLOCK = 512
# Up to these sizes looking at every pair takes less time than NN-descent (Dong, Moses & Li 2011), with 1,280 features
# and the width stored, on two cores: 10 s against 32 s at 20,000 pictures, 63 s against 81 s at 50,000; at 100,000
# NN-descent wins, 167 s against 212 s. Manhattan has no product form.
_EXACT = 50_000
_EXACT_MANHATTAN = 20_000
_SPARE = 8  # candidates more than k: the product form may confuse pictures that are nearly as far
_ROUNDING = 2 * float(
    np.finfo(np.float32).eps
)  # of a product; times the root of its length, for rows of length 1
_SAMPLE = 200  # rows whose neighbours are looked up exactly to state the recall of NN-descent


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """The nearest pictures of each picture, itself first at distance exactly 0.

    Attributes
    ----------
    indices : (n_images, k) int32
    distances : (n_images, k) float32, in the unit of the metric, ascending
    recall : float
        share of the true neighbours that were found: 1 where all pairs were looked at, else estimated on a
        sample of the pictures
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]
    recall: float = 1.0

    def first(self, k: int) -> "Neighbors":
        """Return copies of the first k columns (UMAP is silently worse when given wider arrays)."""
        return Neighbors(self.indices[:, :k].copy(), self.distances[:, :k].copy(), self.recall)

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        return {"indices": self.indices, "distances": self.distances, "recall": np.array(self.recall)}

    @classmethod
    def _of(cls, arrays: dict[str, Any]) -> "Neighbors":
        return cls(arrays["indices"], arrays["distances"], float(arrays["recall"]))


def check_metric(metric: str) -> None:
    """Raise a ParameterError for a metric that is not offered."""
    if metric not in METRICS:
        raise ParameterError(
            _("metric must be one of {names}, got “{metric}”.").format(
                names=", ".join(METRICS), metric=metric
            )
        )


def is_exact(metric: Metric, n_images: int) -> bool:
    """Tell whether neighbours are found by looking at every pair."""
    return n_images <= (_EXACT_MANHATTAN if metric == "manhattan" else _EXACT)


def recipe(metric: Metric, n_images: int) -> str:
    """Return the name, for keys, of the method that finds the neighbours."""
    return "exact-3" if is_exact(metric, n_images) else "nn-descent-2"


def _key(embedding_fingerprint: str, metric: Metric, k: int, n_images: int) -> str:
    return "neighbors:" + cache.fingerprint(embedding_fingerprint, metric, k, recipe(metric, n_images))


def load_or_compute(embedding: Embedding, metric: Metric, k: int) -> Neighbors:
    """Return the k nearest neighbours of every picture, from the cache or computed.

    Parameters
    ----------
    k : int
        columns, the picture itself included; at most n_images
    """
    n_images = len(embedding.vectors)
    width = min(max(k, STORED_K), n_images)
    stored, _was_there = cache.get_or_compute(
        "projections",
        _key(embedding.fingerprint, metric, width, n_images),
        lambda: compute(embedding.vectors, metric, width)._arrays(),
        shared=True,
    )
    return Neighbors._of(stored).first(k)


def load(embedding_fingerprint: str, metric: Metric, n_images: int) -> Neighbors | None:
    """Return the stored neighbours of an embedding, or None."""
    key = _key(embedding_fingerprint, metric, min(STORED_K, n_images), n_images)
    stored = cache.get("projections", key)
    return None if stored is None else Neighbors._of(stored)


def compute(vectors: Vectors, metric: Metric, k: int) -> Neighbors:
    """Find the k nearest neighbours of every row.

    Exact up to a size (:func:`is_exact`), by blocked matrix products where the metric allows it; the distances
    of the pairs kept are taken again from the differences, since the product form cancels for near duplicates.
    NN-descent (Dong, Moses & Li 2011) above that size, with its recall.

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
    prepared = _prepared(vectors, metric)
    return (_all_pairs if is_exact(metric, len(vectors)) else _nn_descent)(prepared, metric, k)


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


def _all_pairs(vectors: Vectors, metric: Metric, k: int) -> Neighbors:
    rows = np.arange(len(vectors))
    blocks = [_block(vectors, rows[at : at + _BLOCK], metric, k) for at in range(0, len(rows), _BLOCK)]
    return Neighbors(np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks]))


def _block(
    vectors: Vectors, rows: NDArray[np.int64], metric: Metric, k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    if metric == "manhattan":
        from barrx import manhattan

        rough = manhattan.distances(vectors[rows], vectors)
    elif metric == "euclidean":
        squares = (vectors**2).sum(1)
        rough = squares - 2 * (vectors[rows] @ vectors.T)
    else:
        rough = -(vectors[rows] @ vectors.T)
    rough[np.arange(len(rows)), rows] = -np.inf
    width = min(k + _SPARE, len(vectors))
    if width == len(vectors):
        kept = np.tile(np.arange(width), (len(rows), 1))
        return _ordered(kept, _exact(vectors, rows, kept, metric), rows, k)
    kept = np.argpartition(rough, width - 1, axis=1)[:, :width]
    found, distances = _ordered(kept, _exact(vectors, rows, kept, metric), rows, k)
    # What is found fast is off by so much at most. Near copies lie closer together than that: where one that was not
    # kept may be as near as the last neighbour, all that may be are measured.
    error = _ROUNDING * vectors.shape[1] ** 0.5
    last = distances[:, -1].astype(np.float64)
    if metric == "manhattan":
        bound = last * (1 + error)
    elif metric == "euclidean":
        bound = last**2 - squares[rows] + error * (squares[rows] + squares.max())
    else:
        bound = last - 1 + 2 * error
    left_out = np.take_along_axis(rough, kept, axis=1).max(axis=1)
    for i in np.flatnonzero(bound >= left_out):
        near, row = np.flatnonzero(rough[i] <= bound[i])[None], rows[i : i + 1]
        (found[i],), (distances[i],) = _ordered(near, _exact(vectors, row, near, metric), row, k)
    return found, distances


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


def _nn_descent(vectors: Vectors, metric: Metric, k: int) -> Neighbors:
    from pynndescent import NNDescent

    # On unit vectors euclidean distance has the order of the cosine's.
    searched = "manhattan" if metric == "manhattan" else "euclidean"
    width = min(k + 10, len(vectors))
    indices, _distances = NNDescent(
        vectors, metric=searched, n_neighbors=width, random_state=0, n_jobs=1
    ).neighbor_graph
    rows = np.arange(len(vectors))
    columns = np.where(indices < 0, rows[:, None], indices).astype(np.int64)
    columns[:, -1] = np.where((columns == rows[:, None]).any(1), columns[:, -1], rows)
    found, distances = _ordered(columns, _exact(vectors, rows, columns, metric), rows, k)
    return Neighbors(found, distances, _recall(vectors, metric, found))


def _recall(vectors: Vectors, metric: Metric, found: NDArray[np.int32]) -> float:
    rows = np.sort(np.random.default_rng(0).permutation(len(vectors))[:_SAMPLE])
    true, _distances = _block(vectors, rows, metric, found.shape[1])
    hits = [len(np.intersect1d(a, b)) for a, b in zip(found[rows], true, strict=True)]
    return float(np.mean(hits) / found.shape[1])
