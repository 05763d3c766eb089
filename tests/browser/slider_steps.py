"""Dragging a slider of the sidebar, and how long its map takes to be on screen."""

from playwright.sync_api import Page

from tests.browser.app_steps import thumb
from tests.browser.steps import revision

_PATIENCE = 60_000  # ms
# Notes when the mouse is let go, and the frame in which another map is drawn and no longer dimmed.
_WATCH = """before => {
  window.drawn = window.released = 0;
  addEventListener("pointerup", () => { window.released = performance.now() }, { capture: true, once: true });
  const host = document.querySelector(".st-key-map [data-testid=stBidiComponentIsolated]");
  const look = () => {
    const canvas = host.shadowRoot.querySelector("canvas[data-revision]");
    const isNew = canvas && canvas.dataset.revision !== before && +getComputedStyle(canvas).opacity === 1;
    if (isNew) window.drawn = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""


def drag(page: Page, key: str, pixels: float) -> float:
    """Drag a slider by the mouse; return the seconds from its release to the frame that draws another map."""
    # The range input itself is there for screen readers only.
    knob = thumb(page, key).locator("xpath=../..")
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 3, y)
    page.mouse.move(x + pixels, y)
    page.evaluate(_WATCH, revision(page))
    page.mouse.up()
    page.wait_for_function("() => window.drawn - window.released > 0", timeout=_PATIENCE)
    return float(page.evaluate("() => (window.drawn - window.released) / 1000"))
