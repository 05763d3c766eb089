"""The parent's end of a worker process."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from barrx import errors, i18n
from barrx.errors import BarrxError, WorkerError
from barrx.i18n import _
from barrx.workers.job import Job

log = logging.getLogger(__name__)
_numbers = count(1)


class Process:
    """One worker process, at work on one job at a time.

    Attributes
    ----------
    rss : int
        its resident memory in bytes after the last job, 0 before
    jobs : int
        how many it has done
    """

    def __init__(self, *, nice: int) -> None:
        here = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(p for p in (here, os.environ.get("PYTHONPATH", "")) if p)
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "barrx.workers", str(nice)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": path},
        )
        self.rss = 0
        self.jobs = 0
        self._writing = threading.Lock()

    @property
    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def run(self, job: Job, *, interruptible: bool) -> None:
        """Run one job to its end; a WorkerError says that the process has died on the way.

        Parameters
        ----------
        interruptible : bool
            a request to stop may end the work between any two steps; otherwise the work asks by itself
        """
        number = next(_numbers)
        self._send(
            {
                "number": number,
                "task": job.task,
                "arguments": dict(job.arguments),
                "interruptible": interruptible,
            }
        )
        job.begin(lambda: self._send({"cancel": number}))
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            message = json.loads(line)
            if "progress" in message:
                job.progress(*message["progress"])
                continue
            self.rss, self.jobs = message["rss"], self.jobs + 1
            if "result" in message:
                job.end("done", result=message["result"])
            elif message["error"] == "Cancelled":
                job.end("cancelled")
            else:
                job.end("failed", error=_error(message))
            return
        raise WorkerError(
            _(
                "The worker process ended unexpectedly ({cause}). What it had finished is kept: "
                "start again to go on where it stopped."
            ).format(cause=_cause(self.popen.wait()))
        )

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self.popen.stdin is not None
        try:
            with self._writing:
                self.popen.stdin.write(json.dumps(message) + "\n")
                self.popen.stdin.flush()
        except (OSError, ValueError):
            log.warning("worker %d takes no more input", self.popen.pid)

    def close(self) -> None:
        """End the process, whatever it is at."""
        self.popen.kill()
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    log.debug("pipe of worker %d was closed already", self.popen.pid)


def _error(message: Mapping[str, Any]) -> BarrxError:
    kind = getattr(errors, message["error"], None)
    if isinstance(kind, type) and issubclass(kind, BarrxError) and kind is not errors.ImageDecodeError:
        return kind(i18n.from_json(message["message"]))
    return WorkerError(
        _("Something went wrong in the worker: {message}. Its log has the details.").format(
            message=i18n.from_json(message["message"])
        )
    )


def _cause(status: int) -> str:
    return _("signal {n}").format(n=-status) if status < 0 else _("status {n}").format(n=status)
