"""From ``streamlit run`` to the demo's map on screen, and what the Streamlit process holds in memory then.

The browser is running already, as it is for somebody who opens a bookmark. The first start after installation is
left out: Python writes its compiled files then, and the cliff chart is computed. Then a slider is moved for the first
time, as soon as the map is on screen, to a setting that nobody has asked for: the workers are cold.
"""

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from barrx.ui import keys
from tests.benchmarks.measure import Measured, memory_mb, table
from tests.browser.app_steps import mapped_libraries
from tests.browser.conftest import chromium, start
from tests.browser.slider_steps import drag

STARTS = 5
_LATER = 8_000  # ms: the chart, the thumbnails, and whatever else comes after the map


def measured(starts: int = STARTS) -> str:
    """Start again and again; return the table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        first, again = Path(folder, "first"), Path(folder, "again")
        first.mkdir()
        _one(browser, first)
        found = []
        for _start in range(starts):
            shutil.copytree(first, again)
            found.append(_one(browser, again))
            shutil.rmtree(again)
    answers, seconds, moves, memory, libraries = zip(*found, strict=True)
    heavy = ", ".join(sorted(set().union(*libraries))) or "none"
    rows = [
        ["`streamlit run` to the server's first answer (s)", Measured(answers).shown(1), ""],
        ["`streamlit run` to the demo's map on screen (s)", Measured(seconds).shown(1), "5"],
        ["from the first move of n_neighbors to its map on screen (s)", Measured(moves).shown(1), ""],
        ["Streamlit process, demo open (MB)", Measured(memory).shown(0), "400"],
        ["TensorFlow, UMAP, HDBSCAN, scikit-learn in that process", heavy, "none"],
    ]
    return table((f"start again, {starts} times", "median (least–most)", "to reach"), rows)


def _one(browser: Browser, folder: Path) -> tuple[float, float, float, float, set[str]]:
    """Start a server; return the seconds to its answer, to the map and to another one, its MB, its heavy libraries."""
    began = time.perf_counter()
    server = start(folder)
    try:
        answers = time.perf_counter() - began
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.url)
        page.locator("canvas[data-revision]").wait_for(timeout=120_000)
        seconds = time.perf_counter() - began
        moved = drag(page, keys.N_NEIGHBORS, 40)
        page.wait_for_timeout(_LATER)
        found = answers, seconds, moved, memory_mb(server.pid), mapped_libraries(server.pid)
        page.close()
        return found
    finally:
        server.stop()
