"""Filters in words, for those who cannot look into the panel: in an exported page, under a thumbnail."""

from barrx import facets
from barrx.filters import Filters, Range
from barrx.i18n import _, numeral

_LONGEST = 80  # characters of a value
_MOST_VALUES = 5


def conditions(filters: Filters) -> list[str]:
    """Return what each condition of filters asks for, as it was typed: to be escaped."""
    found = [_("search “{text}”").format(text=" ".join(filters.text.split()))] if filters.text.strip() else []
    found += [
        f"{column[:_LONGEST]}: {_values(values)}" for column, values in filters.categories.items() if values
    ]
    found += [f"{column[:_LONGEST]}: {_range(wanted)}" for column, wanted in filters.ranges.items()]
    if filters.only_noise:
        found.append(_("only noise"))
    if filters.below is not None:
        found.append(_("membership below {value}").format(value=numeral(filters.below, ".4g")))
    return found


def _values(values: tuple[str, ...]) -> str:
    shown = [_("no value") if v == facets.NO_VALUE else v[:_LONGEST] for v in values[:_MOST_VALUES]]
    if len(values) > _MOST_VALUES:
        shown.append("…")
    return _(" or ").join(shown)


def _range(wanted: Range) -> str:
    # Not with the marks of thousands: most such numbers are years.
    low, high = (None if end is None else f"{end:.12g}" for end in (wanted.low, wanted.high))
    if low is None:
        return _("up to {high}").format(high=high)
    if high is None:
        return _("from {low}").format(low=low)
    return _("{low} to {high}").format(low=low, high=high)
