"""A read-only server by page, by route and by hand-made message: whatever is tried, nothing is written."""

import asyncio
import hashlib
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from barrx import datasets, pipeline, views
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import keys
from barrx.views import Appearance, Draft, interpretations, saving, tours
from barrx.views.interpretations import Words
from barrx.views.tours import Stop
from tests.browser.conftest import REPOSITORY, Server, StartServer

# Pages, and parts of a page that only its address opens.
PAGES = (
    "",
    "clusters",
    "categories",
    "datasets",
    *(f"share?section={part}" for part in ("tour", "texts", "compare", "export", "views")),
)
# What writes on the page Share, and what is written by it all, by table of the database.
WRITERS = {
    f"{keys.SAVE_FORM}:",
    keys.SAVE_AGAIN,
    keys.SAVED_EDIT,
    keys.SAVED_COPY,
    keys.SAVED_REMOVE,
    keys.SAVED_UNDO,
    keys.SAVED_RESTORE,
    f"{keys.TEXT_FORM}:publish",
    keys.TEXT_EDIT,
    keys.TEXT_REMOVE,
    keys.TEXT_UNDO,
    keys.TEXT_ACCEPT,
    keys.CONTRIBUTIONS,
    keys.TOUR_ADD,
    f"{keys.TOUR_STOP}:::up",
    f"{keys.TOUR_STOP}:::remove",
    f"{keys.TOUR_STOP}:undo",
}
WRITTEN = {"view", "saved_view", "revision", "interpretation", "stop", "switch"}
RENAMED = '[{"event": "renamed", "value": {"label": 0, "name": "taken over"}}]'
T = TypeVar("T")

_PRESSED = ("button", "bidi_component")
_TYPED = ("text_input", "text_area")
_SWITCH = "-contributions_open:"  # others only look
# What leads to another page or encoder, or only looks: pressing it would take time and tell nothing.
_LOOKING = re.compile(
    r"-(?:other_encoder|lang:page|address|reset|gallery|selection_links|keep|open.*|clear_.*)$"
)
_ANSWERS_WITHIN, _ENDS_AFTER = 3.0, 0.2  # seconds


@dataclass(frozen=True)
class Shown:
    """A widget that a server showed: on which page, of what kind, and in which fragment of it."""

    page: str
    kind: str
    id: str
    fragment: str = ""


@dataclass
class Visitor:
    """Somebody who speaks to a server without a browser: what was shown, by the kind of element."""

    socket: ClientConnection
    query: str = ""  # of the address
    pages: dict[str, str] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)  # by the last run
    session: str = ""
    page: str = ""  # the one that is running: a button may lead to another

    async def run(self, page: str, states: Sequence[WidgetState] = (), fragment: str = "") -> None:
        """Ask for a page with the states of widgets, and read until its script has ended."""
        self.shown.clear()
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.pages.get(page.partition("?")[0], "")
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.extend(states)
        await self.socket.send(message.SerializeToString())
        silence = _ANSWERS_WITHIN
        while True:
            try:
                data = await asyncio.wait_for(self.socket.recv(decode=False), silence)
            except TimeoutError:
                return
            silence = min(silence, _ENDS_AFTER) if self._take(data) else silence

    def _take(self, data: bytes) -> bool:
        """Note what a message shows; return whether it says that a script has ended."""
        answer = ForwardMsg()
        answer.ParseFromString(data)
        kind = answer.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                "" if p.is_default else p.url_pathname: p.page_script_hash
                for p in answer.navigation.app_pages
            }
            running = answer.navigation.page_script_hash
            page = next((page for page, hash in self.pages.items() if hash == running), "")
            self.page = f"{page}?{self.query}" if self.query else page
        elif kind == "new_session":
            self.session = answer.new_session.initialize.session_id or self.session
        elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            name = element.WhichOneof("type") or ""
            if id := getattr(getattr(element, name, None), "id", ""):
                self.shown.append(Shown(self.page, name, id, answer.delta.fragment_id))
        return kind == "script_finished"


@asynccontextmanager
async def visitor(server: Server, query: str = "") -> AsyncIterator[Visitor]:
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        found = Visitor(socket, query)
        await found.run("")
        yield found


def is_pressed(widget: Shown) -> bool:
    is_switch = widget.kind == "checkbox" and _SWITCH in widget.id
    return is_switch or (widget.kind in _PRESSED and not _LOOKING.search(widget.id))


def role(widget: Shown) -> str:
    """Return what a widget is for: the same for all groups, views and collections that have one of it."""
    return re.sub(r"^\$\$ID-[0-9a-f]{32}-|\d+", "", widget.id)


def pressed(widget: Shown) -> WidgetState:
    if widget.kind == "bidi_component":
        # Streamlit gathers what components tell under one name; see its make_trigger_id.
        return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events", json_trigger_value=RENAMED)
    if widget.kind == "checkbox":
        return WidgetState(id=widget.id, bool_value=True)
    return WidgetState(id=widget.id, trigger_value=True)


async def press_everything(server: Server, known: Sequence[Shown] = ()) -> list[Shown]:
    """Press every button of every page, those of dialogs that open too; return all widgets.

    `known` are pressed as well, whether or not they are shown here.
    """
    found = list[Shown]()
    for page in PAGES:
        async with visitor(server, page.partition("?")[2]) as someone:
            if page.partition("?")[0] in someone.pages:
                found += await press_all_of(page, someone, [each for each in known if each.page == page])
    return list(dict.fromkeys(found))


