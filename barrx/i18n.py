"""Every visible string goes through this one gettext catalogue.

The source language is English. ``barrx/locale/<language>/LC_MESSAGES/barrx.po`` holds the catalogue;
``python -m tests.catalogue`` brings it up to date with the source.
"""

import gettext as _gettext
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
_catalogue = _gettext.translation("barrx", LOCALE_DIR, languages=["en"], fallback=True)


def _(message: str) -> str:
    """Return the translation of a message."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the translation that goes with a count."""
    return _catalogue.ngettext(singular, plural, n)
