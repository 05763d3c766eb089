"""Selections too large to be listed in an address, as the rule they follow: whole clusters, or a polygon on the map.

``c3.7.n~812`` are the clusters 3 and 7 and the noise, 812 pictures; ``p0.5_1_2_1.5_1_3~99`` are the 99 pictures in
a convex polygon of three corners. A rule is only given out if it selects exactly what was selected.
"""

import re

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.spans import MAX_LENGTH

Indexes = NDArray[np.int64]

_ROOM = 1e-4  # of the polygon's size: its own corners lie inside, although they are rounded
_MOST_CORNERS = 200
_COUNT = re.compile(r"~([0-9]{1,9})")
_CLUSTERS = re.compile(r"c((?:n|[0-9]{1,6})(?:\.(?:n|[0-9]{1,6}))*)")
_NUMBER = r"-?[0-9]{1,6}(?:\.[0-9]{1,9})?(?:e-?[0-9]{1,2})?"
_POLYGON = re.compile(rf"p({_NUMBER}(?:_{_NUMBER})*)")


def rule_of(selection: Indexes, labels: NDArray[np.int32], coordinates: NDArray[np.float32]) -> str | None:
    """Return the rule that selects exactly some pictures, None if none is known.

    Parameters
    ----------
    selection : (k,) int, ascending, each once
    labels : (n_images,) int32, -1 is noise
    coordinates : (n_images, 2) float32
    """
    if not len(selection):
        return None
    for text in (_clusters(selection, labels), _polygon(selection, coordinates)):
        if text is None or len(text) > MAX_LENGTH:
            continue
        whole = f"{text}~{len(selection)}"
        found = selected_by(whole, labels, coordinates)
        if found is not None and np.array_equal(found[0], selection):
            return whole
    return None


def selected_by(
    rule: str, labels: NDArray[np.int32], coordinates: NDArray[np.float32]
) -> tuple[Indexes, int] | None:
    """Return the pictures that a rule selects, and how many it selected where it was made; None if it is no rule."""
    text, mark, count = rule.partition("~")
    if len(rule) > MAX_LENGTH + 12 or _COUNT.fullmatch(mark + count) is None:
        return None
    clusters, polygon = _CLUSTERS.fullmatch(text), _POLYGON.fullmatch(text)
    if clusters:
        numbers = [NOISE if name == "n" else int(name) for name in clusters[1].split(".")]
        return np.flatnonzero(np.isin(labels, numbers)), int(count)
    if polygon:
        corners = np.array(polygon[1].split("_"), float)
        if len(corners) % 2 or not 3 <= len(corners) // 2 <= _MOST_CORNERS:
            return None
        return np.flatnonzero(_inside(coordinates, corners.reshape(-1, 2))), int(count)
    return None


def _clusters(selection: Indexes, labels: NDArray[np.int32]) -> str | None:
    numbers = np.unique(labels[selection])
    if int(np.isin(labels, numbers).sum()) != len(selection):
        return None
    return "c" + ".".join("n" if n == NOISE else str(n) for n in numbers.tolist())


def _polygon(selection: Indexes, coordinates: NDArray[np.float32]) -> str | None:
    from scipy.spatial import ConvexHull, QhullError

    points = coordinates[selection].astype(np.float64)
    try:
        corners = points[ConvexHull(points).vertices]
    except (QhullError, ValueError):  # fewer than three, or all on one line
        return None
    middle = corners.mean(axis=0)
    wider = middle + (corners - middle) * (1 + _ROOM)
    return "p" + "_".join(f"{v:.6g}" for v in wider.ravel())


def _inside(coordinates: NDArray[np.float32], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points lie in a convex polygon, its corners against the clock."""
    found = np.ones(len(coordinates), bool)
    x, y = coordinates.astype(np.float64).T
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        found &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    return found
