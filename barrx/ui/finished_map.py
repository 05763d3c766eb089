"""A page's map, or what stands in its place while it is computed; every page that shows a map waits like this."""

import dataclasses
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from barrx import ahead, pipeline, settings
from barrx.datasets import Dataset
from barrx.errors import CacheError
from barrx.i18n import _
from barrx.pipeline import Map, MapRequest
from barrx.ui import keys, rerun, state
from barrx.ui.text import plain
from barrx.ui.turns import turns
from barrx.workers import Job

_AT_ONCE = 0.25  # seconds: a new cut of the tree is there before the old map need be dimmed
_EVERY = 0.5  # seconds between two looks at a map that is being computed; in between the job is waited for
_SLICE = 0.05  # seconds after which a slider that was moved meanwhile is heard


def show(dataset: Dataset, request: MapRequest, area: Callable[[Map, bool], None]) -> None:
    """Show a map; while it is computed, the one before it.

    Parameters
    ----------
    area : callable
        shows a map; called with it, and with whether it is an old one that waits for the one asked for
    """
    # Each has its place, used or not: were the map moved by what comes and goes above, it would be made anew.
    trouble, line = st.container(), st.container()
    key = f"map:{dataset.fingerprint}:{request}"
    finished = pipeline.load(dataset, request)
    job = state.pool().find(key)
    if finished is None and _may_begin(job, trouble):
        job = state.pool().submit("map", request.to_json(), key=key, lane="maps", owner=state.session_id())
        state.await_job(job)
        turns.give_way()
        if job.wait(_AT_ONCE).is_over:
            finished = pipeline.load(dataset, request)
            if finished is None:
                st.rerun()  # which says what went wrong
    if finished is not None:
        state.pool().leave("maps", state.session_id())
        finished = _with_first_timing(dataset, finished, job)
        state.remember_map(finished)
        state.await_job(None)
        _wait(None, line)  # before the map: what is done on it may end this run
        area(finished, False)
        _plan_ahead(finished)
        return
    is_running = job is not None and not job.snapshot.is_over
    _wait(job if is_running else None, line)
    last = state.last_map(dataset) or _default(dataset, request)
    if last is not None:
        area(last, True)
    elif is_running:
        st.info(_("Computing the map. It takes some seconds."), icon=":material/hourglass_top:")


def _may_begin(job: Job | None, place: DeltaGenerator) -> bool:
    """Tell whether a map that is not there may be computed; say why not, and offer to try again."""
    if job is None:
        return True
    if job.snapshot.state == "done" and state.awaited(job):
        state.await_job(None)
        raise CacheError(
            _(
                "The map was computed, but the cache did not keep it. Raise BARRX_CACHE_GB ({size} GB now)."
            ).format(size=settings.current().cache_gb)
        )
    if job.snapshot.state == "failed":
        place.error(plain(str(job.snapshot.error)), icon=":material/error:")
        return place.button(_("Try again"), key=keys.RETRY_MAP, type="primary")
    return True


def _plan_ahead(finished: Map) -> None:
    """Have the slider positions beside this one computed while nobody asks for anything."""
    before = state.map_before(finished)
    wanted = ahead.beside(finished.request, before.request if before else None, len(finished.coordinates))
    state.pool().plan("ahead", [one.to_json() for one in wanted], owner=state.session_id())


def _default(dataset: Dataset, request: MapRequest) -> Map | None:
    """Return the map the collection opens with, if it is stored: better than nothing to look at."""
    return pipeline.load(dataset, MapRequest.default(dataset.slug, request.encoder, len(dataset.filenames)))


def _with_first_timing(dataset: Dataset, finished: Map, job: Job | None) -> Map:
    """Say how long a map took to compute for as long as it stays on screen."""
    last = state.last_map(dataset)
    if last is not None and last.revision == finished.revision:
        return last
    result = job.snapshot.result if job is not None and state.awaited(job) else None
    if result is None:
        return finished
    return dataclasses.replace(finished, seconds=result["seconds"], was_stored=result["was_stored"])


def _wait(job: Job | None, place: DeltaGenerator) -> None:
    """Show a thin line while a map is computed; its height is kept when there is none."""

    @st.fragment(run_every=None if job is None else _EVERY)
    def line() -> None:
        label = _("Computing the map") if job is not None else ""
        kind = "computing of-map" if job is not None else "computing of-map idle"
        st.html(f'<div class="{kind}" role="status" aria-label="{label}"><i></i></div>')
        if job is not None and rerun.is_alone() and _is_over_soon(job):
            st.rerun()

    with place:
        line()


def _is_over_soon(job: Job) -> bool:
    """Wait for a job until the fragment runs again anyway: its end is on screen at once, not at the next look."""
    for _slice in range(round(_EVERY / _SLICE)):
        if job.wait(_SLICE).is_over:
            return True
        state.awaited(job)  # a place where Streamlit may end this run for another
    return job.snapshot.is_over
