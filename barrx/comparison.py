"""Two maps of the same pictures side by side: laid over each other, what moved, and what became of the clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barrx import anchoring, identity
from barrx.clustering import NOISE
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.identity import Change, Labels
from barrx.judgement import agreement
from barrx.projection import Coordinates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """How a second map differs from a first one.

    Attributes
    ----------
    coordinates : (n_images, 2) float32
        of the second map, laid over the first by rotation, reflection, scale and shift
    labels : (n_images,) int32, -1 is noise
        of the second map, numbered as the clusters of the first that they share the most pictures with
    moved : (n_images,) float64
        way of each picture from the first map to the second, as a share of the first map's width
    rand : float
        adjusted Rand index of the two clusterings, noise a group like others: 1 for the same, 0 for chance
    stayed : float
        share of the pictures with the same number on both, from 0 to 1
    changes : tuple of Change
        clusters that split, merged, grew, are new or gone; what concerns the most pictures first
    """

    coordinates: Coordinates
    labels: Labels
    moved: NDArray[np.float64]
    rand: float
    stayed: float
    changes: tuple[Change, ...]


def compare(one: tuple[Coordinates, Labels], other: tuple[Coordinates, Labels]) -> Comparison:
    """Compare two maps of the same pictures in the same order.

    Parameters
    ----------
    one, other : (n_images, 2) coordinates and (n_images,) labels

    Raises
    ------
    ParameterError
        if they are not maps of equally many pictures, or of none

    References
    ----------
    Gower 1975 (Procrustes); Hubert & Arabie 1985 (adjusted Rand index)
    """
    n = len(one[0])
    if not n == len(one[1]) == len(other[0]) == len(other[1]) or not n:
        raise ParameterError(
            _("Two maps must show the same images to be compared, got {n} and {other}.").format(
                n=n, other=len(other[0])
            )
        )
    coordinates = anchoring.aligned(other[0], one[0])
    labels = identity.matched(other[1], one[1])
    width = float(np.ptp(one[0], axis=0).max()) or 1.0
    return Comparison(
        coordinates=coordinates,
        labels=labels,
        moved=np.linalg.norm(coordinates.astype(np.float64) - one[0], axis=1) / width,
        rand=_rand(one[1], labels),
        stayed=float((labels == one[1]).mean()),
        changes=tuple(identity.changes(one[1], labels)),
    )


def _rand(one: Labels, other: Labels) -> float:
    rows, columns = one - NOISE, other - NOISE
    table = np.zeros((int(rows.max()) + 1, int(columns.max()) + 1), np.int64)
    np.add.at(table, (rows, columns), 1)
    # The index asks for no expectation: that of the mutual information would need scikit-learn.
    return agreement.of_table(table, lambda _table: 0.0).ari
