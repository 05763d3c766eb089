"""How fast the map is, in a headless Chromium without a GPU, thumbnails on, on a server started as the README says.

    python -m tests.benchmarks.map --home FOLDER [--runs 5] [--only demo,8000,100000]

Measured in the browser with its own clock, each in a fresh profile, so that nothing is in the browser's cache:

- *visible*: from the beginning of the navigation until the map's points are drawn, on a server that has shown the
  collection once and is idle since; and until the thumbnails in view are drawn, too
- *pan*: the time between two frames while the map is dragged by the mouse for some seconds, zoomed in, the thumbnails
  on: the frame that 95 of 100 are not above, of all frames of a run
- *click to card*: from the button's going down on a picture until the card shows its large picture
- *lasso to gallery*: from the end of a lasso round about 5,000 points until the gallery shows its first pictures
- *server*: the memory of the Streamlit process after all this, workers not counted
"""

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page

from barrx.ui import keys
from tests.benchmarks import pictures
from tests.benchmarks.measure import Measured, memory_mb, percentile, table, wait_until_idle
from tests.browser import app_steps, steps
from tests.browser.conftest import Server, chromium, start

NAMES = ("demo", "8000", "100000")
LASSO = 5_000
_DRAG_SECONDS = 5.0
_ZOOM_STEPS = 4
_PATIENCE = 120_000  # ms
_TARGETS = {"visible": "< 2.5 s", "pan": "≤ 34 ms", "click": "< 0.5 s", "lasso": "< 1.5 s"}

_FIRST = 6  # pictures of a gallery that are waited for: those further down load as one scrolls

# Components have shadow roots of their own.
_FIND = """
  const found = (selector, scope = document) => [scope, ...[...scope.querySelectorAll("*")]
    .map((host) => host.shadowRoot).filter(Boolean)].flatMap((root) => [...root.querySelectorAll(selector)]);
  const canvasOf = () => found("canvas[data-revision]", document.querySelector(".st-key-map") ?? document)[0];
"""
_DRAWN = f"() => {{ {_FIND} return canvasOf() ? performance.now() : 0; }}"
_PICTURES_DRAWN = f"() => {{ {_FIND} return +canvasOf()?.dataset.pictures > 5 ? performance.now() : 0; }}"
_LOADED = f"""([place, selector]) => {{
  {_FIND}
  const scope = document.querySelector(place);
  const first = scope ? found(selector, scope).slice(0, {_FIRST}) : [];
  return first.length && first.every((i) => i.complete && i.naturalWidth) ? performance.now() : 0;
}}"""
_RECORD_FRAMES = """() => {
  window.barrxFrames = [];
  const note = (now) => { window.barrxFrames?.push(now); requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""
_TAKE_FRAMES = "() => { const frames = window.barrxFrames; window.barrxFrames = null; return frames; }"
_NOTE_PRESS = """() => {
  addEventListener("pointerdown", () => { window.barrxDown = performance.now(); }, { capture: true });
  addEventListener("pointerup", () => { window.barrxUp = performance.now(); }, { capture: true });
}"""
# Where the pointer is on a picture, and on no label.
_FREE = f"""() => {{
  {_FIND}
  const canvas = canvasOf(), root = canvas.getRootNode();
  for (let i = 0; i < +canvas.dataset.points; i++) {{
    const [x, y] = canvas.barrxPixelOf(i);
    if (root.elementFromPoint(x, y) === canvas) return [x, y];
  }}
}}"""
# A square round the middle of the map that holds so many points, as [left, top, right, bottom].
_SQUARE = f"""(wanted) => {{
  {_FIND}
  const canvas = canvasOf(), n = +canvas.dataset.points;
  const places = Array.from({{ length: n }}, (_, i) => canvas.barrxPixelOf(i));
  const box = canvas.getBoundingClientRect();
  const ordered = (values) => values.sort((a, b) => a - b);
  const [left, top] = [0, 1].map((axis) => ordered(places.map((place) => place[axis]))[n >> 1]);
  const apart = ordered(places.map(([x, y]) => Math.max(Math.abs(x - left), Math.abs(y - top))));
  const side = apart[Math.min(n, wanted) - 1] + 1;
  return [Math.max(box.left + 3, left - side), Math.max(box.top + 3, top - side),
    Math.min(box.right - 3, left + side), Math.min(box.bottom - 3, top + side)];
}}"""


@dataclass
class Times:
    """What is measured of one collection, a list of values for each thing."""

    visible: list[float] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    pan: list[float] = field(default_factory=list)
    click: list[float] = field(default_factory=list)
    lasso: list[float] = field(default_factory=list)
    selected: int = 0
    memory: float = 0.0


def measure(browser: Browser, server: Server, slug: str, runs: int) -> Times:
    """Measure everything, ``runs`` times."""
    times = Times()
    _visit(browser, server, slug, lambda page: _visible(page, Times()))
    wait_until_idle(
        server.pid
    )  # it is warm now: its workers have compiled, and what was planned ahead is done
    for _run in range(runs):
        _visit(browser, server, slug, lambda page: _all(page, times))
    times.memory = memory_mb(server.pid)
    return times


def _visit(browser: Browser, server: Server, slug: str, then: Callable[[Page], None]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.goto(f"{server.url}/?dataset={slug}", wait_until="commit")
    then(page)
    context.close()


def _all(page: Page, times: Times) -> None:
    _visible(page, times)
    app_steps.wait_for_map(page)
    page.evaluate(_NOTE_PRESS)
    _click(page, times)
    _lasso(page, times)
    _pan(page, times)


def _visible(page: Page, times: Times) -> None:
    times.visible.append(_when(page, _DRAWN) / 1000)
    times.pictures.append(_when(page, _PICTURES_DRAWN) / 1000)


def _click(page: Page, times: Times) -> None:
    _into_view(page)
    x, y = page.evaluate(_FREE)
    page.mouse.click(x, y)
    shown = _when(page, _LOADED, f".st-key-{keys.CARD}", "figure.card img")
    times.click.append((shown - page.evaluate("window.barrxDown")) / 1000)
    steps.wait_until_idle(page)
    # The gallery is under the card too, and a browser loads what is far below only when one scrolls there.
    app_steps.button(page, keys.CLEAR_PICTURE).click()
    steps.wait_until_idle(page)


def _into_view(page: Page) -> None:
    steps.the_map(page).scroll_into_view_if_needed()
    steps.wait_until_still(page)


def _lasso(page: Page, times: Times) -> None:
    steps.choose(page, "lasso")
    _into_view(page)
    left, top, right, bottom = page.evaluate(_SQUARE, LASSO)
    steps.drag(page, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 1)])
    shown = _when(page, _LOADED, ".st-key-gallery", ".tile img")
    times.lasso.append((shown - page.evaluate("window.barrxUp")) / 1000)
    steps.wait_until_idle(page)
    heading = page.get_by_role("heading", name="selected")
    times.selected = steps.number_in(heading.first.inner_text())
    steps.press(page, "clear")
    steps.wait_until_idle(page)


def _pan(page: Page, times: Times) -> None:
    steps.choose(page, "pan")
    for _step in range(_ZOOM_STEPS):
        steps.press(page, "closer")
    _into_view(page)
    box = steps.the_map(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.evaluate(_RECORD_FRAMES)
    page.mouse.down()
    begin = time.perf_counter()
    while (seconds := time.perf_counter() - begin) < _DRAG_SECONDS:
        # Round in circles that take two seconds: new pictures come into view all the time.
        angle = seconds * math.pi
        page.mouse.move(
            x + box["width"] / 4 * math.sin(angle), y + box["height"] / 4 * (1 - math.cos(angle)) / 2
        )
    page.mouse.up()
    frames = page.evaluate(_TAKE_FRAMES)
    times.pan.append(percentile([after - before for before, after in pairwise(frames)], 0.95))


def _when(page: Page, script: str, *arguments: str) -> float:
    """Return when a script first gave a time, in ms of the page's clock."""
    return float(page.wait_for_function(script, arg=list(arguments), polling="raf").json_value())


