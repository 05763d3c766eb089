"""What the colours of a map mean: clusters, categories or numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.clustering import Clustering
from barrx.i18n import _, numeral
from barrx.judgement import values as column_values
from barrx.projection import Coordinates
from barrx.ui import palette

NO_NAMES: Mapping[int, str] = MappingProxyType({})
MISSING = -1
N_BINS = 7
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # the same steps for every map: two of them can be compared
MAX_CATEGORIES = len(palette.APART)  # the 19 largest categories, and all others together


@dataclass(frozen=True, slots=True, eq=False)
class Coloring:
    """One colour index a picture, and what each index stands for.

    Attributes
    ----------
    title : name of what is shown
    indexes : (n_images,) int16, -1 for noise or a missing value
    names : the meaning of each index; there may be gaps
    missing : the meaning of index -1
    is_sequential : the indexes are in an order, to be shown on a scale
    others : the categories that the last index stands for together, with how many pictures each has
    other_of : (n_images,) int32, which of ``others`` a picture has, -1 for none; None without others
    flagged : the last index of a scale is not a step of it, but stands out from it, as another shape too
    is_by_value : the names are values of a column, which stay what they are in another language or on another map
    """

    title: str
    indexes: NDArray[np.int16]
    names: Mapping[int, str]
    missing: str
    is_sequential: bool = False
    others: Sequence[tuple[str, int]] = ()
    other_of: NDArray[np.int32] | None = None
    flagged: bool = False
    is_by_value: bool = False

    @property
    def colors(self) -> Sequence[str]:
        """The palette the indexes are places in; an index beyond its end starts again, with another shape."""
        if not self.is_sequential:
            return palette.CATEGORICAL
        scale = palette.sequential(max(1, len(self.names) - self.flagged))
        return [*scale, palette.FLAGGED] if self.flagged else scale

    def counts(self) -> dict[int, int]:
        """Return how many pictures have each index of ``names``, in their order."""
        counts = np.bincount(self.indexes[self.indexes >= 0], minlength=max(self.names, default=0) + 1)
        return {index: int(counts[index]) for index in self.names}

    def legend(self) -> list[tuple[str, int, int]]:
        """Return name, number of pictures and index of each colour; those without a value last."""
        counts = self.counts()
        entries = [(name, counts[index], index) for index, name in self.names.items()]
        missing = int((self.indexes == MISSING).sum())
        return [*entries, (self.missing, missing, MISSING)] if missing else entries

    def points(self, coordinates: Coordinates, clustering: Clustering) -> pd.DataFrame:
        """Return the points of a map, one row a picture, as :func:`barrx.ui.map.image_map` takes them."""
        frame = pd.DataFrame(
            {
                "x": coordinates[:, 0],
                "y": coordinates[:, 1],
                "colour": self.indexes,
                "cluster": clustering.labels,
                "strength": clustering.strength,
            }
        )
        return frame if self.other_of is None else frame.assign(other=self.other_of)


def cluster_names(clustering: Clustering, given: Mapping[int, str]) -> dict[int, str]:
    """Return the name of every cluster: the one people gave it, or its number."""
    return {n: given.get(n) or _("cluster {n}").format(n=n) for n in clustering.numbers}


def by_cluster(clustering: Clustering, given: Mapping[int, str] = NO_NAMES) -> Coloring:
    """Colour by the clusters of HDBSCAN.

    Parameters
    ----------
    given : names that people gave to clusters, by their number
    """
    names = cluster_names(clustering, given)
    return Coloring(_("Clusters on the map"), clustering.labels.astype(np.int16), names, _("noise"))


def by_column(metadata: pd.DataFrame, column: str) -> Coloring:
    """Colour by a metadata column: numbers in bins, anything else by category, the decades of the dates too."""
    if column == column_values.DECADE and column_values.has_decades(metadata):
        return _by_category(_decades(metadata["year"]), column)
    values = metadata[column]
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and values.nunique() > MAX_CATEGORIES:
        return _by_number(values.astype(float), column)
    return _by_category(values, column)


def _decades(years: pd.Series) -> pd.Series:
    found = column_values.decades(years)
    return pd.Series([found.names[code] if code >= 0 else "" for code in found.first], dtype=object)


def by_share(
    title: str,
    shares: NDArray[np.floating],
    *,
    missing: str,
    flagged: tuple[NDArray[np.bool_], str] | None = None,
) -> Coloring:
    """Colour by a share of each picture, in five even steps from 0 to 1.

    Parameters
    ----------
    shares : (n_images,) from 0 to 1, NaN for none
    missing : what is said of those that have none
    flagged : ((n_images,) bool, name), optional
        pictures that stand out, whatever their share, and what they are called
    """
    steps = len(SHARES) - 1
    known = np.isfinite(shares)
    indexes = np.full(len(shares), MISSING, np.int16)
    indexes[known] = np.clip(np.searchsorted(SHARES, shares[known], side="right") - 1, 0, steps - 1)
    names = {
        i: f"{numeral(low, '.0%')} – {numeral(high, '.0%')}" for i, (low, high) in enumerate(pairwise(SHARES))
    }
    if flagged is not None:
        diamond = 2 * (steps + 1) + steps  # the palette is one colour longer than the scale
        indexes[known & flagged[0]] = diamond
        names[diamond] = flagged[1]
    return Coloring(title, indexes, names, missing, is_sequential=True, flagged=flagged is not None)


def unknown(title: str, n_images: int, said: str) -> Coloring:
    """Return the colouring of pictures about which nothing is known yet."""
    return Coloring(title, np.full(n_images, MISSING, np.int16), {}, said, is_sequential=True)


def _by_category(values: pd.Series, column: str) -> Coloring:
    text = values.map(roles.shown)
    counts = text[text != ""].value_counts()
    # By size, then by name: the same colours whatever order the pictures are in.
    order = sorted(counts.index, key=lambda name: (-int(counts[name]), name))
    kept = order if len(order) <= MAX_CATEGORIES else order[: MAX_CATEGORIES - 1]
    names = dict(zip(palette.APART, kept, strict=False))
    number = {name: index for index, name in names.items()} | {"": MISSING}
    others = [(name, int(counts[name])) for name in order[len(kept) :]]
    if others:
        names[palette.APART[-1]] = _("{n} others").format(n=len(others))
    indexes = text.map(lambda name: number.get(name, palette.APART[-1])).to_numpy(np.int16)
    place = {name: i for i, (name, _n) in enumerate(others)}
    other_of = text.map(lambda name: place.get(name, -1)).to_numpy(np.int32) if others else None
    return Coloring(column, indexes, names, _("no value"), others=others, other_of=other_of, is_by_value=True)


def _by_number(values: pd.Series, column: str) -> Coloring:
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    # Equal shares of pictures a bin: one odd value does not use up the scale.
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, N_BINS + 1)))
    indexes = np.full(len(numbers), MISSING, np.int16)
    indexes[known] = np.clip(np.searchsorted(edges, numbers[known], side="right") - 1, 0, len(edges) - 2)
    names = [f"{_tidy(low)} – {_tidy(high)}" for low, high in pairwise(edges)]
    return Coloring(column, indexes, dict(enumerate(names)), _("no value"), is_sequential=True)


def _tidy(number: float) -> str:
    return str(int(number)) if number.is_integer() else f"{number:.4g}"
