"""Numbers and dates on charts, as the language of the reader writes them."""

from collections.abc import Mapping
from typing import Any

from barrx.i18n import language, numerals


def locale() -> dict[str, Any]:
    """Return how numbers and dates are written on a chart: for ``alt.Config(locale=...)``."""
    from babel.dates import get_day_names, get_month_names

    style, code = numerals(), language()

    def names(found: Mapping[int, str], first: int, n: int) -> list[str]:
        return [found[(first + i) % 7 if n == 7 else first + i] for i in range(n)]

    return {
        "number": {
            "decimal": style.decimal,
            "thousands": style.group,
            "grouping": [3],
            "currency": ["", "\N{NO-BREAK SPACE}€"],
            "percent": style.percent,
        },
        "time": {
            "dateTime": "%A, %e %B %Y, %X",
            "date": "%d/%m/%Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": names(get_day_names("wide", locale=code), 6, 7),  # Babel's week begins on Monday
            "shortDays": names(get_day_names("abbreviated", locale=code), 6, 7),
            "months": names(get_month_names("wide", locale=code), 1, 12),
            "shortMonths": names(get_month_names("abbreviated", locale=code), 1, 12),
        },
    }
