"""Addresses in the text of a catalogue: which of them may become links."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 2048  # characters of an address; what is longer stays text

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}«»“”‘’]+", re.IGNORECASE)
_ENDS = ".,;:!?*_~"  # the sentence's, not the address's
_PAIRS = {")": "(", "]": "["}
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?\.?|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; ``address`` is where it leads, None for mere text."""

    text: str
    address: str | None = None


def pieces(text: str) -> list[Piece]:
    """Cut a text into pieces that lead somewhere and pieces that do not.

    Only ``http`` and ``https`` addresses with a plain host lead anywhere. One with a name and a password, or
    with a letter that hides or turns what is read, stays text: it may not lead where it seems to.

    Returns
    -------
    list of Piece
        whose texts joined are the text
    """
    found, end = list[Piece](), 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match.group())
        if not _is_safe(address):
            continue
        start = match.start()
        if start > end:
            found.append(Piece(text[end:start]))
        found.append(Piece(address, address))
        end = start + len(address)
    if end < len(text):
        found.append(Piece(text[end:]))
    return found


def _trimmed(address: str) -> str:
    """Leave out what ends the sentence, and a bracket that was opened before the address."""
    while address:
        last = address[-1]
        opened = _PAIRS.get(last)
        if last not in _ENDS and (opened is None or address.count(opened) >= address.count(last)):
            break
        address = address[:-1]
    return address


def _is_safe(address: str) -> bool:
    if len(address) > LONGEST or any(unicodedata.category(letter)[0] == "C" for letter in address):
        return False
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:  # a port that is no number, half of an IPv6 address
        return False
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    return parts.scheme in ("http", "https") and _HOST.fullmatch(host) is not None
