"""Worker processes: real ones, that end, die and are cancelled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from barrx import pipeline, workers
from barrx.datasets import DEMO_SLUG
from barrx.errors import DatasetError, EncoderError, ParameterError, WorkerError
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams
from barrx.workers import Job, Pool, Snapshot

PATIENCE = 180  # seconds; importing TensorFlow on a busy machine


@pytest.fixture
def pool(home: Path) -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


def request(**projection: object) -> MapRequest:
    return MapRequest(
        slug=DEMO_SLUG,
        encoder="efficientnet-lite0",
        projection=ProjectionParams(**projection),  # type: ignore[arg-type]
    )


def submit(pool: Pool, wanted: MapRequest, owner: str = "") -> Job:
    return pool.submit("map", wanted.to_json(), key=str(wanted), lane="maps", owner=owner)


def wait_until(condition: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_map_computed_by_a_worker_is_found_in_the_cache(pool: Pool, home: Path) -> None:
    from barrx import datasets

    wanted = request(n_neighbors=7)
    assert pipeline.load(datasets.load(DEMO_SLUG), wanted) is None
    end = submit(pool, wanted).wait(PATIENCE)
    assert end.state == "done"
    assert end.result is not None
    assert not end.result["was_stored"]
    assert pipeline.load(datasets.load(DEMO_SLUG), wanted) is not None


def test_two_sessions_asking_the_same_share_one_job(pool: Pool) -> None:
    first = submit(pool, request(n_neighbors=8), "a")
    assert submit(pool, request(n_neighbors=8), "b") is first
    assert first.wait(PATIENCE).state == "done"


def test_a_session_that_asks_anew_drops_what_it_no_longer_waits_for(pool: Pool) -> None:
    running = submit(pool, request(n_neighbors=9), "a")
    dropped = submit(pool, request(n_neighbors=10), "a")
    shared = submit(pool, request(n_neighbors=11), "b")
    submit(pool, request(n_neighbors=11), "a")
    last = submit(pool, request(n_neighbors=12), "a")
    assert last.wait(PATIENCE).state == "done"
    assert running.wait(PATIENCE).state in ("done", "cancelled")
    assert dropped.wait(PATIENCE).state == "cancelled"
    assert shared.wait(PATIENCE).state == "done"


def test_errors_come_back_with_their_type_and_text(pool: Pool, small: str, tmp_path: Path) -> None:
    too_many = submit(pool, request(n_neighbors=2000)).wait(PATIENCE)
    with pytest.raises(ParameterError, match="n_neighbors must be below the number of images"):
        raise too_many.error or AssertionError("no error")
    not_embedded = submit(pool, MapRequest(slug=small, encoder="efficientnet-lite0")).wait(PATIENCE)
    with pytest.raises(EncoderError, match="has no efficientnet-lite0 embedding yet"):
        raise not_embedded.error or AssertionError("no error")
    empty = {"slug": "x", "source": str(tmp_path / "home"), "metadata": None, "title": None}
    nothing = pool.submit("add", empty, key="add", lane="long").wait(PATIENCE)
    with pytest.raises(DatasetError, match="Nothing was added"):
        raise nothing.error or AssertionError("no error")


def test_a_bug_in_a_worker_is_told_and_the_worker_lives_on(pool: Pool) -> None:
    end = pool.submit("no such task", {}, key="x", lane="maps").wait(PATIENCE)
    assert end.state == "failed"
    assert "Something went wrong in the worker" in str(end.error)
    assert submit(pool, request(n_neighbors=13)).wait(PATIENCE).state == "done"


def test_a_killed_map_worker_is_replaced_and_the_map_tried_again(pool: Pool) -> None:
    job = submit(pool, request(n_neighbors=14))
    wait_until(lambda: pool.process_ids().get("maps"), "no worker")
    os.kill(pool.process_ids()["maps"], signal.SIGKILL)
    assert job.wait(PATIENCE).state == "done"


def test_a_killed_embedding_says_so_and_goes_on_where_it_stopped(pool: Pool, small: str) -> None:
    arguments = {"slug": small, "encoder": "efficientnet-lite0"}
    job = pool.submit("embed", arguments, key="e", lane="long")
    wait_until(lambda: job.snapshot.done >= 16 or job.snapshot.is_over, "no progress")
    assert not job.snapshot.is_over
    os.kill(pool.process_ids()["long"], signal.SIGKILL)
    end = job.wait(PATIENCE)
    assert end.state == "failed"
    with pytest.raises(WorkerError, match=r"ended unexpectedly \(signal 9\).*start again to go on"):
        raise end.error or AssertionError("no error")
    again = pool.submit("embed", arguments, key="e", lane="long")
    result = again.wait(PATIENCE).result
    assert result is not None
    assert result["cached"] >= 16
    assert result["computed"] + result["cached"] == end.total


def test_a_cancelled_embedding_keeps_what_was_finished(pool: Pool, small: str) -> None:
    arguments = {"slug": small, "encoder": "efficientnet-lite0"}
    job = pool.submit("embed", arguments, key="e", lane="long")
    wait_until(lambda: job.snapshot.done >= 16 or job.snapshot.is_over, "no progress")
    job.cancel()
    assert job.wait(PATIENCE).state == "cancelled"
    result = pool.submit("embed", arguments, key="e", lane="long").wait(PATIENCE).result
    assert result is not None
    assert result["cached"] >= 16


def test_workers_end_when_their_parent_is_killed(home: Path) -> None:
    code = (
        "import sys, time; from barrx.workers import Pool; p = Pool();"
        "p.submit('warm', {}, key='w', lane='maps')\n"
        "while 'maps' not in p.process_ids(): time.sleep(0.05)\n"
        "print(p.process_ids()['maps'], flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert psutil.pid_exists(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not _is_alive(worker), "the worker lives on")


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_time_left_follows_the_rate() -> None:
    assert Snapshot(state="running", done=20, total=100, rate=4.0).seconds_left == 20
    assert Snapshot(state="running", done=20, total=100).seconds_left is None
    assert Snapshot(state="running").seconds_left is None


def test_rate_does_not_count_what_was_there_before() -> None:
    meter = workers.Meter()
    assert meter.rate(500) == 0
    time.sleep(0.05)
    assert 0 < meter.rate(501) <= 20
