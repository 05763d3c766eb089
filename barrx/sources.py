"""Where pictures come from: a folder or a zip archive, each listed without trusting a single name in it."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import pandas as pd

from barrx import settings
from barrx.errors import DatasetError, ImageDecodeError
from barrx.i18n import _
from barrx.picture_formats import is_hidden, names_a_picture, suffix_of
from barrx.report import Quarantined

_CHUNK = 2**20
_LARGEST_ENTRY = 2 * 2**30
_LARGEST_ARCHIVE = 200 * 2**30
_RATIO, _RATIO_FROM = 200, 100 * 2**20  # a drawing on white packs 1:100; a bomb 1:1,000


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file to be tried.

    Attributes
    ----------
    filename : str
        relative POSIX path as it is shown and matched, valid UTF-8
    location : bytes
        what the source knows it by; for a folder, the relative path as the file system has it
    """

    filename: str
    location: bytes


@dataclass(slots=True, kw_only=True)
class Listing:
    """What a source holds: files to try, files passed over, files refused unseen, and a table if it has one.

    Attributes
    ----------
    table : DataFrame, optional
        metadata that comes with the source, its rows keyed by ``filename``
    table_file : tuple of (str, path or bytes), optional
        the one ``metadata.csv`` at the top
    relations : bytes, optional
        the one ``relations.csv`` at the top of an archive: arrows between categories
    title : str
        what the source calls itself, or ``""``
    """

    entries: list[Entry] = field(default_factory=list)
    skipped: int = 0
    refused: list[Quarantined] = field(default_factory=list)
    table: pd.DataFrame | None = None
    table_file: tuple[str, Path | bytes] | None = None
    relations: bytes | None = None
    title: str = ""

    def refuse(self, filename: str, detail: str, reason: str = "unsafe_path") -> None:
        """Put a file in quarantine unseen."""
        self.refused.append(Quarantined(filename, reason, detail))


class Source(Protocol):
    """A place that pictures come from.

    Attributes
    ----------
    root : Path or None
        the folder in which files stay where they are; None if they have to be fetched
    """

    root: Path | None

    def look(self) -> Listing:
        """Return what is there."""

    def fetch(self, entry: Entry, target: Path) -> Path:
        """Return the path of a file to read, which is ``target`` if it had to be written there.

        Raises
        ------
        ImageDecodeError
            if it cannot be had
        """

    def close(self) -> None:
        """Let go of what is open."""


