"""Whether clusters are dense inside and apart from each other: DBCV, or its fast relative."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.i18n import _

LARGEST_EXACT = 2000  # DBCV measures every pair inside a cluster

Kind = Literal["dbcv", "relative", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A validity of clusters.

    Attributes
    ----------
    value : float or None
        from -1 to 1, higher is better; None where it is not defined
    kind : str
        ``dbcv``; or ``relative``, hdbscan's approximation by the spanning tree, not comparable with it
    reason : str
        why there is no value
    """

    value: float | None
    kind: Kind
    reason: str = ""


def measure(
    points: NDArray[np.floating],
    labels: NDArray[np.integer],
    *,
    min_samples: int,
    largest: int = LARGEST_EXACT,
) -> Validity:
    """Measure how dense clusters are inside against the space between them.

    Parameters
    ----------
    points : (n_images, n_dimensions) floats
        what was clustered
    labels : (n_images,) int
        any numbers, -1 is noise; noise lowers the value by its share
    min_samples : int
        of the clustering, for the spanning tree of the approximation
    largest : int
        pictures of the largest cluster up to which DBCV is taken

    References
    ----------
    Moulavi et al. 2014, doi:10.1137/1.9781611973440.96 (DBCV); ``relative_validity_`` of hdbscan
    """
    clustered = labels != NOISE
    _numbers, compact, sizes = np.unique(labels[clustered], return_inverse=True, return_counts=True)
    if reason := _undefined(sizes):
        return Validity(value=None, kind="", reason=reason)
    renumbered = np.full(len(labels), NOISE, np.int64)
    renumbered[clustered] = compact
    exact = np.ascontiguousarray(points, np.float64)
    kind: Kind = "dbcv" if sizes.max() <= largest else "relative"
    with np.errstate(divide="ignore", invalid="ignore"):
        value = _dbcv(exact, renumbered) if kind == "dbcv" else _relative(exact, renumbered, min_samples)
    if not np.isfinite(value):
        return Validity(value=None, kind="", reason=_("the images of a cluster lie on one spot"))
    return Validity(value=float(value), kind=kind)


def _undefined(sizes: NDArray[np.int64]) -> str:
    if not len(sizes):
        return _("every image is noise")
    if len(sizes) == 1:
        return _("there is only one cluster")
    if sizes.min() < 2:
        return _("a cluster has only one image")
    return ""


def _dbcv(points: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    from hdbscan.validity import validity_index

    return float(validity_index(points, labels))


def _relative(points: NDArray[np.float64], labels: NDArray[np.int64], min_samples: int) -> float:
    from hdbscan import HDBSCAN

    fitted = HDBSCAN(
        min_samples=min_samples, min_cluster_size=2, gen_min_span_tree=True, core_dist_n_jobs=1
    ).fit(points)
    fitted.labels_ = (
        labels  # the tree depends on points and min_samples only; the clusters are the ones given
    )
    return float(fitted.relative_validity_)
