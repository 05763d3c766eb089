"""Whatever stands in a catalogue is shown as text, everywhere, and runs nowhere."""

import csv
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from barrx.ui import keys
from tests.browser.app_steps import (
    barrx,
    card_title,
    close_lightbox,
    collection,
    facts,
    heading,
    indexes,
    legend,
    open_app,
    select,
    tiles,
    to_page,
    too_wide,
    wait_for_map,
    widget,
)
from tests.browser.conftest import REPOSITORY, OpenPage, Server, start
from tests.browser.steps import bare, choose, corner, drag, pixel_of, the_map, wait_until_idle

TITLES = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    "**bold** _slanted_ `code` $x^2$",
    "[a](javascript:alert(3)) ![b](x)",
    ":material/home: :red[red] :smile:",
    "</span><style>body{display:none}</style>",
    "{{ 7*7 }} ${alert(4)} %s {n} {0}",
    "endless " * 250,
    "لوحة زيتية من القرن التاسع عشر",
    "神奈川沖浪裏",
    "=HYPERLINK(1) &amp; &lt;b&gt;",
    "# no heading",
]
COLLECTION = "<img src=x onerror=alert(5)> **bold** [a](javascript:alert(6)) لوحة"
COLUMN = "<b>school</b> **x**"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with a collection whose every text is an attack."""
    server = start(tmp_path_factory.mktemp("server"))
    folder = tmp_path_factory.mktemp("pictures")
    for i, path in enumerate(sorted((REPOSITORY / "barrx" / "demo" / "images").iterdir())[:12]):
        (folder / f"{i:02d}.webp").write_bytes(path.read_bytes())
    table = folder.parent / "table.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "title", "creator", COLUMN])
        lines.writerows([f"{i:02d}.webp", title, title[::-1], title] for i, title in enumerate(TITLES))
    barrx(server, "add", "gallery", folder, "--metadata", table, "--title", COLLECTION)
    yield server
    server.stop()
    assert server.bugs() == []


@pytest.fixture
def harmless(page: Page) -> Iterator[Page]:
    """Give a page on which nothing of a catalogue may run or become an element."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    _nothing_became_an_element(page)
    assert dialogs == []


def _nothing_became_an_element(page: Page) -> None:
    for planted in ("img[src='x']", "img[onerror]", "a[href^='javascript']", "body script:text('alert')"):
        assert page.locator(planted).count() == 0, planted
    assert page.evaluate("getComputedStyle(document.body).display") != "none"


def tidy(text: str) -> str:
    return " ".join(text.split())


def test_titles_are_text_in_tooltip_card_and_gallery(harmless: Page, gallery: Server) -> None:
    page = harmless
    open_app(page, gallery, "/?dataset=gallery")
    wait_for_map(page)
    expect(heading(page, COLLECTION)).to_be_visible()
    choose(page, "dots")
    tooltip = page.get_by_role("tooltip")
    the_map(page).scroll_into_view_if_needed()
    for i in range(len(TITLES)):
        page.mouse.move(*pixel_of(page, i))
        expect(tooltip).to_be_visible()
        shown = int(tooltip.get_attribute("data-index") or -1)
        expect(tooltip.locator(".title")).to_have_text(tidy(TITLES[shown][:300]))
        # The only picture in it is the thumbnail, and it stays inside the map whatever the title.
        assert tooltip.locator("img").count() == 1
        tip, stage = tooltip.bounding_box(), the_map(page).bounding_box()
        assert tip
        assert stage
        assert stage["y"] <= tip["y"]
        assert tip["y"] + tip["height"] <= stage["y"] + stage["height"]

    left, top = corner(page)
    box = the_map(page).bounding_box()
    assert box
    page.keyboard.down("Shift")
    drag(page, [(left + 2, top + 2), (left + box["width"] - 4, top + box["height"] - 4)])
    page.keyboard.up("Shift")
    found = tiles(page, keys.GALLERY)
    expect(found).to_have_count(len(TITLES))
    assert indexes(found) == list(range(len(TITLES)))
    for i, text in enumerate(found.locator(".title").all_text_contents()):
        assert tidy(text) == tidy(TITLES[i][:200])
    for i in (0, 2, 3, 5, 7):  # one of each kind: each click runs the page again
        title = TITLES[i]
        found.nth(i).click()
        expect(card_title(page)).to_have_text(tidy(title))
        close_lightbox(page)
        said = facts(page, f"{i:02d}.webp")
        assert (tidy(said["title"]), tidy(said[COLUMN])) == (tidy(title), tidy(title))
        _nothing_became_an_element(page)


