"""Explore in a real browser: search, filters, selections, groups, downloads, and the address that carries them."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from barrx import datasets, facets, filters
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.filters import Filters
from barrx.ui import keys
from tests.browser.app_steps import (
    button,
    card_title,
    close_lightbox,
    indexes,
    legend,
    open_app,
    select,
    tiles,
    wait_for_map,
    widget,
)
from tests.browser.conftest import OpenPage, Server, StartServer
from tests.browser.steps import alone, choose, corner, drag, pixel_of, pixels, press, the_map, wait_until_idle
from tests.files import many

FLAGS = "cluster 4"  # of the demo: the flags, whatever the settings
LONG = "Impressionist landscapes of the Seine, 1870 to 1890"
IS_HIT = """(element) => {
  for (let part = element; part; part = part.parentElement) part.scrollLeft = 0; // nobody scrolls sideways to find it
  scrollTo(0, 0);
  document.querySelector(".st-key-groups").scrollIntoView({ block: "center", inline: "start" });
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) :smile:"


@pytest.fixture(scope="module")
def demo() -> Dataset:
    return datasets.load(datasets.DEMO_SLUG)


@pytest.fixture
def explore(page: Page, server: Server) -> Page:
    """Give a page with the map of the demo, as dots: no picture lies over the point that a test means."""
    open_app(page, server)
    bare(page)
    return page


def bare(page: Page) -> None:
    """Wait for the map, and leave only dots on it: a drag that begins on a label goes elsewhere."""
    wait_for_map(page)
    choose(page, "dots")
    page.locator('.toolbar [data-switch="names"]').click()


def passing(dataset: Dataset, **conditions: object) -> list[int]:
    """Return the pictures that meet conditions which have nothing to do with clusters."""
    n = len(dataset.filenames)
    nothing = Clustering(np.full(n, -1, np.int32), np.zeros(n, np.float32))
    return np.flatnonzero(filters.mask(dataset, Filters(**conditions), nothing)).tolist()  # type: ignore[arg-type]


def line(page: Page) -> Locator:
    return widget(page, keys.FILTER_BAR)


def search(page: Page) -> Locator:
    return page.get_by_placeholder("Search all metadata")


def selected(page: Page) -> Locator:
    return widget(page, keys.SELECTION).get_by_role("heading")


def in_gallery(page: Page, chosen: list[int]) -> None:
    """Check that the gallery shows some pictures, the first 48 of them."""
    expect(tiles(page, keys.GALLERY)).to_have_count(min(48, len(chosen)))
    assert indexes(tiles(page, keys.GALLERY)) == chosen[:48]


def open_filters(page: Page) -> None:
    widget(page, keys.FILTER_PANEL).locator("summary").click()


def filter_of(page: Page, column: str) -> Locator:
    return widget(page, keys.of(keys.FILTER, f"demo:{column}"))


def box_around(page: Page, chosen: list[int], margin: float = 6) -> list[int]:
    """Draw a box round some points; return all that are inside."""
    the_map(page).scroll_into_view_if_needed()
    places = pixels(page)
    low, high = places[chosen].min(axis=0) - margin, places[chosen].max(axis=0) + margin
    page.keyboard.down("Shift")
    drag(page, [(low[0], low[1]), (high[0], high[1])])
    page.keyboard.up("Shift")
    return np.flatnonzero(((places > low) & (places < high)).all(axis=1)).tolist()


def dense(page: Page, size: int) -> list[int]:
    """Return the points nearest to the middle of the densest part of the map."""
    places = pixels(page)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    middle = int(np.partition(apart, size, axis=1)[:, size].argmin())
    return np.argsort(apart[middle])[:size].tolist()


# --- search and filters -----------------------------------------------------------------------------------


def test_search_finds_as_one_types_and_the_address_carries_it(
    explore: Page, demo: Dataset, server: Server, open_page: OpenPage
) -> None:
    search(explore).click()
    for text in ("bir", "bird", "birds"):
        explore.keyboard.type(text[-1] if text != "bir" else text)
        found = passing(demo, text=text)
        assert 0 < len(found) < 810
        expect(line(explore)).to_contain_text(f"{len(found)} of 810 images")
    expect(search(explore)).to_be_focused()
    expect(search(explore)).to_have_value("birds")
    expect(explore).to_have_url(re.compile(r"[?&]q=birds(&|$)"))
    other = open_page()
    open_app(other, server, explore.url.removeprefix(server.url))
    wait_for_map(other)
    expect(search(other)).to_have_value("birds")
    expect(line(other)).to_contain_text(f"{len(found)} of 810 images")
    inside = box_around(explore, dense(explore, 40), margin=60)  # what is faded is not selected
    both = [i for i in inside if i in found]
    assert 0 < len(both) < len(inside)
    expect(selected(explore)).to_have_text(re.compile(rf"^{len(both)} images? selected"))
    wait_until_idle(explore)
    button(explore, keys.CLEAR_FILTERS).click()
    expect(line(explore)).to_have_count(0)
    expect(search(explore)).to_have_value("")
    expect(explore).not_to_have_url(re.compile("q="))


