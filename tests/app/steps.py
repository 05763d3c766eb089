"""What people do on a page without a browser."""

import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
MAIN = str(ROOT / "barrx" / "ui" / "main.py")
PATIENCE = 400  # seconds: on a slow machine that runs a browser test beside, a first map takes over a minute


def page(name: str, **query: str | list[str]) -> AppTest:
    """Run one page; a page file stands alone but for the navigation."""
    script = MAIN if name == "main" else str(ROOT / "pages" / f"{name}.py")
    test = AppTest.from_file(script, default_timeout=PATIENCE)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def texts(test: AppTest) -> str:
    """Return all text on the page that is not a widget's."""
    kinds = ("title", "subheader", "caption", "markdown", "error", "warning", "info", "html")
    found = [
        getattr(element, "value", "") or getattr(element, "body", "")
        for k in kinds
        for element in test.get(k)
    ]
    protos = [str(getattr(element, "proto", "")) for element in test.get("html")]
    # What a component is given is JSON in its proto; the map's would be long.
    protos += [text for e in test.get("bidi_component") if "barrx_card" in (text := str(e.proto))]
    return "\n".join(map(str, [*found, *protos]))


def place_of_map(test: AppTest) -> list[int]:
    """Return the way through the page to its map: the browser makes a map anew that stands elsewhere."""

    def way(block: Any) -> list[int] | None:
        for number, child in block.children.items():
            found = way(child) if hasattr(child, "children") else None
            if found is not None or (child.type == "bidi_component" and "barrx_map" in str(child.proto)):
                return [number, *(found or [])]
        return None

    found = way(test.main)
    assert found is not None, "there is no map"
    return found


def until(test: AppTest, condition: object) -> AppTest:
    """Run the page again and again, as its fragment does, until a worker is done."""
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, texts(test)
        time.sleep(1)  # a run takes as long, and takes its time from the worker
        test.run()
    return test
