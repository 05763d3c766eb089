"""IIIF manifests, from a server that behaves and one that does not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx import datasets, iiif
from barrx.datasets import AddReport, AddRequest
from barrx.errors import DatasetError
from tests import files

JPEG = files.encoded(files.quarters(90, 60), "JPEG")
Answer = tuple[int, bytes] | str


class Server:
    """Serves what ``answers`` says: path -> (status, content), or the address to go to instead."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = outer.answers.get(self.path, (404, b"not here"))
                if isinstance(answer, str):
                    self.send_response(302)
                    self.send_header("Location", answer)
                    answer = (302, b"")
                else:
                    self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, format: str, *args: object) -> None:
                """Keep the tests' output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def put_json(self, path: str, value: object) -> str:
        self.answers[path] = (200, json.dumps(value).encode())
        return self.base + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def image(base: str, name: str, level: int | None = 2) -> dict[str, Any]:
    body: dict[str, Any] = {"id": f"{base}/{name}.jpg", "type": "Image"}
    if level is not None:
        body["service"] = [{"id": f"{base}/{name}", "type": "ImageService3", "profile": f"level{level}"}]
    return body


def version3(base: str, *bodies: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}/three.json",
        "type": "Manifest",
        "label": {"es": ["Bodegón"], "en": ["Still <i>life</i> &amp; fruit"]},
        "metadata": [
            {"label": {"en": ["Artist"]}, "value": {"none": ["Juan Gris", "A helper"]}},
            {"label": {"en": ["Date"]}, "value": {"en": ["c. 1913"]}},
            {"label": {"en": ["filename"]}, "value": {"en": ["theirs"]}},
        ],
        "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
        "requiredStatement": {"label": {"en": ["By"]}, "value": {"en": ["A museum"]}},
        "items": [
            {
                "type": "Canvas",
                "label": {"en": [f"page {number}"]},
                "items": [{"type": "AnnotationPage", "items": [{"type": "Annotation", "body": body}]}],
            }
            for number, body in enumerate(bodies, 1)
        ],
    }


def version2(base: str) -> dict[str, Any]:
    service = {
        "@id": f"{base}/two",
        "profile": ["http://iiif.io/api/image/2/level1.json", {"formats": ["jpg"]}],
    }
    resource = {"@id": f"{base}/two.png", "@type": "dctypes:Image", "service": service}
    return {
        "@id": f"{base}/two.json",
        "@type": "sc:Manifest",
        "label": [{"@value": "Naturaleza", "@language": "es"}, {"@value": "Nature", "@language": "en"}],
        "metadata": [{"label": "Date", "value": "1910-12"}],
        "license": "http://example.org/licence",
        "attribution": "Another museum",
        "sequences": [{"canvases": [{"label": "f. 1", "images": [{"resource": resource}]}]}],
    }


def add(source: object) -> AddReport:
    return datasets.add(AddRequest(slug="mine", source=str(source)))


def test_a_manifest_becomes_pictures_and_columns(home: Path, server: Server) -> None:
    bodies = [image(server.base, "a"), image(server.base, "b", level=None)]
    address = server.put_json("/three.json", version3(server.base, *bodies))
    server.answers["/a/full/!1600,1600/0/default.jpg"] = (200, JPEG)
    server.answers["/b.jpg"] = (200, JPEG)
    report = add(address)
    assert (report.images, report.metadata.matched, report.quarantined) == (2, 2, ())
    dataset = datasets.load("mine")
    assert dataset.title == "Still life & fruit"
    assert dataset.filenames == ["still-life-fruit/0001.jpg", "still-life-fruit/0002.jpg"]
    assert dataset.read_bytes(1) == JPEG
    row = dataset.metadata.iloc[1]
    assert row[
        ["title", "canvas", "Artist", "Date", "rights", "attribution", "filename_metadata"]
    ].tolist() == [
        "Still life & fruit",
        "page 2",
        "Juan Gris; A helper",
        "c. 1913",
        "http://creativecommons.org/publicdomain/mark/1.0/",
        "A museum",
        "theirs",
    ]
    assert (row["year"], row["manifest"], row["folder"]) == (1913, address, "still-life-fruit")


def test_version_2_and_a_list_of_manifests(home: Path, server: Server, tmp_path: Path) -> None:
    server.put_json("/two.json", version2(server.base))
    server.answers["/two/full/1600,/0/default.jpg"] = (200, JPEG)
    local = tmp_path / "local.json"
    local.write_text(json.dumps(version3(server.base, image(server.base, "a", level=0))))
    server.answers["/a.jpg"] = (200, JPEG)
    listed = tmp_path / "list.txt"
    listed.write_text(f"# two manifests\n{server.base}/two.json\n\nlocal.json\n{server.base}/gone.json\n")
    report = add(listed)
    dataset = datasets.load("mine")
    assert dataset.filenames == ["nature.png", "still-life-fruit.jpg"]
    assert dataset.metadata["title"].tolist() == ["Nature", "Still life & fruit"]
    assert dataset.metadata["year"].tolist() == [1910, 1913]
    assert [(q.filename, q.reason) for q in report.quarantined] == [
        (f"{server.base}/gone.json", "unreadable")
    ]
    assert "answers 404" in report.quarantined[0].detail
    assert "/a/full/!1600,1600/0/default.jpg" not in server.asked


def test_a_collection_is_followed_once_and_never_to_files(home: Path, server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(version3(server.base, image(server.base, "a", level=None))))
    server.put_json("/three.json", version3(server.base, image(server.base, "a", level=None)))
    server.answers["/a.jpg"] = (200, JPEG)
    inner = {
        "type": "Collection",
        "items": [
            {"type": "Manifest", "id": f"{server.base}/three.json"},
            {"type": "Collection", "id": f"{server.base}/top.json"},
            {"type": "Manifest", "id": str(secret)},
            {"type": "Manifest", "id": f"file://{secret}"},
        ],
    }
    server.put_json("/inner.json", inner)
    top = {"@type": "sc:Collection", "collections": [{"@id": f"{server.base}/inner.json"}]}
    address = server.put_json("/top.json", top)
    assert add(address).images == 1
    assert server.asked.count("/top.json") == server.asked.count("/three.json") == 1


def test_a_picture_that_fails_is_put_in_quarantine(home: Path, server: Server) -> None:
    names = ["good", "gone", "page", "away", "nothing"]
    bodies = [image(server.base, name, level=None) for name in names]
    bodies[4]["id"] = "file:///etc/passwd"
    address = server.put_json("/three.json", version3(server.base, *bodies))
    server.answers["/good.jpg"] = (200, JPEG)
    server.answers["/page.jpg"] = (200, b"<!DOCTYPE html><title>Sorry</title>")
    server.answers["/away.jpg"] = "file:///etc/passwd"
    report = add(address)
    found = {q.filename.rpartition("/")[2]: (q.reason, q.detail) for q in report.quarantined}
    assert {name: reason for name, (reason, _detail) in found.items()} == {
        "0002.jpg": "unreadable",
        "0003.jpg": "not_an_image",
        "0004.jpg": "unreadable",
        "0005.jpg": "unreadable",
    }
    assert "answers 404" in found["0002.jpg"][1]
    assert "cannot be reached: InvalidSchema" in found["0004.jpg"][1]
    assert "names no picture with a web address" in found["0005.jpg"][1]


def test_the_picture_itself_is_taken_where_the_image_server_fails(home: Path, server: Server) -> None:
    address = server.put_json("/three.json", version3(server.base, image(server.base, "a")))
    server.answers["/a/full/!1600,1600/0/default.jpg"] = (501, b"not implemented")
    server.answers["/a.jpg"] = (200, JPEG)
    assert add(address).images == 1


def test_a_picture_without_end_is_refused(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(iiif, "_LARGEST_PICTURE", 100_000)
    bodies = [image(server.base, "a", level=None), image(server.base, "b", level=None)]
    address = server.put_json("/three.json", version3(server.base, *bodies))
    server.answers["/a.jpg"], server.answers["/b.jpg"] = (200, JPEG), (200, bytes(200_000))
    (bad,) = add(address).quarantined
    assert (bad.reason, "gives more than 100,000 bytes" in bad.detail) == ("unreadable", True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no json", "cannot be read: Expecting value"),
        (b'{"type": "Thing"}', "cannot be read: it is JSON, but no IIIF manifest"),
        (b"[" * 100_000, "cannot be read: "),
        (b'{"type": "Manifest"}', "There is no picture in"),
    ],
)
def test_a_bad_manifest_is_named(home: Path, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        add(tmp_path / "bad.json")
    assert "bad.json" in str(caught.value)


def test_a_server_that_is_not_there_is_named(home: Path) -> None:
    with pytest.raises(DatasetError, match=r"http://127.0.0.1:9/x.json cannot be reached: ConnectionError"):
        add("http://127.0.0.1:9/x.json")


def test_an_empty_list_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# nothing\n")
    with pytest.raises(DatasetError, match=r"“list.txt” lists no manifest"):
        add(tmp_path / "list.txt")


def test_a_manifest_nested_without_end_is_put_in_quarantine(home: Path, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text('{"type": "Manifest", "label": ' + "[" * 900 + "]" * 900 + "}")
    with pytest.raises(DatasetError, match="unreadable: it is nested too deeply"):
        add(tmp_path / "deep.json")


@pytest.mark.parametrize("address", ["http://[", "http://x/\ud800.jpg", "https://"])
def test_canvases_take_odd_addresses_and_text(address: str) -> None:
    body = {"id": address, "type": "Image"}
    manifest = version3("http://x", body) | {"label": {"en": ["half \ud800"]}}
    (canvas,) = iiif.canvases(manifest, "name", "http://x")
    assert canvas.filename == "name.jpg"
    assert canvas.row["title"] == "half ?"
    assert "\ud800" not in canvas.addresses[0]


WORDS = """items sequences canvases images resource body service id @id label metadata value @value @language
type profile default requiredStatement"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["items", "sequences", "label", "metadata", "rights"]), JSON))
def test_canvases_take_any_json(manifest: dict[str, Any]) -> None:
    for canvas in iiif.canvases(manifest, "name", "address"):
        assert all(iiif.is_address(address) for address in canvas.addresses)
        assert all(isinstance(value, str) for value in canvas.row.values())
