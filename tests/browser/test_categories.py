"""The categories page in a real browser: the heat map, verdicts, arrows, the way to the map, a phone."""

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Page, expect

from barrx import datasets, pipeline
from barrx.datasets import Dataset
from barrx.pipeline import MapRequest
from barrx.ui import judged_colors, keys
from tests.browser.app_steps import (
    added,
    barrx,
    button,
    facts,
    indexes,
    legend,
    open_app,
    press_on,
    tiles,
    to_page,
    too_wide,
    wait_for_map,
    widget,
)
from tests.browser.conftest import OpenPage, Server
from tests.browser.steps import PATIENCE, wait_until_idle

NOTE = "<img src=x onerror=alert(1)> =1+1"
LONG = "x" * 300  # no blank to break a line at


@pytest.fixture
def demo(home: object) -> Dataset:
    return datasets.load(datasets.DEMO_SLUG)


def answered(page: Page) -> None:
    """Wait until the answer on screen is that of the map on screen."""
    expect(page.locator("[class*='st-key-judged']").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".computing:not(.idle), [data-testid=stProgress]")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(".stale")).to_have_count(0, timeout=PATIENCE)
    wait_until_idle(page)


def value(page: Page, key: str) -> str:
    """Return what a list shows as chosen."""
    shown: str = widget(page, key).get_by_role("combobox").evaluate("e => e.value || e.innerText")
    return shown.strip()


def click_fullest_cell(page: Page) -> None:
    """Click the cell of the heat map that stands lowest among those with nearly the full colour."""
    chart = widget(page, keys.COMPARE_HEAT).locator("canvas")
    chart.scroll_into_view_if_needed()
    wait_until_idle(page)
    x, y = chart.evaluate(
        """canvas => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          let found = null;
          for (let i = 0; i < width * height; i++) {
            const [r, g, b] = data.subarray(4 * i, 4 * i + 3);
            if (data[4 * i + 3] > 220 && r < 90 && g < 150 && b > 190) found = [i % width, Math.floor(i / width)];
          }
          const box = canvas.getBoundingClientRect();
          return [found[0] * box.width / width - 4, found[1] * box.height / height - 4];
        }"""
    )
    chart.click(position={"x": x, "y": y})


def look_at(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).click()
    wait_until_idle(page)
    answered(page)


def test_a_cell_opens_its_images_and_a_slider_keeps_the_old_answer_until_the_new_one(
    page: Page, server: Server, demo: Dataset
) -> None:
    open_app(page, server, "/categories")
    answered(page)
    said = page.get_by_text("agreement 0.43 of 1")
    expect(said).to_contain_text("The clusters follow “category” clearly")
    shown = tiles(page, keys.CELL_WALL)
    expect(shown).not_to_have_count(0)
    before = indexes(shown)
    click_fullest_cell(page)
    expect(shown.first).not_to_have_attribute("data-index", str(before[0]))
    wait_until_idle(page)
    cell = indexes(shown)
    category, number = value(page, keys.CELL_ROW), value(page, keys.CELL_COLUMN)
    finished = pipeline.load(demo, MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames)))
    assert finished is not None
    inside = (demo.metadata["category"] == category) & (finished.clustering.labels == int(number))
    assert cell == inside.to_numpy().nonzero()[0].tolist()
    button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}").click()
    wait_for_map(page)
    expect(page.get_by_role("heading", name=f"{len(cell)} images selected")).to_be_visible()

    to_page(page, "Categories")
    answered(page)
    press_on(page, keys.MIN_CLUSTER_SIZE, "ArrowRight")
    expect(page.locator(".judged-table")).not_to_have_count(0)
    expect(said).to_have_count(0, timeout=PATIENCE)
    answered(page)
    assert "min_cluster_size=11" in page.url


def test_the_map_is_coloured_by_what_is_measured_of_it_also_if_it_had_other_colours(
    page: Page, server: Server
) -> None:
    open_app(page, server, "/?color=category")
    wait_for_map(page)
    to_page(page, "Categories")
    page.get_by_role("radio", name="Can I believe this map?", exact=True).click()
    button(page, f"{keys.TO_MAP}:{judged_colors.FAITHFULNESS}").click(timeout=PATIENCE)
    wait_for_map(page)
    expect(page).to_have_url(re.compile("color=faithfulness"))


