"""What a browser asks for is handed to Streamlit one thing after the other, so that nothing is lost.

A request for a run ends the one before it, also if that has not begun: a click, then, is heard by nobody if a slider is
moved in the next moment. So each request waits until the one before it has been heard.

A fragment with `run_every` asks from the browser, by the page that it was drawn on. If `st.switch_page` has begun
another page meanwhile, Streamlit takes the request for one of the page that is left, goes back there without its
content, and leaves the reader with an empty page. And what a run has shown but the server has not yet sent is lost
where such a request begins another run: of a busy server, which reads several of them at once, the map stayed dimmed
for good. So a request that comes by itself waits until nothing else is on its way, and one of each fragment is enough.

What a page asks for as it is left, such as what the map shows, names the page that the browser still shows. It is
handed on as a request of the page that is on its way, which hears what was set and draws nothing of the other.
"""

import asyncio
import time
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_AT_MOST = 10.0  # seconds: a request that Streamlit does not answer holds up nothing by itself for longer
_BEGUN_AT_MOST = 5.0  # seconds: nor what comes by itself and never begins, as where its fragment is gone
_HEARD_AT_MOST = 2.0  # seconds: nor anything that somebody asks for
_LARGE = 65_536  # bytes: what tells of a run's beginning and end is smaller


class OneByOne:
    """Has requests for a run wait for each other, and leaves out those by themselves that would come too late."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on, the messages of a websocket one after the other."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        run = RunOnItsWay()
        requests = _Requests(receive, run)

        async def told(message: Message) -> None:
            data = message.get("bytes")
            if data and len(data) < _LARGE:
                run.told(ForwardMsg.FromString(data))
            await send(message)

        try:
            await self._app(scope, requests.next, told)
        finally:
            requests.close()


class _Requests:
    """What comes from a browser, in an order in which nothing is lost."""

    def __init__(self, receive: Receive, run: "RunOnItsWay") -> None:
        self._receive, self._run = receive, run
        self._coming: asyncio.Task[Message] | None = None
        # fragment -> its request, while another run is on its way
        self._by_themselves: dict[str, Message] = {}

    async def next(self) -> Message:
        """Wait for the next message that Streamlit is to hear."""
        while True:
            message = self._waited_long_enough() or await self._arrived()
            if message is None:
                continue
            asked = rerun_in(message.get("bytes"))
            if asked is None:
                return message
            if not asked.is_auto_rerun:
                return await self._asked_for(message, asked)
            if self._run.is_on_its_way():
                self._by_themselves[asked.fragment_id] = message
            elif not self._run.is_of_a_page_left(asked):
                self._run.asked_for(asked.fragment_id, by_itself=True)
                return message

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._coming is not None:
            self._coming.cancel()

    async def _asked_for(self, message: Message, asked: ClientState) -> Message:
        await self._run.wait_until_heard()
        if asked.fragment_id:  # Streamlit ends no run for a fragment: it would be heard no earlier
            await self._run.wait_until_over()
        if self._run.is_of_a_page_left(asked):
            message = _of_page(message, self._run.page())
        self._run.asked_for(asked.fragment_id, asked.page_script_hash)
        return message

    def _waited_long_enough(self) -> Message | None:
        if not self._by_themselves or self._run.is_on_its_way():
            return None
        return self._by_themselves.pop(next(iter(self._by_themselves)))

    async def _arrived(self) -> Message | None:
        """Return the next message that has come, or None if what others wait for may be over before."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._receive())
        if self._by_themselves:
            over = asyncio.ensure_future(self._run.wait_until_over())
            await asyncio.wait({self._coming, over}, return_when=asyncio.FIRST_COMPLETED)
            over.cancel()
            if not self._coming.done():
                return None
        coming, self._coming = self._coming, None
        return await coming


class RunOnItsWay:
    """What is known of the run that was asked for last, from what goes over one connection.

    It is heard when it has begun and shows something: its callbacks have run by then. It is over when it has begun and
    ended. A run that ends early for another one goes on in that.
    """

    def __init__(self) -> None:
        self._page_asked_for = ""  # as Streamlit's hash; "" once it has been come to
        self._page_told = ""
        self._asked_at: float | None = None
        self._fragment_id = ""
        self._has_begun = False
        self._goes_on = False
        self._run_id = ""
        self._is_by_itself = False
        self._heard = asyncio.Event()
        self._heard.set()
        self._over = asyncio.Event()
        self._over.set()

    def asked_for(self, fragment_id: str, page: str = "", *, by_itself: bool = False) -> None:
        """Note that a run was asked for, of a fragment or (``""``) of the whole page; `by_itself`: by nobody."""
        if not fragment_id:
            self._page_asked_for = page
        self._asked_at = time.monotonic()
        self._fragment_id, self._is_by_itself = fragment_id, by_itself
        self._has_begun = self._goes_on = False
        self._over.clear()
        if not by_itself:
            self._heard.clear()

    def told(self, message: ForwardMsg) -> None:
        """Note what the server said, if it is that a run begins or ends, or of which page it is."""
        run = message.metadata.run
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._page_told = message.navigation.page_script_hash
            if self._page_told == self._page_asked_for:
                self._page_asked_for = ""  # from here on the run may lead to yet another one
        if self._asked_at is None:
            return
        if kind == "new_session":
            fragments = run.fragment_ids
            if self._goes_on or not fragments or self._fragment_id in fragments:
                self._has_begun, self._goes_on, self._run_id = True, False, run.script_run_id
            return
        if self._has_begun and kind != "session_status_changed":
            self._heard.set()
        if kind == "script_finished" and self._has_begun and run.script_run_id == self._run_id:
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._goes_on = True
            else:
                self._asked_at = None
                self._over.set()

    def page(self) -> str:
        """Return the page on its way, or that the last one led to, as Streamlit's hash; "" if it is not known yet."""
        return (self.is_on_its_way() and self._page_asked_for) or self._page_told

    def is_of_a_page_left(self, asked: ClientState) -> bool:
        """Return whether a part of a page asks that is another one than the page on its way."""
        page = self.page()
        return bool(asked.fragment_id and page) and asked.page_script_hash not in ("", page)

    async def wait_until_heard(self) -> None:
        """Wait until what was asked for last has been heard, or will never be."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), _HEARD_AT_MOST)

    async def wait_until_over(self) -> None:
        """Wait until what was asked for last is over, or a while: it may never be."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), _HEARD_AT_MOST)

    def is_on_its_way(self) -> bool:
        """Return whether a run that was asked for has not ended yet, as far as one can know."""
        at_most = _BEGUN_AT_MOST if self._is_by_itself and not self._has_begun else _AT_MOST
        return self._asked_at is not None and time.monotonic() < self._asked_at + at_most


def rerun_in(data: bytes | None) -> ClientState | None:
    """Return what a message from the browser asks to be run, or None if it asks for nothing of the kind."""
    if not data:
        return None
    try:
        asked = BackMsg.FromString(data)
    except DecodeError:  # Streamlit answers it
        return None
    return asked.rerun_script if asked.WhichOneof("type") == "rerun_script" else None


def _of_page(message: Message, page: str) -> Message:
    """Return a browser's request as one of another page."""
    request = BackMsg.FromString(message["bytes"])
    request.rerun_script.page_script_hash = page
    request.rerun_script.ClearField("page_name")
    return {**message, "bytes": request.SerializeToString()}


MIDDLEWARE = [Middleware(OneByOne)]
