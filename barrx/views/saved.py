"""Saved views: what somebody saw, kept with its map, under a name.

A list reads no more than the names; arrays and thumbnails lie apart, each kept once (:mod:`barrx.views.contents`).
How views are saved and changed is in :mod:`barrx.views.saving`.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from barrx import facets
from barrx.errors import ParameterError, ViewsError
from barrx.i18n import _
from barrx.provenance import Provenance
from barrx.views import contents, references, sets, store
from barrx.views.appearance import Appearance

MAX_NOTE: Final = 4000  # characters
_COLUMNS = "id, dataset, title, name, author, note, revision, created, changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What people write about a view: all of it hostile text, to be escaped where it is shown.

    Raises
    ------
    ParameterError
        if the name is empty, or something is too long
    """

    name: str
    author: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", sets.clean_name(self.name))
        object.__setattr__(self, "author", sets.clean_name(self.author) if self.author.strip() else "")
        note = self.note.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "ignore").decode().strip()
        if len(note) > MAX_NOTE:
            raise ParameterError(
                _("A note may have {bound} characters, this one has {n}. Shorten it.").format(
                    bound=MAX_NOTE, n=len(note)
                )
            )
        object.__setattr__(self, "note", note)

    @property
    def folded(self) -> str:
        """What the search looks at."""
        return facets.folded(f"{self.name}\n{self.author}\n{self.note}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A saved view in a list; ``revision`` is the number of the present one, the dates are ISO 8601, UTC."""

    id: int
    slug: str
    title: str
    name: str
    author: str
    note: str
    revision: int
    created: str
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One save of a view; ``restored`` is the number of the one it brought back."""

    number: int
    author: str
    created: str
    restored: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What people said about the collection when a view was saved.

    Attributes
    ----------
    cluster_names : cluster number of the view's map -> name
    groups : name -> filenames
    verdicts : dicts of opinion, note, created, and what it was said to: ``cluster`` (a number) or ``filename``
    """

    cluster_names: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    verdicts: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SavedView:
    """A saved view, opened.

    Attributes
    ----------
    listed : Listed
        its name, author and note
    number : int
        the revision that this is
    seen : Appearance
        to be restored; its fingerprint is that of the collection when the view was saved
    filenames : list of str, (n_images,)
    sha256 : list of str, (n_images,)
        of the pictures' files when the view was saved
    coordinates : (n_images, 2) float32
    labels : (n_images,) int32, -1 is noise
    strength : (n_images,) float32
    said : Said
    made : Provenance or None
        where and with what the map was made; None for a view that was saved before that was kept
    """

    listed: Listed
    number: int
    seen: Appearance
    filenames: list[str]
    sha256: list[str]
    coordinates: NDArray[np.float32]
    labels: NDArray[np.int32]
    strength: NDArray[np.float32]
    said: Said
    made: Provenance | None = None


# --- reading ----------------------------------------------------------------------------------------------


def listed(
    slug: str | None = None,
    search: str = "",
    *,
    limit: int = 50,
    offset: int = 0,
    only_with_tour: bool = False,
) -> list[Listed]:
    """Return saved views, those that were changed last first.

    Parameters
    ----------
    slug : of one collection; None for all
    search : words that must all be in the name, the author or the note
    """
    with store.reading() as connection:
        if connection is None:
            return []
        where, values = condition(slug, search, only_with_tour=only_with_tour)
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM saved_view WHERE {where} ORDER BY changed DESC, id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_row(row) for row in rows]


def count(slug: str | None = None, search: str = "", *, only_with_tour: bool = False) -> int:
    """Return how many saved views :func:`listed` would give without a limit."""
    with store.reading() as connection:
        if connection is None:
            return 0
        where, values = condition(slug, search, only_with_tour=only_with_tour)
        return int(connection.execute(f"SELECT count(*) FROM saved_view WHERE {where}", values).fetchone()[0])


def thumbnails(ids: Sequence[int]) -> dict[int, bytes]:
    """Return the thumbnails of some views as WebP, by their ids."""
    with store.reading() as connection:
        if connection is None:
            return {}
        marks = ", ".join("?" * len(ids))
        rows = connection.execute(
            "SELECT v.id, c.data FROM saved_view v JOIN revision r ON r.saved_view = v.id AND r.number = v.revision "
            f"JOIN content c ON c.name = r.thumbnail WHERE v.id IN ({marks})",
            tuple(ids),
        )
        return {int(id): bytes(data) for id, data in rows}


