"""The tune page in a real browser: a sweep, its wall of small maps, a map that is opened."""

import os
import re
import signal
import sqlite3
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from barrx.ui import keys
from tests.browser.app_steps import button, figures, open_app, select, thumb, too_wide, wait_for_map, widget
from tests.browser.conftest import Complaints, Server, StartServer
from tests.browser.steps import PATIENCE, wait_until_idle

ADDRESS = "/tune?" + "&".join(
    [f"try_n_neighbors={n}" for n in (15, 30)]
    + [f"try_min_cluster_size={n}" for n in (5, 10)]
    + ["try_min_dist=0.1"]
)


def cards(page: Page) -> Locator:
    return page.locator(".barrx-tune .cards > li")


def figure(page: Page, name: str) -> list[float]:
    """Return a figure of all maps in the order of the wall."""
    found = cards(page).locator(f"[data-measure={name}] dd:not(.note)").all_text_contents()
    return [float(text.replace("−", "-").rstrip("%")) for text in found]


def sort_by(page: Page, name: str) -> None:
    page.get_by_label("Sort by").select_option(label=name)


def test_sweep_becomes_a_wall_that_is_sorted_and_opens_in_explore(server: Server, page: Page) -> None:
    open_app(page, server, ADDRESS)
    expect(page.get_by_text("4 settings · 2 maps to draw")).to_be_visible()
    button(page, keys.SWEEP).click()
    expect(cards(page)).to_have_count(4, timeout=PATIENCE)
    expect(page.locator("canvas[data-drawn='810']").first).to_be_visible()
    expect(page.get_by_text("Begin with n_neighbors")).to_be_visible()

    sort_by(page, "clusters")
    clusters = figure(page, "clusters")
    assert clusters == sorted(clusters, reverse=True)
    page.get_by_role("button", name="The other way round").click()
    assert figure(page, "clusters") == clusters[::-1]
    sort_by(page, "noise")
    noise = figure(page, "noise_share")
    assert noise == sorted(noise), "little noise comes first"
    select(page, keys.HEAT_FIGURE, "noise")
    expect(page.get_by_text("The share of the images that are in no cluster.").last).to_be_visible()
    assert too_wide(page) == []

    _opens_in_explore(page)


def _opens_in_explore(page: Page) -> None:
    """Open the map with the least noise; Explore shows the figures that the wall did."""
    first = cards(page).first
    clusters, noise = figure(page, "clusters")[0], first.locator("[data-measure=noise_share] dd").inner_text()
    neighbors, size = first.locator(".parameters b").all_inner_texts()
    first.get_by_role("link").click()
    wait_for_map(page)
    expect(thumb(page, keys.N_NEIGHBORS)).to_have_value(neighbors)
    expect(thumb(page, keys.MIN_CLUSTER_SIZE)).to_have_value(size)
    shown = figures(page)
    assert (float(shown["clusters on the map"]), shown["noise"]) == (clusters, noise)


def test_a_cell_of_the_heat_map_is_a_setting_that_opens_in_explore(server: Server, page: Page) -> None:
    open_app(page, server, ADDRESS)
    expect(button(page, keys.SWEEP).or_(cards(page)).first).to_be_visible(timeout=PATIENCE)
    if button(page, keys.SWEEP).count():
        button(page, keys.SWEEP).click()
    expect(cards(page)).to_have_count(4, timeout=PATIENCE)
    wait_until_idle(page)
    select(page, keys.HEAT_FIGURE, "noise")
    chart = page.locator(f"[class*='st-key-{keys.HEAT}-'] canvas")
    setting = page.locator("ul.settings a")
    for at, value in ((0.9, "30"), (0.2, "15"), (0.9, "30")):
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box
        chart.click(position={"x": at * box["width"], "y": 0.2 * box["height"]})
        expect(setting).to_have_text(f"n_neighbors {value}, min_cluster_size 10")
        wait_until_idle(page)
    assert too_wide(page) == []
    noise = page.locator("ul.settings li").inner_text().rpartition(" ")[2]
    setting.focus()
    page.keyboard.press("Enter")
    wait_for_map(page)
    expect(thumb(page, keys.N_NEIGHBORS)).to_have_value("30")
    expect(thumb(page, keys.MIN_CLUSTER_SIZE)).to_have_value("10")
    assert figures(page)["noise"] == noise


def chosen(page: Page, name: str) -> Locator:
    return widget(page, keys.TRY + name).locator("[data-tag]")


