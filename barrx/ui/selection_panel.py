"""Under the map: the pictures that are selected, what they have in common, and what can be done with them."""

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from barrx import archive, facets
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import Map
from barrx.ui import gallery, groups_panel, keys, selection_actions, selection_route, state
from barrx.ui.errors import reported
from barrx.ui.text import apart_at_sight

_BY_CLUSTER = ""
_MOST_ROWS = 12
_LONGEST = 80  # characters of a column in the list


def show(
    dataset: Dataset,
    finished: Map,
    selected: NDArray[np.int64],
    names: dict[int, str],
    *,
    is_carried: bool,
) -> None:
    """Show the selection with its gallery, its counts and the groups; or how to select.

    Parameters
    ----------
    selected : (k,) pictures, those that pass the filters
    names : of all clusters, by their number
    is_carried : the address of the page says which pictures are selected
    """
    left, right = st.columns([3, 1], gap="medium")
    with left, st.container(key=keys.SELECTION):
        n = len(selected)
        if n:
            said = ngettext("{n} image selected", "{n} images selected", n).format(n=numeral(n))
            st.subheader(said, anchor=False)
            _actions(dataset, finished, selected, is_carried)
            gallery.paged(dataset, selected.tolist(), key=keys.GALLERY)
        elif n_hidden := len(state.selection(dataset).indexes):
            _nothing_left(dataset, n_hidden)
        else:
            _hint()
    with right:
        if n:
            _counts(dataset, finished, selected, names)
        reported(groups_panel.show)(dataset, selected)


def _nothing_left(dataset: Dataset, n: int) -> None:
    said = ngettext(
        "{n} image is selected, but does not pass the search and the filters.",
        "{n} images are selected, but none of them passes the search and the filters.",
        n,
    ).format(n=numeral(n))
    st.html(f'<p class="hint">{escape(said)}</p>')
    _clear(dataset)


def _clear(dataset: Dataset) -> None:
    st.button(
        _("Clear selection"),
        key=keys.CLEAR_SELECTION,
        on_click=state.select,
        args=(dataset, []),
        icon=":material/close:",
    )


def _hint() -> None:
    text = _("Shift and click selects images one by one; draw a box or a lasso to select many.")
    st.html(f'<p class="hint">{escape(text)}</p>')


# --- what can be done -------------------------------------------------------------------------------------


def _actions(dataset: Dataset, finished: Map, selected: NDArray[np.int64], is_carried: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=keys.SELECTION_ACTIONS):
        _clear(dataset)
        files = selection_route.addresses(dataset, finished.request, selected)
        selection_actions.show(
            files["csv"],
            files["zip"],
            archive.size(dataset, selected.tolist()),
            is_carried=is_carried,
        )


# --- what they have in common -----------------------------------------------------------------------------


def _counts(dataset: Dataset, finished: Map, selected: NDArray[np.int64], names: dict[int, str]) -> None:
    names_of = {_BY_CLUSTER: _("cluster")} | {name: name for name in facets.categories(dataset)}
    labels = apart_at_sight(names_of)
    column = st.selectbox(
        _("Counts by"),
        list(labels),
        key=keys.COUNT_BY,
        persist_state="session",
        format_func=lambda name: labels[name][:_LONGEST],
    )
    if column in (_BY_CLUSTER, None):
        table = _by_cluster(finished.clustering.labels, selected, names)
    else:
        table = _by_category(facets.category(dataset, column), selected)
    st.html(_bars(table))


def _by_cluster(
    labels: NDArray[np.int32], selected: NDArray[np.int64], names: dict[int, str]
) -> pd.DataFrame:
    numbers, sizes = np.unique(labels, return_counts=True)
    found = pd.Series(labels[selected]).value_counts()
    rows = [
        (names.get(int(number), _("noise")), int(found.get(number, 0)), int(size))
        for number, size in zip(numbers, sizes, strict=True)
    ]
    return _sorted(rows)


def _by_category(category: facets.Category, selected: NDArray[np.int64]) -> pd.DataFrame:
    found = np.bincount(category.values[np.isin(category.rows, selected)], minlength=len(category.names))
    rows = [
        (name or _("no value"), int(n), int(size))
        for name, n, size in zip(category.names, found, category.counts, strict=True)
    ]
    return _sorted(rows)


def _sorted(rows: Sequence[tuple[str, int, int]]) -> pd.DataFrame:
    """Return the rows with at least one picture: ``name``, ``n``, ``size``, the most frequent first."""
    table = pd.DataFrame(rows, columns=["name", "n", "size"])
    return table[table["n"] > 0].sort_values("n", ascending=False, kind="stable")


def _bars(table: pd.DataFrame) -> str:
    most = int(table["n"].max()) if len(table) else 1
    said = _("{n} of {size}")
    lines = "".join(
        f'<div title="{escape(said.format(n=numeral(n), size=numeral(size)))}">'
        f'<dt dir="auto">{escape(name[:200])}</dt><dd>{numeral(n)}</dd>'
        f'<i style="width:{100 * n / most:.1f}%"></i></div>'
        for name, n, size in table.head(_MOST_ROWS).itertuples(index=False)
    )
    rest = len(table) - _MOST_ROWS
    more = ngettext("{n} other", "{n} others", rest).format(n=numeral(rest)) if rest > 0 else ""
    return f'<dl class="counts">{lines}</dl>' + (f'<p class="hint">{escape(more)}</p>' if more else "")