def test_columns_and_values_are_text_in_list_and_legend(harmless: Page, gallery: Server) -> None:
    page = harmless
    open_app(page, gallery, "/?dataset=gallery")
    wait_for_map(page)
    select(page, keys.COLOR, COLUMN)
    expect(page.locator(".legend h3")).to_have_text(COLUMN)
    assert {tidy(name) for name in legend(page)} == {tidy(title[:300]) for title in TITLES}


def test_collections_and_pictures_are_text_in_lists_cards_and_questions(
    harmless: Page, gallery: Server
) -> None:
    page = harmless
    open_app(page, gallery, "/method?dataset=gallery")
    expect(widget(page, keys.DATASET).get_by_role("combobox")).to_have_value(f"{COLLECTION} · 12 images")
    widget(page, keys.PICTURE).get_by_role("combobox").click()
    options = page.get_by_role("option").all_text_contents()
    assert {tidy(option) for option in options} <= {tidy(title[:120]) for title in TITLES}
    assert len(options) > 5
    page.keyboard.press("Escape")
    to_page(page, "Datasets")
    card = collection(page, "gallery")
    expect(card.get_by_role("heading")).to_have_text(COLLECTION)
    card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"“{COLLECTION}” is taken off the list")
    dialog.get_by_role("button", name="Keep it").click()


@pytest.mark.parametrize("asked", [*TITLES[:5], ":material_home: :streamlit:", "a -> b >= c -- <-> d"])
def test_words_of_the_address_are_text_in_the_warning(harmless: Page, gallery: Server, asked: str) -> None:
    for name, said in (("dataset", f"“{asked}”, which"), ("encoder", f"encoder = {asked}, which")):
        open_app(harmless, gallery, f"/?{name}={quote(asked)}")
        wait_for_map(harmless)
        (text,) = harmless.get_by_role("alert").all_text_contents()
        assert said in text.replace("\N{WORD JOINER}", "")
    open_app(harmless, gallery, f"/share?dataset={quote(asked)}")
    (text,) = harmless.get_by_role("alert").all_text_contents()
    assert f"“{asked}”, which is not here." in text.replace("\N{WORD JOINER}", "")


def test_rights_are_in_view_with_the_picture_whatever_its_title(open_page: OpenPage, gallery: Server) -> None:
    page = open_page(width=390, height=844, is_mobile=True, has_touch=True)
    open_app(page, gallery, "/?dataset=gallery&picture=07.webp")
    wait_for_map(page)
    expect(card_title(page)).to_contain_text("endless")
    wait_until_idle(page)
    for width, height in ((390, 844), (844, 390), (667, 375)):  # and held sideways
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("figure.card .picture")).to_be_in_viewport(ratio=0.99)
        expect(page.locator("figure.card .credit")).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize(
    "path", ["/?dataset=gallery", "/datasets", "/method?dataset=gallery&picture=07.webp"]
)
def test_endless_names_fit_a_phone(open_page: OpenPage, gallery: Server, path: str) -> None:
    page = open_page(width=390, height=844, is_mobile=True, has_touch=True)
    open_app(page, gallery, path)
    if path.startswith("/?"):
        wait_for_map(page)
        choose(page, "dots")
        page.touchscreen.tap(*pixel_of(page, bare(page)))
        expect(card_title(page)).to_be_visible()
    wait_until_idle(page)
    assert too_wide(page) == []
