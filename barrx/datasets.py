"""What a collection is: its pictures, in a stable order, and what the curators say about them."""

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from barrx import collection_files, images, settings
from barrx.collection_files import DEMO_SLUG, slugify
from barrx.errors import DatasetError, ImageDecodeError
from barrx.i18n import _
from barrx.importing import AddRequest, NothingAdded, add
from barrx.report import AddReport, Quarantined
from barrx.sources import shown
from barrx.thumbnails import Reader, Side

__all__ = [
    "DEMO_SLUG",
    "AddReport",
    "AddRequest",
    "Dataset",
    "NothingAdded",
    "Quarantined",
    "Summary",
    "add",
    "list_slugs",
    "load",
    "remove",
    "server_folder",
    "slugify",
    "summaries",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A collection at a glance; ``cover`` is the place of the picture that stands for it."""

    slug: str
    title: str
    images: int
    quarantined: int
    cover: int
    source: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A collection, read from disk; it does not change, and is shared: do not write into its tables.

    Attributes
    ----------
    slug, title, source, created : str
        its name; its name for people; where it came from; when, in ISO 8601
    fingerprint : str
        sha256 of the filenames, the content of the pictures, and the metadata
    filenames, sha256 : list of str, (n_images,)
        relative POSIX paths, sorted: the dataset order; and the hashes of the files' content
    pictures : (n_images, 8) DataFrame
        filename, sha256, width, height, bytes, format, location, reduced
    metadata : (n_images, n_columns) DataFrame
        the curators' columns, ``folder`` and ``year``, in dataset order
    report : AddReport
        what its import found
    """

    slug: str
    title: str
    source: str
    created: str
    fingerprint: str
    filenames: list[str]
    sha256: list[str]
    pictures: pd.DataFrame
    metadata: pd.DataFrame
    report: AddReport
    folder: Path
    root: Path
    reader: Reader

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """Files that should be pictures and could not be taken."""
        return self.report.quarantined

    def path(self, index: int) -> Path:
        """Return where the original file of a picture lies."""
        location: bytes = self.pictures["location"].tolist()[index]
        return self.root / os.fsdecode(location)

    def read_bytes(self, index: int) -> bytes:
        """Return the bytes of a picture to decode: the file's, or of a very large one the reduced copy's.

        Raises
        ------
        DatasetError
            if the file is missing, or is not the one that was added
        """
        if self.pictures["reduced"].iat[index]:
            return self._read(self._reduced(index), index)
        data = self._read(self.path(index), index, self.pictures["bytes"].tolist()[index])
        if hashlib.sha256(data).hexdigest() != self.sha256[index]:
            raise self._changed(index)
        return data

    def thumbnail(self, index: int, side: Side = 320) -> bytes:
        """Return the thumbnail of a picture as WebP; ``side`` is the longest one, in pixels."""
        return self.thumbnails([index], side)[0]

    def thumbnails(self, indexes: Sequence[int], side: Side = 96) -> list[bytes]:
        """Return the thumbnails of pictures as WebP, in the order asked for; safe in threads.

        Raises
        ------
        DatasetError
            if the thumbnails cannot be read
        """
        return self.reader.read([self.sha256[index] for index in indexes], side)

    def _reduced(self, index: int) -> Path:
        return self.folder / collection_files.REDUCED / f"{self.sha256[index]}.png"

    def _read(self, path: Path, index: int, size: int | None = None) -> bytes:
        try:
            with images.open_file(path) as file:
                if size is not None and file.seek(0, os.SEEK_END) != size:
                    raise self._changed(index)
                file.seek(0)
                return file.read()
        except (ImageDecodeError, OSError) as error:
            detail = error.detail if isinstance(error, ImageDecodeError) else error
            raise DatasetError(
                _(
                    "“{filename}” of “{slug}” cannot be read any more: {detail}. "
                    "Put it back, or remove the collection and add it again."
                ).format(filename=self.filenames[index], slug=self.slug, detail=detail)
            ) from error

    def _changed(self, index: int) -> DatasetError:
        return DatasetError(
            _(
                "“{filename}” of “{slug}” has changed since it was added. "
                "Put the old file back, or remove the collection and add it again."
            ).format(filename=self.filenames[index], slug=self.slug)
        )


def list_slugs() -> list[str]:
    """Return the names of the collections: the demo first, then by the alphabet."""
    return collection_files.slugs()


def summaries() -> list[Summary]:
    """Return every collection at a glance; one whose files are damaged is left out, and logged."""
    found = []
    for slug in list_slugs():
        try:
            facts = _facts(collection_files.folder_of(slug))
        except DatasetError as error:
            log.warning("%s", error)
            continue
        found.append(
            Summary(
                slug=slug,
                title=shown(facts["title"]),
                images=facts["images"],
                quarantined=facts["quarantined"],
                cover=facts["cover"],
                source=shown(facts["source"]),
                created=facts["created"],
            )
        )
    return found


def load(slug: str) -> Dataset:
    """Return a collection.

    Raises
    ------
    DatasetError
        if there is none of that name, or its files are damaged
    """
    if slug not in list_slugs():
        raise DatasetError(
            _("There is no collection “{slug}”. There are: {slugs}.").format(
                slug=slug, slugs=", ".join(list_slugs()) or _("none")
            )
        )
    folder = collection_files.folder_of(slug)
    stamp = (folder / collection_files.FACTS).stat()
    return _read(slug, folder, (stamp.st_mtime_ns, stamp.st_ino))


def remove(slug: str) -> None:
    """Remove a collection; original files that it only refers to stay where they are.

    Raises
    ------
    DatasetError
        for the demo, for an unknown name, and where collections may not be changed
    """
    collection_files.require_writable()
    if slug == DEMO_SLUG:
        raise DatasetError(_("The demo is part of Barr X and cannot be removed."))
    if slug not in list_slugs():
        load(slug)  # says what there is
    collection_files.remove(slug)


def server_folder(text: str) -> Path:
    """Return a folder of this machine that a browser user may import from.

    Raises
    ------
    DatasetError
        if it is no folder, or lies outside ``BARRX_DATA_ROOTS``, also by way of a link
    """
    roots = settings.current().data_roots
    try:
        folder = Path(text.strip()).expanduser().resolve()
        allowed = any(folder.is_relative_to(root) for root in roots) and folder.is_dir()
    except (OSError, ValueError, RuntimeError):  # a name too long, a NUL, a circle of links
        allowed = False
    if not allowed:
        raise DatasetError(
            _("“{folder}” is no folder inside {roots} (BARRX_DATA_ROOTS).").format(
                folder=shown(text.strip()),
                roots=", ".join(map(str, roots)) or _("an allowed place: none is set"),
            )
        )
    return folder


# --- reading ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _read(slug: str, folder: Path, stamp: tuple[int, int]) -> Dataset:
    """Read a collection once for each state of its folder."""
    facts = _facts(folder)
    try:
        pictures = pd.read_parquet(folder / collection_files.PICTURES)
        metadata = pd.read_parquet(folder / collection_files.METADATA)
        report = AddReport.from_json(json.loads((folder / collection_files.REPORT).read_bytes()))
        if not len(metadata.columns):
            metadata = pd.DataFrame(index=pictures.index)
        if not len(pictures) == len(metadata) == facts["images"]:
            raise ValueError(f"{facts['images']} images, {len(pictures)} pictures, {len(metadata)} rows")
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise _damaged(folder, error) from error
    return Dataset(
        slug=slug,
        title=shown(facts["title"]),
        source=shown(facts["source"]),
        created=facts["created"],
        fingerprint=facts["fingerprint"],
        filenames=pictures["filename"].tolist(),
        sha256=pictures["sha256"].tolist(),
        pictures=pictures,
        metadata=metadata,
        report=report,
        folder=folder,
        root=folder / facts["root"],
        reader=Reader(folder / collection_files.THUMBNAILS),
    )


def _facts(folder: Path) -> dict[str, Any]:
    wanted = {"format", "title", "source", "created", "fingerprint", "images", "quarantined", "cover", "root"}
    try:
        facts = json.loads((folder / collection_files.FACTS).read_bytes())
        if not isinstance(facts, dict) or not wanted <= facts.keys():
            raise ValueError(_("its description lacks something"))
        if facts["format"] != collection_files.FORMAT:
            raise ValueError(_("it was made by another version of Barr X"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, error) from error
    return facts


def _damaged(folder: Path, error: Exception) -> DatasetError:
    return DatasetError(
        _("The collection in “{folder}” cannot be read: {error}. Remove it and add it again.").format(
            folder=folder, error=error
        )
    )
