"""Names and groups: kept for pictures, not for numbers; written by several processes; never lost in silence."""

import multiprocessing
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from barrx import datasets, settings, views
from barrx.datasets import Dataset
from barrx.errors import ParameterError, ViewsError
from barrx.views import store
from tests.files import add, source_folder


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()


def labels_of(dataset: Dataset, *clusters: range) -> np.ndarray:
    labels = np.full(len(dataset.filenames), -1, np.int32)
    for number, members in enumerate(clusters):
        labels[list(members)] = number
    return labels


# --- groups -----------------------------------------------------------------------------------------------


def test_group_comes_back_as_it_was_added(demo: Dataset) -> None:
    id = views.add_group(demo, "Moons", [7, 3, 3, 809])
    (group,) = views.groups(demo)
    assert (group.id, group.name, group.n_missing) == (id, "Moons", 0)
    assert group.indexes.tolist() == [3, 7, 809]


def test_nothing_is_written_by_looking(demo: Dataset, home: Path) -> None:
    assert views.groups(demo) == []
    assert views.cluster_names(demo, labels_of(demo, range(10))) == {}
    assert not store.path().exists()


def test_removed_group_comes_back_with_its_id(demo: Dataset) -> None:
    id = views.add_group(demo, "Moons", [1, 2])
    views.remove_group(demo, id)
    assert views.groups(demo) == []
    views.restore_group(demo, id)
    assert [(g.id, g.indexes.tolist()) for g in views.groups(demo)] == [(id, [1, 2])]


def test_id_is_never_given_twice(demo: Dataset) -> None:
    first = views.add_group(demo, "Moons", [1])
    views.remove_group(demo, first)
    with sqlite3.connect(store.path()) as connection:
        connection.execute("UPDATE picture_set SET removed = '2001-01-01T00:00:00+00:00'")
    second = views.add_group(demo, "Suns", [2])  # forgets what was removed long ago
    assert second > first
    with pytest.raises(ViewsError, match="somebody has removed it"):
        views.restore_group(demo, first)


def test_name_of_a_group_is_given_once(demo: Dataset) -> None:
    first = views.add_group(demo, "Moons", [1])
    with pytest.raises(ParameterError, match=r"There is a group “Moons” already. Choose another name."):
        views.add_group(demo, " Moons\t", [2])
    second = views.add_group(demo, "Suns", [2])
    with pytest.raises(ParameterError, match="a group “Moons” already"):
        views.rename_group(demo, second, "Moons")
    views.remove_group(demo, first)
    views.rename_group(demo, second, "Moons")
    with pytest.raises(ParameterError, match="Another group has its name"):
        views.restore_group(demo, first)
    assert [g.name for g in views.groups(demo)] == ["Moons"]


def test_groups_of_a_collection_are_its_own(demo: Dataset, tmp_path: Path) -> None:
    add(source_folder(tmp_path))
    mine = datasets.load("mine")
    id = views.add_group(demo, "Moons", [1])
    assert views.groups(mine) == []
    for change in (views.remove_group, views.restore_group):
        with pytest.raises(ViewsError, match="somebody has removed it"):
            change(mine, id)


def test_group_finds_its_pictures_in_another_order_and_counts_what_is_missing(
    home: Path, tmp_path: Path
) -> None:
    add(source_folder(tmp_path, ["b.png", "c.png", "d.png"]))
    views.add_group(datasets.load("mine"), "Two", [0, 2])
    datasets.remove("mine")
    (tmp_path / "source" / "d.png").unlink()
    add(source_folder(tmp_path, ["a.png", "b.png", "c.png"]))
    (group,) = views.groups(datasets.load("mine"))
    assert group.indexes.tolist() == [1]
    assert group.n_missing == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\n\tlines ", "two lines"),
        ("nul\x00 bell\x07", "nul bell"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("'); DROP TABLE view; --", "'); DROP TABLE view; --"),
        ("\u202eevil\u202c", "evil"),
        ("صورة 图像 \N{FAMILY}", "صورة 图像 \N{FAMILY}"),
        ("half \ud800", "half"),
        ("x" * 200, "x" * 200),
    ],
)
def test_name_is_kept_as_typed_but_for_control_characters(demo: Dataset, typed: str, kept: str) -> None:
    views.add_group(demo, typed, [0])
    views.name_cluster(demo, [1, 2], typed)
    assert views.groups(demo)[0].name == kept
    assert views.cluster_names(demo, labels_of(demo, range(1, 3))) == {0: kept}


