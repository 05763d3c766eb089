"""Pages that wait for a map, without a browser: one BARRX_HOME and one set of workers for all of them."""

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from barrx import datasets, embedding, encoders, identity, pipeline, settings
from barrx.demo import shipped
from barrx.pipeline import MapRequest
from barrx.ui import keys, state
from tests import processes
from tests.app.steps import PATIENCE, ROOT, page, place_of_map, texts, until


@pytest.fixture(autouse=True, scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("home")
        patch.setenv("BARRX_HOME", str(path))
        settings.current.cache_clear()
        yield path
        state.pool().close()
        st.cache_resource.clear()  # or the next file's tests would ask a pool that is closed
    settings.current.cache_clear()


@pytest.fixture(autouse=True)
def workers_of_its_own() -> Iterator[None]:
    """Take the place of the workers that each other test has for itself."""
    yield
    st.cache_data.clear()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_collection_of_a_handful_gives_a_sensible_page(tmp_path: Path, n: int) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    for path in sorted((ROOT / "barrx" / "demo" / "images").iterdir())[:n]:
        shutil.copy(path, folder)
    datasets.add(datasets.AddRequest(slug=f"few-{n}", source=str(folder)))
    embedding.compute(datasets.load(f"few-{n}"), encoders.get("efficientnet-lite0"))
    test = page("explore", dataset=f"few-{n}")
    until(test, lambda: not any("Computing" in info.value for info in test.info))
    assert not test.exception
    assert not test.error
    assert f"<dd>{n}</dd>" in texts(test)


def test_explore_follows_a_slider() -> None:
    test = page("explore")
    before = texts(test)
    test.slider(key=keys.MIN_CLUSTER_SIZE).set_value(40).run()
    until(test, lambda: "to compute" in texts(test))
    assert not test.exception
    assert texts(test) != before
    clusters = pipeline.load_or_compute(demo := datasets.load("demo"), _request(demo, 40)).clustering
    changes = identity.changes(shipped.default_map().labels, clusters.labels)
    assert identity.sentence(changes[0]).capitalize() in texts(test)
    test.selectbox(key=keys.COLOR).select("category").run()
    assert identity.sentence(changes[0]).capitalize() in texts(test), "only another map has nothing to say"


def _request(dataset: datasets.Dataset, min_cluster_size: int) -> MapRequest:
    default = MapRequest.default("demo", shipped.ENCODER, len(dataset.filenames))
    return replace(default, clustering=replace(default.clustering, min_cluster_size=min_cluster_size))


def test_map_that_is_computed_is_left_for_one_that_is_stored() -> None:
    test = page("explore")
    pool = state.pool()
    pool.warm()
    deadline = time.monotonic() + PATIENCE
    while not processes.of(pool, "maps"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    test.toggle(key=keys.FROM_SCRATCH).set_value(True)
    test.slider(key=keys.N_NEIGHBORS).set_value(97).run()
    job = next(job for job in pool._alive() if job.lane == "maps")
    assert not job.is_stopped
    test.toggle(key=keys.FROM_SCRATCH).set_value(False)
    test.slider(key=keys.N_NEIGHBORS).set_value(15).run()
    assert job.is_stopped
    assert job.wait(PATIENCE).state == "cancelled"


def test_old_map_stays_where_it_is_under_the_error_of_the_new_one() -> None:
    test = page("explore")
    place = place_of_map(test)
    pool = state.pool()

    given_up = threading.Event()

    def kill_whoever_computes() -> None:
        while not given_up.wait(0.02):
            for process in processes.of(pool, "maps"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill_whoever_computes)
    killer.start()
    try:
        test.slider(key=keys.N_NEIGHBORS).set_value(90).run()
        until(test, lambda: bool(test.error))
    finally:
        given_up.set()
        killer.join()
    assert "ended unexpectedly" in test.error[0].value
    assert "810" in texts(test)
    assert place_of_map(test) == place
    test.button(key=keys.RETRY_MAP).click().run()
    until(test, lambda: "to compute" in texts(test))
    assert not test.error
    assert place_of_map(test) == place
