"""How faithful a map is to the embedding: the map is not the territory.

A map may put pictures side by side that are strangers (trustworthiness falls), and tear apart pictures that
belong together (continuity falls). Both are exact here: ranks are counted over all pictures, block by block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.neighbors import Metric

DEFAULT_K = 15
REFERENCE_METRIC: Metric = "cosine"  # one yardstick for all maps, whatever metric they were made with
REACH = 3  # "near" means among the 3·k nearest in the embedding
_BLOCK = 512

Floats = NDArray[np.float64]
Indexes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Faithfulness:
    """What a map keeps of the neighbourhoods in the embedding.

    Attributes
    ----------
    k : int
        neighbours looked at, the picture itself not counted
    trustworthiness, continuity : (n_images,) float64
        of each picture, 1 at best; their means are the figures of the map
    kept : (n_images,) float64
        share of a picture's k nearest in the embedding that are among its k nearest on the map
    strange : (n_images,) float64
        share of a picture's k nearest on the map that are not among its 3·k nearest in the embedding
    """

    k: int
    trustworthiness: Floats
    continuity: Floats
    kept: Floats
    strange: Floats

    @property
    def misplaced(self) -> NDArray[np.bool_]:
        """Pictures whose map neighbours are not their real ones: more than half of them are strange."""
        return self.strange > 0.5

    @property
    def kept_by_chance(self) -> float:
        """Share of neighbours that a map of pictures strewn at random would keep."""
        return self.k / (len(self.kept) - 1)


def largest_k(n_images: int) -> int:
    """Return the largest k for which the two measures are defined: below half of the pictures."""
    return (n_images - 1) // 2


def default_k(n_images: int) -> int:
    """Return 15, or what a smaller collection allows; 0 means that nothing can be measured."""
    return max(0, min(DEFAULT_K, largest_k(n_images)))


def measure(
    vectors: Floats | NDArray[np.float32], coordinates: Floats | NDArray[np.float32], k: int
) -> Faithfulness:
    """Compare the k nearest neighbours on the map with those in the embedding (cosine).

    Parameters
    ----------
    vectors : (n_images, n_features) floats, finite
    coordinates : (n_images, n_dimensions) floats, finite
    k : int
        from 1 to below half the number of pictures

    Raises
    ------
    ParameterError
        if k is outside its bounds

    References
    ----------
    Venna & Kaski 2001, doi:10.1007/3-540-44668-0_68 (trustworthiness; preservation of neighbourhoods);
    Venna & Kaski 2006, doi:10.1016/j.neunet.2006.05.014 (continuity, scaling)
    """
    n = len(vectors)
    if not 1 <= k <= largest_k(n):
        raise ParameterError(
            _("k must be from 1 to {most} for {n} images (below half of them), got {k}.").format(
                most=largest_k(n), n=n, k=k
            )
        )
    on_map = map_neighbors(coordinates, k)
    ranks, real = _ranked(_unit(vectors), on_map, k)
    map_ranks = _map_ranks(coordinates.astype(np.float64), real)
    worst = k * (2 * n - 3 * k - 1) / 2
    return Faithfulness(
        k=k,
        trustworthiness=1 - np.maximum(ranks - k, 0).sum(axis=1) / worst,
        continuity=1 - np.maximum(map_ranks - k, 0).sum(axis=1) / worst,
        kept=(ranks <= k).mean(axis=1),
        strange=(ranks > REACH * k).mean(axis=1),
    )


def trustworthiness(
    vectors: Floats | NDArray[np.float32], coordinates: Floats | NDArray[np.float32]
) -> float | None:
    """Return the trustworthiness of a map for the default k; None for fewer than three pictures."""
    n = len(vectors)
    k = default_k(n)
    if k < 1:
        return None
    ranks, _real = _ranked(_unit(vectors), map_neighbors(coordinates, k), k)
    return float(1 - 2 * np.maximum(ranks - k, 0).sum() / (n * k * (2 * n - 3 * k - 1)))


def map_neighbors(coordinates: Floats | NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the k nearest pictures of each on the map, itself left out: (n_images, k), nearest first."""
    from scipy.spatial import cKDTree

    points = coordinates.astype(np.float64)
    n = len(points)
    _distances, found = cKDTree(points).query(points, k=min(k + 1, n), workers=1)
    found = np.asarray(found).reshape(n, -1)
    itself = found == np.arange(n)[:, None]
    itself[~itself.any(axis=1), -1] = True  # so many on one spot that it did not find itself
    others: NDArray[np.int64] = found[~itself].reshape(n, -1).astype(np.int64)
    return others


def _unit(vectors: Floats | NDArray[np.float32]) -> Floats:
    exact = vectors.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1, keepdims=True)
    unit: Floats = np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)
    return unit


def _ranked(unit: Floats, others: Indexes, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rank in the embedding of the pictures given for each, and the k nearest there."""
    ranks = np.empty(others.shape, np.int64)
    nearest = np.empty((len(unit), k), np.int64)
    for rows in _blocks(len(unit)):
        distances = -(unit[rows] @ unit.T)
        distances[np.arange(len(rows)), rows] = -np.inf
        ranks[rows] = _ranks(distances, others[rows])
        nearest[rows] = _first(distances, k)
    return ranks, nearest


def _map_ranks(points: Floats, others: Indexes) -> NDArray[np.int64]:
    from scipy.spatial.distance import cdist

    ranks = np.empty(others.shape, np.int64)
    for rows in _blocks(len(points)):
        distances = cdist(points[rows], points, "sqeuclidean")
        distances[np.arange(len(rows)), rows] = -np.inf
        ranks[rows] = _ranks(distances, others[rows])
    return ranks


def _ranks(distances: Floats, columns: Indexes) -> NDArray[np.int64]:
    """Count, for each of some columns, those strictly nearer; the row itself makes the nearest rank 1."""
    wanted = np.take_along_axis(distances, columns, axis=1)
    ordered = np.sort(distances, axis=1)
    return np.stack([np.searchsorted(row, values) for row, values in zip(ordered, wanted, strict=True)])


def _first(distances: Floats, k: int) -> NDArray[np.int64]:
    """Return the k nearest columns of each row but itself, in any order."""
    kept = np.argpartition(distances, k, axis=1)[:, : k + 1]
    order = np.argsort(np.take_along_axis(distances, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)[:, 1:]


def _blocks(n: int) -> Iterator[NDArray[np.int64]]:
    for start in range(0, n, _BLOCK):
        yield np.arange(start, min(start + _BLOCK, n))
