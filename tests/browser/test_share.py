"""What one sees travels: by a link to another server, and as a saved view to another day."""

import contextlib
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from barrx import datasets, pipeline
from barrx.ui import keys
from tests.browser.app_steps import button, heading, open_app, press_on, to_page, wait_for_map, widget
from tests.browser.conftest import OpenPage, Server, StartServer
from tests.browser.steps import (
    choose,
    corner,
    drag,
    pixels,
    the_map,
    wait_for_another_map,
    wait_until_idle,
    wait_until_still,
)

ASKED = "/?min_cluster_size=12&color=category&q=bird&min_dist=9"


def link(page: Page) -> str:
    """Return the link of the page Share."""
    return widget(page, keys.SHARE_LINK).locator("code").inner_text().strip()


def selected(page: Page) -> Locator:
    return widget(page, keys.SELECTION).get_by_role("heading")


def look_closer_and_select(page: Page) -> int:
    """Go nearer to some pictures, draw a box around a few, and return how many are selected."""
    # Only dots: a drag that begins on a label goes elsewhere.
    choose(page, "dots")
    page.locator('.toolbar [data-switch="names"]').click()
    the_map(page).scroll_into_view_if_needed()
    left, top = corner(page)
    page.mouse.move(left + 300, top + 220)
    page.mouse.wheel(0, -300)
    expect(page).to_have_url(re.compile("at="))
    left, top = corner(page)
    page.keyboard.down("Shift")
    drag(page, [(left + 60, top + 60), (left + 480, top + 330)])
    page.keyboard.up("Shift")
    expect(selected(page)).to_have_text(re.compile(r"^\d+ images? selected"))
    wait_until_idle(page)
    return int(selected(page).inner_text().split()[0])


def same_view(page: Page, other: Page) -> None:
    """Check that two pages show the same points at the same places, in the same colours, the same selected."""
    expect(selected(other)).to_have_text(selected(page).inner_text())
    assert pixels(other) - corner(other) == pytest.approx(pixels(page) - corner(page), abs=0.5)
    for fact in ("data-revision", "data-selected"):
        expect(the_map(other)).to_have_attribute(fact, the_map(page).get_attribute(fact) or "")
    expect(other.locator(".legend h3")).to_have_text("category")
    for pressed in ('[data-choice="dots"]', '[data-switch="names"]', '[data-switch="noise"]'):
        is_pressed = page.locator(f".toolbar {pressed}").get_attribute("aria-pressed") or ""
        expect(other.locator(f".toolbar {pressed}")).to_have_attribute("aria-pressed", is_pressed)
    passing = widget(page, keys.FILTER_BAR).locator("strong").inner_text()
    expect(widget(other, keys.FILTER_BAR).locator("strong")).to_have_text(passing)


