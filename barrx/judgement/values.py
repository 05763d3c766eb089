"""The values of a column, picture by picture: one, several, or none in a cell."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.metadata import is_identifier

if TYPE_CHECKING:
    from scipy.sparse import csr_array

N_BINS = 7
_DIGITS = 4  # of a number, unless more are needed to tell it from the next
DECADE = "decade"  # what stands for the decades of the dates, where no column has this name
NEARLY_ALL = 0.95  # of what is known: more than that is taken for all
_MOST_NUMBERS = 20  # a numeric column of more different numbers is put into bins
# As people and programs write numbers. One that begins with zeros, as 007, is the name of something.
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, eq=False)
class Values:
    """Every (picture, value) pair of a column.

    A cell that holds several values, separated by ``|`` or ``;``, gives a pair for each of them, so a picture
    counts once for each value it has. A picture without a value is in no pair: it is left out, and counted.

    Attributes
    ----------
    title : str
        name of the column
    names : tuple of str, (n_values,)
        the different values, largest first, then by name
    pictures, codes : (n_pairs,) int32
        index of the picture, and index of the value in ``names``; ordered by picture
    n_images : int
        pictures in the collection, those without a value included
    """

    title: str
    names: tuple[str, ...]
    pictures: NDArray[np.int32]
    codes: NDArray[np.int32]
    n_images: int

    @cached_property
    def known(self) -> NDArray[np.int32]:
        """Indexes of the pictures that have a value, ascending: (n_known,) int32."""
        return np.unique(self.pictures)

    @property
    def n_missing(self) -> int:
        """Pictures without a value."""
        return self.n_images - len(self.known)

    @property
    def has_several(self) -> bool:
        """Whether any picture has more than one value."""
        return len(self.pictures) > len(self.known)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Pictures of each value: (n_values,) int64."""
        return np.bincount(self.codes, minlength=len(self.names)).astype(np.int64)

    @cached_property
    def first(self) -> NDArray[np.int32]:
        """The first value of each picture, -1 for none: (n_images,) int32."""
        codes = np.full(self.n_images, -1, np.int32)
        codes[self.pictures[::-1]] = self.codes[::-1]
        return codes

    def members(self, code: int) -> NDArray[np.int32]:
        """Return the indexes of the pictures that have a value."""
        found: NDArray[np.int32] = self.pictures[self.codes == code]
        return found

    def of_picture(self, index: int) -> tuple[str, ...]:
        """Return the values of one picture."""
        return tuple(self.names[code] for code in self.codes[self.pictures == index])

    def within(self, kept: NDArray[np.bool_]) -> "Values":
        """Return the pairs of some of the pictures; the names stay."""
        chosen = kept[self.pictures]
        return Values(self.title, self.names, self.pictures[chosen], self.codes[chosen], self.n_images)

    def incidence(self) -> "csr_array[Any]":
        """Return which picture has which value: (n_images, n_values) sparse, 1.0 where it has."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self.pictures), np.float32)
        return csr_array((ones, (self.pictures, self.codes)), shape=(self.n_images, len(self.names)))

    def canonical(self) -> tuple[object, ...]:
        """Return what a fingerprint of the values is made from."""
        return self.names, self.pictures, self.codes, self.n_images


def of_column(metadata: pd.DataFrame, column: str) -> Values:
    """Return the values of a metadata column as categories; :data:`DECADE` gives the decades of the dates.

    Raises
    ------
    ParameterError
        if there is no such column; the message lists those there are
    """
    if column == DECADE and has_decades(metadata):
        return decades(metadata["year"])
    if column not in metadata.columns:
        raise ParameterError(
            _("There is no column “{column}”. There are: {columns}.").format(
                column=column, columns=", ".join(map(str, metadata.columns)) or _("none")
            )
        )
    return of_cells(column, metadata[column].map(roles.shown).tolist())


def explaining(metadata: pd.DataFrame, column: str) -> Values:
    """Return the values of a metadata column; numbers of many different sizes go into bins.

    A table keeps many a number as text, lest a digit of an inventory number be lost (:mod:`barrx.metadata`). For
    bins no digit matters, so here such text is a number too, if nearly all that is known can be read so; what cannot
    is no value.
    """
    numbers = _numbers(metadata[column])
    if numbers is not None and len(np.unique(numbers[np.isfinite(numbers)])) > _MOST_NUMBERS:
        return binned(column, numbers)
    return of_column(metadata, column)


def _numbers(series: pd.Series) -> NDArray[np.float64] | None:
    """Return a column as numbers, not finite where there is none; None if it is no column of numbers."""
    if pd.api.types.is_bool_dtype(series):
        return None
    if pd.api.types.is_numeric_dtype(series):
        return series.to_numpy(np.float64, na_value=np.nan)
    if is_identifier(str(series.name)):
        return None
    cells = [roles.shown(cell).strip() for cell in series]
    found = np.array([_number(cell) for cell in cells], np.float64)
    known = list(filter(None, cells))
    is_mostly = np.isfinite(found).sum() >= NEARLY_ALL * len(known)
    return found if is_mostly and not _may_be_thousands(known) else None


def _number(text: str) -> float:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else np.nan


def _may_be_thousands(cells: Sequence[str]) -> bool:
    """Tell whether the commas of numbers may part thousands: behind each of them stand three digits.

    What cannot be read as a number, such as 1,250,000, is no evidence that the comma of another is a decimal one.
    """
    behind = [cell.partition(",")[2] for cell in cells if "," in cell and _NUMBER.fullmatch(cell)]
    return bool(behind) and all(len(digits) == 3 for digits in behind)


def of_cells(title: str, cells: Sequence[str]) -> Values:
    """Split cells on ``|`` and ``;``; blanks around values, empty ones and repeated ones are dropped."""
    return of_lists(title, [roles.parts(cell) for cell in cells])


def of_lists(title: str, lists: Sequence[Iterable[str]]) -> Values:
    """Return the values given for each picture, in dataset order."""
    pairs = [(picture, name) for picture, names in enumerate(lists) for name in dict.fromkeys(names)]
    counts = pd.Series([name for _picture, name in pairs], dtype="str").value_counts()
    names = sorted(counts.index, key=lambda name: (-int(counts[name]), name))
    number = {name: code for code, name in enumerate(names)}
    return Values(
        title=title,
        names=tuple(names),
        pictures=np.array([picture for picture, _name in pairs], np.int32),
        codes=np.array([number[name] for _picture, name in pairs], np.int32),
        n_images=len(lists),
    )


def binned(title: str, numbers: NDArray[np.float64]) -> Values:
    """Put numbers into at most seven bins of about equal shares of the pictures; not finite is no value."""
    known = np.isfinite(numbers)
    if not known.any():
        return of_lists(title, [()] * len(numbers))
    different, counts = np.unique(numbers[known], return_counts=True)
    if len(different) <= N_BINS:
        names = _written(different)
        at = np.searchsorted(different, numbers)
    else:
        quantiles = np.quantile(numbers[known], np.linspace(0, 1, N_BINS + 1))
        edges = np.unique(quantiles)
        if len(edges) == 2:  # nearly all are one number: that one, and the others
            usual = different[counts.argmax()]
            (name,) = _written(np.array([usual]))
            names, at = [name, f"≠ {name}"], (numbers != usual).astype(int)
        else:
            written = _written(edges)
            names = [f"{low} – {high}" for low, high in pairwise(written)]
            # The largest number is so frequent that a bin of it and what lies below it would hold too much.
            if quantiles[-2] == quantiles[-1]:
                names.append(written[-1])
            at = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(names) - 1)
    return of_lists(title, [(names[b],) if ok else () for b, ok in zip(at, known, strict=True)])


def given_or_not(one: Values) -> Values:
    """Return whether each picture has a value, as the values of a column of its own; no picture is without one."""
    title = _("{column} (with a value or without)").format(column=one.title)
    return of_lists(title, [("some",) if code >= 0 else ("none",) for code in one.first])


def has_decades(metadata: pd.DataFrame) -> bool:
    """Tell whether there are dates to take decades from, and no column is called so already."""
    return "year" in metadata.columns and DECADE not in metadata.columns


def decades(years: pd.Series) -> Values:
    """Return the decade of each year as a category; a missing year is no value.

    Before Christ years are counted backwards: -495 is one of the 490s, "-490s", which end with -490.
    """
    numbers = years.to_numpy(np.float64, na_value=np.nan)
    return of_lists(DECADE, [(_decade(y),) if np.isfinite(y) else () for y in numbers.tolist()])


def _decade(year: float) -> str:
    sign = "-" if year < 0 else ""  # the years 5 and -5 are not of one decade
    return f"{sign}{int(abs(year) // 10 * 10)}s"


def _written(numbers: NDArray[np.float64]) -> list[str]:
    """Write different numbers, so short that they can still be told apart: a bin is known by its name."""
    for digits in range(_DIGITS, 18):
        found = [str(int(x)) if x.is_integer() else f"{x:.{digits}g}" for x in numbers.tolist()]
        if len(set(found)) == len(found):
            break
    return found
