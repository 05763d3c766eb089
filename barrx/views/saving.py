"""How views are saved and changed: each save is a revision that stays, what is removed can be brought back."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from barrx import codec, map_picture, provenance
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.pipeline import Map
from barrx.views import contents, names, saved, sets, store, verdicts
from barrx.views.appearance import Appearance
from barrx.views.saved import Draft

_KEPT = timedelta(days=30)  # what was removed can be brought back
_CONTENT = (
    "appearance",
    "made",
    "selection",
    "arrays",
    "pictures",
    "said",
    "thumbnail",
)  # columns of a revision


def save(
    dataset: Dataset, finished: Map, seen: Appearance, draft: Draft, *, colors: Sequence[str] = ()
) -> int:
    """Save what one sees as a new view and return its id.

    Parameters
    ----------
    finished : the map on screen
    colors : (n_images,) colours as "#rrggbb" or "#rrggbbaa" for the thumbnail; grey points without

    Raises
    ------
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    large = _contents(dataset, finished, seen, colors)
    with store.writing() as connection:
        _forget_old(connection)
        id = _add_view(connection, dataset.slug, dataset.title, draft)
        _add_revision(connection, id, draft.author, _put(connection, finished, seen, large))
    return id


def picture(finished: Map, colors: Sequence[str]) -> bytes:
    """Return the thumbnail that a view of a map would have, as WebP."""
    return map_picture.thumbnail(finished.coordinates, colors)


def save_again(
    id: int,
    dataset: Dataset,
    finished: Map,
    seen: Appearance,
    *,
    author: str = "",
    colors: Sequence[str] = (),
) -> int:
    """Save what one sees in place of what a view shows; what it showed stays in its history.

    Returns
    -------
    int
        number of the revision

    Raises
    ------
    ParameterError
        if the view is one of another collection
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    author = sets.clean_name(author) if author.strip() else ""
    large = _contents(dataset, finished, seen, colors)
    with store.writing() as connection:
        listed = saved.listed_row(connection, id)
        if listed.slug != dataset.slug:
            raise ParameterError(
                _("“{name}” is a view of “{title}”. Save this one as a new view.").format(
                    name=listed.name, title=listed.title
                )
            )
        return _add_revision(connection, id, author, _put(connection, finished, seen, large))


def _contents(dataset: Dataset, finished: Map, seen: Appearance, colors: Sequence[str]) -> dict[str, bytes]:
    """Return what is large, by the columns that name it."""
    found = finished.clustering
    said = {
        "cluster_names": [[n, name] for n, name in names.cluster_names(dataset, found.labels).items()],
        "groups": [
            [group.name, [dataset.filenames[i] for i in group.indexes]] for group in sets.groups(dataset)
        ],
        "verdicts": verdicts.kept(dataset, found.labels),
    }
    arrays = {"coordinates": finished.coordinates, "labels": found.labels, "strength": found.strength}
    return {
        "selection": codec.encode(seen.selection.astype(np.int32)),
        "arrays": codec.encode(arrays),
        "pictures": codec.encode([dataset.filenames, dataset.sha256]),
        "said": codec.encode(said),
        "thumbnail": picture(finished, colors),
    }


def _put(
    connection: sqlite3.Connection, finished: Map, seen: Appearance, large: Mapping[str, bytes]
) -> dict[str, str]:
    """Keep what a revision shows, and how its map was made; return what stands in its row."""
    kept = {column: contents.put(connection, data) for column, data in large.items()}
    made = json.dumps(provenance.here(finished).to_json())
    return {"appearance": seen.to_json(), "made": made, **kept}


def _add_view(connection: sqlite3.Connection, slug: str, title: str, draft: Draft) -> int:
    now = _now()
    row = connection.execute(
        "INSERT INTO saved_view (dataset, title, name, author, note, folded, revision, created, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?) RETURNING id",
        (slug, title, draft.name, draft.author, draft.note, draft.folded, now, now),
    ).fetchone()
    return int(row[0])


def _add_revision(
    connection: sqlite3.Connection,
    id: int,
    author: str,
    content: Mapping[str, str],
    restored: int | None = None,
) -> int:
    now = _now()
    row = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM revision WHERE saved_view = ?", (id,)
    ).fetchone()
    number = int(row[0])
    columns = {
        "saved_view": id,
        "number": number,
        "author": author,
        "created": now,
        "restored": restored,
        **content,
    }
    connection.execute(
        f"INSERT INTO revision ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        tuple(columns.values()),
    )
    connection.execute("UPDATE saved_view SET revision = ?, changed = ? WHERE id = ?", (number, now, id))
    return number


# --- changing ---------------------------------------------------------------------------------------------


def describe(id: int, draft: Draft) -> None:
    """Give a view another name, author and note.

    Raises
    ------
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        found = connection.execute(
            "UPDATE saved_view SET name = ?, author = ?, note = ?, folded = ?, changed = ? "
            "WHERE id = ? AND removed IS NULL",
            (draft.name, draft.author, draft.note, draft.folded, _now(), id),
        )
        if found.rowcount != 1:
            raise saved.no_view(id)


def duplicate(id: int, name: str) -> int:
    """Make another view of what one shows now, and return its id.

    Raises
    ------
    ParameterError
        if the name is empty or too long
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        view = saved.listed_row(connection, id)
        draft = Draft(name=name, author=view.author, note=view.note)
        new = _add_view(connection, view.slug, view.title, draft)
        _add_revision(connection, new, view.author, _kept_content(connection, view, view.revision))
        return new


def restore_revision(id: int, number: int, *, author: str = "") -> int:
    """Show again what an older revision of a view showed; nothing of its history is lost.

    Returns
    -------
    int
        number of the new revision

    Raises
    ------
    ViewsError
        if there is no such view or revision, nothing may be written, or the database cannot be used
    """
    author = sets.clean_name(author) if author.strip() else ""
    with store.writing() as connection:
        content = _kept_content(connection, saved.listed_row(connection, id), number)
        return _add_revision(connection, id, author, content, restored=number)


def remove(id: int) -> None:
    """Remove a view; :func:`restore` brings it back for 30 days.

    Raises
    ------
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        found = connection.execute(
            "UPDATE saved_view SET removed = ? WHERE id = ? AND removed IS NULL", (_now(), id)
        )
        if found.rowcount != 1:
            raise saved.no_view(id)


def restore(id: int) -> None:
    """Bring back a view that was removed.

    Raises
    ------
    ViewsError
        if it is not there any more, nothing may be written, or the database cannot be used
    """
    with store.writing() as connection:
        found = connection.execute(
            "UPDATE saved_view SET removed = NULL WHERE id = ? AND removed IS NOT NULL", (id,)
        )
        if found.rowcount != 1:
            raise saved.no_view(id)


# --- rows -------------------------------------------------------------------------------------------------


def _kept_content(connection: sqlite3.Connection, view: saved.Listed, number: int) -> dict[str, str]:
    row = connection.execute(
        f"SELECT {', '.join(_CONTENT)} FROM revision WHERE saved_view = ? AND number = ?", (view.id, number)
    ).fetchone()
    if row is None:
        raise saved.no_revision(view.name, number)
    return dict(zip(_CONTENT, row, strict=True))


def _forget_old(connection: sqlite3.Connection) -> None:
    """Forget views that were removed long ago, with what only they kept."""
    before = (datetime.now(UTC) - _KEPT).isoformat(timespec="milliseconds")
    found = connection.execute("DELETE FROM saved_view WHERE removed < ?", (before,))
    if found.rowcount:
        contents.drop_unused(connection)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
