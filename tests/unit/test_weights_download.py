"""Fetching weights from a server that behaves, and from servers that do not."""

import dataclasses
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from barrx import encoders
from barrx.encoders import Encoder, Published
from barrx.errors import Cancelled, EncoderError

ROOT = Path(__file__).parents[2]
SIDE, FEATURES = 32, 2048
CUT = 10 * 2**16  # bytes: whole pieces


class Server(ThreadingHTTPServer):
    """Serves one file, and remembers what it was asked for.

    Attributes
    ----------
    status : int
        the answer to every request, if it is not 200
    cuts : list of int
        after how many bytes of each coming answer the connection is closed
    ranges : bool
        whether Range is honoured
    pause : float
        seconds to wait after each piece
    """

    daemon_threads = True

    def __init__(self, body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.status = 200
        self.cuts: list[int] = []
        self.ranges = True
        self.length = True
        self.pause = 0.0
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/weights.h5"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if self.server.status != 200:
            return self.send_error(self.server.status)
        body, start = self.server.body, 0
        if asked and self.server.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        if self.server.length:
            self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        end = start + self.server.cuts.pop(0) if self.server.cuts else len(body)
        for piece in range(start, min(end, len(body)), 2**16):
            self.wfile.write(body[piece : min(piece + 2**16, end)])
            time.sleep(self.server.pause)
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _build() -> Any:
    from keras import Input, Model, layers

    pixels = Input((SIDE, SIDE, 3))
    features = layers.Dense(FEATURES)(layers.Conv2D(256, 3)(pixels))
    return Model(pixels, layers.GlobalAveragePooling2D()(features))


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Real weights of a small network, 2 MB, in Keras 3's layout."""
    from barrx.encoders import engine

    engine.start()
    path = tmp_path_factory.mktemp("small") / "small.weights.h5"
    _build().save_weights(path)
    return path.read_bytes()


@pytest.fixture
def server(body: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server(body) as started:
        thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def published_by(server: Server, algorithm: str = "md5") -> Encoder:
    """Return Inception's entry with a small network and an address of ours."""
    digest = hashlib.new(algorithm, server.body).hexdigest()
    return dataclasses.replace(
        encoders.get("inception-v3"),
        input_size=SIDE,
        build=_build,
        weights=Published(url=server.url, digest=digest, size=len(server.body)),
    )


def part_of(encoder: Encoder, home: Path) -> Path:
    assert isinstance(encoder.weights, Published)
    return home / "weights" / f"{encoder.slug}-{encoder.weights.digest[:12]}.part"


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_download_installs_verified_weights_that_run(server: Server, home: Path, algorithm: str) -> None:
    encoder = published_by(server, algorithm)
    seen: list[tuple[int, int]] = []
    status = encoders.download(encoder, lambda done, total: seen.append((done, total)))
    assert (status.state, status.verified) == ("ready", True)
    assert status.sha256 == hashlib.sha256(server.body).hexdigest()
    assert status.path == home / "weights" / "inception-v3.weights.h5"
    assert encoders.label(encoder) == "Inception V3"
    assert seen == sorted(seen)
    assert seen[-1] == (len(server.body), len(server.body))
    vectors = encoders.load(encoder).embed(np.zeros((1, SIDE, SIDE, 3), np.uint8))
    assert vectors.shape == (1, FEATURES)


def test_download_asks_nothing_of_the_server_when_the_weights_are_here(server: Server, home: Path) -> None:
    encoder = published_by(server)
    first = encoders.download(encoder)
    assert encoders.download(encoder) == first
    assert server.asked == [None]


def test_download_of_a_bundled_encoder_has_nothing_to_do(home: Path) -> None:
    assert encoders.download(encoders.get("efficientnet-lite0")).state == "bundled"


def test_download_replaces_unverified_weights(server: Server, home: Path) -> None:
    encoder = published_by(server)
    other = home / "weights" / "inception-v3.unverified.h5"
    other.parent.mkdir(parents=True)
    other.write_bytes(server.body[::-1])
    assert not encoders.status(encoder).verified
    assert encoders.download(encoder).verified
    assert not other.exists()


def test_download_of_another_file_is_removed_and_said(server: Server, home: Path) -> None:
    encoder = published_by(server)
    expected = hashlib.md5(server.body).hexdigest()
    server.body = b"<html>Please accept the conditions of this network</html>"
    got = hashlib.md5(server.body).hexdigest()
    message = (
        rf"What {re.escape(server.url)} sent is not the published file: its md5 is {got}, "
        rf"expected {expected}\. It was removed\..* python -m barrx weights inception-v3 --from FILE"
    )
    with pytest.raises(EncoderError, match=message):
        encoders.download(encoder)
    assert not part_of(encoder, home).exists()
    assert encoders.status(encoder).state == "missing"


def test_download_cut_off_in_the_middle_goes_on_by_itself(server: Server, home: Path) -> None:
    server.cuts = [CUT, CUT]
    seen: list[int] = []
    assert encoders.download(published_by(server), lambda done, total: seen.append(done)).verified
    assert server.asked == [None, f"bytes={CUT}-", f"bytes={2 * CUT}-"]
    assert seen == sorted(seen)


def test_download_cut_off_is_resumed_by_the_next_call(server: Server, home: Path) -> None:
    encoder = published_by(server)
    server.cuts = [CUT, 0]
    size = f"{len(server.body) / 2**20:.1f}"
    message = (
        rf"no connection, or it broke off\. 0\.6 of {size} MB are here; the next try goes on from there\."
    )
    with pytest.raises(EncoderError, match=message):
        encoders.download(encoder)
    assert part_of(encoder, home).read_bytes() == server.body[:CUT]
    assert encoders.download(encoder).verified
    assert server.asked == [None, f"bytes={CUT}-", f"bytes={CUT}-"]


@pytest.mark.parametrize("length", [True, False], ids=["length told", "no length"])
def test_download_starts_over_when_the_server_ignores_ranges(
    server: Server, home: Path, length: bool
) -> None:
    encoder = published_by(server)
    server.cuts, server.ranges, server.length = [CUT], False, length
    assert encoders.download(encoder).verified
    assert server.asked == [None, f"bytes={CUT}-"]


def test_download_takes_a_part_that_is_already_complete(server: Server, home: Path) -> None:
    encoder = published_by(server)
    part = part_of(encoder, home)
    part.parent.mkdir(parents=True)
    part.write_bytes(server.body)
    assert encoders.download(encoder).verified
    assert server.asked == [f"bytes={len(server.body)}-"]


def test_download_does_not_trust_what_was_in_the_part(server: Server, home: Path) -> None:
    encoder = published_by(server)
    part = part_of(encoder, home)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"planted" * 1000)
    with pytest.raises(EncoderError, match="is not the published file"):
        encoders.download(encoder)
    assert encoders.download(encoder).verified


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "403 Forbidden"), (404, "404 Not Found"), (500, "500 Internal Server Error")]
)
def test_download_refused_says_how_to_go_on(server: Server, home: Path, status: int, reason: str) -> None:
    encoder = published_by(server)
    server.status = status
    message = (
        rf"^The weights of Inception V3 could not be fetched: the server answered {reason}\. "
        rf"If this network forbids it, fetch {re.escape(server.url)} on another one "
        r"and install the file with: python -m barrx weights inception-v3 --from FILE$"
    )
    with pytest.raises(EncoderError, match=message):
        encoders.download(encoder)
    assert server.asked == [None]


