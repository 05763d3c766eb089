"""Maps and embeddings as files other programs read."""

import csv
import json
import math
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from barrx.datasets import Dataset
from barrx.embedding import Embedding
from barrx.errors import BarrxError, ParameterError
from barrx.i18n import _
from barrx.pipeline import Map
from barrx.views import verdicts

OWN_COLUMNS = ("filename", "x", "y", "label", "strength")
# The wide ones are what an East Asian keyboard types: a spreadsheet there takes them as the narrow ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# A spreadsheet of another country separates by one of these, and heeds no quotes that do not stand at its own start.
_SEPARATORS = re.compile(r"([;\t\n])")
_NOT_YET = re.compile(r'[\s"]*')  # what may stand before a formula


def check_suffix(path: Path, allowed: Sequence[str]) -> None:
    """Raise a ParameterError before any work is done if the output is of no known kind."""
    if path.suffix.lower() not in allowed:
        raise ParameterError(
            _("The output must end in {endings}, got “{name}”.").format(
                endings=_(" or ").join(allowed), name=path.name
            )
        )
    if not path.parent.is_dir():
        raise ParameterError(
            _("The folder “{folder}” does not exist. Make it first, or choose another output.").format(
                folder=path.parent
            )
        )


def table(dataset: Dataset, finished: Map) -> pd.DataFrame:
    """Return a map as a table: one row a picture, in dataset order.

    Returns
    -------
    DataFrame
        ``filename``, ``x``, ``y``, ``label``, ``strength``, then the metadata columns; a metadata column
        of one of those names gets the suffix ``_metadata``
    """
    own = pd.DataFrame(
        {
            "filename": dataset.filenames,
            # float64 text holds a float32 exactly: whoever reads it back gets the same points
            "x": finished.coordinates[:, 0].astype(np.float64),
            "y": finished.coordinates[:, 1].astype(np.float64),
            "label": finished.clustering.labels,
            "strength": finished.clustering.strength.astype(np.float64),
        }
    )
    return pd.concat([own, renamed(dataset.metadata)], axis=1)


def with_verdicts(
    frame: pd.DataFrame, dataset: Dataset, finished: Map, kept: verdicts.Kept | None = None
) -> pd.DataFrame:
    """Add what curators said to pictures and clusters, if they did: see :func:`barrx.views.verdicts.columns`.

    Parameters
    ----------
    kept : the verdicts kept with a view; None for those of now

    Raises
    ------
    ViewsError
        if the verdicts cannot be read
    """
    labels = finished.clustering.labels
    said = verdicts.columns(
        dataset.filenames, labels, verdicts.kept(dataset, labels) if kept is None else kept
    )
    taken = set(map(str, frame.columns))
    names = {name: name if name not in taken else f"{name}_of_curator" for name in said.columns}
    return pd.concat([frame, said.rename(columns=names)], axis=1)


def renamed(metadata: pd.DataFrame) -> pd.DataFrame:
    """Give metadata columns that have the name of an own column the suffix ``_metadata``."""
    taken = set(OWN_COLUMNS) | {str(name) for name in metadata.columns}
    names: list[str] = []
    for column in map(str, metadata.columns):
        name = column
        if column in OWN_COLUMNS:
            name += "_metadata"
            while name in taken:
                name += "_"
            taken.add(name)
        names.append(name)
    return metadata.set_axis(names, axis=1).reset_index(drop=True)


def harmless(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers stay.

    The same within the cell after what a spreadsheet may take for the start of another one. A carriage return, which
    ends a row for some, becomes a line feed.
    """
    if not isinstance(cell, str):
        return cell
    lines = cell.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(map(_harmless_part, _SEPARATORS.split(lines)))
    return "'" + text if text.startswith(("\t", "\n")) else text


def _harmless_part(part: str) -> str:
    before = _NOT_YET.match(part)
    start = before.end() if before else 0
    if not part.startswith(_FORMULA_STARTS, start):
        return part
    try:
        float(part)
    except ValueError:
        return f"{part[:start]}'{part[start:]}"
    return part


def to_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV text that a spreadsheet can open without running anything; text is in quotes."""
    safe = frame.copy()
    for column in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe[column] = safe[column].map(harmless, na_action="ignore")
    safe.columns = pd.Index([harmless(str(name)) for name in safe.columns])
    return safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def to_json(frame: pd.DataFrame) -> str:
    """Return a table as a JSON list of objects; what is missing is null."""
    rows = [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict(orient="records")]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as ``.csv``, ``.json`` or ``.parquet``; an older file is replaced by a whole one."""
    writers: dict[str, Callable[[Path], Any]] = {
        ".csv": lambda to: to.write_text(to_csv(frame), encoding="utf-8", newline=""),
        ".json": lambda to: to.write_text(to_json(frame), encoding="utf-8", newline=""),
        ".parquet": lambda to: frame.to_parquet(to, index=False),
    }
    check_suffix(path, tuple(writers))
    replaced(path, writers[path.suffix.lower()])


def write_text(text: str, path: Path) -> None:
    """Write a text file; an older file is replaced by a whole one."""
    replaced(path, lambda to: to.write_text(text, encoding="utf-8", newline=""))


def write_embedding(dataset: Dataset, embedding: Embedding, path: Path) -> None:
    """Write an embedding as ``.npz`` (``filename``, ``embedding``) or ``.parquet`` (the same two columns)."""
    check_suffix(path, (".npz", ".parquet"))

    def npz(to: Path) -> None:
        """Write NumPy's format; to an open file, as it would add an ending to a name."""
        with to.open("wb") as file:
            np.savez(file, filename=np.array(dataset.filenames, dtype=str), embedding=embedding.vectors)

    def parquet(to: Path) -> None:
        """Write a table of two columns."""
        pd.DataFrame({"filename": dataset.filenames, "embedding": list(embedding.vectors)}).to_parquet(
            to, index=False
        )

    replaced(path, npz if path.suffix.lower() == ".npz" else parquet)


def replaced(path: Path, write: Callable[[Path], Any]) -> None:
    """Have a file written beside an older one and put it in its place when it is whole.

    Raises
    ------
    BarrxError
        if it cannot be written
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise BarrxError(
            _("“{path}” cannot be written: {error}. Choose another output.").format(
                path=path, error=error.strerror or error
            )
        ) from error
