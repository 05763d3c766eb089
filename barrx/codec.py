"""Values as bytes and back, without pickle: arrays as ``.npy``, named arrays as ``.npz``, the rest as JSON."""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from barrx.errors import CacheError
from barrx.i18n import _

_DIGEST_SIZE = 16


def encode(value: object) -> bytes:
    """Turn a cache value into bytes: a digest, a letter for the kind, the payload."""
    buffer = io.BytesIO()
    buffer.write(bytes(_DIGEST_SIZE))
    if isinstance(value, np.ndarray):
        buffer.write(b"N")
        np.save(buffer, value, allow_pickle=False)
    elif isinstance(value, Mapping) and value and all(isinstance(v, np.ndarray) for v in value.values()):
        buffer.write(b"Z")
        arrays = io.BytesIO()
        np.savez(arrays, allow_pickle=False, **value)
        buffer.write(arrays.getbuffer())
    else:
        buffer.write(b"J" + json.dumps(value, allow_nan=False).encode())
    # In place: the matrix of a large collection is not to be in memory several times.
    with buffer.getbuffer() as whole:
        whole[:_DIGEST_SIZE] = hashlib.blake2b(whole[_DIGEST_SIZE:], digest_size=_DIGEST_SIZE).digest()
    return buffer.getvalue()


def decode(data: bytes) -> Any:
    """Turn bytes written by :func:`encode` into the value.

    Raises
    ------
    CacheError
        if a single byte differs from what was written, or the kind is unknown
    """
    digest, body = data[:_DIGEST_SIZE], memoryview(data)[_DIGEST_SIZE:]
    if hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() != digest:
        raise CacheError(_("A cache entry is damaged: its digest does not match its content."))
    kind = bytes(body[:1])
    try:
        if kind == b"N":
            payload = io.BytesIO(data)
            payload.seek(_DIGEST_SIZE + 1)
            return np.load(payload, allow_pickle=False)
        if kind == b"Z":
            with np.load(io.BytesIO(body[1:]), allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        if kind == b"J":
            return json.loads(bytes(body[1:]))
    except (ValueError, OSError, EOFError, KeyError) as error:
        raise CacheError(_("A cache entry cannot be read: {error}").format(error=error)) from error
    raise CacheError(_("A cache entry is of an unknown kind: {kind}").format(kind=kind))


def write_rows(file: BinaryIO, blocks: Iterable[NDArray[np.float32]], shape: tuple[int, int]) -> str | None:
    """Write what :func:`encode` makes of a matrix that is never in memory as a whole.

    Parameters
    ----------
    file : empty
    blocks : (some rows, shape[1]) float32 each
    shape : of the matrix

    Returns
    -------
    str or None
        sha256 of the matrix's bytes, in hexadecimal; None if the blocks end before the matrix does
    """
    header = io.BytesIO()
    header.write(b"N")
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    digest = hashlib.blake2b(header.getvalue(), digest_size=_DIGEST_SIZE)
    content, n_rows = hashlib.sha256(), 0
    file.write(bytes(_DIGEST_SIZE) + header.getvalue())
    for block in blocks:
        rows = np.ascontiguousarray(block, "<f4").data
        file.write(rows)
        digest.update(rows)
        content.update(rows)
        n_rows += len(block)
    if n_rows != shape[0]:
        return None
    file.seek(0)
    file.write(digest.digest())
    return content.hexdigest()