def shown(name: str) -> str:
    r"""Return a file name as valid UTF-8: a byte that is none becomes ``\xNN``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def in_order(entries: list[Entry]) -> list[Entry]:
    """Sort entries, and number those of the same name: ``a.jpg``, ``a (2).jpg``."""
    taken: set[str] = set()
    result = []
    for entry in sorted(entries):
        suffix = suffix_of(entry.filename)
        stem = entry.filename[: len(entry.filename) - len(suffix)]
        name, n = entry.filename, 2
        while name in taken:
            name, n = f"{stem} ({n}){suffix}", n + 1
        taken.add(name)
        result.append(Entry(name, entry.location))
    return sorted(result)


# --- a folder ---------------------------------------------------------------------------------------------


class Folder:
    """A folder and all below it; files stay where they are."""

    def __init__(self, path: Path) -> None:
        try:
            self.root: Path | None = path.resolve(strict=True)
            self._top = self.root
            with os.scandir(self._top):
                pass
        except OSError as error:
            raise DatasetError(
                _("The folder “{path}” cannot be read: {error}.").format(path=path, error=error.strerror)
            ) from error

    def look(self) -> Listing:
        """Walk the folder; links are not followed out of it or round in circles."""
        listing = Listing()
        tables = []
        for path, item in self._walk(listing):
            relative = path[len(os.fspath(self._top)) :].lstrip(os.sep)
            name = shown(relative.replace(os.sep, "/"))
            if item.is_symlink() and not self._is_good_link(Path(path), name, listing):
                continue
            if item.name.casefold() == "metadata.csv" and "/" not in name:
                tables.append(Path(path))
            if is_hidden(name) or not names_a_picture(name):
                listing.skipped += 1
            else:
                listing.entries.append(Entry(name, os.fsencode(relative)))
        if len(tables) == 1 and tables[0].is_file():
            listing.table_file = (shown(tables[0].name), tables[0])
        return listing

    def fetch(self, entry: Entry, target: Path) -> Path:
        """Return where the file lies."""
        return self._top / os.fsdecode(entry.location)

    def close(self) -> None:
        """Nothing is open."""

    def _walk(self, listing: Listing) -> Iterator[tuple[str, os.DirEntry[str]]]:
        own = os.fspath(settings.current().datasets_dir)
        waiting = [os.fspath(self._top)]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as items:
                    for item in items:
                        if not item.is_dir(follow_symlinks=False):
                            yield item.path, item
                        elif item.path != own:
                            waiting.append(item.path)
            except OSError as error:
                name = shown(os.path.relpath(folder, self._top).replace(os.sep, "/"))
                listing.refuse(name, error.strerror or str(error), "unreadable")

    def _is_good_link(self, link: Path, name: str, listing: Listing) -> bool:
        """Return whether a link leads to a file inside; count or refuse it otherwise."""
        wanted = names_a_picture(name) and not is_hidden(name)
        try:
            target = link.resolve(strict=True)
        except FileNotFoundError:
            if wanted:
                listing.refuse(name, _("a link to a file that is not there"), "unreadable")
            else:
                listing.skipped += 1
            return False
        except (OSError, RuntimeError):  # a circle is a RuntimeError before Python 3.13
            if wanted:
                listing.refuse(name, _("a link that leads round in a circle"))
            else:
                listing.skipped += 1
            return False
        inside = target.is_relative_to(self._top)
        if inside and not target.is_dir():
            return True
        if inside or self._top.is_relative_to(target) or not (wanted or target.is_dir()):
            listing.skipped += 1  # what it leads to is listed where it lies, or is no picture
        else:
            listing.refuse(name, _("a link that leads out of the folder"))
        return False


# --- a zip archive ----------------------------------------------------------------------------------------


class Archive:
    """A zip archive; each entry is unpacked under a name of ours, never under its own."""

    root: Path | None = None

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError) as error:
            raise DatasetError(
                _("“{name}” cannot be read as a zip archive: {error}.").format(name=path.name, error=error)
            ) from error
        self._infos: dict[bytes, zipfile.ZipInfo] = {}
        self._unpacked = 0

    def look(self) -> Listing:
        """List the entries; none is unpacked but a ``metadata.csv`` and a ``relations.csv`` at the top."""
        listing = Listing()
        tables, arrows = [], []
        top = _common_top(self._zip.infolist())
        for info in self._zip.infolist():
            name = _entry_name(info)
            if info.is_dir() or name.endswith("/"):
                continue
            plain = "/".join(part for part in name.split("/") if part not in {"", "."})
            if plain.casefold() in {"metadata.csv", f"{top}metadata.csv".casefold()}:
                tables.append(info)
            if plain.casefold() in {"relations.csv", f"{top}relations.csv".casefold()}:
                arrows.append(info)
            if is_hidden(plain) or not names_a_picture(plain):
                listing.skipped += 1
            elif unsafe := _unsafe(name, info):
                listing.refuse(name, unsafe)
            else:
                location = b"%08d" % len(self._infos)
                self._infos[location] = info
                listing.entries.append(Entry(plain, location))
        if len(tables) == 1:
            listing.table_file = (PurePosixPath(_entry_name(tables[0])).name, self._table(tables[0]))
        if len(arrows) == 1:
            listing.relations = self._table(arrows[0])
        return listing

    def fetch(self, entry: Entry, target: Path) -> Path:
        """Unpack an entry, counting what really comes out of it."""
        info = self._infos[entry.location]
        if info.flag_bits & 1:
            raise ImageDecodeError("unreadable", _("the entry is encrypted"))
        try:
            with self._zip.open(info) as packed, target.open("wb") as unpacked:
                size = 0
                while block := packed.read(_CHUNK):
                    size += len(block)
                    self._check(size, info.compress_size)
                    unpacked.write(block)
        except EOFError as error:
            raise ImageDecodeError("truncated", _("the archive ends inside the entry")) from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
            raise ImageDecodeError("unreadable", " ".join(str(error).split())) from error
        self._unpacked += size
        return target

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def _check(self, size: int, packed: int) -> None:
        if size > _LARGEST_ENTRY or self._unpacked + size > _LARGEST_ARCHIVE:
            raise ImageDecodeError(
                "too_large",
                _("more than {n:,} bytes when unpacked").format(n=min(size, _LARGEST_ENTRY)),
            )
        if size > _RATIO_FROM and size > _RATIO * packed:
            raise ImageDecodeError("too_large", _("unpacks to more than {n} times its size").format(n=_RATIO))

    def _table(self, info: zipfile.ZipInfo) -> bytes:
        most = 64 * 2**20
        try:
            with self._zip.open(info) as packed:
                data = packed.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise DatasetError(
                _("The table “{name}” in the archive cannot be read: {error}.").format(
                    name=info.filename, error=error
                )
            ) from error
        if len(data) > most:
            raise DatasetError(
                _("The table “{name}” in the archive has more than {n:,} bytes.").format(
                    name=info.filename, n=most
                )
            )
        return data


def _entry_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name: UTF-8 where it says so or is so, else the old code page of zip archives."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return shown(name).replace("\\", "/")


def _unsafe(name: str, info: zipfile.ZipInfo) -> str | None:
    """Say why an entry may not be unpacked."""
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return _("its name is an absolute path")
    if ".." in name.split("/"):
        return _("its name leads out of the archive")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("it is a link")
    return None


def _common_top(infos: Sequence[zipfile.ZipInfo]) -> str:
    """Return the folder that everything is packed in, with a slash, or ``""``."""
    names = [_entry_name(info) for info in infos if not _unsafe(_entry_name(info), info)]
    tops = {name.partition("/")[0] for name in names if not is_hidden(name)}
    return f"{tops.pop()}/" if len(tops) == 1 else ""
