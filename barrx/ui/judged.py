"""Answers to questions about a map on a page: asked of a worker, waited for, the one before shown faint meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from barrx.datasets import Dataset
from barrx.errors import CacheError
from barrx.i18n import _, numeral
from barrx.judgement import questions
from barrx.judgement.questions import Answer, Question
from barrx.pipeline import Map
from barrx.ui import jobs, judged_state, keys, rerun, state
from barrx.ui.errors import reported
from barrx.ui.text import plain
from barrx.ui.turns import turns
from barrx.workers import Job
from barrx.workers.job import Lane

AT_ONCE_UP_TO: Final = 5_000  # images: what compares each with each other is begun unasked up to here
_COSTLY: Final = (
    "faithfulness",
    "spaces",
)  # those: with ten times the images they take a hundred times as long
_SMALL: Final = 2_000  # images: up to here nothing takes so long that it needs a process of its own
_IN_STEPS: Final = ("explanations", "stability")  # those that report progress, and stop when they are told to
_WAIT: Final = 0.25  # seconds: a quick answer is there before the one before it need be dimmed
_EVERY: Final = 0.4  # seconds between two looks at a question that is being worked on
_PATIENCE: Final = 2.0  # seconds after which one wants to know how far it is, and to stop it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A map, a question about it, and the answer."""

    map: Map
    question: Question
    answer: Answer


def show(
    dataset: Dataset, finished: Map, question: Question, draw: Callable[[Judged], None], *, dimmed: bool
) -> None:
    """Show the answer to a question; while it is computed, progress and the answer before it, faint.

    Parameters
    ----------
    draw : callable
        shows an answer, in a fragment of its own
    dimmed : bool
        the map is an old one that waits for the one asked for: no question is asked about it
    """
    found, job = (None, None) if dimmed else _asked(dataset, question)
    if found is not None:
        judged_state.remember_judged(
            dataset, question.part, Judged(map=finished, question=question, answer=found)
        )
    last: Judged | None = judged_state.last_judged(dataset, question.part)
    _progress(job)
    with st.container(key=keys.of(keys.JUDGED, question.part)):
        if found is None and last is not None:
            st.html('<i class="stale" hidden></i>')
        if last is not None:
            st.fragment(reported(draw))(last)


def is_costly(dataset: Dataset, question: Question) -> bool:
    """Tell whether a question takes so long that it is begun only when somebody says so."""
    return question.part in _COSTLY and len(dataset.filenames) > AT_ONCE_UP_TO


def _asked(dataset: Dataset, question: Question) -> tuple[Answer | None, Job | None]:
    if not is_costly(dataset, question):
        return ask(dataset, question)
    found, job = questions.load(dataset, question), state.pool().find(_key(dataset, question))
    if found is not None or job is not None:
        return ask(dataset, question) if found is None else (found, None)
    n = numeral(len(dataset.filenames))
    st.caption(_("With {n} images this takes a while. It can be stopped.").format(n=n))
    button = keys.of(keys.ASK_AGAIN, question.part)
    if st.button(_("Measure it now"), key=button, icon=":material/play_arrow:"):
        return ask(dataset, question)
    return None, None


def ask(dataset: Dataset, question: Question) -> tuple[Answer | None, Job | None]:
    """Return the answer to a question if it is there, else the job that works on it; None where that failed.

    Raises
    ------
    BarrxError
        if the answer could not be computed or kept
    """
    found = questions.load(dataset, question)
    if found is not None:
        return found, None
    key = _key(dataset, question)
    job = state.pool().find(key)
    if job is not None and job.snapshot.is_over and not _may_begin(key, job):
        return None, None
    if job is None or job.snapshot.is_over:
        job = state.pool().submit(
            "judge",
            question.to_json(),
            key=key,
            lane=_lane(question, len(dataset.filenames)),
            owner=state.session_id(),
            kind=question.part,
        )
        judged_state.remember_asked(key, job)
        turns.give_way()
        job.wait(_WAIT)
    return questions.load(dataset, question), job


def _key(dataset: Dataset, question: Question) -> str:
    return f"judge:{dataset.fingerprint}:{question}"


def wait_for(job: Job | None) -> None:
    """Look at a job now and then, without a word, and run the page again when it is over."""

    @st.fragment(run_every=None if job is None else _EVERY)
    def look() -> None:
        if job is not None and job.snapshot.is_over and rerun.is_alone():
            st.rerun()

    look()


def _lane(question: Question, n_images: int) -> Lane:
    if question.part == "stability":
        return "sweeps"  # ten maps: no chart should stand behind them
    return "long" if question.part in _IN_STEPS and n_images > _SMALL else "charts"


def _may_begin(key: str, job: Job) -> bool:
    """Tell whether a question may be asked again; say why not, and offer to."""
    now = job.snapshot
    is_mine = judged_state.has_asked(key, job)
    if now.state == "done" and is_mine:
        raise CacheError(
            _(
                "The answer was computed, but the cache did not keep it. Raise BARRX_CACHE_GB, and reload the page."
            )
        )
    if now.state == "failed":
        st.error(plain(str(now.error)), icon=":material/error:")
        return st.button(_("Try again"), key=keys.of(keys.ASK_AGAIN, key))
    if now.state == "cancelled" and is_mine and state.session_id() in job.owners:
        st.info(_("Stopped."), icon=":material/pause_circle:")
        return st.button(_("Go on"), key=keys.of(keys.ASK_AGAIN, key))
    return True


def _progress(job: Job | None) -> None:
    """Show a thin line while a question is worked on, and how far the work is once that takes long."""
    begun = time.monotonic()

    @st.fragment(run_every=None if job is None else _EVERY)
    def line() -> None:
        if job is not None and job.snapshot.is_over and rerun.is_alone():
            st.rerun()
        is_long = time.monotonic() - begun > _PATIENCE
        label = _("Comparing") if job is not None else ""
        kind = "computing" if job is not None and not is_long else "computing idle"
        st.html(f'<div class="{kind}" role="status" aria-label="{escape(label)}"><i></i></div>')
        if job is not None and is_long:
            jobs.panel(job, title=_("Comparing"), unit=_("steps"))

    line()
