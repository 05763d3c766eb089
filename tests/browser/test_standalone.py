"""The exported page: opened from disk, with the network off."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from barrx import datasets, pipeline
from barrx.pipeline import MapRequest
from barrx.ui import standalone
from barrx.ui.standalone.scene import Scene
from tests.browser.conftest import REPOSITORY
from tests.browser.steps import bare, pixel_of, the_map

_SAVE_A_VIEW = """
from barrx import datasets, pipeline
from barrx.views import Appearance, Draft, saving

demo = datasets.load("demo")
request = pipeline.MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
seen = Appearance(request=request, fingerprint=demo.fingerprint, filters={"is.category": ["vehicles"]})
saving.save(demo, pipeline.load(demo, request), seen, Draft(name="Vehicles"))
"""


_SCALE = "JSON.parse(document.querySelector('#map').shadowRoot.querySelector('canvas').dataset.view).scale"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo as one file, and a view of it with a filter as a page with its pictures beside it."""
    folder = tmp_path_factory.mktemp("exported")
    for command in (
        ["-m", "barrx", "export", "demo", "--output", str(folder / "demo.html")],
        ["-c", _SAVE_A_VIEW],
        ["-m", "barrx", "export", "demo", "--view", "1", "--output", str(folder / "demo.zip")],
    ):
        environment = {"BARRX_HOME": str(folder / "home")}
        subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, check=True, timeout=400)
    with zipfile.ZipFile(folder / "demo.zip") as packed:
        packed.extractall(folder / "demo")
    return folder


@pytest.mark.parametrize("file", ["demo.html", "demo/index.html"])
def test_exported_map_lives_without_a_server_and_a_network(
    browser: Browser, exported: Path, file: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(_scheme(request)))
    page.goto((exported / file).as_uri())
    canvas = the_map(page)
    expect(canvas).to_have_attribute("data-points", "810")
    expect(canvas).not_to_have_attribute("data-pictures", "0")
    if file != "demo.html":
        _take_the_filters_off(page)
    _search(page)
    _hover_and_open(page)
    _pan(page)
    _save_recipe(page)
    context.close()
    assert said == []
    assert set(asked) <= {"file", "data", "blob"}


def _scheme(request: Request) -> str:
    return request.url.partition(":")[0]


def _take_the_filters_off(page: Page) -> None:
    canvas, searched = the_map(page), page.get_by_role("searchbox", name="Search all metadata")
    said = page.get_by_text("32 of 810 images pass the filters: category: vehicles. The others are dimmed.")
    expect(said).to_be_visible()
    expect(canvas).to_have_attribute("data-shown", "32")
    searched.fill("bus")  # of those that pass
    expect(canvas).not_to_have_attribute("data-shown", "32")
    among = int(canvas.get_attribute("data-shown") or "")
    page.get_by_role("button", name="Show all images").click()
    expect(said).to_have_count(0)
    expect(canvas).not_to_have_attribute("data-shown", str(among))
    assert int(canvas.get_attribute("data-shown") or "") > among > 0
    page.get_by_role("button", name="Clear the search").click()
    expect(canvas).to_have_attribute("data-shown", "810")


def _search(page: Page) -> None:
    canvas = the_map(page)
    page.get_by_role("searchbox", name="Search all metadata").fill("Bóat")
    expect(canvas).not_to_have_attribute("data-shown", "810")
    expect(page.locator("output.hits")).to_contain_text("of 810")
    page.get_by_role("button", name="Clear the search").click()
    expect(canvas).to_have_attribute("data-shown", "810")


def _hover_and_open(page: Page) -> None:
    x, y = pixel_of(page, bare(page))
    page.mouse.move(x, y)
    tooltip = page.get_by_role("tooltip")
    expect(tooltip.locator(".title")).not_to_be_empty()
    title = tooltip.locator(".title").inner_text()
    assert tooltip.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 96
    fitted = page.evaluate(_SCALE)
    page.mouse.dblclick(x, y)
    card = page.get_by_role("dialog")
    page.wait_for_function(f"fitted => Math.abs({_SCALE} / fitted - 2) < 1e-6", arg=fitted)
    expect(card).to_be_hidden()
    page.keyboard.press("0")
    page.wait_for_function(f"fitted => Math.abs({_SCALE} / fitted - 1) < 1e-6", arg=fitted)
    page.mouse.click(x, y)
    expect(card.get_by_role("heading")).to_have_text(title)
    expect(card.locator(".credit")).to_contain_text("Public domain")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def _pan(page: Page) -> None:
    canvas = the_map(page)
    before = canvas.get_attribute("data-view")
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + box["height"] - 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y - 60, steps=4)
    page.mouse.up()
    expect(canvas).not_to_have_attribute("data-view", before or "")
    panned = canvas.get_attribute("data-view")
    page.mouse.wheel(0, -400)
    expect(canvas).not_to_have_attribute("data-view", panned or "")


def _save_recipe(page: Page) -> None:
    page.get_by_text("How this map was made").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the recipe").click()
    recipe = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert len(recipe["coordinates"]) == 810


def test_card_of_a_column_with_an_endless_name_is_read(browser: Browser, home: Path, tmp_path: Path) -> None:
    demo = datasets.load("demo")
    finished = pipeline.load(demo, MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames)))
    assert finished is not None
    columns = {"n" * 110: "what stands in this column is read in lines of several words", "short": "a value"}
    named = replace(demo, metadata=demo.metadata.assign(**columns))
    file = tmp_path / "named.html"
    file.write_bytes(standalone.html(Scene(dataset=named, finished=finished)))
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(file.as_uri())
        expect(the_map(page)).to_have_attribute("data-points", "810")
        x, y = pixel_of(page, bare(page))
        page.mouse.click(x, y)
        card = page.get_by_role("dialog")
        expect(card).to_be_visible()
        table = card.locator("dl").evaluate("(dl) => dl.clientWidth")
        for side, least in (("dt", 0.2), ("dd", 0.5)):
            widths = card.locator(side).evaluate_all("(cells) => cells.map((cell) => cell.clientWidth)")
            assert min(widths) >= least * table, side
        assert card.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
        page.close()
