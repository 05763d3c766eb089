"""Figures of each picture that a map can be coloured by, as soon as a worker has judged the map."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from barrx.datasets import Dataset
from barrx.i18n import _, language
from barrx.judgement import questions
from barrx.judgement.questions import Answer, Question
from barrx.pipeline import Map, MapRequest
from barrx.ui import coloring, judged, nearest
from barrx.ui.coloring import Coloring


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedColor:
    """A way to colour a map by what was judged of it.

    Attributes
    ----------
    title : callable
        returns what people read
    question : callable
        returns what to ask about a map, and of how many neighbours (0: the default)
    coloring : callable
        returns the colours, of an answer to that question
    is_flagged : bool
        some pictures stand out from its scale
    """

    title: Callable[[], str]
    question: Callable[[MapRequest, int], Question]
    coloring: Callable[[Answer], Coloring]
    is_flagged: bool


def _by_faithfulness(answer: Answer) -> Coloring:
    return coloring.by_share(
        _("Real neighbours kept on the map, of {k}").format(k=answer.facts["k"]),
        answer.arrays["kept"],
        missing=_("not measured"),
        flagged=(answer.arrays["misplaced"], _("among strangers")),
    )


def _by_stability(answer: Answer) -> Coloring:
    return coloring.by_share(
        _("Companions kept with other seeds"),
        answer.arrays["companions_seeds"],
        missing=_("noise"),
        flagged=(answer.arrays["artefact"], _("in an artefact of the seed")),
    )


def _by_samples(answer: Answer) -> Coloring:
    return coloring.by_share(
        _("Companions kept on samples of the images"),
        answer.arrays["companions_samples"],
        missing=_("not measured"),
    )


FAITHFULNESS = "faithfulness"
STABILITY = "stability"
SAMPLES = "stability-samples"

# By the name that stands in the list and in the address.
COLORS: dict[str, JudgedColor] = {
    FAITHFULNESS: JudgedColor(
        title=lambda: _("Real neighbours kept on the map"),
        question=lambda request, k: Question(part="faithfulness", map=request, k=k),
        coloring=_by_faithfulness,
        is_flagged=True,
    ),
    STABILITY: JudgedColor(
        title=lambda: _("Companions kept with other seeds"),
        question=lambda request, _k: Question(part="stability", map=request),
        coloring=_by_stability,
        is_flagged=True,
    ),
    SAMPLES: JudgedColor(
        title=lambda: _("Companions kept on samples of the images"),
        question=lambda request, _k: Question(part="stability", map=request),
        coloring=_by_samples,
        is_flagged=False,
    ),
}


def names(dataset: Dataset) -> list[str]:
    """Return the figures a map of a collection can be coloured by; a column of the same name comes before it."""
    return [name for name in COLORS if name not in dataset.metadata.columns]


def stored(dataset: Dataset, request: MapRequest, name: str, nearest: int) -> Coloring | None:
    """Return the colours of a map by a judged figure that was measured before; None where it was not."""
    answer = questions.load(dataset, COLORS[name].question(request, nearest))
    return None if answer is None else COLORS[name].coloring(answer)


def possible(name: str) -> Coloring:
    """Return colours with every entry that the legend of a judged figure may have, also before it is measured."""
    flagged = (np.zeros(1, bool), "") if COLORS[name].is_flagged else None
    return coloring.by_share(COLORS[name].title(), np.full(1, np.nan), missing="", flagged=flagged)


def of_map(dataset: Dataset, finished: Map, name: str) -> Coloring:
    """Return the colours of a map by a judged figure; grey, and a worker asked, while it is not known.

    Raises
    ------
    BarrxError
        if the figure could not be computed
    """
    chosen = COLORS[name]
    k = nearest.chosen(len(dataset.filenames))
    question = chosen.question(finished.request, k)
    if judged.is_costly(dataset, question):
        answer, job = questions.load(dataset, question), None
        if answer is None:
            st.info(_("This is not measured yet. Do it on the page Categories: “Can I believe this map?”"))
    else:
        answer, job = judged.ask(dataset, question)
    judged.wait_for(job)
    if answer is None:
        said = _("being measured") if job is not None else _("not measured")
        return coloring.unknown(chosen.title(), len(finished.coordinates), said)
    return _colored(f"{finished.revision}:{name}:{k}:{language()}", name, answer)


@st.cache_resource(show_spinner=False, max_entries=8)
def _colored(version: str, name: str, _answer: Answer) -> Coloring:
    return COLORS[name].coloring(_answer)
