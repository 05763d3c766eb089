"""The routes beside Streamlit: who gets what, and who gets nothing."""

import base64
import io
import json
import multiprocessing
import re
import stat
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import requests
import uvicorn
from PIL import Image
from starlette.applications import Starlette

from barrx import datasets
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.ui import columns, routes, signing

DAY = 86_400


class Client:
    """Asks a server of this process."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        return self.session.get(self.address + path, headers=headers, timeout=30)


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    app = Starlette(routes=routes.ROUTES)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    client = Client(f"http://{host}:{port}")
    yield client
    client.session.close()
    server.should_exit = True
    thread.join()


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


@pytest.fixture
def token(demo: Dataset) -> str:
    return routes.sign(demo.slug, demo.fingerprint)


def unpacked(body: bytes) -> dict[int, bytes]:
    magic, count = struct.unpack_from("<4sI", body)
    assert magic == routes.MAGIC
    entries = [struct.unpack_from("<II", body, 8 + 8 * k) for k in range(count)]
    stream = io.BytesIO(body[8 + 8 * count :])
    return {index: stream.read(length) for index, length in entries}


# --- tokens -----------------------------------------------------------------------------------------------


def test_token_is_the_same_all_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 20_000 * DAY + 10.0)
    morning = routes.sign("demo", "f")
    monkeypatch.setattr(time, "time", lambda: 20_001 * DAY - 10.0)
    assert routes.sign("demo", "f") == morning
    monkeypatch.setattr(time, "time", lambda: 20_001 * DAY + 10.0)
    assert routes.sign("demo", "f") != morning


def test_token_holds_for_a_day_at_least_and_ends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 20_001 * DAY - 1.0)
    token = routes.sign("demo", "f")
    monkeypatch.setattr(time, "time", lambda: 20_002 * DAY - 2.0)
    assert routes.granted(token) == routes.Grant("demo", "f")
    monkeypatch.setattr(time, "time", lambda: 20_002 * DAY + 1.0)
    assert routes.granted(token) is None


@pytest.mark.parametrize("token", ["", ".", "abc", "abc.def", "YQ.YQ", "é.é"])
def test_token_not_made_here_grants_nothing(home: Path, token: str) -> None:
    assert routes.granted(token) is None


def test_token_of_another_machine_grants_nothing(home: Path, tmp_path: Path) -> None:
    token = routes.sign("demo", "f")
    (home / "secret").write_bytes(bytes(32))
    signing._secret.cache_clear()
    assert routes.granted(token) is None


def test_token_changed_by_one_letter_grants_nothing(home: Path) -> None:
    token = routes.sign("demo", "f")
    for place, letter in enumerate(token[:-1]):  # the last letter has two bits that say nothing
        assert routes.granted(token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]) is None


def test_secret_is_for_its_owner_only(home: Path) -> None:
    routes.sign("demo", "f")
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert len((home / "secret").read_bytes()) == 32
    assert sorted(path.name for path in home.iterdir()) == ["secret", "secret.lock"]


def test_secret_cut_short_is_reported(home: Path) -> None:
    home.mkdir()
    (home / "secret").write_bytes(b"short")
    with pytest.raises(BarrxError, match=r"secret must hold 32 bytes, found 5\. Delete it"):
        routes.sign("demo", "f")


def test_secret_that_cannot_be_written_is_reported(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(BarrxError, match=r"secret cannot be read or written: .*BARRX_HOME"):
        routes.sign("demo", "f")


def test_secret_is_one_for_all_processes(home: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert len(set(pool.map(routes.sign, ["demo"] * 8, ["f"] * 8))) == 1


# --- thumbnails -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", routes.SIDES)
def test_thumbnail_is_webp_of_its_size(client: Client, token: str, side: int) -> None:
    answer = client.get("/" + routes.thumbnail_address(token, 3, side))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, max(picture.size) <= side) == ("WEBP", True)


def test_thumbnail_comes_with_headers_for_caches_and_against_others(client: Client, token: str) -> None:
    headers = client.get("/" + routes.thumbnail_address(token, 3, 96)).headers
    assert headers["cache-control"] == "private, max-age=86400, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_thumbnails_come_in_the_order_asked_for(client: Client, demo: Dataset, token: str) -> None:
    answer = client.get(f"/barrx/thumbnails/{token}/96?i=5,0,809,5", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "identity"
    files = unpacked(answer.content)
    assert list(files) == [5, 0, 809]
    assert files == {i: demo.thumbnail(i, 96) for i in (5, 0, 809)}


def test_pack_holds_files_of_any_length() -> None:
    assert unpacked(routes.pack({7: b"", 2: b"webp", 0: b"x" * 70_000})) == {
        7: b"",
        2: b"webp",
        0: b"x" * 70_000,
    }


def test_known_thumbnail_is_not_sent_again(client: Client, token: str) -> None:
    address = f"/barrx/thumbnails/{token}/96?i=1,2"
    etag = client.get(address).headers["etag"]
    again = client.get(address, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        client.get(f"/barrx/thumbnails/{token}/96?i=1,3", headers={"if-none-match": etag}).status_code == 200
    )


@pytest.mark.parametrize(
    "query", ["", "?i=", "?i=a", "?i=1,,2", "?i=-1", "?i=1,2,", "?i=" + ",".join(["1"] * 257)]
)
def test_thumbnails_refuse_what_is_no_list_of_indexes(client: Client, token: str, query: str) -> None:
    answer = client.get(f"/barrx/thumbnails/{token}/96{query}")
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize(
    "path",
    [
        "thumbnail/{token}/96/810.webp",
        "thumbnail/{token}/97/1.webp",
        "thumbnail/{token}/96/-1.webp",
        "thumbnail/{token}/96/1.png",
        "thumbnail/{token}/96/..%2f1.webp",
        "thumbnails/{token}/97?i=1",
        "thumbnails/{token}/96?i=1,810",
        "picture/{token}/810",
        "picture/{token}/x",
        "rows/{token}?i=1,810",
    ],
)
def test_nothing_outside_of_the_collection_is_found(client: Client, token: str, path: str) -> None:
    assert client.get("/barrx/" + path.format(token=token)).status_code == 404


@pytest.mark.parametrize(
    "path", ["thumbnails/{}/96?i=1", "thumbnail/{}/96/1.webp", "picture/{}/1", "rows/{}?i=1", "column/{}"]
)
def test_without_a_token_nothing_is_said(
    client: Client, token: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("x", token[:-4] + "AAAA", token + "x"):
        answer = client.get("/barrx/" + path.format(wrong))
        assert (answer.status_code, answer.content) == (403, b"")
        assert answer.headers["cache-control"] == "no-store"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3 * DAY)
    assert client.get("/barrx/" + path.format(token)).status_code == 403


@pytest.mark.parametrize(("slug", "fingerprint"), [("demo", "another"), ("nowhere", "f"), ("../demo", "f")])
def test_token_of_a_collection_that_is_no_more_finds_nothing(
    client: Client, slug: str, fingerprint: str
) -> None:
    answer = client.get("/" + routes.thumbnail_address(routes.sign(slug, fingerprint), 1, 96))
    assert (answer.status_code, answer.content) == (404, b"")


# --- large views ------------------------------------------------------------------------------------------


def test_picture_is_a_view_of_the_original(client: Client, demo: Dataset, token: str) -> None:
    answer = client.get("/" + routes.picture_address(token, 3))
    assert answer.headers["content-type"] == "image/webp"
    with (
        Image.open(io.BytesIO(answer.content)) as view,
        Image.open(io.BytesIO(demo.read_bytes(3))) as original,
    ):
        assert view.size == original.size
    etag = answer.headers["etag"]
    again = client.get("/" + routes.picture_address(token, 3), headers={"if-none-match": etag})
    assert again.status_code == 304


# --- rows and columns -------------------------------------------------------------------------------------


def test_rows_say_title_creator_and_date(client: Client, demo: Dataset, token: str) -> None:
    answer = client.get(f"/barrx/rows/{token}?i=7,3,7")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
    about = demo.metadata[["title", "creator", "date"]].iloc[[7, 3]].fillna("")
    rows = {
        str(i): {"title": row["title"], "creator": row["creator"], "date": row["date"]}
        for i, (_, row) in zip([7, 3], about.iterrows(), strict=True)
    }
    assert {i: {role: row[role] for role in rows[i]} for i, row in answer.json().items()} == rows


@pytest.mark.parametrize("query", ["", "?i=a", "?i=" + ",".join(["1"] * 257)])
def test_rows_refuse_what_is_no_list_of_indexes(client: Client, token: str, query: str) -> None:
    assert client.get(f"/barrx/rows/{token}{query}").status_code == 400


def test_column_is_sent_once(client: Client) -> None:
    values = np.arange(5, dtype=np.float32)
    address = "/" + columns.publish(values)["address"]
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert (answer.status_code, answer.content) == (200, values.tobytes())
    assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
    assert answer.headers["content-encoding"] == "identity"
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_column_that_is_not_kept_any_more_is_not_found(client: Client) -> None:
    token = signing.seal(["nothing"], purpose="columns")
    assert client.get(f"/barrx/column/{token}").status_code == 404


# --- the code of the map ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main.js", "whole.js"])
def test_map_code_is_asked_for_again_each_time(client: Client, name: str) -> None:
    answer = client.get(f"/barrx/map/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(f"/barrx/map/{name}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["__init__.py", "..%2froutes.py", "main.js%00", "nothing.js", "%2e%2e/routes.py"]
)
def test_map_code_is_all_that_is_served(client: Client, name: str) -> None:
    assert client.get(f"/barrx/map/{name}").status_code == 404


def test_map_code_imports_only_what_is_served(client: Client) -> None:
    folder = Path(routes.__file__).parent / "map"
    for module in folder.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', module.read_text(encoding="utf-8")):
            assert client.get(f"/barrx/map/{name}").status_code == 200, f"{module.name} imports {name}"


@pytest.mark.parametrize("component", ["map", "lightbox", "cluster_table", "tune"])
def test_code_of_a_component_is_one_module_that_imports_nothing(client: Client, component: str) -> None:
    code = client.get(f"/barrx/{component}/whole.js").text
    assert re.findall(r"^(?:import|export) .*", code, re.MULTILINE) == [
        f"export const {{ mount }} = m_{component}_main;"
    ]


def test_token_says_no_more_than_it_must(home: Path) -> None:
    claim = routes.sign("demo", "f").split(".")[0]
    slug, fingerprint, until = json.loads(base64.urlsafe_b64decode(claim + "=="))
    assert (slug, fingerprint) == ("demo", "f")
    assert until % DAY == 0


def test_what_tells_visitors_apart_stays_after_midnight(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = signing.mark("10.0.0.1", purpose="contribution")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3 * signing.DAY)
    assert signing.mark("10.0.0.1", purpose="contribution") == known
    assert signing.mark("10.0.0.2", purpose="contribution") != known
    assert "10.0.0.1" not in known