def test_filters_are_chosen_travel_in_the_address_and_are_cleared(
    explore: Page, demo: Dataset, server: Server, open_page: OpenPage
) -> None:
    steps_back = explore.evaluate("history.length")
    open_filters(explore)
    tags = facets.category(demo, "tags")
    assert len(tags.names) > 300
    combobox = filter_of(explore, "tags").get_by_role("combobox")
    combobox.scroll_into_view_if_needed()  # scrolling would close the list
    wait_until_idle(explore)
    combobox.click()
    name = f"animal · {tags.counts[tags.names.index('animal')]}"
    explore.keyboard.type(name)
    expect(explore.get_by_role("option")).to_have_text([name])
    explore.keyboard.press("ArrowDown")
    explore.keyboard.press("Enter")
    explore.keyboard.press("Escape")
    expect(line(explore)).to_contain_text(f"{len(passing(demo, categories={'tags': ('animal',)}))} of 810")
    years = filter_of(explore, "year").get_by_role("slider").first
    years.focus()
    years.press("ArrowRight")
    low = int(demo.metadata["year"].min()) + 1
    both = passing(demo, categories={"tags": ("animal",)}, ranges={"year": filters.Range(low, None)})
    expect(line(explore)).to_contain_text(f"{len(both)} of 810")
    line(explore).get_by_text("Hide the others").click()
    expect(explore).to_have_url(re.compile("hide=true"))
    expect(explore).to_have_url(re.compile(rf"is\.tags=animal&from\.year={low}"))
    wait_until_idle(explore)

    other = open_page()
    open_app(other, server, explore.url.removeprefix(server.url))
    wait_for_map(other)
    expect(line(other)).to_contain_text(f"{len(both)} of 810")
    expect(filter_of(other, "tags")).to_contain_text("animal ·")
    expect(line(other).get_by_role("switch").or_(line(other).get_by_role("checkbox"))).to_be_checked()
    button(other, keys.CLEAR_FILTERS).click()
    expect(line(other)).to_have_count(0)
    expect(filter_of(other, "tags")).not_to_contain_text("animal ·")
    expect(other).not_to_have_url(re.compile(r"is\.|from\."))
    assert explore.evaluate("history.length") - steps_back <= 1  # the switch is a widget's own


def test_link_that_asks_in_vain_is_said_and_the_rest_holds(page: Page, server: Server, demo: Dataset) -> None:
    asked = (
        "/?is.category=mammals&is.category=%3Cb%3Edragons&from.nowhere=3&selected=abcdef.1-5&at=1,nan,2&q=dog"
    )
    open_app(page, server, asked)
    wait_for_map(page)
    said = page.get_by_test_id("stAlert")
    for text in ("<b>dragons", "nowhere", "another state of this collection", "makes no sense"):
        expect(said).to_contain_text(text)
    found = passing(demo, text="dog", categories={"category": ("mammals",)})
    expect(line(page)).to_contain_text(f"{len(found)} of 810")
    button(page, keys.CLEAR_FILTERS).click()
    expect(said).to_have_count(0)


# --- a selection and what it drives -----------------------------------------------------------------------


def test_selection_fills_gallery_counts_and_downloads(explore: Page, demo: Dataset) -> None:
    inside = box_around(explore, dense(explore, 60))
    expect(selected(explore)).to_have_text(f"{len(inside)} images selected")
    in_gallery(explore, inside)
    # A picture more, a picture less.
    far = alone(explore)
    assert far not in inside
    explore.keyboard.down("Shift")
    explore.mouse.click(*pixel_of(explore, far))
    explore.keyboard.up("Shift")
    expect(selected(explore)).to_have_text(f"{len(inside) + 1} images selected")
    chosen = sorted([*inside, far])

    counts = demo.metadata["category"].iloc[chosen].value_counts()
    widget(explore, keys.COUNT_BY).scroll_into_view_if_needed()  # scrolling would close the list
    wait_until_idle(explore)
    select(explore, keys.COUNT_BY, "category")
    expect(explore.locator("dl.counts dd").first).to_have_text(str(counts.iloc[0]))
    names = explore.locator("dl.counts dt").all_inner_texts()
    numbers = [int(text) for text in explore.locator("dl.counts dd").all_inner_texts()]
    assert dict(zip(names, numbers, strict=True)).items() <= counts.to_dict().items()
    assert len(names) == min(12, len(counts))

    wait_until_idle(explore)
    with explore.expect_download() as waiting:
        explore.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "demo-selection.csv"
    table = pd.read_csv(waiting.value.path())
    assert table["filename"].tolist() == [demo.filenames[i] for i in chosen]
    assert {"x", "label", "strength", "title", "year"} <= set(table.columns)

    link = explore.get_by_role("link", name=re.compile("ZIP, .* kB"))
    with explore.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename == "demo-selection.zip"
    packed = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert packed.testzip() is None
    pictures = {name for name in packed.namelist() if name.startswith("images/")}
    assert pictures == {f"images/{demo.filenames[i]}" for i in chosen}
    assert packed.read(f"images/{demo.filenames[far]}") == demo.path(far).read_bytes()
    assert len(pd.read_csv(packed.open("table.csv"))) == len(chosen)

    press(explore, "clear")
    expect(selected(explore)).to_have_count(0)


