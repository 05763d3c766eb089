"""Sliders on a large collection: every stop of the mouse brings its map, the cliff chart moves the slider too."""

import os
import re
from collections.abc import Iterator
from statistics import median

import pytest
from playwright.sync_api import Locator, Page, expect

from barrx import settings
from barrx.ui import cliff_chart, keys
from tests import large
from tests.browser.app_steps import figures, open_app, press_on, thumb, wait_for_map, widget
from tests.browser.conftest import Server, start
from tests.browser.slider_steps import drag
from tests.browser.steps import PATIENCE, revision, the_map, wait_until_idle

SLUG, N_IMAGES = "many", 8000
STOPS = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with a collection of 8,000 pictures."""
    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BARRX_HOME", str(folder / "home"))
        settings.current.cache_clear()
        large.add(SLUG, N_IMAGES, folder / "pictures")
    settings.current.cache_clear()
    server = start(folder)
    yield server
    server.stop()


def test_dragging_min_cluster_size_brings_the_map_of_every_stop_within_a_second(
    server: Server, page: Page
) -> None:
    open_app(page, server, f"/?dataset={SLUG}")
    first = wait_for_map(page)
    # Whoever moves a slider in the first seconds waits for a worker to start.
    press_on(page, keys.MIN_CLUSTER_SIZE, "ArrowRight")
    expect(the_map(page)).not_to_have_attribute("data-revision", first, timeout=PATIENCE)
    seen, sizes = {first, wait_for_map(page)}, {11}
    taken = []
    for _stop in range(STOPS):
        taken.append(drag(page, keys.MIN_CLUSTER_SIZE, 9))
        seen.add(revision(page))
        wait_until_idle(page)
        size = thumb(page, keys.MIN_CLUSTER_SIZE).input_value()
        sizes.add(int(size))
        assert f"min_cluster_size={size}" in page.url
    assert len(sizes) == STOPS + 1
    assert len(seen) == STOPS + 2
    # The one test that asserts a time, since it is what is promised. A machine with more to do than it has processors,
    # as where two tests run on two, takes as many times more, and for single ones longer: there the median counts.
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert (max(taken) if busy <= 1 else median(taken)) <= max(1.0, busy), taken


def test_cliff_chart_is_drawn_under_its_slider_and_moves_it(server: Server, page: Page) -> None:
    open_app(page, server, f"/?dataset={SLUG}")
    before = wait_for_map(page)
    place = widget(page, keys.CLIFF_PLACE)
    said = place.get_by_test_id("stCaptionContainer")
    expect(said).to_contain_text("Steepest from", timeout=PATIENCE)  # said of a whole chart only
    expect(said).to_contain_text(f"At 10: {figures(page)['clusters on the map']} clusters")
    wait_until_idle(page)
    marked = mark(place)
    size = click_at(page, place, 0.7)
    assert size > 20
    assert marked < 0.4 < mark(place)
    assert f"min_cluster_size={size}" in page.url
    expect(said).to_contain_text(re.compile(rf"At {size}: {figures(page)['clusters on the map']} clusters"))
    assert revision(page) != before
    assert "Session State API" not in server.log()


def mark(place: Locator) -> float:
    """Return where the line at the present value stands in the chart, as a share of its width."""
    found: float = place.locator("canvas").first.evaluate(
        """(canvas, color) => {
          const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const at = [];
          for (let i = 0; i < data.length; i += 4) {
            if (color.every((value, j) => Math.abs(data[i + j] - value) < 12)) at.push((i / 4) % width);
          }
          return at.length ? at.sort((a, b) => a - b)[at.length >> 1] / width : -1;
        }""",
        [int(cliff_chart.PRESENT[i : i + 2], 16) for i in (1, 3, 5)],
    )
    assert found >= 0, "no value is marked"
    return found


def click_at(page: Page, place: Locator, share: float) -> int:
    """Click on the chart at a share of its width; return where the slider then is, its map on screen."""
    chart = place.locator("canvas").first
    chart.scroll_into_view_if_needed()
    box, before = chart.bounding_box(), thumb(page, keys.MIN_CLUSTER_SIZE).input_value()
    assert box
    page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
    expect(thumb(page, keys.MIN_CLUSTER_SIZE)).not_to_have_value(before, timeout=PATIENCE)
    wait_for_map(page)
    return int(thumb(page, keys.MIN_CLUSTER_SIZE).input_value())
