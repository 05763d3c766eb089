"""How a collection comes in: list, try each file, match the metadata, write all of it in one step."""

import hashlib
import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pandas as pd

from barrx import cache, collection_files, iiif, images, matching, metadata, reduction, tables, thumbnails
from barrx.errors import Cancelled, DatasetError, ImageDecodeError
from barrx.i18n import SOURCE, _, ngettext, speaking
from barrx.matching import MatchReport
from barrx.picture_formats import suffix_of
from barrx.reduction import FileFacts
from barrx.report import AddReport, Quarantined
from barrx.sources import Archive, Entry, Folder, Listing, Source, in_order, shown

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
Stopped = Callable[[], bool]

_THREADS = 2
_AHEAD = 8  # pictures decoded or waiting at a time: bounds the memory whatever the size of the collection
_AT_LEAST = 480  # pixels a side from a JPEG decoded at a reduced scale: ample for the larger thumbnail


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """What is to be added.

    Attributes
    ----------
    slug : str
        name of the new collection: lowercase letters, digits, dashes
    source : str or path
        a folder, a ``.zip``, a IIIF manifest or collection (``.json`` or an address), or a ``.txt`` list of
        manifests
    metadata : path, optional
        CSV; without it, the one ``metadata.csv`` at the top of the source is taken if there is one
    title : str, optional
        for people; default: what the source calls itself, or the slug
    copy : bool
        copy the files of a folder instead of reading them where they are: for uploads that will not stay
    """

    slug: str
    source: str | Path
    metadata: Path | None = None
    title: str | None = None
    copy: bool = False


class NothingAdded(DatasetError):
    """No file of a source could be taken; ``report`` says why for each."""

    def __init__(self, message: str, report: AddReport) -> None:
        super().__init__(message)
        self.report = report


def add(
    request: AddRequest,
    progress: Progress = lambda done, total, filename: None,
    cancelled: Stopped = lambda: False,
) -> AddReport:
    """Add a collection.

    Files of a folder stay where they are and are never changed. A file that cannot be taken is put in
    quarantine, and the rest goes on. Until the end nothing is listed; an import that is cut off leaves
    nothing.

    Parameters
    ----------
    progress : callable
        called with (files tried, files in all, filename)
    cancelled : callable
        asked after every file

    Raises
    ------
    DatasetError
        if the name or the source is no good, or no picture was taken (then with a ``report``)
    Cancelled
        if ``cancelled()`` was true
    """
    collection_files.require_writable()
    collection_files.check_slug(request.slug)
    # The report is kept for the readers of all languages.
    with (
        speaking(SOURCE),
        closing(_source(request)) as source,
        collection_files.new_folder(request.slug) as folder,
    ):
        return fill(request, source, folder, progress, cancelled)


def fill(
    request: AddRequest,
    source: Source,
    folder: Path,
    progress: Progress = lambda done, total, filename: None,
    cancelled: Stopped = lambda: False,
) -> AddReport:
    """Write the files of a collection into an empty folder; see :func:`add`."""
    return _Import(request, source, folder, cancelled).run(progress)