def test_download_from_a_closed_port_says_how_to_go_on(server: Server, home: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/weights.h5"
        encoder = published_by(server)
        assert isinstance(encoder.weights, Published)
        encoder = dataclasses.replace(encoder, weights=dataclasses.replace(encoder.weights, url=url))
        with pytest.raises(
            EncoderError, match=r"no connection, or it broke off\. If this network forbids it, "
        ):
            encoders.download(encoder)


def test_cancelled_download_keeps_what_came(server: Server, home: Path) -> None:
    encoder = published_by(server)
    seen: list[int] = []
    with pytest.raises(Cancelled, match="What came is kept"):
        encoders.download(encoder, lambda done, total: seen.append(done), lambda: len(seen) == 3)
    assert part_of(encoder, home).stat().st_size == seen[-1]
    assert encoders.download(encoder).verified
    assert server.asked == [None, f"bytes={seen[-1]}-"]


def test_download_says_where_there_is_no_room(server: Server, home: Path) -> None:
    home.mkdir()
    (home / "weights").write_text("a file where the folder should be")
    message = r"cannot be stored in .*weights: .*Free 2 MB there, or set BARRX_HOME"
    with pytest.raises(EncoderError, match=message):
        encoders.download(published_by(server))


# --- several processes ------------------------------------------------------------------------------------

CODE = """
import dataclasses, json, resource, sys
from barrx import encoders
from barrx.errors import EncoderError
told = json.loads(sys.argv[1])
if told["limit"]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (told["limit"], told["limit"]))
weights = encoders.Published(url=told["url"], digest=told["digest"], size=told["size"])
encoder = dataclasses.replace(encoders.get("inception-v3"), weights=weights)
try:
    print(encoders.download(encoder, lambda done, total: print(done, flush=True)).sha256)
except EncoderError as error:
    print(error)
"""


@pytest.fixture
def start(server: Server, home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a function that starts a process which downloads."""
    running: list[subprocess.Popen[str]] = []

    def _start(limit: int = 0) -> subprocess.Popen[str]:
        digest = hashlib.md5(server.body).hexdigest()
        told = {"url": server.url, "digest": digest, "size": len(server.body), "limit": limit}
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, json.dumps(told)],
            cwd=ROOT,
            env=os.environ | {"BARRX_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield _start
    for process in running:
        process.kill()
        process.communicate()


def test_two_processes_download_once(server: Server, start: Callable[..., subprocess.Popen[str]]) -> None:
    server.pause = 0.05
    first, second = start(), start()
    digest = hashlib.sha256(server.body).hexdigest()
    assert [process.communicate(timeout=60)[0].split()[-1] for process in (first, second)] == [digest] * 2
    assert server.asked == [None]


def test_killed_download_is_resumed(
    server: Server, home: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    server.pause = 0.05
    process = start()
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    encoder = published_by(server)
    came = part_of(encoder, home).stat().st_size
    assert encoders.download(encoder).verified
    assert server.asked == [None, f"bytes={came}-" if came else None]


def test_full_disk_is_said_and_what_came_is_kept(
    server: Server, home: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    said = start(limit=500_000).communicate(timeout=60)[0].splitlines()[-1]
    assert said.startswith(
        f"The weights of Inception V3 cannot be stored in {home / 'weights'}: File too large."
    )
    assert part_of(published_by(server), home).stat().st_size == 500_000
    assert encoders.download(published_by(server)).verified
