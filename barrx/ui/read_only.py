"""What is answered to those who may not write: requests that fetch something; anything else is refused.

Streamlit takes uploads by a route of its own, whether or not there is a field for them on any page.
"""

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from barrx import settings
from barrx.ui import access

_ALLOWED = frozenset({"GET", "HEAD", "OPTIONS"})


class ReadOnly:
    """Refuses requests that would leave something on the server, on a read-only one and from who may not write."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        is_write = scope["type"] == "http" and scope["method"] not in _ALLOWED
        if is_write and not access.may_send(Request(scope).cookies):
            said = (
                "This server is read-only." if settings.current().read_only else "Only curators may do this."
            )
            answer = PlainTextResponse(said, 403, {"Cache-Control": "no-store"})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


MIDDLEWARE = [Middleware(ReadOnly)]
