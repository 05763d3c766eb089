"""The whole app in a real browser: started as the README says, every page by its address, on any screen."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect

from barrx.ui import keys
from tests.browser.app_steps import (
    COMPUTED,
    STORED,
    button,
    card_title,
    figures,
    heading,
    mapped_libraries,
    open_app,
    press_on,
    thumb,
    tiles,
    to_page,
    too_wide,
    wait_for_map,
    widget,
)
from tests.browser.conftest import OpenPage, Server, StartServer, start
from tests.browser.steps import PATIENCE, bare, pixel_of, wait_for_another_map, wait_until_idle

PATHS = ("/", "/clusters", "/datasets", "/method")

# Python runs a module of this name at the start of every process: the product knows nothing of it.
LISTENER = """
import json, os, signal, sys, threading

def tell(number, frame):
    path = os.path.join(os.environ["MODULES_FOLDER"], f"{os.getpid()}.json")
    with open(path + ".part", "w") as file:
        json.dump(sorted(sys.modules), file)
    os.replace(path + ".part", path)

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGUSR1, tell)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server that tells which modules it has imported when it gets a signal."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sitecustomize.py").write_text(LISTENER)
    server = start(folder, PYTHONPATH=str(folder), MODULES_FOLDER=str(folder))
    yield server
    server.stop()


# --- the first thing a server is asked ---------------------------------------------------------------------


def test_parameters_in_the_address_are_followed_on_a_fresh_server(server: Server, page: Page) -> None:
    query = "dataset=demo&n_neighbors=30&min_dist=0.5&metric=euclidean&min_cluster_size=12&color=category"
    open_app(page, server, f"/?{query}")
    wait_for_map(page)
    assert COMPUTED in figures(page)
    assert thumb(page, keys.N_NEIGHBORS).input_value() == "30"
    assert thumb(page, keys.MIN_DIST).input_value() == "0.5"
    assert thumb(page, keys.MIN_CLUSTER_SIZE).input_value() == "12"
    for key, value in ((keys.METRIC, "euclidean"), (keys.COLOR, "category")):
        expect(widget(page, key).get_by_role("combobox")).to_have_value(value)
    expect(page.locator(".legend h3")).to_have_text("category")
    for part in query.split("&")[1:]:  # the demo is where Explore begins: it needs no word in the address
        assert part in page.url


