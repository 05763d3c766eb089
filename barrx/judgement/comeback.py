"""Whether the clusters of a sweep's settings come back: tried after it, and read beside its figures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from barrx.datasets import Dataset
from barrx.judgement import questions, recommendation
from barrx.judgement.questions import Answer, Question
from barrx.judgement.recommendation import Recommendation
from barrx.judgement.sweep import Figures
from barrx.pipeline import MapRequest

TRIED_AGAIN: Final = 6  # settings of a sweep whose clusters are looked for again if nobody says how many

Progress = Callable[[int, int, str], None]


def asked(setting: MapRequest) -> Question:
    """Return the question whether the clusters of a setting come back."""
    return Question(part="stability", map=setting)


def load(dataset: Dataset, settings: Mapping[int, MapRequest]) -> dict[int, Answer]:
    """Return what is known of some settings, by what stands before each; compute nothing."""
    found = {number: questions.load(dataset, asked(setting)) for number, setting in settings.items()}
    return {number: answer for number, answer in found.items() if answer is not None}


def share_of(answer: Answer) -> float | None:
    """Return how well the clusters of a map come back: mean Jaccard, over seeds and samples alike."""
    found = [
        value for kind in ("seeds", "samples") for value in answer.facts[kind]["mean"] if value is not None
    ]
    return float(np.mean(found)) if found else None


def artefacts_of(answer: Answer) -> int:
    """Return how many clusters of a map other seeds do not show."""
    verdicts: list[str | None] = answer.facts["seeds"]["verdicts"]
    return verdicts.count("artefact")


def added(rows: Sequence[Figures], known: Mapping[int, Answer]) -> list[Figures]:
    """Return the rows of a sweep with ``comes_back`` and ``artefacts``, None where that was not tried."""
    return [
        {
            **row,
            "comes_back": share_of(known[number]) if number in known else None,
            "artefacts": artefacts_of(known[number]) if number in known else None,
        }
        for number, row in enumerate(rows)
    ]


def ranked(
    rows: Sequence[Figures], known: Mapping[int, Answer], most: int, *, tried: int = TRIED_AGAIN
) -> list[Recommendation]:
    """Rank the settings of a sweep by its figures, and by how the clusters of the best ones come back.

    Parameters
    ----------
    known : place in the sweep -> answer
    most : how many to return
    tried : int
        best settings of which it counts: one that was tried by chance is no better for it than those that were not
    """
    best = {one.number for one in recommendation.recommend(rows, most=tried)}
    shares = {
        number: share
        for number, one in known.items()
        if number in best and (share := share_of(one)) is not None
    }
    artefacts = {number: artefacts_of(one) for number, one in known.items()}
    return recommendation.recommend(rows, shares or None, max(1, most), artefacts)


def try_again(
    dataset: Dataset,
    wanted: Sequence[Question],
    progress: Progress = lambda done, total, detail: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Answer several questions whether clusters come back, one after another; every finished run is kept.

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true
    """
    steps = [max(1, question.seeds + question.samples) for question in wanted]
    for number, question in enumerate(wanted):
        before, total = sum(steps[:number]), sum(steps)

        def further(done: int, _of: int, detail: str, before: int = before, total: int = total) -> None:
            progress(before + done, total, detail)

        progress(before, total, "")
        questions.load_or_compute(dataset, question, further, cancelled)
        progress(before + steps[number], total, "")