def enter(page: Page, name: str, *texts: str) -> None:
    """Type into a list, and press Enter after each."""
    page.keyboard.press("Escape")  # a list that is open hides the others from assistive technology
    box = widget(page, keys.TRY + name).get_by_role("combobox")
    for text in texts:
        box.click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        wait_until_idle(page)


def test_a_number_is_taken_as_it_is_typed_and_stands_so_in_the_address(server: Server, page: Page) -> None:
    open_app(page, server, "/tune?lang=es&try_min_dist=0,1")
    expect(chosen(page, "min_dist")).to_have_text(["0.1"])
    expect(page).to_have_url(re.compile(r"try_min_dist=0\.1(&|$)"))
    enter(page, "min_dist", "0,3")
    expect(chosen(page, "min_dist")).to_have_text(["0.1", "0.3"])
    expect(page).to_have_url(re.compile(r"try_min_dist=0\.1&try_min_dist=0\.3(&|$)"))

    widget(page, keys.TRY + "min_cluster_size").get_by_label("Clear all").click()
    wait_until_idle(page)
    enter(page, "min_cluster_size", "2", "20")
    expect(chosen(page, "min_cluster_size")).to_have_text(["2", "20"])
    select(page, keys.TRY + "min_cluster_size", "30")
    expect(chosen(page, "min_cluster_size")).to_have_text(["2", "20", "30"])
    asked = "&".join(rf"try_min_cluster_size=\+?{n}" for n in (2, 20, 30))
    expect(page).to_have_url(re.compile(rf"[?&]{asked}(&|$)"))
    page.reload()
    wait_until_idle(page)
    expect(chosen(page, "min_cluster_size")).to_have_text(["2", "20", "30"])
    expect(chosen(page, "min_dist")).to_have_text(["0.1", "0.3"])


def test_every_value_that_is_chosen_can_be_seen(server: Server, page: Page) -> None:
    values = ["5", "10", "15", "30", "50", "100"]
    open_app(page, server, "/tune?" + "&".join(f"try_n_neighbors={n}" for n in values))
    expect(chosen(page, "n_neighbors")).to_have_text(values)
    for tag in chosen(page, "n_neighbors").all():
        is_whole = tag.evaluate(
            """tag => {
              const [one, all] = [tag, tag.closest("[data-testid=stMultiSelectTagsContainer]")]
                .map(e => e.getBoundingClientRect());
              return one.left >= all.left && one.right <= all.right && one.top >= all.top && one.bottom <= all.bottom;
            }"""
        )
        assert is_whole, tag.inner_text()


def test_sweep_goes_on_after_a_restart_of_the_server_and_repeats_nothing(
    start_server: StartServer, page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    address = "/tune?try_min_dist=0.2&" + "&".join(f"try_n_neighbors={n}" for n in (10, 11, 12, 13))
    address += "&try_min_cluster_size=5&try_min_cluster_size=10"
    server = start_server(folder=tmp_path)
    open_app(page, server, address)
    button(page, keys.SWEEP).click()
    expect(cards(page).nth(2)).to_be_visible(timeout=PATIENCE)
    os.killpg(server.pid, signal.SIGKILL)
    server.process.wait()
    finished = _stored(server.home)
    assert finished

    server = start_server(folder=tmp_path)
    open_app(page, server, address)
    complaints.lines.clear()  # that there was no server
    counts = re.compile(
        r"8 settings · (\d+) (?:is|are) finished already · left: (\d+) settings? · \d maps? to draw"
    )
    said = page.get_by_text(counts)
    expect(said).to_be_visible()
    done, left = (int(n) for n in counts.findall(said.inner_text())[0])
    assert done + left == 8
    page.get_by_role("button", name="Go on").click()
    expect(cards(page)).to_have_count(8, timeout=PATIENCE)
    wait_until_idle(page)
    after = _stored(server.home)
    assert len([key for key in after if key.startswith("projection:")]) == 4
    assert {key: after[key] for key in finished} == finished, "what was finished is not computed again"


def _stored(home: Path) -> dict[str, float]:
    """Return when each map and its figures were stored."""
    with sqlite3.connect(home / "cache" / "projections" / "cache.db") as opened:
        rows = opened.execute("SELECT key, store_time FROM Cache").fetchall()
    return {key: time for key, time in rows if key.startswith(("projection:", "shape:"))}
