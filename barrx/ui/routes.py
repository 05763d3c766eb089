"""HTTP routes beside Streamlit's own: the code of the components, and pictures behind signed addresses.

A route is outside of any login, so an address carries a token that only a page can make (:func:`sign`): it
names one collection in one state, and ends after a day or two. Without it the answer is 403 and nothing else.

Many thumbnails travel in one pack, in little-endian order: the four bytes ``BXT1``; the number of entries as
uint32; for each entry its index and its length in bytes, both uint32; then the files, one after the other.
"""

import asyncio
import base64
import binascii
import functools
import hashlib
import json
import logging
import os
import re
import secrets
import struct
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from filelock import FileLock
from itsdangerous import BadSignature, Signer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from barrx import captions, datasets, images, settings
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _
from barrx.thumbnails import SIDES, Side

log = logging.getLogger(__name__)

MAX_BATCH = 256
MAGIC = b"BXT1"

_DAY = 86_400
_SECRET_BYTES = 32
_LARGE_SIDE = 1600
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
_COMPONENTS = ("map", "lightbox")
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
    """Return a token for the pictures of a collection.

    The token is the same all day, so that browsers find in their cache what they have seen,
    and holds until the end of the next one (UTC).

    Raises
    ------
    BarrxError
        if the secret that signs cannot be read or written in ``BARRX_HOME``
    """
    until = (int(time.time()) // _DAY + 2) * _DAY
    claim = json.dumps([slug, fingerprint, until]).encode()
    return _signer().sign(base64.urlsafe_b64encode(claim).rstrip(b"=")).decode()


def granted(token: str) -> Grant | None:
    """Return what a token allows, None if it was not made here or has ended."""
    try:
        claim = _signer().unsign(token)
        slug, fingerprint, until = json.loads(base64.urlsafe_b64decode(claim + b"=" * (-len(claim) % 4)))
    except (BadSignature, binascii.Error, ValueError, TypeError):
        return None
    return Grant(slug, fingerprint) if time.time() < until else None


def thumbnail_address(token: str, index: int, side: int) -> str:
    """Return the address of one thumbnail, relative to the page."""
    return f"barrx/thumbnail/{token}/{side}/{index}.webp"


def picture_address(token: str, index: int) -> str:
    """Return the address of the large view of a picture, relative to the page."""
    return f"barrx/picture/{token}/{index}"


def _signer() -> Signer:
    secret = _secret(settings.current().home)
    return Signer(secret, salt="barrx.pictures", key_derivation="hmac", digest_method=hashlib.sha256)


@functools.cache
def _secret(home: Path) -> bytes:
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / "secret.lock"):
            if not path.exists():
                _write_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise BarrxError(
            _(
                "{path} cannot be read or written: {error}. Give Barr X a folder of its own in BARRX_HOME."
            ).format(path=path, error=error.strerror or error)
        ) from error
    if len(secret) != _SECRET_BYTES:
        raise BarrxError(
            _(
                "{path} must hold {bound} bytes, found {n}. Delete it; a new one is made at the next start."
            ).format(path=path, bound=_SECRET_BYTES, n=len(secret))
        )
    return secret


def _write_secret(path: Path) -> None:
    # Written aside and renamed: an interrupted start leaves no half of a secret behind.
    draft = path.with_name(f"secret.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(0o600, exist_ok=False)
    draft.write_bytes(secrets.token_bytes(_SECRET_BYTES))
    draft.replace(path)


# --- answers ----------------------------------------------------------------------------------------------


def _nothing(status: int) -> Response:
    return Response(status_code=status, headers={**_CLOSED, "Cache-Control": "no-store"})


def _for_good(etag: str) -> dict[str, str]:
    # The token names the state of the collection: what is behind an address never changes.
    return {**_CLOSED, "Cache-Control": f"private, max-age={_DAY}, immutable", "ETag": etag}


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
    side, asked = _side(request), request.query_params.get("i", "")
    if not _INDEXES.fullmatch(asked):
        return _nothing(400)
    indexes = list(dict.fromkeys(map(int, asked.split(","))))
    loop = asyncio.get_running_loop()
    files = await loop.run_in_executor(_readers, _thumbnails, grant, indexes, side)
    # Streamlit would gzip an unknown type, at its highest level: WebP does not get any smaller.
    headers = {**_for_good(etag), "Content-Encoding": "identity"}
    return Response(pack(files), media_type="application/octet-stream", headers=headers)


def _texts(grant: Grant, indexes: Sequence[int]) -> dict[int, dict[str, Any]]:
    found = captions.of(_open(grant, indexes), indexes)
    return {i: caption.to_json() for i, caption in zip(indexes, found, strict=True)}


@_guarded
async def _rows(request: Request, grant: Grant, etag: str) -> Response:
    asked = request.query_params.get("i", "")
    if not _INDEXES.fullmatch(asked):
        return _nothing(400)
    indexes = list(dict.fromkeys(map(int, asked.split(","))))
    loop = asyncio.get_running_loop()
    rows = await loop.run_in_executor(_readers, _texts, grant, indexes)
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


def _code(component: str) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers with the modules of a component, and with nothing else."""
    folder = Path(__file__).parent / component
    files = {path.name: path for path in folder.iterdir() if path.suffix in _MEDIA_TYPES}

    async def answer(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        if path is None:
            return _nothing(404)
        code = path.read_bytes()
        # Asked again each time: after an update no browser runs half of the old code.
        headers = {**_CLOSED, "Cache-Control": "no-cache", "ETag": _etag(code)}
        if _is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(code, media_type=_MEDIA_TYPES[path.suffix], headers=headers)

    return answer


def _routes() -> list[BaseRoute]:
    # Streamlit puts the base path before its own routes only. A Mount there would hide them.
    base = "/" + (st.get_option("server.baseUrlPath") or "").strip("/")
    root = f"{base.rstrip('/')}/barrx"
    return [
        *(Route(f"{root}/{name}/{{name}}", _code(name)) for name in _COMPONENTS),
        Route(root + "/thumbnails/{token}/{side:int}", _many),
        Route(root + "/thumbnail/{token}/{side:int}/{index:int}.webp", _one),
        Route(root + "/rows/{token}", _rows),
        Route(root + "/picture/{token}/{index:int}", _large),
    ]


ROUTES = _routes()
