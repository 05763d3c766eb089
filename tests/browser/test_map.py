"""The map in a real browser, through the mouse, the keyboard and fingers."""

import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, Route, expect

from barrx import datasets
from tests.browser.conftest import REPOSITORY, Complaints, OpenPage, Server, StartServer, start
from tests.browser.steps import (
    alone,
    bare,
    choose,
    corner,
    drag,
    number_in,
    pixel_of,
    pixels,
    press,
    revision,
    the_map,
    wait_for_another_map,
    wait_until_idle,
    wait_until_still,
)

APP = REPOSITORY / "tests" / "browser" / "map_app" / "app.py"


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with the map alone."""
    server = start(tmp_path_factory.mktemp("maps"), app=APP, PYTHONPATH=str(REPOSITORY))
    yield server
    server.stop()


def show(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/?{query}")
    the_map(page)
    wait_until_idle(page)


def view(page: Page) -> dict[str, float]:
    found: dict[str, float] = json.loads(the_map(page).get_attribute("data-view") or "")
    return found


def ink(page: Page, index: int) -> list[int]:
    """Return the colour of the pixel in the middle of a point."""
    color: list[int] = the_map(page).evaluate(
        """(canvas, i) => {
          const [x, y] = canvas.barrxPixelOf(i), box = canvas.getBoundingClientRect(), d = canvas.width / box.width;
          return [...canvas.getContext("2d").getImageData((x - box.left) * d, (y - box.top) * d, 1, 1).data];
        }""",
        index,
    )
    return color


def ring(page: Page, radius: float = 120) -> list[tuple[float, float]]:
    left, top = corner(page)
    middle = left + 330, top + 200
    turns = np.linspace(0, 2 * math.pi, 30)
    return [(middle[0] + radius * 1.5 * math.cos(t), middle[1] + radius * math.sin(t)) for t in turns]


def inside(line: list[tuple[float, float]], places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which places lie inside a line that goes round once, and bulges outwards everywhere."""
    corners = np.array(line)
    edges = np.roll(corners, -1, axis=0) - corners
    away = places[:, None] - corners
    turn = edges[:, 0] * away[..., 1] - edges[:, 1] * away[..., 0]
    return (turn >= 0).all(axis=1) | (turn <= 0).all(axis=1)


def selected(page: Page) -> set[int]:
    """Wait for a selection of up to 1000 pictures, and return which Python says they are."""
    said = page.get_by_text("pictures:")
    expect(said).to_be_visible()
    count, listed = said.inner_text().removeprefix("selected ").split(" pictures: ")
    found = {int(i) for i in listed.split()}
    assert len(found) == int(count)
    return found


def expect_selected(page: Page, expected: set[int]) -> None:
    listed = " ".join(map(str, sorted(expected)))
    expect(page.get_by_text(f"selected {len(expected)} pictures: {listed}", exact=True)).to_be_visible()


# --- what is drawn ----------------------------------------------------------------------------------------


def test_map_draws_points_and_pictures(page: Page, maps: Server) -> None:
    show(page, maps)
    canvas = the_map(page)
    expect(canvas).to_have_attribute("data-revision", "600-0-False")
    expect(canvas).to_have_attribute("data-points", "600")
    page.wait_for_function("document.querySelector('[data-testid=stBidiComponentIsolated]')")
    expect(canvas).not_to_have_attribute("data-pictures", "0")
    expect(canvas).to_have_attribute("aria-label", "Map of 600 pictures")


@pytest.mark.parametrize("query", ["n=0", "n=1", "n=2", "n=40&same=1", "n=600&plain=1"])
def test_map_draws_collections_of_any_kind(page: Page, maps: Server, query: str) -> None:
    show(page, maps, query)
    left, top = corner(page)
    for x, y in pixels(page):
        assert 0 < x - left < 1280
        assert 0 < y - top < 500


def test_map_of_no_pictures_says_so(page: Page, maps: Server) -> None:
    show(page, maps, "n=0")
    expect(page.get_by_text("There are no images to show.")).to_be_visible()


