"""Explore in a real browser: sliders, cards, selections, colours, the table."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from barrx import datasets, embedding, encoders, roles
from barrx.datasets import Dataset
from barrx.ui import keys
from tests.browser.app_steps import (
    COMPUTED,
    STORED,
    button,
    card_title,
    close_lightbox,
    facts,
    figures,
    indexes,
    legend,
    open_app,
    press_on,
    select,
    thumb,
    tiles,
    wait_for_map,
    widget,
)
from tests.browser.conftest import OpenPage, Server, StartServer
from tests.browser.steps import (
    alone,
    bare,
    choose,
    click_point,
    corner,
    drag,
    pixel_of,
    pixels,
    press,
    query,
    revision,
    the_map,
    wait_for_another_map,
    wait_until_idle,
    wait_until_still,
)


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load(datasets.DEMO_SLUG)


@pytest.fixture
def explore(page: Page, server: Server) -> Page:
    """Give a page with the map of the demo, as dots: no picture lies over the point that a test means."""
    open_app(page, server)
    choose(page, "dots")
    return page


# --- sliders ----------------------------------------------------------------------------------------------


def test_sliders_change_the_map_and_what_was_seen_comes_from_the_cache(
    start_server: StartServer, open_page: OpenPage, tmp_path: Path
) -> None:
    server = start_server(folder=tmp_path / "museum")
    page = open_page()
    open_app(page, server)
    first, first_figures = wait_for_map(page), figures(page)
    assert (first_figures["images"], STORED in first_figures) == ("810", True)

    press_on(page, keys.MIN_CLUSTER_SIZE, "ArrowRight")
    second = _next_map(page, first, "min_cluster_size=11")
    second_figures = figures(page)
    assert second_figures["clusters on the map"] != first_figures["clusters on the map"]

    press_on(page, keys.N_NEIGHBORS, "ArrowRight")
    third = _next_map(page, second, "min_cluster_size=11&n_neighbors=16")
    address = page.url.removeprefix(server.url)
    third_figures = _without_time(page)
    assert len({first, second, third}) == 3

    press_on(page, keys.N_NEIGHBORS, "ArrowLeft")
    assert _next_map(page, third, "min_cluster_size=11") == second
    assert STORED in figures(page)
    button(page, keys.RESET).click()
    assert _next_map(page, second, "") == first

    page.close()  # it would look for its server
    server.stop()
    stored = _files(server.home)
    again = start_server(folder=tmp_path / "museum")
    page = open_page()
    open_app(page, again, address)
    assert wait_for_map(page) == third
    assert STORED in figures(page)
    assert _without_time(page) == third_figures
    assert _files(again.home) == stored


def _next_map(page: Page, before: str, asked: str) -> str:
    wait_for_another_map(page, before)
    after = wait_for_map(page)
    assert query(page) == asked
    return after


def _without_time(page: Page) -> dict[str, str]:
    return {name: value for name, value in figures(page).items() if name not in (COMPUTED, STORED)}


def _files(home: Path) -> set[str]:
    """Return the names of the maps that are stored: one more means that something was computed."""
    return {path.name for path in (home / "cache" / "projections").rglob("*.val")}


# --- a picture --------------------------------------------------------------------------------------------


def test_double_click_on_a_picture_comes_closer_and_leaves_the_card_as_it_was(
    explore: Page, demo: Dataset
) -> None:
    def zoom() -> float:
        wait_until_still(explore)
        return float(the_map(explore).evaluate("canvas => JSON.parse(canvas.dataset.view).scale"))

    i, fitted = alone(explore), zoom()
    explore.mouse.dblclick(*pixel_of(explore, i))
    assert zoom() == pytest.approx(2 * fitted)
    choose(explore, "both")  # what Python hears after the clicks
    explore.wait_for_url("**style=*")
    wait_until_idle(explore)
    expect(card_title(explore)).to_have_count(0)
    assert "picture=" not in explore.url

    choose(explore, "dots")
    press(explore, "fit")
    zoom()
    explore.mouse.click(*pixel_of(explore, i))
    title = roles.texts(demo.metadata, "title")[i]
    expect(card_title(explore)).to_have_text(title)
    explore.mouse.dblclick(*pixel_of(explore, bare(explore)))
    assert zoom() == pytest.approx(2 * fitted)
    choose(explore, "pictures")
    explore.wait_for_url("**style=pictures*")
    wait_until_idle(explore)
    expect(card_title(explore)).to_have_text(title)


def test_click_between_two_steps_of_a_slider_is_heard(page: Page, server: Server, demo: Dataset) -> None:
    open_app(page, server, "/?n_neighbors=40")
    wait_for_map(page)
    choose(page, "dots")  # on the next map another one's picture may lie over the point
    page.wait_for_url(re.compile("style=dots"))
    wait_until_idle(page)
    for pause in (0, 100, 200):
        i = alone(page)
        press_on(page, keys.N_NEIGHBORS, "ArrowRight")
        click_point(page, i)
        page.wait_for_timeout(pause)
        press_on(page, keys.N_NEIGHBORS, "ArrowRight")
        wait_for_map(page)
        expect(card_title(page)).to_have_text(roles.texts(demo.metadata, "title")[i])
        button(page, keys.CLEAR_PICTURE).click()
        expect(card_title(page)).to_have_count(0)
        wait_until_idle(page)


def test_look_of_the_map_is_told_also_if_the_page_was_left_at_once(explore: Page) -> None:
    choose(explore, "dots")
    box = the_map(explore).bounding_box()
    assert box
    explore.mouse.move(box["x"] + 300, box["y"] + 200)
    explore.mouse.wheel(0, -300)
    explore.get_by_role("link", name="Clusters", exact=True).first.click()
    expect(explore.get_by_role("heading", name=re.compile("Clusters of"))).to_be_visible()
    wait_until_idle(explore)
    explore.get_by_role("link", name="Explore", exact=True).first.click()
    wait_for_map(explore)
    explore.wait_for_url(re.compile("style=dots"))
    zoom = re.compile(r"at=[-\d.]+(,|%2C)[-\d.]+(,|%2C)(?!1(&|$))[\d.]+")
    explore.wait_for_url(zoom)


def test_name_and_search_are_told_also_if_the_page_was_left_at_once(explore: Page) -> None:
    label = explore.locator("[data-cluster='4'] button").first
    label.focus()
    explore.keyboard.press("F2")
    explore.keyboard.type("Left at once")
    explore.get_by_role("link", name="Clusters", exact=True).first.click()
    wait_until_idle(explore)
    explore.get_by_role("link", name="Explore", exact=True).first.click()
    wait_for_map(explore)
    expect(explore.locator("[data-cluster='4']")).to_contain_text("Left at once")

    explore.get_by_role("searchbox", name="Search all metadata").fill("flag")
    explore.get_by_role("link", name="Clusters", exact=True).first.click()
    wait_until_idle(explore)
    explore.get_by_role("link", name="Explore", exact=True).first.click()
    wait_for_map(explore)
    expect(explore.get_by_role("searchbox", name="Search all metadata")).to_have_value("flag")
    explore.wait_for_url("**q=flag*")


def test_search_typed_while_another_page_is_on_its_way_is_kept(explore: Page, server: Server) -> None:
    search = explore.get_by_role("searchbox", name="Search all metadata")
    with server.held_up():
        explore.get_by_role("link", name="Clusters", exact=True).first.click()
        search.fill("flag")
        explore.wait_for_timeout(500)  # it is told meanwhile, to a page that is left
    expect(explore.get_by_role("heading", name="Clusters").first).to_be_visible()
    wait_until_idle(explore)
    explore.get_by_role("link", name="Explore", exact=True).first.click()
    wait_for_map(explore)
    expect(search).to_have_value("flag")
    explore.wait_for_url("**q=flag*")


def test_click_shows_the_card_and_its_neighbours_lead_on(explore: Page, demo: Dataset) -> None:
    i = alone(explore)
    explore.mouse.click(*pixel_of(explore, i))
    titles = roles.texts(demo.metadata, "title")
    expect(card_title(explore)).to_have_text(titles[i])
    shown = facts(explore, demo.filenames[i])
    assert shown["file"] == demo.filenames[i]
    for name, value in demo.metadata.iloc[i].items():
        text = roles.shown(value)
        if text and text != demo.filenames[i]:
            assert shown[str(name)] == text
    assert 0 <= float(shown["membership strength"]) <= 1
    assert shown["cluster on the map"]

    found = tiles(explore, keys.CARD_NEIGHBORS)
    expect(found).to_have_count(10)
    assert indexes(found) == _nearest(demo, i)
    expect(explore.locator("figure.card img")).to_have_js_property("complete", True)
    assert explore.locator("figure.card img").evaluate("image => image.naturalWidth") > 1
    first = indexes(found)[0]
    _thumbnail_is_signed(explore, found.first.locator("img").get_attribute("src") or "")
    found.first.click()
    expect(card_title(explore)).to_have_text(titles[first])
    assert facts(explore, demo.filenames[first])["file"] == demo.filenames[first]
    expect(found.first).to_have_attribute("data-index", str(_nearest(demo, first)[0]))
    assert indexes(tiles(explore, keys.CARD_NEIGHBORS)) == _nearest(demo, first)
    button(explore, keys.CLEAR_PICTURE).click()
    expect(explore.get_by_text("Click an image on the map to see its card.")).to_be_visible()


def _thumbnail_is_signed(page: Page, address: str) -> None:
    """Check what the page fetches as a thumbnail: a small WebP that caches keep, and nothing without its signature."""
    for side in (96, 320):
        answer = page.request.get(re.sub(r"/\d+/(\d+\.webp)$", rf"/{side}/\1", address))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
        assert "immutable" in answer.headers["cache-control"]
        with Image.open(io.BytesIO(answer.body())) as picture:
            assert (picture.format, side / 2 < max(picture.size) <= side) == ("WEBP", True)
    token = address.split("/")[-3]
    said, _dot, signature = token.rpartition(".")
    for other in (f"{said}.{signature[::-1]}", said, "x"):
        assert page.request.get(address.replace(token, other)).status in (403, 404)


def _nearest(dataset: Dataset, index: int) -> list[int]:
    """Return the ten nearest pictures in the embedding by cosine, the plain way."""
    vectors = embedding.require(dataset, encoders.get("efficientnet-lite0")).vectors.astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = 1 - vectors @ vectors[index]
    distances[index] = -1
    return [int(i) for i in np.argsort(distances, kind="stable")[1:11]]


def test_hover_shows_title_creator_date_and_cluster(explore: Page, demo: Dataset) -> None:
    known = roles.texts(demo.metadata, "creator"), roles.texts(demo.metadata, "date")
    i = alone(explore)
    explore.mouse.move(*pixel_of(explore, i))
    tooltip = explore.get_by_role("tooltip")
    expect(tooltip).to_be_visible()
    expect(tooltip).to_have_attribute("data-index", str(i))
    for text in (roles.texts(demo.metadata, "title")[i], known[0][i], known[1][i]):
        expect(tooltip).to_contain_text(text)
    cluster = tooltip.locator(".cluster").inner_text()
    explore.mouse.click(*pixel_of(explore, i))
    assert facts(explore, demo.filenames[i])["cluster on the map"] == cluster


# --- many pictures ----------------------------------------------------------------------------------------


def test_box_fills_the_gallery(explore: Page, demo: Dataset) -> None:
    left, top = corner(explore)
    box = (left + 180.0, top + 160.0, left + 420.0, top + 380.0)
    places = pixels(explore)
    inside = np.flatnonzero(((places > box[:2]) & (places < box[2:])).all(axis=1))
    assert 48 < len(inside) < 810
    explore.keyboard.down("Shift")
    drag(explore, [box[:2], box[2:]])
    explore.keyboard.up("Shift")
    expect(explore.get_by_role("heading", name=f"{len(inside)} images selected")).to_be_visible()
    found = tiles(explore, keys.GALLERY)
    expect(found).to_have_count(48)
    assert indexes(found) == inside[:48].tolist()
    found.nth(3).click()
    expect(card_title(explore)).to_have_text(roles.texts(demo.metadata, "title")[inside[3]])
    close_lightbox(explore)
    expect(tiles(explore, keys.GALLERY)).to_have_count(48)  # the selection stays
    explore.get_by_role("button", name="Page 2", exact=True).click()
    expect(tiles(explore, keys.GALLERY).first).to_have_attribute("data-index", str(inside[48]))
    press(explore, "clear")
    expect(explore.get_by_role("heading", name="images selected")).to_have_count(0)


def test_colours_of_a_column_are_said_and_have_shapes(explore: Page, demo: Dataset) -> None:
    choose(explore, "dots")
    tooltip = explore.get_by_role("tooltip")
    i = alone(explore)
    explore.mouse.move(*pixel_of(explore, i))
    expect(tooltip).to_have_attribute("data-index", str(i))
    expect(tooltip.locator(".colour")).to_be_hidden()  # a cluster is named anyway
    select(explore, keys.COLOR, "category")
    expect(explore.locator(".legend h3")).to_have_text("category")
    shapes = [
        next(shape for shape in ("circle", "square", "diamond", "triangle") if shape in (classes or ""))
        for classes in explore.locator(".legend-body ul")
        .first.locator(".chip")
        .evaluate_all("all => all.map(chip => chip.getAttribute('class'))")
    ]
    assert shapes[:5] == ["circle", "square", "diamond", "triangle", "circle"]
    explore.mouse.move(*pixel_of(explore, i), steps=3)
    expect(tooltip).to_have_attribute("data-index", str(i))
    expect(tooltip.locator(".colour")).to_have_text(f"category: {demo.metadata['category'].iat[i]}")


@pytest.mark.parametrize("column", ["category", "year"])
def test_colours_follow_a_column_and_the_map_stays(explore: Page, demo: Dataset, column: str) -> None:
    before, clusters, places = revision(explore), legend(explore), pixels(explore)
    select(explore, keys.COLOR, column)
    expect(explore.locator(".legend h3")).to_have_text(column)
    shown = legend(explore)
    assert shown.keys() != clusters.keys()
    assert sum(shown.values()) == 810
    if column == "category":
        counts = demo.metadata["category"].value_counts()
        assert all(counts[name] == n for name, n in shown.items() if name in counts)
        assert len(shown) == 20
    else:
        assert shown.pop("no value") == demo.metadata["year"].isna().sum()
        assert shown == {str(year): n for year, n in demo.metadata["year"].value_counts().items()}
    assert revision(explore) == before
    assert pixels(explore) == pytest.approx(places)
    assert f"color={column}" in explore.url


def test_figures_say_what_the_legend_counts(explore: Page) -> None:
    expect(explore.locator(".legend li", has_text="noise")).to_be_visible()
    shown, counts = figures(explore), legend(explore)
    noise = counts.pop("noise")
    assert shown["clusters on the map"] == str(len(counts))
    assert shown["noise"] == f"{noise / 810:.0%}"
    assert shown["images"] == str(noise + sum(counts.values()))


def test_table_is_downloaded(explore: Page, demo: Dataset) -> None:
    wait_until_idle(explore)  # the chart under the slider, when it is whole, has the page drawn anew
    with explore.expect_download() as waiting:
        explore.get_by_role("link", name="Download this table").click()
    assert waiting.value.suggested_filename == "demo.csv"
    table = pd.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert table.columns[:5].tolist() == ["filename", "x", "y", "label", "strength"]
    assert table["filename"].tolist() == demo.filenames
    assert {"title", "category", "year"} <= set(table.columns)


# --- a slider in the hand ---------------------------------------------------------------------------------
# Here, not above: by now the server's worker has compiled what it needs.


def test_slider_dragged_by_the_mouse_computes_on_release(page: Page, server: Server) -> None:
    open_app(page, server)
    before = wait_for_map(page)
    handle = widget(page, keys.MIN_CLUSTER_SIZE).get_by_test_id("stSliderThumbValue").locator("..")
    handle.scroll_into_view_if_needed()
    box, track = (
        handle.bounding_box(),
        thumb(page, keys.MIN_CLUSTER_SIZE).locator("xpath=ancestor::*[@role='group']"),
    )
    width = track.evaluate("e => e.offsetWidth")
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * width, y, steps=6)
    expect(handle).to_have_text(re.compile("2[89]|3[012]"))
    assert revision(page) == before
    assert "min_cluster_size" not in page.url
    page.mouse.up()
    wait_for_another_map(page, before)
    assert f"min_cluster_size={thumb(page, keys.MIN_CLUSTER_SIZE).input_value()}" in page.url


@pytest.fixture(scope="module", autouse=True)
def _no_bug_in_the_log(server: Server) -> Iterator[None]:
    yield
    assert server.bugs() == []