def test_verdicts_and_arrows_are_kept_shown_and_exported(page: Page, server: Server, tmp_path: Path) -> None:
    open_app(page, server, "/categories?look_at=clusters")
    answered(page)
    panel = page.locator("[class*='st-key-verdict-cluster']")
    note = page.locator("[class*='st-key-verdict_note-cluster'] input")
    if note.count() == 0:  # a second click would take the verdict back
        panel.get_by_text("disagree", exact=True).click()
    note.fill("x")
    told = page.locator("[class*='st-key-verdict_note-cluster'] [data-testid=InputInstructions]")
    expect(told).to_be_visible()
    end = note.evaluate(
        "e => e.getBoundingClientRect().right - parseFloat(getComputedStyle(e).paddingInlineEnd)"
    )
    assert end <= told.evaluate("e => e.getBoundingClientRect().left"), (
        "nothing is written over what is typed"
    )
    note.fill(NOTE)
    note.press("Enter")
    row = page.locator(".rows li").first
    expect(row.locator(".chip")).to_have_text("disagree")
    expect(row).to_contain_text(NOTE)
    to_page(page, "Clusters")
    expect(page.get_by_role("columnheader", name="Verdict")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("tr[data-number='0']")).to_contain_text(NOTE)

    look_at_page = "/categories?look_at=influences"
    open_app(page, server, look_at_page)
    answered(page)
    expect(page.get_by_text("Give a chart to hold against the images")).to_be_visible()
    arrows = tmp_path / "relations.csv"
    arrows.write_text(
        "source,target,year\nbirds,mammals,1900\nfruit,desserts,\nflags,dinosaurs,\nbirds,nowhere,\n"
    )
    page.locator("input[type=file]").set_input_files(arrows)
    expect(page.get_by_text("The curator's chart")).to_be_visible(timeout=PATIENCE)
    answered(page)
    expect(page.get_by_text("3 arrows are read.")).to_be_attached()
    expect(page.locator("ul.arrows").first).to_contain_text("birds → mammals")

    open_app(page, server, "/?color=faithfulness&picture=flags_canada-flag-ganson.webp")
    wait_for_map(page)
    expect(page.locator(".legend")).to_contain_text("among strangers", timeout=PATIENCE)
    assert sum(legend(page).values()) == 810
    expect(page.locator("dl.facts")).to_contain_text("real neighbours beside it on the map", timeout=PATIENCE)
    said = facts(page, "flags_canada-flag-ganson.webp")
    assert re.match(r"\d+ of 15 \(by chance 0\.3\)", said["real neighbours beside it on the map"])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this table").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    judged = [r for r in rows if r["cluster_verdict"]]
    assert {(r["label"], r["cluster_verdict"], r["cluster_verdict_note"]) for r in judged} == {
        ("0", "disagree", NOTE)
    }


def test_clusters_that_follow_the_photographer_are_called_out(
    page: Page, server: Server, demo: Dataset, tmp_path: Path
) -> None:
    slug = added(server, _of_two_photographers(demo, tmp_path), "--metadata", tmp_path / "lent.csv")
    barrx(server, "embed", slug, "--encoder", "efficientnet-lite0")
    open_app(page, server, f"/categories?dataset={slug}&compare=school")
    answered(page)
    look_at(page, "Other explanations")
    said = page.get_by_text("Careful: the clusters follow")
    expect(said).to_be_visible()
    expect(said).to_contain_text("photographer")
    expect(said).to_contain_text("more than “school”")
    look_at(page, "Influences")
    answered(page)
    expect(page.locator("ul.arrows").first).to_contain_text(LONG[:79] + "…")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until_idle(page)
    assert too_wide(page) == []
    look_at(page, "Categories")
    expect(page.locator(".strip").first).to_be_visible()
    expect(page.locator(".label", has_text=LONG)).not_to_have_count(0)
    assert too_wide(page) == []


def _of_two_photographers(demo: Dataset, folder: Path) -> Path:
    """Write pictures of four schools: one photographer took them small on a grey card, the other in blue."""
    kinds = ["flags", "fruit", "mammals", "road signs"]
    categories = demo.metadata["category"].tolist()
    chosen = [i for kind in kinds for i in [j for j, c in enumerate(categories) if c == kind][:30]]
    (folder / "lent").mkdir()
    rows = []
    for number, i in enumerate(chosen):
        with Image.open(io.BytesIO(demo.read_bytes(i))) as picture:
            square = picture.convert("RGB").resize((240, 240))
        if number % 2:
            taken = ImageOps.colorize(square.convert("L"), (10, 30, 120), (150, 190, 255))
        else:
            taken = Image.new("RGB", (240, 240), (120, 120, 118))
            taken.paste(square.resize((90, 90)), (75, 60))
            taken.paste((20, 20, 20), (20, 200, 220, 215))
        taken.save(folder / "lent" / f"{number:03}.png")
        school = LONG if categories[i] == "flags" else categories[i]
        if number in (0, 4, 8):  # flags that look like flags
            school = "fruit"
        rows.append([f"{number:03}.png", school, ("Grey", "Blue")[number % 2]])
    with (folder / "lent.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["filename", "school", "photographer"], *rows])
    return folder / "lent"


def test_every_view_fits_a_phone(open_page: OpenPage, server: Server) -> None:
    page = open_page(width=390, height=844)
    open_app(page, server, "/categories")
    answered(page)
    for name in (
        "Agreement",
        "Categories",
        "Clusters",
        "Other explanations",
        "Can I believe this map?",
        "Influences",
    ):
        look_at(page, name)
        assert too_wide(page) == [], name
