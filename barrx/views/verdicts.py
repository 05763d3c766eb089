"""What a curator says to a cluster or a picture: agree, disagree or unsure, with a note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.views import names, sets, store

Opinion = Literal["agree", "disagree", "unsure"]
Kept = Sequence[Mapping[str, Any]]
Said = tuple[str, str]  # an opinion and its note
OPINIONS: Final[tuple[Opinion, ...]] = get_args(Opinion)
MAX_NOTE: Final = 2000  # characters

_Kind = Literal["cluster", "picture"]


def opinion_names() -> dict[Opinion, str]:
    """Return what the three verdicts are called."""
    return {"agree": _("agree"), "disagree": _("disagree"), "unsure": _("unsure")}


def in_words(said: Said | None) -> str:
    """Return a verdict on one line, in the reader's language; its note is hostile text."""
    if said is None:
        return _("no verdict")
    opinion, note = said
    name = {str(each): name for each, name in opinion_names().items()}.get(opinion, opinion)
    return f"{name}: {note}" if note else name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """What was said to some pictures.

    Attributes
    ----------
    id : int
    opinion : {"agree", "disagree", "unsure"}
    note : str
        as it was typed, "" for none: to be escaped
    indexes : (k,) int64, ascending
        those of its pictures that are in the collection now, in dataset order
    created : str
        ISO 8601, UTC
    """

    id: int
    opinion: Opinion
    note: str
    indexes: NDArray[np.int64]
    created: str


def of_clusters(dataset: Dataset, labels: NDArray[np.integer]) -> dict[int, Verdict]:
    """Return the verdicts on the clusters of a setting, found again by their pictures as names are.

    Parameters
    ----------
    labels : (n_images,) int, -1 is noise

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    found = _of_kind(dataset, "cluster")
    return {label: found[i] for i, label in names.matched(found, np.asarray(labels)).items()}


def of_pictures(dataset: Dataset) -> dict[int, Verdict]:
    """Return the verdicts on single pictures, by their index.

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    return {int(one.indexes[0]): one for one in _of_kind(dataset, "picture") if len(one.indexes)}


