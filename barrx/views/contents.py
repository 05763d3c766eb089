"""What is large in a saved view: arrays, filenames and thumbnails, each kept once however many views share it."""

import hashlib
import sqlite3
from typing import Any, Final

from barrx import codec
from barrx.errors import CacheError, ViewsError
from barrx.i18n import _

_REFERRING: Final = (
    *(("revision", column) for column in ("selection", "arrays", "pictures", "said", "thumbnail")),
    ("figure", "data"),
)


def put(connection: sqlite3.Connection, data: bytes) -> str:
    """Keep bytes and return the name they are found under."""
    name = hashlib.sha256(data).hexdigest()
    connection.execute("INSERT OR IGNORE INTO content (name, data) VALUES (?, ?)", (name, data))
    return name


def get(connection: sqlite3.Connection, name: str) -> bytes:
    """Return bytes that are kept.

    Raises
    ------
    ViewsError
        if they are not there
    """
    row = connection.execute("SELECT data FROM content WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise ViewsError(_("A part of the view is missing. Open an older state of it, or another view."))
    return bytes(row[0])


def get_value(connection: sqlite3.Connection, name: str) -> Any:
    """Return a value that is kept.

    Raises
    ------
    ViewsError
        if it is not there, or damaged
    """
    try:
        return codec.decode(get(connection, name))
    except CacheError as error:
        raise ViewsError(
            _("A part of the view is damaged. Open an older state of it, or another view.")
        ) from error


def drop_unused(connection: sqlite3.Connection) -> None:
    """Forget what no row refers to any more."""
    used = " UNION ".join(f"SELECT {column} FROM {table}" for table, column in _REFERRING)
    connection.execute(f"DELETE FROM content WHERE name NOT IN ({used})")
