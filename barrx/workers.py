"""Worker processes: the dashboard's own process never imports TensorFlow, umap or hdbscan.

A worker is ``python -m barrx.workers``. It reads one JSON request a line from standard input and answers
with JSON lines; arrays travel through the cache, never through the pipe, and nothing is pickled.
A worker whose parent dies, even by ``kill -9``, sees the end of its input and ends.
"""

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from barrx import errors
from barrx.errors import BarrxError, Cancelled, WorkerError
from barrx.i18n import _

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Lane = Literal["maps", "long"]
_KEPT_JOBS = 200


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
    owners: set[str] = field(default_factory=set)
    snapshot: Snapshot = field(default_factory=lambda: Snapshot(state="waiting"))
    _meter: "Meter" = field(default_factory=lambda: Meter())
    _stop: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask for the work to stop; what is finished stays in the cache."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set() and not self.snapshot.is_over

    def wait(self, timeout: float | None = None) -> Snapshot:
        """Wait until the job is over, or the timeout (seconds) has passed."""
        self._over.wait(timeout)
        return self.snapshot

    def _progress(self, done: int, total: int, detail: str) -> None:
        rate = self._meter.rate(done)
        self.snapshot = Snapshot(state="running", done=done, total=total, detail=detail, rate=rate)

    def _end(self, state: State, **facts: Any) -> None:
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


class _Process:
    """One worker process, at work on one job at a time."""

    def __init__(self) -> None:
        here = str(Path(__file__).resolve().parents[1])
        path = os.pathsep.join(p for p in (here, os.environ.get("PYTHONPATH", "")) if p)
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "barrx.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": path},
        )

    def run(self, job: Job) -> None:
        """Run one job to its end; a WorkerError says that the process has died on the way."""
        watcher = threading.Thread(target=self._pass_on_cancel, args=(job,), daemon=True)
        self._send({"task": job.task, "arguments": dict(job.arguments)})
        watcher.start()
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            message = json.loads(line)
            if "progress" in message:
                job._progress(*message["progress"])
            elif "result" in message:
                job._end("done", result=message["result"])
                return
            elif message["error"] == "Cancelled":
                job._end("cancelled")
                return
            else:
                job._end("failed", error=_error(message))
                return
        raise WorkerError(
            _(
                "The worker process ended unexpectedly ({cause}). What it had finished is kept: "
                "start again to go on where it stopped."
            ).format(cause=_cause(self.popen.wait()))
        )

    def _pass_on_cancel(self, job: Job) -> None:
        while not job._over.wait(0.1):
            if job._stop.is_set():
                self._send({"cancel": True})
                return

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self.popen.stdin is not None
        try:
            self.popen.stdin.write(json.dumps(message) + "\n")
            self.popen.stdin.flush()
        except OSError:
            log.warning("worker %d takes no more input", self.popen.pid)

    def close(self) -> None:
        """End the process, whatever it is at."""
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    log.debug("pipe of worker %d was closed already", self.popen.pid)
        self.popen.kill()
        self.popen.wait()


