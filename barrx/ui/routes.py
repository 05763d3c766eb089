"""HTTP routes beside Streamlit's own: the code of the components; pictures, rows, columns by signed addresses.

An address carries a token that only a page can make (:func:`sign`): it names one collection in one state, and
ends after a day or two. Where people sign in, the browser must also be signed in as somebody who may look
(:mod:`barrx.ui.access`). Without both the answer is 403 and nothing else.

Many thumbnails travel in one pack, in little-endian order: the four bytes ``BXT1``; the number of entries as
uint32; for each entry its index and its length in bytes, both uint32; then the files, one after the other.
"""

import asyncio
import functools
import hashlib
import json
import logging
import re
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from barrx import captions, datasets, i18n, images
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.thumbnails import SIDES, Side
from barrx.ui import access, columns, selection_route, signing
from barrx.ui.component import bundle

log = logging.getLogger(__name__)

MAX_BATCH = 256
MAGIC = b"BXT1"
WHOLE = "whole.js"  # all modules of a component

_PURPOSE = "pictures"
_LARGE_SIDE = 1600
_COMPONENTS = ("map", "lightbox", "cluster_table", "tune")
_INDEXES = re.compile(rf"[0-9]{{1,9}}(,[0-9]{{1,9}}){{0,{MAX_BATCH - 1}}}")
_CLOSED = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="thumbnails")
# A large original takes up to 100 MB while it is decoded: two at a time, however many ask.
_decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")


# --- signed addresses -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: the pictures of one collection, in one state."""

    slug: str
    fingerprint: str


def sign(slug: str, fingerprint: str) -> str:
    """Return a token for the pictures and rows of a collection; it is the same all day.

    Raises
    ------
    BarrxError
        if the secret that signs cannot be read or written in ``BARRX_HOME``
    """
    return signing.seal([slug, fingerprint], purpose=_PURPOSE)


def granted(token: str) -> Grant | None:
    """Return what a token allows, None if it was not made here or has ended."""
    claim = signing.opened(token, purpose=_PURPOSE)
    return Grant(*claim) if claim is not None else None


def thumbnail_address(token: str, index: int, side: int) -> str:
    """Return the address of one thumbnail, relative to the page."""
    return f"barrx/thumbnail/{token}/{side}/{index}.webp"


def picture_address(token: str, index: int) -> str:
    """Return the address of the large view of a picture, relative to the page."""
    return f"barrx/picture/{token}/{index}"


# --- answers ----------------------------------------------------------------------------------------------


def _nothing(status: int) -> Response:
    return Response(status_code=status, headers={**_CLOSED, "Cache-Control": "no-store"})


def _for_good(etag: str) -> dict[str, str]:
    # The token names the state of the collection: what is behind an address never changes.
    return {**_CLOSED, "Cache-Control": f"private, max-age={signing.DAY}, immutable", "ETag": etag}


def _etag(*parts: object) -> str:
    return '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'


def _is_known(request: Request, etag: str) -> bool:
    tags = request.headers.get("if-none-match", "").split(",")
    return etag in {tag.strip().removeprefix("W/") for tag in tags}


