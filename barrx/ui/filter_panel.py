"""Filters: the panel in the sidebar where they are chosen, and the line under the map that says what they do."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import facets
from barrx.datasets import Dataset
from barrx.facets import NO_VALUE
from barrx.filters import Filters, Range
from barrx.i18n import _, language, ngettext, numeral
from barrx.ui import keys, state
from barrx.ui.text import apart_at_sight, plain, told_apart

_MOST_VALUES = 1000  # in one list; the search finds what is rarer
_COLUMNS_AT_FIRST = 5
_LONGEST = 80  # characters of a column or a value in a list
_LEAST_BELOW = 0.001
_KEPT: Final = "session"


def preset(dataset: Dataset, chosen: Filters) -> None:
    """Set the widgets to filters that come from elsewhere, before they are shown."""
    for column, values in chosen.categories.items():
        st.session_state[_key(dataset, column)] = list(values)
    for column, wanted in chosen.ranges.items():
        st.session_state[_key(dataset, column)] = _ends(facets.number(dataset, column), wanted)
    st.session_state[keys.ONLY_NOISE] = chosen.only_noise
    st.session_state[keys.BELOW] = None if chosen.below is None else max(chosen.below, _LEAST_BELOW)
    state.search_for(dataset, chosen.text)
    asked = [*chosen.categories, *chosen.ranges]
    if asked or chosen.only_noise or chosen.below is not None:
        state.open_filters()
    if asked:
        columns = [*_offered(dataset)[:_COLUMNS_AT_FIRST], *asked]
        st.session_state[_key(dataset, "")] = list(dict.fromkeys(columns))


def choose(dataset: Dataset) -> Filters:
    """Show the panel and return the filters chosen in it, with the text searched for."""
    is_open = state.filters_open()
    with st.expander(_("Filter"), is_open, icon=":material/filter_alt:", key=keys.FILTER_PANEL):
        columns = _choose_columns(dataset)
        numbers = facets.numbers(dataset)
        categories = {c: _choose_values(dataset, c) for c in columns if c not in numbers}
        ranges = {c: _choose_range(dataset, c) for c in columns if c in numbers}
        only_noise = st.toggle(_("Only noise"), key=keys.ONLY_NOISE, persist_state=_KEPT)
        below = st.number_input(
            _("Membership below"),
            _LEAST_BELOW,
            1.0,
            None,
            0.05,
            format="%.4g",
            key=keys.BELOW,
            persist_state=_KEPT,
            placeholder=_("any"),
            help=_("Images that belong weakly to their cluster. Noise belongs to none: its membership is 0."),
        )
    return Filters(
        text=state.search(dataset),
        categories={c: values for c, values in categories.items() if values},
        ranges={c: wanted for c, wanted in ranges.items() if wanted is not None},
        only_noise=only_noise,
        below=below,
    )


def line(dataset: Dataset, chosen: Filters, shown: NDArray[np.bool_] | None) -> bool:
    """Show how many pictures pass; return whether the others are to be hidden."""
    if shown is None:
        return bool(st.session_state.get(keys.HIDE, False))
    with st.container(horizontal=True, vertical_alignment="center", key=keys.FILTER_BAR):
        n = int(shown.sum())
        said = ngettext("**{n}** of {total} images passes", "**{n}** of {total} images pass", n)
        st.markdown(said.format(n=numeral(n), total=numeral(len(shown))), width="content")
        hide = st.toggle(
            _("Hide the others"), key=keys.HIDE, bind="query-params", persist_state=_KEPT, width="content"
        )
        st.button(
            ngettext("Clear {n} filter", "Clear {n} filters", chosen.count).format(n=chosen.count),
            key=keys.CLEAR_FILTERS,
            on_click=clear,
            args=(dataset,),
            icon=":material/filter_alt_off:",
            type="tertiary",
        )
    return hide


def clear(dataset: Dataset) -> None:
    """Let every picture pass; the whole page is to run then, as the panel is no part of the map's fragment."""
    state.ask_for_whole_page()
    for column in [*facets.categories(dataset), *facets.numbers(dataset), *dataset.metadata.columns]:
        st.session_state.pop(_key(dataset, str(column)), None)
    preset(dataset, Filters())