class Pool:
    """Two lanes: a warm process for maps, and a process of its own for each long piece of work."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._queues: dict[Lane, deque[Job]] = {"maps": deque(), "long": deque()}
        self._wake: dict[Lane, threading.Condition] = {
            lane: threading.Condition(self._lock) for lane in self._queues
        }
        self._processes: dict[Lane, _Process | None] = {"maps": None, "long": None}
        self._closed = False
        for lane in self._queues:
            threading.Thread(target=self._serve, args=(lane,), daemon=True, name=f"lane {lane}").start()
        atexit.register(self.close)

    def submit(
        self, task: str, arguments: Mapping[str, Any], *, key: str, lane: Lane, owner: str = ""
    ) -> Job:
        """Start a piece of work, or return the job that is already at it under the same key.

        Parameters
        ----------
        key : str
            what the result is stored under
        owner : str
            the session that asks: what it asked for before and nobody has begun is dropped
        """
        with self._lock:
            self._drop_waiting(lane, key, owner)
            job = self._jobs.get(key)
            if job is not None and not job.snapshot.is_over and not job.is_stopping:
                job.owners.add(owner)
                return job
            job = Job(task=task, arguments=arguments, lane=lane, owners={owner})
            self._jobs.pop(key, None)
            self._jobs[key] = job
            self._forget_old()
            self._queues[lane].append(job)
            self._wake[lane].notify()
            return job

    def find(self, key: str) -> Job | None:
        """Return the last job under a key."""
        return self._jobs.get(key)

    def process_ids(self) -> dict[Lane, int]:
        """Return the process id of each lane that has a worker."""
        return {lane: p.popen.pid for lane, p in self._processes.items() if p is not None}

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            for wake in self._wake.values():
                wake.notify_all()
        for process in self._processes.values():
            if process is not None:
                process.close()

    def _drop_waiting(self, lane: Lane, key: str, owner: str) -> None:
        for waiting in self._queues[lane] if owner else ():
            if waiting is not self._jobs.get(key):
                waiting.owners.discard(owner)
                if not waiting.owners:
                    waiting.cancel()

    def _forget_old(self) -> None:
        over = [key for key, job in self._jobs.items() if job.snapshot.is_over]
        for key in over[: max(0, len(self._jobs) - _KEPT_JOBS)]:
            del self._jobs[key]

    def _serve(self, lane: Lane) -> None:
        while True:
            with self._lock:
                while not self._queues[lane] and not self._closed:
                    self._wake[lane].wait()
                if self._closed:
                    return
                job = self._queues[lane].popleft()
            if job._stop.is_set():
                job._end("cancelled")
                continue
            # A map costs seconds and leaves nothing half done: it is tried a second time by a new worker.
            self._work(lane, job, tries=2 if lane == "maps" else 1)

    def _work(self, lane: Lane, job: Job, *, tries: int) -> None:
        job.snapshot = Snapshot(state="running")
        process = self._processes[lane]
        try:
            if process is None or process.popen.poll() is not None:
                process = self._processes[lane] = _Process()
            process.run(job)
        except (WorkerError, OSError, ValueError) as error:
            if not self._closed:  # else it is this process that ended it
                log.warning("worker for %s: %s", job.task, error)
            self._end_process(lane)
            if tries > 1 and not self._closed:
                self._work(lane, job, tries=tries - 1)
                return
            job._end("failed", error=error if isinstance(error, WorkerError) else WorkerError(str(error)))
        if lane == "long":  # gives TensorFlow's memory back
            self._end_process(lane)

    def _end_process(self, lane: Lane) -> None:
        process, self._processes[lane] = self._processes[lane], None
        if process is not None:
            process.close()


def _error(message: Mapping[str, Any]) -> BarrxError:
    kind = getattr(errors, message["error"], None)
    if isinstance(kind, type) and issubclass(kind, BarrxError) and kind is not errors.ImageDecodeError:
        return kind(message["message"])
    return WorkerError(
        _("Something went wrong in the worker: {message}. Its log has the details.").format(
            message=message["message"]
        )
    )


def _cause(status: int) -> str:
    return _("signal {n}").format(n=-status) if status < 0 else _("status {n}").format(n=status)


# --- in the worker process --------------------------------------------------------------------------------


def main() -> None:
    """Serve requests until the input ends."""
    from barrx import tasks

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if hasattr(os, "nice"):  # not on Windows
        os.nice(5)  # the page stays quick while a worker computes
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    stop = threading.Event()
    requests: deque[Mapping[str, Any]] = deque()
    ready = threading.Semaphore(0)

    def listen() -> None:
        for line in sys.stdin:
            message = json.loads(line)
            if message.get("cancel"):
                stop.set()
            else:
                requests.append(message)
                ready.release()
        os._exit(0)  # the parent is gone; a computation in numba or TensorFlow can't be asked to stop

    def answer(**message: Any) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    threading.Thread(target=listen, daemon=True).start()
    while True:
        ready.acquire()
        stop.clear()
        request = requests.popleft()
        try:
            result = tasks.run(
                request["task"],
                request["arguments"],
                lambda done, total, detail: answer(progress=[done, total, detail]),
                stop.is_set,
            )
            answer(result=result)
        except Cancelled:
            answer(error="Cancelled", message="")
        except BarrxError as error:
            known = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
            answer(error=known.__name__, message=str(error))
        except Exception as error:
            log.exception("task %s", request["task"])
            answer(error="bug", message=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
