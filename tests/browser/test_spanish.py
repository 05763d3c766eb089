"""The page in Spanish: the browser's language first, the switch, what stays when one goes on."""

import re
from pathlib import Path

from playwright.sync_api import expect

from barrx import datasets
from barrx.ui import keys
from tests.browser.app_steps import button, open_app, select, to_page, wait_for_map, widget
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


def test_language_and_sliders_stay_on_every_way_to_another_page(server: Server, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    open_app(page, server, "/categories?lang=es&min_cluster_size=13&n_neighbors=16")
    button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}").click()
    expect(page.get_by_role("heading", name="imágenes seleccionadas")).to_be_visible(timeout=150_000)
    wait_for_map(page)
    for said in ("lang=es", "min_cluster_size=13", "n_neighbors=16"):
        expect(page).to_have_url(re.compile(rf"[?&]{said}(&|$)"))
    page.reload()
    expect(page.get_by_role("heading", name="imágenes seleccionadas")).to_be_visible(timeout=150_000)

    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("^Máquina y catálogo"))).to_be_visible(timeout=150_000)
    page.go_forward()
    expect(page.get_by_role("heading", name="imágenes seleccionadas")).to_be_visible(timeout=150_000)
    wait_for_map(page)

    to_page(page, "Compartir")
    page.get_by_role("textbox", name="Nombre").fill("Aves")
    page.get_by_role("button", name="Guardar la vista").click()
    expect(widget(page, keys.SAVED_LIST).locator("img")).to_have_count(1)
    wait_until_idle(page)
    button(page, keys.of(keys.SAVED_OPEN, "1")).click()
    expect(page.get_by_role("heading", name="imágenes seleccionadas")).to_be_visible(timeout=150_000)
    assert "lang=es" in page.url

    to_page(page, "Compartir")
    page.get_by_role("radio", name="Recorrido").click()
    wait_until_idle(page)
    page.get_by_role("textbox", name="Título").fill("Todo")
    page.get_by_role("button", name="Añadir la parada").click()
    button(page, keys.TOUR_PRESENT).click()
    expect(page.get_by_role("heading", name="Todo")).to_be_visible(timeout=150_000)
    page.get_by_role("button", name="Terminar el recorrido").click()
    expect(page.get_by_role("radio", name="Recorrido")).to_be_visible()

    to_page(page, "Colecciones")
    button(page, keys.of(keys.OPEN, datasets.DEMO_SLUG)).click()
    wait_for_map(page)
    expect(page).to_have_url(re.compile(r"[?&]lang=es"))
    assert server.bugs() == []
