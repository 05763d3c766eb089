"""Density clusters on the map: HDBSCAN, every setting cut from one cached tree."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from barrx import cache, identity
from barrx.demo import shipped
from barrx.demo.shipped import ShippedMap
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.identity import NOISE as NOISE
from barrx.identity import Labels
from barrx.projection import Coordinates

SelectionMethod = Literal["eom", "leaf"]
SELECTION_METHODS: tuple[SelectionMethod, ...] = get_args(SelectionMethod)
_VERSIONS = ("hdbscan", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteringParams:
    """The parameters of one HDBSCAN run on the two coordinates of the map.

    Attributes
    ----------
    min_cluster_size : int
        smallest group of pictures called a cluster; at least 2
    min_samples : int
        how dense a place must be to count; never None, which would grow another tree for each size
    cluster_selection_method : str
        ``eom`` (excess of mass: few, stable clusters) or ``leaf`` (many, even clusters)
    cluster_selection_epsilon : float
        clusters nearer to each other than this, in units of the map, are not split; 0 splits all
    max_cluster_size : int
        ``eom`` takes no cluster larger than this; 0 takes any
    """

    min_cluster_size: int = 10
    min_samples: int = 5
    cluster_selection_method: SelectionMethod = "eom"
    cluster_selection_epsilon: float = 0.0
    max_cluster_size: int = 0

    def __post_init__(self) -> None:
        for name, value, bound in (
            ("min_cluster_size", self.min_cluster_size, 2),
            ("min_samples", self.min_samples, 1),
            ("max_cluster_size", self.max_cluster_size, 0),
        ):
            if value < bound:
                raise ParameterError(
                    _("{name} must be at least {bound}, got {value}. Raise it.").format(
                        name=name, bound=bound, value=value
                    )
                )
        if not 0 <= self.cluster_selection_epsilon < math.inf:
            raise ParameterError(
                _("cluster_selection_epsilon must be 0 or a distance on the map, got {value}.").format(
                    value=self.cluster_selection_epsilon
                )
            )
        if self.cluster_selection_method not in SELECTION_METHODS:
            raise ParameterError(
                _("cluster_selection_method must be eom or leaf, got “{value}”.").format(
                    value=self.cluster_selection_method
                )
            )

    def check(self, n_images: int) -> None:
        """Raise a ParameterError if the collection is too small for these parameters."""
        for name, value, least in (
            ("min_cluster_size", self.min_cluster_size, 2),
            ("min_samples", self.min_samples, 1),
        ):
            if value > max(n_images, least):
                raise ParameterError(
                    _(
                        "{name} must be at most the number of images ({n}), got {value}. "
                        "Lower it or add images."
                    ).format(name=name, n=n_images, value=value)
                )


def default_min_cluster_size(n_images: int) -> int:
    """Return the default ``min_cluster_size``, lowered where the collection is smaller."""
    return max(2, min(ClusteringParams().min_cluster_size, n_images))


def default_min_samples(n_images: int) -> int:
    """Return the default ``min_samples``, lowered where the collection is smaller."""
    return max(1, min(ClusteringParams().min_samples, n_images))


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """One HDBSCAN run.

    Attributes
    ----------
    labels : (n_images,) int32, -1 is noise; the numbers may have gaps
    strength : (n_images,) float32, membership strength from 0 to 1, 0 for noise
    """

    labels: NDArray[np.int32]
    strength: NDArray[np.float32]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the clusters there are, ascending; not always 0, 1, 2, ..."""
        return tuple(np.unique(self.labels[self.labels != NOISE]).tolist())

    @property
    def n_clusters(self) -> int:
        return len(self.numbers)

    @property
    def noise_share(self) -> float:
        """Share of pictures in no cluster, from 0 to 1."""
        return float((self.labels == NOISE).mean()) if len(self.labels) else 0.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """The map that clusters have their numbers from.

    Attributes
    ----------
    coordinates : (n_images, 2) float32
    made_from : str
        their fingerprint
    params : ClusteringParams
        with which they are clustered
    """

    coordinates: Coordinates = field(compare=False)
    made_from: str
    params: ClusteringParams

    @classmethod
    def of(cls, coordinates: Coordinates, params: ClusteringParams) -> "Anchor":
        """Return a map as an anchor."""
        return cls(coordinates, cache.fingerprint(coordinates), params)


@lru_cache(maxsize=4)  # every cut of a map is numbered after the same
def groupings(anchor: Anchor) -> tuple[Labels, Labels]:
    """Return the clusters of an anchor, and the smallest groups of its tree: (n_images,) int32 each."""
    finest = ClusteringParams(
        min_cluster_size=2, min_samples=anchor.params.min_samples, cluster_selection_method="leaf"
    )
    own, finer = (load_or_compute(anchor.coordinates, params)[0] for params in (anchor.params, finest))
    return own.labels, finer.labels


def load(
    coordinates_fingerprint: str, params: ClusteringParams, anchor: Anchor | None = None
) -> Clustering | None:
    """Return a clustering if it is stored, or None."""
    ready = _shipped(coordinates_fingerprint, params) if anchor is None else None
    if ready is not None:
        return ready
    stored = cache.recall("projections", _key(coordinates_fingerprint, params, anchor))
    return None if stored is None else Clustering(stored["labels"], stored["strength"])


