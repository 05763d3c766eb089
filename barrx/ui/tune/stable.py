"""Whether the clusters of one map come back: asked, waited for, and said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.judgement import comeback, questions
from barrx.judgement.questions import Answer, Question
from barrx.judgement.stability import DISSOLVED
from barrx.pipeline import Map
from barrx.ui import jobs, keys, state

_NAMED = 5  # clusters that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """How a cluster comes back.

    Attributes
    ----------
    seeds, samples : float or None
        mean Jaccard with the most similar cluster of each run, from 0 to 1; None without a run
    verdict : str
        ``stable``, ``doubtful``, ``artefact``, or "" where nothing is known
    """

    seeds: float | None
    samples: float | None
    verdict: str

    @property
    def hangs_on_few(self) -> bool:
        """Other seeds draw it, samples of the pictures do not show it."""
        return self.verdict not in ("", "artefact") and self.samples is not None and self.samples < DISSOLVED


def of_answer(answer: Answer) -> dict[int, Return]:
    """Return how each cluster comes back, by its number."""
    seeds, samples = answer.facts["seeds"], answer.facts["samples"]
    rows = zip(seeds["numbers"], seeds["mean"], samples["mean"], seeds["verdicts"], strict=True)
    return {
        number: Return(seeds=by_seed, samples=by_sample, verdict=verdict or "")
        for number, by_seed, by_sample, verdict in rows
    }


def words(one: Return) -> str:
    """Return the verdict on a cluster as people read it."""
    if one.hangs_on_few:
        return _("hangs on a few images")
    said = {"stable": _("stable"), "doubtful": _("doubtful"), "artefact": _("artefact of the seed")}
    return said.get(one.verdict, "")


def explained(one: Return) -> str:
    """Return what a verdict is made from, in a line."""
    parts = []
    if one.seeds is not None:
        parts.append(_("With other seeds {share:.0%} of it comes back").format(share=one.seeds))
    if one.samples is not None:
        parts.append(_("on samples of the images {share:.0%}").format(share=one.samples))
    return ", ".join(parts)


def told(one: Return) -> str:
    """Say of one cluster whether to believe it."""
    said = {
        "stable": _("This cluster is stable."),
        "doubtful": _("This cluster is doubtful."),
        "artefact": _("This cluster is an artefact of the seed."),
    }
    verdict = _("This cluster hangs on a few images.") if one.hangs_on_few else said.get(one.verdict, "")
    return f"{verdict} {explained(one)}."


def sentence(found: Mapping[int, Return], names: Mapping[int, str]) -> str:
    """Say plainly which clusters are to be believed.

    Parameters
    ----------
    names : what people call a cluster, where they gave it a name
    """
    of = {
        verdict: [n for n, one in found.items() if one.verdict == verdict]
        for verdict in ("stable", "artefact")
    }
    n = len(of["stable"])
    parts = [
        ngettext(
            "{n} of {total} cluster comes back with other seeds.",
            "{n} of {total} clusters come back with other seeds.",
            len(found),
        ).format(n=n, total=len(found))
    ]
    artefacts = of["artefact"]
    if artefacts:
        shown = ", ".join(f"{i} “{names[i]}”" if i in names else str(i) for i in artefacts[:_NAMED])
        more = len(artefacts) - _NAMED
        if more > 0:
            shown += " " + _("and {n} more").format(n=numeral(more))
        parts.append(
            ngettext(
                "This cluster is an artefact of the seed: {names}.",
                "These clusters are artefacts of the seed: {names}.",
                len(artefacts),
            ).format(names=shown)
        )
    return " ".join(parts)


def panel(dataset: Dataset, finished: Map, names: Mapping[int, str]) -> dict[int, Return] | None:
    """Say how the clusters of a map come back, or offer to find out; None while it is not known."""
    question = comeback.asked(finished.request)
    answer = questions.load(dataset, question)
    if answer is not None:
        found = of_answer(answer)
        if found:
            st.html(f'<p class="hint stability" dir="auto">{escape(sentence(found, names))}</p>')
        return found
    key = f"check:{finished.revision}"
    job = state.pool().find(key)
    if job is not None and not job.snapshot.is_over:
        jobs.watch(job, title=_("Drawing the map again"), unit=_("maps"))
        return None
    jobs.outcome(key)
    if finished.clustering.n_clusters:
        _offer(question, key)
    return None


def _offer(question: Question, key: str) -> None:
    if st.button(
        _("Do these clusters come back?"),
        key=keys.CHECK_CLUSTERS,
        type="tertiary",
        icon=":material/replay:",
        help=_(
            "Draws the map again with 5 other seeds, and of 5 samples of the images, and looks for each cluster there."
        ),
    ):
        state.pool().submit(
            "stability",
            {"questions": [question.to_json()]},
            key=key,
            lane="sweeps",
            owner=jobs.owner(),
            kind="check",
        )
        st.rerun()
