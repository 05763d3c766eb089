"""A collection's thumbnails: WebP in one SQLite file, by the hash of the picture and the longest side."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from barrx.errors import DatasetError
from barrx.i18n import _

Side = Literal[96, 320]
SIDES: tuple[Side, ...] = (96, 320)
_AT_ONCE = 500  # SQLite takes a limited number of values in a query


class Writer:
    """Fills a new thumbnail file; closing it makes what was added last."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA page_size = 8192")
        self._connection.execute(
            "CREATE TABLE thumbnails (sha256 TEXT, side INTEGER, webp BLOB, PRIMARY KEY (sha256, side))"
        )

    def add(self, sha256: str, webp: Mapping[int, bytes]) -> None:
        """Keep the thumbnails of a picture: longest side -> WebP."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO thumbnails VALUES (?, ?, ?)",
            [(sha256, side, data) for side, data in webp.items()],
        )

    def close(self) -> None:
        """Write everything out."""
        self._connection.commit()
        self._connection.close()


class Reader:
    """Reads thumbnails; threads may share one. The file is never written again, so it is never locked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self, sha256: Sequence[str], side: Side) -> list[bytes]:
        """Return the WebP bytes of pictures, in their order.

        Raises
        ------
        DatasetError
            if the file is missing or damaged, or does not hold one of them
        """
        found: dict[str, bytes] = {}
        try:
            with self._lock:
                for start in range(0, len(sha256), _AT_ONCE):
                    found |= self._some(sha256[start : start + _AT_ONCE], side)
            return [found[sha] for sha in sha256]
        except (sqlite3.Error, KeyError) as error:
            raise DatasetError(
                _(
                    "The thumbnails in “{path}” cannot be read: {error}. "
                    "Remove the collection and add it again."
                ).format(path=self._path, error=error)
            ) from error

    def _some(self, sha256: Sequence[str], side: Side) -> dict[str, bytes]:
        marks = ",".join("?" * len(sha256))
        query = f"SELECT sha256, webp FROM thumbnails WHERE side = ? AND sha256 IN ({marks})"
        return dict(self._opened().execute(query, (side, *sha256)).fetchall())

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            address = f"file:{quote(str(self._path.absolute()))}?immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        return self._connection
