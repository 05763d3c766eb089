"""Interpretations: texts about a saved view, with figures taken from it; those of visitors wait for a curator."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from barrx.errors import ParameterError, ViewsError
from barrx.i18n import _, ngettext
from barrx.views import contents, saved, sets, store

Status = Literal["published", "waiting"]
MAX_TEXT: Final = 40_000  # characters
MAX_CONTRIBUTION: Final = 4_000
MAX_FIGURES: Final = 20
PER_HOUR: Final = 3  # contributions of one visitor
MAX_WAITING: Final = 200  # of all visitors: a curator can read no more
_KEPT = timedelta(days=30)  # what was removed can be brought back
_CONTRIBUTIONS = "contributions"
_COLUMNS = "i.id, i.saved_view, i.title, i.author, i.text, i.created, i.changed, i.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody writes: hostile text, to be rendered by :mod:`barrx.markdown` and escaped elsewhere.

    Raises
    ------
    ParameterError
        if the title or the text is empty, or something is too long
    """

    title: str
    text: str
    author: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", sets.clean_name(self.title))
        object.__setattr__(self, "author", sets.clean_name(self.author) if self.author.strip() else "")
        text = self.text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "ignore").decode().strip()
        if not text:
            raise ParameterError(_("The text is empty. Write one."))
        check_length(text, MAX_TEXT)
        object.__setattr__(self, "text", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of an interpretation.

    Attributes
    ----------
    caption : str
    media : str
        ``image/webp`` or ``image/svg+xml``
    data : bytes
    query : mapping of name -> values
        of the address that shows this very place
    """

    caption: str
    media: str
    data: bytes
    query: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """A text about a saved view; the figures are numbered from 1, gaps are possible."""

    id: int
    view: int
    words: Words
    created: str
    changed: str
    status: Status
    figures: Mapping[int, Figure]


def check_length(text: str, bound: int) -> None:
    """Raise a ParameterError if a text is longer than ``bound`` characters."""
    if len(text) > bound:
        raise ParameterError(
            _("A text may have {bound:,} characters, this one has {n:,}. Shorten it.").format(
                bound=bound, n=len(text)
            )
        )


# --- reading ----------------------------------------------------------------------------------------------


def listed(
    *,
    view: int | None = None,
    slug: str | None = None,
    status: Status = "published",
    limit: int = -1,
    offset: int = 0,
) -> list[Interpretation]:
    """Return interpretations of a view, of a collection, or all, the latest first, each with its figures.

    Parameters
    ----------
    limit : at most so many; -1: all
    offset : so many of the latest are passed over

    Raises
    ------
    ViewsError
        if the database cannot be used, or a figure is damaged
    """
    with store.reading() as connection:
        if connection is None:
            return []
        source, values = _source(view, slug, status)
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM {source} ORDER BY i.created DESC, i.id DESC LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
        return [_read(connection, row) for row in rows]


def count(*, view: int | None = None, slug: str | None = None, status: Status = "published") -> int:
    """Return how many interpretations :func:`listed` finds.

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    with store.reading() as connection:
        if connection is None:
            return 0
        source, values = _source(view, slug, status)
        return int(connection.execute(f"SELECT count(*) FROM {source}", values).fetchone()[0])


def _source(view: int | None, slug: str | None, status: Status) -> tuple[str, list[str]]:
    """Return tables and conditions of a query, and the values in them."""
    where, values = ["i.removed IS NULL", "v.removed IS NULL", "i.status = ?"], [str(status)]
    for column, value in (("i.saved_view", view), ("v.dataset", slug)):
        if value is not None:
            where.append(f"{column} = ?")
            values.append(str(value))
    return f"interpretation i JOIN saved_view v ON v.id = i.saved_view WHERE {' AND '.join(where)}", values


def load(id: int) -> Interpretation:
    """Return an interpretation.

    Raises
    ------
    ViewsError
        if there is none, or the database cannot be used
    """
    with store.reading() as connection:
        query = f"SELECT {_COLUMNS} FROM interpretation i WHERE i.id = ? AND i.removed IS NULL"
        row = None if connection is None else connection.execute(query, (id,)).fetchone()
        if connection is None or row is None:
            raise _none(id)
        return _read(connection, row)


def is_open() -> bool:
    """Tell whether visitors may contribute."""
    with store.reading() as connection:
        return connection is not None and _is_open(connection)


# --- what curators write ----------------------------------------------------------------------------------


def add(view: int, words: Words, figures: Mapping[int, Figure]) -> int:
    """Publish a text about a saved view and return its id.

    Raises
    ------
    ParameterError
        if there are too many figures
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        saved.listed_row(connection, view)
        before = (datetime.now(UTC) - _KEPT).isoformat(timespec="milliseconds")
        connection.execute("DELETE FROM interpretation WHERE removed < ?", (before,))
        id = _insert(connection, view, words, "published", "")
        _set_figures(connection, id, figures)
        return id


def change(id: int, words: Words, figures: Mapping[int, Figure]) -> None:
    """Replace a text and its figures.

    Raises
    ------
    ParameterError
        if there are too many figures
    ViewsError
        if there is none, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        _update(
            connection,
            "title = ?, author = ?, text = ?, changed = ?",
            (words.title, words.author, words.text, _now()),
            id,
        )
        _set_figures(connection, id, figures)
        contents.drop_unused(connection)


def accept(id: int) -> None:
    """Publish what a visitor has contributed.

    Raises
    ------
    ViewsError
        if it is not there, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        _update(connection, "status = 'published'", (), id)


def remove(id: int) -> None:
    """Remove an interpretation; :func:`restore` brings it back.

    Raises
    ------
    ViewsError
        if it is not there, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        _update(connection, "removed = ?", (_now(),), id)


def restore(id: int) -> None:
    """Bring back an interpretation that was removed.

    Raises
    ------
    ViewsError
        if it is not there, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        query = "UPDATE interpretation SET removed = NULL WHERE id = ? AND removed IS NOT NULL"
        if connection.execute(query, (id,)).rowcount != 1:
            raise _none(id)


def let_contribute(is_on: bool) -> None:
    """Let visitors contribute, or no more.

    Raises
    ------
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO switch VALUES (?, ?)", (_CONTRIBUTIONS, is_on))


# --- what visitors send -----------------------------------------------------------------------------------


def contribute(view: int, words: Words, *, client: str) -> int:
    """Take a text of a visitor, to be held back until a curator accepts it; return its id.

    Parameters
    ----------
    client : what tells this visitor from others, not empty; a hash, not an address

    Raises
    ------
    ParameterError
        if the text is too long, or the visitor has sent too many
    ViewsError
        if contributions are not switched on, there is no such view, or the database cannot be used
    """
    check_length(words.text, MAX_CONTRIBUTION)
    if not is_open():
        raise ViewsError(_("Contributions are not switched on here."))
    with store.contributing() as connection:
        if not _is_open(connection):
            raise ViewsError(_("Contributions are not switched on here."))
        saved.listed_row(connection, view)
        _check_rate(connection, client)
        return _insert(connection, view, words, "waiting", client)


def _check_rate(connection: sqlite3.Connection, client: str) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="milliseconds")
    # What was removed meanwhile counts too.
    sent = "SELECT count(*) FROM interpretation WHERE client = ? AND created > ?"
    if connection.execute(sent, (client, since)).fetchone()[0] >= PER_HOUR:
        raise ParameterError(
            ngettext(
                "You can send {n} text an hour. Come back later.",
                "You can send {n} texts an hour. Come back later.",
                PER_HOUR,
            ).format(n=PER_HOUR)
        )
    waiting = "SELECT count(*) FROM interpretation WHERE status = 'waiting' AND removed IS NULL"
    if connection.execute(waiting).fetchone()[0] >= MAX_WAITING:
        raise ParameterError(_("Too many texts are waiting to be read. Come back later."))


