"""Columns of numbers that browsers fetch by a signed address, once for each content.

What is sent with each run of a page is the address only, so that a click on a map of 100,000 pictures moves
some kilobytes. The name of a column is the hash of its content: the same numbers keep the same address.
"""

import hashlib
import threading
from collections import OrderedDict
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import signing

MOST_BYTES = 64 * 2**20  # kept for all sessions together: some 100 columns of 100,000 numbers

_PURPOSE = "columns"
_WIRE = ("int8", "uint8", "int16", "int32", "float32")


class Column(TypedDict):
    """What a browser needs to know to fetch a column.

    ``type`` is a dtype in little-endian order, or "bits": eight flags a byte, the first one lowest.
    ``length`` counts numbers or flags.
    """

    name: str
    address: str
    type: str
    length: int


class _Shelf:
    """Bodies by name; the ones that were not used for longest go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, name: str, body: bytes) -> None:
        with self._lock:
            if name not in self._bodies:
                self._bodies[name] = body
                self._bytes += len(body)
            self._bodies.move_to_end(name)
            while self._bytes > self._most and len(self._bodies) > 1:
                self._bytes -= len(self._bodies.popitem(last=False)[1])

    def get(self, name: str) -> bytes:
        with self._lock:
            self._bodies.move_to_end(name)
            return self._bodies[name]


_shelf = _Shelf(MOST_BYTES)


def publish(values: NDArray[np.generic]) -> Column:
    """Keep a column for browsers to fetch.

    Parameters
    ----------
    values : (n,) float, integer within 32 bits, or bool

    Returns
    -------
    Column; whole numbers travel in the narrowest type that holds them, floats as float32

    Raises
    ------
    ParameterError
        if the values are of another type or shape, or do not fit
    BarrxError
        if the secret that signs cannot be read or written in ``BARRX_HOME``
    """
    name, kind, body = packed(values)
    _shelf.put(name, body)
    address = f"barrx/column/{signing.seal([name], purpose=_PURPOSE)}"
    return Column(name=name, address=address, type=kind, length=len(values))


def packed(values: NDArray[np.generic]) -> tuple[str, str, bytes]:
    """Return the name, the type and the bytes of a column, as :class:`Column` describes them."""
    kind, sent = _wire(values)
    body = sent.tobytes()
    return hashlib.sha256(f"{kind} {len(values)} ".encode() + body).hexdigest()[:32], kind, body


def read(token: str) -> bytes | None:
    """Return the bytes of a column, None if the token was not made here or has ended.

    Raises
    ------
    LookupError
        if the column is not kept any more; the next run of the page publishes it again
    """
    claim = signing.opened(token, purpose=_PURPOSE)
    return None if claim is None else _shelf.get(claim[0])


def _wire(values: NDArray[np.generic]) -> tuple[str, NDArray[np.generic]]:
    if values.ndim == 1 and values.dtype.kind == "b":
        return "bits", np.packbits(values.astype(bool), bitorder="little")
    if values.ndim == 1 and values.dtype.kind == "f":
        return "float32", np.ascontiguousarray(values, "<f4")
    if values.ndim == 1 and values.dtype.kind in "iu":
        low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        for kind in _WIRE[:-1]:
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return kind, values.astype(np.dtype(kind).newbyteorder("<"))
    raise ParameterError(
        _(
            "A column must hold numbers of up to 32 bits in one dimension, got {dtype} of shape {shape}."
        ).format(dtype=values.dtype, shape=values.shape)
    )
