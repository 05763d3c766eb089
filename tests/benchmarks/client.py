"""A session without a browser: it speaks Streamlit's websocket, moves a slider and waits for its map.

What a browser would do for the server's sake it does too: fragments that run by themselves are asked for at
their interval, what waits for the first map is told that it is drawn, and the state of the sliders and the address
go along with every request. It draws nothing, so that twenty of them fit on the machine they measure.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from barrx.ui import keys

_MAP, _AFTER_MAP = "barrx_map", "barrx_after_map"
_DRAWN = json.dumps([{"event": "drawn", "value": True}])


class Session:
    """One session of Explore.

    Attributes
    ----------
    sliders : name of the parameter -> id and values of its widget
    revision : the map on screen, "" while it is the dimmed one before it
    errors : what the page complained about
    """

    def __init__(self, socket: ClientConnection, query: str) -> None:
        self._socket, self._query = socket, query
        self.sliders: dict[str, tuple[str, list[float]]] = {}
        self.revision = ""
        self.errors: list[str] = []
        self._fragments: dict[str, asyncio.Task[None]] = {}
        self._telling: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()

    async def start(self) -> None:
        """Open the page and wait for its first map."""
        await self._rerun()
        await self._until(lambda: bool(self.revision) and keys.MIN_CLUSTER_SIZE in self.sliders)

    def value(self, slider: str) -> float:
        """Return where a slider of one value stands."""
        return self.sliders[slider][1][0]

    async def move(self, slider: str, value: float) -> float:
        """Move a slider; return the seconds from its release to the map."""
        name, _old = self.sliders[slider]
        self.sliders[slider] = (name, [value])
        self.revision, start = "", time.perf_counter()
        await self._rerun()
        await self._until(lambda: bool(self.revision))
        return time.perf_counter() - start

    async def listen(self) -> None:
        """Take what the server sends, until it closes the session."""
        async for data in self._socket:
            assert isinstance(data, bytes)
            self._take(ForwardMsg.FromString(data))
            async with self._changed:
                self._changed.notify_all()

    def leave(self) -> None:
        """Ask for nothing any more."""
        for task in self._fragments.values():
            task.cancel()
        self._fragments.clear()

    async def _until(self, condition: Callable[[], bool], seconds: float = 180) -> None:
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    async def _rerun(self, fragment: str = "", *, triggered: tuple[str, str] | None = None) -> None:
        message = BackMsg()
        request = message.rerun_script
        request.query_string = self._query
        request.fragment_id, request.is_auto_rerun = fragment, bool(fragment) and triggered is None
        if triggered is not None:
            name, told = triggered
            request.widget_states.widgets.add(id=name, json_trigger_value=told)
        for name, values in self.sliders.values():
            state = request.widget_states.widgets.add(id=name)
            state.double_array_value.data.extend(values)
        await self._socket.send(message.SerializeToString())

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self.leave()
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            rerun = message.auto_rerun
            running = self._fragments.pop(rerun.fragment_id, None)
            if running is not None:
                running.cancel()
            self._fragments[rerun.fragment_id] = asyncio.create_task(
                self._every(rerun.interval, rerun.fragment_id)
            )
        elif kind == "delta" and message.delta.HasField("new_element"):
            self._take_element(message.delta.new_element, message.delta.fragment_id)

    def _take_element(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        found = getattr(element, kind)
        if kind == "slider":
            values = list(found.value if found.set_value else found.default)
            if found.set_value or found.label not in self.sliders:
                self.sliders[found.label] = (found.id, values)
        elif kind == "exception":
            self.errors.append(found.message)
        elif kind == "alert" and found.format == found.ERROR:
            self.errors.append(found.body)
        elif kind == "bidi_component" and found.component_name.endswith(_MAP):
            options = json.loads(found.json)["options"]
            self.revision = "" if options["dimmed"] else options["revision"]
        elif kind == "bidi_component" and found.component_name.endswith(_AFTER_MAP):
            events = f"$$STREAMLIT_INTERNAL_KEY_{found.id}__events"
            self._telling = asyncio.create_task(self._rerun(fragment, triggered=(events, _DRAWN)))

    async def _every(self, interval: float, fragment: str) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._rerun(fragment)


@asynccontextmanager
async def opened(url: str, query: str) -> AsyncIterator[Session]:
    """Give a session whose first map is there; what goes wrong while it listens is raised here."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with (
        connect(address, subprotocols=["streamlit"], max_size=None) as socket,  # type: ignore[list-item]
        asyncio.TaskGroup() as tasks,
    ):
        session = Session(socket, query)
        listener = tasks.create_task(session.listen())
        try:
            await session.start()
            yield session
        finally:
            session.leave()
            listener.cancel()
