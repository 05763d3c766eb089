"""Explore's page names what its map is made of in its head: the browser fetches it while it starts Streamlit.

Streamlit's own part asks for the code of a component only once it has come, and after that of all widgets before it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from barrx.ui.routes import WHOLE

_STREAMLIT = Path(st.__file__).parent / "static"
_CODE = "static/js/"
_COMPONENTS = "BidiComponent.*.js"
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


class Preload:
    """Adds to the answer for Explore where the code of its map is, and what Streamlit needs for a component."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._path = "/" + (st.get_option("server.baseUrlPath") or "").strip("/")
        base = self._path.rstrip("/")
        modules = [*(_CODE + name for name in _of_components()), f"barrx/map/{WHOLE}"]
        self._links = ", ".join(f"<{base}/{module}>; rel=modulepreload" for module in modules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with one header more."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Link", self._links)
            await send(message)

        is_explore = scope["type"] == "http" and scope["path"].rstrip("/") == self._path.rstrip("/")
        await self._app(scope, receive, answer if is_explore else send)


def _of_components() -> list[str]:
    """Return the files of Streamlit that show a component and are not named by its page already, if there are any."""
    page = (_STREAMLIT / "index.html").read_text(encoding="utf-8")
    first = sorted(path.name for path in (_STREAMLIT / _CODE).glob(_COMPONENTS))
    return [name for name in dict.fromkeys(_with_imports(first, set())) if name not in page]


def _with_imports(names: list[str], seen: set[str]) -> Iterator[str]:
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name
            code = (_STREAMLIT / _CODE / name).read_text(encoding="utf-8")
            yield from _with_imports(_IMPORT.findall(code), seen)


MIDDLEWARE = [Middleware(Preload)]