def test_first_start_shows_the_map_of_the_demo(page: Page, server: Server) -> None:
    open_app(page, server)
    canvas = widget(page, keys.MAP_CONTAINER).locator("canvas")
    expect(canvas).to_have_attribute("data-points", "810")
    assert wait_for_map(page)
    assert canvas.evaluate("canvas => canvas.getRootNode() instanceof ShadowRoot")
    expect(heading(page, "Open Clip Art")).to_be_visible()
    shown = figures(page)
    assert shown["images"] == "810"
    assert STORED in shown
    assert page.url == f"{server.url}/"
    expect(canvas).not_to_have_attribute("data-pictures", "0")
    drawn = canvas.evaluate(
        "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert drawn > 1000  # colours: the pictures are really there


# --- deep links -------------------------------------------------------------------------------------------

TITLES = {
    "/": "Open Clip Art",
    "/clusters": "Clusters of Open Clip Art",
    "/datasets": "Datasets",
    "/method": "How the machine looks at a collection",
}


@pytest.mark.parametrize("path", PATHS)
def test_page_opens_by_its_address_on_a_fresh_server(
    start_server: StartServer, page: Page, path: str
) -> None:
    server = start_server()
    open_app(page, server, path)
    expect(heading(page, TITLES[path])).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    if path == "/datasets":
        page.wait_for_function(
            "() => { const all = [...document.querySelectorAll('.cover img')];"
            " return all.length === 8 && all.every(i => i.naturalWidth > 1) }"
        )
    elif path == "/method":
        expect(page.get_by_role("heading", name="5 · Dense places become clusters")).to_be_visible()
        expect(tiles(page, keys.METHOD_NEIGHBORS)).to_have_count(10)
    elif path == "/clusters":
        expect(page.get_by_role("table")).to_be_visible()
    else:
        wait_for_map(page)


def test_missing_weights_are_said_with_the_way_to_get_them(page: Page, server: Server) -> None:
    open_app(page, server, "/?encoder=inception-v3")
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("Inception V3 (84 MB)")
    expect(warning).to_contain_text("python -m barrx weights inception-v3")
    expect(page.get_by_role("button", name="Fetch 84 MB now")).to_be_visible()
    expect(page.locator("canvas[data-revision]")).to_have_count(0)
    button(page, keys.OTHER_ENCODER).click()
    wait_for_map(page)
    assert figures(page)["images"] == "810"
    assert "encoder" not in page.url


@pytest.mark.parametrize(
    "query", ["dataset=../../etc", "encoder=nothing", "n_neighbors=99999", "metric=<script>", "min_dist=nan"]
)
def test_address_that_makes_no_sense_shows_the_demo(page: Page, server: Server, query: str) -> None:
    open_app(page, server, f"/?{query}")
    wait_for_map(page)
    assert figures(page)["images"] == "810"
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_picture_in_the_address_is_the_one_the_method_is_shown_on(page: Page, server: Server) -> None:
    open_app(page, server, "/method")
    box = widget(page, keys.PICTURE).get_by_role("combobox")
    box.click()
    box.fill("Sunflower")
    page.get_by_role("option").first.click()
    page.wait_for_url(re.compile("picture="))
    wait_until_idle(page)
    chosen = box.input_value()
    assert "sunflower" in chosen.lower()
    page.goto(page.url)
    wait_until_idle(page)
    expect(box).to_have_value(chosen)


def test_code_of_the_map_is_fetched_once_while_streamlit_starts(page: Page, server: Server) -> None:
    open_app(page, server)
    wait_for_map(page)
    code, contact = (
        page.evaluate(
            "end => performance.getEntriesByType('resource').filter(e => e.name.endsWith(end)).map(e => e.startTime)",
            end,
        )
        for end in ("/barrx/map/whole.js", "/_stcore/health")
    )
    assert len(code) == 1
    assert code[0] < contact[0]


# --- who is asked -----------------------------------------------------------------------------------------


def test_no_page_asks_another_host(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    open_app(page, server)
    wait_for_map(page)
    page.mouse.click(*pixel_of(page, bare(page)))
    expect(card_title(page)).to_be_visible()
    expect(tiles(page, keys.CARD_NEIGHBORS)).to_have_count(10)
    for path in (*PATHS[1:], "/?encoder=inception-v3"):
        open_app(page, server, path)
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert any("/barrx/thumbnail" in url for url in asked)


# --- any screen -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(open_page: OpenPage, server: Server, scheme: str) -> None:
    page = open_page(
        width=390, height=844, color_scheme=scheme, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    for path in (*PATHS, "/?encoder=inception-v3"):
        open_app(page, server, path)
        if path == "/":
            wait_for_map(page)
            page.touchscreen.tap(*pixel_of(page, bare(page)))
            expect(card_title(page)).to_be_visible()
            expect(tiles(page, keys.CARD_NEIGHBORS)).to_have_count(10)
        assert too_wide(page) == []
        ground = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
        shade = sum(int(part) for part in ground.strip("rgba()").split(",")[:3])
        assert (shade > 3 * 128) is (scheme == "light")


# --- the process ------------------------------------------------------------------------------------------

HEAVY = {"tensorflow", "keras", "umap", "hdbscan", "numba", "llvmlite", "sklearn", "pynndescent"}


def test_a_worker_is_warmed_before_any_page_is_opened(start_server: StartServer) -> None:
    server = start_server()
    deadline = time.monotonic() + PATIENCE / 1000
    while not any("llvmlite" in mapped_libraries(w.pid) for w in psutil.Process(server.pid).children()):
        assert time.monotonic() < deadline, "no worker has imported UMAP"
        time.sleep(0.2)
    assert mapped_libraries(server.pid) == set()


def test_server_process_never_loads_what_workers_are_for(
    server: Server, page: Page, record_property: Callable[[str, object], None]
) -> None:
    open_app(page, server)
    before = wait_for_map(page)
    page.mouse.click(*pixel_of(page, bare(page)))
    expect(tiles(page, keys.CARD_NEIGHBORS)).to_have_count(10)
    press_on(page, keys.N_NEIGHBORS, "ArrowRight")  # one that has to be computed
    wait_for_another_map(page, before)
    wait_for_map(page)
    to_page(page, "Method")
    expect(page.get_by_role("heading", name="5 · Dense places become clusters")).to_be_visible()
    page.wait_for_function("() => [...document.images].every(i => i.complete)")  # or their end is a 404
    to_page(page, "Datasets")

    modules = _modules(server)
    assert {"streamlit", "barrx.ui.map_view", "barrx.workers"} <= set(modules)
    assert HEAVY & {name.partition(".")[0] for name in modules} == set()
    assert mapped_libraries(server.pid) == set()
    workers = psutil.Process(server.pid).children(recursive=True)
    assert any("hdbscan" in mapped_libraries(worker.pid) for worker in workers)

    megabytes = psutil.Process(server.pid).memory_info().rss / 1e6
    record_property("server_rss_mb", round(megabytes))
    print(f"resident memory of the Streamlit process: {megabytes:.0f} MB")


def _modules(server: Server) -> list[str]:
    """Ask a running server which modules it has imported."""
    answer = server.home.parent / f"{server.pid}.json"
    os.kill(server.pid, signal.SIGUSR1)
    deadline = time.monotonic() + 30
    while not answer.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    found: list[str] = json.loads(answer.read_text())
    return found
