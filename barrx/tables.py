"""The tables curators export: CSV in any common encoding, with any common separator, as text."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from barrx.errors import DatasetError
from barrx.i18n import _

_SEPARATORS = (",", ";", "\t")
_SAMPLE_ROWS = 200
_LONGEST_CELL = 1_000_000
_MOST_COLUMNS = 2_000
_MOST_BYTES = 512 * 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

csv.field_size_limit(_LONGEST_CELL)  # for the whole process; the module's own default is 131,072


def read(source: Path | bytes, name: str = "", *, by_row: bool = False) -> pd.DataFrame:
    """Read a CSV file as text.

    The separator is a comma, a semicolon or a tab; the encoding UTF-8, UTF-16 with its mark, or Windows-1252
    (Latin-1 where a byte has no meaning in that). Both are found out from the content. A cell beyond the
    header's last column gets a column of its own; columns of the same name are numbered.

    Parameters
    ----------
    source : path, or the bytes of a file
    name : str
        for messages; default: the path's own name
    by_row : bool
        index the rows by where they stand in the file; the first of it is 1

    Returns
    -------
    DataFrame
        strings without blanks around them, missing where a cell is empty; rows without any content left out

    Raises
    ------
    DatasetError
        if it is no text table, or a quote is not closed
    """
    name = name or (source.name if isinstance(source, Path) else _("the table"))
    text, separator = _without_hint(_decoded(_bytes_of(source, name), name))
    separator = separator or _separator_of(text)
    places, rows = [], []
    for place, row in enumerate(_records(text, separator, name), 1):
        if any(row):
            places.append(place)
            rows.append(row)
    if not rows:
        raise DatasetError(_("“{name}” holds no table: it is empty.").format(name=name))
    width = max(map(len, rows))
    if width > _MOST_COLUMNS:
        raise DatasetError(
            _("“{name}” has {n} columns; at most {most} are read. Is it a table with a header?").format(
                name=name, n=width, most=_MOST_COLUMNS
            )
        )
    header = [*rows[0], *[""] * (width - len(rows[0]))]
    cells = [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows[1:]]
    frame = _framed(header, cells)
    return frame.set_axis(places[1:]) if by_row else frame


def _bytes_of(source: Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        size = source.stat().st_size
        if size > _MOST_BYTES:
            raise DatasetError(
                _("“{name}” has {size:,} bytes; at most {most:,} are read as metadata.").format(
                    name=name, size=size, most=_MOST_BYTES
                )
            )
        return source.read_bytes()
    except OSError as error:
        raise DatasetError(
            _("The metadata “{name}” cannot be read: {error}.").format(name=name, error=error.strerror)
        ) from error


def _decoded(data: bytes, name: str) -> str:
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DatasetError(
            _("“{name}” is a workbook, not a text table. Save it as CSV and try again.").format(name=name)
        )
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    for encoding in marked or ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DatasetError(
            _("“{name}” begins like {encoding} text, but is not. Save it as UTF-8 and try again.").format(
                name=name, encoding=marked[0].upper()
            )
        )
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DatasetError(
            _("“{name}” holds a NUL character in line {line}: it is no text table. Save it as CSV.").format(
                name=name, line=line
            )
        )
    return text


def _without_hint(text: str) -> tuple[str, str | None]:
    """Take off the line ``sep=;`` that Excel writes and reads."""
    hint = re.match(r"sep=(.)\r?\n", text)
    return (text[hint.end() :], hint[1]) if hint else (text, None)


def _separator_of(text: str) -> str:
    """Return the separator by which most rows are as wide as the header, and that at least two columns."""
    best, best_score = _SEPARATORS[0], (0.0, 0)
    for separator in _SEPARATORS:
        sample = list(_sample(text, separator))
        width = len(sample[0]) if sample else 0
        if width > 1:
            score = (sum(len(row) == width for row in sample) / len(sample), width)
            if score > best_score:
                best, best_score = separator, score
    return best


def _sample(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if row:
                yield row
            if reader.line_num > _SAMPLE_ROWS:
                return
    except csv.Error:
        return  # reading it in earnest says what is wrong, and where


def _records(text: str, separator: str, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    started, line, row = 1, 1, list[str]()
    try:
        while True:
            row, started = next(reader), line
            line = reader.line_num + 1
            yield [cell.strip() for cell in row]
    except StopIteration:
        if text.count('"') % 2 and any("\n" in cell for cell in row):
            raise DatasetError(
                _("“{name}”: the quote in line {line} is not closed. Close it, or take it out.").format(
                    name=name, line=started
                )
            ) from None
    except csv.Error as error:
        raise DatasetError(
            _("“{name}” cannot be read from line {line} on: {error}. Is a quote not closed there?").format(
                name=name, line=line, error=error
            )
        ) from error


def _framed(header: Sequence[str], cells: list[list[str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(cells, columns=range(len(header)), dtype="str")
    kept = [i for i, title in enumerate(header) if title or frame[i].notna().any()]
    frame = frame[kept]
    frame.columns = pd.Index(
        _unique([header[i] or _("column {n}").format(n=i + 1) for i in kept]), dtype="str"
    )
    return frame


def _unique(names: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, n = name, 2
        while candidate in taken:
            candidate, n = f"{name}_{n}", n + 1
        taken.add(candidate)
        result.append(candidate)
    return result
