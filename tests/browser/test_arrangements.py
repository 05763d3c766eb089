"""The pictures in other places: chosen by mouse, on their way, apart from each other, and in the address."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from barrx import datasets
from tests.browser.app_steps import open_app, select, wait_for_map, widget
from tests.browser.conftest import OpenPage, Server
from tests.browser.steps import choose, drag, pixels, revision, the_map, wait_until_idle, wait_until_still

_MOVING = 40  # pictures whose way is recorded

# Notes where some pictures are in every frame, until it is told to stop.
_RECORD = """(n) => {
  const host = document.querySelector(".st-key-map [data-testid=stBidiComponentIsolated]");
  const canvas = host.shadowRoot.querySelector("canvas");
  window.barrxWay = [];
  const note = () => {
    if (!window.barrxWay) return;
    window.barrxWay.push(Array.from({ length: n }, (_, i) => canvas.barrxPixelOf(i)));
    requestAnimationFrame(note);
  };
  note();
}"""


def arrange(page: Page, name: str) -> None:
    """Press a button of the control and wait until the pictures are in their places."""
    before = revision(page)
    widget(page, "arrange").get_by_role("radio", name=name, exact=True).click()
    arrived(page, before)


def arrived(page: Page, before: str) -> None:
    expect(the_map(page)).not_to_have_attribute("data-revision", before, timeout=150_000)
    expect(the_map(page)).to_have_css("opacity", "1")
    wait_until_idle(page)
    wait_until_still(page)


def closest(places: NDArray[np.float64]) -> float:
    """Return the distance of the two pictures that are nearest to each other, in pixels."""
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(apart.min())


@pytest.fixture
def explore(page: Page, server: Server) -> Iterator[Page]:
    open_app(page, server)
    wait_for_map(page)
    yield page


def test_pictures_travel_into_a_grid_where_none_lies_on_another(explore: Page, open_page: OpenPage) -> None:
    on_map = pixels(explore)
    assert closest(on_map) < 1

    explore.evaluate(_RECORD, _MOVING)
    arrange(explore, "Grid")
    way = np.array(
        explore.evaluate("() => { const way = window.barrxWay; window.barrxWay = null; return way; }")
    )
    grid = pixels(explore)
    pitch = closest(grid)
    assert pitch > 10
    columns, rows = (len(np.unique(np.round(grid[:, axis] / pitch))) for axis in (0, 1))
    assert columns * (rows - 1) < len(grid) <= columns * rows

    far = int(np.linalg.norm(grid[:_MOVING] - on_map[:_MOVING], axis=1).argmax())
    shares = np.linalg.norm(way[:, far] - on_map[far], axis=1) / np.linalg.norm(grid[far] - on_map[far])
    assert ((shares > 0.1) & (shares < 0.9)).any()

    another = open_page()
    another.goto(explore.url)
    wait_for_map(another)
    wait_until_still(another)
    assert "arrange=grid" in another.url
    assert pixels(another) == pytest.approx(grid, abs=1)


def test_lasso_on_a_grid_selects_the_pictures_in_it(explore: Page) -> None:
    arrange(explore, "Grid")
    places = pixels(explore)
    pitch = closest(places)
    left, top = places.min(axis=0) + pitch * 4.5
    right, low = left + pitch * 3, top + pitch * 2
    inside = np.flatnonzero(((places > [left, top]) & (places < [right, low])).all(axis=1))
    assert len(inside) == 6
    choose(explore, "lasso")
    drag(explore, [(left, top), (right, top), (right, low), (left, low), (left, top + 2)])
    expect(explore.get_by_role("heading", name="6 images selected")).to_be_visible()
    tiles = explore.locator(".st-key-gallery .tile")
    expect(tiles).to_have_count(6)
    assert sorted(int(t) for t in tiles.evaluate_all("all => all.map(t => t.dataset.index)")) == list(inside)


def test_every_column_has_its_name_above_it_at_first_sight(explore: Page, open_page: OpenPage) -> None:
    arrange(explore, "Categories")
    phone = open_page(viewport={"width": 390, "height": 844})
    phone.goto(explore.url)
    wait_for_map(phone)
    wait_until_still(phone)
    for page in (explore, phone):
        places = pixels(page)
        half = closest(places) / 2
        columns = datasets.load("demo").metadata["category"]
        largest = columns.value_counts().index[:19]
        ends = [(places[columns == name, 0].mean(), places[columns == name, 1].min()) for name in largest]
        written = [_letters(page, x - 6, top - half - 50, 12, 40) for x, top in ends]
        assert min(written) > 30, written


def _letters(page: Page, x: float, y: float, width: int, height: int) -> int:
    """Return how many pixels of the map, from a place of the window on, are as dark as letters."""
    found: int = the_map(page).evaluate(
        """(canvas, [x, y, w, h]) => {
          const box = canvas.getBoundingClientRect(), d = canvas.width / box.width;
          const at = [(x - box.left) * d, (y - box.top) * d, w * d, h * d];
          const { data } = canvas.getContext("2d").getImageData(...at);
          let dark = 0;
          for (let i = 0; i < data.length; i += 4) dark += data[i] + data[i + 1] + data[i + 2] < 450;
          return dark;
        }""",
        [x, y, width, height],
    )
    return found


@pytest.mark.parametrize("kind", ["columns", "time"])
def test_piles_without_room_for_pictures_are_points_in_every_style(
    server: Server, open_page: OpenPage, kind: str
) -> None:
    phone = open_page(viewport={"width": 390, "height": 844})
    open_app(phone, server, f"/?arrange={kind}")
    wait_for_map(phone)
    for style in ("dots", "both", "pictures"):
        choose(phone, style)
        wait_until_still(phone)
        expect(the_map(phone)).to_have_attribute("data-pictures", "0")
        assert _seen(phone) > 0.9, style


def _seen(page: Page) -> float:
    """Return the share of the pictures at whose place something is drawn."""
    found: float = the_map(page).evaluate(
        """(canvas) => {
          const box = canvas.getBoundingClientRect(), context = canvas.getContext("2d");
          const at = ([x, y]) => [...context.getImageData((x - box.left) * d, (y - box.top) * d, 1, 1).data].join();
          const d = canvas.width / box.width, n = +canvas.dataset.points, ground = at([box.left + 2, box.top + 60]);
          return Array.from({ length: n }, (_, i) => at(canvas.barrxPixelOf(i))).filter(p => p !== ground).length / n;
        }"""
    )
    return found


def test_what_the_map_shows_is_said_of_each_arrangement(explore: Page) -> None:
    said = {"Map": "near each other", "Grid": "in a grid", "Categories": "by category", "Time": "by year"}
    for name, words in said.items():
        if name != "Map":
            arrange(explore, name)
        spoken = the_map(explore).get_attribute("aria-label") or ""
        assert spoken.startswith("Map of 810 images"), spoken
        assert words in spoken, spoken


def test_categories_and_years_stand_in_piles_and_numbers_on_axes(explore: Page, open_page: OpenPage) -> None:
    demo = datasets.load("demo")
    arrange(explore, "Categories")
    in_piles = pixels(explore)
    assert closest(in_piles) > 5
    category = demo.metadata["category"].to_numpy()
    largest = demo.metadata["category"].value_counts().index[0]
    # All pictures of one category are in one pile: nothing else stands between them.
    span = in_piles[category == largest, 0]
    between = (in_piles[:, 0] >= span.min()) & (in_piles[:, 0] <= span.max())
    assert set(category[between]) == {largest}

    before = revision(explore)
    select(explore, "arrange_by", "creator")
    arrived(explore, before)
    assert "arrange_by=creator" in explore.url
    assert closest(pixels(explore)) > 2

    arrange(explore, "Time")
    in_time = pixels(explore)
    years = demo.metadata["year"].astype("float64").to_numpy(na_value=np.nan)
    assert closest(in_time) > 5
    assert in_time[years == 2004, 0].max() < in_time[years == 2005, 0].min()
    assert in_time[years == 2005, 0].max() < in_time[np.isnan(years), 0].min()
    assert "arrange_by" not in explore.url

    arrange(explore, "Two columns")
    (x, _y), box = pixels(explore)[np.isnan(years)][0], the_map(explore).bounding_box()
    assert box
    assert _letters(explore, x - 20, box["y"] + box["height"] - 22, 40, 20) > 40, (
        "“no value” under its pictures"
    )
    before = revision(explore)
    select(explore, "arrange_x", "Height of the image (pixels)")
    arrived(explore, before)
    by_number = pixels(explore)
    height, width = (demo.pictures[side].to_numpy() for side in ("height", "width"))
    assert np.corrcoef(by_number[:, 0], height)[0, 1] > 0.999
    assert np.corrcoef(by_number[:, 1], -width)[0, 1] > 0.999

    another = open_page()
    another.goto(explore.url)
    wait_for_map(another)
    wait_until_still(another)
    assert pixels(another) == pytest.approx(by_number, abs=1)

    arrange(explore, "Map")
    assert "arrange" not in explore.url