def _source(request: AddRequest) -> Source:
    address = str(request.source)
    path = Path(request.source)
    if iiif.is_address(address):
        return iiif.Manifests(address)
    if path.is_dir():
        return Folder(path)
    if not path.exists():
        raise DatasetError(
            _("There is no “{path}”. Give a folder, a .zip, or a IIIF manifest.").format(path=shown(address))
        )
    if path.suffix.lower() in {".json", ".txt"} and path.is_file():
        return iiif.Manifests(address)
    if path.suffix.lower() == ".zip" and path.is_file():
        return Archive(path)
    raise DatasetError(
        _(
            "“{path}” is nothing a collection can be made of. Give a folder, a .zip, a IIIF manifest "
            "(.json or an address), or a .txt file with one manifest in each line."
        ).format(path=shown(address))
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A picture that was taken, and its thumbnails by side."""

    facts: FileFacts
    reduced: bool
    location: bytes
    webp: dict[int, bytes]

    def row(self, filename: str) -> dict[str, object]:
        """Return the picture's row in the table."""
        return {
            "filename": filename,
            **asdict(self.facts),
            "location": self.location,
            "reduced": self.reduced,
        }


@dataclass(slots=True)
class _Import:
    """One import into a folder that is not listed yet."""

    request: AddRequest
    source: Source
    folder: Path
    cancelled: Stopped

    def run(self, progress: Progress) -> AddReport:
        listing = self.source.look()
        table, table_name = self._table(listing)
        self._make_folders()
        rows, quarantined = self._tried(in_order(listing.entries), progress)
        quarantined = sorted([*quarantined, *listing.refused], key=lambda entry: entry.filename)
        filenames = [str(row["filename"]) for row in rows]
        aligned, matched = self._matched(table, filenames)
        report = AddReport(
            images=len(rows),
            skipped=listing.skipped,
            quarantined=tuple(quarantined),
            metadata=matched,
            metadata_file=table_name,
        )
        if not rows:
            raise NothingAdded(_nothing_taken(self.request, report), report)
        columns = metadata.columns(aligned, filenames)
        self._write(pd.DataFrame(rows), columns, report, listing.title)
        if listing.relations is not None:
            (self.folder / collection_files.RELATIONS).write_bytes(listing.relations)
        return report

    # --- metadata ---

    def _table(self, listing: Listing) -> tuple[pd.DataFrame | None, str]:
        """Return the table, and its name if it was found beside the pictures; a bad one fails at once."""
        if self.request.metadata is not None:
            return tables.read(self.request.metadata), ""
        if listing.table is not None or listing.table_file is None:
            return listing.table, ""
        name, content = listing.table_file
        return tables.read(content, name), name

    def _matched(
        self, table: pd.DataFrame | None, filenames: Sequence[str]
    ) -> tuple[pd.DataFrame, MatchReport]:
        if table is None:
            return pd.DataFrame(index=range(len(filenames))), MatchReport()
        return matching.match(table, filenames)

    # --- pictures ---

    def _make_folders(self) -> None:
        (self.folder / collection_files.REDUCED).mkdir()
        (self.folder / "incoming").mkdir()
        if self._keeps_files:
            (self.folder / collection_files.ORIGINALS).mkdir()

    @property
    def _keeps_files(self) -> bool:
        return self.source.root is None or self.request.copy

    def _tried(
        self, entries: Sequence[Entry], progress: Progress
    ) -> tuple[list[dict[str, object]], list[Quarantined]]:
        """Try each file, two at a time, and keep rows and thumbnails in the order of the entries."""
        rows, quarantined = list[dict[str, object]](), list[Quarantined]()
        progress(0, len(entries), "")
        with closing(thumbnails.Writer(self.folder / collection_files.THUMBNAILS)) as writer:
            for number, (entry, outcome) in enumerate(self._outcomes(entries), 1):
                if isinstance(outcome, _Taken):
                    writer.add(outcome.facts.sha256, outcome.webp)
                    rows.append(outcome.row(entry.filename))
                else:
                    quarantined.append(Quarantined(entry.filename, outcome.reason, outcome.detail))
                progress(number, len(entries), entry.filename)
        return rows, quarantined

    def _outcomes(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, _Taken | ImageDecodeError]]:
        left = iter(entries)
        large = threading.Lock()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="import") as pool:
            waiting: deque[tuple[Entry, Future[_Taken | ImageDecodeError]]] = deque()
            try:
                for entry in islice(left, _AHEAD):
                    waiting.append((entry, pool.submit(self._try, entry, large)))
                while waiting:
                    entry, outcome = waiting.popleft()
                    result = outcome.result()
                    if self.cancelled():
                        raise Cancelled(_("Stopped. Nothing was added."))
                    for following in islice(left, 1):
                        waiting.append((following, pool.submit(self._try, following, large)))
                    yield entry, result
            finally:
                pool.shutdown(cancel_futures=True)

    def _try(self, entry: Entry, large: threading.Lock) -> _Taken | ImageDecodeError:
        incoming = self.folder / "incoming" / hashlib.sha256(entry.location).hexdigest()
        try:
            path = self.source.fetch(entry, incoming)
            with images.open_file(path) as file:
                size = file.seek(0, 2)
            header = images.probe(path, entry.filename)
            if reduction.is_large(header, size):
                with large:  # each may need gigabytes
                    taken = self._take_large(entry, path)
            else:
                taken = self._take(entry, path)
            return self._kept(entry, taken, path)
        except ImageDecodeError as error:
            return error
        finally:
            incoming.unlink(missing_ok=True)

    def _take(self, entry: Entry, path: Path) -> _Taken:
        with images.open_file(path) as file:
            data = file.read()
        picture = images.read(data, filename=entry.filename, at_least=_AT_LEAST)
        facts = FileFacts(
            width=picture.width,
            height=picture.height,
            bytes=len(data),
            format=picture.format,
            sha256=hashlib.sha256(data).hexdigest(),
        )
        return _Taken(facts, False, entry.location, images.thumbnails(picture.rgb, thumbnails.SIDES))

    def _take_large(self, entry: Entry, path: Path) -> _Taken:
        copy = self.folder / "incoming" / f"{hashlib.sha256(entry.location).hexdigest()}.png"
        try:
            facts = reduction.reduce_apart(path, copy, self.cancelled)
            rgb = images.open_rgb(copy)
            copy.rename(self.folder / collection_files.REDUCED / f"{facts.sha256}.png")
        finally:
            copy.unlink(missing_ok=True)
        return _Taken(facts, True, entry.location, images.thumbnails(rgb, thumbnails.SIDES))

    def _kept(self, entry: Entry, taken: _Taken, path: Path) -> _Taken:
        """Put a copied or fetched file where it stays, under the hash of its content."""
        if not self._keeps_files:
            return taken
        name = taken.facts.sha256 + suffix_of(entry.filename)
        target = self.folder / collection_files.ORIGINALS / name
        if self.source.root is None:
            path.replace(target)
        else:
            shutil.copyfile(path, target)
        return replace(taken, location=name.encode())

    # --- the end ---

    def _write(self, pictures: pd.DataFrame, columns: pd.DataFrame, report: AddReport, title: str) -> None:
        folder = self.folder
        shutil.rmtree(folder / "incoming")
        pictures.to_parquet(folder / collection_files.PICTURES, index=False)
        columns.to_parquet(folder / collection_files.METADATA, index=False)
        collection_files.write_json(folder / collection_files.REPORT, report.to_json())
        root = collection_files.ORIGINALS if self._keeps_files else str(self.source.root)
        facts = {
            "format": collection_files.FORMAT,
            "slug": self.request.slug,
            "title": (self.request.title or "").strip() or title or self.request.slug,
            "source": str(self.request.source),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "fingerprint": fingerprint(pictures, columns),
            "images": report.images,
            "quarantined": len(report.quarantined),
            "cover": 0,
            "root": root,
        }
        collection_files.write_json(folder / collection_files.FACTS, facts)


def fingerprint(pictures: pd.DataFrame, columns: pd.DataFrame) -> str:
    """Return the sha256 of a collection's filenames, the content of its pictures, and its metadata."""
    values = {
        str(name): [None if missing else value for value, missing in zip(cells, cells.isna(), strict=True)]
        for name, cells in columns.items()
    }
    return cache.fingerprint(pictures["filename"].tolist(), pictures["sha256"].tolist(), values)


def _nothing_taken(request: AddRequest, report: AddReport) -> str:
    source = shown(str(request.source))
    if not report.quarantined:
        return ngettext(
            "There is no picture in “{source}”: {n} file was passed over. Nothing was added.",
            "There is no picture in “{source}”: {n} files were passed over. Nothing was added.",
            report.skipped,
        ).format(source=source, n=report.skipped)
    first = report.quarantined[0]
    return ngettext(
        "The {n} file in “{source}” could not be taken: “{filename}” ({reason}: {detail}). Nothing was added.",
        "None of the {n} files in “{source}” could be taken; the first is “{filename}” ({reason}: {detail}). "
        "Nothing was added.",
        len(report.quarantined),
    ).format(
        n=len(report.quarantined),
        source=source,
        filename=first.filename,
        reason=first.reason,
        detail=first.detail,
    )
