"""The database behind the views: one SQLite file, written by any number of processes, never by halves.

A connection lives as long as one transaction. What is found damaged is set aside, not deleted: people wrote it.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock

from barrx import rights, settings
from barrx.errors import ViewsError
from barrx.i18n import _

log = logging.getLogger(__name__)

FILE = "views.sqlite3"
BUSY_SECONDS = 20.0
_DAMAGED = ".damaged-"
# A write is in the file before readers see it (the disk has to answer), and two may bear the same time.
_SETTLED_NS = 5 * 10**9

Stamp = tuple[str | int, ...]

# One script for each version of the schema, in order; PRAGMA user_version counts those that have run. A script
# that has been released is never edited: add another.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE view (
        id INTEGER PRIMARY KEY,
        dataset TEXT NOT NULL UNIQUE,  -- slug; one working view a collection
        state TEXT NOT NULL            -- another random value after each change
    );
    CREATE TABLE picture_set (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- an id is in people's links: never given twice
        view INTEGER NOT NULL REFERENCES view (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('cluster', 'group')),
        name TEXT NOT NULL,
        created TEXT NOT NULL,         -- ISO 8601, UTC
        removed TEXT                   -- kept for a while, to be brought back
    );
    CREATE UNIQUE INDEX group_name ON picture_set (view, name) WHERE kind = 'group' AND removed IS NULL;
    CREATE TABLE member (
        picture_set INTEGER NOT NULL REFERENCES picture_set (id) ON DELETE CASCADE,
        filename TEXT NOT NULL,
        PRIMARY KEY (picture_set, filename)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE content (
        name TEXT PRIMARY KEY,         -- sha256 of the data
        data BLOB NOT NULL
    );
    CREATE TABLE saved_view (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- an id is in people's links: never given twice
        dataset TEXT NOT NULL,         -- slug
        title TEXT NOT NULL,           -- of the collection, should it be removed
        name TEXT NOT NULL,
        author TEXT NOT NULL,
        note TEXT NOT NULL,
        folded TEXT NOT NULL,          -- what the search looks at
        revision INTEGER NOT NULL,     -- number of the present one
        created TEXT NOT NULL,         -- ISO 8601, UTC
        changed TEXT NOT NULL,
        removed TEXT                   -- kept for a while, to be brought back
    );
    CREATE INDEX saved_view_changed ON saved_view (changed DESC, id DESC) WHERE removed IS NULL;
    CREATE TABLE revision (
        saved_view INTEGER NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        author TEXT NOT NULL,
        created TEXT NOT NULL,
        restored INTEGER,              -- number of the one it was made from again
        appearance TEXT NOT NULL,      -- JSON
        selection TEXT NOT NULL,       -- the others are names of content
        arrays TEXT NOT NULL,
        pictures TEXT NOT NULL,
        said TEXT NOT NULL,
        thumbnail TEXT NOT NULL,
        PRIMARY KEY (saved_view, number)
    );
    """,
    """
    CREATE TABLE interpretation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- an id is in people's links: never given twice
        saved_view INTEGER NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
        title TEXT NOT NULL,
        author TEXT NOT NULL,
        text TEXT NOT NULL,            -- Markdown
        created TEXT NOT NULL,         -- ISO 8601, UTC
        changed TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('published', 'waiting')),
        client TEXT NOT NULL,          -- hash of who sent it, "" for a curator
        removed TEXT                   -- kept for a while, to be brought back
    );
    CREATE INDEX interpretation_of_view ON interpretation (saved_view) WHERE removed IS NULL;
    CREATE INDEX interpretation_sent ON interpretation (created) WHERE client <> '';
    CREATE TABLE figure (
        interpretation INTEGER NOT NULL REFERENCES interpretation (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        caption TEXT NOT NULL,
        media TEXT NOT NULL,
        query TEXT NOT NULL,           -- JSON: names and values of the address that it opens at
        data TEXT NOT NULL,            -- name of content
        PRIMARY KEY (interpretation, number)
    );
    CREATE TABLE stop (
        saved_view INTEGER NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,       -- from 0, in the order of the tour
        stop TEXT NOT NULL,            -- JSON
        PRIMARY KEY (saved_view, number)
    );
    CREATE TABLE switch (
        name TEXT PRIMARY KEY,
        is_on INTEGER NOT NULL
    );
    """,
    """
    CREATE TABLE verdict (
        id INTEGER PRIMARY KEY,
        view INTEGER NOT NULL REFERENCES view (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('cluster', 'picture')),
        opinion TEXT NOT NULL CHECK (opinion IN ('agree', 'disagree', 'unsure')),
        note TEXT NOT NULL,
        created TEXT NOT NULL          -- ISO 8601, UTC
    );
    CREATE TABLE verdict_member (
        verdict INTEGER NOT NULL REFERENCES verdict (id) ON DELETE CASCADE,
        filename TEXT NOT NULL,
        PRIMARY KEY (verdict, filename)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE revision ADD COLUMN made TEXT NOT NULL DEFAULT '';  -- JSON; '': saved before it was kept
    """,
)


def path() -> Path:
    """Return where the database is."""
    return settings.current().home / FILE


