"""Where an encoder's weights are on this machine, what they are, and how a file becomes them.

Published weights lie in ``BARRX_HOME/weights`` under the encoder's slug. The ending is the one Keras expects
for the file's layout: a file in Keras 3's layout does not load when it ends in ``.h5`` alone. ``.unverified``
in the name says that the user took a file whose hash is not the published one; without it such a file is not
used.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from filelock import Timeout

from barrx import cache, settings
from barrx.encoders.entry import ENGINE, MEGABYTE, Encoder, Published
from barrx.errors import Cancelled, EncoderError
from barrx.i18n import _

log = logging.getLogger(__name__)

State = Literal["bundled", "ready", "missing"]
KERAS_3, OLDER = ".weights.h5", ".h5"
_UNVERIFIED = ".unverified"
_POLL = 0.2  # seconds between looks at a lock that another process holds


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsStatus:
    """The weights of one encoder on this machine.

    Attributes
    ----------
    state : "bundled", "ready" or "missing"
        part of the program; on this machine; not there, or there and not to be used
    verified : bool
        whether the hash is the published one
    sha256 : str or None
        of the file; None when missing
    path : Path or None
        the file; None when missing
    size_mb : float
        of the file, or of the one to fetch
    problem : str or None
        why a file that is there is not used
    """

    state: State
    verified: bool
    sha256: str | None
    path: Path | None
    size_mb: float
    problem: str | None = None


# --- what is there ----------------------------------------------------------------------------------------


def status(encoder: Encoder, *, rehash: bool = False) -> WeightsStatus:
    """Tell which weights of an encoder are on this machine.

    Parameters
    ----------
    encoder : Encoder
    rehash : bool
        read the whole file, although size and time of change are the ones its hash was noted under

    Raises
    ------
    EncoderError
        if the file cannot be read
    """
    published = encoder.weights
    if not isinstance(published, Published):
        return _bundled(encoder, published.path)
    path = _installed(encoder)
    if path is None:
        return _missing(encoder)
    with _reading(encoder, path):
        digests = _digests(encoder, published, path, rehash)
        size = path.stat().st_size / MEGABYTE
    verified = digests[published.algorithm] == published.digest
    if not verified and _UNVERIFIED not in path.suffixes:
        return _missing(encoder, _("{file} is not the published file and is not used.").format(file=path))
    return WeightsStatus(state="ready", verified=verified, sha256=digests["sha256"], path=path, size_mb=size)


def _bundled(encoder: Encoder, path: Path) -> WeightsStatus:
    with _reading(encoder, path):
        stat = path.stat()
        digest = _remembered_sha256(path, stat.st_size, stat.st_mtime_ns)
    return WeightsStatus(
        state="bundled", verified=True, sha256=digest, path=path, size_mb=stat.st_size / MEGABYTE
    )


@lru_cache(maxsize=16)
def _remembered_sha256(path: Path, size: int, mtime_ns: int) -> str:
    return digest_of(path, "sha256")


def _missing(encoder: Encoder, problem: str | None = None) -> WeightsStatus:
    return WeightsStatus(
        state="missing", verified=False, sha256=None, path=None, size_mb=encoder.size_mb, problem=problem
    )


def _names(encoder: Encoder) -> list[Path]:
    folder = settings.current().weights_dir
    return [folder / f"{encoder.slug}{mark}{end}" for mark in ("", _UNVERIFIED) for end in (KERAS_3, OLDER)]


def _installed(encoder: Encoder) -> Path | None:
    """Return the file in use: the newest, should an interrupted installation have left two."""
    with _reading(encoder, settings.current().weights_dir):
        found = [(path.stat().st_mtime_ns, path) for path in _names(encoder) if path.is_file()]
    return max(found)[1] if found else None


@contextmanager
def _reading(encoder: Encoder, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EncoderError(
            _("The weights of {encoder} cannot be read from {path}: {reason}.").format(
                encoder=encoder.title, path=path, reason=error.strerror or error
            )
        ) from error


def digest_of(path: Path, algorithm: str) -> str:
    """Return the hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _digests(encoder: Encoder, published: Published, path: Path, rehash: bool) -> dict[str, str]:
    """Return the hashes of an installed file, from the note beside it if the file has not changed since."""
    stat = path.stat()
    mark = {"file": path.name, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    note = settings.current().weights_dir / f"{encoder.slug}.json"
    if not rehash:
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            noted = json.loads(note.read_text(encoding="utf-8"))
            if all(noted[name] == value for name, value in mark.items()):
                return {name: str(noted["digests"][name]) for name in ("sha256", published.algorithm)}
    digests = {name: digest_of(path, name) for name in ("sha256", published.algorithm)}
    with suppress(OSError):  # a folder that may only be read: hashed again next time
        fresh = note.with_suffix(".json.new")
        fresh.write_text(json.dumps({**mark, "digests": digests}), encoding="utf-8")
        fresh.replace(note)
    return digests


# --- what it is called ------------------------------------------------------------------------------------


def encoder_key(encoder: Encoder) -> str:
    """Return what a vector depends on besides the picture: name, sha256 of the weights, recipe, engine.

    Raises
    ------
    EncoderError
        if the weights are missing
    """
    return key_of(encoder, required(encoder))


def key_of(encoder: Encoder, found: WeightsStatus) -> str:
    """Return the key that goes with weights that were found."""
    return f"{encoder.slug}:{found.sha256}:{encoder.recipe}:{ENGINE}"


def label(encoder: Encoder) -> str:
    """Return an encoder's name for people; unverified weights are another encoder and are named."""
    return label_of(encoder, status(encoder))


def label_of(encoder: Encoder, found: WeightsStatus) -> str:
    """Return the name for people that goes with weights that were found."""
    if found.verified or found.sha256 is None:
        return encoder.title
    return _("{encoder} (unverified weights {digest})").format(encoder=encoder.title, digest=found.sha256[:8])


def required(encoder: Encoder, *, rehash: bool = False) -> WeightsStatus:
    """Return the weights' status; raise the error that says how to get them if they are missing."""
    found = status(encoder, rehash=rehash)
    if found.state == "missing":
        raise EncoderError(missing_message(encoder, found))
    return found


def missing_message(encoder: Encoder, found: WeightsStatus | None = None) -> str:
    """Return what to tell somebody who wants an encoder whose weights are missing."""
    found = found or status(encoder)
    message = _(
        "The weights of {encoder} ({size:.0f} MB) are not on this machine. Fetch them with: "
        "python -m barrx weights {slug}. The encoder efficientnet-lite0 works without a download."
    ).format(encoder=encoder.title, size=encoder.size_mb, slug=encoder.slug)
    return f"{found.problem} {message}" if found.problem else message


# --- from a file to weights -------------------------------------------------------------------------------


def install(encoder: Encoder, file: Path, *, unverified: bool = False) -> WeightsStatus:
    """Take the weights of an encoder from a file; if anything is wrong with it, what was installed stays.

    Imports TensorFlow when the hash is not the published one, to see whether the file fits the network.

    Parameters
    ----------
    encoder : Encoder
    file : Path
        HDF5, in the layout of Keras 3 or the older one, whatever its name
    unverified : bool
        take a file whose hash is not the published one

    Raises
    ------
    EncoderError
        if the file is missing, not HDF5, cut off, not the published one (without ``unverified``) or of
        another network, or if it cannot be stored
    """
    from barrx.encoders.engine import filled

    published = need_published(encoder)
    with incoming(encoder) as folder:
        suffix = layout_of(file)
        copy = folder / f"{encoder.slug}.incoming{suffix}"
        try:
            with writing(encoder, folder):
                shutil.copyfile(file, copy)
            verified = _verify(published, copy, file, unverified)
            if not verified:
                filled(encoder, copy, source=file)
            return take(encoder, copy, suffix, verified=verified)
        finally:
            copy.unlink(missing_ok=True)


def _verify(published: Published, copy: Path, file: Path, unverified: bool) -> bool:
    digest = digest_of(copy, published.algorithm)
    if digest == published.digest or unverified:
        return digest == published.digest
    raise EncoderError(
        _(
            "{file} is not the published file: its {algorithm} is {digest}, expected {expected}. "
            "If you know where it comes from, add --unverified; it then counts as another encoder."
        ).format(file=file, algorithm=published.algorithm, digest=digest, expected=published.digest)
    )


def need_published(encoder: Encoder) -> Published:
    """Return where an encoder's weights come from; raise for one that brings its own."""
    if isinstance(encoder.weights, Published):
        return encoder.weights
    raise EncoderError(
        _("The weights of {encoder} are part of the program: there is nothing to install.").format(
            encoder=encoder.title
        )
    )


def layout_of(file: Path) -> str:
    """Return the ending Keras expects for a weights file, from what is in it.

    Raises
    ------
    EncoderError
        if the file is missing, not HDF5, cut off, or in neither layout
    """
    import h5py

    try:
        with h5py.File(file, "r") as content:
            if (
                any(name in content.attrs for name in ("layer_names", "layer_names0"))
                or "model_weights" in content
            ):
                return OLDER
            if "layers" in content:
                return KERAS_3
    except FileNotFoundError as error:
        raise EncoderError(_("There is no file {file}.").format(file=file)) from error
    except IsADirectoryError as error:
        raise EncoderError(_("{file} is a folder, not a weights file.").format(file=file)) from error
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise EncoderError(
            _("{file} is not a weights file, or it is cut off: {reason}. Fetch it again.").format(
                file=file, reason=" ".join(str(error).split())
            )
        ) from error
    raise EncoderError(
        _(
            "{file} is an HDF5 file, but not one of Keras weights: it has neither layers nor layer names."
        ).format(file=file)
    )


def take(encoder: Encoder, file: Path, suffix: str, *, verified: bool) -> WeightsStatus:
    """Move a checked file of the weights folder into place; the weights it replaces are removed."""
    folder = settings.current().weights_dir
    target = folder / f"{encoder.slug}{'' if verified else _UNVERIFIED}{suffix}"
    with writing(encoder, folder):
        file.replace(target)
        for other in _names(encoder):
            if other != target:
                other.unlink(missing_ok=True)
    log.info("weights of %s installed as %s", encoder.slug, target)
    return status(encoder)


@contextmanager
def incoming(
    encoder: Encoder,
    cancelled: Callable[[], bool] = lambda: False,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Path]:
    """Yield the weights folder, held for this encoder: one installation or download at a time."""
    folder = settings.current().weights_dir
    with writing(encoder, folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = cache.lock(f"weights {encoder.slug}")
    while True:
        try:
            with writing(encoder, folder):
                lock.acquire(timeout=_POLL)
            break
        except Timeout:
            if cancelled():
                raise Cancelled(_("Stopped before the weights were fetched.")) from None
            waiting()
    try:
        yield folder
    finally:
        lock.release()


@contextmanager
def writing(encoder: Encoder, folder: Path) -> Iterator[None]:
    """Turn a full or forbidden disk into an error that says so."""
    try:
        yield
    except Timeout:  # filelock's is an OSError too
        raise
    except OSError as error:
        raise EncoderError(
            _(
                "The weights of {encoder} cannot be stored in {folder}: {reason}. Free {size:.0f} MB there, "
                "or set BARRX_HOME to a folder with room that you may write to."
            ).format(
                encoder=encoder.title, folder=folder, reason=error.strerror or error, size=encoder.size_mb
            )
        ) from error
