"""How an address names what is kept here: by its number, and by a mark that another server's number has not."""

import hashlib
from typing import Protocol

from barrx.errors import ViewsError
from barrx.i18n import _

_MARK = 8  # characters


class Kept(Protocol):
    """Something with a number, and the moment it was made in, to a millisecond."""

    @property
    def id(self) -> int:
        """Its number, given once and never again."""

    @property
    def created(self) -> str:
        """When it was made: ISO 8601, UTC."""


def of(kept: Kept) -> str:
    """Return what stands for something in an address, such as ``7-1f0c96aa``."""
    return f"{kept.id}-{hashlib.sha256(f'{kept.id} {kept.created}'.encode()).hexdigest()[:_MARK]}"


def number(text: str) -> int:
    """Return the number that an address gives, with a mark or, in an old one, without.

    Raises
    ------
    ViewsError
        if it gives none
    """
    found = text.partition("-")[0]
    if not found.isascii() or not found.isdecimal() or len(found) > 9:
        raise ViewsError(
            _("The address asks for a saved view by “{text}”, which is no number.").format(text=text)
        )
    return int(found)


def means(text: str, kept: Kept) -> bool:
    """Tell whether an address means this; an old one, without a mark, means whatever has its number."""
    return text in (str(kept.id), of(kept))
