"""A chart of influences as a table: arrows from one category to another, and the years of Barr's chart."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Final

import pandas as pd

from barrx import tables
from barrx.dates import parse_year
from barrx.errors import DatasetError
from barrx.i18n import _

MOST_RELATIONS = 10_000
_LONGEST_NAME = 300
_NAMED = 10  # unknown names that an error lists
GIVE_OR_TAKE = 10  # years by which the year of Barr's chart may lie outside of the dates of the pictures
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
    ambiguous : tuple of str
        names that may mean several categories
    dropped : int
        rows left out: without a source or a target, from a category to itself, or said twice
    undated : tuple of (int, str)
        of arrows whose year cannot be read: the row of the file, its first being 1, and what stands there
    """

    arrows: tuple[Relation, ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]
    dropped: int
    undated: tuple[tuple[int, str], ...] = ()


def read(source: Path | bytes, categories: Sequence[str], name: str = "") -> Relations:
    """Read a ``relations.csv``: the columns ``source`` and ``target``, and if there is one, ``year`` or ``years``.

    A name means the category that is written so; if there is none, the only one that is written so without regard
    to case, accents, blanks and brackets.

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
    table = tables.read(source, name, by_row=True)
    columns = {str(column).strip().casefold(): str(column) for column in reversed(table.columns)}
    if not {"source", "target"} <= columns.keys():
        raise DatasetError(
            _("“{name}” needs the columns source and target, got: {columns}.").format(
                name=name, columns=", ".join(map(str, table.columns))[:_LONGEST_NAME]
            )
        )
    if len(table) > MOST_RELATIONS:
        raise DatasetError(
            _("“{name}” has {n:,} relations; at most {most:,} are read.").format(
                name=name, n=len(table), most=MOST_RELATIONS
            )
        )
    dated = next((columns[given] for given in _YEARS if given in columns), None)
    years = _cells(table[dated]) if dated is not None else [""] * len(table)
    rows = list(zip(_cells(table[columns["source"]]), _cells(table[columns["target"]]), years, strict=True))
    longest = max((len(text) for row in rows for text in row[:2]), default=0)
    if longest > _LONGEST_NAME:
        raise DatasetError(
            _("“{name}” holds a name of {n:,} characters; at most {most:,} are read.").format(
                name=name, n=longest, most=_LONGEST_NAME
            )
        )
    return _related(dict(zip(table.index, rows, strict=True)), categories)


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
    if found.ambiguous:
        raise DatasetError(
            _(
                "“{name}” has no arrow between categories of this collection, so it is not taken. Each of these may "
                "mean several: {names}. Write them as the collection does."
            ).format(name=name, names=", ".join(found.ambiguous[:_NAMED])[:_LONGEST_NAME])
        )
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
    return ["" if pd.isna(cell) else _tidy(str(cell)) for cell in column]


def _related(rows: Mapping[int, tuple[str, str, str]], categories: Sequence[str]) -> Relations:
    meant = _meanings(categories)
    arrows: dict[tuple[str, str], Relation] = {}
    unclear: dict[str, int] = {}  # name -> how many categories it may mean
    undated: list[tuple[int, str]] = []
    dropped = 0
    for place, (source, target, date) in rows.items():
        found = [meant(text) for text in (source, target)]
        lost = {
            text: len(names)
            for text, names in zip((source, target), found, strict=True)
            if text and len(names) != 1
        }
        unclear |= lost
        if lost:
            continue
        ends = (found[0][0] if source else "", found[1][0] if target else "")
        if not all(ends) or ends[0] == ends[1] or ends in arrows:
            dropped += 1
            continue
        arrows[ends] = Relation(source=ends[0], target=ends[1], year=parse_year(date))
        if date and arrows[ends].year is None:
            undated.append((place, date))
    return Relations(
        arrows=tuple(arrows.values()),
        unknown=tuple(name for name, n in unclear.items() if n == 0),
        ambiguous=tuple(name for name, n in unclear.items() if n > 1),
        dropped=dropped,
        undated=tuple(undated),
    )


def _meanings(names: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """Return what tells which of some names a text may mean: one, none, or several.

    Those that are written just so; if there are none, those that are but for case, accents and signs; if there are
    none, those that are but for what stands in brackets too.
    """
    by_form: list[dict[str, list[str]]] = [{} for _form in _FORMS]
    for name in names:
        for known, form in zip(by_form, _FORMS, strict=True):
            known.setdefault(form(name), []).append(name)

    def meant(text: str) -> tuple[str, ...]:
        """Return the names that a text may mean."""
        found = (known.get(form(text)) for known, form in zip(by_form, _FORMS, strict=True))
        return tuple(next(filter(None, found), ()))

    return meant


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "", letters) or re.sub(r"\s+", "", name.casefold())


def _bare(name: str) -> str:
    return _letters(re.sub(r"\([^)]*\)", " ", name)) or _letters(name)


_FORMS: Final = (_tidy, _letters, _bare)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Where categories stand on a time axis, and why.

    Attributes
    ----------
    years : mapping
        category -> year, without the categories for which none is known
    by_chart : tuple of str
        those that stand at the year of Barr's chart
    against_chart : tuple of str
        those that are a box of it, but stand at the median of their own dates, as its year is far from them
    unclear : tuple of str
        those that may be a box of it, as others may
    begins : mapping
        category -> the first year known of it: where it stands, or an earlier one of its pictures
    """

    years: Mapping[str, int]
    by_chart: tuple[str, ...] = ()
    against_chart: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    begins: Mapping[str, int] = field(default_factory=dict)

    def begins_after(self, arrow: Relation) -> int | None:
        """Return the year in which the source of an arrow begins, if the arrow is dated before it."""
        begins = self.begins.get(arrow.source)
        return begins if begins is not None and arrow.year is not None and arrow.year < begins else None


