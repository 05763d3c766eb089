"""Years out of the dates that curators write: "c. 1907", "1910-12", "3rd century BC", "um 1890", "siglo XIX".

One number has to stand for a date that may be a span. What is taken:

- a span, "1907-1912", "between 1900 and 1910", "1907/08": its first year;
- "before 1900", "after 1900", "c. 1900", "1900?": the year that is named;
- a decade, "1890s", "190-?": its first year, the number as it is written;
- a century, "19th century": its middle, 1850; the first half or "early" 1825, the second half or "late" 1875;
- years before Christ are negative: "500 BC" is -500.
"""

import re
import unicodedata
from collections.abc import Callable

_EARLIEST, _LATEST = -10_000, 2_100
_LONGEST = 300  # characters looked at

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
# Numbers that are no years: inventory numbers, pages, measures.
_OTHER_NUMBERS = re.compile(
    r"\b(?:inv(?:entory)?|inventar|no|nr|num(?:ber)?|núm|nº|n°|cat|acc(?:ession)?|p|pp|fig|vol|id)\b[\s.:#°º]*"
    r"(?:(?:no|nr|nº|n°)\b[\s.:]*)?[\w./-]*\d[\w./-]*"
    r"|[#№]\s*\d+"
    r"|\d+(?:[.,]\d+)?\s*(?:x|×)\s*\d+(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?\s*(?:cm|mm|m|km|kg|g|in|px|dpi|€|\$|£|%)(?!\w)"
)
_BC = re.compile(
    r"\b(?:b\.?\s?c\.?(?:\s?e\.?)?|a\.?\s?(?:de\s)?c\.|a\.?\s?n\.?\s?e\.|antes de cristo|v\.?\s?chr\.?|"
    r"vor christus|av(?:ant)?\.?\s?j\.?[- ]?c\.?)(?!\w)"
)
_AD = re.compile(
    r"\b(?:a\.?\s?d\.?|c\.?\s?e\.?|d\.?\s?(?:de\s)?c\.|n\.?\s?chr\.?|"
    r"ap(?:r(?:ès|es)?)?\.?\s?j\.?[- ]?c\.?)(?!\w)"
)
_ABOUT = r"""(?x:c | ca | circa | cir | um | about | around | hacia | vers | h | before | after | vor | nach
    | antes\ de | avant | après | year | año | jahr)"""
_ROMAN = r"[ivx]{1,5}"
_CENTURY = re.compile(
    r"\b(?:"
    r"(?P<arabic>\d{1,2})\s*(?:st|nd|rd|th|\.|e|er|ème|eme|º|o)?[\s-]*(?:(?:-|to|/|and|bis|und)\s*\d{1,2}\s*(?:st|nd|rd|th|\.)"
    r"\s*)?(?:century|centuries|cent\.?|(?<=[a-z]\s)c\.|jahrhunderts?|jh(?:dt|s)?\.?|siècle|siecle|siglo)"
    rf"|(?:siglos?|s\.|sec(?:olo|\.))\s*(?P<after>{_ROMAN})"
    rf"|(?P<before>{_ROMAN})(?:e|er|ème|eme|th)?\s*(?:siècle|siecle|century|s\.)"
    r")(?!\w)"
)
_EARLY = re.compile(
    r"\b(?:early|first half|1st half|beginning|principios|primera mitad|inicios|comienzos|anfang|"
    r"frühes|frühen|erste hälfte|1\. hälfte|début|première moitié)\b"
)
_LATE = re.compile(
    r"\b(?:late|second half|2nd half|end|finales|fines|segunda mitad|ende|spätes|späten|zweite hälfte|"
    r"2\. hälfte|fin|seconde moitié|deuxième moitié)\b"
)
_DECADE = re.compile(r"(?<!\d)(?P<tens>\d{3})(?:0(?:'?s|er)|[-_?*x](?![\dx]))(?!\w)")
_LIBRARY_CENTURY = re.compile(r"(?<!\d)(?P<hundreds>\d{2})(?:--|\?\?|__|\*\*|xx)")
_COMPACT = re.compile(r"(?<!\d)(?P<year>\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")
_FOUR = re.compile(r"(?<!\d)(?P<year>\d{4})(?!\d)")
_FEW = re.compile(r"(?<![\d.])\d{1,4}(?![\d])")


def parse_year(text: object) -> int | None:
    """Return the year that stands for a date, or None if there is none in it.

    Parameters
    ----------
    text : str, number or None
        a free date, in English, Spanish, German or French

    Returns
    -------
    int or None
        from -10,000 (before Christ) to 2,100; see the module for what a span or a century gives
    """
    if text is None:
        return None
    dated = _plain(str(text))
    for reader in _READERS:
        year = reader(dated)
        if year is not None:
            return year if _EARLIEST <= year <= _LATEST and year != 0 else None
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFC", text[:_LONGEST]).translate(_DASHES).casefold()
    without_brackets = re.sub(r"[\[\](){}<>]", "", folded)
    return _OTHER_NUMBERS.sub(" ", " ".join(without_brackets.split())).strip()


def _is_bc(text: str) -> bool:
    return _BC.search(text) is not None


def _century(text: str) -> int | None:
    found = _CENTURY.search(text)
    if found is None:
        return _library_century(text)
    number = int(found["arabic"]) if found["arabic"] else _roman(found["after"] or found["before"])
    if not 1 <= number <= 40:
        return None
    share = 25 if _EARLY.search(text) else 75 if _LATE.search(text) else 50
    return -100 * number + share if _is_bc(text) else 100 * (number - 1) + share


def _library_century(text: str) -> int | None:
    found = _LIBRARY_CENTURY.search(text)
    return int(found["hundreds"]) * 100 + 50 if found else None


def _roman(letters: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in letters]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _before_christ(text: str) -> int | None:
    end = _BC.search(text)
    if end is None:
        if re.fullmatch(r"-\d{1,5}", text):
            return int(text)
        return None
    numbers = re.findall(r"(?<![\d.])\d{1,5}(?!\d)", text[: end.start()])
    return -int(numbers[0]) if numbers else None


def _written_out(text: str) -> int | None:
    for pattern in (_FOUR, _COMPACT):
        if found := pattern.search(text):
            return int(found["year"])
    return None


def _decade(text: str) -> int | None:
    found = _DECADE.search(text)
    return int(found["tens"]) * 10 if found else None


def _short(text: str) -> int | None:
    """Read "850", "c. 850", "79 AD": three digits need little to be a year, fewer need "AD"."""
    if _AD.search(text):
        found = _FEW.search(text)
        return int(found.group()) if found else None
    found = re.fullmatch(rf"(?:{_ABOUT}\b[\s.]*)*(\d{{3}})(?:\s*[-/]\s*\d{{2,4}})?\s*\??", text)
    return int(found[1]) if found else None


_READERS: tuple[Callable[[str], int | None], ...] = (_century, _before_christ, _decade, _written_out, _short)