def is_writable() -> bool:
    """Tell whether names and groups may be changed here."""
    return rights.may_write()


@contextmanager
def writing() -> Iterator[sqlite3.Connection]:
    """Open a transaction that writes: all of it happens, or nothing.

    Raises
    ------
    ViewsError
        where nothing may be written, and if the database cannot be used
    """
    if not is_writable():
        raise ViewsError(rights.refusal())
    with _connected(writable=True) as connection, _transaction(connection):
        yield connection


@contextmanager
def contributing() -> Iterator[sqlite3.Connection]:
    """Open a transaction for what a visitor contributes: also where nothing else may be written.

    Only :func:`barrx.views.interpretations.contribute` may use it, where a curator has switched that on.

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    with _connected(writable=True) as connection, _transaction(connection):
        yield connection


@contextmanager
def reading() -> Iterator[sqlite3.Connection | None]:
    """Open the database to read from one state of it; None if nobody has written anything yet.

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    if not path().exists():
        yield None
        return
    with _connected(writable=not settings.current().read_only) as connection:
        if _version(connection) == 0:
            yield None
            return
        connection.execute("BEGIN")
        yield connection


def stamp() -> Stamp:
    """Return a value that is another one after anything was written, by whatever process, without opening the database.

    While the last write is so young that readers may not see it yet, no stamp is given twice.
    """
    now, found = time.time_ns(), list[int]()
    for suffix in ("", "-wal"):
        try:
            known = Path(f"{path()}{suffix}").stat()
        except OSError:
            found += [0, 0]
            continue
        # An empty log comes and goes with each reader.
        found += [known.st_mtime_ns, known.st_size] if known.st_size else [0, 0]
    is_fresh = now - max(found[0], found[2]) < _SETTLED_NS
    return (str(path()), *found, now if is_fresh else 0)


def set_aside() -> list[Path]:
    """Return the damaged databases that were set aside, oldest first."""
    return sorted(
        p for p in path().parent.glob(f"{FILE}{_DAMAGED}*") if not p.name.endswith(("-wal", "-shm"))
    )


# --- opening ----------------------------------------------------------------------------------------------


@contextmanager
def _connected(*, writable: bool) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_open(writable=writable)) as connection:
            yield connection
    except sqlite3.IntegrityError:
        raise
    except sqlite3.OperationalError as error:
        raise _unusable(error) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(error) from error
    except OSError as error:
        raise _unusable(error) from error


def _open(*, writable: bool) -> sqlite3.Connection:
    if not writable:
        return _open_read_only()
    path().parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path(), timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if _version(connection) != len(MIGRATIONS):
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_read_only() -> sqlite3.Connection:
    address = path().as_uri()
    try:
        connection = sqlite3.connect(
            f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
        version = _version(connection)
    except sqlite3.OperationalError:
        # In a folder that nobody may write to SQLite cannot make the index of its log, and there is no log.
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
        version = _version(connection)
    if version not in (0, len(MIGRATIONS)):
        connection.close()
        raise _other_version(version)
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date; of several processes that start together one does it."""
    connection.execute("PRAGMA journal_mode = WAL")
    with _transaction(connection):
        version = _version(connection)
        if version > len(MIGRATIONS):
            raise _other_version(version)
        for script in MIGRATIONS[version:]:
            # Not executescript: it would end the transaction.
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE: a transaction that reads first and then wants to write could not wait for another writer.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


# --- what goes wrong --------------------------------------------------------------------------------------


def _other_version(version: int) -> ViewsError:
    if version > len(MIGRATIONS):
        return ViewsError(
            _("{path} was written by a newer Barr X (version {version} of the file). Update Barr X.").format(
                path=path(), version=version
            )
        )
    return ViewsError(
        _(
            "{path} was written by an older Barr X. Start once without BARRX_READ_ONLY to bring it up to date."
        ).format(path=path())
    )


def _unusable(error: Exception) -> ViewsError:
    return ViewsError(
        _(
            "The names and groups in {path} cannot be used: {error}. "
            "Free some space, or set BARRX_HOME to a folder you may write to."
        ).format(path=path(), error=error)
    )


def _damaged(error: Exception) -> ViewsError:
    """Set a damaged database aside, so that the next transaction starts a fresh one."""
    if settings.current().read_only:
        return _unusable(error)
    aside = path().with_name(f"{FILE}{_DAMAGED}{time.strftime('%Y%m%d-%H%M%S')}")
    with FileLock(f"{path()}.lock"):
        if _is_whole():  # another process has set it aside already
            return ViewsError(_("The names and groups were damaged and have been started anew. Try again."))
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{path()}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")
    log.warning("%s is damaged (%s); set aside as %s", path(), error, aside)
    return ViewsError(
        _(
            "The names and groups in {path} are damaged ({error}). The file is kept as {aside}; "
            "put back a copy of yours, or go on with none."
        ).format(path=path(), error=error, aside=aside.name)
    )


def _is_whole() -> bool:
    try:
        with closing(sqlite3.connect(path(), timeout=BUSY_SECONDS)) as connection:
            return str(connection.execute("PRAGMA quick_check").fetchone()[0]) == "ok"
    except sqlite3.DatabaseError:
        return False
