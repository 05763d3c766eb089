"""One piece of work, and what is known about it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from barrx.errors import BarrxError

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Lane = Literal["maps", "charts", "ahead", "long", "sweeps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is known about a job at one moment.

    Attributes
    ----------
    done, total : int
        steps done and in all; total is 0 while unknown
    detail : str
        what is being worked on
    rate : float
        steps a second since the first step, 0 while unknown
    """

    state: State
    done: int = 0
    total: int = 0
    detail: str = ""
    rate: float = 0.0
    result: Mapping[str, Any] | None = None
    error: BarrxError | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds to the end, or None while unknown."""
        return (self.total - self.done) / self.rate if self.rate > 0 and self.total else None


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work, shared by every session that asked for it."""

    task: str
    arguments: Mapping[str, Any]
    lane: Lane
    kind: str = ""
    owners: set[str] = field(default_factory=set)
    snapshot: Snapshot = field(default_factory=lambda: Snapshot(state="waiting"))
    _meter: "Meter" = field(default_factory=lambda: Meter())
    _stop: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tell: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Ask for the work to stop; what is finished stays in the cache."""
        with self._lock:
            self._stop.set()
            tell = self._tell
        if tell is not None:
            tell()

    def leave(self, owner: str) -> None:
        """Stop the work if this session was the last one to wait for it."""
        if owner in self.owners:
            self.owners.discard(owner)
            if not self.owners:
                self.cancel()

    @property
    def is_stopped(self) -> bool:
        """Somebody has asked it to stop, whether it has followed yet or not."""
        return self._stop.is_set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set() and not self.snapshot.is_over

    def wait(self, timeout: float | None = None) -> Snapshot:
        """Wait until the job is over, or the timeout (seconds) has passed."""
        self._over.wait(timeout)
        return self.snapshot

    def begin(self, tell: Callable[[], None]) -> None:
        """A process takes the job; ``tell`` passes a request to stop on to it."""
        with self._lock:
            self._tell = tell
            self.snapshot = Snapshot(state="running")
        if self.is_stopped:
            tell()

    def progress(self, done: int, total: int, detail: str) -> None:
        """Note how far the work is."""
        rate = self._meter.rate(done)
        self.snapshot = Snapshot(state="running", done=done, total=total, detail=detail, rate=rate)

    def end(self, state: State, **facts: Any) -> None:
        """Note how the work ended, and wake whoever waits."""
        with self._lock:
            self._tell = None
        last = self.snapshot
        self.snapshot = Snapshot(
            state=state, done=last.done, total=last.total, detail=last.detail, rate=last.rate, **facts
        )
        self._over.set()


class Meter:
    """Steps a second, counted from the first report on: loading a network is no step."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def rate(self, done: int) -> float:
        """Return the steps a second up to now, 0 at the first report."""
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        start, at = self._first
        return (done - at) / (now - start) if now > start and done > at else 0.0