def test_map_draws_100000_points(page: Page, maps: Server) -> None:
    show(page, maps, "n=100000&plain=1")
    expect(the_map(page)).to_have_attribute("data-points", "100000")
    before = view(page)
    left, top = corner(page)
    drag(page, [(left + 300, top + 200), (left + 400, top + 250)])
    assert view(page)["offsetX"] == pytest.approx(before["offsetX"] + 100, abs=1)


def test_map_shows_dots_or_pictures_or_both(page: Page, maps: Server) -> None:
    show(page, maps)
    canvas = the_map(page)
    expect(canvas).not_to_have_attribute("data-pictures", "0")
    both = number_in(canvas.get_attribute("data-pictures") or "")
    choose(page, "dots")
    expect(canvas).to_have_attribute("data-pictures", "0")
    choose(page, "pictures")
    page.wait_for_function("(both) => " + _dataset("pictures") + " > both", arg=both)


def _dataset_view() -> str:
    return _dataset("view").removeprefix("Number(").removesuffix(")")


def _dataset(name: str) -> str:
    host = "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
    return f"Number({host}.querySelector('canvas').dataset.{name})"


def test_map_shows_more_and_larger_pictures_as_one_zooms_in(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "pictures")
    places = pixels(page)
    page.mouse.move(*places[6])
    for _ in range(5):
        page.mouse.wheel(0, -400)
    wait_until_still(page)
    group = pixels(page)
    left, top = corner(page)
    in_view = ((group > [left, top]) & (group < [left + 700, top + 500])).all(axis=1).sum()
    page.wait_for_function(f"{_dataset('pictures')} >= {min(in_view, 3)}")


def test_map_larger_pictures_by_the_slider_are_fewer(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "pictures")
    page.wait_for_function(f"{_dataset('pictures')} > 20")
    before = number_in(the_map(page).get_attribute("data-pictures") or "")
    page.get_by_label("Size of the images").fill("96")
    page.wait_for_function("(before) => " + _dataset("pictures") + " < before", arg=before)


def test_map_keeps_dots_where_thumbnails_fail(page: Page, maps: Server, complaints: Complaints) -> None:
    page.route("**/barrx/thumbnails/**", lambda route: route.abort())
    show(page, maps)
    choose(page, "pictures")
    wait_until_still(page)
    expect(the_map(page)).to_have_attribute("data-pictures", "0")
    left, top = corner(page)
    page.mouse.move(left + 2, top + 2)
    ground = page.locator("canvas").evaluate("c => [...c.getContext('2d').getImageData(3, 3, 1, 1).data]")
    painted = sum(ink(page, i) != ground for i in range(60))
    assert painted > 5
    complaints.lines.clear()  # the browser reports each request that failed


def test_map_is_drawn_for_sharp_screens(open_page: OpenPage, maps: Server) -> None:
    page = open_page(device_scale_factor=2)
    show(page, maps)
    widths = the_map(page).evaluate("c => [c.width, c.clientWidth]")
    assert widths[0] == 2 * widths[1]


@pytest.mark.parametrize(("scheme", "is_light"), [("light", True), ("dark", False)])
def test_map_follows_the_theme(open_page: OpenPage, maps: Server, scheme: str, is_light: bool) -> None:
    page = open_page(color_scheme=scheme)
    show(page, maps)
    ground = the_map(page).evaluate("c => [...c.getContext('2d').getImageData(3, 3, 1, 1).data]")
    assert (sum(ground[:3]) > 3 * 128) is is_light


def test_map_fits_a_phone(open_page: OpenPage, maps: Server) -> None:
    page = open_page(width=390, height=844, device_scale_factor=2, has_touch=True, is_mobile=True)
    show(page, maps)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".toolbar", "canvas", ".legend"):
        box = page.locator(part).bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)


# --- what is under the pointer ----------------------------------------------------------------------------


