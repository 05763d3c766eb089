"""What else could explain the clusters: every other column and the files' properties, ranked, as bars."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from barrx.datasets import Dataset
from barrx.i18n import _, ngettext
from barrx.judgement import questions
from barrx.judgement.questions import Answer, Question
from barrx.pipeline import Map
from barrx.ui import chart_locale, judged
from barrx.ui.categories import graph
from barrx.ui.categories.sentences import two_places
from barrx.ui.judged import Judged
from barrx.ui.text import plain, shortened

if TYPE_CHECKING:
    import altair as alt

_MOST: Final = 20
_NAME_LENGTH: Final = 60
_BESIDE: Final = 6  # pixels between a bar and its words
_LABEL_LIMIT: Final[Any] = {
    "expr": "containerSize()[0] < 500 ? 110 : 220"
}  # pixels of a name, on a phone and else
# Told apart by all kinds of colour vision, on both grounds; the legend and the words say it too.
_COLORS: Final = {"chosen": "#d9aa1b", "column": "#4279d1", "file": "#c56600"}


def show(dataset: Dataset, finished: Map, column: str | None, *, dimmed: bool) -> None:
    """Show what else than a column could explain the clusters of a map; without one, what could at all."""
    question = Question(part="explanations", map=finished.request, column=column)
    judged.show(dataset, finished, question, _draw, dimmed=dimmed)


def warn(dataset: Dataset, finished: Map, column: str) -> None:
    """Warn where the agreement is shown that something else explains the clusters better; a worker is asked for it."""
    question = Question(part="explanations", map=finished.request, column=column)
    answer, job = questions.load(dataset, question), None
    if answer is None and len(dataset.filenames) <= judged.AT_ONCE_UP_TO:
        answer, job = judged.ask(dataset, question)
    judged.wait_for(job)
    if answer is not None and answer.facts["rivals"]:
        more = _("“Other explanations” ranks all that is known of the images.")
        st.warning(plain(f"{_said(answer)} {more}"), icon=":material/warning:")


def _said(answer: Answer) -> str:
    return f"{answer.facts['sentence']} {answer.facts['note']}".strip()


def _draw(found: Judged) -> None:
    facts, sentence = found.answer.facts, _said(found.answer)
    if facts["rivals"]:
        st.warning(plain(sentence), icon=":material/warning:")
    else:
        st.markdown(f"**{plain(sentence)}**")
    if not facts["explanations"]:
        return
    st.caption(
        _(
            "Adjusted mutual information of the clusters with each, above what chance gives: 0 explains nothing, 1 "
            "everything. Noise counts as one more group. The thin line is three standard deviations of chance. Each is "
            "measured on the images that have a value; their number stands beside it where they are not nearly all."
        )
    )
    st.altair_chart(drawn(table(facts), sentence=sentence), theme="streamlit")
    _left_out(facts["left_out"])


def table(facts: Any) -> pd.DataFrame:
    """Return the explanations as a table, the best first, those that are drawn.

    Returns
    -------
    DataFrame
        ``name``, ``kind`` (chosen, column, file), ``score``, ``noise`` (three standard deviations of chance),
        ``text`` (the score in words), ``n_values``, ``n_missing``
    """
    rows = facts["explanations"]
    shown = [one for i, one in enumerate(rows) if i < _MOST or one["is_chosen"]]
    return pd.DataFrame(
        {
            "name": _different([shortened(one["name"], _NAME_LENGTH) for one in shown]),
            "kind": ["chosen" if one["is_chosen"] else one["kind"] for one in shown],
            "score": [float(one["score"]) for one in shown],
            "noise": [3 * float(one["compared"]["spread"]["ami"]) for one in shown],
            "text": [_in_words(one) for one in shown],
            "n_values": [one["n_values"] for one in shown],
            "n_missing": [one["n_missing"] for one in shown],
        }
    )


def _in_words(one: Any) -> str:
    said = two_places(one["score"]) + ("" if one["is_significant"] else " " + _("as by chance"))
    if one["is_of_nearly_all"]:
        return said
    n, everything = one["n_known"], one["n_known"] + one["n_missing"]
    return said + " · " + _("{n} of {all}").format(n=n, all=everything)


def _different(names: list[str]) -> list[str]:
    """A file's property may have the name of a column: each bar is a bar of its own."""
    return [name + "\N{ZERO WIDTH SPACE}" * names[:i].count(name) for i, name in enumerate(names)]


