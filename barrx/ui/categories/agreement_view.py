"""How far clusters and categories agree: the figures, and the table as a heat map that opens its pictures."""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.judgement import values
from barrx.judgement.questions import Question
from barrx.judgement.values import Values
from barrx.pipeline import Map
from barrx.ui import gallery, judged, keys, nearest
from barrx.ui.categories import card, explanations_view, heat, map_link, sentences
from barrx.ui.judged import Judged
from barrx.ui.text import plain, rounded_down

_MEASURES = ("ami", "ari", "homogeneity", "completeness")


def show(dataset: Dataset, finished: Map, column: str, *, dimmed: bool) -> None:
    """Show how far the clusters of a map agree with a column."""
    k = nearest.choose(len(dataset.filenames))
    question = Question(part="agreement", map=finished.request, column=column, k=k)
    warning = st.container()
    judged.show(dataset, finished, question, lambda found: _draw(dataset, found), dimmed=dimmed)
    if not dimmed:
        with warning:  # asked after the agreement, so that the agreement need not wait for it
            explanations_view.warn(dataset, finished, column)


def _draw(dataset: Dataset, found: Judged) -> None:
    facts, column = found.answer.facts, str(found.question.column)
    st.markdown(f"**{plain(sentences.agreement(facts, column))}**")
    left, right = st.columns([3, 1], gap="medium")
    with left:
        st.html(figures_table(facts["agreement"]))
        for said in under_the_figures(facts, column):
            st.html(f'<p class="hint">{escape(said)}</p>')
        _heat_map(found, column)
        picked = _cell(dataset, found, column)
    with right, st.container(key=keys.COMPARE_AREA):
        card.show(dataset, found.map, picked)


# --- the figures ------------------------------------------------------------------------------------------