async def press_all_of(page: str, someone: Visitor, known: Sequence[Shown]) -> list[Shown]:
    """Press every button of a page, and those that are known; return all widgets."""
    await someone.run(page)
    found = list(someone.shown)
    waiting = [each for each in dict.fromkeys([*found, *known]) if each.page == page and is_pressed(each)]
    done = set[str]()  # one button of each kind: each view that is saved has buttons of its own
    while waiting:
        widget = waiting.pop(0)
        if role(widget) in done:
            continue
        done.add(role(widget))
        texts = [
            WidgetState(id=id, string_value="evil")
            for id in dict.fromkeys(
                each.id for each in [*found, *known] if each.page == page and each.kind in _TYPED
            )
        ]
        await someone.run(page, [pressed(widget), *texts], widget.fragment)
        found += someone.shown
        # What opens with a button is pressed next, before it closes again.
        new = [
            each
            for each in someone.shown
            if each.page == page and is_pressed(each) and role(each) not in done
        ]
        waiting = new + waiting
    return found


def kept(home: Path) -> dict[str, str]:
    """Return the digest of every file that lasts: caches hold nothing that people made."""
    lasting = (p for p in sorted(home.rglob("*")) if p.is_file() and "cache" not in p.relative_to(home).parts)
    return {
        str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in lasting
        # The key that signs addresses is made by whoever needs it first.
        if not p.name.endswith((".lock", "-shm", "-wal", "secret"))
    }


def rows(home: Path) -> dict[str, list[Any]]:
    """Return all that people made in the database, by table."""
    with closing(sqlite3.connect(home / "views.sqlite3")) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


@pytest.fixture
def filled(home: Path, tmp_path: Path) -> Path:
    """A BARRX_HOME with a collection, a group, a cluster that has a name, and two views with all that they can have."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for path in sorted((REPOSITORY / "barrx/demo/images").iterdir())[:3]:
        shutil.copy(path, folder)
    datasets.add(datasets.AddRequest(slug="mine", source=str(folder)))
    demo = datasets.load("demo")
    finished = pipeline.load(
        demo, pipeline.MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    )
    assert finished is not None
    views.add_group(demo, "a group", [1, 2, 3])
    views.name_cluster(demo, np.flatnonzero(finished.clustering.labels == 0), "kites")
    for name in ("a view", "another view"):
        save_with_tour_and_texts(demo, finished, name)
    shutil.copytree(home, tmp_path / "writable" / "home")
    return home


def save_with_tour_and_texts(demo: Dataset, finished: Map, name: str) -> None:
    seen = Appearance(request=finished.request, fingerprint=demo.fingerprint)
    id = saving.save(demo, finished, seen, Draft(name=name))
    saving.save_again(id, demo, finished, seen)
    tours.set_stops(id, [Stop(title="here"), Stop(title="there")])
    interpretations.add(id, Words(title="a text", text="of a curator"), {})
    interpretations.let_contribute(True)
    interpretations.contribute(id, Words(title="a text", text="of a visitor"), client=name)
    interpretations.let_contribute(False)


def spoken(talk: Coroutine[Any, Any, T]) -> T:
    """Run a talk with a server in a thread: Playwright's loop is still running in this one after other tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()


async def send_file(server: Server) -> int:
    """Send a file in a session that is open, and return the status of the answer."""
    async with visitor(server) as someone:
        return await asyncio.to_thread(upload, server, someone.session)


def upload(server: Server, session: str) -> int:
    """Send a file to Streamlit's own route, as a page with a field for it would."""
    with httpx.Client(base_url=server.url) as client:
        client.get("/_stcore/health")
        token = client.cookies.get("_streamlit_xsrf", "")
        address = f"/_stcore/upload_file/{session}/{hashlib.sha256().hexdigest()}"
        answer = client.put(address, files={"file": ("a.zip", b"PK")}, headers={"X-Xsrftoken": token})
        return answer.status_code


def test_read_only_server_writes_nothing_whatever_it_is_told(
    filled: Path, tmp_path: Path, start_server: StartServer
) -> None:
    # The same messages change a server that may write: they are the right ones.
    offline = {"HTTPS_PROXY": "http://127.0.0.1:9"}
    writable = start_server(folder=tmp_path / "writable", **offline)
    before, said = kept(writable.home), rows(writable.home)
    buttons = spoken(press_everything(writable))
    after = kept(writable.home)
    assert spoken(send_file(writable)) == 204
    assert {name for name in before if name.startswith("datasets/mine/")} - after.keys()
    roles = "\n".join(role(each) for each in buttons if is_pressed(each))
    assert [writer for writer in WRITERS if writer not in roles] == []
    assert {table for table, lines in rows(writable.home).items() if lines != said[table]} >= WRITTEN
    writable.stop()

    server = start_server(folder=filled.parent, BARRX_READ_ONLY="1", **offline)
    before, said = kept(filled), rows(filled)
    shown = spoken(press_everything(server, [replace(each, fragment="") for each in buttons]))
    assert kept(filled) == before
    assert rows(filled) == said
    assert "file_uploader" in {each.kind for each in buttons}
    assert "file_uploader" not in {each.kind for each in shown}

    assert spoken(send_file(server)) == 403
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert httpx.request(method, f"{server.url}/barrx/selection/x").status_code == 403
    assert kept(filled) == before
    assert server.bugs() == []
