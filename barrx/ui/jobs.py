"""Watching a worker: a progress bar with rate and time left, cancel, and what went wrong."""

from collections.abc import Callable

import streamlit as st

from barrx.i18n import _
from barrx.ui import access, keys, rerun, state
from barrx.ui.figures import duration
from barrx.ui.text import plain
from barrx.workers import Job, Snapshot

_EVERY = 0.4  # seconds between two looks at a running job
_SLOW = 0.5  # a second: below it one counts by the minute


def watch(job: Job, *, title: str, unit: str, on_done: Callable[[Snapshot], None] | None = None) -> None:
    """Show a running job until it is over, then run the page again.

    Parameters
    ----------
    title : what is being done, for people
    unit : what is counted, such as "images"
    on_done : called once with the last snapshot when the job has succeeded
    """

    @st.fragment(run_every=_EVERY)
    def look() -> None:
        now = job.snapshot
        if now.is_over and rerun.is_alone():
            if now.state == "done" and on_done is not None:
                on_done(now)
            st.rerun()
        panel(job, title=title, unit=unit)

    look()


def panel(job: Job, *, title: str, unit: str) -> None:
    """Show how far a job is, and to whoever may stop it the button that does; called in a fragment."""
    now = job.snapshot
    share = now.done / now.total if now.total else 0.0
    said = _("stopping…") if job.is_stopping else _line(now, unit)
    st.progress(min(share, 1.0), text=f"{title} · {said}")
    if not _may_cancel(job):
        return
    key = keys.of(keys.CANCEL, f"{job.task}:{job.kind}" if job.kind else job.task)
    if st.button(_("Cancel"), key=key, disabled=job.is_stopping, icon=":material/close:"):
        job.cancel()
        rerun.fragment()


def _may_cancel(job: Job) -> bool:
    """Tell whether this session may stop a job: also a visitor may, where nobody else waits for it."""
    return access.may_write() or job.owners == {state.session_id()}


def owner() -> str:
    """Return whom work is for that goes on without them: nobody for a curator, else the visitor who may stop it."""
    return "" if access.may_write() else state.session_id()


def _line(now: Snapshot, unit: str) -> str:
    if now.state == "waiting":
        return _("waiting for another piece of work to end")
    if not now.total:
        return _("getting ready")
    parts = [_("{done:,} of {total:,} {unit}").format(done=now.done, total=now.total, unit=unit)]
    if now.rate >= _SLOW:
        parts.append(_("{rate:.1f} {unit} a second").format(rate=now.rate, unit=unit))
    elif now.rate > 0:
        parts.append(_("{rate:.1f} {unit} a minute").format(rate=60 * now.rate, unit=unit))
    if now.seconds_left is not None and now.seconds_left >= 1:
        parts.append(_("{time} left").format(time=duration(now.seconds_left)))
    return " · ".join(parts)


def outcome(key: str) -> None:
    """Say how the last job under a key ended, if it did not end well."""
    job = state.pool().find(key)
    if job is None:
        return
    if job.snapshot.state == "failed" and job.snapshot.error is not None:
        st.error(plain(str(job.snapshot.error)), icon=":material/error:")
    elif job.snapshot.state == "cancelled":
        st.info(
            _("Stopped. What was finished is kept: start again to go on."), icon=":material/pause_circle:"
        )
