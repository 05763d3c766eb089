"""The caches: what is stored comes back, and nothing planted is ever run."""

import os
import pickle
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from barrx import cache, codec, tasks
from barrx.errors import CacheError
from barrx.projection import ProjectionParams


class Bomb:
    """Writes a file when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (open, (str(self.target), "w"))


def database(home: Path, store: str = "projections") -> Path:
    return home / "cache" / store / "cache.db"


def plant(home: Path, key: object, **columns: object) -> None:
    row = {
        "key": key,
        "raw": 1,
        "store_time": 1.0,
        "access_time": 1.0,
        "access_count": 0,
        "size": 0,
    } | columns
    names = ", ".join(row)
    with sqlite3.connect(database(home)) as connection:
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO Cache ({names}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.parametrize(
    "value",
    [
        np.arange(5, dtype=np.float32),
        np.zeros((0, 2)),
        np.random.default_rng(0).normal(size=(300, 300)),
        {"a": np.arange(3), "b": np.ones((2, 2), np.float16)},
        {"text": "ñ", "numbers": [1, 2.5, None]},
        [],
    ],
)
def test_cache_returns_what_was_stored(home: Path, value: object) -> None:
    cache.put("projections", "k", value)
    found = cache.get("projections", "k")
    if isinstance(value, np.ndarray):
        np.testing.assert_array_equal(found, value)
        assert found.dtype == value.dtype
    elif isinstance(value, dict) and "a" in value:
        assert set(found) == set(value)
        np.testing.assert_array_equal(found["b"], value["b"])
    else:
        assert found == value


def test_cache_refuses_objects() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        codec.encode({"a": object()})
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        codec.encode(np.array([object()]))


@pytest.mark.parametrize("inline", [True, False])
def test_planted_pickle_as_value_is_never_run(home: Path, tmp_path: Path, inline: bool) -> None:
    cache.put("projections", "good", [1])
    target = tmp_path / "ran"
    payload = pickle.dumps(Bomb(target))
    if inline:
        plant(home, "bad", mode=4, value=payload)
    else:
        (home / "cache" / "projections" / "evil.val").write_bytes(payload)
        plant(home, "bad", mode=4, filename="evil.val")
    assert cache.get("projections", "bad") is None
    assert not target.exists()
    assert cache.get("projections", "good") == [1]


def test_planted_pickle_as_key_is_never_run(home: Path, tmp_path: Path) -> None:
    cache.put("projections", "good", [1])
    target = tmp_path / "ran"
    plant(home, pickle.dumps(Bomb(target)), raw=0, mode=1, value=codec.encode([2]))
    problems = cache.check("projections")
    assert len(problems) == 1
    assert "has not written" in problems[0]
    assert not target.exists()
    assert cache.get("projections", "good") == [1]
    assert cache.check("projections") == []


def test_planted_object_array_is_never_run(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "ran"
    path = tmp_path / "a.npy"
    np.save(path, np.array([Bomb(target)], dtype=object), allow_pickle=True)
    import hashlib

    body = b"N" + path.read_bytes()
    cache.put("projections", "good", [1])
    plant(home, "bad", mode=1, value=hashlib.blake2b(body, digest_size=16).digest() + body)
    assert cache.get("projections", "bad") is None
    assert not target.exists()


def test_planted_file_name_outside_is_neither_read_nor_removed(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.val"
    outside.write_bytes(codec.encode("secret"))
    cache.put("projections", "good", [1])
    plant(home, "bad", mode=2, filename="../../../outside.val")
    assert cache.get("projections", "bad") is None
    plant(home, "worse", mode=2, filename=str(outside))
    assert cache.clear("projections") >= 1
    assert outside.exists()
    assert cache.get("projections", "worse") is None


def test_flipped_bit_is_dropped_and_computed_again(home: Path) -> None:
    cache.put("projections", "k", np.arange(100_000))
    (path,) = (home / "cache" / "projections").rglob("*.val")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    value, was_there = cache.get_or_compute("projections", "k", lambda: np.arange(3))
    assert not was_there
    np.testing.assert_array_equal(value, np.arange(3))


@pytest.mark.parametrize("when", ["at start", "while open"])
def test_damaged_database_is_set_aside_and_rebuilt(home: Path, when: str) -> None:
    path = database(home)
    if when == "while open":
        cache.put("projections", "k", [1])
        cache._opened("projections").cache.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("cache.db*"):
        old.unlink()
    path.write_bytes(b"this is no database " * 500)
    assert cache.get("projections", "k") is None
    cache.put("projections", "k", [2])
    assert cache.get("projections", "k") == [2]
    assert len(cache.set_aside()) == 1
    cache.clear("projections")
    assert cache.set_aside() == []


def test_process_that_had_a_cache_open_follows_when_another_sets_it_aside(home: Path) -> None:
    cache.put("projections", "before", [1])
    first = cache._opened("projections")
    folder = database(home).parent
    folder.rename(folder.with_name("projections.damaged-by-another"))
    assert cache.get("projections", "before") is None
    cache.put("projections", "after", [2])
    cache._open.cache_clear()  # as a new process
    assert cache.get("projections", "after") == [2]
    # Whoever sees the damage of the old one later leaves the new one alone.
    cache._set_aside(folder, first.inode, sqlite3.DatabaseError("damaged"))
    assert cache.get("projections", "after") == [2]


def test_missing_file_counts_as_not_stored(home: Path) -> None:
    cache.put("projections", "k", np.arange(100_000))
    for path in (home / "cache" / "projections").rglob("*.val"):
        path.unlink()
    assert cache.get("projections", "k") is None


def test_folder_that_cannot_be_used_says_what_to_do(home: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("a file where the folder should be")
    with pytest.raises(CacheError, match="Free some space, or set BARRX_HOME"):
        cache.get("projections", "k")


def test_stores_do_not_share_entries(home: Path) -> None:
    cache.put("embeddings", "k", [1])
    assert cache.get("projections", "k") is None
    assert cache.clear("projections") == 0
    assert cache.get("embeddings", "k") == [1]
    assert cache.has("embeddings", "k")
    assert cache.get_many("embeddings", ["k", "other"]) == {"k": [1]}


def test_eviction_policy_is_least_recently_used(home: Path) -> None:
    assert cache._opened("embeddings").cache.eviction_policy == "least-recently-used"


def test_fingerprint_sees_every_byte_and_parameter() -> None:
    array = np.zeros((1000, 1000), np.float32)
    other = array.copy()
    other[567, 123] = 1e-7
    assert cache.fingerprint(array) != cache.fingerprint(other)
    assert cache.fingerprint(array) == cache.fingerprint(array.copy())
    assert cache.fingerprint(array) != cache.fingerprint(array.reshape(-1))
    assert cache.fingerprint(ProjectionParams()) != cache.fingerprint(ProjectionParams(seed=1))
    with pytest.raises(TypeError, match="no canonical form for object"):
        cache.fingerprint(object())


def test_matrix_in_blocks_is_stored_as_if_it_were_whole(home: Path) -> None:
    matrix = np.random.default_rng(0).random((25, 7), dtype=np.float32)
    blocks = iter(np.array_split(matrix, [10, 11, 20]))
    found = cache.put_rows("embeddings", "blocks", blocks, matrix.shape)
    assert found == cache.fingerprint(matrix)
    stored = cache.get("embeddings", "blocks")
    assert stored.dtype == np.float32
    np.testing.assert_array_equal(stored, matrix)
    assert cache.check("embeddings") == []
    assert cache.names("embeddings", ["blocks", "none"]) == ["blocks"]


def test_matrix_whose_blocks_end_early_is_not_stored(home: Path) -> None:
    some = np.ones((10, 7), np.float32)
    assert cache.put_rows("embeddings", "blocks", iter([some]), (11, 7)) is None
    assert not cache.has("embeddings", "blocks")


@pytest.mark.parametrize(
    "tidy",
    [
        lambda: cache.clear("projections"),
        lambda: cache.check("projections"),
        lambda: tasks.run("warm", {}, lambda done, total, detail: None, lambda: False),
    ],
    ids=["clear", "check", "start"],
)
def test_tidying_removes_old_locks_that_nobody_holds(
    home: Path, monkeypatch: pytest.MonkeyPatch, tidy: Callable[[], object]
) -> None:
    for name in ("_ready_to_cut", "_ready_to_map"):
        monkeypatch.setattr(tasks, name, lambda: None)
    two_days_ago = time.time() - 48 * 3600
    held, left = cache.lock("held"), cache.lock("left")
    for one in (held, left):
        with one:
            pass
        os.utime(one.lock_file, (two_days_ago, two_days_ago))
    with held:
        tidy()
        assert Path(held.lock_file).exists()
    assert not Path(left.lock_file).exists()


def test_recall_reads_once_and_what_it_gives_cannot_be_written_to(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.recall("projections", "a") is None
    cache.put_many("projections", {"a": np.arange(3), "b": {"x": np.zeros(2)}, "c": {"clusters": 4}})
    first = cache.recall_many("projections", ["a", "b", "c", "gone"])
    assert list(first) == ["a", "b", "c"]
    monkeypatch.setattr(cache, "get_many", lambda store, keys: pytest.fail(f"read again: {keys}"))
    again = cache.recall_many("projections", ["c", "b", "a"])
    np.testing.assert_array_equal(again["a"], [0, 1, 2])
    assert again["c"] == {"clusters": 4}
    for array in (again["a"], again["b"]["x"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_recall_forgets_what_was_asked_for_longest_ago(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_RECENT_BYTES", 10_000)
    cache._open.cache_clear()
    cache.put_many("projections", {key: np.zeros(500) for key in "abc"})  # 5,000 bytes with their overhead
    cache.put("projections", "large", np.zeros(5_000))
    for key in ("a", "b", "a", "c", "large"):
        assert cache.recall("projections", key) is not None
    asked: list[str] = []
    read = cache.get_many
    monkeypatch.setattr(cache, "get_many", lambda store, keys: asked.extend(keys) or read(store, keys))
    for key in ("a", "c", "b", "large"):
        assert cache.recall("projections", key) is not None
    assert asked == ["b", "large"]


def test_recall_knows_nothing_of_a_cache_that_was_set_aside(home: Path) -> None:
    cache.put("projections", "a", np.arange(3))
    assert cache.recall("projections", "a") is not None
    (home / "cache" / "projections").rename(home / "elsewhere")
    assert cache.recall("projections", "a") is None
