"""Where a collection lies on disk, what its files are called, and how it gets there in one step.

``BARRX_HOME/datasets/<slug>/`` holds ``dataset.json`` (what it is), ``pictures.parquet`` and
``metadata.parquet`` (one row a picture, in dataset order), ``report.json``, ``thumbnails.sqlite``,
``originals/`` (only where Barr X has copied or fetched the files itself) and ``reduced/`` (copies of very
large pictures). A collection is never changed once it is there.
"""

import errno
import json
import logging
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from barrx import rights, settings
from barrx.errors import DatasetError
from barrx.i18n import _

log = logging.getLogger(__name__)

DEMO_SLUG = "demo"
DEMO_FOLDER = Path(__file__).parent / "demo"

FACTS = "dataset.json"
PICTURES = "pictures.parquet"
METADATA = "metadata.parquet"
REPORT = "report.json"
RELATIONS = "relations.csv"
THUMBNAILS = "thumbnails.sqlite"
ORIGINALS = "originals"
REDUCED = "reduced"
FORMAT = 1
"""Version of this arrangement; a collection of another one is not read."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_LOCKS, _STAGING, _REMOVED = ".locks", ".adding-", ".removed-"


# --- names ------------------------------------------------------------------------------------------------


def slugify(text: str) -> str:
    """Return a slug close to a text: "Été à Paris" gives ``ete-a-paris``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-") or "collection"


def is_slug(text: str) -> bool:
    """Return whether a text can name a collection."""
    return len(text) <= _LONGEST_SLUG and _SLUG.fullmatch(text) is not None


def check_slug(slug: str) -> None:
    """Raise a DatasetError, with a suggestion, if a text cannot name a collection."""
    if not is_slug(slug):
        raise DatasetError(
            _(
                "“{slug}” cannot name a collection: a name has lowercase letters, digits and single dashes, "
                "at most {most} of them. Try “{suggestion}”."
            ).format(slug=slug, most=_LONGEST_SLUG, suggestion=slugify(slug))
        )


def folder_of(slug: str) -> Path:
    """Return the folder of a collection, which need not exist; the slug must be a valid one."""
    return DEMO_FOLDER if slug == DEMO_SLUG else settings.current().datasets_dir / slug


def slugs() -> list[str]:
    """Return the slugs of the collections that are there: the demo first, then by name."""
    try:
        found = sorted(p.name for p in settings.current().datasets_dir.iterdir() if (p / FACTS).is_file())
    except OSError:
        found = []
    demo = [DEMO_SLUG] if (DEMO_FOLDER / FACTS).is_file() else []
    return demo + [slug for slug in found if is_slug(slug) and slug != DEMO_SLUG]


def require_writable() -> None:
    """Raise a DatasetError where collections may only be looked at."""
    if not rights.may_write():
        raise DatasetError(rights.refusal())


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """Write JSON in plain ASCII: a file name may hold what is no valid UTF-8."""
    path.write_text(json.dumps(facts, indent=1, allow_nan=False), encoding="ascii")


# --- in one step ------------------------------------------------------------------------------------------


@contextmanager
def new_folder(slug: str) -> Iterator[Path]:
    """Yield a folder to fill; at the end it becomes the collection, or nothing is left of it.

    Raises
    ------
    DatasetError
        if the slug is taken, or being added by another process, or the disk does not let itself be written
    """
    require_writable()
    check_slug(slug)
    home = settings.current().datasets_dir
    if slug == DEMO_SLUG or (home / slug).exists():
        raise _taken(slug)
    staging = home / f"{_STAGING}{slug}"
    with _disk(home), _lock(home, slug):
        _sweep(home)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield staging
            if (home / slug).exists():
                raise _taken(slug)
            staging.rename(home / slug)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def remove(slug: str) -> None:
    """Delete a collection's folder: out of the list at once, then from the disk."""
    home = settings.current().datasets_dir
    gone = home / f"{_REMOVED}{slug}-{secrets.token_hex(4)}"
    with _disk(home), _lock(home, slug):
        (home / slug).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _taken(slug: str) -> DatasetError:
    return DatasetError(
        _("There is a collection “{slug}” already. Choose another name, or remove that one first.").format(
            slug=slug
        )
    )


@contextmanager
def _lock(home: Path, slug: str) -> Iterator[None]:
    (home / _LOCKS).mkdir(parents=True, exist_ok=True)
    # The file stays: deleting it would let two processes hold two locks of the same name.
    lock = FileLock(home / _LOCKS / slug)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DatasetError(
            _("“{slug}” is being added or removed by another process. Wait for it to end.").format(slug=slug)
        ) from None
    try:
        yield
    finally:
        lock.release()


def _sweep(home: Path) -> None:
    """Delete what interrupted processes have left behind; a process at work holds its lock."""
    for folder in home.glob(f"{_REMOVED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in home.glob(f"{_STAGING}*"):
        try:
            with FileLock(home / _LOCKS / folder.name.removeprefix(_STAGING), timeout=0):
                log.info("deleting the rest of an interrupted import: %s", folder)
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            continue


@contextmanager
def _disk(home: Path) -> Iterator[None]:
    """Turn what the disk refuses into a message."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            remedy = _("Free some space, or set BARRX_HOME to another disk.")
        else:
            remedy = _("Set BARRX_HOME to a folder you may write to.")
        raise DatasetError(
            _("The collections in “{folder}” cannot be written: {error}. {remedy}").format(
                folder=home, error=os.strerror(error.errno) if error.errno else error, remedy=remedy
            )
        ) from error
