"""Worker processes: real ones, that end, die and are cancelled."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from barrx import datasets, pipeline, settings, workers
from barrx.clustering import ClusteringParams
from barrx.datasets import DEMO_SLUG
from barrx.errors import DatasetError, EncoderError, ParameterError
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams
from barrx.ui import jobs
from barrx.workers import Job, Lane, Pool, Snapshot
from tests import processes, written_maps

GONE: set[str] = set()
_numbers = count(1)
PATIENCE = 180  # seconds; importing TensorFlow on a busy machine


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give one BARRX_HOME to all tests here: a worker takes seconds to warm. No two ask for the same map."""
    path = tmp_path_factory.mktemp("workers") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BARRX_HOME", str(path))
        settings.current.cache_clear()
        yield path
    settings.current.cache_clear()


@pytest.fixture(scope="module")
def pool(home: Path) -> Iterator[Pool]:
    """Give a pool with both of its map workers warm."""
    made = Pool(lambda session: session not in GONE, calm=0)
    made.warm()
    wait_until(lambda: len(processes.of(made, "maps")) == 2, "no second worker")
    made.submit("warm", {}, key="w", lane="maps").wait(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def fresh(home: Path, tmp_path: Path) -> str:
    """Add a collection of 96 pictures that no vector exists for, and return its slug."""
    slug, folder = f"fresh-{next(_numbers)}", tmp_path / "fresh"
    folder.mkdir()
    rng = np.random.default_rng(int(slug[6:]))
    for i in range(96):
        pixels = np.kron(rng.integers(0, 255, (6, 6, 3)), np.ones((40, 40, 1))).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    datasets.add(datasets.AddRequest(slug=slug, source=str(folder)))
    return slug


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


def test_newest_request_of_a_session_stops_its_older_ones(pool: Pool) -> None:
    running = submit(pool, request(n_neighbors=90, min_dist=0.3, from_scratch=True), "a")
    wait_until(lambda: running.snapshot.state == "running", "not begun")
    before = processes.of(pool, "maps")
    shared = submit(pool, request(n_neighbors=11), "b")
    submit(pool, request(n_neighbors=11), "a")
    last = submit(pool, request(n_neighbors=12), "a")
    assert running.wait(PATIENCE).state == "cancelled"
    assert last.wait(PATIENCE).state == "done"
    assert shared.wait(PATIENCE).state == "done"
    assert before == processes.of(pool, "maps")  # interrupted, not ended
    assert (
        pipeline.load(datasets.load(DEMO_SLUG), request(n_neighbors=90, min_dist=0.3, from_scratch=True))
        is None
    )


def test_what_a_session_has_found_elsewhere_is_stopped(pool: Pool) -> None:
    running = submit(pool, request(n_neighbors=93, from_scratch=True), "a")
    shared = submit(pool, request(n_neighbors=14), "c")
    submit(pool, request(n_neighbors=14), "b")
    wait_until(lambda: running.snapshot.state == "running", "not begun")
    pool.leave("charts", "a")
    assert not running.is_stopped
    pool.leave("maps", "a")
    pool.leave("maps", "c")
    assert running.wait(PATIENCE).state == "cancelled"
    assert shared.wait(PATIENCE).state == "done"


def test_what_a_session_that_has_gone_asked_for_is_stopped(pool: Pool) -> None:
    left = submit(pool, request(n_neighbors=95, from_scratch=True), "leaves")
    shared = submit(pool, request(n_neighbors=9), "leaves")
    submit(pool, request(n_neighbors=9), "b")
    GONE.add("leaves")
    assert shared.wait(PATIENCE).state == "done"
    assert left.wait(PATIENCE).state == "cancelled"


def test_errors_come_back_with_their_type_and_text(pool: Pool, fresh: str, tmp_path: Path) -> None:
    too_many = submit(pool, request(n_neighbors=2000)).wait(PATIENCE)
    with pytest.raises(ParameterError, match="n_neighbors must be below the number of images"):
        raise too_many.error or AssertionError("no error")
    not_embedded = submit(pool, MapRequest(slug=fresh, encoder="efficientnet-lite0")).wait(PATIENCE)
    with pytest.raises(EncoderError, match="has no efficientnet-lite0 embedding yet"):
        raise not_embedded.error or AssertionError("no error")
    (tmp_path / "empty").mkdir()
    empty = {"slug": "x", "source": str(tmp_path / "empty"), "metadata": None, "title": None}
    nothing = pool.submit("add", empty, key="add", lane="long").wait(PATIENCE)
    with pytest.raises(DatasetError, match="Nothing was added"):
        raise nothing.error or AssertionError("no error")


def test_a_bug_in_a_worker_is_told_and_the_worker_lives_on(pool: Pool) -> None:
    end = pool.submit("no such task", {}, key="x", lane="maps").wait(PATIENCE)
    assert end.state == "failed"
    assert "Something went wrong in the worker" in str(end.error)
    assert submit(pool, request(n_neighbors=13)).wait(PATIENCE).state == "done"


def test_a_killed_map_worker_is_replaced_and_the_map_tried_again(pool: Pool) -> None:
    job = submit(pool, request(n_neighbors=60, from_scratch=True))
    wait_until(lambda: job.snapshot.state == "running", "not begun")
    for process in processes.of(pool, "maps"):
        os.kill(process, signal.SIGKILL)
    assert job.wait(PATIENCE).state == "done"


@pytest.mark.parametrize("at_work", [False, True])
def test_workers_end_when_their_parent_is_killed(home: Path, at_work: bool) -> None:
    wanted = request(n_neighbors=100, min_dist=0.7, from_scratch=True)
    code = f"""
import sys, time
from barrx.workers import Pool
from tests import processes, written_maps
pool = Pool(calm=0)
pool.submit("warm", {{}}, key="w", lane="maps").wait()
pool.warm()
while len(processes.of(pool, "maps")) < 2: time.sleep(0.05)
job = pool.submit("map", {wanted.to_json()!r}, key="m", lane="maps") if {at_work} else None
while job and job.snapshot.state != "running": time.sleep(0.01)
print(*processes.of(pool, "maps"), flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(word) for word in parent.stdout.readline().split()]
    assert len(workers) == 2
    assert all(psutil.pid_exists(worker) for worker in workers)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not any(map(_is_alive, workers)), "a worker lives on")


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_process_that_has_grown_too_large_is_replaced_when_it_is_idle(home: Path) -> None:
    pool = Pool(most_memory=1)
    try:
        assert submit(pool, request(n_neighbors=22)).wait(PATIENCE).state == "done"
        (large,) = processes.of(pool, "maps")  # the second one waits until it is needed
        # After one job it is as large as any would be; after two it is replaced at once.
        assert submit(pool, request(n_neighbors=24)).wait(PATIENCE).state == "done"
        wait_until(lambda: large not in (processes.of(pool, "maps") or [large]), "not replaced")
        assert submit(pool, request(n_neighbors=23)).wait(PATIENCE).state == "done"
        assert not _is_alive(large)
    finally:
        pool.close()


def test_a_request_waits_for_the_process_that_is_being_warmed_and_not_until_it_is_warm_for_maps(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barrx.workers.pool._SOON", PATIENCE)
    with warming_pool() as pool:
        cut = replace(request(), clustering=ClusteringParams(min_cluster_size=34))
        assert submit(pool, cut).wait(PATIENCE).state == "done"
        assert pool._slots[0].warmed == 1
        assert len(processes.of(pool, "maps")) == 1
        wait_until(lambda: pool._slots[0].is_warm, "not warmed further")


def test_a_request_has_a_process_of_its_own_where_warming_takes_long(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barrx.workers.pool._SOON", 0.0)
    with warming_pool() as pool:
        cut = replace(request(), clustering=ClusteringParams(min_cluster_size=35))
        job = submit(pool, cut)
        wait_until(lambda: job.snapshot.state != "waiting", "not begun")
        assert len(processes.of(pool, "maps")) == 2
        assert job.wait(PATIENCE).state == "done"


@contextlib.contextmanager
def warming_pool() -> Iterator[Pool]:
    """Give a pool whose first process has just begun to be warmed."""
    pool = Pool()
    try:
        pool.warm()
        wait_until(lambda: pool._slots[0].warming_since is not None, "not begun")
        yield pool
    finally:
        pool.close()


def test_a_cut_does_not_wait_until_a_new_process_can_make_maps(home: Path) -> None:
    code = """
import sys
from barrx import tasks
from barrx.pipeline import MapRequest
from barrx.clustering import ClusteringParams
wanted = MapRequest(slug="demo", encoder="efficientnet-lite0", clustering=ClusteringParams(min_cluster_size=33))
tasks.prepare("map", wanted.to_json())
tasks.run("map", wanted.to_json(), lambda done, total, detail: None, lambda: False)
print("hdbscan" in sys.modules, "umap" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_chart_never_stands_in_the_way_of_a_map(pool: Pool) -> None:
    long = request(n_neighbors=100, from_scratch=True)
    charts = [
        pool.submit("map", dataclasses.replace(long, projection=p).to_json(), key=str(p), lane="charts")
        for p in (ProjectionParams(n_neighbors=n, from_scratch=True) for n in (100, 90))
    ]
    wait_until(lambda: charts[0].snapshot.state == "running", "not begun")
    job = submit(pool, request(n_neighbors=6))
    wait_until(lambda: job.snapshot.state != "waiting", "not begun")
    assert charts[1].snapshot.state == "waiting"
    assert job.wait(PATIENCE).state == "done"


def test_asking_for_one_part_of_a_page_anew_stops_no_other(pool: Pool) -> None:
    jobs = [
        pool.submit("map", {}, key=key, lane="charts", owner="a", kind=kind)
        for key, kind in (("1", "x"), ("2", "y"), ("3", "x"))
    ]
    assert [job.is_stopped for job in jobs] == [True, False, False]


@pytest.mark.parametrize("lane", ["maps", "charts"])
def test_work_ahead_begins_when_idle_and_is_dropped_for_a_request(pool: Pool, lane: Lane) -> None:
    # A cut, which is quick even where other tests leave little of the processor to work ahead.
    ahead = [replace(request(), clustering=ClusteringParams(min_cluster_size=33))]
    plan(pool, ahead, "a")
    wait_until(lambda: are_stored(ahead), "nothing was computed ahead")
    slow = [request(n_neighbors=n, min_dist=0.9, from_scratch=True) for n in (100, 90)]
    plan(pool, slow, "a")
    wait_until(lambda: processes.is_ahead(pool), "no work ahead")
    job = pool.submit("map", request(n_neighbors=17).to_json(), key="17", lane=lane, owner="a")
    wait_until(lambda: job.snapshot.state != "waiting", "not begun")
    assert job.wait(PATIENCE).state == "done"
    wait_until(lambda: not processes.is_ahead(pool), "goes on")
    assert not any(are_stored([one]) for one in slow)


def test_work_ahead_goes_on_while_another_session_has_planned_the_same(pool: Pool) -> None:
    wanted = [request(n_neighbors=n, from_scratch=True) for n in (71, 72, 73)]
    plan(pool, wanted, "closes its page")
    plan(pool, wanted, "stays")
    GONE.add("closes its page")
    wait_until(lambda: are_stored(wanted), "the work ahead has ended with its first session")


def test_work_ahead_of_a_session_that_has_gone_is_planned_anew(pool: Pool) -> None:
    wanted = [request(n_neighbors=n, from_scratch=True) for n in (74, 75, 76)]
    plan(pool, wanted, "reloads")
    wait_until(lambda: processes.is_ahead(pool), "no work ahead")
    GONE.add("reloads")
    wait_until(lambda: not pool._queues.waiting["ahead"] and not processes.is_ahead(pool), "goes on")
    assert not are_stored(wanted)
    plan(pool, wanted, "has reloaded")
    wait_until(lambda: are_stored(wanted), "taken for planned, though nobody works at it")


def plan(pool: Pool, wanted: list[MapRequest], owner: str) -> None:
    pool.plan("map", [one.to_json() for one in wanted], owner=owner)


def are_stored(wanted: list[MapRequest]) -> bool:
    collection = datasets.load(DEMO_SLUG)
    return all(pipeline.load(collection, one) for one in wanted)


def test_two_servers_and_the_command_line_compute_once(home: Path, tmp_path: Path) -> None:
    wanted = request(n_neighbors=21)
    code = f"""
import json
from barrx.workers import Pool
job = Pool().submit("map", {wanted.to_json()!r}, key="m", lane="maps")
print(json.dumps(dict(job.wait().result)))
"""
    line = ["-m", "barrx", "map", DEMO_SLUG, "--n-neighbors", "21", "--json", "--output"]
    commands = [["-c", code], ["-c", code], [*line, str(tmp_path / "m.csv")]]
    written_maps.count()
    running = [subprocess.Popen([sys.executable, *c], stdout=subprocess.PIPE, text=True) for c in commands]
    answers = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in running]
    assert written_maps.counted() == [1]
    assert len(answers) == 3
    again = pipeline.load_or_compute(datasets.load(DEMO_SLUG), wanted)
    assert again.was_stored
    assert written_maps.counted() == [1]


def test_time_left_follows_the_rate() -> None:
    assert Snapshot(state="running", done=20, total=100, rate=4.0).seconds_left == 20
    assert Snapshot(state="running", done=20, total=100).seconds_left is None
    assert Snapshot(state="running").seconds_left is None


@pytest.mark.parametrize(
    ("rate", "said"),
    [(4.0, "20 of 100 maps · 4.0 maps a second · "), (0.04, "20 of 100 maps · 2.4 maps a minute · ")],
)
def test_a_rate_is_said_so_that_it_says_something(rate: float, said: str) -> None:
    line = jobs._line(Snapshot(state="running", done=20, total=100, rate=rate), "maps")
    assert line.startswith(said)


@pytest.mark.parametrize(("done", "rate", "said"), [(26, 0.9, True), (26, 1.1, False), (27, 0.9, False)])
def test_nothing_is_said_to_be_left_below_a_second(done: int, rate: float, said: bool) -> None:
    line = jobs._line(Snapshot(state="running", done=done, total=27, rate=rate), "settings")
    assert ("left" in line) is said


def test_rate_does_not_count_what_was_there_before() -> None:
    meter = workers.Meter()
    assert meter.rate(500) == 0
    time.sleep(0.05)
    assert 0 < meter.rate(501) <= 20
