"""A sweep: its grid, its figures, what is kept, and what is recommended."""

import csv
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from barrx import cache, cli, datasets, embedding, encoders, export, i18n, pipeline, sweep_command, workers
from barrx.errors import Cancelled, EncoderError, ParameterError
from barrx.judgement import comeback, questions, recommendation, sweep, validity, values
from barrx.judgement.sweep import SweepRequest
from barrx.pipeline import MapRequest
from tests import processes

DEMO = MapRequest(slug="demo", encoder="efficientnet-lite0")
COLUMNS = (
    "n_neighbors,min_dist,metric,seed,min_cluster_size,min_samples,cluster_selection_method,"
    "clusters,noise_share,trustworthiness,dbcv,dbcv_kind,dbcv_reason"
)

AGREEMENT = ",ami,ari,ami_clustered,ami_reason,ami_clustered_reason"


def cuts(*sizes: int, **more: Any) -> SweepRequest:
    """Settings of the demo's shipped map: nothing is projected."""
    return SweepRequest(base=DEMO, grid={"min_cluster_size": sizes}, **more)


# --- the grid ---------------------------------------------------------------------------------------------


def test_settings_are_every_combination_those_of_one_projection_side_by_side() -> None:
    request = SweepRequest(
        base=DEMO, grid={"min_cluster_size": (5, 10), "min_dist": (0.0, 0.1, 0.1), "seed": (1, 2)}
    )
    settings = request.settings()
    assert len(settings) == len(request) == 8
    assert len({json.dumps(s.to_json()) for s in settings}) == 8
    assert [s.projection for s in settings[::2]] == [s.projection for s in settings[1::2]]
    assert SweepRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"colour": (1,)}, r"A sweep goes over n_neighbors, .*, not over “colour”"),
        ({"seed": ()}, r"seed has no value to try"),
        ({"seed": tuple(range(5001))}, r"at most 5000 settings, got 5001"),
    ],
)
def test_impossible_grids_are_refused(grid: dict[str, tuple[Any, ...]], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        SweepRequest(base=DEMO, grid=grid)


def test_a_value_the_collection_is_too_small_for_is_refused_before_any_work(home: Path) -> None:
    with pytest.raises(ParameterError, match="min_cluster_size"):
        sweep.run(datasets.load("demo"), cuts(5, 5000))
    assert sweep.stored(datasets.load("demo"), cuts(5)) == [None]


def test_a_collection_that_is_not_embedded_is_refused_with_the_command(small: str) -> None:
    base = MapRequest.default(small, DEMO.encoder, 96)
    grid = {"n_neighbors": tuple(range(4, 14))}
    with pytest.raises(EncoderError, match="python -m barrx embed small --encoder efficientnet-lite0"):
        sweep.run(datasets.load(small), SweepRequest(base=base, grid=grid))


# --- the figures ------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_libraries(home: Path) -> None:
    demo = datasets.load("demo")
    row = sweep.run(demo, cuts(10, category="category"))[0]
    found = pipeline.load_or_compute(demo, DEMO)
    labels, vectors = found.clustering.labels, embedding.require(demo, encoders.get(DEMO.encoder)).vectors
    categories = demo.metadata["category"]
    kept = labels >= 0
    assert row["trustworthiness"] == pytest.approx(
        trustworthiness(vectors.astype(float), found.coordinates, n_neighbors=15, metric="cosine"), abs=1e-6
    )
    assert row["dbcv"] == validity.measure(found.coordinates, labels, min_samples=5).value
    assert row["ami"] == pytest.approx(adjusted_mutual_info_score(categories, labels))
    assert row["ari"] == pytest.approx(adjusted_rand_score(categories, labels))
    assert row["ami_clustered"] == pytest.approx(adjusted_mutual_info_score(categories[kept], labels[kept]))
    assert (row["clusters"], row["noise_share"]) == (len(set(labels[kept])), (~kept).mean())


def test_all_noise_has_no_dbcv_a_reason_and_no_agreement_of_the_clustered(home: Path) -> None:
    row = sweep.run(datasets.load("demo"), cuts(500, category="category"))[0]
    assert row["clusters"] == 0  # two clusters of 500 are more than the 810 pictures there are
    assert (row["dbcv"], row["dbcv_reason"]) == (None, "every image is noise")
    assert (row["noise_share"], row["ami"], row["ari"], row["ami_clustered"]) == (1.0, None, None, None)
    assert row["ami_reason"] == row["ami_clustered_reason"] == "every image is noise"


def test_agreement_is_empty_where_the_clustered_images_are_of_one_category(home: Path) -> None:
    found = pipeline.load_or_compute(datasets.load("demo"), DEMO)
    labels = np.repeat([0, 1, -1], 270)
    given = replace(found, clustering=replace(found.clustering, labels=labels))
    category = values.of_cells("c", ["a"] * 540 + ["b"] * 270)
    row = sweep._agreement(given, category)
    assert row["ami_clustered"] is None
    assert row["ami_clustered_reason"] == "the images in clusters are all of one category"
    assert (row["ami_reason"], row["ami"] is None) == ("", False)
    with i18n.speaking("es"):
        assert sweep._agreement(given, category) == row


# --- what is kept -----------------------------------------------------------------------------------------


def test_a_stopped_sweep_keeps_what_is_finished_and_goes_on_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, request, seen = datasets.load("demo"), cuts(5, 10, 20, 40), []
    with pytest.raises(Cancelled, match="Finished settings are kept"):
        sweep.run(
            demo, request, lambda done, total, _detail: seen.append((done, total)), lambda: len(seen) >= 2
        )
    assert seen == [(1, 4), (2, 4)]
    kept = sweep.stored(demo, request)
    assert [row is not None for row in kept] == [True, True, False, False]

    computed = []
    whole = sweep._computed
    monkeypatch.setattr(sweep, "_computed", lambda *a: computed.append(a[1]) or whole(*a))
    rows = sweep.run(demo, request)
    assert [s.clustering.min_cluster_size for s in computed] == [20, 40]
    assert rows[:2] == kept[:2]
    assert sweep.run(demo, request, from_end=True) == rows
    assert len(computed) == 2


def test_another_category_is_compared_without_measuring_the_maps_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    first = sweep.run(demo, cuts(10, category="category"))[0]
    monkeypatch.setattr(sweep, "_shape", lambda *a: pytest.fail("measured again"))
    second = sweep.run(demo, cuts(10, category="creator"))[0]
    assert second["ami"] != first["ami"]
    assert second["dbcv"] == first["dbcv"]


def test_a_worker_does_a_sweep_and_tells_how_far_it_is(home: Path) -> None:
    pool = workers.Pool()
    try:
        job = pool.submit("sweep", {"request": cuts(8, 16).to_json()}, key="s", lane="long")
        ended = job.wait(120)
    finally:
        pool.close()
    assert (ended.state, ended.result, ended.done, ended.total) == ("done", {"settings": 2}, 2, 2)
    assert None not in sweep.stored(datasets.load("demo"), cuts(8, 16))


def test_two_processes_give_what_one_gives_and_none_is_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, request, pools = datasets.load("demo"), cuts(*range(5, 25), category="category"), []
    monkeypatch.setattr(sweep, "_WORTH_A_HELPER", 1)
    monkeypatch.setattr(workers, "Pool", lambda kind=workers.Pool: pools.append(kind()) or pools[-1])
    by_helper: list[int] = []

    def slowly(done: int, total: int, _detail: str) -> None:
        if len(by_helper) < 3:  # the other process needs a moment to begin
            wait_until(lambda: pools[0].find("sweep from the end").snapshot.done > len(by_helper))
        by_helper.append(pools[0].find("sweep from the end").snapshot.done)

    together = sweep.run(demo, request, slowly)
    assert by_helper[2] >= 3
    assert processes.of(pools[0], "long") == []
    cache.clear("projections")
    assert sweep.run(demo, request, alone=True) == together


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- what is recommended ----------------------------------------------------------------------------------


def row(
    size: int, clusters: int, noise: float, trust: float, dbcv: float | None, **more: Any
) -> dict[str, Any]:
    setting = replace(DEMO, clustering=replace(DEMO.clustering, min_cluster_size=size))
    # Other clusters at each setting, unless a test says otherwise.
    apart = {"partition": f"{size} {more}"}
    measured = {"clusters": clusters, "noise_share": noise, "trustworthiness": trust, "dbcv": dbcv}
    return {
        **sweep.parameters(setting),
        **apart,
        **measured,
        "dbcv_kind": "dbcv" if dbcv is not None else "",
        **more,
    }


def test_the_setting_that_is_best_in_everything_is_recommended_with_its_reason() -> None:
    rows = [row(10, 20, 0.3, 0.8, 0.1), row(11, 21, 0.1, 0.9, 0.4), row(12, 20, 0.2, 0.85, 0.2)]
    best = recommendation.recommend(rows, {1: 0.92, 0: 0.5})
    assert [one.number for one in best] == [1]
    assert best[0].reason == (
        "21 clusters, 10% noise, trustworthiness 0.90 (place 1 of 3), no cliff beside it, "
        "its clusters come back to 92%"
    )


def test_what_stands_on_a_cliff_or_is_mostly_noise_comes_after_the_others_and_is_not_lost() -> None:
    rows = [
        row(10, 30, 0.1, 0.9, 0.9),
        row(11, 3, 0.1, 0.9, 0.9),
        row(12, 3, 0.3, 0.9, 0.1),
        row(13, 3, 0.45, 0.9, 0.9),
        row(14, 3, 0.35, 0.9, 0.0),
    ]
    best = recommendation.recommend(rows, most=9)
    assert [one.number for one in best] == [2, 4, 0, 1, 3]
    assert "on a cliff: the next value of a parameter gives 30 clusters" in best[3].reason
    assert "on a cliff: the next value of a parameter gives 3 clusters" in best[2].reason
    assert "45% noise" in best[4].reason
    assert "no cliff beside it" in best[4].reason
    assert "no cliff among the values tried" in best[1].reason, "nobody has looked beyond the last value"


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        ([(5, 0.0), (10, 0.0), (15, 0.0)], "no cliff beside it"),
        ([(10, 0.0), (15, 0.0)], "no cliff among the values tried"),
        ([(5, 0.0), (10, 0.0)], "no cliff among the values tried"),
        # between two sizes, but at the lowest min_dist, or at the middle one
        ([(5, 0.0), (10, 0.0), (15, 0.0), (10, 0.1)], "no cliff among the values tried"),
        ([(5, 0.1), (10, 0.1), (15, 0.1), (10, 0.0), (10, 0.2)], "no cliff beside it"),
        ([(10, 0.0)], None),
    ],
)
def test_no_cliff_is_said_only_of_what_was_looked_at(
    tried: list[tuple[int, float]], said: str | None
) -> None:
    rows = [row(size, 8, 0.1, 0.9, 0.4, min_dist=min_dist) for size, min_dist in tried]
    of_ten = tried.index((10, 0.1 if (10, 0.2) in tried else 0.0))
    (found,) = (one for one in recommendation.recommend(rows, most=9) if one.number == of_ten)
    assert ("no cliff" in found.reason) == (said is not None)
    assert said is None or said in found.reason