@pytest.mark.parametrize(
    ("name", "indexes", "message"),
    [
        ("", [0], "The name is empty"),
        ("\x00 \u202e", [0], "The name is empty"),
        ("x" * 201, [0], "may have 200 characters, this one has 201"),
        ("none", [], "choose one at least"),
        ("beyond", [0, 810], "has 810 images; there is no number 810"),
        ("below", [-1], "there is no number -1"),
    ],
)
def test_group_that_makes_no_sense_is_refused(
    demo: Dataset, name: str, indexes: list[int], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        views.add_group(demo, name, indexes)


# --- names of clusters ------------------------------------------------------------------------------------


def test_name_follows_its_pictures_to_another_number(demo: Dataset) -> None:
    views.name_cluster(demo, range(100), "Moons")
    before = labels_of(demo, range(100), range(100, 300))
    after = labels_of(demo, range(100, 300), range(300, 400), range(20, 110))
    assert views.cluster_names(demo, before) == {0: "Moons"}
    assert views.cluster_names(demo, after) == {2: "Moons"}


@pytest.mark.parametrize(("size", "named"), [(50, True), (49, False)])
def test_name_needs_half_of_the_pictures(demo: Dataset, size: int, named: bool) -> None:
    views.name_cluster(demo, range(100), "Moons")
    assert views.cluster_names(demo, labels_of(demo, range(size))) == ({0: "Moons"} if named else {})


def test_name_never_goes_to_noise_and_numbers_may_have_gaps(demo: Dataset) -> None:
    views.name_cluster(demo, range(100), "Moons")
    labels = np.full(len(demo.filenames), -1)
    assert views.cluster_names(demo, labels) == {}
    labels[:100] = 417
    assert views.cluster_names(demo, labels) == {417: "Moons"}


def test_one_name_goes_to_one_cluster_and_one_cluster_has_one_name(demo: Dataset) -> None:
    views.name_cluster(demo, range(100), "Moons")
    halves = labels_of(demo, range(50), range(50, 100))
    assert len(views.cluster_names(demo, halves)) == 1
    views.name_cluster(demo, range(30, 100), "Suns")  # replaces what has half of them
    assert views.cluster_names(demo, labels_of(demo, range(100))) == {0: "Suns"}


def test_name_is_replaced_and_taken_away(demo: Dataset) -> None:
    labels = labels_of(demo, range(100), range(200, 300))
    views.name_cluster(demo, range(100), "Moons")
    views.name_cluster(demo, range(200, 300), "Ships")
    views.name_cluster(demo, range(95), "Half moons")
    assert views.cluster_names(demo, labels) == {0: "Half moons", 1: "Ships"}
    views.name_cluster(demo, range(100), " ")
    assert views.cluster_names(demo, labels) == {1: "Ships"}


def test_names_match_as_the_best_assignment_does(demo: Dataset) -> None:
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(1)
    sets = [rng.choice(200, rng.integers(5, 60), replace=False) for _i in range(12)]
    for i, members in enumerate(sets):
        with store.writing() as connection:
            view = views.sets.view_id(connection, "demo")
            views.sets.add(connection, view, "cluster", f"{i}", [demo.filenames[m] for m in members])
    for _i in range(20):
        labels = np.full(len(demo.filenames), -1)
        for number, members in enumerate(rng.permutation(12)[:6]):
            labels[rng.permutation(sets[members])[: rng.integers(3, 60)]] = number
        overlap = np.array(
            [
                [len(set(np.flatnonzero(labels == c)) & set(s)) / len(set(np.flatnonzero(labels == c)) | set(s))
                 for c in range(6)]
                for s in sets
            ]
        )  # fmt: skip
        overlap[overlap < 0.5] = 0
        best = overlap[linear_sum_assignment(-overlap)].sum()
        found = views.cluster_names(demo, labels)
        assert sum(overlap[int(name), label] for label, name in found.items()) == pytest.approx(best)


# --- several processes, read-only servers, damaged files --------------------------------------------------


def _add_many(start: int) -> None:
    collection = datasets.load("demo")
    for i in range(start, start + 10):
        views.add_group(collection, f"group {i}", [i, i + 1])
        views.name_cluster(collection, range(i, i + 5), f"cluster {i}")


def test_several_processes_write_at_once_and_nothing_is_lost(demo: Dataset) -> None:
    # The first write makes the file, too.
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_add_many, [0, 100, 200, 300]))
    found = views.groups(demo)
    assert sorted(g.name for g in found) == sorted(
        f"group {s + i}" for s in (0, 100, 200, 300) for i in range(10)
    )
    assert all(len(g.indexes) == 2 for g in found)
    with sqlite3.connect(store.path()) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(store.MIGRATIONS),)


