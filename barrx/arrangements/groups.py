"""Pictures by category: the largest groups, the others together, and those without a value."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.i18n import _, ngettext

MOST_GROUPS = 20  # the 19 largest, and all others together
NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which group each picture is in.

    Attributes
    ----------
    indexes : (n_images,) int, from 0 in the order of ``names``
    names : what the groups are called, the largest first, then the others, then those without a value
    n_named : int
        groups of one value: all but the others and those without a value
    """

    indexes: NDArray[np.intp]
    names: tuple[str, ...]
    n_named: int

    def counts(self) -> list[int]:
        """Return how many pictures are in each group."""
        return [int(n) for n in np.bincount(self.indexes, minlength=len(self.names))]


def by_value(values: pd.Series) -> Groups:
    """Group pictures by what a column of the metadata shows for them."""
    codes, found = pd.factorize(values)
    texts = [roles.shown(value) for value in found]
    # What reads the same is the same: 1 and 1.0, or two kinds of nothing.
    names = sorted(set(texts) - {""})
    number = {name: i for i, name in enumerate(names)} | {"": NONE}
    table = np.array([number[text] for text in texts] + [NONE], np.intp)
    return _largest(table[codes], names, missing=_("no value"))


def by_label(labels: NDArray[np.int32], names: Mapping[int, str]) -> Groups:
    """Group pictures by cluster; ``names`` has what people call some of the clusters."""
    numbers, codes = np.unique(labels[labels >= 0], return_inverse=True)
    indexes = np.full(len(labels), NONE, np.intp)
    indexes[labels >= 0] = codes
    texts = [names.get(int(n), _("cluster {n}").format(n=int(n))) for n in numbers]
    return _largest(indexes, texts, missing=_("noise"))


def _largest(codes: NDArray[np.intp], names: list[str], *, missing: str) -> Groups:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    # Stable: of two groups of one size the first in the order of the names comes first.
    order = np.argsort(-counts, kind="stable")
    kept = order if len(order) <= MOST_GROUPS else order[: MOST_GROUPS - 1]
    place = np.full(len(names) + 1, len(kept), np.intp)  # one more: NONE, the last, is looked up there too
    place[kept] = np.arange(len(kept))
    texts = [names[i] for i in kept]
    n_others = len(order) - len(kept)
    if n_others:
        texts.append(ngettext("{n} other", "{n} others", n_others).format(n=n_others))
    if (codes == NONE).any():
        place[NONE] = len(texts)
        texts.append(missing)
    return Groups(place[codes], tuple(texts), len(kept))
