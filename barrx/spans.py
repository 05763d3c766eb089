"""Indexes as a short text for an address: ``3-7.12`` is 3, 4, 5, 6, 7 and 12.

Of many that lie scattered, ``z`` and a bit for each picture of the collection, deflated, in base64.
"""

import base64
import binascii
import re
import zlib

import numpy as np
from numpy.typing import NDArray

MAX_LENGTH = 1500  # characters: a longer address is cut off by mail programs and by servers
_SPANS = re.compile(r"[0-9]{1,9}(-[0-9]{1,9})?(\.[0-9]{1,9}(-[0-9]{1,9})?)*")


def to_text(indexes: NDArray[np.integer]) -> str | None:
    """Return indexes as text, None if it would be longer than ``MAX_LENGTH``.

    Parameters
    ----------
    indexes : (k,) int, ascending, each once
    """
    if not len(indexes):
        return ""
    starts = np.flatnonzero(np.diff(indexes, prepend=indexes[0] - 2) != 1)
    if len(starts) > MAX_LENGTH // 2:
        return None
    ends = np.append(starts[1:], len(indexes)) - 1
    pairs = zip(indexes[starts].tolist(), indexes[ends].tolist(), strict=True)
    text = ".".join(str(first) if first == last else f"{first}-{last}" for first, last in pairs)
    return text if len(text) <= MAX_LENGTH else None


def packed(indexes: NDArray[np.integer], n: int) -> str | None:
    """Return indexes of a collection of n pictures as packed text, None if it would be longer than ``MAX_LENGTH``.

    A bit each: whatever is selected of some 9,000 pictures has room.
    """
    flags = np.zeros(n, bool)
    flags[indexes] = True
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(np.packbits(flags).tobytes()) + deflate.flush()
    text = "z" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MAX_LENGTH else None


def _unpacked(text: str, n: int) -> NDArray[np.int64] | None:
    size = -(-n // 8)
    try:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflate.decompress(
            base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True), size + 1
        )
    except (binascii.Error, ValueError, zlib.error):
        return None
    flags = np.unpackbits(np.frombuffer(content, np.uint8))
    return np.flatnonzero(flags) if len(content) == size and not flags[n:].any() else None


def from_text(text: str, n: int) -> NDArray[np.int64] | None:
    """Return the indexes of a text, ascending and each once; None if they are none of a collection of n."""
    if not text:
        return np.empty(0, np.int64)
    if len(text) > MAX_LENGTH:
        return None
    if text.startswith("z"):
        return _unpacked(text[1:], n)
    if not _SPANS.fullmatch(text):
        return None
    found = np.zeros(n, bool)
    for span in text.split("."):
        first, _dash, last = span.partition("-")
        low, high = int(first), int(last or first)
        if not low <= high < n:
            return None
        found[low : high + 1] = True
    return np.flatnonzero(found)
