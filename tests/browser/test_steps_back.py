"""The browser's Back and Forward: pages are as they were left, and Streamlit adds no steps of its own."""

import re

from playwright.sync_api import Page, expect

from barrx.ui import keys
from tests.browser.app_steps import button, heading, open_app, thumb, to_page, wait_for_map
from tests.browser.conftest import Server
from tests.browser.steps import PATIENCE, wait_until_idle

SET = {keys.N_NEIGHBORS: "17", keys.MIN_CLUSTER_SIZE: "11"}


def expect_set(page: Page) -> None:
    """Expect the sliders to stand where they were left, on the page and in its address."""
    for key, value in SET.items():
        expect(thumb(page, key)).to_have_value(value, timeout=PATIENCE)
        expect(page).to_have_url(re.compile(f"{key}={value}"))
    wait_until_idle(page)


def test_one_step_back_leads_to_the_page_before_with_its_settings(page: Page, server: Server) -> None:
    open_app(page, server, "/?" + "&".join(f"{key}={value}" for key, value in SET.items()))
    wait_for_map(page)
    steps = page.evaluate("history.length")
    for name, title in (("Clusters", "Clusters of Open Clip Art"), ("Method", None)):
        to_page(page, name)
        if title:
            expect(heading(page, title)).to_be_visible()
            expect_set(page)
        assert page.evaluate("history.length") == steps + 1
        page.go_back()
        expect(heading(page, "Open Clip Art")).to_be_visible()
        expect_set(page)

    to_page(page, "Categories")
    expect_set(page)
    button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}").click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="images selected")).to_be_visible(timeout=PATIENCE)
    wait_for_map(page)
    expect_set(page)
    page.go_back()
    expect(heading(page, "Machine and catalogue: Open Clip Art")).to_be_visible()
    expect_set(page)
    page.go_forward()
    expect(heading(page, "Open Clip Art")).to_be_visible()
    expect_set(page)
