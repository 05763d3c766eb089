"""Disk caches without pickle, and the fingerprints results are stored under.

Two diskcache caches under ``BARRX_HOME/cache``, so that projections never evict embeddings. A value is an
array, a mapping of names to arrays, or JSON; each is written as ``.npy``, ``.npz`` or JSON behind a digest,
and whatever does not decode is dropped and computed again.
"""

import dataclasses
import hashlib
import io
import json
import logging
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache as memoize
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import diskcache
import numpy as np
from cachetools import LRUCache
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from barrx import codec, interruption, settings
from barrx.errors import CacheError
from barrx.i18n import _

log = logging.getLogger(__name__)

Store = Literal["embeddings", "projections"]
STORES: tuple[Store, ...] = ("embeddings", "projections")
_SHARE = {"embeddings": 0.8, "projections": 0.2}
_DAMAGED = ".damaged-"
_OLD_LOCK_SECONDS = 24 * 3600  # nothing takes that long to compute
_OVERHEAD = 1_000  # bytes of a value in memory beside its arrays
_RECENT_BYTES = 32e6  # of values kept in memory: some hundred settings of 8,000 pictures, some ten of 100,000


# --- fingerprints ---------------------------------------------------------------------------------------


def fingerprint(*parts: object) -> str:
    """Return the sha256, in hexadecimal, of what a result is made from.

    Parameters
    ----------
    parts : JSON values, numpy arrays, frozen dataclasses, and tuples of them
        arrays count by dtype, shape and every byte

    Raises
    ------
    TypeError
        for a part that has no canonical form
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=_canonical, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(part: object) -> object:
    if isinstance(part, np.ndarray):
        content = hashlib.sha256(np.ascontiguousarray(part).data).hexdigest()
        return _array(str(part.dtype), part.shape, content)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
        return [type(part).__name__, fields]
    if isinstance(part, np.generic):
        return part.item()
    raise TypeError(f"no canonical form for {type(part).__name__}")


def _array(dtype: str, shape: Sequence[int], content: str) -> object:
    return ["ndarray", dtype, list(shape), content]


@memoize
def versions(*packages: str) -> tuple[str, ...]:
    """Return ``name==version`` of installed packages, without importing them."""
    return tuple(f"{name}=={version(name)}" for name in packages)


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """A diskcache ``Disk`` that never unpickles.

    ``put``, ``get``, ``store`` and ``fetch`` are all replaced: diskcache's own would unpickle a planted row
    (``raw=0`` for a key, ``mode=4`` for a value), and ``JSONDisk`` calls them.
    """

    def put(self, key: object) -> tuple[str, bool]:
        """Take a key as it is: text."""
        if not isinstance(key, str):
            raise CacheError(_("Cache keys are text, got {kind}.").format(kind=type(key).__name__))
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Give a key back; refuse one that would have to be unpickled."""
        if not raw or not isinstance(key, str):
            raise CacheError(_("The cache holds a key that Barr X has not written."))
        return key

    def store(self, value: object, read: bool, key: object = None) -> tuple[int, int, str | None, Any]:
        """Take bytes that :func:`barrx.codec.encode` made, or a file of such bytes, and nothing else."""
        if not isinstance(value, io.BufferedIOBase if read else bytes):
            raise CacheError(_("Only encoded values go into the cache."))
        stored: tuple[int, int, str | None, Any] = super().store(value, read, key=key)
        return stored

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> bytes:
        """Give bytes back; refuse any other kind of entry."""
        if mode == diskcache.core.MODE_RAW and isinstance(value, bytes):
            return value
        if mode == diskcache.core.MODE_BINARY and filename is not None:
            return self.inside(filename).read_bytes()
        raise CacheError(
            _("The cache holds an entry of a kind that Barr X never reads (mode {mode}).").format(mode=mode)
        )

    def remove(self, file_path: str) -> None:
        super().remove(str(self.inside(file_path).relative_to(Path(self._directory).resolve())))

    def inside(self, filename: str) -> Path:
        """Return the full path of an entry's file; refuse one that leaves the folder."""
        root = Path(self._directory).resolve()
        path = (root / filename).resolve()
        if not path.is_relative_to(root) or path.suffix != ".val":
            raise CacheError(_("A cache entry points outside the cache: {name}").format(name=filename))
        return path


# --- the two caches ---------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Opened:
    """A cache, and which database file it has open.

    Another process may have set the folder aside: who went on writing there would be alone.
    """

    cache: Any  # diskcache.Cache has no types
    inode: int
    recent: LRUCache[str, Any]
    reading: threading.Lock


