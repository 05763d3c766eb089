"""A worker process: ``python -m barrx.workers NICE``; requests on standard input, answers on standard output."""

import json
import logging
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from barrx import errors, i18n, interruption
from barrx.errors import BarrxError, Cancelled
from barrx.parent import end_with_parent

log = logging.getLogger("barrx.workers")
_STUBBORN_SECONDS = 10.0  # one call into compiled code that nobody waits for any more may take so long
_EVERY = 0.2


class Worker:
    """Reads requests in a thread, so that it hears a request to stop and the end of its parent while it works."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # what a library prints must not get between the answers
        self._requests: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        self._current: Mapping[str, Any] | None = None
        self._cancelled = 0
        self._stop = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Do what is asked, one after the other."""
        interruption.listen()
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            request = self._requests.get()
            message = self._outcome(request)
            with interruption.sheltered():
                self._answer(message | {"rss": resident_memory()})

    def _outcome(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"result": self._run(request)}
        except Cancelled:
            return {"error": "Cancelled", "message": ""}
        except BarrxError as error:
            known = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
            return {"error": known.__name__, "message": i18n.to_json(error.args[0] if error.args else "")}
        except Exception as error:
            with self._lock:
                is_cancelled = request["number"] == self._cancelled
            if is_cancelled:  # compiled code makes an error of its own of an interruption
                return {"error": "Cancelled", "message": ""}
            log.exception("task %s", request["task"])
            return {"error": "bug", "message": f"{type(error).__name__}: {error}"}

    def _run(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        from barrx import tasks

        self._begin(request)
        try:
            try:
                if request["interruptible"]:
                    with interruption.sheltered():
                        tasks.prepare(request["task"], request["arguments"])
                return tasks.run(request["task"], request["arguments"], self._report, self._stop.is_set)
            finally:
                self._finish()
        except Cancelled:  # it may have come in the middle of _finish
            self._finish()
            raise

    def _begin(self, request: Mapping[str, Any]) -> None:
        with self._lock:
            self._over.clear()
            if request["number"] == self._cancelled:
                raise Cancelled
            self._current = request

    def _finish(self) -> None:
        with interruption.sheltered(), self._lock:
            self._current = None
            self._stop.clear()
            self._over.set()
            interruption.forget()

    def _report(self, done: int, total: int, detail: str) -> None:
        with interruption.sheltered():
            self._answer({"progress": [done, total, detail]})

    def _answer(self, message: Mapping[str, Any]) -> None:
        self._answers.write(json.dumps(message) + "\n")
        self._answers.flush()

    def _listen(self) -> None:
        for line in sys.stdin:
            message = json.loads(line)
            if "cancel" in message:
                self._cancel(message["cancel"])
            else:
                self._requests.put(message)
        os._exit(0)  # the parent is gone; a computation in numba or TensorFlow can't be asked to stop

    def _cancel(self, number: int) -> None:
        with self._lock:
            self._cancelled = number  # it may still lie in the queue
            current = self._current
            if current is None or current["number"] != number:
                return
            self._stop.set()
        if current["interruptible"]:
            threading.Thread(target=self._insist, args=(current,), daemon=True).start()

    def _insist(self, request: Mapping[str, Any]) -> None:
        """Interrupt the work again and again: Python drops what is raised inside some callbacks."""
        stubborn = 0.0
        while stubborn < _STUBBORN_SECONDS:
            with self._lock:
                if self._current is not request:
                    return
                stubborn += _EVERY if interruption.interrupt() else 0.0
            if self._over.wait(_EVERY):
                return
        log.warning("task %s does not stop; its process ends", request["task"])
        os._exit(1)


def resident_memory() -> int:
    """Return the resident memory of this process in bytes, 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Serve requests until the input ends."""
    end_with_parent()  # elsewhere than on Linux the end of standard input says it, a little later
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if hasattr(os, "nice"):  # not on Windows
        os.nice(int(sys.argv[1]))  # the page stays quick while a worker computes
    Worker().serve()


if __name__ == "__main__":
    main()
