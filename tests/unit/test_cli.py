"""The command line: what it prints, writes, and how it ends."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from barrx import cli
from tests.files import source_folder

DEMO = Path(__file__).parents[2] / "barrx" / "demo"
COMMANDS = (
    "datasets",
    "add",
    "remove",
    "encoders",
    "weights",
    "embed",
    "map",
    "sweep",
    "export",
    "cache",
    "doctor",
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    try:
        status = cli.main([str(a) for a in arguments])
    except SystemExit as end:  # argparse leaves this way
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def few(home: Path, tmp_path: Path) -> Path:
    """A folder with twenty of the demo's pictures."""
    folder = tmp_path / "few"
    folder.mkdir()
    for path in sorted((DEMO / "images").iterdir())[::41][:20]:
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(home: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, out, err = run(capsys, command, "--help")
    assert (status, err) == (0, "")
    assert f"python -m barrx {command}" in out
    assert "--json" in out


def test_datasets_lists_the_demo_first(home: Path, few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "add", "a-first", few)
    status, out, _err = run(capsys, "datasets", "--json")
    listed = json.loads(out)
    assert status == 0
    assert [row["slug"] for row in listed] == ["demo", "a-first"]
    assert listed[0]["images"] == 810
    assert listed[0]["encoders"] == ["efficientnet-lite0"]
    assert listed[1]["images"] == 20
    _status, table, _err = run(capsys, "datasets")
    assert "efficientnet-lite0" in table


def test_whole_way_from_a_folder_to_a_table(
    home: Path, few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    added = run(capsys, "add", "few", few, "--metadata", DEMO / "metadata.csv", "--report", report)
    assert added[0] == 0
    assert json.loads(report.read_text())["images"] == 20
    assert len(json.loads(report.read_text())["metadata"]["rows_without_image"]) == 790

    status, out, _err = run(
        capsys,
        "embed",
        "few",
        "--encoder",
        "efficientnet-lite0",
        "--recompute",
        "--output",
        tmp_path / "e.npz",
        "--json",
    )
    assert status == 0
    assert json.loads(out)["computed"] == 20
    with np.load(tmp_path / "e.npz", allow_pickle=False) as arrays:
        assert arrays["embedding"].shape == (20, 1280)
        assert arrays["embedding"].dtype == np.float32
        assert arrays["filename"].tolist() == sorted(p.name for p in few.iterdir())
    _status, out, _err = run(capsys, "embed", "few", "--json")
    assert json.loads(out)["computed"] == 0

    outputs = [tmp_path / name for name in ("1.csv", "2.csv", "3.csv")]
    for path in outputs[:2]:
        assert run(capsys, "map", "few", "--output", path)[0] == 0
    assert run(capsys, "cache", "--clear", "projections")[0] == 0
    assert run(capsys, "map", "few", "--output", outputs[2])[0] == 0
    assert len({path.read_bytes() for path in outputs}) == 1
    with outputs[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:5] == ["filename", "x", "y", "label", "strength"]
    assert {"title", "creator", "category"} <= set(rows[0])
    assert len(rows) == 20

    assert run(capsys, "remove", "few")[0] == 0
    assert run(capsys, "remove", "few")[0] == 2


def test_embed_says_which_images_are_the_same_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = source_folder(tmp_path, ["a.png", "b.png"])
    (folder / "c.png").write_bytes((folder / "a.png").read_bytes())
    run(capsys, "add", "own", folder)
    embed = ("embed", "own", "--encoder", "efficientnet-lite0")
    said = run(capsys, *embed)[1]
    assert said.endswith(": 2 computed, 0 from the cache, 1 is the same file as another one\n")
    facts = json.loads(run(capsys, *embed, "--json")[1])
    assert (facts["images"], facts["computed"], facts["cached"], facts["copies"]) == (3, 0, 2, 1)


def test_damaged_vector_is_dropped_and_that_picture_embedded_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "add", "own", source_folder(tmp_path, [f"{i}.png" for i in range(5)]))
    path = tmp_path / "e.npz"
    embed = ("embed", "own", "--encoder", "efficientnet-lite0", "--output", path, "--json")
    assert json.loads(run(capsys, *embed)[1])["computed"] == 5
    with np.load(path, allow_pickle=False) as arrays:
        before = arrays["embedding"]
    with sqlite3.connect(home / "cache" / "embeddings" / "cache.db") as database:
        (key,) = database.execute("SELECT key FROM Cache WHERE key LIKE 'vector:%' ORDER BY key").fetchone()
        database.execute("UPDATE Cache SET value = zeroblob(100), mode = 1 WHERE key = ?", (key,))
        database.execute("DELETE FROM Cache WHERE key LIKE 'embedding:%'")
    assert json.loads(run(capsys, *embed)[1])["computed"] == 1
    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["embedding"], before, atol=1e-5)


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_demo_maps_at_once_in_every_format(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    path = tmp_path / f"m.{ending}"
    status, out, _err = run(capsys, "map", "demo", "--output", path, "--json")
    facts = json.loads(out)
    assert status == 0
    assert facts["images"] == 810
    assert facts["clusters"] > 1
    assert path.stat().st_size > 0


def test_parameters_reach_the_map(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "--min-cluster-size 25 --min-samples 3 --cluster-selection-method leaf "
        "--cluster-selection-epsilon 0.2 --max-cluster-size 90"
    )
    _status, out, _err = run(
        capsys, "map", "demo", *arguments.split(), "--output", tmp_path / "m.csv", "--json"
    )
    assert json.loads(out)["clustering"] == {
        "min_cluster_size": 25,
        "min_samples": 3,
        "cluster_selection_method": "leaf",
        "cluster_selection_epsilon": 0.2,
        "max_cluster_size": 90,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["map", "nowhere", "--output", "m.csv"], "nowhere"),
        (["map", "demo", "--output", "m.xls"], "must end in .csv"),
        (
            ["map", "demo", "--n-neighbors", "810", "--output", "m.csv"],
            "below the number of images (810), got 810",
        ),
        (["map", "demo", "--n-neighbors", "1", "--output", "m.csv"], "n_neighbors must be at least 2"),
        (["map", "demo", "--n-neighbors", "many", "--output", "m.csv"], "invalid int value"),
        (["map", "demo", "--metric", "hamming", "--output", "m.csv"], "metric must be one of"),
        (["map", "demo", "--min-dist", "2", "--output", "m.csv"], "min_dist must be from 0 to 1"),
        (["map", "demo", "--encoder", "vgg", "--output", "m.csv"], "vgg"),
        (["map", "demo"], "--output"),
        (["embed", "demo", "--encoder", "inception-v3"], "python -m barrx weights inception-v3"),
        (["embed", "demo", "--output", "e.txt"], "must end in .npz"),
        (["add", "Bad Slug", "."], "Bad Slug"),
        (["add", "x", "no/such/folder"], "no/such/folder"),
        (["remove", "demo"], "demo"),
        (["cache", "--clear", "everything"], "invalid choice"),
        (["paint"], "invalid choice"),
        ([], "required"),
    ],
)
def test_what_a_user_can_mend_ends_with_status_2_and_one_line(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not list(tmp_path.glob("*.csv"))


def test_read_only_refuses_to_add_and_remove(
    home: Path, few: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from barrx import settings

    run(capsys, "add", "few", few)
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    for arguments in (["add", "other", few], ["remove", "few"]):
        status, _out, err = run(capsys, *arguments)
        assert status == 2
        assert "BARRX_READ_ONLY is set" in err


def test_wrong_setting_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from barrx import settings

    monkeypatch.setenv("BARRX_MAX_PIXELS", "lots")
    settings.current.cache_clear()
    status, _out, err = run(capsys, "datasets")
    assert status == 2
    assert "BARRX_MAX_PIXELS must be a number, got “lots”" in err


def test_cache_says_what_it_mended(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "map", "demo", "--n-neighbors", "7", "--output", tmp_path / "m.csv")
    files = list((home / "cache" / "projections").rglob("*.val"))
    assert files
    files[0].write_bytes(b"x" * files[0].stat().st_size)
    _status, out, _err = run(capsys, "cache", "--check", "--json")
    assert len(json.loads(out)["problems"]["projections"]) >= 1
    _status, out, _err = run(capsys, "cache", "--check", "--json")
    assert json.loads(out)["problems"]["projections"] == []


def test_doctor_names_what_is_missing_and_the_remedy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = run(capsys, "doctor", "--json")
    found = {row["what"]: row for row in json.loads(out)}
    assert status == 0
    assert found["efficientnet-lite0"]["found"] == "bundled"
    assert found["inception-v3"]["found"] == "missing"
    assert "python -m barrx weights inception-v3" in found["inception-v3"]["mend"]
    assert found["BARRX_HOME"]["found"] == str(home)


def test_encoders_lists_features_sizes_and_weights(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, out, _err = run(capsys, "encoders", "--json")
    found = {row["name"]: row for row in json.loads(out)}
    assert (found["inception-v3"]["features"], found["inception-v3"]["input_size"]) == (2048, 299)
    assert (found["efficientnet-lite0"]["features"], found["efficientnet-lite0"]["input_size"]) == (1280, 224)
    _status, table, _err = run(capsys, "encoders")
    assert "missing (84 MB)" in table


def test_listing_and_mapping_the_demo_never_import_tensorflow(home: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from barrx import cli\n"
        "assert cli.main(['datasets', '--json']) == 0\n"
        f"assert cli.main(['map', 'demo', '--output', r'{tmp_path / 'm.csv'}']) == 0\n"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"BARRX_HOME": str(home)})


def test_module_runs_from_any_folder(home: Path, tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-m", "barrx", "remove", "nowhere"],
        cwd=tmp_path,
        env=os.environ | {"BARRX_HOME": str(home), "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
