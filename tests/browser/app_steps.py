"""What people do in the whole app, and what they read there, for browser tests."""

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import REPOSITORY, Server
from tests.browser.steps import PATIENCE, revision, the_map, wait_until_idle

COMPUTED, STORED = "to compute", "to read from the cache"


# --- pages and their widgets ------------------------------------------------------------------------------


def open_app(page: Page, server: Server, address: str = "/") -> None:
    page.goto(server.url + address)
    wait_until_idle(page)


def widget(page: Page, key: str) -> Locator:
    """Return the element a widget stands in: Streamlit makes a class of its key."""
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in key)
    return page.locator(f".st-key-{name}")


def thumb(page: Page, key: str) -> Locator:
    return widget(page, key).get_by_role("slider")


def press_on(page: Page, key: str, *strokes: str) -> None:
    """Move a slider by the keyboard."""
    thumb(page, key).focus()
    for stroke in strokes:
        page.keyboard.press(stroke)


def select(page: Page, key: str, option: str) -> None:
    """Choose from a list by what people read there."""
    box = widget(page, key).get_by_role("combobox")
    wanted = page.get_by_role("listbox").get_by_role("option", name=option, exact=True)
    box.scroll_into_view_if_needed()
    for _attempt in range(5):
        box.click()
        # A list closes again when the page under it scrolls or is drawn anew at that moment.
        with contextlib.suppress(PlaywrightTimeout):
            wanted.click(timeout=4_000)
            break
    else:
        wanted.click()
    wait_until_idle(page)


def button(page: Page, key: str) -> Locator:
    return widget(page, key).get_by_role("button")


def to_page(page: Page, name: str) -> None:
    """Go to another page by the navigation, in the same session."""
    # Streamlit drops a click on a link if the script asks to be run again at that very moment.
    wait_until_idle(page)
    page.get_by_role("link", name=name, exact=True).click()
    wait_until_idle(page)


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=1, name=text, exact=True)


def too_wide(page: Page) -> list[str]:
    """Return what can be scrolled sideways, and what stands out of the screen."""
    found: list[str] = page.evaluate(
        """() => {
          const name = e => `${e.tagName}.${e.dataset.testid ?? e.className}`, width = innerWidth;
          const main = document.querySelector("[data-testid=stMain]");
          const scrolled = [document.documentElement, document.body, main].filter(e => e.scrollWidth > width);
          const standing = [...main.querySelectorAll("[data-testid], img, h1, h2, h3, p, button")].filter(e => {
            const box = e.getBoundingClientRect(), shown = e.checkVisibility({ visibilityProperty: true });
            // Streamlit's own buttons, which show over a table while a pointer rests on it.
            if (e.closest('[data-testid=stElementToolbar]')) return false;
            return shown && box.width && box.height > 1 && (box.left < -1 || box.right > width + 1);
          });
          return [...scrolled.map(e => "scrolls: " + name(e)), ...standing.map(name)];
        }"""
    )
    return found


# --- Explore ----------------------------------------------------------------------------------------------


def wait_for_map(page: Page) -> str:
    """Wait until the map that was asked for is on screen, not the dimmed one before it; return its name."""
    expect(page.locator(".computing.idle")).to_have_count(1, timeout=PATIENCE)
    expect(the_map(page)).to_have_css("opacity", "1")
    wait_until_idle(page)
    return revision(page)


def figures(page: Page) -> dict[str, str]:
    """Return the strip of figures: name -> figure."""
    strip = page.locator("dl.figures .figure")
    names, values = strip.locator("dt").all_inner_texts(), strip.locator("dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


def facts(page: Page, filename: str) -> dict[str, str]:
    """Wait for the card of a picture and return what it says: name -> value."""
    expect(page.locator("dl.facts")).to_contain_text(filename)
    rows = page.locator("dl.facts > div")
    return dict(
        zip(rows.locator("dt").all_text_contents(), rows.locator("dd").all_text_contents(), strict=True)
    )


def card_title(page: Page) -> Locator:
    return page.locator("figure.card figcaption strong")


def close_lightbox(page: Page) -> None:
    """Close the large picture that a click in the gallery brings where its card is out of sight."""
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def tiles(page: Page, key: str) -> Locator:
    return widget(page, key).locator(".tile")


def indexes(found: Locator) -> list[int]:
    return [int(index) for index in found.evaluate_all("tiles => tiles.map(tile => tile.dataset.index)")]


def legend(page: Page) -> dict[str, int]:
    """Return the meaning of the colours: name -> how many pictures."""
    rows = page.locator(".legend-body ul").first.locator("li")
    names, counts = rows.locator(".label").all_text_contents(), rows.locator(".count").all_text_contents()
    return {name: int(n.replace(",", "")) for name, n in zip(names, counts, strict=True)}


# --- Datasets ---------------------------------------------------------------------------------------------


def collection(page: Page, slug: str) -> Locator:
    return widget(page, f"collection:{slug}")


def rows_of(table: Locator) -> list[list[str]]:
    """Return the cells of a table that is drawn on a canvas, as screen readers are told them."""
    table.locator("[role=gridcell]").first.wait_for(state="attached")
    found = table.locator("[role=row]").filter(has=table.page.locator("[role=gridcell]"))
    return [row.locator("[role=gridcell]").all_text_contents() for row in found.all()]


def added(server: Server, folder: Path, *options: str | Path) -> str:
    """Add a collection and return its name, another one for each try of a test."""
    slug = f"{folder.name[:20]}-{uuid.uuid4().hex[:6]}".lower().replace("_", "-")
    barrx(server, "add", slug, folder, *options)
    return slug


def barrx(server: Server, *arguments: str | Path) -> str:
    """Run a command on the data of a running server, as somebody at its keyboard would."""
    environment = os.environ | {"BARRX_HOME": str(server.home)}
    done = subprocess.run(
        [sys.executable, "-m", "barrx", *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- processes --------------------------------------------------------------------------------------------

_HEAVY = ("tensorflow", "llvmlite", "hdbscan", "sklearn")


def mapped_libraries(pid: int) -> set[str]:
    """Return which of the heavy libraries a running process has in its memory."""
    mapped = Path(f"/proc/{pid}/maps").read_text()
    return {name for name in _HEAVY if f"/{name}/" in mapped}
