"""Collections on their way in."""

import io
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from filelock import FileLock
from PIL import Image

from barrx import datasets, images, reduction, settings
from barrx.datasets import AddReport, AddRequest
from barrx.errors import Cancelled, DatasetError, ImageDecodeError
from tests import files
from tests.files import add, source_folder

# Barr X sets these to be ignored, and pytest undoes that.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore::RuntimeWarning:PIL")
REPOSITORY = Path(__file__).parents[2]


def reasons(report: AddReport) -> dict[str, str]:
    return {entry.filename: entry.reason for entry in report.quarantined}


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


# --- the hostile folder -----------------------------------------------------------------------------------


def test_hostile_folder_gives_exactly_the_quarantine_it_should(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "hostile"
    expected = files.hostile_folder(root)
    report = add(root)
    assert reasons(report) == expected
    dataset = datasets.load("mine")
    assert dataset.filenames == files.taken(root, expected)
    assert report.images == len(dataset.filenames) == 12
    assert report.skipped == 1  # the link that leads round in a circle
    sizes = dataset.pictures.set_index("filename")[["width", "height"]].T
    assert tuple(sizes["below.png"]) == (15_000, 15_000)
    assert tuple(sizes["rotated.jpg"]) == (60, 40)
    assert tuple(sizes["strip.png"]) == (5000, 2)
    same = [dataset.sha256[dataset.filenames.index(n)] for n in ("smile 😀.jpg", "deep/er/same bytes.jpg")]
    assert same[0] == same[1]
    for index in range(report.images):
        assert images.encoder_input(dataset.read_bytes(index), 64, "bilinear").shape == (64, 64, 3)
        for side in (96, 320):
            made = Image.open(io.BytesIO(dataset.thumbnail(index, side)))
            assert (made.format, max(made.size) <= side) == ("WEBP", True)


def test_a_large_picture_is_read_from_its_reduced_copy(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.png").write_bytes(files.large_png(5200))
    add(source)
    dataset = datasets.load("mine")
    copy = Image.open(io.BytesIO(dataset.read_bytes(0)))
    assert (copy.size, copy.mode) == ((2048, 2048), "RGB")
    whole = images.encoder_input(source / "large.png", 224, "bilinear").astype(int)
    assert np.abs(whole - images.encoder_input(dataset.read_bytes(0), 224, "bilinear")).max() <= 4


def test_a_long_strip_keeps_its_shorter_side(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "strip.png"
    source.write_bytes(files.png(80_000, 400, colour=0, depth=1, row=b"\xf0" * 10_000))
    facts = reduction.reduce_apart(source, tmp_path / "copy.png")
    with Image.open(tmp_path / "copy.png") as copy:
        assert copy.height > 250
    assert (facts.width, facts.height, facts.format) == (80_000, 400, "PNG")


def test_a_process_that_dies_on_a_picture_puts_it_in_quarantine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_folder(tmp_path)
    (source / "large.png").write_bytes(files.large_png(5200))
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    report = add(source)
    assert report.images == 2
    assert reasons(report) == {"large.png": "unreadable"}
    assert "(signal 9); there may not be enough memory" in report.quarantined[0].detail


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_process_that_decodes_ends_with_the_one_that_waits_for_it(tmp_path: Path) -> None:
    picture = tmp_path / "large.png"
    picture.write_bytes(files.png(16_000, 15_000, colour=2, depth=8, row=bytes(48_000)))
    code = f"""
from pathlib import Path
from barrx import reduction
reduction.reduce_apart(Path({str(picture)!r}), Path({str(tmp_path / "copy.png")!r}))
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY) as waiting:
        own = psutil.Process(waiting.pid)
        deadline = time.monotonic() + 60
        while not (decoding := own.children()) or decoding[0].memory_info().rss < 150e6:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        waiting.kill()
    _gone, alive = psutil.wait_procs(decoding, timeout=2)
    assert not alive


def test_a_damaged_large_picture_has_the_reason_of_its_own_process(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(files.large_png(5200)[:-4000])
    with pytest.raises(ImageDecodeError, match="truncated: "):
        reduction.reduce_apart(path, tmp_path / "copy.png")


# --- adding -----------------------------------------------------------------------------------------------


def test_add_leaves_the_folder_as_it_was_and_copies_nothing(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    before = state_of(source)
    add(source)
    assert state_of(source) == before
    assert not (home / "datasets" / "mine" / "originals").exists()
    assert datasets.load("mine").path(1) == source / "b" / "c.png"


def test_add_matches_metadata_and_reports_both_sides(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path, ["a.png", "b/c.png", "d.png"])
    table = tmp_path / "list.csv"
    table.write_bytes(
        "file;título;date\nA.JPG;Niño;c. 1907\nc;C;1910-12\ngone;G;\nc.png;again;\n".encode("cp1252")
    )
    report = add(source, metadata=table)
    assert report.to_json() == {
        "images": 3,
        "skipped": 0,
        "quarantined": [],
        "metadata": {
            "matched": 2,
            "rows_without_image": ["gone"],
            "images_without_row": ["d.png"],
            "duplicate_keys": ["c"],
        },
    }
    made = datasets.load("mine").metadata
    assert made["título"].tolist()[:2] == ["Niño", "again"]  # "c.png" is the closer fit
    assert made["year"].tolist()[0] == 1907
    assert made["folder"].isna().tolist() == [True, False, True]


def test_add_uses_the_table_beside_the_pictures_and_says_so(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    (source / "metadata.csv").write_text("filename,title\na.png,A\n")
    report = add(source)
    assert report.to_json()["metadata"]["file"] == "metadata.csv"
    assert (report.metadata.matched, report.skipped) == (1, 1)
    assert datasets.load("mine").report == report


def test_add_reads_a_bad_table_before_any_picture(home: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"“list.csv” holds no table"):
        add(source_folder(tmp_path), metadata=tmp_path / "list.csv")
    assert datasets.list_slugs() == ["demo"]


def test_add_from_an_archive_keeps_the_originals(home: Path, tmp_path: Path) -> None:
    pixel = files.encoded(files.quarters(), "PNG")
    entries = {
        "top/a.png": pixel,
        "top/b/ü \N{GRINNING FACE}.png": files.encoded(files.quarters(30, 30), "PNG"),
        "top/twin.png": pixel,
        "top/broken.jpg": b"\xff\xd8\xff\xe0 broken",
        "../../evil.png": pixel,
        "top/metadata.csv": b"file,title\na,A\n",
    }
    archive = files.archive(tmp_path / "in.zip", entries)
    report = add(archive)
    archive.unlink()
    assert reasons(report) == {"top/broken.jpg": "truncated", "../../evil.png": "unsafe_path"}
    dataset = datasets.load("mine")
    assert dataset.filenames == ["top/a.png", "top/b/ü 😀.png", "top/twin.png"]
    assert dataset.read_bytes(0) == dataset.read_bytes(2) == pixel
    assert dataset.metadata["title"].tolist()[0] == "A"
    assert sorted(p.name for p in home.iterdir()) == ["datasets"]
    assert len(list((home / "datasets" / "mine" / "originals").iterdir())) == 2
    assert not list(tmp_path.rglob("evil*"))


def test_add_copies_where_asked(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    pixel = (source / "a.png").read_bytes()
    add(source, copy=True)
    for path in source.rglob("*.png"):
        path.unlink()
    assert datasets.load("mine").read_bytes(0) == pixel


def test_add_takes_names_that_are_not_utf8(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    files.unnameable(source)
    report = add(source)
    json.dumps(report.to_json(), ensure_ascii=False).encode()
    dataset = datasets.load("mine")
    index = dataset.filenames.index("caf\\xe9.png")
    assert images.open_rgb(dataset.read_bytes(index)).size == (24, 16)


def test_add_reports_progress_to_the_last_file(home: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    request = AddRequest(slug="mine", source=str(source_folder(tmp_path)))
    datasets.add(request, lambda done, total, name: seen.append((done, total, name)))
    assert seen == [(0, 2, ""), (1, 2, "a.png"), (2, 2, "b/c.png")]


def test_add_with_nothing_taken_says_why_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.jpg").write_bytes(b"")
    with pytest.raises(
        DatasetError, match=r"The 1 file in .* could not be taken: “a.jpg” \(empty: the file has 0 bytes\)"
    ) as caught:
        add(source)
    assert caught.value.report.to_json()["quarantined"][0]["reason"] == "empty"
    (source / "a.jpg").unlink()
    with pytest.raises(DatasetError, match=r"There is no picture in “.*source”: 0 files were passed over"):
        add(source)
    assert datasets.list_slugs() == ["demo"]
    assert [p.name for p in (home / "datasets").iterdir()] == [".locks"]


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("My Pictures", "“My Pictures” cannot name a collection: .* Try “my-pictures”"),
        ("../evil", "Try “evil”"),
        ("", "Try “collection”"),
        ("a--b", "Try “a-b”"),
        ("a\n", "Try “a”"),
        ("x" * 65, f"Try “{'x' * 64}”"),
        ("Été à Paris", "Try “ete-a-paris”"),
        ("demo", "There is a collection “demo” already"),
    ],
)
def test_add_refuses_a_name_and_suggests_another(home: Path, tmp_path: Path, slug: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        add(source_folder(tmp_path), slug)


def test_add_does_not_replace_a_collection(home: Path, tmp_path: Path) -> None:
    add(source_folder(tmp_path))
    with pytest.raises(DatasetError, match=r"a collection “mine” already. Choose another name, or remove"):
        add(source_folder(tmp_path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone", "There is no “.*gone”. Give a folder, a .zip, or a IIIF manifest"),
        ("a.tar", "“.*a.tar” is nothing a collection can be made of"),
        ("a.zip", "“a.zip” cannot be read as a zip archive"),
    ],
)
def test_add_says_what_a_source_can_be(home: Path, tmp_path: Path, name: str, message: str) -> None:
    if name != "gone":
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DatasetError, match=message):
        add(tmp_path / name)


def test_add_that_is_stopped_leaves_nothing(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path, [f"{n}.png" for n in range(30)])
    stop = threading.Event()

    def progress(done: int, total: int, name: str) -> None:
        if done == 3:
            stop.set()

    with pytest.raises(Cancelled, match=r"Stopped. Nothing was added"):
        datasets.add(AddRequest(slug="mine", source=source), progress, stop.is_set)
    assert [p.name for p in (home / "datasets").iterdir()] == [".locks"]


def test_add_that_is_killed_leaves_nothing_listed_and_is_swept_up(home: Path, tmp_path: Path) -> None:
    source = source_folder(tmp_path, [f"{n}.png" for n in range(3)])
    program = (
        "import os, signal, sys; from barrx import datasets;"
        "die = lambda done, total, name: done and os.kill(os.getpid(), signal.SIGKILL);"
        "datasets.add(datasets.AddRequest(slug='first', source=sys.argv[1]), die)"
    )
    killed = subprocess.run([sys.executable, "-c", program, source], cwd=REPOSITORY, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (home / "datasets" / ".adding-first").is_dir()
    assert datasets.list_slugs() == ["demo"]
    add(source, "second")
    assert not (home / "datasets" / ".adding-first").exists()
    assert add(source, "first").images == 3


def test_add_leaves_alone_what_another_process_is_adding(home: Path, tmp_path: Path) -> None:
    (home / "datasets" / ".adding-other").mkdir(parents=True)
    (home / "datasets" / ".locks").mkdir()
    with FileLock(home / "datasets" / ".locks" / "other"):
        add(source_folder(tmp_path))
        assert (home / "datasets" / ".adding-other").is_dir()
        with pytest.raises(DatasetError, match="“other” is being added or removed by another process"):
            add(source_folder(tmp_path), "other")


def test_add_says_when_the_home_cannot_be_written(home: Path, tmp_path: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(DatasetError, match=r"cannot be written: Not a directory. Set BARRX_HOME to a folder"):
        add(source_folder(tmp_path))


def test_read_only_refuses_to_add_and_to_remove(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(source_folder(tmp_path))
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    with pytest.raises(DatasetError, match="BARRX_READ_ONLY is set"):
        add(source_folder(tmp_path), "other")
    with pytest.raises(DatasetError, match="BARRX_READ_ONLY is set"):
        datasets.remove("mine")
    assert datasets.list_slugs() == ["demo", "mine"]
