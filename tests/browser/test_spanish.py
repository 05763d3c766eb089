"""The page in Spanish: the browser's language first, the switch, what stays when one goes on."""

import re
from pathlib import Path

from playwright.sync_api import expect

from barrx.ui import keys
from tests.browser.app_steps import button, open_app, select, to_page, widget
from tests.browser.conftest import OpenPage, Server
from tests.browser.steps import the_map, wait_until_idle


def test_a_spanish_browser_reads_spanish_until_people_choose_english(
    server: Server, open_page: OpenPage
) -> None:
    page, other = open_page(locale="es-ES"), open_page(locale="en-GB", width=390, height=844)
    open_app(page, server)
    open_app(other, server)
    the_map(page)
    the_map(other)  # both are drawn, however slow this machine is
    assert page.evaluate("document.documentElement.lang") == "es"
    for said in ("Colorear por", "Valores iniciales", "imágenes"):
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.locator("dl.figures")).to_contain_text(re.compile(r"\d+\s%"))
    expect(other.locator("dl.figures")).to_contain_text("images")

    to_page(page, "Clústeres")
    expect(page.get_by_role("heading", name=re.compile("^Clústeres de"))).to_be_visible()
    widget(page, keys.LANGUAGE).get_by_text("en", exact=True).click()
    wait_until_idle(page)
    expect(page.get_by_role("heading", name=re.compile("^Clusters of"))).to_be_visible(timeout=150_000)
    expect(page).to_have_url(re.compile(r"[?&]lang=en"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    to_page(page, "Method")
    expect(page.get_by_role("heading", name="How the machine looks at a collection")).to_be_visible(
        timeout=150_000
    )

    open_app(other, server, "/?lang=es")
    expect(other.get_by_role("heading", name=re.compile("^Clústeres de"))).to_have_count(0)
    expect(other.locator("html")).to_have_attribute("lang", "es")
    # Nothing is wider than a phone.
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_spanish_reader_takes_away_is_in_spanish(server: Server, open_page: OpenPage) -> None:
    page = open_page(locale="es-ES")
    open_app(page, server, "/share?section=export")
    for name, ending, said in (
        ("", ".html", '<html lang="es">'),
        ("Impresión, líneas y letras (SVG)", ".svg", "810 de 810 imágenes"),
        ("Clústeres (CSV)", ".clusters.csv", '"ruido"'),
    ):
        if name:
            select(page, keys.EXPORT_KIND, name)
        with page.expect_download(timeout=150_000) as download:
            button(page, keys.EXPORT_DOWNLOAD).click()
        assert download.value.suggested_filename == f"demo{ending}"
        assert said in Path(download.value.path()).read_text(encoding="utf-8-sig")
