"""Which pictures stand for a cluster."""

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE, Clustering
from barrx.projection import Coordinates

_STEP = 0.05  # of strength: what differs by less counts as equally strong


def of_clusters(coordinates: Coordinates, clustering: Clustering, count: int = 3) -> dict[int, list[int]]:
    """Return the pictures that stand for each cluster: of its strongest members those nearest to its middle.

    The middle is the member nearest to the mean of all, weighed by their strength.

    Parameters
    ----------
    coordinates : (n_images, 2)
    count : pictures a cluster, at most

    Returns
    -------
    dict of number -> indexes, the best first
    """
    inside = np.flatnonzero(clustering.labels != NOISE)
    numbers, cluster = np.unique(clustering.labels[inside], return_inverse=True)
    points = coordinates[inside].astype(np.float64)
    strength = clustering.strength[inside].astype(np.float64)
    middle = _nearest_to_mean(points, strength, cluster, len(numbers))
    distance = np.linalg.norm(points - points[middle][cluster], axis=1)
    order = np.lexsort((inside, distance, -np.round(strength / _STEP), cluster))
    starts = np.searchsorted(cluster[order], np.arange(len(numbers)))
    ends = np.searchsorted(cluster[order], np.arange(len(numbers)), side="right")
    return {
        int(number): inside[order[start : min(start + count, end)]].tolist()
        for number, start, end in zip(numbers, starts, ends, strict=True)
    }


def _nearest_to_mean(
    points: NDArray[np.float64], strength: NDArray[np.float64], cluster: NDArray[np.intp], n: int
) -> NDArray[np.intp]:
    """Return the place, in ``points``, of the member of each cluster that is nearest to its weighed mean."""
    weight = np.maximum(strength, 1e-6)
    total = np.bincount(cluster, weight, n)
    mean = np.stack([np.bincount(cluster, weight * axis, n) / total for axis in points.T], axis=1)
    away = np.linalg.norm(points - mean[cluster], axis=1)
    order = np.lexsort((away, cluster))
    return order[np.searchsorted(cluster[order], np.arange(n))]
