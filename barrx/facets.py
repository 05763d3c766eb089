"""What a collection can be filtered by: its words, its categories, its numbers. Prepared once, then quick."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.datasets import Dataset

NO_VALUE: Final = ""
_BETWEEN_COLUMNS = "\x1f"  # a phrase is found inside of a cell, never across two
_FEW = 20  # so many values are categories in the smallest collection
# Letters with a stroke, which Unicode does not take apart.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


# --- categories -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Category:
    """A column of categories; a cell such as "moon|space" or "moon; space" has several of them.

    Attributes
    ----------
    column : str
    names : list of str
        the values, the most frequent first, then by the alphabet; ``NO_VALUE`` at the end if a cell has none
    counts : (n_names,) int64
        pictures that have each
    rows, values : (n,) int32
        which picture has which value, by its place in ``names``
    """

    column: str
    names: list[str]
    counts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.int32]


def categories(dataset: Dataset) -> list[str]:
    """Return the columns of a collection that are categories: those whose values repeat."""
    return list(_categories(dataset))


@lru_cache(maxsize=8)
def _categories(dataset: Dataset) -> tuple[str, ...]:
    texts = [str(name) for name in dataset.metadata.columns if not _is_number(dataset.metadata[name])]
    may_be = [name for name in texts if _may_repeat(dataset.metadata[name])]
    return tuple(name for name in may_be if _repeats(category(dataset, name)))


def _may_repeat(values: pd.Series) -> bool:
    # Spares the titles of a large collection: taking them apart and sorting them is slow.
    known = values.dropna().map(roles.shown)
    return known.nunique() <= max(_FEW, len(known) / 2) or any(map(roles.has_several, known))


def _repeats(found: Category) -> bool:
    n_named = len(found.rows) - (int(found.counts[-1]) if NO_VALUE in found.names else 0)
    return 2 <= len(found.names) < len(found.rows) and len(found.names) <= max(_FEW, n_named / 2)


@lru_cache(maxsize=32)
def category(dataset: Dataset, column: str) -> Category:
    """Return a column as categories, also one whose values do not repeat."""
    codes, uniques = pd.factorize(dataset.metadata[column].map(roles.shown))
    parts = [roles.parts(text) or [NO_VALUE] for text in uniques]
    lengths = np.array([len(some) for some in parts], np.int64)[codes]
    rows = np.repeat(np.arange(len(codes)), lengths)
    numbers, names = pd.factorize(np.array([part for code in codes for part in parts[code]], object))
    counts = np.bincount(numbers, minlength=len(names))
    order = sorted(range(len(names)), key=lambda i: (names[i] == NO_VALUE, -counts[i], names[i]))
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names))
    return Category(
        column=column,
        names=[str(names[i]) for i in order],
        counts=counts[order].astype(np.int64),
        rows=rows.astype(np.int32),
        values=place[numbers],
    )


# --- numbers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number:
    """A column of numbers.

    Attributes
    ----------
    column : str
    values : (n_images,) float64, NaN where there is none
    low, high : float
        the least and the greatest
    is_whole : bool
        there are whole numbers only, such as years
    """

    column: str
    values: NDArray[np.float64]
    low: float
    high: float
    is_whole: bool


def numbers(dataset: Dataset) -> list[str]:
    """Return the columns of a collection that are numbers, and not all the same one."""
    return list(_numbers(dataset))


@lru_cache(maxsize=8)
def _numbers(dataset: Dataset) -> tuple[str, ...]:
    texts = [str(name) for name in dataset.metadata.columns if _is_number(dataset.metadata[name])]
    found = [number(dataset, name) for name in texts]
    return tuple(one.column for one in found if one.low < one.high)


@lru_cache(maxsize=32)
def number(dataset: Dataset, column: str) -> Number:
    """Return a column as numbers; what is infinite counts as missing."""
    values = dataset.metadata[column].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    known = values[np.isfinite(values)]
    return Number(
        column=column,
        values=np.where(np.isfinite(values), values, np.nan),
        low=float(known.min()) if len(known) else np.nan,
        high=float(known.max()) if len(known) else np.nan,
        is_whole=bool((known == np.round(known)).all()),
    )


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


# --- words ------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Return text as it is compared: without case and accents, its blanks single."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN_LETTERS)
        text = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def with_words(dataset: Dataset, words: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which pictures have all the words, each anywhere in the filename or the metadata.

    Parameters
    ----------
    words : :func:`folded` words or phrases; a part of a word is enough

    Returns
    -------
    (n_images,) bool
    """
    texts = _texts(dataset)
    left = range(len(texts))
    # The longest word first: it leaves least for the others to look through.
    for word in sorted(set(words), key=len, reverse=True):
        left = [i for i in left if word in texts[i]]  # type: ignore[assignment]
    found = np.zeros(len(texts), bool)
    found[list(left)] = True
    return found


@lru_cache(maxsize=4)
def _texts(dataset: Dataset) -> list[str]:
    columns = [pd.Series(dataset.filenames)]
    columns += [dataset.metadata[name] for name in dataset.metadata.columns]
    return [_BETWEEN_COLUMNS.join(cells) for cells in zip(*map(_folded_column, columns), strict=True)]


def _folded_column(values: pd.Series) -> list[str]:
    codes, uniques = pd.factorize(values.map(roles.shown))
    known = [folded(text) for text in uniques]
    return [known[code] for code in codes]
