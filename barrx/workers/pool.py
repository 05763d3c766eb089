"""The worker processes of one server, and who gets which."""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from barrx.errors import WorkerError
from barrx.i18n import _
from barrx.workers.job import Job, Lane
from barrx.workers.process import Process

log = logging.getLogger(__name__)

_KEPT_JOBS: Final = 200
_LOOK_EVERY: Final = 2.0  # seconds between two looks at who is still there, and what has died
IDLE_SECONDS: Final = 1.0  # nobody has asked for a map for so long: work ahead may begin,
CALM_SECONDS: Final = (
    15.0  # or, if that is done too, the second map worker be warmed: 3 s of processor time, far more at first
)
# A process is warmed for cuts first, 2 s of processor time, then for maps; what waits is taken in between.
_WARMING: Final[tuple[Mapping[str, Any], ...]] = ({"only_cuts": True}, {})
_SOON: Final = 2.0  # seconds after which a step may be one that compiles anew, for which nobody should wait
MOST_JOBS: Final = 2000  # a process is replaced after so many jobs,
MOST_MEMORY: Final = 1_500_000_000  # or above so many bytes when it is idle


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crew:
    """What one process is for.

    Attributes
    ----------
    lanes : the jobs it takes, those of the first lane first
    nice : how far it steps back behind the page
    stays : it is warmed, kept, and interrupted at any step; otherwise each job has a process of its own
    tries : how often a job is begun if its process dies; what leaves nothing half done can be begun again
    """

    lanes: tuple[Lane, ...]
    nice: int
    stays: bool = True
    tries: int = 2


# Two for maps, so that nobody's short wait stands behind somebody's long one; charts never take both.
_CREWS: Final = (
    _Crew(lanes=("maps",), nice=5),
    _Crew(lanes=("maps", "charts"), nice=5),
    _Crew(lanes=("ahead",), nice=19),
    _Crew(lanes=("long",), nice=5, stays=False, tries=1),
    # Minutes of work that no import and no embedding should stand behind; each finished setting is kept.
    _Crew(lanes=("sweeps",), nice=10, stays=False),
)


@dataclass(slots=True, eq=False)
class _Slot:
    crew: _Crew
    process: Process | None = None
    job: Job | None = None
    warmed: int = 0  # steps of its warming that are done
    warming_since: float | None = None
    limits: tuple[int, int] = (MOST_JOBS, MOST_MEMORY)

    @property
    def is_ready(self) -> bool:
        return self.process is not None and self.process.is_alive and self.warming_since is None

    @property
    def is_soon_ready(self) -> bool:
        return self.warming_since is not None and time.monotonic() - self.warming_since < _SOON

    @property
    def is_warm(self) -> bool:
        return self.warmed == len(_WARMING)

    @property
    def is_worn(self) -> bool:
        process, (jobs, rss) = self.process, self.limits
        if process is None or not process.is_alive:
            return process is not None
        # A new one has done one job, its warming: replacing it would give the same.
        done = process.jobs - max(0, self.warmed - 1)
        return done > max(1, jobs) or (done > 1 and process.rss > rss)


@dataclass(slots=True)
class _Queues:
    waiting: dict[Lane, deque[Job]] = field(
        default_factory=lambda: {lane: deque() for lane in get_args(Lane)}
    )

    def take(self, lanes: Iterable[Lane]) -> Job | None:
        """Take the next job that somebody still waits for."""
        for lane in lanes:
            while self.waiting[lane]:
                job = self.waiting[lane].popleft()
                if not job.is_stopped:
                    return job
                job.end("cancelled")
        return None