def load(id: int, number: int | None = None) -> SavedView:
    """Return a saved view with everything that was kept of it.

    Parameters
    ----------
    number : of a revision; None for the present one

    Raises
    ------
    ViewsError
        if there is no such view or revision, it is damaged, or the database cannot be used
    """
    with store.reading() as connection:
        if connection is None:
            raise no_view(id)
        view = listed_row(connection, id)
        wanted = view.revision if number is None else number
        row = connection.execute(
            "SELECT appearance, made, selection, arrays, pictures, said FROM revision "
            "WHERE saved_view = ? AND number = ?",
            (id, wanted),
        ).fetchone()
        if row is None:
            raise no_revision(view.name, wanted)
        appearance, made, *parts = row
        selection, arrays, pictures, said = (contents.get_value(connection, part) for part in parts)
    return SavedView(
        listed=view,
        number=wanted,
        seen=Appearance.from_json(appearance, selection.astype(np.int64)),
        filenames=pictures[0],
        sha256=pictures[1],
        **arrays,
        said=Said(
            cluster_names=dict(said["cluster_names"]),
            groups=dict(said["groups"]),
            verdicts=said["verdicts"],
        ),
        made=_made(made),
    )


def _made(text: str) -> Provenance | None:
    """Read how a map was made; nobody knows it where it was not kept, or not in a way that is understood here."""
    try:
        return Provenance.from_json(json.loads(text)) if text else None
    except (ValueError, KeyError, TypeError):
        return None


def referred(text: str) -> Listed:
    """Return the view that an address means.

    Raises
    ------
    ViewsError
        if there is none, the number is that of another one here, or the database cannot be used
    """
    view = get(references.number(text))
    if not references.means(text, view):
        raise ViewsError(
            _(
                "The saved view {id} is another one here than this link means: the link is of another server, or "
                "of before the views were started anew. Ask for a new one."
            ).format(id=view.id)
        )
    return view


def history(id: int) -> list[Revision]:
    """Return the revisions of a view, the latest first.

    Raises
    ------
    ViewsError
        if there is no such view, or the database cannot be used
    """
    with store.reading() as connection:
        if connection is None:
            raise no_view(id)
        listed_row(connection, id)
        rows = connection.execute(
            "SELECT number, author, created, restored FROM revision WHERE saved_view = ? ORDER BY number DESC",
            (id,),
        )
        return [Revision(number=n, author=a, created=c, restored=r) for n, a, c, r in rows]


def get(id: int) -> Listed:
    """Return a view as it stands in a list.

    Raises
    ------
    ViewsError
        if there is no such view, or the database cannot be used
    """
    with store.reading() as connection:
        if connection is None:
            raise no_view(id)
        return listed_row(connection, id)


# --- rows -------------------------------------------------------------------------------------------------


def condition(slug: str | None, search: str, *, only_with_tour: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the condition of a list in SQL, and the values of its marks."""
    where, values = ["removed IS NULL"], []
    if only_with_tour:
        where.append("id IN (SELECT saved_view FROM stop)")
    if slug is not None:
        where.append("dataset = ?")
        values.append(slug)
    for word in facets.folded(search).split():
        where.append("instr(folded, ?) > 0")
        values.append(word)
    return " AND ".join(where), tuple(values)


def _row(row: Sequence[Any]) -> Listed:
    id, slug, title, name, author, note, revision, created, changed = row
    return Listed(
        id=id,
        slug=slug,
        title=title,
        name=name,
        author=author,
        note=note,
        revision=revision,
        created=created,
        changed=changed,
    )


def listed_row(connection: sqlite3.Connection, id: int) -> Listed:
    """Return a view as it stands in a list; raise a ViewsError if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM saved_view WHERE id = ? AND removed IS NULL", (id,)
    ).fetchone()
    if row is None:
        raise no_view(id)
    return _row(row)


def no_view(id: int) -> ViewsError:
    """Return what is said about a view that is not there."""
    return ViewsError(
        _("There is no saved view {id}: it was removed, or saved on another server.").format(id=id)
    )


def no_revision(name: str, number: int) -> ViewsError:
    """Return what is said about a revision that is not there."""
    return ViewsError(
        _("“{name}” has no revision {number}. Choose one of its history.").format(name=name, number=number)
    )
