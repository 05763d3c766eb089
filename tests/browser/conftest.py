"""A server as the README starts it, and a real Chromium that looks at it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.steps import listen_to_runs

REPOSITORY = Path(__file__).parents[2]
expect.set_options(timeout=45_000)  # ms: two tests at a time, on two cores; what fails fails all the same
STARTS_WITHIN = 90.0  # seconds: a slow machine that starts for the first time
_CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",  # the map draws on a 2D canvas: a GPU imitated by the processor only makes it slower
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
# Receiving from a socket that is gone, and closing it: what is done with a message has its own lines, and counts.
_CLOSED_SOCKET = re.compile(
    r'starlette_websocket\.py", line \d+, in _websocket_endpoint\n'
    r"\s+(data = await websocket\.receive_bytes\(\)|await websocket\.close\(\))\n"
)
# Debian's headless shell is Chromium without the window around the page: 12 s of processor time instead of 20.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a browser test a second try, which the summary tells: a browser, a server and workers share two cores."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


# --- the server -------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A running Barr X: its address, its data, its process, what it wrote."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def bugs(self) -> list[str]:
        """Return the tracebacks in the log, but for those of Streamlit's socket, when a page goes while it is told."""
        # What a page raises Streamlit writes in a frame, without the colon.
        _begin, *found = self.log().split("Traceback (most recent call last)")
        return [text for text in found if not _CLOSED_SOCKET.search(text)]

    def stop(self) -> None:
        """End the server and whatever it has started."""
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal_number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)

    @contextlib.contextmanager
    def held_up(self) -> Iterator[None]:
        """Have the server answer nothing for a while."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def __str__(self) -> str:
        return self.url


StartServer = Callable[..., Server]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path, extra: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BARRX_", "STREAMLIT_"))}
    # Without a screen Streamlit opens no browser; with a home of its own it is a first start each time.
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        kept.pop(name, None)
    return kept | {"BARRX_HOME": str(home), "HOME": str(home.parent), "PYTHONUNBUFFERED": "1"} | extra


def _wait_until_healthy(server: Server, base: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{base}/_stcore/health", timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    server.stop()
    pytest.fail(f"The server did not start. It wrote:\n{server.log()}")


def start(
    folder: Path,
    *arguments: str,
    app: Path = REPOSITORY / "app.py",
    base: str = "",
    port: int | None = None,
    **environment: str,
) -> Server:
    home, log_path = folder / "home", folder / "server.log"
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app.relative_to(REPOSITORY)),
        "--server.port",
        str(port),
        *arguments,
    ]
    if base:
        command += ["--server.baseUrlPath", base]
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=_environment(home, environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}" + (f"/{base}" if base else "")
    server = Server(url, home, process, log_path)
    _wait_until_healthy(server, url)
    return server


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Give a function that starts a server: start_server(*arguments, app=, base=, **environment)."""
    servers: list[Server] = []

    def start_one(*arguments: str, folder: Path | None = None, **options: Any) -> Server:
        server = start(folder or tmp_path / f"server{len(servers)}", *arguments, **options)
        servers.append(server)
        return server

    yield start_one
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with an empty BARRX_HOME, the same one for all tests of a module."""
    server = start(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


# --- the browser ------------------------------------------------------------------------------------------


@dataclass
class Complaints:
    """What the pages of a test complained about; a test may clear it when it expects complaints."""

    lines: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.lines.append(f"uncaught: {error}"))
        page.on("console", self._take)
        page.on("crash", lambda _page: self.lines.append("the page crashed"))

    def _take(self, line: ConsoleMessage) -> None:
        # On a deep link Streamlit looks for its own base path by trying; the tries that fail are no fault.
        # It also takes away a picture of the run before, such as the page's icon, while the browser asks for it.
        is_search = "404" in line.text and re.search(r"/_stcore/|/media/", line.location["url"]) is not None
        if line.type == "error" and not is_search:
            self.lines.append(f"console: {line.text} ({line.location['url']})")


OpenPage = Callable[..., Page]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium that draws without a GPU."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium that draws without a GPU."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@dataclass
class Profiles:
    """One profile for each kind of screen: Streamlit's own files are fetched once, and nothing else stays.

    A profile for each test had a third of the browser tests' time go into fetching the same scripts again.
    """

    browser: Browser
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def open(self, options: dict[str, Any]) -> Page:
        kind = repr(sorted(options.items()))
        if kind not in self._contexts:
            self._contexts[kind] = self.browser.new_context(**options)
            self._contexts[kind].set_default_timeout(60_000)
        return self._contexts[kind].new_page()

    def forget(self) -> None:
        """Close the pages and forget what they have kept: cookies, permissions, storage."""
        for context in self._contexts.values():
            for page in context.pages:
                if page.url.startswith("http") and not page.is_closed():
                    with contextlib.suppress(PlaywrightError):  # a page that has crashed keeps nothing
                        page.evaluate("localStorage.clear(); sessionStorage.clear()")
                page.close()
            context.clear_cookies()
            context.clear_permissions()


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture
def open_page(profiles: Profiles, complaints: Complaints) -> Iterator[OpenPage]:
    """Give a function that opens a page: open_page(width=, height=, **context options).

    The test fails if a page throws, crashes, or writes an error to the console.
    """

    def open_one(*, width: int = 1280, height: int = 800, **options: Any) -> Page:
        page = profiles.open({"viewport": {"width": width, "height": height}, **options})
        complaints.listen_to(page)
        listen_to_runs(page)
        return page

    yield open_one
    profiles.forget()
    assert complaints.lines == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """Give a page of 1280 x 800."""
    return open_page()