class Pool:
    """Every process a server has: two for maps and charts, one for work ahead, one for each long job.

    Parameters
    ----------
    is_present : callable
        tells whether a session is still there; what nobody waits for any more is stopped
    most_jobs, most_memory : int
        when a process is replaced: after so many jobs, or above so many bytes once it is idle
    calm : float
        seconds without any work after which the second map worker is warmed, if nobody has needed it before
    """

    def __init__(
        self,
        is_present: Callable[[str], bool] = lambda owner: True,
        *,
        most_jobs: int = MOST_JOBS,
        most_memory: int = MOST_MEMORY,
        calm: float = CALM_SECONDS,
    ) -> None:
        self._is_present = is_present
        self._calm = calm
        self._jobs: dict[str, Job] = {}
        self._wake = threading.Condition()
        self._queues = _Queues()
        self._slots = [_Slot(crew, limits=(most_jobs, most_memory)) for crew in _CREWS]
        self._warm_from: float | None = None
        self._last_asked = 0.0
        self._planned: list[Job] = []
        self._is_closed = False
        for slot in self._slots:
            name = f"worker for {slot.crew.lanes[0]}"
            threading.Thread(target=self._serve, args=(slot,), daemon=True, name=name).start()
        threading.Thread(target=self._look_after, daemon=True, name="workers").start()
        atexit.register(self.close)

    # --- what the page asks for ---------------------------------------------------------------------------

    def submit(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        key: str,
        lane: Lane,
        owner: str = "",
        kind: str = "",
    ) -> Job:
        """Start a piece of work, or return the job that is already at it under the same key.

        Parameters
        ----------
        key : str
            what the result is stored under
        owner : str
            the session that asks: what it asked for before of this kind in this lane, and nobody else waits
            for, is stopped
        kind : str
            what of a page it is for: one part that is asked for anew stops no other
        """
        with self._wake:
            self._drop_ahead()
            if owner:
                self._leave(lane, kind, owner, but=self._jobs.get(key))
            job = self._jobs.get(key)
            if job is None or job.snapshot.is_over or job.is_stopped:
                job = Job(task=task, arguments=arguments, lane=lane, kind=kind)
                self._jobs.pop(key, None)
                self._jobs[key] = job
                self._forget_old()
                self._queues.waiting[lane].append(job)
            job.owners.add(owner)
            self._wake.notify_all()
            return job

    def leave(self, lane: Lane, owner: str, *, kind: str = "") -> None:
        """Stop what a session asked for of this kind in this lane: it has found what it wants elsewhere."""
        with self._wake:
            self._leave(lane, kind, owner)

    def plan(self, task: str, arguments: Iterable[Mapping[str, Any]], *, owner: str) -> None:
        """Compute ahead of the user when nobody asks for anything; takes the place of what was planned before."""
        wanted = list(arguments)
        with self._wake:
            is_planned = wanted == [job.arguments for job in self._planned]
            if is_planned and not any(job.is_stopped for job in self._planned):
                for job in self._planned:
                    job.owners.add(owner)
                return
            self._drop_ahead()
            self._planned = [Job(task=task, arguments=one, lane="ahead", owners={owner}) for one in wanted]
            self._queues.waiting["ahead"].extend(self._planned)
            self._wake.notify_all()

    def find(self, key: str) -> Job | None:
        """Return the last job under a key."""
        return self._jobs.get(key)

    def warm(self, *, after: float = 0.0) -> None:
        """Have the map workers import and compile what they need, once, some seconds from now."""
        with self._wake:
            if self._warm_from is None:
                self._warm_from = time.monotonic() + after
                self._wake.notify_all()

    def close(self) -> None:
        """End all workers."""
        with self._wake:
            self._is_closed = True
            self._wake.notify_all()
        for slot in self._slots:
            if slot.process is not None:
                slot.process.close()

    # --- who waits for what -------------------------------------------------------------------------------

    def _alive(self) -> list[Job]:
        return [job for job in (*self._jobs.values(), *self._planned) if not job.snapshot.is_over]

    def _leave(self, lane: Lane, kind: str, owner: str, *, but: Job | None = None) -> None:
        for job in self._alive():
            if (job.lane, job.kind) == (lane, kind) and job is not but:
                job.leave(owner)

    def _drop_ahead(self) -> None:
        self._last_asked = time.monotonic()
        self._queues.waiting["ahead"].clear()
        for job in self._planned:
            job.cancel()
        self._planned = []

    def _forget_old(self) -> None:
        over = [key for key, job in self._jobs.items() if job.snapshot.is_over]
        for key in over[: max(0, len(self._jobs) - _KEPT_JOBS)]:
            del self._jobs[key]

    def _look_after(self) -> None:
        """Stop what nobody waits for any more, and have dead processes replaced."""
        while not self._is_closed:
            time.sleep(_LOOK_EVERY)
            with self._wake:
                for job in self._alive():
                    for owner in [o for o in job.owners if o and not self._is_present(o)]:
                        job.leave(owner)
                self._wake.notify_all()

    # --- one thread for each process ----------------------------------------------------------------------

    def _serve(self, slot: _Slot) -> None:
        while True:
            with self._wake:
                while (job := self._next(slot)) is None and not self._is_due(slot) and not self._is_closed:
                    self._wake.wait(self._patience(slot))
                if self._is_closed:
                    return
                slot.job = job
                slot.warming_since = time.monotonic() if job is None else None
            if job is None:
                self._renew(slot)
            else:
                self._work(slot, job, tries=slot.crew.tries)
            with self._wake:
                slot.job, slot.warming_since = None, None
                if job is not None and slot.crew.lanes[0] != "ahead":
                    self._last_asked = time.monotonic()
                self._wake.notify_all()

    def _next(self, slot: _Slot) -> Job | None:
        first = slot.crew.lanes[0]
        if first == "ahead" and not (self._may_run_ahead() and self._idle_for() >= IDLE_SECONDS):
            return None
        if first == "maps" and not slot.is_ready:
            others = [s for s in self._slots if s.crew.lanes[0] == first and s.job is None and s is not slot]
            if len(self._queues.waiting[first]) <= sum(s.is_ready or s.is_soon_ready for s in others):
                return self._queues.take(slot.crew.lanes[1:])
        return self._queues.take(slot.crew.lanes)

    def _is_due(self, slot: _Slot) -> bool:
        """Tell whether an idle process is to be started or replaced."""
        return slot.is_worn or self._due_in(slot) == 0

    def _due_in(self, slot: _Slot) -> float | None:
        """Return the seconds until a process is to be warmed, or warmed further; None while there is no telling."""
        if 0 < slot.warmed < len(_WARMING):
            return max(0.0, IDLE_SECONDS - self._idle_for())
        if slot.crew.lanes[0] != "maps" or slot.is_warm or self._warm_from is None:
            return None
        if slot is self._slots[0]:
            return max(0.0, self._warm_from - time.monotonic(), IDLE_SECONDS - self._idle_for())
        is_busy = any(s.job is not None for s in self._slots) or self._queues.waiting["ahead"]
        if is_busy or not self._slots[0].is_warm:
            return None
        return max(0.0, self._calm - self._idle_for())

    def _patience(self, slot: _Slot) -> float | None:
        if slot.crew.lanes[0] == "ahead" and self._queues.waiting["ahead"]:
            return max(0.05, IDLE_SECONDS - self._idle_for())
        return self._due_in(slot)

    def _may_run_ahead(self) -> bool:
        """Tell whether nobody waits, and no map worker is on its way that somebody may soon wait for."""
        return self._is_quiet() and (self._warm_from is None or self._slots[0].is_warm)

    def _is_quiet(self) -> bool:
        busy = any(s.job is not None for s in self._slots if s.crew.lanes[0] == "maps")
        return not busy and not self._queues.waiting["maps"] and not self._queues.waiting["charts"]

    def _idle_for(self) -> float:
        return time.monotonic() - self._last_asked

    def _work(self, slot: _Slot, job: Job, *, tries: int) -> None:
        try:
            process = self._started(slot)
            process.run(job, interruptible=slot.crew.stays)
        except (WorkerError, OSError, ValueError) as error:
            if not self._is_closed:  # else it is this process that ended it
                log.warning("worker for %s: %s", job.task, error)
            self._end_process(slot)
            if job.is_stopped:
                job.end("cancelled")
            elif tries > 1 and not self._is_closed:
                self._work(slot, job, tries=tries - 1)
                return
            else:
                job.end("failed", error=error if isinstance(error, WorkerError) else WorkerError(str(error)))
        if not slot.crew.stays:  # gives TensorFlow's memory back
            self._end_process(slot)

    def _renew(self, slot: _Slot) -> None:
        """Start or replace an idle process, and have it import and compile what its next jobs need."""
        if slot.is_worn:
            self._end_process(slot)
        try:
            process = self._started(slot)
            warming = Job(task="warm", arguments=_WARMING[slot.warmed], lane=slot.crew.lanes[0])
            process.run(warming, interruptible=False)
            slot.warmed += 1
        except (WorkerError, OSError, ValueError) as error:
            if not self._is_closed:
                log.warning("no worker could be warmed: %s", error)
            self._end_process(slot)
            self._warm_from = None  # tried again when the next page is opened

    def _started(self, slot: _Slot) -> Process:
        """Return the slot's process; a new one is not warmed, as somebody waits: its job imports what it needs."""
        if slot.process is None or not slot.process.is_alive:
            slot.warmed = 0
            slot.process = Process(nice=slot.crew.nice)
            if self._is_closed:
                raise WorkerError(_("Barr X is being ended."))
        return slot.process

    def _end_process(self, slot: _Slot) -> None:
        process, slot.process, slot.warmed = slot.process, None, 0
        if process is not None:
            process.close()
