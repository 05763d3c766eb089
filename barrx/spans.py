"""Indexes as a short text for an address: ``3-7.12`` is 3, 4, 5, 6, 7 and 12."""

import re

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


def from_text(text: str, n: int) -> NDArray[np.int64] | None:
    """Return the indexes of a text, ascending and each once; None if they are none of a collection of n."""
    if not text:
        return np.empty(0, np.int64)
    if len(text) > MAX_LENGTH or not _SPANS.fullmatch(text):
        return None
    found = np.zeros(n, bool)
    for span in text.split("."):
        first, _dash, last = span.partition("-")
        low, high = int(first), int(last or first)
        if not low <= high < n:
            return None
        found[low : high + 1] = True
    return np.flatnonzero(found)
