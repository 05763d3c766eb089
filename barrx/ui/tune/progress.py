"""Running a sweep and, after it, the test of its best settings: start, progress, cancel, go on."""

import streamlit as st

from barrx.datasets import Dataset
from barrx.i18n import _, ngettext
from barrx.judgement import comeback
from barrx.judgement.sweep import SweepRequest
from barrx.ui import access, jobs, keys, state
from barrx.ui.tune import form, results
from barrx.ui.tune.results import Results
from barrx.workers import Job


def show(dataset: Dataset, found: Results) -> None:
    """Show what can be started, or how far it is."""
    sweeping, checking = _sweep_key(dataset, found.request), _check_key(dataset, found.request)
    if (job := _running(sweeping)) is not None:
        jobs.watch(job, title=_("Trying settings"), unit=_("settings"))
    elif not found.is_whole:
        # Once: what was stopped or has failed is not begun again unasked.
        if state.pool().find(sweeping) is None and results.lacks_agreement_only(dataset, found):
            # Seconds, and no map is drawn: whoever may compare may ask for it, and stop it.
            _start(found, sweeping, owner=jobs.owner())
            st.rerun()
        _offer(found, sweeping)
    elif (job := _running(checking)) is not None:
        jobs.watch(
            job, title=_("Trying the best ones again, with other seeds and on samples"), unit=_("maps")
        )
    elif _unchecked(found):
        if state.pool().find(checking) is None and _is_done(sweeping) and access.may_write():
            # Once after a sweep, whether somebody was there when it ended or not.
            _check(dataset, found.request)
            st.rerun()
        _offer_check(dataset, found, checking)


def is_running(dataset: Dataset, request: SweepRequest) -> bool:
    """Tell whether anything of a sweep is being worked on."""
    return any(_running(key(dataset, request)) is not None for key in (_sweep_key, _check_key))


def _running(key: str) -> Job | None:
    job = state.pool().find(key)
    return job if job is not None and not job.snapshot.is_over else None


def _is_done(key: str) -> bool:
    job = state.pool().find(key)
    return job is not None and job.snapshot.state == "done"


def _sweep_key(dataset: Dataset, request: SweepRequest) -> str:
    return f"sweep:{dataset.fingerprint}:{request.to_json()}"


def _check_key(dataset: Dataset, request: SweepRequest) -> str:
    return "check " + _sweep_key(dataset, request)


# --- the sweep --------------------------------------------------------------------------------------------


def _offer(found: Results, key: str) -> None:
    done, total = len(found.entries), len(found.settings)
    jobs.outcome(key)
    said = counted(found)
    if not access.may_write():
        st.info(access.why_no_sweep(), icon=":material/lock:")
        st.code(form.command(found.request), language=None, wrap_lines=True)
        st.caption(said)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            _("Go on") if done else ngettext("Try {n} setting", "Try {n} settings", total).format(n=total),
            key=keys.SWEEP,
            type="primary",
            icon=":material/play_arrow:",
        ):
            _start(found, key)
            st.rerun()
        st.caption(said + " · " + _("It runs in the background and can be stopped and continued."))


def counted(found: Results) -> str:
    """Return how many settings a sweep has; once some are finished, also how many settings and maps are left."""
    done, total = len(found.entries), len(found.settings)
    if not done:
        return form.counted(found.request)
    drawn = {found.settings[number].projection for number in found.entries}
    maps = {setting.projection for setting in found.settings} - drawn
    left = form.how_many(total - done) + " · " + form.maps_to_draw(len(maps))
    finished = ngettext("{n} is finished already", "{n} are finished already", done).format(n=done)
    return f"{form.how_many(total)} · {finished} · " + _("left: {left}").format(left=left)


def _start(found: Results, key: str, *, owner: str = "") -> None:
    state.pool().submit("sweep", {"request": found.request.to_json()}, key=key, lane="sweeps", owner=owner)


# --- the test of the best ones ----------------------------------------------------------------------------


def _unchecked(found: Results) -> list[int]:
    best = [one.number for one in found.best(comeback.TRIED_AGAIN)]
    return [number for number in best if number not in found.stability]


def _offer_check(dataset: Dataset, found: Results, key: str) -> None:
    jobs.outcome(key)
    if not access.may_write():
        return
    n = len(_unchecked(found))
    label = ngettext(
        "See whether the clusters of the best setting come back",
        "See whether the clusters of the best {n} settings come back",
        n,
    ).format(n=n)
    if st.button(label, key=keys.TRY_AGAIN, icon=":material/replay:"):
        _check(dataset, found.request)
        st.rerun()


def _check(dataset: Dataset, request: SweepRequest) -> None:
    found = results.load(dataset, request)
    wanted = [comeback.asked(found.settings[number]).to_json() for number in _unchecked(found)]
    if wanted and access.may_write():
        state.pool().submit(
            "stability", {"questions": wanted}, key=_check_key(dataset, request), lane="sweeps"
        )
