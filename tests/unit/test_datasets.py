"""Collections, looked at and removed."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from barrx import collection_files, datasets, images, settings
from barrx.errors import DatasetError
from tests import files
from tests.files import add, source_folder

REPOSITORY = Path(__file__).parents[2]


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


# --- looking ----------------------------------------------------------------------------------------------


def test_the_demo_is_there_without_any_writing(home: Path) -> None:
    demo = datasets.load("demo")
    assert len(demo.filenames) == len(demo.metadata) == 810
    assert (demo.report.metadata.matched, demo.quarantined) == (810, ())
    assert demo.metadata["year"].notna().sum() == demo.metadata["date"].notna().sum() > 0
    assert images.open_rgb(demo.read_bytes(7)).size == tuple(demo.pictures.loc[7, ["width", "height"]])
    assert [len(demo.thumbnail(7, side)) > 100 for side in (96, 320)] == [True, True]
    assert not home.exists()


def test_the_shipped_demo_is_what_its_pictures_and_table_give(home: Path, tmp_path: Path) -> None:
    add(collection_files.DEMO_FOLDER / "images", metadata=collection_files.DEMO_FOLDER / "metadata.csv")
    assert datasets.load("mine").fingerprint == datasets.load("demo").fingerprint


def test_summaries_and_slugs_have_the_demo_first(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    (source / "bad.jpg").write_bytes(b"")
    add(source, "zebra", title="  Zebras ")
    add(source, "ant")
    assert datasets.list_slugs() == ["demo", "ant", "zebra"]
    found = datasets.summaries()
    assert [(s.slug, s.title, s.images, s.quarantined) for s in found[1:]] == [
        ("ant", "ant", 2, 1),
        ("zebra", "Zebras", 2, 1),
    ]


def test_the_fingerprint_follows_names_content_and_metadata(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    add(source, "one")
    add(source, "two", title="Another title")
    (tmp_path / "list.csv").write_text("file,n\na,1\n")
    add(source, "three", metadata=tmp_path / "list.csv")
    files.picture(source / "a.png", seed=9)
    add(source, "four")
    prints = [datasets.load(slug).fingerprint for slug in ("one", "two", "three", "four")]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_read_bytes_refuses_a_file_that_has_changed_or_gone(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    add(source)
    dataset = datasets.load("mine")
    data = bytearray((source / "a.png").read_bytes())
    data[-1] ^= 1
    (source / "a.png").write_bytes(data)
    with pytest.raises(DatasetError, match=r"“a.png” of “mine” has changed since it was added. Put the old"):
        dataset.read_bytes(0)
    (source / "b" / "c.png").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"“b/c.png” of “mine” has changed"):
        dataset.read_bytes(1)
    (source / "b" / "c.png").unlink()
    with pytest.raises(DatasetError, match=r"“b/c.png” of “mine” cannot be read any more: No such file"):
        dataset.read_bytes(1)
    os.mkfifo(source / "b" / "c.png")
    with pytest.raises(DatasetError, match="cannot be read any more: it is no ordinary file"):
        dataset.read_bytes(1)


def test_thumbnails_come_in_order_from_many_threads(home: Path) -> None:
    demo = datasets.load("demo")
    orders = [list(np.random.default_rng(seed).permutation(810)) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda order: demo.thumbnails(order, 96), orders))
    for order, batch in zip(orders, batches, strict=True):
        assert batch[3] == demo.thumbnail(order[3], 96)
        assert len(set(batch)) > 700


@pytest.mark.parametrize("slug", ["nothing", "../demo", "", "DEMO", ".locks", "a\0b"])
def test_load_names_what_there_is(home: Path, slug: str) -> None:
    with pytest.raises(DatasetError, match=r"There is no collection “.*”. There are: demo"):
        datasets.load(slug)


@pytest.mark.parametrize("name", ["dataset.json", "pictures.parquet", "metadata.parquet", "report.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]"])
def test_load_names_a_damaged_collection_which_can_still_be_removed(
    home: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    add(source_folder(tmp_path))
    (home / "datasets" / "mine" / name).write_bytes(content)
    with pytest.raises(
        DatasetError, match=r"collection in “.*mine” cannot be read: .* Remove it and add it again"
    ):
        datasets.load("mine")
    assert datasets.summaries()[0].slug == "demo"
    datasets.remove("mine")
    assert datasets.list_slugs() == ["demo"]


def test_damaged_thumbnails_are_named(home: Path, tmp_path: Path) -> None:
    add(source_folder(tmp_path))
    (home / "datasets" / "mine" / "thumbnails.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(DatasetError, match=r"thumbnails in “.*” cannot be read: .* Remove the collection"):
        datasets.load("mine").thumbnail(0)


def test_load_reads_again_only_after_a_change(home: Path, tmp_path: Path) -> None:
    add(source_folder(tmp_path))
    first = datasets.load("mine")
    assert datasets.load("mine") is first
    datasets.remove("mine")
    files.picture(tmp_path / "source" / "new.png", 7)
    add(tmp_path / "source")
    assert len(datasets.load("mine").filenames) == 3


def test_metadata_keeps_types_and_gaps_on_disk(home: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("file,n,x,id,note\na,3,1.5,007,\nc,,2.5,008,nan\n")
    add(source_folder(tmp_path), metadata=tmp_path / "list.csv")
    made = datasets.load("mine").metadata
    assert made["n"].tolist()[0] == 3
    assert made["n"].isna().tolist() == [False, True]
    assert made["x"].tolist() == [1.5, 2.5]
    assert made["id"].tolist() == ["007", "008"]
    assert [None if pd.isna(v) else v for v in made["note"]] == [None, "nan"]


# --- removing, server folders -----------------------------------------------------------------------------


def test_remove_leaves_originals_where_they_are(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    before = state_of(source)
    add(source)
    datasets.remove("mine")
    assert state_of(source) == before
    assert [p.name for p in (home / "datasets").iterdir()] == [".locks"]
    with pytest.raises(DatasetError, match="There is no collection “mine”"):
        datasets.remove("mine")
    with pytest.raises(DatasetError, match="The demo is part of Barr X"):
        datasets.remove("demo")


def test_server_folder_stays_inside_the_roots(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open" / "a b").mkdir(parents=True)
    (tmp_path / "open-not").mkdir()
    (tmp_path / "open" / "out").symlink_to(tmp_path / "open-not")
    with pytest.raises(DatasetError, match="is no folder inside an allowed place: none is set"):
        datasets.server_folder(str(tmp_path / "open"))
    monkeypatch.setenv("BARRX_DATA_ROOTS", str(tmp_path / "open"))
    settings.current.cache_clear()
    assert datasets.server_folder(f" {tmp_path}/open/a b ") == tmp_path / "open" / "a b"
    for text in ("open-not", "open/out", "open/..", "open/gone", "open/\0", "x" * 5000):
        with pytest.raises(DatasetError, match=r"is no folder inside .*open \(BARRX_DATA_ROOTS\)"):
            datasets.server_folder(str(tmp_path) + "/" + text)
