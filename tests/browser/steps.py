"""What people do on the page, for browser tests."""

import re
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from barrx.ui.one_by_one import RunOnItsWay, rerun_in

# ms: a first map compiles, a first embedding loads TensorFlow, on whatever machine this is
PATIENCE = 400_000

_runs: "WeakKeyDictionary[Page, RunOnItsWay]" = WeakKeyDictionary()


def listen_to_runs(page: Page) -> None:
    """Follow what a page asks its server to run, and what that answers, for :func:`wait_until_idle`."""

    def follow(socket: WebSocket) -> None:
        run = _runs[page] = RunOnItsWay()

        def asks(data: bytes | str) -> None:
            asked = rerun_in(data) if isinstance(data, bytes) else None
            if asked is not None and not asked.is_auto_rerun:
                run.asked_for(asked.fragment_id)

        def tells(data: bytes | str) -> None:
            if isinstance(data, bytes):
                run.told(ForwardMsg.FromString(data))

        socket.on("framesent", asks)
        socket.on("framereceived", tells)
        socket.on("close", lambda _socket: _runs.pop(page, None))

    page.on("websocket", follow)


def wait_until_idle(page: Page) -> None:
    """Wait until Streamlit is connected and has run its script to the end."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=150_000)
    # Streamlit calls itself idle until the server has begun what was asked for, which a busy one does late.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    while page in _runs and _runs[page].is_on_its_way():
        page.wait_for_timeout(10)
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=150_000)


def the_map(page: Page) -> Locator:
    """Return the canvas of the map, once a map is drawn."""
    canvas = page.locator("canvas[data-revision]")
    canvas.wait_for(timeout=150_000)
    return canvas


def revision(page: Page) -> str:
    """Return the name of the map that is drawn."""
    return the_map(page).get_attribute("data-revision") or ""


def wait_for_another_map(page: Page, before: str) -> str:
    """Wait until another map is drawn than the one named; return its name."""
    # The first map of a server waits for its worker to compile: half a minute on a busy machine.
    expect(the_map(page)).not_to_have_attribute("data-revision", before, timeout=PATIENCE)
    return revision(page)


def query(page: Page) -> str:
    """Return what the address asks for, but for the collection's state and the encoder, which it says always."""
    text: str = page.evaluate("location.search.slice(1)")
    return "&".join(part for part in text.split("&") if not part.startswith(("of=", "encoder=")))


def pixel_of(page: Page, index: int) -> tuple[float, float]:
    """Return where in the window a point of the map is, once the map has been brought into it."""
    x, y = the_map(page).evaluate(
        """(canvas, i) => {
          const isInWindow = ([x, y]) => y >= 0 && y <= innerHeight;
          if (!isInWindow(canvas.barrxPixelOf(i))) canvas.scrollIntoView({ block: "center" });
          return canvas.barrxPixelOf(i);
        }""",
        index,
    )
    return float(x), float(y)


def click_point(page: Page, index: int) -> None:
    """Click a point where it is at that moment, also while the map travels to the next one."""
    the_map(page).evaluate(
        """(canvas, i) => {
          const [clientX, clientY] = canvas.barrxPixelOf(i);
          const how = { clientX, clientY, pointerId: 1, pointerType: "mouse", bubbles: true, composed: true };
          for (const kind of ["pointerdown", "pointerup"]) canvas.dispatchEvent(new PointerEvent(kind, how));
        }""",
        index,
    )


def pixels(page: Page) -> NDArray[np.float64]:
    """Return where all points are in the window, (n, 2)."""
    canvas = the_map(page)
    places = canvas.evaluate("(c) => Array.from({length: +c.dataset.points}, (_, i) => c.barrxPixelOf(i))")
    return np.array(places, np.float64).reshape(-1, 2)


def bare(page: Page) -> int:
    """Bring the map into the window and return a point there that no label lies over."""
    index = the_map(page).evaluate(
        """(canvas) => {
          canvas.scrollIntoView({ block: "center" });
          const isBare = (i) => canvas.getRootNode().elementFromPoint(...canvas.barrxPixelOf(i)) === canvas;
          return Array.from({ length: +canvas.dataset.points }, (_, i) => i).find(isBare);
        }"""
    )
    return int(index)


def alone(page: Page) -> int:
    """Return the point that no other is near and no label lies over, so that the pointer means it for certain."""
    places = pixels(page)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(len(places)) * 1e9
    ordered = apart.min(axis=1).argsort()[::-1].tolist()
    found = the_map(page).evaluate(
        """(canvas, ordered) => {
          const isBare = (i) => canvas.getRootNode().elementFromPoint(...canvas.barrxPixelOf(i)) === canvas;
          return ordered.find(isBare) ?? ordered[0];
        }""",
        ordered,
    )
    return int(found)


def corner(page: Page) -> tuple[float, float]:
    """Return where in the window the map begins."""
    box = the_map(page).bounding_box()
    assert box
    return box["x"], box["y"]


def drag(page: Page, line: list[tuple[float, float]]) -> None:
    """Draw a line with the button of the mouse down."""
    page.mouse.move(*line[0])
    page.mouse.down()
    for x, y in line[1:]:
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def choose(page: Page, name: str) -> None:
    """Press a button of the map's tools: pan, box, lasso, dots, both, pictures."""
    page.locator(f'.toolbar [data-choice="{name}"]').click()


def press(page: Page, name: str) -> None:
    """Press a button of the map's tools: closer, farther, fit, clear."""
    page.locator(f'.toolbar [data-action="{name}"]').click()


def wait_until_still(page: Page) -> None:
    """Wait until the camera rests: the view is the same for a dozen frames."""
    page.evaluate(
        """async () => {
          const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
          const canvas = hosts.map(host => host.shadowRoot?.querySelector("canvas[data-view]")).find(Boolean);
          let view = null;
          for (let same = 0; same < 12; same = canvas.dataset.view === view ? same + 1 : 0) {
            view = canvas.dataset.view;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )


def number_in(text: str) -> int:
    """Return the first whole number of a text."""
    found = re.search(r"\d+", text.replace(",", ""))
    assert found, text
    return int(found.group())