# --- rows -------------------------------------------------------------------------------------------------


def _is_open(connection: sqlite3.Connection) -> bool:
    row = connection.execute("SELECT is_on FROM switch WHERE name = ?", (_CONTRIBUTIONS,)).fetchone()
    return row is not None and bool(row[0])


def _insert(connection: sqlite3.Connection, view: int, words: Words, status: Status, client: str) -> int:
    now = _now()
    row = connection.execute(
        "INSERT INTO interpretation (saved_view, title, author, text, created, changed, status, client) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (view, words.title, words.author, words.text, now, now, status, client),
    ).fetchone()
    return int(row[0])


def _set_figures(connection: sqlite3.Connection, id: int, figures: Mapping[int, Figure]) -> None:
    if len(figures) > MAX_FIGURES:
        raise ParameterError(
            _("A text may have {bound} figures, this one has {n}. Leave some out.").format(
                bound=MAX_FIGURES, n=len(figures)
            )
        )
    connection.execute("DELETE FROM figure WHERE interpretation = ?", (id,))
    connection.executemany(
        "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                id,
                number,
                figure.caption,
                figure.media,
                json.dumps({name: list(values) for name, values in figure.query.items()}),
                contents.put(connection, figure.data),
            )
            for number, figure in figures.items()
        ],
    )


def _read(connection: sqlite3.Connection, row: Sequence[object]) -> Interpretation:
    id, view, title, author, text, created, changed, status = row
    found = connection.execute(
        "SELECT number, caption, media, query, data FROM figure WHERE interpretation = ? ORDER BY number",
        (id,),
    ).fetchall()
    figures = {
        int(number): Figure(
            caption=caption, media=media, query=json.loads(query), data=contents.get(connection, data)
        )
        for number, caption, media, query, data in found
    }
    return Interpretation(
        id=int(str(id)),
        view=int(str(view)),
        words=Words(title=str(title), author=str(author), text=str(text)),
        created=str(created),
        changed=str(changed),
        status="published" if status == "published" else "waiting",
        figures=figures,
    )


def _update(connection: sqlite3.Connection, changes: str, values: Sequence[str], id: int) -> None:
    found = connection.execute(
        f"UPDATE interpretation SET {changes} WHERE id = ? AND removed IS NULL", (*values, id)
    )
    if found.rowcount != 1:
        raise _none(id)


def _none(id: int) -> ViewsError:
    return ViewsError(_("There is no interpretation {id}: somebody has removed it.").format(id=id))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
