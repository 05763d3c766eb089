"""A page's map, or what stands in its place while it is computed; every page that shows a map waits like this."""

import dataclasses
from collections.abc import Callable

import streamlit as st

from barrx import pipeline, settings
from barrx.datasets import Dataset
from barrx.errors import CacheError
from barrx.i18n import _
from barrx.pipeline import Map, MapRequest
from barrx.ui import keys, state
from barrx.ui.text import plain
from barrx.workers import Job

_EVERY = 0.2  # seconds between two looks at a map that is being computed


def show(dataset: Dataset, request: MapRequest, area: Callable[[Map, bool], None]) -> None:
    """Show a map; while it is computed, the one before it.

    Parameters
    ----------
    area : callable
        shows a map; called with it, and with whether it is an old one that waits for the one asked for
    """
    key = f"map:{dataset.fingerprint}:{request}"
    job = state.pool().find(key)
    finished = pipeline.load(dataset, request)
    if finished is not None:
        _waiting(None)
        finished = _with_first_timing(dataset, finished, job)
        state.remember_map(finished)
        state.await_job(None)
        area(finished, False)
        return
    if job is not None and job.snapshot.state == "done" and state.awaited(job):
        state.await_job(None)
        raise CacheError(
            _(
                "The map was computed, but the cache did not keep it. Raise BARRX_CACHE_GB ({size} GB now)."
            ).format(size=settings.current().cache_gb)
        )
    if job is not None and job.snapshot.state == "failed":
        st.error(plain(str(job.snapshot.error)), icon=":material/error:")
        if not st.button(_("Try again"), key=keys.RETRY_MAP, type="primary"):
            return
    job = state.pool().submit("map", request.to_json(), key=key, lane="maps", owner=state.session_id())
    state.await_job(job)
    _waiting(job)
    last = state.last_map(dataset, request.encoder) or _default(dataset, request)
    if last is not None:
        area(last, True)
    else:
        st.info(_("Computing the map. It takes some seconds."), icon=":material/hourglass_top:")


def _default(dataset: Dataset, request: MapRequest) -> Map | None:
    """Return the map the collection opens with, if it is stored: better than nothing to look at."""
    return pipeline.load(dataset, MapRequest.default(dataset.slug, request.encoder, len(dataset.filenames)))


def _with_first_timing(dataset: Dataset, finished: Map, job: Job | None) -> Map:
    """Say how long a map took to compute for as long as it stays on screen."""
    last = state.last_map(dataset, finished.request.encoder)
    if last is not None and last.revision == finished.revision:
        return last
    result = job.snapshot.result if job is not None and state.awaited(job) else None
    if result is None:
        return finished
    return dataclasses.replace(finished, seconds=result["seconds"], was_stored=result["was_stored"])


def _waiting(job: Job | None) -> None:
    """Show a thin line while a map is computed; its place is kept when there is none."""

    @st.fragment(run_every=None if job is None else _EVERY)
    def line() -> None:
        if job is not None and job.snapshot.is_over:
            st.rerun()
        label = _("Computing the map") if job is not None else ""
        kind = "computing" if job is not None else "computing idle"
        st.html(f'<div class="{kind}" role="status" aria-label="{label}"><i></i></div>')

    line()
