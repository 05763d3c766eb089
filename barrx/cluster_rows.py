"""The clusters of a map as a table: how large each is, how strong, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import representatives, roles
from barrx.clustering import NOISE, Clustering
from barrx.projection import Coordinates

REPRESENTATIVES = 5
MIX = 3  # values of a category that are named for each cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One cluster, or the noise.

    Attributes
    ----------
    number : int
        of the cluster, -1 for the noise
    size : int
        pictures in it
    share : float
        of all pictures, from 0 to 1
    strength : float or None
        mean membership strength of its pictures, from 0 to 1; noise has none
    representatives : list of int
        pictures that stand for it, the best first
    mix : list of (value, share)
        the most frequent values of a category, and their shares of the cluster's pictures, from 0 to 1
    """

    number: int
    size: int
    share: float
    strength: float | None
    representatives: list[int]
    mix: list[tuple[str, float]]


def of_map(
    coordinates: Coordinates, clustering: Clustering, category: pd.Series | None = None
) -> list[ClusterRow]:
    """Return a row for each cluster, in the order of their numbers, and one for the noise if there is any.

    Parameters
    ----------
    coordinates : (n_images, 2) float32
    category : (n_images,) values, None for none; where one is missing a picture counts for no value
    """
    numbers, place, sizes = np.unique(clustering.labels, return_inverse=True, return_counts=True)
    strength = np.bincount(place, clustering.strength, len(numbers)) / sizes
    stand_for = representatives.of_clusters(coordinates, clustering, REPRESENTATIVES)
    if NOISE in numbers:
        stand_for[NOISE] = _spread(np.flatnonzero(clustering.labels == NOISE))
    mixes = _mixes(place, sizes, category)
    rows = [
        ClusterRow(
            number=int(number),
            size=int(size),
            share=float(size / len(place)),
            strength=None if number == NOISE else float(mean),
            representatives=stand_for[int(number)],
            mix=mixes[at],
        )
        for at, (number, size, mean) in enumerate(zip(numbers, sizes, strength, strict=True))
    ]
    return sorted(rows, key=lambda row: (row.number == NOISE, row.number))


def members(clustering: Clustering, number: int) -> NDArray[np.intp]:
    """Return the pictures of a cluster, the strongest first; those of the noise in the order of the collection."""
    found = np.flatnonzero(clustering.labels == number)
    return found[np.argsort(-clustering.strength[found], kind="stable")]


def _spread(indexes: NDArray[np.intp]) -> list[int]:
    """Return pictures evenly from a list: noise has no middle that could stand for it."""
    return [
        int(i)
        for i in indexes[np.linspace(0, len(indexes) - 1, min(REPRESENTATIVES, len(indexes))).astype(int)]
    ]


def _mixes(
    place: NDArray[np.intp], sizes: NDArray[np.int64], category: pd.Series | None
) -> Sequence[list[tuple[str, float]]]:
    if category is None:
        return [[] for _size in sizes]
    table = pd.DataFrame({"place": place, "value": category.map(roles.shown).to_numpy()})
    counts = table[table["value"] != ""].value_counts().reset_index(name="n")
    counts = counts.sort_values(["place", "n", "value"], ascending=[True, False, True])
    found: list[list[tuple[str, float]]] = [[] for _size in sizes]
    top = counts.groupby("place").head(MIX)
    for at, value, n in zip(top["place"].tolist(), top["value"].tolist(), top["n"].tolist(), strict=True):
        found[at].append((value, n / float(sizes[at])))
    return found