def test_link_carries_picture_camera_and_selection(explore: Page, demo: Dataset, open_page: OpenPage) -> None:
    explore.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inside = box_around(explore, dense(explore, 30))
    expect(selected(explore)).to_have_text(f"{len(inside)} images selected")
    tiles(explore, keys.GALLERY).nth(2).click()
    title = card_title(explore).inner_text()
    close_lightbox(explore)
    the_map(explore).scroll_into_view_if_needed()
    left, top = corner(explore)
    explore.mouse.move(left + 300, top + 250)
    explore.mouse.wheel(0, -400)
    expect(explore).to_have_url(re.compile("at="))
    wait_until_idle(explore)
    places = pixels(explore) - corner(explore)
    explore.get_by_role("button", name="Copy link").click()
    expect(explore.get_by_role("button", name="Copied")).to_be_visible()
    copied = explore.evaluate("navigator.clipboard.readText()")
    assert copied == explore.url
    other = open_page()
    other.goto(copied)
    wait_for_map(other)
    expect(selected(other)).to_have_text(f"{len(inside)} images selected")
    in_gallery(other, inside)
    expect(card_title(other)).to_have_text(title)
    assert pixels(other) - corner(other) == pytest.approx(places, abs=1.5)


def test_copying_by_hand_where_there_is_no_clipboard(page: Page, server: Server) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    open_app(page, server)
    bare(page)
    box_around(page, dense(page, 5))
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Copy this address:")
    expect(field).to_have_value(page.url)
    expect(field).to_be_focused()


# --- groups -----------------------------------------------------------------------------------------------


def test_group_is_kept_selected_again_renamed_removed_and_brought_back(
    explore: Page, demo: Dataset, server: Server, open_page: OpenPage
) -> None:
    groups = widget(explore, keys.GROUPS)
    inside = box_around(explore, dense(explore, 25))
    expect(selected(explore)).to_have_text(f"{len(inside)} images selected")
    expect(explore).to_have_url(re.compile(r"selected="))
    wait_until_idle(explore)
    groups.get_by_placeholder("Name the selection").fill(HOSTILE)
    groups.get_by_placeholder("Name the selection").press("Enter")
    expect(explore).to_have_url(re.compile(r"group=\d+"))
    id = re.findall(r"group=(\d+)", explore.url)[0]  # there may be another of the name, from the try before
    expect(button(explore, keys.of(keys.GROUP, id)).filter(has_text="<img src=x")).to_be_visible()

    # Another day, another browser: by the link, and by the list.
    address = explore.url.removeprefix(server.url)
    other = open_page()
    open_app(other, server, address)
    wait_for_map(other)
    expect(selected(other)).to_have_text(f"{len(inside)} images selected")
    expect(the_map(other)).to_have_attribute("data-selected", str(len(inside)))
    button(other, keys.CLEAR_SELECTION).click()
    expect(selected(other)).to_have_count(0)
    expect(the_map(other)).to_have_attribute("data-selected", "0")
    groups, group = widget(other, keys.GROUPS), button(other, keys.of(keys.GROUP, id))
    group.click()
    expect(the_map(other)).to_have_attribute("data-selected", str(len(inside)))
    in_gallery(other, inside)
    assert other.locator("img[src=x]").count() == 0

    # A run that is still on its way draws the menu anew, and what was typed there is gone.
    wait_until_idle(other)
    menu = button(other, keys.of(keys.GROUP_MENU, id))
    name = widget(other, keys.of(keys.RENAME_GROUP, f"{id}:name")).get_by_role("textbox")
    menu.click()
    name.fill("Birds & co")
    other.get_by_role("button", name="Rename", exact=True).click()
    expect(group.filter(has_text="Birds & co")).to_be_visible()
    wait_until_idle(other)
    remove = button(other, keys.of(keys.REMOVE_GROUP, id))
    if not remove.is_visible():  # the menu may have closed by itself
        menu.click()
    name.fill(LONG)
    other.get_by_role("button", name="Rename", exact=True).click()
    expect(group.filter(has_text=LONG[:20])).to_be_visible()
    wait_until_idle(other)
    if not remove.is_visible():
        assert menu.evaluate(IS_HIT), "a long name leaves the menu its room"
        menu.click()
    remove.click()
    expect(group).to_have_count(0)
    expect(groups).to_contain_text(f"“{LONG[:24]}” was removed.")
    groups.get_by_role("button", name="Undo").click()
    expect(group.filter(has_text=LONG[:20])).to_be_visible()
    assert menu.evaluate(IS_HIT), "a long name leaves the menu its room"


