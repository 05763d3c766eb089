"""IIIF manifests and collections, Presentation 2 and 3: their pictures, and what they say about them.

References
----------
https://iiif.io/api/presentation/3.0/, https://iiif.io/api/presentation/2.1/, https://iiif.io/api/image/3.0/
"""

import html
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import barrx
from barrx.errors import DatasetError, ImageDecodeError
from barrx.i18n import _
from barrx.picture_formats import names_a_picture, suffix_of
from barrx.report import Quarantined
from barrx.sources import Entry, Listing

log = logging.getLogger(__name__)

_TIMEOUT = (10, 60)  # seconds to connect, seconds of silence
_SECONDS = 300  # for one file, however slowly it trickles
_LARGEST_MANIFEST, _LARGEST_PICTURE = 64 * 2**20, 256 * 2**20
_MOST_MANIFESTS, _DEEPEST = 20_000, 8
_SIDE = 1600  # pixels asked of an image server: ample for the encoders, and for looking at
_OWN_COLUMNS = ("filename", "title", "canvas", "rights", "attribution", "manifest")

Json = Any


def is_address(text: str) -> bool:
    """Return whether a text is a web address."""
    return text.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """One picture of a manifest.

    Attributes
    ----------
    filename : str
        made from the manifest's label and the number of the canvas
    addresses : tuple of str
        where the picture may be had, the best first
    row : mapping of str to str
        what manifest and canvas say about it
    """

    filename: str
    addresses: tuple[str, ...]
    row: Mapping[str, str]


class Manifests:
    """The pictures of a manifest, of a collection of manifests, or of a text file that lists manifests."""

    root: Path | None = None

    def __init__(self, address: str) -> None:
        self._address = address
        self._web = _session()
        self._canvases: dict[bytes, Canvas] = {}
        self._refused: list[Quarantined] = []

    def look(self) -> Listing:
        """Read all manifests; one of several that cannot be read is put in quarantine."""
        names: set[str] = set()
        title = ""
        for address, manifest in self._manifests():
            try:
                label = text_of(manifest.get("label"))
                found = canvases(manifest, _free_name(label, names), address)
            except RecursionError:
                self._refused.append(Quarantined(address, "unreadable", _("it is nested too deeply")))
                continue
            title = title or label
            self._canvases |= {canvas.filename.encode(): canvas for canvas in found}
        rows = [{"filename": c.filename} | dict(c.row) for c in self._canvases.values()]
        return Listing(
            entries=[Entry(c.filename, c.filename.encode()) for c in self._canvases.values()],
            refused=self._refused,
            table=pd.DataFrame(rows, dtype="str") if rows else None,
            title=title if len(names) == 1 else "",
        )

    def fetch(self, entry: Entry, target: Path) -> Path:
        """Download a picture, from the first of its addresses that gives one."""
        failed = _("the manifest names no picture with a web address")
        for address in self._canvases[entry.location].addresses:
            try:
                with target.open("wb") as file:
                    for block in _blocks(self._web, address, _LARGEST_PICTURE):
                        file.write(block)
                return target
            except _FetchError as error:
                failed = str(error)
        raise ImageDecodeError("unreadable", failed)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    # --- manifests ---

    def _manifests(self) -> Iterator[tuple[str, Mapping[str, Json]]]:
        """Yield (address, manifest), each once, however the collections refer to each other."""
        seen: set[str] = set()
        waiting = [(address, 0) for address in reversed(self._roots())]
        while waiting:
            address, depth = waiting.pop()
            if address in seen or depth > _DEEPEST:
                continue
            seen.add(address)
            if len(seen) > _MOST_MANIFESTS:
                raise DatasetError(
                    _("“{address}” leads to more than {n} manifests. Add a part of it.").format(
                        address=self._address, n=_MOST_MANIFESTS
                    )
                )
            loaded = self._loaded(address)
            if loaded is not None and _kind(loaded) == "Collection":
                waiting += [(child, depth + 1) for child in reversed(_children(loaded))]
            elif loaded is not None:
                yield address, loaded

    def _roots(self) -> list[str]:
        if is_address(self._address) or not self._address.lower().endswith(".txt"):
            return [self._address]
        path = Path(self._address)
        lines = [line.strip() for line in _local(path).decode("utf-8-sig", "replace").splitlines()]
        named = [line for line in lines if line and not line.startswith("#")]
        if not named:
            raise DatasetError(_("“{name}” lists no manifest.").format(name=path.name))
        return [line if is_address(line) else str(path.parent / line) for line in named]

    def _loaded(self, address: str) -> Mapping[str, Json] | None:
        """Return a manifest or collection; None, and an entry in quarantine, for a bad one among several."""
        try:
            if is_address(address):
                data = b"".join(_blocks(self._web, address, _LARGEST_MANIFEST))
            else:
                data = _local(Path(address))
            manifest = json.loads(data)
            if not isinstance(manifest, dict) or _kind(manifest) not in {"Manifest", "Collection"}:
                raise ValueError(_("it is JSON, but no IIIF manifest"))
        except (_FetchError, DatasetError, ValueError, RecursionError) as error:
            if address == self._address:
                raise DatasetError(
                    _("The IIIF manifest “{address}” cannot be read: {error}.").format(
                        address=address, error=error
                    )
                ) from error
            self._refused.append(Quarantined(address, "unreadable", str(error)))
            return None
        return manifest


