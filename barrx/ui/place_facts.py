"""Whether the place of a picture on the map can be believed, for its card."""

import math

from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.judgement import comeback, questions
from barrx.judgement.questions import Answer, Question
from barrx.pipeline import Map
from barrx.ui import judged, nearest


def of(dataset: Dataset, finished: Map, index: int) -> dict[str, str]:
    """Return name -> text; nothing while it is being measured, or where measuring it has to be asked for."""
    question = Question(part="faithfulness", map=finished.request, k=nearest.chosen(len(dataset.filenames)))
    if judged.is_costly(dataset, question):
        answer = questions.load(dataset, question)
    elif len(dataset.filenames) < 3:
        answer = None
    else:
        answer, job = judged.ask(dataset, question)
        judged.wait_for(job)
    again = questions.load(
        dataset, comeback.asked(finished.request)
    )  # minutes of work: read where it was done
    return (texts(answer, index) if answer is not None else {}) | (
        companions(again, index) if again is not None else {}
    )


def texts(answer: Answer, index: int) -> dict[str, str]:
    """Say how many of a picture's real neighbours the map keeps, and whether its neighbours there are strangers."""
    k = answer.facts["k"]
    said = _("{n:.0f} of {k} (by chance {chance:.1f})").format(
        n=answer.arrays["kept"][index] * k, k=k, chance=answer.facts["kept_by_chance"] * k
    )
    found = {_("real neighbours beside it on the map"): said}
    if answer.arrays["misplaced"][index]:
        found[_("its place on the map")] = _(
            "not to be believed: most images beside it are not like it in the embedding"
        )
    return found


def companions(answer: Answer, index: int) -> dict[str, str]:
    """Say how many of its companions in a cluster a picture keeps; nothing for one that is in none."""
    seeds, samples = (
        float(answer.arrays[name][index]) for name in ("companions_seeds", "companions_samples")
    )
    parts = []
    if math.isfinite(seeds):
        parts.append(_("{share:.0%} with other seeds").format(share=seeds))
    if math.isfinite(samples):
        parts.append(_("{share:.0%} on samples of the images").format(share=samples))
    return {_("companions it keeps"): ", ".join(parts)} if parts else {}
