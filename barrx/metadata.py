"""What a collection's table becomes: columns with types, the folder, the year."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import pandas as pd

from barrx.dates import parse_year

# Columns that say when a thing was made, best first; compared without blanks and signs.
_DATE_NAMES = (
    *(
        "date",
        "year",
        "dates",
        "dated",
        "dating",
        "datecreated",
        "creationdate",
        "dateofcreation",
        "datemade",
    ),
    *("productiondate", "objectdate", "yearcreated", "created", "datetext", "displaydate", "period"),
    *("fecha", "año", "ano", "fechas", "datación", "datacion", "fechadecreación", "fechadecreacion", "época"),
    *("datum", "jahr", "datierung", "entstehungsjahr", "entstehungszeit", "entstehungsdatum"),
    *("datedecréation", "datedecreation", "année", "annee", "datation", "anno", "data", "datazione"),
)
_NUMBER = re.compile(r"-?(?:[0-9]+|[0-9]*\.[0-9]+)")
_NEVER_NUMBERS = re.compile(
    r"(?:^|[\W_])(?:id|inv|inventory|accession|identifier|barcode|isbn|signatur|shelfmark)"
)
_EXACT_DIGITS = 15


def columns(table: pd.DataFrame, filenames: Sequence[str]) -> pd.DataFrame:
    """Give a table its types, and add the ``folder`` and the ``year`` of each picture.

    Parameters
    ----------
    table : (n_images, n_columns) DataFrame
        text, in the order of ``filenames``
    filenames : sequence of str
        relative POSIX paths

    Returns
    -------
    (n_images, n) DataFrame
        the curators' columns, numeric where every value is a number and none loses a digit by it; ``folder``
        if any picture lies in one (a column of that name becomes ``folder_metadata``); ``year`` if there are
        dates (a column of that name that is no plain year becomes ``year_text``)
    """
    typed = pd.DataFrame({name: _typed(table[name]) for name in table.columns}, index=table.index)
    dated = _with_year(typed)
    folders = [_folder(name) for name in filenames]
    if not any(folders):
        return dated
    renamed = _renamed(dated, "folder", "folder_metadata")
    return renamed.assign(folder=pd.Series([f or None for f in folders], dtype="str", index=renamed.index))


def _folder(filename: str) -> str:
    parent = str(PurePosixPath(filename).parent)
    return "" if parent == "." else parent


def _renamed(table: pd.DataFrame, name: str, other: str) -> pd.DataFrame:
    if name not in table.columns:
        return table
    while other in table.columns:
        other += "_"
    return table.rename(columns={name: other})


# --- numbers ----------------------------------------------------------------------------------------------


def _typed(column: pd.Series) -> pd.Series:
    values = column.dropna()
    if values.empty or is_identifier(str(column.name)) or not values.map(_is_number).all():
        return column
    if values.map(lambda text: "." not in text).all():
        return pd.to_numeric(column, errors="coerce").astype("Int64")
    decimals = {len(text.partition(".")[2]) for text in values}
    if len(decimals) > 1 and any(text.endswith("0") for text in values if "." in text):
        return column  # 1907.1 and 1907.10 are one number, and two inventory numbers
    return pd.to_numeric(column, errors="coerce").astype("float64")


def is_identifier(column: str) -> bool:
    """Tell whether a column, by its name, holds what names things: its numbers are no sizes."""
    return _NEVER_NUMBERS.search(column.casefold()) is not None


def _is_number(text: str) -> bool:
    """Return whether nothing of a text is lost when it is kept as a number."""
    digits = re.sub(r"\D", "", text)
    has_leading_zero = re.match(r"-?0[0-9]", text) is not None
    return _NUMBER.fullmatch(text) is not None and not has_leading_zero and len(digits) <= _EXACT_DIGITS


# --- years ------------------------------------------------------------------------------------------------


def _with_year(table: pd.DataFrame) -> pd.DataFrame:
    if "year" in table.columns and _is_plain_year(table["year"]):
        return table.assign(year=table["year"].astype("Int64"))
    years = _years(table)
    if years is None:
        return table
    return _renamed(table, "year", "year_text").assign(year=years)


def _is_plain_year(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return False
    values = column.dropna()
    return bool((values == values.round()).all() and values.abs().max() <= 10_000)


def _years(table: pd.DataFrame) -> pd.Series | None:
    """Return the years of the first date column that holds any."""
    ranks = {re.sub(r"[\W_]", "", str(name).casefold()): name for name in reversed(table.columns)}
    candidates = ["year"] if "year" in table.columns else []
    candidates += [ranks[name] for name in _DATE_NAMES if name in ranks]
    for name in candidates:
        known = {text: parse_year(text) for text in table[name].dropna().unique()}
        if any(year is not None for year in known.values()):
            years = [None if pd.isna(text) else known[text] for text in table[name]]
            return pd.Series(years, dtype="Int64", index=table.index)
    return None
