"""Which pictures are shown: by words, categories, numbers and the clusters; the same in an address as on a page."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from barrx import facets
from barrx.clustering import NOISE, Clustering
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _

MAX_TEXT: Final = 200  # characters

# In the address: q=moon, is.category=ships, from.year=1900, to.year=1950, only=noise, below=0.5
TEXT, ONLY, BELOW = "q", "only", "below"
_IS, _FROM, _TO = "is.", "from.", "to."
NAMES: Final = (TEXT, ONLY, BELOW)
PREFIXES: Final = (_IS, _FROM, _TO)
_WORDS = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]?|([^\s\"“”„«»]+)")
_NONE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
_NO_RANGE: Final[Mapping[str, "Range"]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; None is no bound."""

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if bound is not None and not math.isfinite(bound):
                raise ParameterError(_("A range needs finite numbers, got {value}.").format(value=bound))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ParameterError(
                _("A range goes from low to high, got {low} to {high}. Exchange them.").format(
                    low=self.low, high=self.high
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions; a picture is shown if it meets all of them.

    Attributes
    ----------
    text : str
        words that must all be in the filename or the metadata; "words in quotes" must follow each other
    categories : mapping of column -> values
        the picture has one of them; ``facets.NO_VALUE`` is no value
    ranges : mapping of column -> Range
        the picture has a number in it
    only_noise : bool
        the picture is in no cluster
    below : float or None
        its membership strength is below this, from above 0 to 1; that of noise is 0

    Raises
    ------
    ParameterError
        if the text is too long, or ``below`` is out of its bounds
    """

    text: str = ""
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    ranges: Mapping[str, Range] = field(default_factory=lambda: _NO_RANGE)
    only_noise: bool = False
    below: float | None = None

    def __post_init__(self) -> None:
        if len(self.text) > MAX_TEXT:
            raise ParameterError(
                _("A search may have {bound} characters, this one has {n}. Shorten it.").format(
                    bound=MAX_TEXT, n=len(self.text)
                )
            )
        if self.below is not None and not 0 < self.below <= 1:
            raise ParameterError(
                _("Membership below: must be above 0 and at most 1, got {value}.").format(value=self.below)
            )

    @property
    def count(self) -> int:
        """Number of conditions."""
        named = sum(1 for values in self.categories.values() if values) + len(self.ranges)
        return named + bool(words(self.text)) + self.only_noise + (self.below is not None)


def words(text: str) -> list[str]:
    """Return what is looked for: words and "phrases in quotes", folded; a quote that is still open counts."""
    found = (facets.folded(phrase or word) for phrase, word in _WORDS.findall(text))
    return [word for word in found if word]


def passing(dataset: Dataset, filters: Filters, clustering: Clustering) -> NDArray[np.bool_] | None:
    """Tell which pictures meet all conditions, as :func:`mask`; None where there are no conditions."""
    return mask(dataset, filters, clustering) if filters.count else None


def mask(dataset: Dataset, filters: Filters, clustering: Clustering) -> NDArray[np.bool_]:
    """Tell which pictures meet all conditions.

    Returns
    -------
    (n_images,) bool

    Raises
    ------
    KeyError
        if a column is not in the metadata: :func:`from_query` lets none of those through
    """
    shown = np.ones(len(dataset.filenames), bool)
    looked_for = words(filters.text)
    if looked_for:
        shown &= facets.with_words(dataset, looked_for)
    for column, values in filters.categories.items():
        shown &= _has_one_of(facets.category(dataset, column), values)
    for column, wanted in filters.ranges.items():
        shown &= _is_in(facets.number(dataset, column).values, wanted)
    if filters.only_noise:
        shown &= clustering.labels == NOISE
    if filters.below is not None:
        shown &= clustering.strength < filters.below
    return shown


def _has_one_of(category: facets.Category, values: Sequence[str]) -> NDArray[np.bool_]:
    n = int(category.rows[-1]) + 1 if len(category.rows) else 0
    if not values:
        return np.ones(n, bool)
    chosen = set(values)
    wanted = np.array([name in chosen for name in category.names], bool)
    found = np.zeros(n, bool)
    found[category.rows[wanted[category.values]]] = True
    return found


def _is_in(values: NDArray[np.float64], wanted: Range) -> NDArray[np.bool_]:
    found = np.isfinite(values)
    if wanted.low is not None:
        found &= values >= wanted.low
    if wanted.high is not None:
        found &= values <= wanted.high
    return found


# --- in the address ---------------------------------------------------------------------------------------


def to_query(filters: Filters) -> dict[str, list[str]]:
    """Return filters as names and values of a query string."""
    query: dict[str, list[str]] = {}
    if filters.text.strip():
        query[TEXT] = [filters.text]
    for column, values in filters.categories.items():
        if values:
            query[_IS + column] = list(values)
    for column, wanted in filters.ranges.items():
        query |= {
            name + column: [f"{bound:.12g}"]
            for name, bound in ((_FROM, wanted.low), (_TO, wanted.high))
            if bound is not None
        }
    if filters.only_noise:
        query[ONLY] = ["noise"]
    if filters.below is not None:
        query[BELOW] = [f"{filters.below:.12g}"]
    return query


def is_of_filters(name: str) -> bool:
    """Tell whether a name in a query string is that of a filter."""
    return name in NAMES or name.startswith(PREFIXES)


def from_query(query: Mapping[str, Sequence[str]], dataset: Dataset) -> tuple[Filters, list[str]]:
    """Read filters out of a query string: what makes sense, and what does not, in words.

    Parameters
    ----------
    query : name -> its values; names that are no filters' are passed over

    Returns
    -------
    Filters
    list of str
        a sentence for each thing that was left out
    """
    reading = _Reading(dataset)
    for name, values in query.items():
        if is_of_filters(name):
            reading.take(name, [str(value) for value in values])
    return reading.filters(), reading.problems


class _Reading:
    """A query string on its way to become filters."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.problems: list[str] = []
        self._plain: dict[str, object] = {}
        self._categories: dict[str, tuple[str, ...]] = {}
        self._bounds: dict[str, dict[str, float]] = {}

    def take(self, name: str, values: list[str]) -> None:
        if name.startswith(_IS):
            self._take_category(name.removeprefix(_IS), values)
        elif name.startswith((_FROM, _TO)):
            start, _dot, column = name.partition(".")
            self._take_bound(column, "low" if start == "from" else "high", values)
        else:
            self._take_plain(name, values[-1] if values else "")

    def filters(self) -> Filters:
        ranges = {}
        for column, bounds in self._bounds.items():
            try:
                ranges[column] = Range(**bounds)
            except ParameterError as error:
                self.problems.append(f"{column}: {error}")
        return Filters(categories=self._categories, ranges=ranges, **self._plain)  # type: ignore[arg-type]

    def _take_category(self, column: str, values: list[str]) -> None:
        if not self._is_column(column):
            return
        known = set(facets.category(self.dataset, column).names)
        for value in values:
            if value not in known:
                self._say(_("No image has “{value}” in the column “{column}”."), value=value, column=column)
        chosen = tuple(value for value in dict.fromkeys(values) if value in known)
        if chosen:
            self._categories[column] = chosen

    def _take_bound(self, column: str, end: str, values: list[str]) -> None:
        if not self._is_column(column):
            return
        number = _number(values)
        if column not in facets.numbers(self.dataset):
            self._say(_("The column “{column}” has no numbers to choose from."), column=column)
        elif number is None:
            self._say(_("The address asks for numbers of “{column}” that are none."), column=column)
        else:
            self._bounds.setdefault(column, {})[end] = number

    def _take_plain(self, name: str, value: str) -> None:
        if name == TEXT:
            text = value[:MAX_TEXT]
            self._plain["text"] = text if text.strip() else ""
        elif name == ONLY and value == "noise":
            self._plain["only_noise"] = True
        elif name == BELOW and 0 < (_number([value]) or 0) <= 1:
            self._plain["below"] = _number([value])
        else:
            self._say(
                _("The address asks for “{name}={value}”, which means nothing."), name=name, value=value
            )

    def _is_column(self, column: str) -> bool:
        if column in self.dataset.metadata.columns:
            return True
        self._say(_("There is no column “{column}” to filter by."), column=column)
        return False

    def _say(self, sentence: str, **parts: str) -> None:
        said = sentence.format(**{name: part[:80] for name, part in parts.items()})
        if said not in self.problems:
            self.problems.append(said)


def _number(values: Sequence[str]) -> float | None:
    try:
        number = float(values[-1])
    except (ValueError, IndexError):
        return None
    return number if math.isfinite(number) else None
