"""What Explore's page names in its head, to be fetched before it is asked for."""

import re
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from barrx.ui import preload


def links(path: str) -> list[str]:
    """Return the addresses that the answer for a path names."""
    routes = [Route("/{path:path}", lambda _request: PlainTextResponse("a page"))]
    answer = TestClient(Starlette(routes=routes, middleware=preload.MIDDLEWARE)).get(path)
    return re.findall(r"<([^>]+)>; rel=modulepreload", answer.headers.get("link", ""))


def test_explore_names_the_code_of_its_map_and_of_components() -> None:
    *streamlits, ours = links("/")
    assert ours == "/barrx/map/whole.js"
    static = Path(st.__file__).parent / "static"
    assert any("BidiComponent" in name for name in streamlits), "Streamlit calls it something else now"
    assert all((static / name.removeprefix("/")).is_file() for name in streamlits)


def test_other_pages_and_files_name_nothing() -> None:
    assert links("/clusters") == links("/static/js/index.js") == []


def test_addresses_are_under_the_base_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", lambda _name: "/museum/")
    assert links("/museum/")[-1] == "/museum/barrx/map/whole.js"
    assert links("/") == []
