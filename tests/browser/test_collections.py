"""The Datasets page in a real browser: a collection comes, is looked at, and goes."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from barrx.ui import keys
from tests.browser.app_steps import (
    barrx,
    button,
    collection,
    figures,
    heading,
    legend,
    open_app,
    rows_of,
    select,
    to_page,
    wait_for_map,
    widget,
)
from tests.browser.conftest import REPOSITORY, Server, start
from tests.browser.steps import PATIENCE, the_map, wait_until_idle

DEMO_IMAGES = REPOSITORY / "barrx" / "demo" / "images"
CUT_OFF = b"\xff\xd8\xff\xe0\x00\x10JFIF"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of the server that may be imported from, with a collection in it and one beside it."""
    root = tmp_path_factory.mktemp("museum") / "open"
    for k, folder in enumerate(("open/prints/1900s", "open/prints/1910s", "closed")):
        (root.parent / folder).mkdir(parents=True)
        for path in sorted(DEMO_IMAGES.iterdir())[4 * k : 4 * k + 4]:
            (root.parent / folder / path.name).write_bytes(path.read_bytes())
    (root / "way out").symlink_to(root.parent / "closed")
    return root


@pytest.fixture(scope="module")
def museum(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server that may import from ``root``."""
    server = start(tmp_path_factory.mktemp("server"), BARRX_DATA_ROOTS=str(root))
    yield server
    server.stop()
    assert server.bugs() == []


@pytest.fixture
def page_of_datasets(page: Page, museum: Server) -> Page:
    open_app(page, museum, "/datasets")
    panel = page.get_by_text("Add a collection", exact=True)
    panel.wait_for()
    if not widget(page, keys.ADD_SUBMIT).is_visible():
        panel.click()
    widget(page, keys.ADD_SUBMIT).wait_for()
    return page


def png(seed: int, size: int = 64) -> bytes:
    """Return a picture that no other test has: nothing is known of it yet."""
    blocks = np.random.default_rng(seed).integers(0, 255, (4, 4, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.kron(blocks, np.ones((size // 4, size // 4, 1), np.uint8))).save(buffer, "PNG")
    return buffer.getvalue()


def payload(name: str, data: bytes, kind: str = "application/octet-stream") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": data}


def upload(page: Page, key: str, *files: FilePayload) -> None:
    widget(page, key).locator("input[type=file]").set_input_files(files)
    for name in {file["name"] for file in files}:
        expect(widget(page, key).get_by_text(name).first).to_be_visible()
    wait_until_idle(page)


def choose_kind(page: Page, name: str) -> None:
    widget(page, keys.ADD_KIND).get_by_role("radio", name=name).click()
    wait_until_idle(page)


def add(page: Page, title: str, slug: str) -> None:
    """Send the form and wait for the card of the new collection."""
    field = widget(page, keys.ADD_TITLE).get_by_role("textbox")
    field.fill(title)
    field.blur()
    wait_until_idle(page)
    button(page, keys.ADD_SUBMIT).click()
    collection(page, slug).wait_for(timeout=PATIENCE)
    wait_until_idle(page)


# --- the whole way ----------------------------------------------------------------------------------------


def test_zip_with_a_broken_file_becomes_a_map_and_goes_again(page_of_datasets: Page, museum: Server) -> None:
    page, card = page_of_datasets, collection(page_of_datasets, "spring-show")
    names = [f"{'east' if k % 2 else 'west'}/Plate {k:02d}.png" for k in range(24)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for k, name in enumerate(names):
            archive.writestr(name, png(k))
        archive.writestr("west/broken.jpg", CUT_OFF)
        archive.writestr("read me.txt", "no picture, and not meant to be one")
    lines = [f"plate {k:02d}.PNG;Plate no. {k};c. {1890 + k}" for k in range(22)]
    table = "\n".join(["file;title;date", *lines, "plate 01.png;Again;1900", "lost.png;Lost;1901"])
    upload(page, keys.ADD_ZIP, payload("spring.zip", packed.getvalue(), "application/zip"))
    upload(page, keys.ADD_METADATA, payload("list.csv", table.encode("cp1252"), "text/csv"))
    add(page, "Spring show", "spring-show")

    expect(page.get_by_test_id("stToast")).to_contain_text("24 images added. 1 file is in quarantine.")
    expect(card).to_contain_text("24 images · 1 file in quarantine")
    expect(card).to_contain_text("Embedded with: nothing yet")
    card.get_by_text("Quarantine (1)").click()
    (file, reason, found), *others = rows_of(card.get_by_test_id("stDataFrame").first)
    assert (file, reason, others) == ("west/broken.jpg", "truncated", [])
    assert found
    card.get_by_text("Quarantine (1)").click()
    card.get_by_text("Metadata: 22 rows matched").click()
    for title in ("Images without a row (2)", "Rows without an image (1)", "Duplicate keys (1)"):
        expect(card.get_by_text(title)).to_be_visible()
    cells = [
        cell for table in card.get_by_test_id("stDataFrame").all() for row in rows_of(table) for cell in row
    ]
    assert {"west/Plate 22.png", "east/Plate 23.png", "lost.png"} <= set(cells)

    card.get_by_role("button", name="Embed now").click()
    progress = card.get_by_role("progressbar")
    expect(progress).to_be_visible()
    expect(card.get_by_text("“Spring show” with EfficientNet-Lite0")).to_be_visible()
    expect(progress).to_have_count(0, timeout=PATIENCE)
    expect(card).to_contain_text("Embedded with: EfficientNet-Lite0")

    card.get_by_role("button", name="Explore").click()
    expect(heading(page, "Spring show")).to_be_visible()
    wait_for_map(page)
    assert figures(page)["images"] == "24"
    assert "dataset=spring-show" in page.url
    expect(the_map(page)).to_have_attribute("data-points", "24")
    select(page, keys.COLOR, "folder")
    expect(page.locator(".legend h3")).to_have_text("folder")
    assert legend(page) == {"east": 12, "west": 12}

    to_page(page, "Datasets")
    card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_have_count(0)
    expect(card).to_be_visible()
    card.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)
    expect(page.get_by_test_id("stToast").filter(has_text="“Spring show” is removed.")).to_be_visible()
    assert not (museum.home / "datasets" / "spring-show").exists()
    to_page(page, "Explore")
    expect(heading(page, "Open Clip Art")).to_be_visible()


# --- other ways in ----------------------------------------------------------------------------------------


def test_several_images_become_a_collection_even_under_one_name(page_of_datasets: Page) -> None:
    page, card = page_of_datasets, collection(page_of_datasets, "several")
    choose_kind(page, "Several images")
    some = [path.read_bytes() for path in sorted(DEMO_IMAGES.iterdir())[:5]]
    files = [payload(f"{k}.webp", data, "image/webp") for k, data in enumerate(some[:3])]
    files += [payload("0.webp", some[3], "image/webp"), payload("ñandú 鳥.webp", some[4], "image/webp")]
    upload(page, keys.ADD_FILES, *files)
    add(page, "Several", "several")
    expect(card).to_contain_text("5 images")
    expect(card).not_to_contain_text("quarantine")
    # Their vectors are those of the demo's pictures: there is nothing to be embedded.
    to_page(page, "Explore")
    select(page, keys.DATASET, "Several · 5 images")
    expect(the_map(page)).to_have_attribute("data-points", "5", timeout=PATIENCE)


def test_server_folder_inside_the_roots_is_taken(page_of_datasets: Page, root: Path, museum: Server) -> None:
    page, card = page_of_datasets, collection(page_of_datasets, "prints")
    choose_kind(page, "A folder on the server")
    widget(page, keys.ADD_FOLDER).get_by_role("textbox").fill(str(root / "prints"))
    add(page, "Prints", "prints")
    expect(card).to_contain_text("8 images")
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)
    assert len(list((root / "prints").rglob("*.webp"))) == 8  # the originals stay


def test_server_folder_outside_the_roots_is_refused(
    page_of_datasets: Page, root: Path, museum: Server
) -> None:
    page, before = page_of_datasets, barrx(museum, "datasets", "--json")
    choose_kind(page, "A folder on the server")
    field, error = widget(page, keys.ADD_FOLDER).get_by_role("textbox"), page.get_by_role("alert")
    for folder in ("../closed", "way out", "prints/../../closed", "/etc", "nowhere"):
        field.fill(str(root / folder))
        field.blur()
        wait_until_idle(page)
        button(page, keys.ADD_SUBMIT).click()
        expect(error).to_contain_text(f"“{root / folder}” is no folder inside {root}")
    assert barrx(museum, "datasets", "--json") == before


def test_file_that_is_no_zip_is_said(page_of_datasets: Page, museum: Server) -> None:
    page = page_of_datasets
    upload(page, keys.ADD_ZIP, payload("not really.zip", b"PK no", "application/zip"))
    button(page, keys.ADD_SUBMIT).click()
    expect(page.get_by_role("alert")).to_contain_text("zip", timeout=PATIENCE)
    expect(collection(page, "not-really")).to_have_count(0)
    page.reload()
    wait_until_idle(page)
    assert not list((museum.home / "uploads").iterdir())
