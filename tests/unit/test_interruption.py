"""A request to stop ends a computation between two steps, and never tears what is sheltered."""

import subprocess
import sys
from pathlib import Path

import pytest

COMMON = """
import threading, time
from barrx import cache, interruption
from barrx.errors import Cancelled
interruption.listen()
def ask(after):
    threading.Timer(after, interruption.interrupt).start()
def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return {"made": True}
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", COMMON + code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_work_that_asks_nobody_is_stopped() -> None:
    code = """
ask(0.2)
try:
    work(30)
    print("went on")
except Cancelled:
    print("stopped")
"""
    assert run(code) == "stopped"


def test_what_is_sheltered_is_finished_before_it_stops() -> None:
    code = """
ask(0.2)
try:
    with interruption.sheltered():
        with interruption.sheltered():
            work(0.5)
        print("finished")
    print("went on")
except Cancelled:
    print("stopped")
work(0.2)
print("once")
"""
    assert run(code) == "finished\nstopped\nonce"


@pytest.mark.parametrize("shared", [True, False])
def test_what_others_build_on_is_kept_though_nobody_waits(home: Path, shared: bool) -> None:
    code = f"""
ask(0.2)
try:
    cache.get_or_compute("projections", "key", lambda: work(0.6), shared={shared})
except Cancelled:
    print(cache.get("projections", "key"))
again = cache.get_or_compute("projections", "key", lambda: work(0.1))
print(again[1])
"""
    assert run(code) == ("{'made': True}\nTrue" if shared else "None\nFalse")


def test_a_request_that_came_too_late_is_forgotten() -> None:
    code = """
with interruption.sheltered():
    interruption.interrupt()
    work(0.1)
    interruption.forget()
work(0.1)
print("went on")
"""
    assert run(code) == "went on"


def test_error_that_compiled_code_makes_of_a_request_to_stop_is_no_bug() -> None:
    code = """
import os, threading
from barrx import tasks
out = os.fdopen(os.dup(1), "w")
from barrx.workers.__main__ import Worker
def compiled(arguments, report, stopped):
    try:
        work(30)
    except Cancelled as error:
        raise SystemError("returned a result with an exception set") from error
def broken(arguments, report, stopped):
    raise SystemError("broken")
tasks._TASKS |= {"compiled": compiled, "broken": broken}
worker = Worker()
threading.Timer(0.3, worker._cancel, args=(1,)).start()
for number, task in enumerate(("compiled", "broken"), start=1):
    request = {"task": task, "number": number, "interruptible": True, "arguments": {}}
    print(worker._outcome(request)["error"], file=out, flush=True)
"""
    assert run(code) == "Cancelled\nbug"
