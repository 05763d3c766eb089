"""Thumbnails: made once at import, and reached by nobody but with the collection's own token."""

import io
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
import uvicorn
from PIL import Image
from starlette.applications import Starlette

from barrx import datasets, importing
from barrx.datasets import Dataset
from barrx.thumbnails import SIDES
from barrx.ui import columns, routes
from tests import files
from tests.files import add

PATHS = ("thumbnail/{}/96/{}.webp", "thumbnails/{}/320?i={}", "picture/{}/{}", "rows/{}?i={}")


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """Serve the routes, and give their address."""
    config = uvicorn.Config(Starlette(routes=routes.ROUTES), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}/barrx/"
    server.should_exit = True
    thread.join()


def collection(tmp_path: Path, slug: str, sizes: list[tuple[int, int]]) -> Dataset:
    """Add a collection of pictures of these sizes."""
    for seed, size in enumerate(sizes):
        files.picture(tmp_path / slug / f"{seed}.png", seed, size)
    add(tmp_path / slug, slug)
    return datasets.load(slug)


def token_of(dataset: Dataset) -> str:
    return routes.sign(dataset.slug, dataset.fingerprint)


def status(address: str, path: str) -> int:
    session = requests.Session()
    session.trust_env = False
    return session.get(address + path, timeout=30).status_code


# --- made once --------------------------------------------------------------------------------------------


def test_import_makes_both_sides_of_every_picture_and_never_enlarges(home: Path, tmp_path: Path) -> None:
    found = collection(tmp_path, "mine", [(1000, 500), (200, 400), (40, 30)])
    expected = {96: [(96, 48), (48, 96), (40, 30)], 320: [(320, 160), (160, 320), (40, 30)]}
    for side in SIDES:
        made = [Image.open(io.BytesIO(file)) for file in found.thumbnails([0, 1, 2], side)]
        assert [picture.format for picture in made] == ["WEBP"] * 3
        assert [picture.size for picture in made] == expected[side]


def test_same_content_under_two_names_is_made_once(home: Path, tmp_path: Path) -> None:
    source = files.source_folder(tmp_path, ["a.png"])
    (source / "b.png").write_bytes((source / "a.png").read_bytes())
    add(source)
    with sqlite3.connect(home / "datasets" / "mine" / "thumbnails.sqlite") as connection:
        assert connection.execute("SELECT side FROM thumbnails ORDER BY side").fetchall() == [(96,), (320,)]
    connection.close()


def test_thumbnails_need_no_original_and_change_no_file(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collection(tmp_path, "mine", [(400, 300), (300, 400)])
    path = home / "datasets" / "mine" / "thumbnails.sqlite"
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    for name in ("0.png", "1.png"):
        (tmp_path / "mine" / name).unlink()
    monkeypatch.setattr(importing.images, "thumbnails", None)  # whoever would make them again fails
    for _again in range(2):
        for side in SIDES:
            assert len(found.thumbnails([1, 0], side)) == 2
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert sorted(p.name for p in path.parent.iterdir() if p.name.startswith("thumbnails")) == [path.name]


# --- behind a token ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_token_reaches_its_own_collection_only(address: str, tmp_path: Path, path: str) -> None:
    one = collection(tmp_path, "one", [(40, 30)])
    collection(tmp_path, "two", [(30, 40), (50, 40)])
    assert status(address, path.format(token_of(one), 0)) == 200
    assert status(address, path.format(token_of(one), 1)) == 404  # a picture the other collection has
    claim, signature = token_of(one).rsplit(".", 1)
    other = routes.sign("two", one.fingerprint).rsplit(".", 1)[0]
    assert claim != other
    assert status(address, path.format(f"{other}.{signature}", 0)) == 403


@pytest.mark.parametrize("path", PATHS)
def test_token_ends_for_large_views_and_rows_too(
    address: str, tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, now = token_of(collection(tmp_path, "one", [(40, 30)])), time.time()
    assert status(address, path.format(token, 0)) == 200
    monkeypatch.setattr(time, "time", lambda: now + 3 * 86_400)
    assert status(address, path.format(token, 0)) == 403


@pytest.mark.parametrize("path", PATHS)
def test_address_of_a_column_is_no_token_for_pictures(address: str, path: str) -> None:
    column = columns.publish(np.arange(3, dtype=np.int32))["address"].rsplit("/", 1)[1]
    assert status(address, f"column/{column}") == 200
    assert status(address, path.format(column, 0)) == 403


@pytest.mark.parametrize("path", PATHS)
def test_token_of_a_collection_that_was_added_anew_shows_nothing_of_it(
    address: str, tmp_path: Path, path: str
) -> None:
    token = token_of(collection(tmp_path, "one", [(40, 30)]))
    datasets.remove("one")
    assert status(address, path.format(token, 0)) == 404
    files.picture(tmp_path / "one" / "0.png", 7, (60, 50))
    add(tmp_path / "one", "one")
    assert status(address, path.format(token, 0)) == 404


def test_large_view_leads_nowhere_outside_of_the_collection(address: str, tmp_path: Path) -> None:
    found = collection(tmp_path, "one", [(40, 30)])
    secret = files.picture(tmp_path / "elsewhere.png", 9, (40, 30))
    original = tmp_path / "one" / "0.png"
    assert status(address, f"picture/{token_of(found)}/0") == 200
    original.unlink()
    original.symlink_to(secret)
    # Not the address that was asked before: nothing may come from a cache.
    assert status(address, f"picture/{token_of(found)}/0?again") == 404
    original.unlink()
    os.mkfifo(original)
    assert status(address, f"picture/{token_of(found)}/0?pipe") == 404