def figures_table(agreement: Mapping[str, Any]) -> str:
    """Return the figures with and without noise, beside chance, and what each means, as HTML; a dash where there is
    a reason for none.
    """
    whole = None if agreement["reason_with_noise"] else agreement["with_noise"]
    clear = None if agreement["reason"] else agreement["without_noise"]
    head = "".join(
        f'<th scope="col">{escape(text)}</th>'
        for text in (
            _("figure"),
            _("clustered images"),
            _("by chance"),
            _("noise as a group"),
            _("by chance"),
            _("what it means"),
        )
    )
    rows = "".join(_row(name, whole, clear) for name in _MEASURES)
    missing = agreement["n_missing"]
    n = agreement["n_compared"]
    said = ngettext("{n} image compared", "{n} images compared", n).format(n=numeral(n))
    said += " · " + _("{share:.0%} of them in a cluster").format(
        share=rounded_down(agreement["clustered_share"])
    )
    if missing:
        said += " · " + ngettext(
            "{n} without a value is left out", "{n} without a value are left out", missing
        ).format(n=numeral(missing))
    return (
        f'<div class="judged-table"><table><caption>{escape(said)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def under_the_figures(facts: Mapping[str, Any], column: str) -> list[str]:
    """Return what stands under the figures: why they stay below 1, if they do, and how alike neighbours are."""
    found = facts["agreement"]
    # Of figures that are a dash nothing is said.
    if facts["has_several"] and not found["reason"]:
        return [sentences.several(column), sentences.purity(facts)]
    if facts["has_several_with_noise"] and not found["reason_with_noise"]:
        return [sentences.several_with_noise(column), sentences.purity(facts)]
    return [sentences.purity(facts)]


def _row(name: str, whole: Mapping[str, Any] | None, clear: Mapping[str, Any] | None) -> str:
    label, meaning = _measures()[name]
    cells = "".join(f"<td>{_figure(one, name)}</td><td>{_chance(one, name)}</td>" for one in (clear, whole))
    return f'<tr><th scope="row">{escape(label)}</th>{cells}<td class="meaning">{escape(meaning)}</td></tr>'


def _figure(one: Mapping[str, Any] | None, name: str) -> str:
    if one is None or one["figures"][name] is None:
        return "–"
    value = float(one["figures"][name])
    return f'<b>{sentences.two_places(value)}</b><i style="width:{100 * min(max(value, 0.0), 1.0):.0f}%"></i>'


def _chance(one: Mapping[str, Any] | None, name: str) -> str:
    if one is None or one["chance"][name] is None:
        return "–"
    return f"{sentences.two_places(one['chance'][name])} ± {sentences.two_places(one['spread'][name])}"


def _measures() -> dict[str, tuple[str, str]]:
    return {
        "ami": (
            _("adjusted mutual information"),
            _("How much knowing the cluster tells of the category: 0 no more than chance, 1 everything."),
        ),
        "ari": (
            _("adjusted Rand index"),
            _("How often two images are together in both or apart in both: 0 by chance, 1 always."),
        ),
        "homogeneity": (
            _("homogeneity"),
            _(
                "Whether each cluster holds one category only: 1 if so. Many small clusters raise it, so read chance."
            ),
        ),
        "completeness": (
            _("completeness"),
            _(
                "Whether each category lies in one cluster only: 1 if so. Few large clusters raise it, so read chance."
            ),
        ),
    }


# --- the table --------------------------------------------------------------------------------------------


def _heat_map(found: Judged, column: str) -> None:
    facts, table = found.answer.facts, found.answer.arrays["table"]
    if not table.size:
        return
    st.subheader(_("Which category lies in which cluster"), anchor=False)
    st.caption(
        _(
            "Each row is a category; the fuller the colour of a cell, the larger its share of the row. "
            "Click one to see its images."
        )
    )
    names = [group_name(group) for group in facts["groups"]]
    cells = heat.cells(table, facts["categories"], names)
    chart = heat.drawn(
        cells,
        (column, _("cluster")),
        is_dark=st.context.theme.type == "dark",
        sentence=sentences.agreement(facts, column),
    )
    key = keys.of(keys.HEAT_MAP, found.map.revision)
    with st.container(key=keys.COMPARE_HEAT):
        st.altair_chart(
            chart, key=key, on_select=lambda: _follow(key), selection_mode=heat.SELECTION, theme="streamlit"
        )
    said = heat.note(table)
    if said:
        st.caption(said)


def group_name(number: int) -> str:
    """Return what stands over the column of a cluster."""
    return _("noise") if number == NOISE else str(number)


def _follow(key: str) -> None:
    cell = heat.chosen(st.session_state.get(key))
    if cell is not None and heat.OTHERS not in cell:
        st.session_state[keys.CELL_ROW], st.session_state[keys.CELL_COLUMN] = cell


def _cell(dataset: Dataset, found: Judged, column: str) -> list[int]:
    """Show the pictures of the cell that is chosen, by click or by the two lists; return them."""
    facts = found.answer.facts
    groups = {group_name(group): int(group) for group in facts["groups"]}
    if not groups:
        return []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = _choose(_("Images of"), list(facts["categories"]), keys.CELL_ROW)
        group = _choose(_("in cluster"), list(groups), keys.CELL_COLUMN)
    indexes = members(
        _values(f"{dataset.fingerprint}:{column}", dataset, column),
        category,
        found.map.clustering.labels,
        groups[group],
    )
    n = len(indexes)
    st.caption(ngettext("{n} image", "{n} images", n).format(n=numeral(n)))
    if n:
        map_link.button(dataset, indexes, key=keys.CELL_WALL)
        gallery.paged(dataset, indexes.tolist(), key=keys.CELL_WALL)
    picked: list[int] = indexes.tolist()
    return picked


def _choose(label: str, options: list[str], key: str) -> str:
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    return st.selectbox(label, options, key=key, persist_state="session") or options[0]


@st.cache_resource(show_spinner=False, max_entries=8)
def _values(version: str, _dataset: Dataset, column: str) -> Values:
    return values.of_column(_dataset.metadata, column)


def members(column: Values, category: str, labels: NDArray[np.integer], number: int) -> NDArray[np.int64]:
    """Return the pictures that have a category and lie in a cluster, ascending: (k,) int64."""
    have = column.members(column.names.index(category)).astype(np.int64)
    found: NDArray[np.int64] = have[labels[have] == number]
    return found