def load_or_compute(
    coordinates: Coordinates, params: ClusteringParams, anchor: Anchor | None = None
) -> tuple[Clustering, bool]:
    """Return a clustering of the map, and whether it was stored already.

    Parameters
    ----------
    anchor : Anchor
        map that numbers are taken from (:func:`barrx.identity.matched`); None numbers them as HDBSCAN does

    Raises
    ------
    ParameterError
        if ``min_cluster_size`` or ``min_samples`` is above the number of images
    """
    params.check(len(coordinates))
    made_from = cache.fingerprint(coordinates)
    ready = _shipped(made_from, params) if anchor is None else None
    if ready is not None:
        return ready, True

    def run() -> dict[str, NDArray[np.generic]]:
        found = cut(stored_tree(coordinates, made_from, params.min_samples), len(coordinates), params)
        labels = found.labels if anchor is None else identity.matched(found.labels, *groupings(anchor))
        return {"labels": labels, "strength": found.strength}

    stored, was_there = cache.get_or_compute("projections", _key(made_from, params, anchor), run)
    return Clustering(stored["labels"], stored["strength"]), was_there


def tree(coordinates: Coordinates, min_samples: int) -> NDArray[np.float64]:
    """Grow the single-linkage tree, which depends on the points and ``min_samples`` only.

    Parameters
    ----------
    coordinates : (n_images, 2) float32

    Returns
    -------
    (n_images - 1, 4) float64
        left, right, distance, size: scipy's linkage format

    References
    ----------
    Campello, Moulavi & Sander 2013, doi:10.1007/978-3-642-37456-2_14
    """
    from hdbscan import HDBSCAN

    clusterer = HDBSCAN(min_samples=min_samples, min_cluster_size=2, core_dist_n_jobs=1)
    grown: NDArray[np.float64] = clusterer.fit(coordinates)._single_linkage_tree
    return grown


def cut(linkage: NDArray[np.float64], n_images: int, params: ClusteringParams) -> Clustering:
    """Cut clusters from the tree: the same labels as a full HDBSCAN fit."""
    return cuts(linkage, n_images, params, [params.cluster_selection_method])[0]


def cuts(
    linkage: NDArray[np.float64], n_images: int, params: ClusteringParams, methods: Sequence[SelectionMethod]
) -> list[Clustering]:
    """Cut clusters from the tree by each selection method; what they have in common is done once."""
    if n_images < max(3, params.min_cluster_size):
        nothing = Clustering(np.full(n_images, NOISE, np.int32), np.zeros(n_images, np.float32))
        return [nothing for _method in methods]
    # hdbscan offers no public way to cut its own tree again; a test compares this with a full fit.
    from hdbscan._hdbscan_tree import condense_tree, get_clusters

    condensed = condense_tree(linkage, params.min_cluster_size)
    stability = stabilities(condensed)
    found = []
    for method in methods:
        labels, strength, _stabilities = get_clusters(
            condensed,
            dict(stability),  # it is changed there
            cluster_selection_method=method,
            cluster_selection_epsilon=params.cluster_selection_epsilon,
            max_cluster_size=params.max_cluster_size,
        )
        found.append(Clustering(labels.astype(np.int32), strength.astype(np.float32)))
    return found


def stabilities(condensed: NDArray[np.void]) -> dict[int, float]:
    """Return how stable each node of a condensed tree is, as hdbscan's ``compute_stability`` does, without its sort.

    Parameters
    ----------
    condensed : (n_edges,) of parent, child, lambda_val, child_size
        hdbscan's condensed tree; each child stands in it once

    Returns
    -------
    dict of node -> sum over its children of (their lambda - its own birth) * their size

    References
    ----------
    Campello, Moulavi & Sander 2013, doi:10.1007/978-3-642-37456-2_14
    """
    parent, child, lambdas = (condensed[name] for name in ("parent", "child", "lambda_val"))
    root = int(parent.min())
    births = np.zeros(max(int(child.max()), int(parent.max())) + 1)
    births[child] = lambdas
    births[root] = 0.0
    found = np.bincount(parent - root, weights=(lambdas - births[parent]) * condensed["child_size"])
    return dict(enumerate(found.tolist(), start=root))


def stored_tree(coordinates: Coordinates, made_from: str, min_samples: int) -> NDArray[np.float64]:
    """Return the single-linkage tree of a map, grown once; ``made_from`` is the map's fingerprint."""
    if len(coordinates) < 3:  # nothing to link: hdbscan needs three points
        return np.empty((0, 4))
    ready = _shipped_map(made_from)
    if ready is not None and min_samples == ClusteringParams().min_samples:
        return ready.tree
    grown, _was_there = cache.get_or_compute(
        "projections", tree_key(made_from, min_samples), lambda: tree(coordinates, min_samples), shared=True
    )
    stored: NDArray[np.float64] = grown
    return stored


def tree_key(made_from: str, min_samples: int) -> str:
    """Return what the tree of a map is stored under."""
    return "tree:" + cache.fingerprint(made_from, min_samples, cache.versions(*_VERSIONS))


def _key(coordinates_fingerprint: str, params: ClusteringParams, anchor: Anchor | None) -> str:
    named_after = "" if anchor is None else ("matched-2", anchor.made_from, anchor.params)
    return "clustering:" + cache.fingerprint(
        coordinates_fingerprint, params, named_after, cache.versions(*_VERSIONS)
    )


def _shipped(coordinates_fingerprint: str, params: ClusteringParams) -> Clustering | None:
    found = _shipped_map(coordinates_fingerprint)
    if found is None or params != ClusteringParams():
        return None
    return Clustering(found.labels, found.strength)


def _shipped_map(coordinates_fingerprint: str) -> ShippedMap | None:
    found = shipped.default_map()
    if found is None or cache.fingerprint(found.coordinates) != coordinates_fingerprint:
        return None
    return found
