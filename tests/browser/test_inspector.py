"""The card of a picture and its lightbox in a real browser: mouse, keyboard, fingers, hostile text."""

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from barrx import datasets, roles
from barrx.datasets import Dataset
from barrx.ui import keys
from tests.browser.app_steps import (
    barrx,
    button,
    card_title,
    close_lightbox,
    indexes,
    open_app,
    tiles,
    too_wide,
    wait_for_map,
    widget,
)
from tests.browser.conftest import REPOSITORY, OpenPage, Server, start
from tests.browser.steps import (
    alone,
    bare,
    choose,
    corner,
    drag,
    pixel_of,
    the_map,
    wait_until_idle,
    wait_until_still,
)

ATTACK = "<img src=x onerror=alert(1)>"
ROWS = [
    (ATTACK, "javascript:alert(2) and https://museum.example/1?a=1&b=2.", "CC0 https://cc.example/zero", "A"),
    ("endless " * 250, "https://museum.example@evil.example/x", "", "A"),
    ("لوحة زيتية", "see (https://museum.example/wave_(1831)), p. 3", "© " + "rights " * 200, "A"),
    ("神奈川沖浪裏", '<a href="https://evil.example">x</a>', "data:text/html,<script>alert(3)</script>", "B"),
    ("", "", "", ""),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with the demo and a small collection whose every text is an attack."""
    server = start(tmp_path_factory.mktemp("server"))
    folder = tmp_path_factory.mktemp("pictures")
    for i, path in enumerate(sorted((REPOSITORY / "barrx" / "demo" / "images").iterdir())[: len(ROWS)]):
        (folder / f"{i}.webp").write_bytes(path.read_bytes())
    with (folder.parent / "table.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "title", "link", "rights", "school"])
        lines.writerows([f"{i}.webp", *row] for i, row in enumerate(ROWS))
    barrx(server, "add", "few", folder, "--metadata", folder.parent / "table.csv")
    barrx(server, "embed", "few")
    yield server
    server.stop()
    assert server.bugs() == []


@pytest.fixture
def demo(home: object) -> Dataset:
    return datasets.load(datasets.DEMO_SLUG)


def picture(page: Page) -> Locator:
    return page.locator("figure.card .picture")


def lightbox(page: Page) -> Locator:
    return page.locator("dialog[open]")


def scale(page: Page) -> float:
    return float(lightbox(page).locator(".stage").get_attribute("data-scale") or 0)


def offset(page: Page) -> list[float]:
    moved: list[float] = (
        lightbox(page)
        .locator(".stage img")
        .evaluate(
            "image => { const m = new DOMMatrix(getComputedStyle(image).transform); return [m.e, m.f] }"
        )
    )
    return moved


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def show_card(page: Page, server: Server, index: int | None = None, query: str = "") -> int:
    open_app(page, server, f"/?{query}")
    wait_for_map(page)
    choose(page, "dots")
    index = alone(page) if index is None else index
    page.mouse.click(*pixel_of(page, index))
    expect(picture(page)).to_be_visible()
    wait_until_idle(page)
    return index


def filled_gallery(page: Page, server: Server) -> Locator:
    """Draw a box round a part of the map; return the tiles of what is selected, a page of them."""
    open_app(page, server)
    wait_for_map(page)
    left, top = corner(page)
    page.keyboard.down("Shift")
    drag(page, [(left + 180, top + 160), (left + 420, top + 380)])
    page.keyboard.up("Shift")
    found = tiles(page, keys.GALLERY)
    expect(found).to_have_count(48)
    return found


# --- the lightbox -----------------------------------------------------------------------------------------


def test_lightbox_leafs_through_the_neighbours_by_the_keyboard(
    page: Page, server: Server, demo: Dataset
) -> None:
    index = show_card(page, server)
    titles = roles.texts(demo.metadata, "title")
    neighbours = indexes(tiles(page, keys.CARD_NEIGHBORS))
    expect(page.locator("figure.card .credit")).to_have_text(
        "Public domain dedication · Source: Open Clip Art Library 0.18"
    )
    picture(page).focus()
    page.keyboard.press("Enter")
    box = lightbox(page)
    expect(box).to_have_attribute("data-index", str(index))
    expect(box.locator(".counter")).to_have_text("1 / 11")
    expect(box.get_by_role("heading")).to_have_text(titles[index])
    expect(box.locator(".stage img")).to_have_attribute("data-size", "large")
    size = box.bounding_box()
    assert size and (size["width"], size["height"]) == (1280, 800)
    for at, expected in enumerate(neighbours[:2], 2):
        page.keyboard.press("ArrowRight")
        expect(box).to_have_attribute("data-index", str(expected))
        expect(box.locator(".counter")).to_have_text(f"{at} / 11")
        expect(box.get_by_role("heading")).to_have_text(titles[expected])
        expect(box.locator(".credit")).to_contain_text("Public domain dedication")
    page.keyboard.press("End")
    expect(box).to_have_attribute("data-index", str(neighbours[-1]))
    expect(box.locator("[data-action=on]")).to_be_disabled()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(lightbox(page)).to_have_count(0)
    expect(card_title(page)).to_have_text(titles[neighbours[0]])
    expect(picture(page)).to_be_focused()


def test_lightbox_zooms_by_wheel_double_click_drag_and_keys(page: Page, server: Server) -> None:
    show_card(page, server)
    picture(page).click()
    box = lightbox(page)
    expect(box.locator(".stage img")).to_have_attribute("data-size", "large")
    x, y = middle(box.locator(".stage"))
    page.mouse.move(x + 40, y + 20)
    page.mouse.wheel(0, -300)
    page.wait_for_function("s => s.dataset.scale > 1.5", arg=box.locator(".stage").element_handle())
    assert offset(page)[0] < 0  # the place under the pointer stays: what is left of it has more room
    page.mouse.dblclick(x, y)
    assert (scale(page), offset(page)) == (1, [0, 0])
    page.mouse.dblclick(x, y)
    assert scale(page) == 2.5
    before = offset(page)
    drag(page, [(x, y), (x + 30, y + 50)])
    after = offset(page)
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((30, 50), abs=1)
    drag(page, [(x, y - 200), (x, y + 250)] * 4)
    image = box.locator(".stage img")
    assert (
        offset(page)[1] <= image.evaluate("i => i.clientHeight") * (2.5 - 1) / 2 + 1
    )  # it does not get lost
    page.keyboard.press("0")
    assert scale(page) == 1
    expect(box.locator("[data-action=farther]")).to_be_disabled()
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(2.25)
    page.keyboard.press("-")
    assert scale(page) == pytest.approx(1.5)
    box.locator("[data-action=closer]").click()
    page.keyboard.press("ArrowRight")
    assert scale(page) == 1
    box.locator("[data-action=close]").click()
    expect(lightbox(page)).to_have_count(0)


def test_lightbox_leafs_through_the_selection(page: Page, server: Server) -> None:
    found = filled_gallery(page, server)
    selected = indexes(found)
    found.nth(2).click()
    expect(picture(page)).to_be_visible()
    wait_until_idle(page)
    close_lightbox(page)
    picture(page).click()
    box = lightbox(page)
    expect(box).to_have_attribute("data-index", str(selected[2]))
    box.locator("[data-action=back]").click()
    expect(box).to_have_attribute("data-index", str(selected[1]))
    assert (box.locator(".counter").text_content() or "").startswith("2 / ")


def test_click_in_the_gallery_is_answered_where_the_card_is_out_of_sight(page: Page, server: Server) -> None:
    found = filled_gallery(page, server)
    wait_until_idle(page)
    selected = indexes(found)
    # The map and the card beside it are above the window.
    found.nth(8).evaluate("tile => tile.scrollIntoView({ block: 'start' })")
    assert the_map(page).evaluate("map => map.getBoundingClientRect().bottom") < 0
    found.nth(20).click()
    box = lightbox(page)
    expect(box).to_have_attribute("data-index", str(selected[20]))
    page.keyboard.press("ArrowRight")
    expect(box).to_have_attribute("data-index", str(selected[21]))
    title = box.get_by_role("heading").inner_text()
    page.keyboard.press("Escape")
    expect(card_title(page)).to_have_text(title)
    wait_until_idle(page)
    expect(lightbox(page)).to_have_count(0)
    expect(found.nth(20)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("data-index", str(selected[21]))


# --- a row of a catalogue ---------------------------------------------------------------------------------


def test_row_is_text_and_its_addresses_are_safe_links(page: Page, server: Server) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    show_card(page, server, 0, "dataset=few")
    title, link, rights, _school = ROWS[0]
    expect(card_title(page)).to_have_text(title)
    rows = page.locator("dl.facts > div")
    expect(rows.filter(has_text="link").locator("dd")).to_have_text(link)
    found = page.locator("figure.card a, dl.facts a").evaluate_all(
        "all => all.map(a => [a.href, a.target, a.rel])"
    )
    safe = ["_blank", "noopener noreferrer nofollow"]
    assert found == [
        ["https://cc.example/zero", *safe],
        ["https://museum.example/1?a=1&b=2", *safe],
        ["https://cc.example/zero", *safe],
    ]
    expect(page.locator("figure.card .credit")).to_have_text(rights)
    picture(page).click()
    box = lightbox(page)
    for _step in range(len(ROWS) - 1):
        index = int(box.get_attribute("data-index") or -1)
        expected = " ".join(ROWS[index][0][:300].split()) or f"{index}.webp"
        expect(box.get_by_role("heading")).to_contain_text(expected[:200])
        credit = ROWS[index][2].strip() or "No rights given"
        expect(box.locator(".credit")).to_have_text(credit)
        expect(box.locator(".credit")).to_be_in_viewport()
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator("img[src='x'], a[href^='javascript'], a[href^='data'], a[href*='evil']").count() == 0
    assert dialogs == []


def test_others_of_a_kind_are_shown_and_lead_on(page: Page, server: Server, demo: Dataset) -> None:
    index = show_card(page, server)
    for kind in ("creator", "category"):
        column = demo.metadata[kind]
        same = [int(i) for i in (column == column.iat[index]).to_numpy().nonzero()[0] if i != index]
        assert indexes(tiles(page, f"{keys.CARD_OTHERS}:{kind}")) == same[:6]
        expect(widget(page, f"{keys.SELECT_OTHERS}:{kind}")).to_be_visible()
    first = tiles(page, f"{keys.CARD_OTHERS}:category").first
    title = roles.texts(demo.metadata, "title")[int(first.get_attribute("data-index") or -1)]
    first.click()
    expect(card_title(page)).to_have_text(title)
    button(page, keys.CLEAR_PICTURE).click()
    expect(picture(page)).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/clusters?cluster=3"])
def test_picture_that_was_clicked_in_the_card_comes_into_view(page: Page, server: Server, path: str) -> None:
    if path == "/":
        show_card(page, server)
    else:
        open_app(page, server, path)
        tiles(page, f"{keys.CLUSTER_WALL}:3").first.click()
        expect(picture(page)).to_be_visible()
        wait_until_idle(page)
    before = card_title(page).inner_text()
    page.set_viewport_size({"width": 1280, "height": 500})
    found = tiles(page, f"{keys.CARD_OTHERS}:category").last
    found.scroll_into_view_if_needed()
    expect(picture(page)).not_to_be_in_viewport()
    found.click()
    expect(card_title(page)).not_to_have_text(before)
    expect(picture(page)).to_be_in_viewport(ratio=0.5)


def test_all_of_a_kind_are_selected_right_under_the_map(page: Page, server: Server, demo: Dataset) -> None:
    index = show_card(page, server)
    column = demo.metadata["category"]
    same = [int(i) for i in (column == column.iat[index]).to_numpy().nonzero()[0]]
    button(page, f"{keys.SELECT_OTHERS}:category").click()
    heading = page.get_by_role("heading", name=f"{len(same)} images selected")
    expect(heading).to_be_visible()
    wait_until_idle(page)
    assert indexes(tiles(page, keys.GALLERY)) == same[:48]
    expect(the_map(page)).to_have_attribute("data-selected", str(len(same)))
    # However long the card is: it scrolls by itself.
    map_box, box = page.locator(".barrx-map").bounding_box(), heading.bounding_box()
    assert map_box
    assert box
    assert 0 < box["y"] - (map_box["y"] + map_box["height"]) < 150


def test_lines_to_the_nearest_are_drawn_while_the_switch_is_on(page: Page, server: Server) -> None:
    show_card(page, server)

    def drawn() -> str:
        page.mouse.move(2, 2)
        wait_until_still(page)
        return str(the_map(page).evaluate("canvas => canvas.toDataURL()"))

    def switch() -> None:
        widget(page, keys.CARD_LINES).get_by_text("Show on the map").click()
        wait_until_idle(page)

    without = drawn()
    switch()
    with_lines = drawn()
    assert with_lines != without
    switch()
    assert drawn() == without


def test_card_and_lightbox_fit_a_phone_and_follow_fingers(open_page: OpenPage, server: Server) -> None:
    page = open_page(width=390, height=844, is_mobile=True, has_touch=True, color_scheme="dark")
    open_app(page, server, "/?dataset=few")
    wait_for_map(page)
    choose(page, "dots")
    the_map(page).scroll_into_view_if_needed()
    page.touchscreen.tap(*pixel_of(page, bare(page)))
    expect(picture(page)).to_be_in_viewport()
    wait_until_idle(page)
    assert too_wide(page) == []
    expect(the_map(page)).to_be_in_viewport()
    expect(page.locator("figure.card .credit")).to_be_in_viewport()
    expect(button(page, keys.CLEAR_PICTURE)).to_be_in_viewport()
    picture(page).tap()
    box = lightbox(page)
    expect(box.locator(".stage img")).to_have_attribute("data-size", "large")
    x, y = middle(box.locator(".stage"))
    page.touchscreen.tap(x, y)
    page.touchscreen.tap(x, y)
    assert scale(page) == 2.5
    box.locator("[data-action=fit]").tap()
    assert scale(page) == 1
    fingers = page.context.new_cdp_session(page)
    _fingers(fingers, [[(x - 20, y), (x + 20, y)], [(x - 60, y), (x + 60, y)]])
    assert scale(page) == pytest.approx(3, rel=0.05)
    box.locator("[data-action=fit]").tap()
    before = box.get_attribute("data-index") or ""
    _fingers(fingers, [[(x + 80, y)], [(x, y)], [(x - 80, y)]])
    expect(box).not_to_have_attribute("data-index", before)
    assert box.evaluate("d => d.scrollWidth <= innerWidth && d.scrollHeight <= innerHeight")
    expect(box.locator(".credit")).to_be_in_viewport()
    page.keyboard.press("Escape")
    button(page, keys.CLEAR_PICTURE).tap()
    expect(picture(page)).to_have_count(0)


def _fingers(session: object, places: list[list[tuple[float, float]]]) -> None:
    """Put fingers down at the first places, move them to the next ones, lift them."""
    for at, place in enumerate(places):
        kind = "touchMove" if at else "touchStart"
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(place)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})  # type: ignore[attr-defined]
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})  # type: ignore[attr-defined]
