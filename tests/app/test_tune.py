"""The tune page without a browser."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from barrx import datasets, rights, settings, workers
from barrx.judgement import sweep
from barrx.judgement.sweep import SweepRequest
from barrx.pipeline import MapRequest
from barrx.ui import keys
from barrx.ui.tune import results
from tests.app.steps import PATIENCE
from tests.app.test_pages import page, texts

CUTS = {"try_n_neighbors": "15", "try_min_dist": "0.1"}  # of the shipped map: nothing is projected


def test_tune_counts_what_it_would_try_and_says_what_it_cannot(home: Path) -> None:
    test = page("tune")
    assert not test.exception
    assert "27 settings · 9 maps to draw" in texts(test)
    test.multiselect(key=keys.TRY + "min_dist").set_value(["0.1", "<b>x</b>"]).run()
    assert "takes numbers" in test.error[0].value
    assert keys.SWEEP not in [button.key for button in test.button]


def test_tune_hangs_what_is_finished_and_offers_to_go_on(home: Path) -> None:
    demo = datasets.load("demo")
    base = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    request = SweepRequest(
        base=base,
        grid={"min_cluster_size": (5, 10), "n_neighbors": (15,), "min_dist": (0.1,)},
        category="category",
    )
    sweep.run(demo, request, alone=True)
    test = page("tune", **CUTS)
    assert "2 are finished already" in texts(test)
    assert test.button(key=keys.SWEEP).label == "Go on"
    test.multiselect(key=keys.TRY + "min_cluster_size").set_value(["5", "10"]).run()
    assert not test.exception
    assert "Begin with min_cluster_size" in texts(test)
    assert test.button(key=keys.TRY_AGAIN)
    assert test.get("download_button")[0].proto.label == "Download the figures"
    written = results.load(demo, request).table(demo)
    pd.testing.assert_frame_equal(written, sweep.table(sweep.run(demo, request), "category"))
    (shown,) = [str(e.proto) for e in test.get("bidi_component") if "barrx_tune" in str(e.proto)]
    assert "min_cluster_size=10" in shown
    assert "agreement" in shown


def test_best_settings_are_tried_again_also_if_nobody_saw_the_sweep_end(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: dict[str, workers.Job] = {}
    submit = workers.Pool.submit

    def submitted(pool: workers.Pool, task: str, *arguments: Any, **how: Any) -> workers.Job:
        jobs[task] = submit(pool, task, *arguments, **how)
        return jobs[task]

    monkeypatch.setattr(workers.Pool, "submit", submitted)
    test = page("tune", **CUTS)
    test.button(key=keys.SWEEP).click().run()
    assert jobs["sweep"].wait(PATIENCE).state == "done"
    assert "stability" not in jobs
    test.run()
    jobs["stability"].cancel()
    assert jobs["stability"].wait(PATIENCE).state == "cancelled"
    test.run()
    assert test.button(key=keys.TRY_AGAIN), "what was stopped is not begun again unasked"


def test_the_wall_can_be_coloured_by_decades_and_explore_by_their_dates(home: Path) -> None:
    demo = datasets.load("demo")
    base = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    sweep.run(demo, SweepRequest(base=base, grid={"min_cluster_size": (10,)}, category="decade"), alone=True)
    test = page("tune", compare="decade", try_min_cluster_size="10", **CUTS)
    test.session_state[keys.WALL_COLOR] = "category"
    test.run()
    (shown,) = [str(e.proto) for e in test.get("bidi_component") if "barrx_tune" in str(e.proto)]
    assert "2000s" in shown
    assert "color=year" in shown


def test_maps_of_the_wall_open_in_the_chosen_language(home: Path) -> None:
    demo = datasets.load("demo")
    base = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    sweep.run(
        demo, SweepRequest(base=base, grid={"min_cluster_size": (10,)}, category="category"), alone=True
    )
    test = page("tune", try_min_cluster_size="10", **CUTS)
    for language, is_said in (("en", False), ("es", True)):
        test.session_state["_language"] = language
        test.run()
        (shown,) = [str(e.proto) for e in test.get("bidi_component") if "barrx_tune" in str(e.proto)]
        assert "min_cluster_size=10" in shown
        assert ("lang=es" in shown) == is_said
    assert not test.exception


def test_numbers_of_an_address_and_of_a_list_are_kept_in_one_form(home: Path) -> None:
    test = page("tune", try_min_dist=".50, 0.25", try_metric="euclidean")
    assert not test.exception
    assert test.multiselect(key=keys.TRY + "min_dist").value == ["0.5", "0.25"]
    assert test.multiselect(key=keys.TRY + "metric").value == ["euclidean"]
    for typed, kept in ((["0.80", "0.8", "x"], ["0.8", "x"]), ([], [])):
        test.multiselect(key=keys.TRY + "min_dist").set_value(typed).run()
        assert test.multiselect(key=keys.TRY + "min_dist").value == kept


@pytest.mark.parametrize(
    ("name", "asked", "kept"),
    [
        ("min_dist", ["0.1", " 0.1"], ["0.1"]),
        ("min_dist", [""], []),
        ("n_neighbors", [" 5", "15", "30"], [" 5", "15", "30"]),
        ("metric", ["sideways"], ["cosine"]),
        ("metric", ["sideways", "euclidean"], ["euclidean"]),
    ],
)
def test_an_odd_address_is_read_once(home: Path, name: str, asked: list[str], kept: list[str]) -> None:
    test = page("tune", **{keys.TRY + name: asked})
    assert not test.exception
    assert test.multiselect(key=keys.TRY + name).value == kept


@pytest.mark.parametrize("asked", ["0", "99999", "x"])
def test_tune_refuses_an_address_that_makes_no_sense(home: Path, asked: str) -> None:
    test = page("tune", try_n_neighbors=asked)
    assert not test.exception
    assert "Remove it" in test.error[0].value


def test_read_only_dashboard_says_how_to_run_a_sweep(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    test = page("tune")
    assert keys.SWEEP not in [button.key for button in test.button]
    assert "python -m barrx sweep demo" in test.code[0].value


def test_a_viewer_is_told_to_ask_a_curator_and_cannot_start_what_he_could_not_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "_may_asker_write", lambda: False)
    test = page("tune", **CUTS)
    assert keys.SWEEP not in [button.key for button in test.button]
    assert "Only curators start sweeps here. Send one the address of this page" in test.info[0].value
    assert "--n-neighbors 15 --min-dist 0.1" in test.code[0].value

    demo, owners = datasets.load("demo"), []
    base = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    cut = SweepRequest(
        base=base, grid={"min_cluster_size": (5, 10, 20), "n_neighbors": (15,), "min_dist": (0.1,)}
    )
    sweep.run(demo, cut, alone=True)
    submit = workers.Pool.submit

    def submitted(pool: workers.Pool, task: str, *arguments: Any, owner: str = "", **how: Any) -> workers.Job:
        owners.append((task, owner))
        return submit(pool, task, *arguments, owner=owner, **how)

    monkeypatch.setattr(workers.Pool, "submit", submitted)
    test.run()
    ((task, owner),) = owners
    assert task == "sweep", "the maps that are there are compared with the column all the same"
    assert owner, "and whoever asked may stop it"