def test_hover_shows_picture_title_creator_and_cluster(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "dots")
    i = alone(page)
    page.mouse.move(*pixel_of(page, i))
    tooltip = page.get_by_role("tooltip")
    expect(tooltip).to_have_attribute("data-index", str(i))
    about = datasets.load("demo").metadata.iloc[i]
    expect(tooltip.locator(".title")).to_have_text(about["title"])
    expect(tooltip.locator(".creator")).to_have_text(about["creator"])
    expect(tooltip.locator(".cluster")).to_have_text(f"group {i % 6}" if i % 5 < 4 else "noise")
    page.wait_for_function(
        """() => document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot
            .querySelector('.tooltip img').naturalWidth > 1"""
    )
    page.mouse.move(*corner(page))
    expect(tooltip).to_be_hidden()


def test_click_opens_the_picture(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "dots")
    i = alone(page)
    page.mouse.click(*pixel_of(page, i))
    expect(page.get_by_text(f"clicked {i} after 1 clicks")).to_be_visible()
    page.wait_for_timeout(400)  # two clicks in less are a double click
    page.mouse.click(*pixel_of(page, i))
    expect(page.get_by_text(f"clicked {i} after 2 clicks")).to_be_visible()


def test_slow_double_click_opens_nothing_and_two_quick_clicks_open_both(page: Page, maps: Server) -> None:
    show(page, maps)
    i = alone(page)
    before = view(page)["scale"]
    place = pixel_of(page, i)
    page.mouse.click(*place)
    page.wait_for_timeout(380)
    page.mouse.click(*place, click_count=2)
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(2 * before)
    expect(page.get_by_text(f"clicked {i} after 1 clicks")).to_be_visible()
    wait_until_idle(page)
    press(page, "fit")
    wait_until_still(page)
    other = 0 if i else 1
    page.mouse.click(*pixel_of(page, i))
    page.mouse.click(*pixel_of(page, other))
    expect(page.get_by_text("after 3 clicks")).to_be_visible()


def test_click_beside_everything_opens_nothing(page: Page, maps: Server) -> None:
    show(page, maps)
    left, top = corner(page)
    page.mouse.click(left + 5, top + 5)
    wait_until_idle(page)
    expect(page.get_by_text("clicked None after 0 clicks")).to_be_visible()


def test_click_takes_the_picture_that_lies_on_top(page: Page, maps: Server) -> None:
    show(page, maps)
    expect(the_map(page)).not_to_have_attribute("data-pictures", "0")
    page.locator('.toolbar [data-switch="names"]').click()  # a label may lie on top of both
    page.mouse.move(*pixel_of(page, 30))
    shown = page.get_by_role("tooltip").get_attribute("data-index")
    page.mouse.click(*pixel_of(page, 30))
    expect(page.get_by_text(f"clicked {shown} after 1 clicks")).to_be_visible()


def test_tap_opens_the_picture(open_page: OpenPage, maps: Server) -> None:
    page = open_page(width=390, height=844, has_touch=True)
    show(page, maps)
    choose(page, "dots")
    page.touchscreen.tap(*pixel_of(page, i := alone(page)))
    expect(page.get_by_text(f"clicked {i} after 1 clicks")).to_be_visible()


# --- camera -----------------------------------------------------------------------------------------------


def test_wheel_zooms_at_the_pointer(page: Page, maps: Server) -> None:
    show(page, maps)
    place, before = pixel_of(page, 9), view(page)
    page.mouse.move(*place)
    page.mouse.wheel(0, -500)
    wait_until_still(page)
    assert view(page)["scale"] > 1.5 * before["scale"]
    assert pixel_of(page, 9) == pytest.approx(place, abs=2)  # the wheel counts in whole pixels
    page.mouse.wheel(0, 500)
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(before["scale"], rel=1e-6)


def test_drag_moves_the_map_and_opens_nothing(page: Page, maps: Server) -> None:
    show(page, maps)
    x, y = pixel_of(page, 9)
    drag(page, [(x, y), (x + 80, y + 40)])
    assert pixel_of(page, 9) == pytest.approx((x + 80, y + 40), abs=1)
    expect(page.get_by_text("clicked None after 0 clicks")).to_be_visible()