def time_axis(categories: Sequence[str], pictures: Mapping[str, Sequence[int]] | None = None) -> TimeAxis:
    """Place categories at the year of Barr's chart, else at the median of the dates of their pictures.

    The year of the chart counts for a category if it lies within the span of the category's own dates, give or take
    ``GIVE_OR_TAKE`` years, and if there are none: what bears the name of a box may be another thing of another time.

    Parameters
    ----------
    pictures : mapping, optional
        category -> the years of its pictures
    """
    own = pictures or {}
    box_of = _boxes()
    far = [
        category
        for category in categories
        if (box := box_of(category)) and _is_far(_years_of_boxes()[box], own.get(category, ()))
    ]
    placed, unclear = _placed_by_barr([category for category in categories if category not in far])
    medians = {category: round(median(own[category])) for category in categories if own.get(category)}
    years = {name: (medians | placed)[name] for name in categories if name in medians or name in placed}
    return TimeAxis(
        years=years,
        by_chart=tuple(placed),
        against_chart=tuple(far),
        unclear=unclear,
        begins={name: min([year, *own.get(name, ())]) for name, year in years.items()},
    )


def _is_far(year: int, own: Sequence[int]) -> bool:
    return bool(own) and not min(own) - GIVE_OR_TAKE <= year <= max(own) + GIVE_OR_TAKE


def _placed_by_barr(categories: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the years of Barr's chart for the categories that are a box of it, and those that only may be.

    Several categories may be the same box, as “Cubism (analytic)” and “Cubism (synthetic)”: then none of them is.
    """
    box_of, meant = _boxes(), _meanings(categories)
    boxes = {category: box for category in categories if (box := box_of(category))}
    found: dict[str, int] = {}
    for category, box in boxes.items():
        alike = meant(box) or tuple(other for other in boxes if boxes[other] == box)
        if alike == (category,):
            found[category] = _years_of_boxes()[box]
    return found, tuple(category for category in boxes if category not in found)


@cache
def _years_of_boxes() -> dict[str, int]:
    chart = barr_1936().dropna(subset=["year"])
    return {str(name): int(year) for name, year in zip(chart["name"], chart["year"], strict=True)}


@cache
def _boxes() -> Callable[[str], str]:
    """Return what tells which box of Barr's chart a category is, ``""`` for none.

    “De Stijl” and “Neoplasticism” are the box “De Stijl and Neoplasticism”.
    """
    names = list(_years_of_boxes())
    parts = {part: name for name in names for part in name.split(" and ")}
    whole, partly = _meanings(names), _meanings(parts)

    def box_of(category: str) -> str:
        """Return the name of the box."""
        found = whole(category) or tuple(parts[part] for part in partly(category))
        return found[0] if len(found) == 1 else ""

    return box_of