@memoize
def _open(path: Path, size_limit: int) -> _Opened:
    def attempt() -> _Opened:
        opened = diskcache.Cache(
            str(path),
            disk=PlainDisk,
            size_limit=size_limit,
            eviction_policy="least-recently-used",
            statistics=0,
            tag_index=0,
        )
        return _Opened(opened, _inode(path), LRUCache(_RECENT_BYTES, getsizeof=_size), threading.Lock())

    found = _inode(path)
    try:
        return attempt()
    except sqlite3.OperationalError as error:
        raise _unusable(path, error) from error
    except (sqlite3.DatabaseError, TypeError, ValueError, KeyError) as error:
        _set_aside(path, found, error)
        return attempt()
    except OSError as error:
        raise _unusable(path, error) from error


def _inode(path: Path) -> int:
    """Return which file the database in a folder is, 0 if there is none."""
    try:
        return int((path / diskcache.core.DBNAME).stat().st_ino)
    except OSError:
        return 0


def _opened(store: Store) -> _Opened:
    current = settings.current()
    path, size_limit = current.cache_dir / store, int(current.cache_gb * 1e9 * _SHARE[store])
    opened = _open(path, size_limit)
    if opened.inode != _inode(path):
        _open.cache_clear()
        opened = _open(path, size_limit)
    return opened


def _unusable(path: Path, error: Exception) -> CacheError:
    return CacheError(
        _(
            "The cache in {path} cannot be used: {error}. "
            "Free some space, or set BARRX_HOME to a folder you may write to."
        ).format(path=path, error=error)
    )


def _set_aside(path: Path, inode: int, error: Exception) -> None:
    """Give a damaged cache another name, unless another process has put a new one in its place already."""
    with FileLock(f"{path}.lock"):
        if path.exists() and _inode(path) == inode:
            aside = path.with_name(f"{path.name}{_DAMAGED}{time.strftime('%Y%m%d-%H%M%S')}")
            log.warning("cache %s is damaged (%s); set aside as %s and rebuilt", path, error, aside)
            path.rename(aside)
    _open.cache_clear()


def set_aside() -> list[Path]:
    """Return the folders of damaged caches that were set aside, oldest first."""
    return sorted(settings.current().cache_dir.glob(f"*{_DAMAGED}*"))


@contextmanager
def _guarded(store: Store) -> Iterator[Any]:
    """Yield the cache; a damaged database is set aside, so that the next call starts a fresh one."""
    opened = _opened(store)
    folder = Path(opened.cache.directory)
    try:
        with interruption.sheltered():
            yield opened.cache
    except sqlite3.OperationalError as error:
        raise _unusable(folder, error) from error
    except sqlite3.DatabaseError as error:
        opened.cache.close()
        _set_aside(folder, opened.inode, error)
    except (OSError, diskcache.Timeout) as error:
        raise _unusable(folder, error) from error


def get(store: Store, key: str) -> Any | None:
    """Return the value stored under a key, or None."""
    found: Any | None = None
    with _guarded(store) as opened:
        try:
            data = opened.get(key)
            found = None if data is None else codec.decode(data)
        except CacheError as error:
            log.warning("dropped the cache entry %s: %s", key, error)
            _drop(opened, key)
    return found


def get_many(store: Store, keys: list[str]) -> dict[str, Any]:
    """Return the values of those keys that are stored, in one transaction."""
    found: dict[str, Any] = {}
    with _guarded(store) as opened, opened.transact(retry=True):
        for key in keys:
            value = get(store, key)
            if value is not None:
                found[key] = value
    return found


def recall(store: Store, key: str) -> Any | None:
    """Return the value stored under a key, or None; from memory if it was asked for lately.

    For keys that are made of all that a value is made from: it never changes. Its arrays can't be written to.
    """
    return recall_many(store, [key]).get(key)


def recall_many(store: Store, keys: Sequence[str]) -> dict[str, Any]:
    """Return the values of those keys that are stored, as :func:`recall` does."""
    opened = _opened(store)
    with opened.reading:
        found = {key: opened.recent[key] for key in keys if key in opened.recent}
    read = get_many(store, [key for key in keys if key not in found]) if len(found) < len(keys) else {}
    with opened.reading:
        for key, value in read.items():
            for array in _arrays(value):
                array.setflags(write=False)
            with suppress(ValueError):  # larger than all that is kept
                opened.recent[key] = value
    return found | read


def _arrays(value: object) -> list[NDArray[np.generic]]:
    parts = value.values() if isinstance(value, Mapping) else [value]
    return [part for part in parts if isinstance(part, np.ndarray)]


def _size(value: object) -> int:
    return _OVERHEAD + sum(array.nbytes for array in _arrays(value))


def names(store: Store, keys: Sequence[str]) -> list[str]:
    """Return those keys that are stored, without reading their values."""
    with _guarded(store) as opened:
        return [key for key in keys if key in opened]
    return []


