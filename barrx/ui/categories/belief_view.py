"""Can I believe this map? How faithful it is to the embedding, and whether its clusters are its own making."""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.judgement.questions import Question
from barrx.pipeline import Map
from barrx.ui import judged, judged_colors, nearest
from barrx.ui.categories import heat, map_link, sentences
from barrx.ui.categories.agreement_view import figures_table, group_name
from barrx.ui.judged import Judged
from barrx.ui.text import plain


def show(dataset: Dataset, finished: Map, *, dimmed: bool) -> None:
    """Show how far a map can be believed."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Are neighbours on the map real neighbours?"), anchor=False)
        k = nearest.choose(len(dataset.filenames))
        faithful = Question(part="faithfulness", map=finished.request, k=k)
        judged.show(dataset, finished, faithful, lambda found: _faithful(dataset, found), dimmed=dimmed)
    with right:
        st.subheader(_("Are the clusters more than the map's own?"), anchor=False)
        spaces = Question(part="spaces", map=finished.request)
        judged.show(dataset, finished, spaces, _spaces, dimmed=dimmed)


# --- neighbours -------------------------------------------------------------------------------------------


def _faithful(dataset: Dataset, found: Judged) -> None:
    facts = found.answer.facts
    st.markdown(f"**{plain(sentences.faithfulness(facts, len(dataset.filenames)))}**")
    st.html(_measures(facts))
    misplaced = np.flatnonzero(found.answer.arrays["misplaced"])
    map_link.colored(judged_colors.FAITHFULNESS, _("Colour the map by it"))
    if len(misplaced):
        map_link.button(
            dataset, misplaced, key="strangers", label=_("Select on the map those among strangers")
        )
    st.caption(_("The card of each image says how many of its real neighbours the map keeps beside it."))


def _measures(facts: Mapping[str, Any]) -> str:
    rows = (
        (
            _("trustworthiness"),
            facts["trustworthiness"],
            _(
                "1: whoever stands beside an image on the map belongs there. Lower: strangers stand among them."
            ),
        ),
        (
            _("continuity"),
            facts["continuity"],
            _(
                "1: whoever belongs beside an image stands there. Lower: the map tears apart what belongs together."
            ),
        ),
        (
            _("neighbours kept"),
            facts["kept"],
            ngettext(
                "How often an image's nearest in the embedding is its nearest on the map.",
                "Share of an image's {k} nearest in the embedding that are its {k} nearest on the map.",
                facts["k"],
            ).format(k=facts["k"]),
        ),
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><b>{numeral(value, ".2f")}</b>'
        f'<i style="width:{100 * max(0.0, value):.0f}%"></i></td><td class="meaning">{escape(meaning)}</td></tr>'
        for name, value, meaning in rows
    )
    return f'<div class="judged-table"><table><tbody>{body}</tbody></table></div>'


# --- ten dimensions ---------------------------------------------------------------------------------------


def _spaces(found: Judged) -> None:
    facts, table = found.answer.facts, found.answer.arrays["table"]
    sentence = sentences.spaces(facts, found.map.clustering.n_clusters)
    st.markdown(f"**{plain(sentence)}**")
    is_projected = facts["is_projected"]
    st.caption(explained(is_projected=is_projected))
    numbers = [int(row) for row in facts["rows"]]
    order = sorted(
        range(len(numbers)), key=lambda place: numbers[place] == NOISE
    )  # noise last, as on the map
    columns = [group_name(int(group)) for group in facts["groups"]]
    there = _there if is_projected else _among_vectors
    cells = heat.cells(table[order], [there(numbers[place]) for place in order], columns)
    titles = (
        _("in ten dimensions") if is_projected else _("among the vectors"),
        _("cluster on the map"),
    )
    chart = heat.drawn(cells, titles, is_dark=st.context.theme.type == "dark", sentence=sentence)
    st.altair_chart(chart, theme="streamlit")
    with st.expander(_("The figures")):
        st.html(figures_table(facts["agreement"]))


def explained(*, is_projected: bool) -> str:
    """Say what the clusters of the map are held against: ten dimensions of UMAP, or the vectors themselves."""
    if is_projected:
        return _(
            "The clusters of this page are found on the two coordinates of the map, which min_dist and the squeeze "
            "into two dimensions shape. Here HDBSCAN has looked for them in ten dimensions of UMAP, with the same "
            "settings. Each row is a cluster in ten dimensions, each column one on the map."
        )
    return _(
        "The clusters of this page are found on the two coordinates of the map. Here HDBSCAN has looked for them "
        "among the vectors themselves, with the same settings: the images are too few for UMAP in ten dimensions. "
        "Each row is a cluster of vectors, each column one on the map."
    )


def _among_vectors(number: int) -> str:
    return _("noise there") if number == NOISE else _("vectors' cluster {n}").format(n=number)


def _there(number: int) -> str:
    return _("noise in 10-D") if number == NOISE else _("10-D cluster {n}").format(n=number)