# --- what a manifest says ---------------------------------------------------------------------------------


def canvases(manifest: Mapping[str, Json], name: str, address: str) -> list[Canvas]:
    """Return the pictures of a manifest, one for each canvas.

    Parameters
    ----------
    manifest : mapping
        Presentation 2 or 3, however odd
    name : str
        for the filenames: ``name.jpg``, or ``name/0001.jpg`` ... where there are several
    address : str
        of the manifest, kept in the column ``manifest``
    """
    found = _list(manifest.get("items"))
    for sequence in _list(manifest.get("sequences"))[:1]:
        found += _list(_dict(sequence).get("canvases"))
    found = [canvas for canvas in found if isinstance(canvas, dict)]
    about = _about(manifest) | {"manifest": address}
    result = []
    for number, canvas in enumerate(found, 1):
        body = _body(canvas)
        suffix = _suffix(_id(body))
        filename = f"{name}{suffix}" if len(found) == 1 else f"{name}/{number:04d}{suffix}"
        own = {key: value for key, value in _about(canvas).items() if key != "title"}
        row = about | own | {"canvas": text_of(canvas.get("label"))}
        row = {key: value for key, value in row.items() if value}
        result.append(Canvas(filename=filename, addresses=_addresses(body), row=row))
    return result


def text_of(value: Json) -> str:
    """Return a label or value as plain text: English if it is there, several values with ``; `` between."""
    if isinstance(value, str):
        return " ".join(_valid(html.unescape(re.sub(r"<[^<>]*>", "", value))).split())
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        spoken = [v for v in value if isinstance(v, dict) and str(v.get("@language", "")).startswith("en")]
        return "; ".join(filter(None, (text_of(v) for v in spoken or value)))
    if isinstance(value, dict):
        if "@value" in value:
            return text_of(value["@value"])
        languages = [key for key in value if key.startswith("en")] or [key for key in value if key == "none"]
        return text_of(value[languages[0]]) if languages else text_of(next(iter(value.values()), ""))
    return ""


def _about(resource: Mapping[str, Json]) -> dict[str, str]:
    """Return the columns that a manifest or canvas fills."""
    statement = _dict(resource.get("requiredStatement"))
    row = {
        "title": text_of(resource.get("label")),
        "rights": text_of(resource.get("rights") or resource.get("license")),
        "attribution": text_of(statement.get("value") or resource.get("attribution")),
    }
    for pair in _list(resource.get("metadata")):
        label, value = text_of(_dict(pair).get("label")), text_of(_dict(pair).get("value"))
        if label in _OWN_COLUMNS:
            label += "_metadata"
        if label and value:
            row[label] = f"{row[label]}; {value}" if label in row else value
    return {key: value for key, value in row.items() if value}


