"""Verdicts: kept for pictures, not for numbers; given with a note, taken back, exported."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from barrx import cli, datasets, export, pipeline, settings
from barrx.datasets import Dataset
from barrx.errors import ParameterError, ViewsError
from barrx.export import recipe
from barrx.pipeline import Map, MapRequest
from barrx.ui import export_kinds
from barrx.ui.standalone.scene import of_seen
from barrx.views import Appearance, Draft, saving, store, verdicts
from barrx.views.verdicts import Change


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


def default_map(demo: Dataset) -> Map:
    found = pipeline.load(demo, MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames)))
    assert found is not None
    return found


def labels_of(dataset: Dataset, *clusters: range) -> np.ndarray:
    labels = np.full(len(dataset.filenames), -1, np.int32)
    for number, members in enumerate(clusters):
        labels[list(members)] = number
    return labels


def test_verdict_on_a_cluster_is_found_again_by_its_pictures(demo: Dataset) -> None:
    verdicts.on_cluster(demo, range(10, 30), "disagree", " two\nkinds ")
    (found,) = verdicts.of_clusters(demo, labels_of(demo, range(5), range(14, 32))).items()
    assert (found[0], found[1].opinion, found[1].note) == (1, "disagree", "two kinds")
    assert verdicts.of_clusters(demo, labels_of(demo, range(5), range(25, 60))) == {}


def test_verdict_takes_the_place_of_the_one_before_and_can_be_taken_back(demo: Dataset) -> None:
    verdicts.on_cluster(demo, range(10, 30), "agree")
    verdicts.on_cluster(demo, range(12, 30), "unsure", "perhaps")
    assert verdicts.of_clusters(demo, labels_of(demo, range(12, 30)))[0].opinion == "unsure"
    verdicts.on_cluster(demo, range(12, 30), None)
    assert verdicts.of_clusters(demo, labels_of(demo, range(12, 30))) == {}
    verdicts.on_picture(demo, 3, "agree")
    verdicts.on_picture(demo, 3, "disagree")
    verdicts.on_picture(demo, 4, "unsure")
    assert {i: one.opinion for i, one in verdicts.of_pictures(demo).items()} == {3: "disagree", 4: "unsure"}
    verdicts.on_picture(demo, 3, None)
    assert list(verdicts.of_pictures(demo)) == [4]
    with sqlite3.connect(store.path()) as connection:
        assert connection.execute("SELECT count(*) FROM verdict_member").fetchone() == (1,)


def test_changes_are_of_opinions_and_notes_and_name_what_is_gone_and_new() -> None:
    def said(opinion: str, note: str = "", created: str = "2026", **about: int | str) -> dict[str, Any]:
        return {**about, "opinion": opinion, "note": note, "created": created}

    before = [said("agree", cluster=7), said("agree", "a", cluster=10), said("unsure", filename="b.png")]
    now = [
        said("agree", "b", cluster=10),
        said("agree", created="2027", cluster=7),
        said("disagree", cluster=2),
    ]
    assert verdicts.changes(before, now) == [
        Change(2, None, ("disagree", "")),
        Change(10, ("agree", "a"), ("agree", "b")),
        Change("b.png", ("unsure", ""), None),
    ]
    assert verdicts.changes(now, now) == []


def test_verdicts_stand_in_the_table_only_if_there_are_any(demo: Dataset) -> None:
    finished = default_map(demo)
    plain = export.table(demo, finished)
    assert list(export.with_verdicts(plain, demo, finished)) == list(plain)
    verdicts.on_picture(demo, 3, "disagree", "=a note")
    number = finished.clustering.numbers[0]
    verdicts.on_cluster(demo, np.flatnonzero(finished.clustering.labels == number), "agree")
    table = export.with_verdicts(plain, demo, finished)
    assert table["verdict"].tolist()[3] == "disagree"
    assert (table["verdict"] != "").sum() == 1
    np.testing.assert_array_equal(table["cluster_verdict"] == "agree", finished.clustering.labels == number)
    assert "'=a note" in export.to_csv(table)
    taken = plain.assign(verdict="kept")
    assert list(export.with_verdicts(taken, demo, finished))[-4] == "verdict_of_curator"


def test_verdicts_stand_in_every_export_of_a_map_and_a_view_has_its_own(
    demo: Dataset, tmp_path: Path
) -> None:
    finished = default_map(demo)
    number = finished.clustering.numbers[1]
    members = np.flatnonzero(finished.clustering.labels == number)
    verdicts.on_cluster(demo, members, "disagree", "<b>two</b> kinds")
    verdicts.on_picture(demo, 3, "unsure", "perhaps")
    seen = Appearance(request=finished.request, fingerprint=demo.fingerprint)
    view = saving.save(demo, finished, seen, Draft(name="kept"))
    verdicts.on_cluster(demo, members, "agree")
    verdicts.on_picture(demo, 3, None)

    def written(name: str, *arguments: str) -> Path:
        assert cli.main(["export", "demo", *arguments, "--output", str(tmp_path / name)]) == 0
        return tmp_path / name

    of_view = ("--view", str(view))
    points = pd.read_parquet(written("points.parquet", *of_view))
    assert (points["cluster_verdict"] == "disagree").sum() == len(members)
    assert points["verdict_note"][3] == "perhaps"
    now = pd.read_csv(written("points.csv", "--as", "points"), keep_default_na=False)
    assert set(now["cluster_verdict"]) == {"agree", ""}
    assert set(now["verdict"]) == {""}
    clusters = pd.read_csv(written("clusters.csv", "--as", "clusters", *of_view), keep_default_na=False)
    said = clusters.set_index("label").loc[number]
    assert (said["verdict"], said["verdict_note"]) == ("disagree", "<b>two</b> kinds")
    assert (clusters["verdict"] != "").sum() == 1

    for kind in ("embedding-atlas", "emb-explorer"):
        table = pd.read_parquet(written(f"{kind}.parquet", "--as", kind, *of_view))
        assert table["verdict_note"][3] == "perhaps", kind
        assert (table["cluster_verdict"] == "disagree").sum() == len(members), kind
    with zipfile.ZipFile(written("projector.zip", "--as", "tensorboard", *of_view)) as packed:
        head, *rows = packed.read("metadata.tsv").decode().splitlines()
    assert rows[3].split("\t")[head.split("\t").index("verdict")] == "unsure"

    page = written("map.html", *of_view).read_text()
    assert "&lt;b&gt;two&lt;/b&gt; kinds" in page
    assert "<b>two</b>" not in page
    assert '"verdict on the cluster"' in page
    path = tmp_path / "made.recipe.json"
    assert cli.main(["export", "demo", *of_view, "--recipe", str(path)]) == 0
    kept = json.loads(path.read_text())["verdicts"]
    assert [one["opinion"] for one in kept] == ["disagree", "unsure"]
    assert recipe.read(path).request == finished.request


def test_what_the_share_page_makes_of_a_map_holds_its_verdicts(demo: Dataset) -> None:
    finished = default_map(demo)
    verdicts.on_picture(demo, 3, "unsure", "perhaps")
    seen = Appearance(request=finished.request, fingerprint=demo.fingerprint)
    scene = of_seen(demo, finished, seen, {}, verdicts.kept(demo, finished.clustering.labels))
    kinds = export_kinds.of(scene)
    made = {kind.ending: kind.make(scene) for kind in kinds[:1]}
    made |= {
        kind.ending: kind.make(scene)
        for kind in kinds
        if kind.mime == "text/csv" or kind.named in ("embedding-atlas", "emb-explorer")
    }
    assert b"perhaps" in made[".html"]
    for peer in (".embedding-atlas.parquet", ".emb-explorer.parquet"):
        assert pd.read_parquet(io.BytesIO(made[peer]))["verdict_note"][3] == "perhaps"
    assert b'"unsure","perhaps"' in made[".csv"]


@pytest.mark.parametrize(
    ("opinion", "note", "message"),
    [
        ("perhaps", "", "one of agree, disagree, unsure, not “perhaps”"),
        ("agree", "x" * 2001, "this one has 2001"),
    ],
)
def test_impossible_verdicts_are_refused(demo: Dataset, opinion: Any, note: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        verdicts.on_picture(demo, 0, opinion, note)
    assert verdicts.of_pictures(demo) == {}


def test_verdict_needs_its_picture_and_leave_to_write(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="there is no number 810"):
        verdicts.on_picture(demo, 810, "agree")
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    with pytest.raises(ViewsError, match="BARRX_READ_ONLY"):
        verdicts.on_picture(demo, 0, "agree")