def test_trustworthiness_has_no_place_where_all_are_equal() -> None:
    (best,) = recommendation.recommend([row(10, 8, 0.1, 0.84, 0.4), row(20, 8, 0.2, 0.84, 0.2)])
    assert best.reason == "8 clusters, 10% noise, trustworthiness 0.84, no cliff among the values tried"
    (best,) = recommendation.recommend([row(10, 8, 0.1, 0.84, 0.4), row(20, 8, 0.2, 0.83, 0.2)])
    assert "trustworthiness 0.84 (place 1 of 2)" in best.reason


def test_twice_the_size_may_halve_the_clusters() -> None:
    found = recommendation.steepest([row(10, 19, 0, 1, 1), row(20, 9, 0, 1, 1)])
    assert [(step.change, step.clusters) for step in found if step] == [(0.0, 9), (0.0, 19)]
    assert recommendation.steepest([row(10, 19, 0, 1, 1)]) == [None]


def test_settings_with_the_very_same_clusters_are_recommended_once_by_the_best_of_them() -> None:
    rows = [
        row(10, 8, 0.1, 0.80, 0.2, partition="a", min_dist=0.0),
        row(10, 8, 0.1, 0.90, 0.4, partition="a", min_dist=0.1),
        row(10, 8, 0.1, 0.85, 0.3, partition="b", min_dist=0.5),
        row(20, 8, 0.1, 0.80, 0.2, partition="a", min_dist=0.5),
    ]
    best = recommendation.recommend(rows, most=2)
    assert [(one.number, one.same) for one in best] == [(1, (0, 3)), (2, ())]
    assert best[0].reason.endswith(
        ", the same clusters with min_dist 0 or min_dist 0.5 and min_cluster_size 20"
    )
    assert "the same" not in best[1].reason


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (4, "min_samples 2 or min_samples 3 or min_samples 4"),
        (5, "min_samples 2 or min_samples 3 or min_samples 4, and with 1 further setting"),
        (6, "min_samples 2 or min_samples 3 or min_samples 4, and with 2 further settings"),
    ],
)
def test_of_many_settings_with_the_same_clusters_three_are_named(n: int, said: str) -> None:
    rows = [row(10, 8, 0.1, 0.9, 0.4, partition="a", min_samples=k + 1) for k in range(n)]
    (best,) = recommendation.recommend(rows, most=9)
    assert best.reason.endswith(", the same clusters with " + said)


