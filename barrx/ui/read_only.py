"""What a read-only server answers: requests that fetch something, whoever asks for anything else is refused.

Streamlit takes uploads by a route of its own, whether or not there is a field for them on any page.
"""

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from barrx import settings

_ALLOWED = frozenset({"GET", "HEAD", "OPTIONS"})


class ReadOnly:
    """Refuses requests that would leave something on the server, where ``BARRX_READ_ONLY`` is set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        if scope["type"] == "http" and scope["method"] not in _ALLOWED and settings.current().read_only:
            answer = PlainTextResponse("This server is read-only.", 403, {"Cache-Control": "no-store"})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


MIDDLEWARE = [Middleware(ReadOnly)]
