"""Names of clusters, found again by their pictures when another setting cuts other clusters."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.views import sets, store

LEAST_OVERLAP = 0.5  # Jaccard: pictures in both, of the pictures in either


def cluster_names(dataset: Dataset, labels: NDArray[np.integer]) -> dict[int, str]:
    """Return the names that people gave to the clusters of a setting.

    A cluster has the name of the set of pictures that it overlaps most, if they share half of the pictures that
    are in either; each name goes to one cluster.

    Parameters
    ----------
    labels : (n_images,) int, -1 is noise

    Returns
    -------
    dict of label -> name, as it was typed: to be escaped

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    named = sets.of_kind(dataset, "cluster")
    return {label: named[i].name for i, label in matched(named, np.asarray(labels)).items()}


def name_cluster(dataset: Dataset, members: Sequence[int] | NDArray[np.integer], name: str) -> None:
    """Give a cluster a name, in place of the one it has; an empty one takes the name away.

    Parameters
    ----------
    members : (k,) int, the pictures of the cluster

    Raises
    ------
    ParameterError
        if the name is too long, or there is no picture
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    filenames = sets.filenames_of(dataset, members)
    cleaned = sets.clean_name(name) if name.strip() else ""
    present = np.full(len(dataset.filenames), -1)
    present[np.asarray(members, np.int64)] = 0
    with store.writing() as connection:
        view = sets.view_id(connection, dataset.slug)
        # Read by another connection: what this transaction has not changed yet.
        named = sets.of_kind(dataset, "cluster")
        old = [(named[i].id,) for i in matched(named, present)]
        connection.executemany("DELETE FROM picture_set WHERE id = ?", old)
        if cleaned:
            sets.add(connection, view, "cluster", cleaned, filenames)


class PictureSet(Protocol):
    """Pictures about which something is kept: ``indexes`` into the collection, and an id, younger if higher."""

    @property
    def id(self) -> int:
        """Its number, given once and never again."""

    @property
    def indexes(self) -> NDArray[np.int64]:
        """Places of its pictures in the collection, (k,)."""


def matched(named: Sequence[PictureSet], labels: NDArray[np.integer]) -> dict[int, int]:
    """Return which set goes with which label: place in ``named`` -> label.

    Clusters have no picture in common, so at most one of them shares half of its pictures with a set (two, if
    they share exactly half): taking the best pair first is the best assignment.
    """
    sizes = dict(zip(*(found.tolist() for found in np.unique(labels, return_counts=True)), strict=True))
    pairs = []
    for i, one in enumerate(named):
        inside = labels[one.indexes]
        for label, shared in zip(*np.unique(inside[inside >= 0], return_counts=True), strict=True):
            overlap = shared / (len(one.indexes) + sizes[int(label)] - shared)
            if overlap >= LEAST_OVERLAP:
                pairs.append((-overlap, -one.id, i, int(label)))
    found: dict[int, int] = {}
    for _overlap, _id, i, label in sorted(pairs):
        if i not in found and label not in found.values():
            found[i] = label
    return found