def test_clusters_are_the_same_whatever_their_numbers_but_not_where_noise_is_another(home: Path) -> None:
    found = pipeline.load_or_compute(datasets.load("demo"), DEMO)

    def partition(labels: list[int]) -> str:
        clustering = replace(found.clustering, labels=np.array(labels, np.int32))
        return sweep._partition(replace(found, clustering=clustering))

    assert partition([5, 5, -1, 2, 2]) == partition([0, 0, -1, 1, 1])
    others = ([0, 0, 1, 2, 2], [0, 0, -1, 1, -1], [-1, -1, 0, 1, 1], [0, 0, -1, 0, 0])
    assert len({partition(labels) for labels in ([0, 0, -1, 1, 1], *others)}) == 5


def test_a_sweep_that_was_stored_before_knows_which_clusters_are_the_same(home: Path) -> None:
    demo = datasets.load("demo")
    (computed,) = sweep.run(demo, cuts(10))
    (stored,) = sweep.stored(demo, cuts(10))
    assert stored == computed
    shape = cache.get("projections", sweep._shape_key(pipeline.load_or_compute(demo, DEMO)))
    assert set(shape) == set(sweep.FIGURES), "what is kept is what was kept"


def test_without_two_clusters_nothing_is_recommended() -> None:
    assert recommendation.recommend([row(10, 1, 0.1, 0.9, None), row(20, 0, 1.0, 0.9, None)]) == []


