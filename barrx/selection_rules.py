"""Selections too large to be listed in an address, as the rule they follow: whole clusters, or lines on the map.

``c3.7.n~812`` are the clusters 3 and 7 and the noise, 812 pictures; ``p0.5_1_2_1.5_1_3~99`` are the 99 pictures in
a convex polygon of three corners; ``l0_8_-2_2_AAAA__AAAA__~4`` those inside a line that was drawn: the box around it
and, in base64, each corner as 12 bits across and 12 bits up in that box; several such lines are joined by ``*``.
``f`` in front: only those that pass the filters; ``m``: only members of clusters. A rule is only given out if it
selects exactly what was selected.
"""

import base64
import re
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.spans import MAX_LENGTH

Indexes = NDArray[np.int64]
_Flags = NDArray[np.bool_]

_ROOM = 1e-4  # of the polygon's size: its own corners lie inside, although they are rounded
_MOST_CORNERS = 200
_STEPS = 4095  # of the box around a line, across and up
_RULE = re.compile(r"(f?m?)([^~]*)~([0-9]{1,9})")
_CLUSTERS = re.compile(r"c((?:n|[0-9]{1,6})(?:\.(?:n|[0-9]{1,6}))*)")
_NUMBER = r"-?[0-9]{1,6}(?:\.[0-9]{1,9})?(?:e-?[0-9]{1,2})?"
_POLYGON = re.compile(rf"p({_NUMBER}(?:_{_NUMBER})*)")
_LINE = re.compile(rf"l({_NUMBER})_({_NUMBER})_({_NUMBER})_({_NUMBER})_((?:[A-Za-z0-9_-]{{4}}){{3,}})")


def rule_of(
    selection: Indexes,
    labels: NDArray[np.int32],
    coordinates: NDArray[np.float32],
    *,
    drawn: str = "",
    passing: _Flags | None = None,
) -> str | None:
    """Return the rule that selects exactly some pictures, None if none is known.

    Parameters
    ----------
    selection : (k,) int, ascending, each once
    labels : (n_images,) int32, -1 is noise
    coordinates : (n_images, 2) float32
    drawn : the lines by which they may have been selected, as the map writes them
    passing : (n_images,) pictures that pass the filters; None: all
    """
    if not len(selection):
        return None
    bodies = (drawn, _clusters(selection, labels), _polygon(selection, coordinates))
    filtered = ("", "f") if passing is not None else ("",)
    for body, of_filters, of_clusters in product(bodies, filtered, ("", "m")):
        text = f"{of_filters}{of_clusters}{body}"
        if not body or len(text) > MAX_LENGTH:
            continue
        whole = f"{text}~{len(selection)}"
        found = selected_by(whole, labels, coordinates, passing)
        if found is not None and np.array_equal(found[0], selection):
            return whole
    return None


def selected_by(
    rule: str,
    labels: NDArray[np.int32],
    coordinates: NDArray[np.float32],
    passing: _Flags | None = None,
) -> tuple[Indexes, int] | None:
    """Return the pictures that a rule selects, and how many it selected where it was made; None if it is no rule."""
    parts = _RULE.fullmatch(rule)
    if len(rule) > MAX_LENGTH + 12 or parts is None:
        return None
    only, body, count = parts.groups()
    found = _meant(body, labels, coordinates)
    if found is None:
        return None
    if "f" in only and passing is not None:
        found = found & passing
    if "m" in only:
        found = found & (labels != NOISE)
    return np.flatnonzero(found), int(count)


def drawn_part(rule: str) -> str:
    """Return the lines of a rule, "" if it is not one of lines."""
    parts = _RULE.fullmatch(rule)
    return parts[2] if parts and parts[2].startswith("l") else ""


def _meant(body: str, labels: NDArray[np.int32], coordinates: NDArray[np.float32]) -> _Flags | None:
    clusters, polygon = _CLUSTERS.fullmatch(body), _POLYGON.fullmatch(body)
    if clusters:
        numbers = [NOISE if name == "n" else int(name) for name in clusters[1].split(".")]
        return np.isin(labels, numbers)
    if polygon:
        corners = np.array(polygon[1].split("_"), float)
        if len(corners) % 2 or not 3 <= len(corners) // 2 <= _MOST_CORNERS:
            return None
        return _in_convex(coordinates, corners.reshape(-1, 2))
    lines = [_LINE.fullmatch(line) for line in body.split("*")]
    found = np.zeros(len(coordinates), bool)
    for line in lines:
        if line is None:
            return None
        found |= _inside(coordinates, _corners(line))
    return found


# --- whole clusters ---------------------------------------------------------------------------------------


def _clusters(selection: Indexes, labels: NDArray[np.int32]) -> str | None:
    numbers = np.unique(labels[selection])
    if int(np.isin(labels, numbers).sum()) != len(selection):
        return None
    return "c" + ".".join("n" if n == NOISE else str(n) for n in numbers.tolist())


# --- a convex polygon -------------------------------------------------------------------------------------


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


def _in_convex(coordinates: NDArray[np.float32], corners: NDArray[np.float64]) -> _Flags:
    """Tell which points lie in a convex polygon, its corners against the clock."""
    found = np.ones(len(coordinates), bool)
    x, y = coordinates.astype(np.float64).T
    for (ax, ay), (bx, by) in _edges(corners):
        found &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    return found


# --- lines that were drawn --------------------------------------------------------------------------------


def _corners(line: re.Match[str]) -> NDArray[np.float64]:
    left, right, low, high = map(float, line.groups()[:4])
    three = np.frombuffer(base64.urlsafe_b64decode(line[5]), np.uint8).reshape(-1, 3).astype(np.int64).T
    across, up = three[0] << 4 | three[1] >> 4, (three[1] & 15) << 8 | three[2]
    return np.stack([left + across * ((right - left) / _STEPS), low + up * ((high - low) / _STEPS)], axis=1)


def _inside(coordinates: NDArray[np.float32], corners: NDArray[np.float64]) -> _Flags:
    """Tell which points lie inside a line, by the even-odd rule, in the very steps in which the map does it."""
    found = np.zeros(len(coordinates), bool)
    x, y = coordinates.astype(np.float64).T
    left, low = corners.min(axis=0)
    right, high = corners.max(axis=0)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    x, y, inside = x[near], y[near], np.zeros(len(near), bool)
    for (ax, ay), (bx, by) in _edges(corners):
        if ay != by:
            slope = (bx - ax) / (by - ay)
            inside ^= ((ay > y) != (by > y)) & (x < slope * (y - ay) + ax)
    found[near] = inside
    return found


def _edges(corners: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    return zip(corners, np.roll(corners, -1, axis=0), strict=True)
