"""A chart of influences as a table: arrows from one category to another, and the years of Barr's chart."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from barrx import tables
from barrx.dates import parse_year
from barrx.errors import DatasetError
from barrx.i18n import _

MOST_RELATIONS = 10_000
_LONGEST_NAME = 300
_NAMED = 10  # unknown names that an error lists
_YEARS = ("year", "years", "date")
_BARR = Path(__file__).parent / "data" / "barr_1936_movements.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """An arrow: ``source`` influenced ``target``, in ``year`` if that is given."""

    source: str
    target: str
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The arrows of a chart.

    Attributes
    ----------
    arrows : tuple of Relation
        between categories of the collection, each once
    unknown : tuple of str
        names that are no category of the collection
    dropped : int
        rows left out: without a source or a target, from a category to itself, or said twice
    """

    arrows: tuple[Relation, ...]
    unknown: tuple[str, ...]
    dropped: int


def read(source: Path | bytes, categories: Sequence[str], name: str = "") -> Relations:
    """Read a ``relations.csv``: the columns ``source`` and ``target``, and if there is one, ``year`` or ``years``.

    Names are matched with the categories without regard to case, accents, blanks and brackets.

    Parameters
    ----------
    source : path, or the bytes of a file
    categories : the names of the collection's categories

    Raises
    ------
    DatasetError
        if it is no text table, lacks a column, has more than 10,000 rows or a name of more than 300 characters
    """
    name = name or (source.name if isinstance(source, Path) else "relations.csv")
    table = tables.read(source, name)
    columns = {str(column).strip().casefold(): str(column) for column in reversed(table.columns)}
    if not {"source", "target"} <= columns.keys():
        raise DatasetError(
            _("“{name}” needs the columns source and target, got: {columns}.").format(
                name=name, columns=", ".join(map(str, table.columns))[:_LONGEST_NAME]
            )
        )
    if len(table) > MOST_RELATIONS:
        raise DatasetError(
            _("“{name}” has {n} relations; at most {most} are read.").format(
                name=name, n=len(table), most=MOST_RELATIONS
            )
        )
    dated = next((columns[given] for given in _YEARS if given in columns), None)
    years = _cells(table[dated]) if dated is not None else [""] * len(table)
    rows = list(zip(_cells(table[columns["source"]]), _cells(table[columns["target"]]), years, strict=True))
    longest = max((len(text) for row in rows for text in row[:2]), default=0)
    if longest > _LONGEST_NAME:
        raise DatasetError(
            _("“{name}” holds a name of {n} characters; at most {most} are read.").format(
                name=name, n=longest, most=_LONGEST_NAME
            )
        )
    return _related(rows, categories)


def read_usable(source: bytes, categories: Sequence[str], name: str) -> Relations:
    """Read a ``relations.csv`` that is to take the place of another one: see :func:`read`.

    Raises
    ------
    DatasetError
        also if it has no arrow from one category of the collection to another
    """
    found = read(source, categories, name)
    if found.arrows:
        return found
    if found.unknown:
        raise DatasetError(
            _(
                "“{name}” has no arrow between categories of this collection, so it is not taken. No category: {names}."
            ).format(name=name, names=", ".join(found.unknown[:_NAMED])[:_LONGEST_NAME])
        )
    raise DatasetError(
        _(
            "“{name}” has no row with both a source and a target, so it is not taken. Fill in at least one arrow."
        ).format(name=name)
    )


def _cells(column: pd.Series) -> list[str]:
    return ["" if pd.isna(cell) else " ".join(str(cell).split()) for cell in column]


def _related(rows: Sequence[tuple[str, str, str]], categories: Sequence[str]) -> Relations:
    named = {plain(category): category for category in reversed(categories)}
    arrows: dict[tuple[str, str], Relation] = {}
    unknown: dict[str, None] = {}
    dropped = 0
    for source, target, year in rows:
        lost = [text for text in (source, target) if text and plain(text) not in named]
        unknown |= dict.fromkeys(lost)
        if lost:
            continue
        ends = (named.get(plain(source), ""), named.get(plain(target), ""))
        if not all(ends) or ends[0] == ends[1] or ends in arrows:
            dropped += 1
            continue
        arrows[ends] = Relation(source=ends[0], target=ends[1], year=parse_year(year))
    return Relations(arrows=tuple(arrows.values()), unknown=tuple(unknown), dropped=dropped)


def plain(name: str) -> str:
    """Return a name without case, accents, blanks, signs and what stands in brackets: for matching only."""
    folded = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", name)).casefold()
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "", letters) or re.sub(r"\s+", "", name.casefold())


# --- the time axis ----------------------------------------------------------------------------------------


@cache
def barr_1936() -> pd.DataFrame:
    """Return the boxes of Barr's chart of 1936; shared, do not write into it.

    Returns
    -------
    DataFrame
        ``name``, ``printed_as``, ``kind`` (movement, source, outcome, artist), ``year`` (Int64: as printed, or
        the height at which the box stands), ``place``. The arrows are not in it: they are the curator's to supply.
    """
    table = tables.read(_BARR)
    return table.assign(year=pd.to_numeric(table["year"]).astype("Int64"))


def years_of(
    categories: Sequence[str], pictures: Mapping[str, Sequence[int]] | None = None
) -> dict[str, int]:
    """Return where categories stand on a time axis: the year of Barr's chart, else the median of their pictures.

    Parameters
    ----------
    pictures : mapping, optional
        category -> the years of its pictures

    Returns
    -------
    dict
        without the categories for which no year is known
    """
    chart = barr_1936().dropna(subset=["year"])
    barr = {plain(str(name)): int(year) for name, year in zip(chart["name"], chart["year"], strict=True)}
    found: dict[str, int] = {}
    for category in categories:
        own = sorted((pictures or {}).get(category, ()))
        if plain(category) in barr:
            found[category] = barr[plain(category)]
        elif own:
            found[category] = own[len(own) // 2]
    return found
