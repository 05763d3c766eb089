"""Rows of a table to pictures, by file name: exact first, then tolerant, never by guessing."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from barrx import picture_formats
from barrx.i18n import _

# Names of the column that says which file a row is about, best first; compared without blanks and signs.
_KEY_NAMES = (
    *("filename", "file", "filenames", "files", "imagefile", "imagefilename", "imagename", "image", "images"),
    *("picture", "pictures", "picturefile", "photo", "img", "imgfile", "path", "filepath", "imagepath"),
    *(
        "archivo",
        "nombrearchivo",
        "nombredearchivo",
        "nombredelarchivo",
        "fichero",
        "nombrefichero",
        "imagen",
    ),
    *("dateiname", "datei", "bilddatei", "bild", "dateipfad"),
    *("fichier", "nomfichier", "nomdefichier", "nomdufichier", "media", "object", "objectid", "id"),
)
_KEY_SAMPLE = 5_000  # values looked at to find the key column


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReport:
    """Both sides of the match.

    Attributes
    ----------
    matched : int
        pictures that have a row
    rows_without_image, images_without_row : tuple of str
        keys as the table has them; filenames
    duplicate_keys : tuple of str
        keys of further rows about a picture, or a missing file, that has one; the closest fit counts, then
        the first row
    ambiguous_keys : tuple of str
        keys that fit several pictures equally well, and so were given to none; also in ``rows_without_image``
    """

    matched: int = 0
    rows_without_image: tuple[str, ...] = ()
    images_without_row: tuple[str, ...] = ()
    duplicate_keys: tuple[str, ...] = ()
    ambiguous_keys: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the report as it is published; the ambiguous keys only where there are any."""
        facts = {
            "matched": self.matched,
            "rows_without_image": list(self.rows_without_image),
            "images_without_row": list(self.images_without_row),
            "duplicate_keys": list(self.duplicate_keys),
        }
        return facts | ({"ambiguous_keys": list(self.ambiguous_keys)} if self.ambiguous_keys else {})

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "MatchReport":
        """Return what :meth:`to_json` wrote."""
        lists = ("rows_without_image", "images_without_row", "duplicate_keys", "ambiguous_keys")
        return cls(matched=facts["matched"], **{name: tuple(facts.get(name, ())) for name in lists})


def match(table: pd.DataFrame, filenames: Sequence[str]) -> tuple[pd.DataFrame, MatchReport]:
    """Bring the rows of a table into the order of pictures.

    A key fits a filename exactly; or but for case, Unicode form and kind of slash; or but for the suffix; or
    but for the folder; or but for both. The first of these that fits any picture counts. Where it fits
    several, the one that shares the most folders is taken, and none if that does not tell.

    Parameters
    ----------
    table : DataFrame
        text; the key column is found by its name, else by how many pictures its values fit
    filenames : sequence of str
        relative POSIX paths

    Returns
    -------
    (n_images, n_columns) DataFrame in the order of ``filenames``, rows missing where there is none; report
    """
    index = _Index(filenames)
    column = _key_column(table, index)
    keys = ["" if pd.isna(key) else str(key) for key in table.iloc[:, column]]
    found = _Match(index)
    found.assign(keys)
    order = [found.row_of.get(picture, -1) for picture in range(len(filenames))]
    aligned = table.reindex(order).reset_index(drop=True)
    report = MatchReport(
        matched=len(found.row_of),
        rows_without_image=tuple(dict.fromkeys(found.lost)),
        images_without_row=tuple(name for name, row in zip(filenames, order, strict=True) if row < 0),
        duplicate_keys=tuple(dict.fromkeys(found.duplicates)),
        ambiguous_keys=tuple(dict.fromkeys(found.ambiguous)),
    )
    return aligned, report


# --- names in the forms that count as the same ------------------------------------------------------------


def _folded(name: str) -> str:
    """One form for all spellings of a path: case, Unicode composition, kind of slash, ``./`` in front."""
    plain = unicodedata.normalize("NFC", name.strip()).casefold().replace("\\", "/")
    return unicodedata.normalize("NFC", re.sub(r"^(\./)+|^/+", "", re.sub(r"/+", "/", plain)))


def _without_suffix(folded: str) -> str:
    suffix = picture_formats.suffix_of(folded)
    return folded[: folded.rindex(".")] if suffix in picture_formats.SUFFIXES else folded


def _basename(folded: str) -> str:
    return folded.rpartition("/")[2]


_LEVELS: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    _folded,
    lambda name: _without_suffix(_folded(name)),
    lambda name: _basename(_folded(name)),
    lambda name: _without_suffix(_basename(_folded(name))),
)


class _Index:
    """Which pictures a key fits, level by level."""

    def __init__(self, filenames: Sequence[str]) -> None:
        self.filenames = filenames
        self.levels: list[Mapping[str, list[int]]] = []
        for level in _LEVELS:
            fits: dict[str, list[int]] = defaultdict(list)
            for number, name in enumerate(filenames):
                fits[level(name)].append(number)
            self.levels.append(dict(fits))

    def fit(self, key: str) -> tuple[int, list[int]]:
        """Return the first level at which a key fits, and the pictures it fits there."""
        for number, (level, pictures) in enumerate(zip(_LEVELS, self.levels, strict=True)):
            form = level(key)
            if form and form in pictures:
                return number, self._nearest(key, pictures[form])
        return len(_LEVELS), []

    def _nearest(self, key: str, pictures: list[int]) -> list[int]:
        if len(pictures) == 1:
            return pictures
        folders = _folders(key)
        shared = [_shared(folders, _folders(self.filenames[picture])) for picture in pictures]
        best = max(shared)
        return [p for p, count in zip(pictures, shared, strict=True) if count == best]


def _folders(name: str) -> tuple[str, ...]:
    return PurePosixPath(_folded(name)).parts[-2::-1]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


# --- rows to pictures -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Match:
    index: _Index
    row_of: dict[int, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    lost_before: set[str] = field(default_factory=set)

    def assign(self, keys: Sequence[str]) -> None:
        """Give every picture its row: the best fit first, then the first in the table."""
        fits = ((*self.index.fit(key), row) for row, key in enumerate(keys))
        for _level, row, pictures in sorted((level, row, pictures) for level, pictures, row in fits):
            self._give(row, keys[row] or _("(no name, row {n})").format(n=row + 1), pictures)

    def _give(self, row: int, key: str, pictures: list[int]) -> None:
        if len(pictures) == 1:
            if pictures[0] in self.row_of:
                self.duplicates.append(key)
            else:
                self.row_of[pictures[0]] = row
            return
        if pictures:
            self.ambiguous.append(key)
        folded = _folded(key)
        (self.duplicates if folded in self.lost_before else self.lost).append(key)
        self.lost_before.add(folded)


def _key_column(table: pd.DataFrame, index: _Index) -> int:
    """Return the place of the key column: by its name if a value of it fits, else by what fits most."""
    names = [re.sub(r"[\W_]", "", str(name).casefold()) for name in table.columns]
    named = sorted((_KEY_NAMES.index(n), i) for i, n in enumerate(names) if n in _KEY_NAMES)
    for _rank, column in named:
        if _fits(table.iloc[:, column], index):
            return column
    fits = [_fits(table.iloc[:, i], index) for i in range(len(names))]
    best = max(range(len(names)), key=lambda i: fits[i])
    return best if fits[best] or not named else named[0][1]


def _fits(column: pd.Series, index: _Index) -> int:
    return sum(bool(index.fit(key)[1]) for key in column.dropna().unique()[:_KEY_SAMPLE])