def _guarded(
    answer: Callable[[Request, Grant, str], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer 403 without a valid token, 304 to a browser that has it, 404 to what is not there."""

    @functools.wraps(answer)
    async def endpoint(request: Request) -> Response:
        grant = granted(request.path_params["token"])
        if grant is None:
            return _nothing(403)
        path = {key: value for key, value in request.path_params.items() if key != "token"}
        etag = _etag(grant, sorted(path.items()), request.url.query)
        if _is_known(request, etag):
            return Response(status_code=304, headers=_for_good(etag))
        try:
            return await answer(request, grant, etag)
        except (BarrxError, LookupError) as error:
            log.debug("No answer to %s: %s", request.url.path, error)
            return _nothing(404)

    return endpoint


# --- what is behind the addresses -------------------------------------------------------------------------


def _open(grant: Grant, indexes: Sequence[int]) -> Dataset:
    dataset = datasets.load(grant.slug)
    if dataset.fingerprint != grant.fingerprint or not all(0 <= i < len(dataset.filenames) for i in indexes):
        raise LookupError(grant)
    return dataset


def _side(request: Request) -> Side:
    for side in SIDES:
        if side == request.path_params["side"]:
            return side
    raise LookupError(request.path_params["side"])


def _asked(request: Request) -> list[int] | None:
    asked = request.query_params.get("i", "")
    return list(dict.fromkeys(map(int, asked.split(",")))) if _INDEXES.fullmatch(asked) else None


def _thumbnails(grant: Grant, indexes: Sequence[int], side: Side) -> Mapping[int, bytes]:
    return dict(zip(indexes, _open(grant, indexes).thumbnails(indexes, side), strict=True))


def _picture(grant: Grant, index: int) -> bytes:
    original = _open(grant, [index]).read_bytes(index)
    return images.thumbnail(images.open_rgb(original, at_least=_LARGE_SIDE), _LARGE_SIDE)


def pack(files: Mapping[int, bytes]) -> bytes:
    """Return thumbnails as one body, laid out as the module's first lines say."""
    head = [MAGIC, struct.pack("<I", len(files))]
    head += [struct.pack("<II", index, len(file)) for index, file in files.items()]
    return b"".join([*head, *files.values()])


@_guarded
async def _many(request: Request, grant: Grant, etag: str) -> Response:
    side, indexes = _side(request), _asked(request)
    if indexes is None:
        return _nothing(400)
    loop = asyncio.get_running_loop()
    files = await loop.run_in_executor(_readers, _thumbnails, grant, indexes, side)
    # Streamlit would gzip an unknown type, at its highest level: WebP does not get any smaller.
    headers = {**_for_good(etag), "Content-Encoding": "identity"}
    return Response(pack(files), media_type="application/octet-stream", headers=headers)


def _texts(grant: Grant, indexes: Sequence[int], language: str) -> dict[int, dict[str, Any]]:
    with i18n.speaking(language):
        found = captions.of(_open(grant, indexes), indexes)
    return {i: caption.to_json() for i, caption in zip(indexes, found, strict=True)}


@_guarded
async def _rows(request: Request, grant: Grant, etag: str) -> Response:
    indexes = _asked(request)
    if indexes is None:
        return _nothing(400)
    loop = asyncio.get_running_loop()
    language = i18n.matching(request.query_params.get("lang"))
    rows = await loop.run_in_executor(_readers, _texts, grant, indexes, language)
    return Response(json.dumps(rows), media_type="application/json", headers=_for_good(etag))


@_guarded
async def _one(request: Request, grant: Grant, etag: str) -> Response:
    side, index = _side(request), request.path_params["index"]
    loop = asyncio.get_running_loop()
    files = await loop.run_in_executor(_readers, _thumbnails, grant, [index], side)
    return Response(files[index], media_type="image/webp", headers=_for_good(etag))


@_guarded
async def _large(request: Request, grant: Grant, etag: str) -> Response:
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(_decoders, _picture, grant, request.path_params["index"])
    return Response(file, media_type="image/webp", headers=_for_good(etag))


async def _column(request: Request) -> Response:
    try:
        body = columns.read(request.path_params["token"])
    except LookupError:
        return _nothing(404)
    if body is None:
        return _nothing(403)
    etag = _etag(body)
    if _is_known(request, etag):
        return Response(status_code=304, headers=_for_good(etag))
    headers = {**_for_good(etag), "Content-Encoding": "identity"}
    return Response(body, media_type="application/octet-stream", headers=headers)


def _code(component: str) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers with the modules of a component, one by one or as one, and with nothing else."""
    folder = Path(__file__).parent / component
    modules = {path.name: path for path in folder.glob("*.js")}

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        if name != WHOLE and name not in modules:
            return _nothing(404)
        code = bundle.module(modules["main.js"]).encode() if name == WHOLE else modules[name].read_bytes()
        # Asked again each time: after an update no browser runs half of the old code.
        headers = {**_CLOSED, "Cache-Control": "no-cache", "ETag": _etag(code)}
        if _is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(code, media_type="text/javascript", headers=headers)

    return answer


_OF_COLLECTIONS = {
    "/thumbnails/{token}/{side:int}": _many,
    "/thumbnail/{token}/{side:int}/{index:int}.webp": _one,
    "/rows/{token}": _rows,
    "/picture/{token}/{index:int}": _large,
    "/column/{token}": _column,
    "/selection/{token}": selection_route.answer,
}


def _routes() -> list[BaseRoute]:
    # Streamlit puts the base path before its own routes only. A Mount there would hide them.
    base = "/" + (st.get_option("server.baseUrlPath") or "").strip("/")
    root = f"{base.rstrip('/')}/barrx"
    return [
        *(Route(f"{root}/{name}/{{name}}", _code(name)) for name in _COMPONENTS),
        *(
            Route(root + path, access.for_those_who_may_look(answer))
            for path, answer in _OF_COLLECTIONS.items()
        ),
    ]


ROUTES = _routes()