def on_cluster(
    dataset: Dataset, members: Sequence[int] | NDArray[np.integer], opinion: Opinion | None, note: str = ""
) -> None:
    """Say something to a cluster, in place of what was said before; None takes the verdict back.

    Parameters
    ----------
    members : (k,) int, the pictures of the cluster

    Raises
    ------
    ParameterError
        if the opinion is none of the three, the note is too long, or there is no picture
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    present = np.full(len(dataset.filenames), -1)
    present[np.asarray(members, np.int64)] = 0
    old = [_of_kind(dataset, "cluster")[i].id for i in names.matched(_of_kind(dataset, "cluster"), present)]
    _replace(dataset, "cluster", old, sets.filenames_of(dataset, members), opinion, note)


def on_picture(dataset: Dataset, index: int, opinion: Opinion | None, note: str = "") -> None:
    """Say something to a picture, in place of what was said before; None takes the verdict back.

    Raises
    ------
    ParameterError
        if the opinion is none of the three, the note is too long, or there is no such picture
    ViewsError
        if nothing may be written, or the database cannot be used
    """
    filenames = sets.filenames_of(dataset, [index])
    old = [one.id for one in _of_kind(dataset, "picture") if index in one.indexes]
    _replace(dataset, "picture", old, filenames, opinion, note)


def kept(dataset: Dataset, labels: NDArray[np.integer]) -> list[dict[str, Any]]:
    """Return all verdicts as they are kept with a view and exported with it.

    Parameters
    ----------
    labels : (n_images,) int, -1 is noise

    Returns
    -------
    list of dict
        ``opinion``, ``note``, ``created``, and what it was said to: ``cluster`` (a number) or ``filename``

    Raises
    ------
    ViewsError
        if the database cannot be used
    """
    said: list[tuple[dict[str, Any], Verdict]] = [
        ({"cluster": n}, one) for n, one in of_clusters(dataset, labels).items()
    ]
    said += [({"filename": dataset.filenames[index]}, one) for index, one in of_pictures(dataset).items()]
    return [
        {**about, "opinion": one.opinion, "note": one.note, "created": one.created} for about, one in said
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """What was said to a cluster (a number) or a picture (a filename), and what is said now; None for nothing."""

    about: int | str
    before: Said | None
    now: Said | None


def changes(before: Kept, now: Kept) -> list[Change]:
    """Return where opinions or notes differ, those on clusters first.

    Parameters
    ----------
    before, now : what :func:`kept` returns, of the same labels
    """
    old, new = _by_what_they_are_about(before), _by_what_they_are_about(now)
    keys = sorted(old.keys() | new.keys(), key=lambda about: (isinstance(about, str), about))
    found = [Change(about, old.get(about), new.get(about)) for about in keys]
    return [one for one in found if one.before != one.now]


def _by_what_they_are_about(verdicts: Kept) -> dict[int | str, Said]:
    return {one.get("cluster", one.get("filename")): (one["opinion"], one["note"]) for one in verdicts}


def columns(filenames: Sequence[str], labels: NDArray[np.integer], verdicts: Kept) -> pd.DataFrame:
    """Return verdicts as columns of a table, one row a picture; no columns if there is no verdict.

    Parameters
    ----------
    filenames, labels : (n_images,)
    verdicts : what :func:`kept` returns

    Returns
    -------
    (n_images, 4 or 0) DataFrame
        ``verdict`` and ``verdict_note`` on the picture, ``cluster_verdict`` and ``cluster_verdict_note`` on its
        cluster; "" where there is none
    """
    if not verdicts:
        return pd.DataFrame(index=range(len(labels)))
    on_own = _columns("", "filename", filenames, verdicts)
    return on_own.join(_columns("cluster_", "cluster", labels.tolist(), verdicts))


def columns_of_clusters(numbers: Sequence[int], verdicts: Kept) -> pd.DataFrame:
    """Return ``verdict`` and ``verdict_note`` of clusters, one row a number; no columns if there is no verdict."""
    if not any("cluster" in one for one in verdicts):
        return pd.DataFrame(index=range(len(numbers)))
    return _columns("", "cluster", numbers, verdicts)


def _columns(prefix: str, kind: str, keys: Sequence[Any], verdicts: Kept) -> pd.DataFrame:
    said = {one[kind]: one for one in verdicts if kind in one}
    return pd.DataFrame(
        {
            f"{prefix}verdict": [said[key]["opinion"] if key in said else "" for key in keys],
            f"{prefix}verdict_note": [said[key]["note"] if key in said else "" for key in keys],
        }
    )


def _replace(
    dataset: Dataset, kind: _Kind, old: list[int], filenames: list[str], opinion: Opinion | None, note: str
) -> None:
    if opinion is not None and opinion not in OPINIONS:
        raise ParameterError(
            _("A verdict is one of {names}, not “{given}”.").format(names=", ".join(OPINIONS), given=opinion)
        )
    cleaned = sets.one_line(note)
    if len(cleaned) > MAX_NOTE:
        raise ParameterError(
            _("A note may have {bound} characters, this one has {n}. Shorten it.").format(
                bound=MAX_NOTE, n=len(cleaned)
            )
        )
    with store.writing() as connection:
        view = sets.view_id(connection, dataset.slug)
        connection.executemany("DELETE FROM verdict WHERE id = ?", [(id,) for id in old])
        if opinion is None:
            return
        row = connection.execute(
            "INSERT INTO verdict (view, kind, opinion, note, created) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (view, kind, opinion, cleaned, sets.now()),
        ).fetchone()
        connection.executemany(
            "INSERT INTO verdict_member (verdict, filename) VALUES (?, ?)",
            ((row[0], name) for name in filenames),
        )


def _of_kind(dataset: Dataset, kind: _Kind) -> tuple[Verdict, ...]:
    present = sets.state(dataset)
    return _read(store.path(), present, dataset, kind) if present else ()


@lru_cache(maxsize=16)
def _read(path: Path, state: str, dataset: Dataset, kind: _Kind) -> tuple[Verdict, ...]:
    with store.reading() as connection:
        if connection is None:
            return ()
        rows = connection.execute(
            "SELECT d.id, d.opinion, d.note, d.created FROM verdict d JOIN view v ON v.id = d.view "
            "WHERE v.dataset = ? AND d.kind = ? ORDER BY d.id",
            (dataset.slug, kind),
        ).fetchall()
        members = {
            row[0]: [
                name
                for (name,) in connection.execute(
                    "SELECT filename FROM verdict_member WHERE verdict = ?", (row[0],)
                )
            ]
            for row in rows
        }
    return tuple(
        Verdict(id=id, opinion=opinion, note=note, indexes=sets.places(dataset, members[id]), created=created)
        for id, opinion, note, created in rows
    )