def test_process_killed_while_it_writes_leaves_all_or_nothing(demo: Dataset, home: Path) -> None:
    views.add_group(demo, "before", [1])
    script = (
        "import os, signal\nfrom barrx.views import sets, store\n"
        "with store.writing() as c:\n"
        " sets.add(c, sets.view_id(c, 'demo'), 'group', 'half', ['a', 'b'])\n"
        " os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert [g.name for g in views.groups(demo)] == ["before"]
    views.add_group(demo, "after", [2])
    assert [g.name for g in views.groups(demo)] == ["before", "after"]


def test_read_only_server_shows_and_refuses_to_write(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    id = views.add_group(demo, "Moons", [1])
    read_only(monkeypatch)
    assert not views.is_writable()
    assert [g.name for g in views.groups(demo)] == ["Moons"]
    for attempt in (
        lambda: views.add_group(demo, "Suns", [1]),
        lambda: views.remove_group(demo, id),
        lambda: views.rename_group(demo, id, "Suns"),
        lambda: views.name_cluster(demo, [1], "Suns"),
    ):
        with pytest.raises(ViewsError, match=r"BARRX_READ_ONLY is set. Start without it."):
            attempt()
    assert [g.name for g in views.groups(demo)] == ["Moons"]


def test_read_only_server_of_a_new_home_has_no_groups(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    read_only(monkeypatch)
    assert views.groups(demo) == []
    assert not store.path().exists()


@pytest.mark.parametrize("how", ["no database", "torn page"])
def test_damaged_database_is_set_aside_and_said(demo: Dataset, how: str) -> None:
    views.add_group(demo, "Moons", range(800))
    with sqlite3.connect(store.path()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(store.path().read_bytes())
    if how == "no database":
        data = bytearray(b"not a database at all " * 50)
    else:
        data[4096:] = b"\xaa" * (len(data) - 4096)
    store.path().write_bytes(data)
    with pytest.raises(ViewsError, match=r"are damaged .* The file is kept as views.sqlite3.damaged-"):
        views.add_group(demo, "Suns", [1])
    (aside,) = views.set_aside()
    assert aside.read_bytes() == bytes(data)
    assert views.groups(demo) == []
    views.add_group(demo, "Suns", [1])
    assert [g.name for g in views.groups(demo)] == ["Suns"]


def test_database_of_a_newer_version_is_left_alone(demo: Dataset) -> None:
    views.add_group(demo, "Moons", [1])
    with sqlite3.connect(store.path()) as connection:
        connection.execute(f"PRAGMA user_version = {len(store.MIGRATIONS) + 1}")
    for attempt in (lambda: views.groups(demo), lambda: views.add_group(demo, "Suns", [1])):
        newer = len(store.MIGRATIONS) + 1
        with pytest.raises(ViewsError, match=rf"newer Barr X .version {newer} of the file.. Update Barr X"):
            attempt()
    assert views.set_aside() == []


def test_database_of_an_older_version_is_brought_up_to_date(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    views.add_group(demo, "Moons", [1])
    added = "CREATE TABLE memo (text TEXT);\nCREATE TABLE later (text TEXT);"
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, added))
    read_only(monkeypatch)
    with pytest.raises(ViewsError, match=r"written by an older Barr X. Start once without BARRX_READ_ONLY"):
        views.groups(demo)
    monkeypatch.delenv("BARRX_READ_ONLY")
    settings.current.cache_clear()
    assert [g.name for g in views.groups(demo)] == ["Moons"]
    with store.writing() as connection:
        connection.execute("INSERT INTO later VALUES ('yes')")


def test_home_that_cannot_be_written_is_an_error_with_a_remedy(demo: Dataset, home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(ViewsError, match=r"cannot be used: .* set BARRX_HOME to a folder you may write to"):
        views.add_group(demo, "Moons", [1])


# --- the stamp --------------------------------------------------------------------------------------------


def test_stamp_is_another_after_each_write_and_stays_while_nothing_is_written(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.stamp() == store.stamp()  # nobody has written anything
    seen = {store.stamp()}
    for name in ("Moons", "Suns", "Stars"):
        views.add_group(demo, name, [1])
        assert store.stamp() != store.stamp()  # so young that readers may not see it yet
        seen.add(store.stamp())
    assert len(seen) == 4
    later = store.time.time_ns() + 10**11
    monkeypatch.setattr(store.time, "time_ns", lambda: later)
    settled = store.stamp()
    views.groups(demo)
    with store.reading():  # an open reader has an empty log beside it
        assert store.stamp() == settled
    views.rename_group(demo, 1, "Moon")
    assert store.stamp() != settled
