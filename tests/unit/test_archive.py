"""The ZIP of a selection: whole, safe to unpack, and honest about what is missing."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from barrx import archive, datasets, export
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.pipeline import Map, MapRequest
from tests.files import add, source_folder

NAMES = ["a.png", "b/c.png", "d.png", "=1+1.png"]


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Dataset:
    add(source_folder(tmp_path, NAMES))
    return datasets.load("mine")


def table(dataset: Dataset) -> pd.DataFrame:
    n = len(dataset.filenames)
    finished = Map(
        request=MapRequest(slug=dataset.slug, encoder="efficientnet-lite0"),
        coordinates=np.zeros((n, 2), np.float32),
        clustering=Clustering(np.arange(n, dtype=np.int32), np.ones(n, np.float32)),
        embedding_fingerprint="",
        revision="",
        seconds=0.0,
        was_stored=True,
    )
    return export.table(dataset, finished)


def packed(dataset: Dataset, indexes: list[int]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive.pieces(dataset, table(dataset), indexes))))


def test_archive_holds_the_originals_and_their_rows(mine: Dataset) -> None:
    chosen = [mine.filenames.index(name) for name in ("d.png", "b/c.png")]
    found = packed(mine, chosen)
    assert found.testzip() is None
    assert sorted(found.namelist()) == ["images/b/c.png", "images/d.png", "table.csv"]
    for i in chosen:
        assert found.read(f"images/{mine.filenames[i]}") == mine.path(i).read_bytes()
    rows = pd.read_csv(io.BytesIO(found.read("table.csv")))
    assert rows["filename"].tolist() == ["d.png", "b/c.png"]
    assert rows["label"].tolist() == chosen
    assert archive.size(mine, chosen) == sum(mine.path(i).stat().st_size for i in chosen)


def test_archive_can_be_read_from_front_to_back(mine: Dataset) -> None:
    # An entry whose size stands after it (flag 8) is not opened by everything.
    assert all(not entry.flag_bits & 8 for entry in packed(mine, [0, 1, 2]).infolist())


def test_archive_says_what_is_missing_and_packs_the_rest(mine: Dataset) -> None:
    gone, changed = mine.filenames.index("a.png"), mine.filenames.index("d.png")
    mine.path(gone).unlink()
    mine.path(changed).write_bytes(b"another file")
    found = packed(mine, [0, 1, 2, 3])
    assert found.testzip() is None
    assert sorted(found.namelist()) == ["images/=1+1.png", "images/b/c.png", "notes.txt", "table.csv"]
    notes = found.read("notes.txt").decode()
    assert "Not in this archive: a.png (No such file or directory)" in notes
    assert "Not in this archive: d.png (it has changed since it was added)" in notes
    assert len(pd.read_csv(io.BytesIO(found.read("table.csv")))) == 4


def test_formulas_in_the_table_are_harmless(mine: Dataset) -> None:
    found = packed(mine, [mine.filenames.index("=1+1.png")])
    assert b"'=1+1.png" in found.read("table.csv")


def test_archive_larger_than_its_window_is_whole(mine: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_IN_MEMORY", 100)
    monkeypatch.setattr(archive, "_PIECE", 77)
    pieces = list(archive.pieces(mine, table(mine), [0, 1, 2, 3]))
    assert max(map(len, pieces)) <= 77
    found = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert found.testzip() is None
    assert found.read("images/d.png") == mine.path(3).read_bytes()


def test_nothing_is_read_ahead_of_what_is_taken(mine: Dataset) -> None:
    pieces = archive.pieces(mine, table(mine), [0, 1, 2, 3])
    first = next(pieces)
    mine.path(3).unlink()
    found = zipfile.ZipFile(io.BytesIO(first + b"".join(pieces)))
    assert f"Not in this archive: {mine.filenames[3]}" in found.read("notes.txt").decode()


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("a.png", "a.png"),
        ("b/c (1).png", "b/c (1).png"),
        ("图像/é.png", "图像/é.png"),
        ("/etc/passwd", "etc/passwd"),
        ("../../up.png", "up.png"),
        ("a/../b.png", "a/b.png"),
        ("C:\\x.png", "C__x.png"),
        ("a\nb\x00.png", "a_b_.png"),
        ('<b>"?*|.png', "_b_____.png"),
        ("con.png", "_con.png"),
        ("dir./x .png", "dir/x .png"),
        ("dots...", "dots"),
        ("..", "_"),
        ("", "_"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_are_safe_on_every_system(filename: str, name: str) -> None:
    assert archive.safe_names([filename]) == [name]


def test_names_that_meet_are_told_apart() -> None:
    names = archive.safe_names(["a.png", "A.png", "../a.png", "b/é.png", "b/e\u0301.png", "a (2).png"])
    assert names == ["a.png", "A (2).png", "a (3).png", "b/é.png", "b/e\u0301 (2).png", "a (2) (2).png"]