def _body(canvas: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the picture painted on a canvas: of a choice, the first."""
    for page in _list(canvas.get("items")):
        for annotation in _list(_dict(page).get("items")):
            for body in _list(_dict(annotation).get("body")):
                choice = _list(_dict(body).get("items")) if _dict(body).get("type") == "Choice" else [body]
                if choice:
                    return _dict(choice[0])
    for image in _list(canvas.get("images")):
        resource = _dict(_dict(image).get("resource"))
        return _dict(resource.get("default")) or resource
    return {}


def _addresses(body: Mapping[str, Json]) -> tuple[str, ...]:
    found = []
    for service in _list(body.get("service"))[:1]:
        base, profile = _id(_dict(service)).rstrip("/"), str(_dict(service).get("profile", ""))
        if "level0" not in profile:
            size = f"{_SIDE}," if "level1" in profile else f"!{_SIDE},{_SIDE}"
            found.append(f"{base}/full/{size}/0/default.jpg")
    found.append(_id(body))
    return tuple(address for address in found if is_address(address))


def _suffix(address: str) -> str:
    try:
        path = urlsplit(address).path
    except ValueError:  # "http://[" is one
        return ".jpg"
    return suffix_of(path) if names_a_picture(path) else ".jpg"


def _kind(resource: Mapping[str, Json]) -> str:
    return str(resource.get("type") or resource.get("@type") or "").rpartition(":")[2]


def _children(collection: Mapping[str, Json]) -> list[str]:
    """Return the web addresses a collection refers to: nothing on this machine is read for it."""
    keys = ("items", "manifests", "collections", "members")
    found = [_id(_dict(child)) for key in keys for child in _list(collection.get(key))]
    return [address for address in found if is_address(address)]


def _id(resource: Mapping[str, Json]) -> str:
    value = resource.get("id") or resource.get("@id")
    return _valid(value) if isinstance(value, str) else ""


def _valid(text: str) -> str:
    """Replace what JSON may hold and UTF-8 may not: half of a pair of surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _list(value: Json) -> list[Json]:
    if isinstance(value, list):
        return list(value)
    return [value] if isinstance(value, dict | str) else []


def _dict(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _free_name(label: str, taken: set[str]) -> str:
    stem = re.sub(r"[\W_]+", "-", label.casefold())[:60].strip("-") or "manifest"
    name, n = stem, 2
    while name in taken:
        name, n = f"{stem}-{n}", n + 1
    taken.add(name)
    return name


# --- fetching ---------------------------------------------------------------------------------------------


class _FetchError(Exception):
    """A file could not be had; the text says why."""


def _session() -> requests.Session:
    session = requests.Session()
    retry = Retry(
        total=3,
        backoff_factor=0.5,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=("GET",),
        respect_retry_after_header=False,  # a server may ask for a day
        raise_on_status=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    session.headers["User-Agent"] = f"barrx/{barrx.__version__}"
    return session


def _blocks(web: requests.Session, address: str, most: int) -> Iterator[bytes]:
    """Yield the content of an address, as long as it is not too long and does not take too long."""
    end, size = time.monotonic() + _SECONDS, 0
    try:
        with web.get(address, stream=True, timeout=_TIMEOUT) as answer:
            if answer.status_code != requests.codes.ok:
                raise _FetchError(
                    _("{address} answers {status}").format(address=address, status=answer.status_code)
                )
            for block in answer.iter_content(2**16):
                size += len(block)
                if size > most:
                    raise _FetchError(
                        _("{address} gives more than {n:,} bytes").format(address=address, n=most)
                    )
                if time.monotonic() > end:
                    raise _FetchError(_("{address} takes too long").format(address=address))
                yield block
    except (requests.RequestException, ValueError) as error:
        cause = _("no answer in time") if isinstance(error, requests.Timeout) else type(error).__name__
        raise _FetchError(
            _("{address} cannot be reached: {cause}").format(address=address, cause=cause)
        ) from error


def _local(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_MANIFEST:
            raise DatasetError(
                _("“{name}” has more than {n:,} bytes.").format(name=path.name, n=_LARGEST_MANIFEST)
            )
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            _("“{name}” cannot be read: {error}.").format(name=path.name, error=error.strerror)
        ) from error
