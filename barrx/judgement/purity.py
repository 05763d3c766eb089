"""Whether the pictures nearest to a picture belong to its category: in the embedding, and on the map."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx.judgement.values import Values

_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Purity:
    """Purity of the k nearest neighbours.

    Attributes
    ----------
    of_picture : (n_images,) float64
        share of a picture's neighbours that have a value in common with it, neighbours without a value not
        counted; NaN where the picture, or all its neighbours, have none
    chance : float
        the share to expect of neighbours drawn at random
    """

    of_picture: NDArray[np.float64]
    chance: float

    @property
    def mean(self) -> float | None:
        """Mean over the pictures it is defined for; None if there are none."""
        known = self.of_picture[np.isfinite(self.of_picture)]
        return float(known.mean()) if len(known) else None


def measure(values: Values, neighbors: NDArray[np.integer[Any]]) -> Purity:
    """Measure how often neighbours share a value.

    Parameters
    ----------
    values : Values of n_images pictures
    neighbors : (n_images, k) int
        the nearest pictures of each, itself left out
    """
    has = values.incidence()
    is_known = np.zeros(values.n_images, bool)
    is_known[values.known] = True
    same = np.zeros(values.n_images)
    for column in neighbors.T:
        same += np.asarray((has * has[column]).sum(axis=1)).ravel() > 0
    counted = is_known[neighbors].sum(axis=1)
    share = np.full(values.n_images, np.nan)
    use = is_known & (counted > 0)
    share[use] = same[use] / counted[use]
    return Purity(share, chance(values))


def chance(values: Values) -> float:
    """Return the share of other pictures, over all pictures with a value, that have a value in common."""
    known = values.known
    if len(known) < 2:
        return 0.0
    has = values.incidence()[known]
    transposed = has.T.tocsr()
    sharing = 0
    for start in range(0, len(known), _BLOCK):
        sharing += (has[start : start + _BLOCK] @ transposed).count_nonzero()
    return float((sharing - len(known)) / (len(known) * (len(known) - 1)))
