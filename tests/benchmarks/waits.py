"""What else a user could wait for: stops of a slider, the cliff chart, work ahead; and memory over time."""

import itertools
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from barrx import ahead, cache, cliff, clustering, datasets, pipeline
from barrx.pipeline import MapRequest
from barrx.ui import keys
from barrx.workers import Pool
from tests import processes
from tests.benchmarks import projection, vectors
from tests.benchmarks.measure import Measured, memory_mb, seconds, table
from tests.benchmarks.pictures import CLIPART, ENCODER
from tests.browser.app_steps import open_app, press_on, wait_for_map
from tests.browser.conftest import chromium, start
from tests.browser.slider_steps import drag
from tests.browser.steps import wait_for_another_map, wait_until_idle

COLLECTIONS = ((datasets.DEMO_SLUG, "category", "0.5"), (CLIPART, "folder", "5"))
NAMES = ((datasets.DEMO_SLUG, "demo"), (CLIPART, "clipart"))
STOPS = 10
TRIALS = 3
_CUTS = 300
_MAPS = 20


def measured() -> str:
    """Measure on the demo and on the clip art; return the table."""
    vectors.named("clipart")
    rows = [_chart(*one) for one in COLLECTIONS]
    rows.append(_stops())
    with _pool() as pool:
        rows += [*_ahead(pool), _memory(pool)]
    return table(("what", "pictures", "median (least–most)", "to reach", "besides"), rows)


# --- the cliff chart --------------------------------------------------------------------------------------


def _chart(slug: str, column: str, to_reach: str) -> list[str]:
    """Compute a chart with agreement, its tree included, in a process that is warm."""
    dataset = datasets.load(slug)
    request = _default(slug)
    coordinates = pipeline.load_or_compute(dataset, request).coordinates
    taken = []
    for _trial in range(TRIALS + 1):
        question = cliff.of_map(dataset, request, column)
        assert question is not None
        tree = clustering.tree_key(question.made_from, question.params.min_samples)
        _forget([tree, *question.keys().values()])
        taken.append(seconds(lambda q=question: cliff.compute(q)))  # type: ignore[misc]
    shown = Measured(tuple(taken[1:])).shown(2) + " s"
    besides = f"{2 * len(question.sizes)} points with agreement"
    return ["the whole cliff chart", f"{len(coordinates):,}", shown, f"{to_reach} s", besides]


def _forget(some: list[str]) -> None:
    with cache._guarded("projections") as opened:
        for key in some:
            opened.delete(key)


# --- from the mouse to the map ----------------------------------------------------------------------------


def _stops() -> list[str]:
    """Drag ``min_cluster_size`` through ten new values in Chromium."""
    dataset = datasets.load(CLIPART)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = start(Path(folder), BARRX_HOME=os.environ["BARRX_HOME"])
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            largest = _no_limit(len(dataset.filenames))
            open_app(page, server, f"/?dataset={CLIPART}&{keys.MAX_CLUSTER_SIZE}={largest}")
            before = wait_for_map(page)
            press_on(page, keys.MIN_CLUSTER_SIZE, "ArrowRight")  # a worker starts
            wait_for_another_map(page, before)
            taken = []
            for _stop in range(STOPS):
                wait_for_map(page)
                wait_until_idle(page)
                page.wait_for_timeout(1000)
                taken.append(drag(page, keys.MIN_CLUSTER_SIZE, 9))
        finally:
            server.stop()
    shown = Measured(tuple(taken)).shown(2) + " s"
    besides = f"{STOPS} values nobody asked for before, in Chromium without a GPU"
    return ["a stop of min_cluster_size on screen", f"{len(dataset.filenames):,}", shown, "1 s", besides]


def _no_limit(n_images: int) -> int:
    """Return a ``max_cluster_size`` that changes nothing but the name under which a cut is stored: each is new."""
    return n_images - random.randrange(n_images // 8)


# --- ahead of the user ------------------------------------------------------------------------------------


@contextmanager
def _pool() -> Iterator[Pool]:
    pool = Pool(calm=1e9)
    try:
        pool.submit("warm", {}, key="warm", lane="maps").wait()
        yield pool
    finally:
        pool.close()


def _ahead(pool: Pool) -> list[list[str]]:
    """Measure what is computed ahead of one map, and a step that is asked for meanwhile."""
    rows = []
    for slug, embedded in ((slug, vectors.named(name)) for slug, name in NAMES):
        request, n_images = _default(slug), len(embedded.vectors)
        wanted = ahead.beside(request, None, n_images)
        for one in wanted:
            projection.forget(embedded, one.projection)
        whole = seconds(lambda w=wanted: [_done(pool, one) for one in w])  # type: ignore[misc]
        quiet = _cuts(pool, request, range(20, 30))
        slow = [replace(o, projection=replace(o.projection, seed=1, from_scratch=True)) for o in wanted]
        busy = []
        for size in range(30, 35):
            pool.plan("map", [one.to_json() for one in slow], owner="")
            _until_ahead(pool)
            busy += _cuts(pool, request, [size])
        rows.append(
            [
                "a cut asked for while others are computed ahead",
                f"{n_images:,}",
                Measured(tuple(1000 * s for s in busy)).shown(0) + " ms",
                "",
                f"alone {Measured(tuple(1000 * s for s in quiet)).shown(0)} ms; "
                f"the {len(wanted)} maps ahead take {whole:.1f} s together",
            ]
        )
    return rows


def _cuts(pool: Pool, request: MapRequest, sizes: Iterable[int]) -> list[float]:
    n_images = len(datasets.load(request.slug).filenames)
    taken = []
    for size in sizes:
        clustered = replace(request.clustering, min_cluster_size=size, max_cluster_size=_no_limit(n_images))
        taken.append(seconds(lambda c=clustered: _done(pool, replace(request, clustering=c))))  # type: ignore[misc]
    return taken


def _done(pool: Pool, request: MapRequest) -> None:
    end = pool.submit("map", request.to_json(), key=str(request), lane="maps").wait()
    assert end.state == "done", end.error


def _until_ahead(pool: Pool) -> None:
    while not processes.is_ahead(pool):
        time.sleep(0.05)
    time.sleep(0.5)


# --- memory over time -------------------------------------------------------------------------------------


def _memory(pool: Pool) -> list[str]:
    """Watch one worker over many maps and cuts of the demo."""
    request = _default(datasets.DEMO_SLUG)
    settings = itertools.product(range(10, 10 + _MAPS // 2), (0.2, 0.3))
    for n_neighbors, min_dist in settings:
        projected = replace(request.projection, n_neighbors=n_neighbors, min_dist=min_dist)
        _done(pool, replace(request, projection=projected))
    (worker,) = processes.of(pool, "maps")
    before = memory_mb(worker)
    for number in range(_CUTS):
        clustered = replace(
            request.clustering, min_cluster_size=5 + number % 60, min_samples=1 + number // 60
        )
        _done(pool, replace(request, clustering=clustered))
    after = memory_mb(worker)
    shown = f"{before:.0f} MB after {_MAPS} maps, {after:.0f} MB after {_CUTS} cuts more"
    return ["memory of a map worker", f"{len(datasets.load('demo').filenames):,}", shown, "flat", ""]


def _default(slug: str) -> MapRequest:
    return MapRequest.default(slug, ENCODER, len(datasets.load(slug).filenames))