def put_many(store: Store, values: Mapping[str, object]) -> None:
    """Store several values in one transaction: all of them or none."""
    encoded = {key: codec.encode(value) for key, value in values.items()}
    with _guarded(store) as opened, opened.transact(retry=True):
        for key, data in encoded.items():
            opened.set(key, data)


def put(store: Store, key: str, value: object) -> None:
    """Store one value."""
    put_many(store, {key: value})


def put_rows(
    store: Store, key: str, blocks: Iterable[NDArray[np.float32]], shape: tuple[int, int]
) -> str | None:
    """Store a matrix that comes in blocks of its rows and is never in memory as a whole.

    Parameters
    ----------
    blocks : (some rows, shape[1]) float32 each
    shape : of the matrix

    Returns
    -------
    str or None
        the matrix's :func:`fingerprint`; None, and nothing stored, if the blocks end before the matrix does
    """
    folder = settings.current().cache_dir
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            content = codec.write_rows(file, blocks, shape)
            if content is None:
                return None
            file.seek(0)
            with _guarded(store) as opened:
                opened.set(key, file, read=True, retry=True)
            return fingerprint(_array("float32", shape, content))
    except OSError as error:
        raise _unusable(folder, error) from error


def has(store: Store, key: str) -> bool:
    """Tell whether a key is stored, without reading its value."""
    return bool(names(store, [key]))


def get_or_compute(
    store: Store, key: str, compute: Callable[[], Any], *, shared: bool = False
) -> tuple[Any, bool]:
    """Return the value under a key, computed once for all processes, and whether it was there already.

    Parameters
    ----------
    shared : bool
        other settings are made from this as well: it is finished even if nobody waits for this one any more
    """
    value = get(store, key)
    if value is not None:
        return value, True
    with lock(key):
        value = get(store, key)
        if value is not None:
            return value, True
        with interruption.sheltered() if shared else nullcontext():
            value = compute()
            put(store, key, value)
        return value, False


def lock(key: str) -> FileLock:
    """Return the lock, shared by all processes, under which a key is computed."""
    folder = settings.current().home / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error
    return FileLock(folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.lock")


def forget_old_locks() -> None:
    """Remove the files of locks that nobody holds any more: there is one for each setting that was ever computed."""
    for old in (settings.current().home / "locks").glob("*.lock"):
        with suppress(OSError):  # another process removes it at the same time
            if old.stat().st_mtime < time.time() - _OLD_LOCK_SECONDS:
                # Taking a lock leaves its file's time as it was: an old one may be held.
                with suppress(Timeout), FileLock(old, timeout=0):
                    old.unlink(missing_ok=True)


def _drop(opened: Any, key: str) -> None:
    try:
        opened.delete(key)
    except CacheError:  # its file name leaves the folder: the row goes, the file is not ours
        with opened.transact(retry=True):
            opened._sql("DELETE FROM Cache WHERE key = ?", (key,))


# --- keeping it in order ----------------------------------------------------------------------------------


def clear(store: Store) -> int:
    """Remove every entry of one cache, what was set aside of it, and old locks; return the number of entries."""
    for folder in settings.current().cache_dir.glob(f"{store}{_DAMAGED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    forget_old_locks()
    with _guarded(store) as opened:
        count = len(opened)
        try:
            opened.clear(retry=True)
        except CacheError:  # a row that is not ours: the check drops it
            check(store)
            opened.clear(retry=True)
        return count
    return 0


def check(store: Store) -> list[str]:
    """Read every entry of one cache; drop and name those that are damaged or not ours; remove old locks."""
    forget_old_locks()
    problems: list[str] = []
    with _guarded(store) as opened:
        rows = opened._sql("SELECT rowid, key, raw, mode, filename, value FROM Cache").fetchall()
        for rowid, key, raw, mode, filename, value in rows:
            try:
                opened.disk.get(key, raw)
                codec.decode(opened.disk.fetch(mode, filename, value, False))
            except (CacheError, OSError) as error:
                problems.append(f"{key!r:.80}: {error}")
                with opened.transact(retry=True):
                    opened._sql("DELETE FROM Cache WHERE rowid = ?", (rowid,))
                with suppress(CacheError):  # a name that leaves the folder is no file of ours
                    opened.disk.remove(filename or "none.val")
        found = opened.check(fix=True, retry=True)
        problems += [str(w.message) for w in found if w.category is not diskcache.EmptyDirWarning]
    return problems


def is_nearly_full(store: Store) -> bool:
    """Tell whether one cache is about to drop what was used least recently."""
    return volume(store) > 0.9 * settings.current().cache_gb * 1e9 * _SHARE[store]


def volume(store: Store) -> int:
    """Return the size of one cache on disk, in bytes."""
    with _guarded(store) as opened:
        return int(opened.volume())
    return 0
