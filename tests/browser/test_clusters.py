"""The clusters page in a real browser: the table, one cluster's wall, names, the way to the map, a phone."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from barrx import clustering, datasets, pipeline
from barrx.datasets import Dataset
from barrx.pipeline import Map, MapRequest
from barrx.ui import keys
from barrx.views import MAX_NAME
from tests.browser.app_steps import (
    added,
    barrx,
    button,
    card_title,
    figures,
    indexes,
    legend,
    open_app,
    press_on,
    select,
    thumb,
    tiles,
    to_page,
    too_wide,
    wait_for_map,
    widget,
)
from tests.browser.conftest import OpenPage, Server
from tests.browser.steps import PATIENCE, number_in, query, wait_until_idle

NAME = "<img src=x onerror=alert(1)> لوحة **b**"
FITS = "table => table.scrollWidth <= table.parentElement.clientWidth"
WALL = f"{keys.CLUSTER_WALL}:3"


@pytest.fixture
def demo(home: object) -> Dataset:
    return datasets.load(datasets.DEMO_SLUG)


@pytest.fixture
def finished(demo: Dataset) -> Map:
    found = pipeline.load(demo, MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames)))
    assert found is not None
    return found


@pytest.fixture(scope="module", autouse=True)
def _no_bug_in_the_log(server: Server) -> Iterator[None]:
    yield
    assert server.bugs() == []


def table(page: Page) -> Locator:
    found = page.get_by_role("table")
    expect(found).to_be_visible(timeout=150_000)
    return found


def row(page: Page, number: int) -> Locator:
    return page.locator(f"tr[data-number='{number}']")


def column(page: Page, name: str) -> list[str]:
    """Return the cells of a column from top to bottom, as they are read."""
    found: list[str] = table(page).evaluate(
        """(table, name) => {
          const at = [...table.tHead.rows[0].cells].findIndex(cell => cell.innerText.startsWith(name));
          return [...table.tBodies[0].rows].map(row => row.cells[at].innerText);
        }""",
        name,
    )
    return found


# --- the table --------------------------------------------------------------------------------------------


def test_table_has_every_picture_once_and_can_be_sorted(page: Page, server: Server, finished: Map) -> None:
    open_app(page, server, "/clusters")
    head = table(page)
    expect(head.locator("caption")).to_have_text("Every cluster of the map, and the images that are in none.")
    assert head.locator("thead th[scope=col]").count() == 7
    labels = finished.clustering.labels
    numbers = [*map(int, np.unique(labels[labels >= 0])), -1]
    lines = page.locator("tbody tr")
    assert lines.evaluate_all("all => all.map(row => +row.dataset.number)") == numbers
    assert head.locator("tbody th[scope=row]").count() == len(numbers)
    sizes = [int(text.replace(",", "")) for text in column(page, "Size")]
    assert sizes == [int((labels == number).sum()) for number in numbers]
    assert sum(sizes) == number_in(figures(page)["images"])
    assert len(numbers) - 1 == number_in(figures(page)["clusters on the map"])
    assert column(page, "Mean strength")[-1] == "–"
    assert all(re.match(r".+ \d+%", text) for text in column(page, "category"))

    by_size = head.get_by_role("columnheader", name="Size")
    by_size.get_by_role("button").click()
    expect(by_size).to_have_attribute("aria-sort", "descending")
    assert [int(text.replace(",", "")) for text in column(page, "Size")] == sorted(sizes, reverse=True)
    page.keyboard.press("Enter")
    expect(by_size).to_have_attribute("aria-sort", "ascending")
    assert [int(text.replace(",", "")) for text in column(page, "Size")] == sorted(sizes)


def test_table_follows_the_sliders_as_the_map_does(page: Page, server: Server, finished: Map) -> None:
    params = replace(finished.request.clustering, min_cluster_size=16)
    expected, _was_stored = clustering.load_or_compute(finished.coordinates, params)
    numbers, sizes = np.unique(expected.labels, return_counts=True)
    assert len(numbers) not in (0, len(np.unique(finished.clustering.labels)))
    open_app(page, server, "/clusters")
    table(page)
    press_on(page, keys.MIN_CLUSTER_SIZE, *["ArrowRight"] * 6)
    # Each stroke asks for a map of its own: the last one's table is what is waited for.
    expect(page.locator("tbody tr")).to_have_count(len(numbers), timeout=PATIENCE)
    _wait_for_clusters(page)
    assert sorted(map(int, column(page, "Size"))) == sorted(sizes.tolist())
    to_page(page, "Explore")
    wait_for_map(page)
    assert number_in(figures(page)["clusters on the map"]) == expected.n_clusters
    assert query(page) == "min_cluster_size=16"


def test_what_an_address_has_set_goes_along_from_page_to_page(page: Page, server: Server) -> None:
    open_app(page, server, "/clusters?min_cluster_size=14")  # nobody has moved a slider
    _wait_for_clusters(page)
    rows = page.locator("tbody tr").count()
    to_page(page, "Explore")
    wait_for_map(page)
    assert thumb(page, keys.MIN_CLUSTER_SIZE).input_value() == "14"
    assert number_in(figures(page)["clusters on the map"]) == rows - 1
    expect(page).to_have_url(re.compile("min_cluster_size=14"))
    to_page(page, "Clusters")
    expect(page.locator("tbody tr")).to_have_count(rows)
    expect(page).to_have_url(re.compile("min_cluster_size=14"))
    assert thumb(page, keys.MIN_CLUSTER_SIZE).input_value() == "14"


def _wait_for_clusters(page: Page) -> None:
    wait_until_idle(page)
    expect(page.locator(".computing.idle")).to_have_count(1, timeout=PATIENCE)
    table(page)
    wait_until_idle(page)


# --- one cluster ------------------------------------------------------------------------------------------


def test_cluster_opens_with_its_wall_the_strongest_first(page: Page, server: Server, finished: Map) -> None:
    open_app(page, server, "/clusters")
    table(page)
    row(page, 3).get_by_role("button", name="cluster 3").first.focus()
    page.keyboard.press("Enter")
    found = tiles(page, WALL)
    members = np.flatnonzero(finished.clustering.labels == 3)
    expect(found).to_have_count(min(48, len(members)))
    strength = finished.clustering.strength
    assert indexes(found) == sorted(members.tolist(), key=lambda i: (-strength[i], i))[:48]
    notes = [float(text) for text in found.locator(".note").all_inner_texts()]
    assert notes == sorted(notes, reverse=True)
    expect(page).to_have_url(re.compile(r"cluster=3$"))
    expect(page.get_by_role("heading", name="Cluster 3")).to_be_visible()

    found.nth(1).click()
    expect(page.locator("figure.card")).to_be_visible()
    page.locator("figure.card .picture").click()
    box = page.locator("dialog[open]")
    expect(box.locator(".counter")).to_have_text(f"2 / {len(members)}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(card_title(page)).to_have_text(found.nth(2).locator(".title").inner_text())

    button(page, keys.CLUSTER_AFTER).click()
    expect(page.get_by_role("heading", name="Cluster 4")).to_be_visible()
    button(page, keys.CLUSTER_BEFORE).click()
    expect(page.get_by_role("heading", name="Cluster 3")).to_be_visible()
    button(page, keys.ALL_CLUSTERS).click()
    table(page)
    assert "cluster=" not in page.url


def test_cluster_opens_by_its_address_and_leads_to_the_map(page: Page, server: Server, finished: Map) -> None:
    open_app(page, server, "/clusters?cluster=noise")
    noise = int((finished.clustering.labels == -1).sum())
    expect(page.get_by_role("heading", name="Noise")).to_be_visible(timeout=150_000)
    expect(page.get_by_text(f"{noise} images · ")).to_be_visible()
    expect(button(page, keys.CLUSTER_AFTER)).to_be_disabled()
    widget(page, keys.CLUSTER_ON_MAP).get_by_role("link").click()
    wait_for_map(page)
    expect(page.get_by_role("heading", name=f"{noise} images selected")).to_be_visible()
    expect(page).not_to_have_url(re.compile("cluster="))


@pytest.mark.parametrize("language", ["en", "es"])
def test_card_of_a_picture_has_all_three_verdicts_whole(page: Page, server: Server, language: str) -> None:
    open_app(page, server, f"/clusters?cluster=3&lang={language}")
    tiles(page, WALL).nth(1).click()
    answers = page.locator("[class*='st-key-verdict-picture'] [role=radiogroup]")
    expect(answers.get_by_role("radio")).to_have_count(3)
    assert answers.evaluate("e => e.scrollWidth <= e.clientWidth")
    edge = answers.evaluate("e => e.closest('.stColumn').getBoundingClientRect().right")
    ends = answers.evaluate("e => [...e.children].map(each => each.getBoundingClientRect().right)")
    assert max(ends) <= edge


# --- names ------------------------------------------------------------------------------------------------


def test_name_is_kept_as_text_and_can_be_taken_back(page: Page, server: Server) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_app(page, server, "/clusters")
    table(page)
    line = row(page, 2)
    line.get_by_role("button", name="Give a name: cluster 2").click()
    page.keyboard.insert_text("no, not this " * 30)
    expect(line.get_by_role("status")).to_have_text(f"A name may have {MAX_NAME} characters.")
    page.keyboard.press("Escape")
    expect(line.locator(".named span")).to_have_text("")
    page.keyboard.press("Enter")  # the focus is on the button again
    page.keyboard.insert_text(NAME)
    page.keyboard.press("Enter")
    expect(line.get_by_role("button", name="Change the name: cluster 2")).to_be_visible()
    expect(line.locator(".named span")).to_have_text(NAME)

    open_app(page, server, "/clusters?cluster=2")
    expect(page.get_by_role("heading", name=f"Cluster 2 · {NAME}")).to_be_visible(timeout=150_000)
    button(page, keys.ALL_CLUSTERS).click()
    row(page, 2).get_by_role("button", name="Change the name: cluster 2").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(row(page, 2).get_by_role("button", name="Give a name: cluster 2")).to_be_visible()
    assert page.locator("img[src='x']").count() == 0
    assert dialogs == []


# --- whether clusters come back ---------------------------------------------------------------------------


def test_clusters_say_whether_they_come_back_in_table_and_map(
    page: Page, server: Server, demo: Dataset, tmp_path: Path
) -> None:
    for name in demo.filenames[::5]:  # their vectors are shipped: nothing has to be embedded
        shutil.copy(demo.root / name, tmp_path)
    slug = added(server, tmp_path)
    barrx(server, "embed", slug, "--encoder", "efficientnet-lite0")
    open_app(page, server, f"/clusters?dataset={slug}&min_cluster_size=5")
    clusters = [cell for cell in column(page, "Cluster") if "noise" not in cell]
    button(page, keys.CHECK_CLUSTERS).click()
    said = page.locator("p.stability")
    expect(said).to_be_visible(timeout=PATIENCE)
    expect(said).to_contain_text(
        re.compile(rf"\d+ of {len(clusters)} clusters? comes? back with other seeds")
    )
    verdicts = [cell for cell in column(page, "Comes back") if "%" in cell]
    assert len(verdicts) == len(clusters)
    assert table(page).evaluate(FITS)
    assert too_wide(page) == []

    cell = _give_verdict(page, 0, "Two kinds of drawings, which a catalogue would never put together " * 2)
    assert table(page).evaluate(FITS)
    assert cell.bounding_box()["width"] >= 140
    page.set_viewport_size({"width": 390, "height": 844})
    assert table(page).evaluate(FITS)
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Verdict "'
    assert cell.bounding_box()["width"] >= 300
    page.set_viewport_size({"width": 1280, "height": 800})

    to_page(page, "Explore")
    wait_for_map(page)
    select(page, keys.COLOR, "Companions kept with other seeds")
    expect(page.locator(".legend h3")).to_have_text("Companions kept with other seeds")
    assert sum(legend(page).values()) == len(demo.filenames[::5])
    assert any("%" in name for name in legend(page))


def _give_verdict(page: Page, number: int, note: str) -> Locator:
    """Say something to a cluster, go back to the table, and return its cell there."""
    row(page, number).get_by_role("button", name=f"cluster {number}").first.click()
    page.locator("[class*='st-key-verdict-cluster']").get_by_text("unsure", exact=True).click()
    field = page.locator("[class*='st-key-verdict_note-cluster'] input")
    field.fill(note)
    field.press("Enter")
    wait_until_idle(page)
    button(page, keys.ALL_CLUSTERS).click()
    found = row(page, number).locator(".further")
    expect(found).to_have_text(f"unsure: {note.strip()}")
    return found


# --- a phone ----------------------------------------------------------------------------------------------


def test_table_and_wall_fit_a_phone(open_page: OpenPage, server: Server) -> None:
    page = open_page(width=390, height=844, is_mobile=True, has_touch=True, color_scheme="dark")
    open_app(page, server, "/clusters")
    head = table(page)
    assert too_wide(page) == []
    assert head.evaluate("table => table.scrollWidth <= innerWidth")
    expect(page.get_by_role("row")).to_have_count(page.locator("tbody tr").count() + 1)
    row(page, 3).get_by_role("button", name="cluster 3").first.tap()
    tiles(page, WALL).nth(1).tap()
    expect(page.locator("figure.card")).to_be_in_viewport()
    wait_until_idle(page)
    assert too_wide(page) == []