# --- one widget a column ----------------------------------------------------------------------------------


def _key(dataset: Dataset, column: str) -> str:
    return keys.of(keys.FILTER, f"{dataset.slug}:{column}")


def _offered(dataset: Dataset) -> list[str]:
    return [*facets.categories(dataset), *facets.numbers(dataset)]


def _choose_columns(dataset: Dataset) -> list[str]:
    offered, key = _offered(dataset), _key(dataset, "")
    asked = [c for c in st.session_state.get(key, []) if c in dataset.metadata.columns]
    if len(offered) <= _COLUMNS_AT_FIRST and set(asked) <= set(offered):
        return offered
    st.session_state[key] = asked if key in st.session_state else offered[:_COLUMNS_AT_FIRST]
    labels = apart_at_sight({column: column for column in [*offered, *asked]})
    return st.multiselect(
        _("Columns"),
        list(labels),
        key=key,
        persist_state=_KEPT,
        format_func=lambda column: labels[column][:_LONGEST],
        help=_("Which columns to filter by."),
    )


def _choose_values(dataset: Dataset, column: str) -> tuple[str, ...]:
    found, key = facets.category(dataset, column), _key(dataset, column)
    # A link may ask for a value that is too rare for the list.
    chosen = [name for name in st.session_state.get(key, []) if name in found.names]
    st.session_state[key] = chosen
    options = list(dict.fromkeys([*found.names[:_MOST_VALUES], *chosen]))
    counts = dict(zip(found.names, found.counts.tolist(), strict=True))
    labels = _labels(tuple(options), tuple(counts[name] for name in options), language())
    return tuple(
        st.multiselect(
            plain(column[:_LONGEST]),
            options,
            key=key,
            persist_state=_KEPT,
            format_func=labels.__getitem__,
            placeholder=_("any of {n}").format(n=numeral(len(found.names))),
            filter_mode="contains",
            select_all=False,
        )
    )


# At each move of a slider the lists are the same, and a thousand numbers to be written.
@lru_cache(maxsize=64)
def _labels(names: tuple[str, ...], counts: tuple[int, ...], language: str) -> Mapping[str, str]:
    """Return value -> text with its count; the language is that of the numbers."""
    texts = [_("no value") if name == NO_VALUE else name[:_LONGEST] for name in names]
    return told_apart(
        {name: f"{text} · {numeral(n)}" for name, text, n in zip(names, texts, counts, strict=True)}
    )


def _choose_range(dataset: Dataset, column: str) -> Range | None:
    number, key = facets.number(dataset, column), _key(dataset, column)
    least, greatest = _ends(number, Range())
    low, high = st.session_state.get(key, (least, greatest))
    st.session_state[key] = _ends(number, Range(min(low, high), max(low, high)))
    # One type for all three, and two ends because the session says so: more than the signature can tell.
    step: Any = 1 if number.is_whole else (greatest - least) / 200
    chosen: Any = st.slider(
        plain(column[:_LONGEST]), least, greatest, step=step, key=key, persist_state=_KEPT
    )
    low, high = chosen
    if (low, high) == (least, greatest):
        return None
    # The end of the slider is no bound: a step may not meet the very last number.
    return Range(None if low <= least else float(low), None if high >= greatest else float(high))


def _ends(number: facets.Number, wanted: Range) -> tuple[float, float]:
    low = number.low if wanted.low is None else min(max(wanted.low, number.low), number.high)
    high = number.high if wanted.high is None else max(min(wanted.high, number.high), number.low)
    return (round(low), round(high)) if number.is_whole else (low, high)
