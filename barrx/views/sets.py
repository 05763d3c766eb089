"""Named sets of pictures: groups that people made, and what they called a cluster."""

import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.errors import ParameterError, ViewsError
from barrx.i18n import _
from barrx.views import store

Kind = Literal["cluster", "group"]
MAX_NAME: Final = 200  # characters
_KEPT = timedelta(days=30)  # what was removed can be brought back
# Control characters, half characters, and marks that turn the direction of the text after them.
_NEVER_IN_NAMES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Pictures under a name.

    Attributes
    ----------
    id : int
        given once and never again
    name : str
        as it was typed: to be escaped
    indexes : (k,) int64, ascending
        those of its pictures that are in the collection now, in dataset order
    n_missing : int
        its pictures that are not in the collection any more
    created : str
        ISO 8601, UTC
    """

    id: int
    name: str
    indexes: NDArray[np.int64]
    n_missing: int
    created: str


# --- groups -----------------------------------------------------------------------------------------------


def groups(dataset: Dataset) -> list[Group]:
    """Return the groups of a collection, the oldest first.

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    return list(of_kind(dataset, "group"))


def add_group(dataset: Dataset, name: str, indexes: Sequence[int] | NDArray[np.integer]) -> int:
    """Keep pictures as a group and return its id.

    Parameters
    ----------
    indexes : (k,) int, pictures of the collection, one at least

    Raises
    ------
    ParameterError
        if the name is empty, too long or taken, or there is no picture
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    cleaned, filenames = clean_name(name), filenames_of(dataset, indexes)
    try:
        with store.writing() as connection:
            return add(connection, view_id(connection, dataset.slug), "group", cleaned, filenames)
    except sqlite3.IntegrityError as error:
        raise _taken(cleaned) from error


def rename_group(dataset: Dataset, id: int, name: str) -> None:
    """Give a group another name.

    Raises
    ------
    ParameterError
        if the name is empty, too long or taken
    ViewsError
        if there is no such group, nothing may be written, or the database cannot be used
    """
    cleaned = clean_name(name)
    try:
        _update(dataset, id, "name = ?", cleaned, is_removed=False)
    except sqlite3.IntegrityError as error:
        raise _taken(cleaned) from error


def remove_group(dataset: Dataset, id: int) -> None:
    """Remove a group; :func:`restore_group` brings it back.

    Raises
    ------
    ViewsError
        if there is no such group, nothing may be written, or the database cannot be used
    """
    _update(dataset, id, "removed = ?", now(), is_removed=False)


def restore_group(dataset: Dataset, id: int) -> None:
    """Bring back a group that was removed.

    Raises
    ------
    ParameterError
        if another group has its name by now
    ViewsError
        if there is no such group, nothing may be written, or the database cannot be used
    """
    try:
        _update(dataset, id, "removed = ?", None, is_removed=True)
    except sqlite3.IntegrityError as error:
        raise ParameterError(_("Another group has its name by now. Rename that one first.")) from error


def _update(dataset: Dataset, id: int, change: str, value: str | None, *, is_removed: bool) -> None:
    with store.writing() as connection:
        view = view_id(connection, dataset.slug)
        found = connection.execute(
            f"UPDATE picture_set SET {change} WHERE id = ? AND view = ? AND kind = 'group' "
            f"AND removed IS {'NOT NULL' if is_removed else 'NULL'}",
            (value, id, view),
        )
        if found.rowcount != 1:
            raise ViewsError(_("The group is not there any more: somebody has removed it."))


def _taken(name: str) -> ParameterError:
    return ParameterError(_("There is a group “{name}” already. Choose another name.").format(name=name))


# --- what both kinds are made of --------------------------------------------------------------------------


def state(dataset: Dataset) -> str:
    """Return another text after each change of what is kept about a collection; "" if there is nothing."""
    with store.reading() as connection:
        if connection is None:
            return ""
        row = connection.execute("SELECT state FROM view WHERE dataset = ?", (dataset.slug,)).fetchone()
        return str(row[0]) if row else ""


def of_kind(dataset: Dataset, kind: Kind) -> tuple[Group, ...]:
    """Return the sets of one kind, the oldest first; read once for each state of them."""
    present = state(dataset)
    return _read(store.path(), present, dataset, kind) if present else ()


@lru_cache(maxsize=16)
def _read(path: Path, state: str, dataset: Dataset, kind: Kind) -> tuple[Group, ...]:
    with store.reading() as connection:
        if connection is None:
            return ()
        chosen = "SELECT s.id, s.name, s.created FROM picture_set s JOIN view v ON v.id = s.view "
        chosen += "WHERE v.dataset = ? AND s.kind = ? AND s.removed IS NULL ORDER BY s.id"
        rows = connection.execute(chosen, (dataset.slug, kind)).fetchall()
        members = {
            id: [
                name
                for (name,) in connection.execute("SELECT filename FROM member WHERE picture_set = ?", (id,))
            ]
            for id, _name, _created in rows
        }
    return tuple(_group(dataset, id, name, created, members[id]) for id, name, created in rows)


def _group(dataset: Dataset, id: int, name: str, created: str, filenames: list[str]) -> Group:
    indexes = places(dataset, filenames)
    n_missing = len(filenames) - len(indexes)
    return Group(id=id, name=name, indexes=indexes, n_missing=n_missing, created=created)


def places(dataset: Dataset, filenames: Iterable[str]) -> NDArray[np.int64]:
    """Return where pictures are in a collection, ascending; those that are not there any more are left out."""
    place = _place_of(dataset)
    indexes = np.array(sorted(place[f] for f in filenames if f in place), np.int64)
    indexes.setflags(write=False)
    return indexes


@lru_cache(maxsize=4)
def _place_of(dataset: Dataset) -> dict[str, int]:
    return {filename: i for i, filename in enumerate(dataset.filenames)}


def view_id(connection: sqlite3.Connection, slug: str) -> int:
    """Return the working view of a collection, made if it is the first time, and mark it as changed."""
    row = connection.execute(
        "INSERT INTO view (dataset, state) VALUES (?, lower(hex(randomblob(8)))) "
        "ON CONFLICT (dataset) DO UPDATE SET state = excluded.state RETURNING id",
        (slug,),
    ).fetchone()
    return int(row[0])


def add(connection: sqlite3.Connection, view: int, kind: Kind, name: str, filenames: Iterable[str]) -> int:
    """Write a set of pictures and return its id; forget what was removed long ago."""
    before = (datetime.now(UTC) - _KEPT).isoformat(timespec="seconds")
    connection.execute("DELETE FROM picture_set WHERE removed < ?", (before,))
    row = connection.execute(
        "INSERT INTO picture_set (view, kind, name, created) VALUES (?, ?, ?, ?) RETURNING id",
        (view, kind, name, now()),
    ).fetchone()
    connection.executemany(
        "INSERT INTO member (picture_set, filename) VALUES (?, ?)", ((row[0], name) for name in filenames)
    )
    return int(row[0])


def filenames_of(dataset: Dataset, indexes: Sequence[int] | NDArray[np.integer]) -> list[str]:
    """Return the filenames of pictures, each once.

    Raises
    ------
    ParameterError
        if there is none, or one is not of the collection
    """
    chosen, n = np.unique(np.asarray(indexes, np.int64)), len(dataset.filenames)
    if not len(chosen):
        raise ParameterError(_("There are no images to keep: choose one at least."))
    if chosen[0] < 0 or chosen[-1] >= n:
        raise ParameterError(
            _("The collection has {n} images; there is no number {index}.").format(
                n=n, index=int(chosen[0] if chosen[0] < 0 else chosen[-1])
            )
        )
    return [dataset.filenames[i] for i in chosen]


def clean_name(name: str) -> str:
    """Return a name on one line without control characters.

    Raises
    ------
    ParameterError
        if nothing is left of it, or it is longer than ``MAX_NAME`` characters
    """
    cleaned = one_line(name)
    if not cleaned:
        raise ParameterError(_("The name is empty. Type one."))
    if len(cleaned) > MAX_NAME:
        raise ParameterError(
            _("A name may have {bound} characters, this one has {n}. Shorten it.").format(
                bound=MAX_NAME, n=len(cleaned)
            )
        )
    return cleaned


def one_line(text: str) -> str:
    """Return text on one line without control characters, and without marks that turn what comes after it."""
    spaced = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    kept = (c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs") and c not in _NEVER_IN_NAMES)
    return " ".join("".join(kept).split())


def now() -> str:
    """Return the time as it is kept: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