# --- the command ------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    try:
        status = cli.main(["sweep", *map(str, arguments)])
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def test_command_writes_one_row_a_setting_in_the_published_columns(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "sweep.csv"
    sizes = ("--min-cluster-size", "5,10,20", "--cluster-selection-method", "eom,leaf", "--stability", "0")
    status, out, _err = run(capsys, "demo", *sizes, "--output", output)
    assert status == 0
    assert "6 settings in" in out
    assert "Recommended: n_neighbors 15" in out
    with output.open(newline="") as file:
        rows = list(csv.reader(file))
    assert ",".join(rows[0]) == COLUMNS + ",comes_back,artefacts"
    assert len(rows) == 7

    status, out, _err = run(capsys, "demo", *sizes, "--category", "category", "--output", output, "--json")
    facts = json.loads(out)
    assert (status, facts["settings"], len(facts["rows"])) == (0, 6, 6)
    assert facts["rows"][0]["dbcv_kind"] == "dbcv"
    table = pd.read_csv(output)
    assert ",".join(table.columns) == COLUMNS + AGREEMENT + ",comes_back,artefacts"
    assert table["clusters"].dtype == np.int64
    assert run(capsys, "demo", *sizes, "--category", "category", "--output", output, "--json")[1].count(
        '"were_stored": 6'
    )


def test_command_tries_the_best_again_and_writes_how_their_clusters_come_back(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output, asked = tmp_path / "sweep.csv", comeback.asked
    monkeypatch.setattr(comeback, "asked", lambda setting: replace(asked(setting), seeds=1, samples=1))
    sizes = ("--min-cluster-size", "10,20", "--cluster-selection-method", "eom,leaf")
    status, out, _err = run(capsys, "demo", *sizes, "--stability", "1", "--output", output)
    assert status == 0
    assert "comes_back and artefacts are of the 1 setting that was tried again." in out
    assert "its clusters come back to" in out
    table = pd.read_csv(output)
    (tried,) = np.flatnonzero(table["comes_back"].notna())
    best = SweepRequest(
        base=DEMO, grid={"min_cluster_size": (10, 20), "cluster_selection_method": ("eom", "leaf")}
    ).settings()[tried]
    answer = questions.load(datasets.load("demo"), comeback.asked(best))
    assert answer is not None
    shown = [*answer.facts["seeds"]["mean"], *answer.facts["samples"]["mean"]]
    assert table["comes_back"][tried] == pytest.approx(np.mean([s for s in shown if s is not None]))
    assert table["artefacts"][tried] == answer.facts["seeds"]["verdicts"].count("artefact")
    assert table["artefacts"].notna().sum() == 1


def test_command_tries_the_same_clusters_again_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo, request, asked = datasets.load("demo"), cuts(10, 11, 12), []
    rows = [row(size, 8, 0.1, 0.9, 0.4, partition="ab"[size == 12]) for size in (10, 11, 12)]
    monkeypatch.setattr(comeback, "try_again", lambda _demo, wanted, _report: asked.extend(wanted))
    assert sweep_command._known(demo, request, rows, 2) == {}
    assert [question.map.clustering.min_cluster_size for question in asked] == [10, 12]


def test_command_tries_as_many_again_as_the_page_unless_it_is_told_how_many(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(comeback, "try_again", lambda _dataset, wanted, _report: tried.append(len(wanted)))
    sweep_of_eight = ("demo", "--min-cluster-size", "5,8,10,12", "--cluster-selection-method", "eom,leaf")
    for told in ((), ("--stability", "0"), ("--stability", "2")):
        assert run(capsys, *sweep_of_eight, *told, "--output", tmp_path / "sweep.csv")[0] == 0
    assert tried == [comeback.TRIED_AGAIN, 2]
    assert f"({comeback.TRIED_AGAIN} if nothing is said" in " ".join(run(capsys, "--help")[1].split())


def test_command_that_is_stopped_while_it_tries_again_has_written_the_figures(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(comeback, "try_again", stopped)
    output = tmp_path / "sweep.csv"
    status, _out, err = run(capsys, "demo", "--min-cluster-size", "5,10", "--output", output)
    assert status != 0
    assert "What was finished is kept." in err
    table = pd.read_csv(output)
    assert table["clusters"].gt(1).all()
    assert table["comes_back"].isna().all()


def test_table_says_which_validity_a_figure_is_and_why_there_is_none() -> None:
    kinds = ({"dbcv_kind": "relative", "dbcv_reason": ""}, {"dbcv_reason": "every image is noise"})
    found = sweep.table([row(10, 3, 0, 1, 0.4, **kinds[0]), row(20, 0, 1, 1, None, **kinds[1])], None)
    assert found["dbcv_kind"].tolist() == ["relative_validity", ""]
    assert found["dbcv_reason"].tolist() == ["", "every image is noise"]


def test_undefined_agreement_is_an_empty_cell_with_its_reason() -> None:
    reasons = {"ami_reason": "", "ami_clustered_reason": "there is only one cluster"}
    one = row(
        20, 1, 0.5, 1, None, dbcv_kind="", dbcv_reason="", ami=0.3, ari=0.2, ami_clustered=None, **reasons
    )
    with i18n.speaking("es"):
        found = sweep.table([one], "c")
    (written,) = csv.DictReader(export.to_csv(found).splitlines())
    assert (written["ami"], written["ami_clustered"]) == ("0.3", "")
    assert (written["ami_reason"], written["ami_clustered_reason"]) == ("", "solo hay un clúster")


def test_command_says_where_there_is_no_agreement(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--min-cluster-size", "10,500", "--category", "category", "--output", tmp_path / "sweep.csv")
    status, out, _err = run(capsys, "demo", *asked, "--stability", "0")
    assert status == 0
    assert "ami and ari are empty where every image is noise." in out
    assert "ami_clustered is empty where every image is noise." in out


def test_reason_is_kept_for_readers_of_all_languages_and_said_in_the_one_of_now() -> None:
    empty = validity.measure(np.zeros((3, 2)), np.full(3, -1), min_samples=5).reason
    with i18n.speaking("es"):
        found = sweep.table([row(20, 0, 1, 1, None, dbcv_kind="", dbcv_reason=empty)], None)
        spanish = i18n._("every image is noise")
    assert found["dbcv_reason"].tolist() == [spanish] != [empty]


def test_default_grid_fits_a_small_collection() -> None:
    assert len(SweepRequest(base=DEMO, grid=sweep.default_grid(810))) == 27
    small = SweepRequest(base=MapRequest.default("s", DEMO.encoder, 12), grid=sweep.default_grid(12))
    for setting in small.settings():
        setting.projection.check(12)
        setting.clustering.check(12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--n-neighbors", "5,x"], r"“5,x” is no list of values separated by commas"),
        (["--n-neighbors", "5,900"], r"n_neighbors must be below the number of images \(810\), got 900"),
        (["--metric", "cosine,sideways"], "metric must be one of"),
        (["--category", "style"], "There is no column “style”. There are: filename"),
        (["--stability", "-1"], "“-1” is no number of settings"),
        (["--output", "x.png"], "The output must end in .csv"),
    ],
)
def test_command_refuses_in_one_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, "demo", "--output", tmp_path / "s.csv", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert re.search(message, err)
