"""Every visible string goes through one gettext catalogue a language; numbers and dates follow the language.

The source language is English. ``barrx/locale/<language>/LC_MESSAGES/barrx.po`` holds the catalogues;
``python -m tests.catalogue`` brings them up to date with the source.

Which language is asked at each call, never at import: the one of a ``with speaking(...)`` block, else the one of
whoever looks at the page (:func:`decide_by`), else the one of the process (:func:`speak`), else English. What is
stored, and what a worker process says, is in the source language; :func:`again` says it in the reader's.
"""

import datetime
import gettext as _gettext
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, TypeVar

LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "es": "Español"})

_T = TypeVar("_T")

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_of_process = SOURCE


def _nobody() -> str | None:
    return None


_of_reader: Callable[[], str | None] = _nobody


# --- which language -----------------------------------------------------------------------------------------


def language() -> str:
    """Return the code of the language that is spoken here and now."""
    return _spoken.get() or _of_reader() or _of_process


def decide_by(of_reader: Callable[[], str | None]) -> None:
    """Let a function say which language the reader of a page has; None for no reader."""
    global _of_reader
    _of_reader = of_reader


def speak(code: str) -> None:
    """Set the language of this process: what is said where nobody reads a page."""
    global _of_process
    _of_process = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language inside of a block."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken(code: str, pieces: Iterable[_T]) -> Iterator[_T]:
    """Have pieces made in a language, each when it is asked for, by whatever thread."""
    rest = iter(pieces)
    while True:
        with speaking(code):
            try:
                piece = next(rest)
            except StopIteration:
                return
        yield piece


def matching(*wanted: str | None) -> str:
    """Return the first language there is for tags such as ``es-ES`` or ``es_ES.UTF-8``, else English."""
    for tag in wanted:
        code = (tag or "").replace("_", "-").partition("-")[0].partition(".")[0].lower()
        if code in LANGUAGES:
            return code
    return SOURCE


def of_environment() -> str:
    """Return the language of a terminal: ``BARRX_LANG``, else what the system says."""
    found = (os.environ.get(name, "") for name in ("BARRX_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return matching(next((tag for tag in found if tag), None))


# --- messages -----------------------------------------------------------------------------------------------


class Said(str):
    """A message that can be said again in another language, with what is filled in."""

    source: tuple[str, str, int] | tuple[str]
    values: Mapping[str, Any] = MappingProxyType({})


class _Message(str):
    """A translated message with places to fill in, where numbers follow the language."""

    source: tuple[str, str, int] | tuple[str]

    def format(self, *args: object, **values: object) -> str:
        said = Said(_Numbers().vformat(self, args, values))
        said.source, said.values = self.source, values
        return said


class _Numbers(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Real) and not isinstance(value, bool):
            return numeral(value, format_spec)
        return str(super().format_field(value, format_spec))


def _(message: str) -> str:
    """Return the translation of a message."""
    return _translated((message,))


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the translation that goes with a count."""
    return _translated((singular, plural, n))


def pgettext(context: str, message: str) -> str:
    """Return the translation of a word that means several things; the context says which one."""
    return _catalogue(language()).pgettext(context, message)


def again(text: str) -> str:
    """Return what was said in the source language, or at another moment, in the language of now."""
    if isinstance(text, Said):
        values = {name: again(v) if isinstance(v, str) else v for name, v in text.values.items()}
        message = _translated(text.source)
        return message.format(**values) if values else message
    return _catalogue(language()).gettext(text) if text else text


def _translated(source: tuple[str, str, int] | tuple[str]) -> str:
    catalogue = _catalogue(language())
    text = catalogue.gettext(source[0]) if len(source) == 1 else catalogue.ngettext(*source)
    message = _Message(text) if "{" in text else Said(text)
    message.source = source
    return message


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    return _gettext.translation("barrx", LOCALE_DIR, languages=[code], fallback=True)


# --- messages between processes, and in what is stored ---------------------------------------------------------

_MARK = {"source", "values"}


def all_again(value: Any) -> Any:
    """Return JSON values with every message in them (see :func:`to_json`) said in the language of now."""
    if isinstance(value, Mapping):
        if value.keys() == _MARK:
            return again(from_json(value))
        return {name: all_again(one) for name, one in value.items()}
    return [all_again(one) for one in value] if isinstance(value, list) else value


def to_json(text: str) -> Any:
    """Return a text as JSON values, so that :func:`from_json` can say it in another language."""
    if not isinstance(text, Said):
        return text
    return {"source": list(text.source), "values": {name: _plain(v) for name, v in text.values.items()}}


def from_json(value: Any) -> str:
    """Return the text that :func:`to_json` wrote, in the source language."""
    if not isinstance(value, Mapping):
        return str(value)
    values = {name: from_json(v) if isinstance(v, Mapping) else v for name, v in value["values"].items()}
    with speaking(SOURCE):
        message = _translated(tuple(value["source"]))
        return message.format(**values) if values else message


def _plain(value: Any) -> Any:
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    return to_json(value) if isinstance(value, str) else str(value)


# --- numbers and dates ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerals:
    """How a language writes numbers; the browser's own ``toLocaleString`` does the same."""

    decimal: str = "."
    group: str = ","
    least_grouped: int = 1_000
    percent: str = "%"


_NUMERALS = {
    "es": Numerals(decimal=",", group=".", least_grouped=10_000, percent="\N{NO-BREAK SPACE}%"),
}


def numerals() -> Numerals:
    """Return how numbers are written in the language of now."""
    return _NUMERALS.get(language(), Numerals())


def numeral(value: Any, spec: str = ",") -> str:
    """Format a number as the language does; what rounds to zero has no sign.

    Parameters
    ----------
    spec : Python's format specification, such as ``,``, ``.2f`` or ``.0%``; with none a number stays as typed
    """
    style = numerals()
    if language() != SOURCE and abs(value) < style.least_grouped:
        spec = spec.replace(",", "")
    signs: dict[str, str | int | None] = {",": style.group, ".": style.decimal, "%": style.percent}
    if spec:
        signs["-"] = "\N{MINUS SIGN}"
    said = format(value, spec)
    if spec and not said.strip("-0.,%"):
        said = said.removeprefix("-")
    return said.translate(str.maketrans(signs))


def date(when: datetime.date) -> str:
    """Return a day as the language writes it: 25 Nov 2026, 25 nov 2026."""
    from babel.dates import format_date

    return format_date(when, "d MMM y", locale=language())


def day(stored: str) -> str:
    """Return the day of a moment that is stored as ISO 8601; "" for none."""
    return date(datetime.datetime.fromisoformat(stored).date()) if stored else ""


def moment(when: datetime.datetime) -> str:
    """Return a day and the time of day: 25 Nov 2026, 18:55."""
    from babel.dates import format_datetime

    return format_datetime(when, "d MMM y, HH:mm", locale=language())