def drawn(rows: pd.DataFrame, *, sentence: str) -> "alt.LayerChart":
    """Draw the explanations as bars, the best on top.

    Parameters
    ----------
    rows : what :func:`table` returns
    sentence : what it shows in words
    """
    import altair as alt

    kinds = {"chosen": _("the chosen category"), "column": _("another column"), "file": _("the files")}
    kinds = {kind: name for kind, name in kinds.items() if (rows["kind"] == kind).any()}
    # Beside the bar and the line of chance, and never on a bar that goes to the left.
    words_at = rows[["score", "noise"]].max(axis=1).clip(lower=0.0)
    named = rows.assign(kind_name=rows["kind"].map(kinds), words_at=words_at)
    base = alt.Chart(named).encode(
        y=alt.Y("name:N", sort=named["name"].tolist(), title=None).axis(
            labelLimit=_LABEL_LIMIT, ticks=False, domain=False
        )
    )
    low, high = min(0.0, float(named["score"].min())), max(0.1, float(words_at.max()))
    scale = alt.Scale(domain=[low, high], range=[0, alt.ExprRef(_end_of_axis(named, low, high))], nice=False)
    bars = base.mark_bar(cornerRadiusEnd=2, height=15).encode(
        x=alt.X("score:Q", title=_("agreement above chance"), scale=scale),
        color=alt.Color(
            "kind_name:N",
            scale=alt.Scale(domain=list(kinds.values()), range=[_COLORS[kind] for kind in kinds]),
            legend=alt.Legend(title=None, orient="bottom", columns=1),
        ),
        tooltip=_tooltip(),
    )
    chance = base.mark_tick(color="#8b8e94", thickness=1, size=15).encode(x="noise:Q")
    words = base.mark_text(align="left", dx=_BESIDE, fontSize=graph.FONT_SIZE, color="#8b8e94").encode(
        x="words_at:Q", text="text:N"
    )
    return alt.LayerChart(
        layer=[bars, chance, words],
        height=alt.Step(22),
        width="container",
        description=sentence,
        usermeta={"embedOptions": {"renderer": "canvas"}},
        config=alt.Config(locale=chart_locale.locale()),
    )


def _end_of_axis(named: pd.DataFrame, low: float, high: float) -> str:
    """Return where the axis ends, in pixels from its start, as Vega's expression: every line of words has its room."""
    ends = ["width"]
    for at, text in zip(named["words_at"], named["text"], strict=True):
        share = (at - low) / (high - low)
        if share > 0:
            ends.append(f"(width - {graph.pixels([text]) + _BESIDE}) / {share:.4f}")
    return f"max(0.2 * width, min({', '.join(ends)}))"


def _tooltip() -> "list[alt.Tooltip]":
    import altair as alt

    return [
        alt.Tooltip("name:N", title=_("name")),
        alt.Tooltip("score:Q", title=_("agreement above chance"), format=".3f"),
        alt.Tooltip("n_values:Q", title=_("different values")),
        alt.Tooltip("n_missing:Q", title=_("images without one")),
    ]


def _left_out(left_out: Sequence[Mapping[str, str]]) -> None:
    if not left_out:
        return
    n = len(left_out)
    with st.expander(ngettext("{n} was left out", "{n} were left out", n).format(n=n)):
        for one in left_out:
            st.caption(f"{plain(shortened(one['name'], _NAME_LENGTH))}: {plain(one['reason'])}")