def test_what_one_sees_opens_elsewhere_by_its_link_and_again_as_a_saved_view(
    page: Page, server: Server, start_server: StartServer, open_page: OpenPage
) -> None:
    open_app(page, server, ASKED)
    wait_for_map(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("min_dist = 9")  # 1 is the most
    n = look_closer_and_select(page)
    assert n > 1
    fingerprint = datasets.load("demo").fingerprint
    identity = rf"\?of={fingerprint[:12]}&encoder=efficientnet-lite0&"
    expect(page).to_have_url(re.compile(identity))
    before = pixels(page) - corner(page)

    # The whole of it is in the link, and a fresh server shows it to a fresh browser.
    to_page(page, "Share")
    expect(heading(page, "Share")).to_be_visible()
    asked = parse_qs(urlsplit(link(page)).query)
    assert asked["dataset"] == ["demo"]
    assert asked["n_neighbors"] == ["15"]  # the default, said all the same
    elsewhere = start_server()
    other = open_page()
    open_app(other, elsewhere, link(page).removeprefix(server.url))
    wait_for_map(other)
    expect(other.get_by_test_id("stAlert")).to_have_count(0)

    # Saved here, and Explore is as it was.
    page.get_by_role("textbox", name="Name").fill("Birds")
    page.get_by_role("button", name="Save view").click()
    expect(widget(page, keys.SAVED_LIST).locator("img")).to_have_count(1)
    wait_until_idle(page)
    to_page(page, "Explore")
    wait_for_map(page)
    np.testing.assert_allclose(pixels(page) - corner(page), before, atol=0.5)
    same_view(page, other)
    other.close()  # it would look for its server
    elsewhere.stop()

    # Another day: by the list, where something else was on screen; by the view's own link.
    later = open_page()
    open_app(later, server, "/?color=year&arrange=grid")
    wait_for_map(later)
    to_page(later, "Share")
    button(later, keys.of(keys.SAVED_OPEN, "1")).click()
    wait_for_map(later)
    same_view(page, later)
    assert "arrange" not in later.url
    direct = open_page()
    open_app(direct, server, "/?view=1")
    wait_for_map(direct)
    same_view(page, direct)
    assert "min_cluster_size=12" in direct.url
    assert "view=" not in direct.url


def test_what_the_legend_brings_out_travels_and_is_there_when_one_comes_back(
    page: Page, server: Server, open_page: OpenPage
) -> None:
    open_app(page, server, "/?color=category")
    wait_for_map(page)
    entry = ".legend .entry:has(.label:text-is('{}'))".format
    for name in ("birds", "fruit", "mammals"):
        page.locator(entry(name)).click()
    page.locator(entry("fruit")).click()
    expect(page).to_have_url(re.compile("legend=is.birds&legend=is.mammals"))
    wait_until_idle(page)
    to_page(page, "Share")
    address = link(page).removeprefix(server.url)
    expect(page.get_by_text("brought out: “birds”, “mammals”")).to_be_visible()
    to_page(page, "Explore")
    other = open_page()
    open_app(other, server, address)
    for one in (page, other):
        wait_for_map(one)
        expect(one.locator(".legend .entry[aria-pressed=true] .label")).to_have_text(["birds", "mammals"])
        expect(one).to_have_url(re.compile("legend=is.birds&legend=is.mammals"))
        wait_until_still(one)
    drawn = "canvas => canvas.toDataURL()"
    assert the_map(page).evaluate(drawn) == the_map(other).evaluate(drawn)
    # By its clear button all of it is over, in the address too.
    other.locator('.toolbar [data-action="clear"]').click()
    expect(other).not_to_have_url(re.compile("legend="))
    expect(other.locator(".legend .entry[aria-pressed=true]")).to_have_count(0)


def test_link_on_a_phone_comes_right_under_what_it_shows(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_app(page, server, "/share")
    link(page)
    caption, title = page.get_by_text("n_neighbors 15").first, page.get_by_role("heading", name="Link")
    above, below = caption.bounding_box(), title.bounding_box()
    assert above is not None
    assert below is not None
    assert 0 < below["y"] - above["y"] - above["height"] < 50


@pytest.mark.parametrize("before", ["", "&at=11.1,3.0,36.6"])
def test_address_of_a_cluster_flies_there_whatever_place_it_names(
    page: Page, server: Server, before: str
) -> None:
    open_app(page, server, f"/?cluster=0{before}")
    wait_for_map(page)
    expect(selected(page)).to_have_text(re.compile(r"^\d+ images selected"))
    expect(page).to_have_url(re.compile("at="))  # where it flew to
    assert "at=11.1" not in page.url
    wait_until_still(page)
    labels = default_labels()
    box = the_map(page).bounding_box()
    assert box is not None
    places = (pixels(page) - corner(page))[labels == 0]
    assert ((places > 0) & (places < [box["width"], box["height"]])).all()
    extent = np.ptp(places, axis=0) / [box["width"], box["height"]]
    assert extent.max() > 0.5, "it is seen from far"


def default_labels() -> NDArray[np.int32]:
    dataset = datasets.load("demo")
    request = pipeline.MapRequest.default("demo", "efficientnet-lite0", len(dataset.filenames))
    found = pipeline.load(dataset, request)
    assert found is not None
    return found.clustering.labels


def camera_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["at"][0]


def places_on_the_map(page: Page) -> NDArray[np.float64]:
    wait_for_map(page)
    wait_until_still(page)
    return pixels(page) - corner(page)


def test_link_looks_at_the_same_place_of_a_map_that_is_first_to_be_computed(
    page: Page, server: Server, start_server: StartServer, open_page: OpenPage
) -> None:
    open_app(page, server, "/?n_neighbors=30&min_dist=0.3")
    wait_for_map(page)
    left, top = corner(page)
    page.mouse.move(left + 300, top + 220)
    page.mouse.wheel(0, -300)
    expect(page).to_have_url(re.compile("at="))
    places = {page.url: places_on_the_map(page)}

    # The same view of another map is another place, and the address says that one.
    before, camera = the_map(page).get_attribute("data-revision") or "", camera_in(page.url)
    press_on(page, keys.MIN_DIST, "End")
    wait_for_another_map(page, before)
    expect(page).not_to_have_url(re.compile(re.escape(urlencode({"at": camera}))))
    expect(page).to_have_url(re.compile("min_dist=1.*at="))
    places[page.url] = places_on_the_map(page)

    elsewhere = start_server()
    for url, expected in places.items():
        other = open_page()
        open_app(other, elsewhere, url.removeprefix(server.url))
        np.testing.assert_allclose(places_on_the_map(other), expected, atol=0.5)
        assert camera_in(other.url) == camera_in(url)
        other.close()


def test_link_to_what_is_not_here_says_so(page: Page, server: Server) -> None:
    open_app(page, server, "/?dataset=frescoes&of=0123456789ab&q=x&n_neighbors=4")
    wait_for_map(page)
    said = page.get_by_test_id("stMain").get_by_test_id("stAlert")
    expect(said).to_contain_text("“frescoes”, which is not here")
    expect(widget(page, keys.FILTER_BAR)).to_have_count(0)
    open_app(page, server, "/?of=0123456789ab&view=77")
    wait_for_map(page)
    expect(said).to_contain_text("no saved view 77")


def test_two_views_share_selection_and_pointer_and_a_tour_flies(page: Page, server: Server) -> None:
    open_app(page, server, "/?color=category")
    wait_for_map(page)
    to_page(page, "Share")
    button_of = page.get_by_role("button", name="Save view")
    page.get_by_role("textbox", name="Name").fill("All of it")
    button_of.click()
    expect(widget(page, keys.SAVED_LIST).locator("img").first).to_be_visible()
    wait_until_idle(page)
    page.get_by_role("radio", name="Side by side").click()
    one, other = (
        widget(page, key).locator("canvas[data-revision]") for key in (keys.COMPARED_ONE, keys.COMPARED_OTHER)
    )
    expect(other).to_be_visible()
    wait_until_idle(page)
    widget(page, keys.COMPARED_ONE).locator('.toolbar [data-choice="dots"]').click()
    names = widget(page, keys.COMPARED_ONE).locator('.toolbar [data-switch="names"]')
    if names.get_attribute("aria-pressed") == "true":  # not so in every view
        names.click()
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box
    page.keyboard.down("Shift")
    drag(page, [(box["x"] + 20, box["y"] + 20), (box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)])
    page.keyboard.up("Shift")
    expect(one).not_to_have_attribute("data-selected", "0")
    expect(other).to_have_attribute("data-selected", one.get_attribute("data-selected") or "")
    wait_until_idle(page)
    for _attempt in range(5):  # while the page still settles, the place is soon another
        x, y = one.evaluate("canvas => canvas.barrxPixelOf(5)")
        page.mouse.move(x, y, steps=3)
        with contextlib.suppress(AssertionError):
            expect(other).not_to_have_attribute("data-companion", "-1", timeout=8_000)
            break
    expect(other).not_to_have_attribute("data-companion", "-1")
    page.mouse.move(5, 300)
    expect(other).to_have_attribute("data-companion", "-1")

    # A tour of two stops, by the keys of a remote.
    page.get_by_role("radio", name="Tour").click()
    wait_until_idle(page)
    for n, title in enumerate(("Everything", "Nearer")):
        if n:
            to_page(page, "Explore")
            wait_for_map(page)
            left, top = corner(page)
            page.mouse.move(left + 300, top + 220)
            page.mouse.wheel(0, -500)
            expect(page).to_have_url(re.compile("at="))
            wait_until_idle(page)
            to_page(page, "Share")
            wait_until_idle(page)
        page.get_by_role("textbox", name="Title").fill(title)
        page.get_by_role("textbox", name="Text").fill("w" * 600)
        page.get_by_role("button", name="Add the stop").click()
        expect(page.get_by_text(f"{n + 1}. {title}")).to_be_visible()
        wait_until_idle(page)
    button(page, keys.TOUR_PRESENT).click()
    canvas = the_map(page)
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    expect(page.get_by_role("link", name="Explore")).not_to_be_visible()
    assert page.locator(".stop").evaluate("words => words.scrollWidth <= words.clientWidth")
    expect(widget(page, keys.LANGUAGE)).to_be_hidden()  # it lay on the map's own buttons
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="End the tour")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    wait_until_idle(page)
    before = canvas.get_attribute("data-view")
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", name="Nearer")).to_be_visible()
    expect(canvas).not_to_have_attribute("data-view", before or "")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    wait_until_idle(page)
    page.keyboard.press("PageDown")  # there and back before the stop has come
    page.keyboard.press("PageUp")
    wait_until_idle(page)
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    page.locator(".legend-search").press_sequentially("a b")
    expect(page.locator(".legend-search")).to_have_value("a b")
    wait_until_idle(page)
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    page.get_by_role("button", name="End the tour").click()
    expect(heading(page, "Share")).to_be_visible()