# --- names ------------------------------------------------------------------------------------------------


def test_name_given_to_a_cluster_stays_and_follows_it_over_settings(
    page: Page, server: Server, open_page: OpenPage
) -> None:
    open_app(page, server)
    wait_for_map(page)
    _rename(page, FLAGS, HOSTILE)
    expect(page.locator(".legend .label", has_text=HOSTILE)).to_be_visible()

    other = open_page()
    open_app(other, server, "/?n_neighbors=20")
    wait_for_map(other)
    assert HOSTILE in legend(other)
    assert other.locator("img[src=x]").count() == 0
    _rename(other, HOSTILE, "")
    expect(other.locator(".legend .label", has_text=HOSTILE)).to_have_count(0)
    open_app(page, server)
    wait_for_map(page)
    assert FLAGS in legend(page)


def _rename(page: Page, name: str, new: str) -> None:
    plate = page.locator(".cluster-label", has=page.get_by_text(name, exact=True)).locator(".plate")
    plate.dblclick()
    page.locator(".cluster-label").get_by_role("textbox").fill(new)
    page.keyboard.press("Enter")
    wait_until_idle(page)


# --- many -------------------------------------------------------------------------------------------------


def test_five_thousand_selected_of_eight_stay_light(
    start_server: StartServer, tmp_path: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from barrx import settings

    folder = tmp_path / "large"
    monkeypatch.setenv("BARRX_HOME", str(folder / "home"))
    settings.current.cache_clear()
    slug = many()
    server = start_server(folder=folder)
    page = open_page()
    open_app(page, server, f"/?dataset={slug}")
    bare(page)
    _lines_of_any_form_travel(page, open_page)
    places = pixels(page)
    middle = np.median(places, axis=0)
    nearest = np.argsort(np.abs(places - middle).max(axis=1))[:5000]
    inside = box_around(page, nearest.tolist(), margin=1)
    assert 5000 <= len(inside) < 6500
    expect(selected(page)).to_have_text(f"{len(inside):,} images selected")
    expect(tiles(page, keys.GALLERY)).to_have_count(48)
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(tiles(page, keys.GALLERY).first).to_have_attribute("data-index", str(inside[48]))
    wait_until_idle(page)
    widget(page, keys.GROUPS).get_by_placeholder("Name the selection").fill("Half")
    widget(page, keys.GROUPS).get_by_placeholder("Name the selection").press("Enter")
    expect(page).to_have_url(re.compile("group=1"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("ZIP")).click()
    packed = zipfile.ZipFile(waiting.value.path())
    assert len(packed.namelist()) == len(inside) + 1


def _lines_of_any_form_travel(page: Page, open_page: OpenPage) -> None:
    """Draw a lasso that goes around a bay, add another to it, and find the same in another browser by the address."""
    left, top = pixels(page).min(axis=0) - 5
    right, low = pixels(page).max(axis=0) + 5
    width, height = right - left, low - top
    bay = [(0, 0), (0.6, 0), (0.6, 0.2), (0.3, 0.2), (0.3, 0.8), (0.6, 0.8), (0.6, 1), (0, 1), (0, 0)]
    choose(page, "lasso")
    drag(page, [(left + x * width, top + y * height) for x, y in bay])
    expect(page).to_have_url(re.compile(r"selected=by\.l[^*]*$"))
    page.keyboard.down("Alt")
    drag(
        page, [(left + x * width, top + y * height) for x, y in [(0.8, 0.3), (1, 0.6), (0.7, 1), (0.8, 0.3)]]
    )
    page.keyboard.up("Alt")
    expect(page).to_have_url(re.compile(r"selected=by\.l.*\*l.*"))
    wait_until_idle(page)
    other = open_page()
    other.goto(page.url)
    wait_for_map(other)
    expect(selected(other)).to_have_text(selected(page).inner_text())
    expect(the_map(other)).to_have_attribute(
        "data-selected", the_map(page).get_attribute("data-selected") or ""
    )
    wait_until_idle(other)
    assert other.url == page.url
    other.close()
    choose(page, "pan")


@pytest.fixture(scope="module", autouse=True)
def _no_bug_in_the_log(server: Server) -> Iterator[None]:
    yield
    assert server.bugs() == []