# --- the table --------------------------------------------------------------------------------------------


def _row(name: str, facts: pictures.Facts, times: Times) -> list[str]:
    added = "shipped" if facts.seconds_to_add is None else f"{facts.seconds_to_add:.0f}"
    return [
        name,
        f"{facts.images:,}",
        Measured(tuple(times.visible)).shown(),
        Measured(tuple(times.pictures)).shown(),
        Measured(tuple(times.pan)).shown(0),
        Measured(tuple(times.click)).shown(),
        f"{Measured(tuple(times.lasso)).shown()}, {times.selected:,}",
        f"{times.memory:.0f}",
        added,
    ]


_HEAD = [
    "collection",
    "images",
    f"points visible (s), {_TARGETS['visible']}",
    "thumbnails (s)",
    f"pan, p95 frame (ms), {_TARGETS['pan']}",
    f"click to card (s), {_TARGETS['click']}",
    f"lasso to gallery (s), {_TARGETS['lasso']}, images",
    "server (MB)",
    "barrx add (s)",
]


def measured(names: Sequence[str] = NAMES, runs: int = 5) -> str:
    """Make what is missing, measure, and return the table, with how the collections came to be under it."""
    rows, notes = [], []
    for name in names:
        facts = _made(name)
        with tempfile.TemporaryDirectory() as folder, chromium() as browser:
            server = start(Path(folder), BARRX_HOME=os.environ["BARRX_HOME"])
            try:
                rows.append(_row(name, facts, measure(browser, server, facts.slug, runs)))
            finally:
                server.stop()
        notes.append(f"{name}: {facts.note}.")
        print(rows[-1], file=sys.stderr)
    said = f"Median of {runs} runs (smallest–largest), each in a fresh profile, headless without a GPU, thumbnails on."
    return f"{table(_HEAD, rows)}\n\n{said} {' '.join(notes)}"


def main() -> None:
    """Measure some of the collections, or more or fewer runs, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.map", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--home", type=Path, required=True, help="BARRX_HOME that keeps the collections")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(NAMES), help="collections to measure")
    chosen = parser.parse_args()
    os.environ["BARRX_HOME"] = str(chosen.home)
    print(measured(chosen.only.split(","), chosen.runs))


def _made(name: str) -> pictures.Facts:
    if name == "demo":
        return pictures.demo()
    return pictures.clipart() if name == "8000" else pictures.crops(int(name))


if __name__ == "__main__":
    main()