def test_double_click_zooms_at_the_pointer_and_a_button_shows_everything(page: Page, maps: Server) -> None:
    show(page, maps)
    fitted = view(page)
    left, top = corner(page)
    place = left + 4, top + 4
    page.mouse.dblclick(*place)
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(2 * fitted["scale"])
    assert 4 - view(page)["offsetX"] == pytest.approx(2 * (4 - fitted["offsetX"]), abs=0.01)
    page.keyboard.down("Shift")
    page.mouse.dblclick(*place)
    page.keyboard.up("Shift")
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(fitted["scale"])
    page.mouse.wheel(0, -600)
    wait_until_still(page)
    press(page, "fit")
    wait_until_still(page)
    assert view(page) == pytest.approx(fitted)


def test_keyboard_moves_zooms_opens(page: Page, maps: Server) -> None:
    show(page, maps)
    fitted = view(page)
    the_map(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    wait_until_still(page)
    moved = view(page)
    assert (moved["offsetX"], moved["offsetY"]) == pytest.approx(
        (fitted["offsetX"] - 60, fitted["offsetY"] - 60)
    )
    page.keyboard.press("+")
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(1.5 * fitted["scale"])
    page.keyboard.press("-")
    page.keyboard.press("0")
    wait_until_still(page)
    assert view(page) == pytest.approx(fitted)
    page.keyboard.press("Enter")
    places = pixels(page)
    box = the_map(page).bounding_box()
    assert box
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    nearest = int(np.linalg.norm(places - middle, axis=1).argmin())
    expect(page.get_by_text(f"clicked {nearest} after 1 clicks")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text(f"selected 1 pictures: {nearest}", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("no selection")).to_be_visible()


def test_buttons_zoom(page: Page, maps: Server) -> None:
    show(page, maps)
    before = view(page)["scale"]
    page.get_by_role("button", name="Zoom in").click()
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(1.5 * before)
    page.get_by_role("button", name="Zoom out").click()
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(before)


def test_tab_goes_from_cluster_to_cluster_and_leaves_the_map(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1")
    fitted = view(page)
    canvas = the_map(page)
    canvas.focus()
    said = page.locator(".stage [aria-live]")
    page.keyboard.press("Tab")
    expect(said).to_have_text("group 0, 80 images")
    wait_until_still(page)
    box = canvas.bounding_box()
    assert box
    inside_box = pixels(page) - [box["x"], box["y"]]
    shown = ((inside_box > 0) & (inside_box < [box["width"], box["height"]])).all(axis=1)
    assert view(page)["scale"] > fitted["scale"]
    group = np.array([i for i in range(600) if i % 6 == 0 and i % 5 < 4])
    assert shown[group].mean() > 0.8
    page.keyboard.press("Tab")
    expect(said).to_have_text("group 1, 80 images")
    page.keyboard.press("Shift+Tab")
    expect(said).to_have_text("group 0, 80 images")
    page.keyboard.press("Shift+Tab")
    expect(canvas).not_to_be_focused()
    canvas.focus()
    for _ in range(6):
        page.keyboard.press("Tab")
    expect(said).to_have_text("group 5, 80 images")
    expect(canvas).to_be_focused()
    page.keyboard.press("Tab")
    expect(canvas).not_to_be_focused()
    canvas.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(canvas).not_to_be_focused()


def test_camera_is_taken_from_python_and_told_once_it_rests(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1&camera=2.5,-1,3&lines=1")
    box = the_map(page).bounding_box()
    assert box
    there = view(page)
    middle = (
        (box["width"] / 2 - there["offsetX"]) / there["scale"],
        (there["offsetY"] - box["height"] / 2) / there["scale"],
    )
    assert middle == pytest.approx((2.5, -1), abs=0.05)
    expect(page.get_by_text("camera unmoved")).to_be_visible()
    left, top = corner(page)
    drag(page, [(left + 300, top + 200), (left + 200, top + 200)])
    moved = view(page)
    expect(page.get_by_text("camera unmoved")).to_have_count(0)
    told = [float(v) for v in page.get_by_text("camera").inner_text().split()[1:]]
    expected = (box["width"] / 2 - moved["offsetX"]) / moved["scale"], -1, 3
    assert told == pytest.approx(expected, abs=0.05)
    page.get_by_role("button", name="show group 2").click()
    page.wait_for_function(f"(before) => JSON.parse({_dataset_view()}).scale !== before", arg=moved["scale"])
    wait_until_still(page)
    group = np.array([i for i in range(600) if i % 6 == 2 and i % 5 < 4])
    places = pixels(page)[group] - [box["x"], box["y"]]
    assert ((places > 0) & (places < [box["width"], box["height"]])).all()


def test_place_of_a_link_is_shown_as_near_whatever_size_the_map_gets(page: Page, maps: Server) -> None:
    sizes = [(1000, 700), (1280, 800)]
    scales = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        show(page, maps, "plain=1&camera=2.5,-1,3")
        scales.append(view(page)["scale"])
    assert scales[0] < scales[1]
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_function(f"(before) => JSON.parse({_dataset_view()}).scale !== before", arg=scales[1])
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(scales[0])
    # Who has moved the map keeps what was seen.
    left, top = corner(page)
    drag(page, [(left + 300, top + 200), (left + 200, top + 200)])
    page.set_viewport_size({"width": 1280, "height": 800})
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(scales[0])


def test_100000_points_are_clicked_selected_and_coloured_by_kilobytes(page: Page, maps: Server) -> None:
    moved = [0]
    page.on(
        "websocket",
        lambda socket: [
            socket.on(way, lambda frame: moved.__setitem__(0, moved[0] + len(frame)))
            for way in ("framesent", "framereceived")
        ],
    )
    show(page, maps, "n=100000&plain=1")
    page.on(
        "response",
        lambda answer: moved.__setitem__(0, moved[0] + int(answer.headers.get("content-length", 0))),
    )
    place = pixel_of(page, bare(page))
    moved[0] = 0
    page.mouse.click(*place)
    expect(page.get_by_text("after 1 clicks")).to_be_visible()
    wait_until_idle(page)
    assert moved[0] < 40_000
    moved[0] = 0
    choose(page, "lasso")
    drag(page, ring(page))
    expect(page.get_by_text("pictures:")).to_be_visible()
    wait_until_idle(page)
    assert moved[0] < 80_000
    moved[0] = 0
    page.get_by_text("by row").click()
    wait_for_another_map(page, "100000-0-False")
    wait_until_idle(page)
    assert moved[0] < 250_000  # one byte a picture, once


def test_two_fingers_zoom(open_page: OpenPage, maps: Server) -> None:
    page = open_page(width=390, height=844, has_touch=True)
    show(page, maps)
    before = view(page)["scale"]
    left, top = corner(page)
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": left + x, "y": top + y, "id": k} for k, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (150, 200))
    touch("touchStart", (150, 200), (200, 200))
    for step in range(1, 6):
        touch("touchMove", (150 - 10 * step, 200), (200 + 10 * step, 200))
    touch("touchEnd")
    wait_until_still(page)
    assert view(page)["scale"] == pytest.approx(3 * before, rel=0.05)
    expect(page.get_by_text("clicked None after 0 clicks")).to_be_visible()


# --- selection --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["shift", "tool"])
def test_box_selects_what_is_inside(page: Page, maps: Server, way: str) -> None:
    show(page, maps)
    left, top = corner(page)
    box = (left + 60.0, top + 40.0, left + 330.0, top + 260.0)
    places = pixels(page)
    expected = ((places > box[:2]) & (places < box[2:])).all(axis=1).sum()
    assert 0 < expected < 600
    if way == "tool":
        choose(page, "box")
    else:
        page.keyboard.down("Shift")
    drag(page, [box[:2], box[2:]])
    page.keyboard.up("Shift")
    expect(page.get_by_text(f"selected {expected} pictures:")).to_be_visible()


@pytest.mark.parametrize("way", ["Control", "Alt", "tool"])
def test_lasso_selects_what_is_inside(page: Page, maps: Server, way: str) -> None:
    show(page, maps)
    line, places = ring(page), pixels(page)
    expected = set(np.flatnonzero(inside(line, places)))
    if way == "tool":
        choose(page, "lasso")
    else:
        page.keyboard.down(way)
    drag(page, line)
    if way != "tool":
        page.keyboard.up(way)
    assert selected(page) == expected


def test_selection_stays_bright_and_the_rest_fades(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "dots")
    line, places = ring(page), pixels(page)
    found = inside(line, places)
    i, j = int(np.flatnonzero(found)[0]), int(np.flatnonzero(~found)[-1])
    before = ink(page, i), ink(page, j)
    choose(page, "lasso")
    drag(page, line)
    expect(page.get_by_text("selected")).to_be_visible()
    assert sum(ink(page, j)) > sum(before[1])  # paler, on a light ground

    # What the legend brings out is bright too; what is selected stays so.
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 99 * np.eye(len(places))
    chosen = [int(k) for k in np.flatnonzero(found & (apart.min(axis=1) > 12))]  # nothing lies over them
    assert chosen
    wait_until_still(page)
    bright = [ink(page, k) for k in chosen]
    page.locator(".legend button", has_text="group 2").click()
    wait_until_still(page)
    assert [ink(page, k) for k in chosen] == bright


@pytest.mark.parametrize("way", ["Escape", "button"])
def test_selection_is_cleared(page: Page, maps: Server, way: str) -> None:
    show(page, maps)
    choose(page, "lasso")
    drag(page, ring(page))
    expect(page.get_by_text("selected")).to_be_visible()
    if way == "button":
        page.get_by_role("button", name="Clear the selection").click()
    else:
        the_map(page).press("Escape")
    expect(page.get_by_text("no selection")).to_be_visible()
    expect(page.get_by_role("button", name="Clear the selection")).to_be_hidden()


def test_selection_and_camera_survive_reruns_and_other_colours(page: Page, maps: Server) -> None:
    show(page, maps)
    page.mouse.move(*pixel_of(page, 9))
    page.mouse.wheel(0, -150)
    choose(page, "lasso")
    drag(page, ring(page))
    text = page.get_by_text("selected").inner_text()
    before, color = view(page), ink(page, 0)
    page.get_by_role("button", name="again").click()
    wait_until_idle(page)
    assert view(page) == before
    page.get_by_text("by row").click()
    wait_for_another_map(page, "600-0-False")
    wait_until_idle(page)
    assert view(page) == before
    expect(page.get_by_text(text)).to_be_visible()
    assert ink(page, 4) != color


def test_selection_and_camera_are_found_again_by_who_comes_back(page: Page, maps: Server) -> None:
    show(page, maps)
    page.mouse.move(*pixel_of(page, 9))
    page.mouse.wheel(0, -150)
    wait_until_still(page)
    choose(page, "lasso")
    drag(page, ring(page))
    text = page.get_by_text("selected").inner_text()
    before = view(page)
    page.get_by_text("away").click()
    expect(page.locator("canvas")).to_have_count(0)
    page.get_by_text("away").click()
    expect(page.get_by_text(text)).to_be_visible()
    assert view(page) == pytest.approx(before)


def test_selection_stays_with_its_pictures_on_another_map(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "lasso")
    drag(page, ring(page, 60))
    before = selected(page)
    page.get_by_test_id("stNumberInputStepUp").click()
    wait_for_another_map(page, "600-0-False")
    assert selected(page) == before
    expect(the_map(page)).to_have_attribute("data-selected", str(len(before)))


def test_shift_and_click_adds_a_picture_or_takes_it_out(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1")
    places = pixels(page)
    one = alone(page)
    other = int(np.linalg.norm(places - places[one], axis=1).argmax())
    for click, expected in ((one, {one}), (other, {one, other}), (one, {other})):
        page.keyboard.down("Shift")
        page.mouse.click(*pixel_of(page, click))
        page.keyboard.up("Shift")
        expect_selected(page, expected)
    expect(page.get_by_text("clicked None after 0 clicks")).to_be_visible()


def test_selection_is_replaced_or_added_to(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1")
    left, top = corner(page)
    boxes = [(left + x, top + 20.0, left + x + 150, top + 180.0) for x in (250.0, 420.0)]
    places = pixels(page)
    first, second = (set(np.flatnonzero(((places > b[:2]) & (places < b[2:])).all(axis=1))) for b in boxes)
    assert first
    assert second
    choose(page, "box")
    ways = [("", second), ("Alt", first | second), ("", second), ("Shift", first | second)]
    drag(page, [boxes[0][:2], boxes[0][2:]])
    expect_selected(page, first)
    for key, expected in ways:
        if key:
            page.keyboard.down(key)
        box = boxes[0 if key else 1]
        drag(page, [box[:2], box[2:]])
        if key:
            page.keyboard.up(key)
        expect_selected(page, expected)
    page.get_by_role("button", name="Add to the selection").click()
    page.mouse.click(*pixel_of(page, outside := min(set(range(600)) - first - second)))
    expect_selected(page, first | second | {outside})


def test_selection_of_python_is_taken_and_may_be_changed(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1")
    page.get_by_role("button", name="select group 3").click()
    expect(the_map(page)).to_have_attribute("data-selected", "80")
    the_map(page).press("Escape")
    expect(the_map(page)).to_have_attribute("data-selected", "0")
    page.get_by_role("button", name="again").click()
    wait_until_idle(page)
    expect(the_map(page)).to_have_attribute("data-selected", "0")


# --- filters and search -----------------------------------------------------------------------------------


def test_filters_fade_or_hide_and_a_selection_leaves_out_the_rest(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1")
    i = alone(page)
    even = i if i % 2 == 0 else next(k for k in range(0, 600, 2) if k % 5 < 4)
    before = ink(page, even)
    page.get_by_text("odd groups only").click()
    expect(the_map(page)).to_have_attribute("data-shown", "300")
    faded = ink(page, even)
    assert sum(faded) > sum(before)
    box = the_map(page).bounding_box()
    assert box
    page.keyboard.down("Shift")
    drag(page, [(box["x"] + 2, box["y"] + 2), (box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)])
    page.keyboard.up("Shift")
    expect_selected(page, set(range(1, 600, 2)))
    page.get_by_text("hide the others").click()
    wait_until_idle(page)
    page.mouse.move(*pixel_of(page, even))
    page.wait_for_timeout(300)
    tooltip = page.locator(".tooltip")
    assert tooltip.is_hidden() or int(tooltip.get_attribute("data-index") or 0) % 2 == 1


def test_search_as_one_types_and_back(page: Page, maps: Server) -> None:
    show(page, maps, "plain=1&searchable=1")
    field = page.get_by_role("searchbox")
    field.press_sequentially("12", delay=30)
    hits = page.locator(".search .hits")
    n = sum("12" in str(i) for i in range(600))
    expect(hits).to_have_text(f"{n} of 600")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(hits).to_have_text("")
    field.press_sequentially("599", delay=30)
    expect(hits).to_have_text("1 of 600")
    page.get_by_role("button", name="Clear the search").click()
    expect(hits).to_have_text("")
    expect(field).to_be_focused()


# --- the legend -------------------------------------------------------------------------------------------


def test_legend_brings_out_its_points(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "dots")
    entry = page.locator(".legend button", has_text="group 2")
    # 600 pictures in 6 groups, one of five of them noise
    expect(entry).to_contain_text("80")
    before = ink(page, 1)
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    wait_until_still(page)
    assert ink(page, 1) != before
    entry.click()
    wait_until_still(page)
    assert ink(page, 1) == before


def test_legend_tells_colours_apart_by_letters_too(page: Page, maps: Server) -> None:
    show(page, maps)
    letters = page.locator(".legend .chip text").all_text_contents()
    assert letters == ["0", "1", "2", "3", "4", "5", "·"]


# --- another map ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_another_map_is_reached_and_then_named(open_page: OpenPage, maps: Server, motion: str) -> None:
    page = open_page(reduced_motion=motion)
    show(page, maps)
    before = pixels(page)
    page.get_by_test_id("stNumberInputStepUp").click()
    assert wait_for_another_map(page, "600-0-False") == "600-1-False"
    after = pixels(page)
    assert np.abs(after - before).max() > 50
    wait_until_still(page)
    assert pixels(page) == pytest.approx(after)


def test_dimmed_map_keeps_its_name(page: Page, maps: Server) -> None:
    show(page, maps)
    page.get_by_text("dimmed").click()
    wait_until_idle(page)
    expect(the_map(page)).to_have_css("opacity", "0.4")
    assert revision(page) == "600-0-False"


def test_dimmed_map_stays_dimmed_until_the_new_one_is_here(page: Page, maps: Server) -> None:
    show(page, maps)
    page.get_by_text("dimmed").click()
    expect(the_map(page)).to_have_css("opacity", "0.4")
    held: list[Route] = []
    page.route("**/barrx/column/**", lambda route: held.append(route))
    page.get_by_test_id("stNumberInputStepUp").click()
    wait_until_idle(page)
    page.get_by_text("dimmed").click()
    wait_until_idle(page)
    assert held
    assert (revision(page), opacity(page)) == ("600-0-False", "0.4")
    expect(page.locator("[data-waits]")).to_have_count(1)  # which keeps the thin line of the page
    for route in held:
        route.continue_()
    wait_for_another_map(page, "600-0-False")
    expect(the_map(page)).to_have_css("opacity", "1")
    expect(page.locator("[data-waits]")).to_have_count(0)


def opacity(page: Page) -> str:
    found: str = the_map(page).evaluate("canvas => getComputedStyle(canvas).opacity")
    return found


def test_marked_picture_is_shown_in_any_case(page: Page, maps: Server) -> None:
    show(page, maps, "marked=123")
    expect(the_map(page)).not_to_have_attribute("data-pictures", "0")
    page.mouse.move(*pixel_of(page, 123))
    expect(page.get_by_role("tooltip")).to_have_attribute("data-index", "123")


# --- its modules ------------------------------------------------------------------------------------------


def test_representatives_keep_apart_and_stay_as_one_zooms_in(page: Page, maps: Server) -> None:
    x, y = np.random.default_rng(5).normal(0, 3, (2, 3000)).astype(np.float32)
    page.goto(maps.url)
    levels = page.evaluate(
        """async ([x, y]) => {
          const { Representatives, levelFor, cellWidth } = await import("/barrx/map/representatives.js");
          const { boundsOf } = await import("/barrx/map/geometry.js");
          const [xs, ys] = [Float32Array.from(x), Float32Array.from(y)];
          const all = new Representatives(xs, ys, boundsOf(xs, ys), new Uint8Array(xs.length));
          const coarsest = levelFor(20);
          return Array.from({ length: 16 }, (_, k) => [cellWidth(coarsest + k), [...all.at(coarsest + k)]]);
        }""",
        [x.tolist(), y.tolist()],
    )
    before: set[int] = set()
    for width, shown in levels:
        assert before <= set(shown)
        assert len(set(shown)) == len(shown)
        places = np.stack([x[shown], y[shown]], axis=1)
        apart = np.abs(places[:, None] - places[None]).max(axis=2) + np.eye(len(shown)) * 1e9
        assert len(shown) == 1 or apart.min() >= 0.78 * width * 0.999
        before = set(shown)
    assert len(before) > 1000


# --- where it is served -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/museum/", "/museum"])
def test_map_works_under_a_base_path(start_server: StartServer, page: Page, path: str) -> None:
    server = start_server(app=APP, base="museum", PYTHONPATH=str(REPOSITORY))
    page.goto(server.url.removesuffix("/museum") + path)
    expect(the_map(page)).not_to_have_attribute("data-pictures", "0")
