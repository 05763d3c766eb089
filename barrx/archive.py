"""Originals and their rows as one ZIP, written piece by piece: no size of selection fills memory or disk."""

import hashlib
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import PurePosixPath
from typing import IO, Final

import pandas as pd

from barrx import export, images
from barrx.datasets import Dataset
from barrx.errors import DatasetError, ImageDecodeError
from barrx.i18n import _

FOLDER: Final = "images"
TABLE: Final = "table.csv"
NOTES: Final = "notes.txt"

_PIECE = 2**20
_IN_MEMORY = 16 * 2**20
_LONGEST_PART = 120  # characters: with the folder it was unpacked in, Windows takes 260 in all
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def size(dataset: Dataset, indexes: Sequence[int]) -> int:
    """Return the size of the originals of pictures, in bytes."""
    return int(dataset.pictures["bytes"].iloc[list(indexes)].sum())


def pieces(dataset: Dataset, table: pd.DataFrame, indexes: Sequence[int]) -> Iterator[bytes]:
    """Pack pictures into a ZIP, and give it piece by piece.

    An original that is missing, or is not the one that was added, is named in ``notes.txt``, and the others go on.

    Parameters
    ----------
    table : (n_images, n_columns) DataFrame
        what :func:`barrx.export.table` gives for the map
    indexes : pictures, in the order of the archive

    Yields
    ------
    bytes
        one after the other they are the archive: ``images/`` with the files, ``table.csv``, and ``notes.txt``
        if there is something to say
    """
    names = safe_names([dataset.filenames[i] for i in indexes])
    notes = [_renamed(dataset.filenames[i], name) for i, name in zip(indexes, names, strict=True)]
    with closing(_Window()) as window, zipfile.ZipFile(window, "w") as packed:
        for i, name in zip(indexes, names, strict=True):
            try:
                _pack(packed, dataset, i, f"{FOLDER}/{name}")
            except (DatasetError, ImageDecodeError, OSError) as error:
                detail = error.detail if isinstance(error, ImageDecodeError) else error
                notes.append(
                    _("Not in this archive: {name} ({reason})").format(
                        name=dataset.filenames[i], reason=detail
                    )
                )
            yield from window.taken()
        csv = export.to_csv(table.iloc[list(indexes)])
        packed.writestr(TABLE, csv.encode("utf-8-sig"), zipfile.ZIP_DEFLATED)
        said = [note for note in notes if note]
        if said:
            packed.writestr(NOTES, "\n".join([*said, ""]).encode("utf-8"), zipfile.ZIP_DEFLATED)
        packed.close()
        yield from window.taken()


def _pack(packed: zipfile.ZipFile, dataset: Dataset, index: int, name: str) -> None:
    with images.open_file(dataset.path(index)) as file:
        # Read twice: what is in the archive cannot be taken out again.
        if _digest(file) != dataset.sha256[index]:
            raise DatasetError(_("it has changed since it was added"))
        file.seek(0)
        with packed.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while piece := file.read(_PIECE):
                target.write(piece)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _renamed(filename: str, name: str) -> str:
    if filename == name:
        return ""
    return _("{name} is here as {other}").format(name=filename, other=f"{FOLDER}/{name}")


class _Window:
    """A file one can write, and go back in as far as what has not been taken from it: zipfile needs no more.

    It goes back once an entry, to write the size and the checksum before it; an archive that has them only after
    the entry cannot be opened by everything.
    """

    def __init__(self) -> None:
        self._held = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        self._taken = 0

    def tell(self) -> int:
        return self._taken + self._held.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or offset < self._taken:
            raise io.UnsupportedOperation(f"seek {offset} from {whence}, {self._taken} taken")
        return self._taken + self._held.seek(offset - self._taken)

    def write(self, data: bytes) -> int:
        return self._held.write(data)

    def flush(self) -> None:
        self._held.flush()

    def close(self) -> None:
        self._held.close()

    def taken(self) -> Iterator[bytes]:
        """Give what has been written since the last time, and forget it."""
        self._held.seek(0)
        while piece := self._held.read(_PIECE):
            self._taken += len(piece)
            yield piece
        self._held.seek(0)
        self._held.truncate()


# --- names ------------------------------------------------------------------------------------------------


def safe_names(filenames: Iterable[str]) -> list[str]:
    """Return filenames that every system can unpack inside of one folder, each another one.

    A filename that is safe already stays as it is.
    """
    found: list[str] = []
    taken: set[str] = set()
    for filename in filenames:
        parts = [_safe_part(part) for part in filename.split("/") if part not in ("", ".", "..")]
        name = candidate = "/".join(parts) or "_"
        n = 2
        while _compared(candidate) in taken:
            path = PurePosixPath(name)
            candidate = str(path.with_name(f"{path.stem} ({n}){path.suffix}"))
            n += 1
        taken.add(_compared(candidate))
        found.append(candidate)
    return found


def _compared(name: str) -> str:
    # Windows and macOS take names that differ by case, or in how accents are written, as one.
    return unicodedata.normalize("NFC", name).casefold()


def _safe_part(part: str) -> str:
    kept = "".join("_" if unicodedata.category(c) in ("Cc", "Cs") else c for c in part)
    kept = _NOT_IN_NAMES.sub("_", kept)
    if len(kept) > _LONGEST_PART:
        stem, dot, suffix = kept.rpartition(".")
        suffix = dot + suffix if stem and len(suffix) <= 5 else ""
        kept = kept[: _LONGEST_PART - len(suffix)] + suffix
    kept = kept.rstrip(" .") or "_"
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept
