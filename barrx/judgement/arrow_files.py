"""Where a collection's arrows are kept: a ``relations.csv`` given on the page, or beside the pictures."""

import os
import tempfile
from pathlib import Path

from barrx import rights, settings
from barrx.collection_files import RELATIONS, check_slug
from barrx.datasets import Dataset
from barrx.errors import DatasetError
from barrx.i18n import _

MOST_BYTES = 5 * 2**20


def find(dataset: Dataset) -> Path | None:
    """Return the file with the arrows of a collection: the one given on the page, else the one beside its pictures."""
    places = [given(dataset.slug), dataset.folder / RELATIONS, dataset.root / RELATIONS]
    return next((path for path in places if path.is_file() and not path.is_symlink()), None)


def given(slug: str) -> Path:
    """Return where the arrows given on the page are kept, if there are any."""
    check_slug(slug)
    return settings.current().home / "relations" / f"{slug}.csv"


def keep(slug: str, content: bytes) -> None:
    """Keep the arrows given for a collection, in place of those given before.

    Raises
    ------
    DatasetError
        where nothing may be written, or the file is too large or cannot be written
    """
    if not rights.may_write():
        raise DatasetError(rights.refusal())
    if len(content) > MOST_BYTES:
        raise DatasetError(
            _("The file has {n:,} bytes; at most {most:,} are read.").format(n=len(content), most=MOST_BYTES)
        )
    path = given(slug)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".relations.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError as error:
        raise DatasetError(
            _("The arrows cannot be kept in “{path}”: {error}.").format(path=path, error=error.strerror)
        ) from error


def forget(slug: str) -> bytes:
    """Remove the arrows given on the page and return them, for an undo.

    Raises
    ------
    DatasetError
        where nothing may be written, or there are none
    """
    if not rights.may_write():
        raise DatasetError(rights.refusal())
    path = given(slug)
    try:
        content = path.read_bytes()
        path.unlink()
    except OSError as error:
        raise DatasetError(_("There are no arrows here that were given on this page.")) from error
    return content
