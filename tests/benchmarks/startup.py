"""From ``streamlit run`` to the demo's map on screen, and what the Streamlit process holds in memory then.

The browser is running already, as it is for somebody who opens a bookmark. The first start after installation is
left out: Python writes its compiled files then, and the cliff chart is computed.
"""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks.measure import Measured, memory_mb, table
from tests.browser.app_steps import mapped_libraries
from tests.browser.conftest import chromium, start

STARTS = 5
_LATER = 8_000  # ms: the chart, the thumbnails, and whatever else comes after the map


def measured(starts: int = STARTS) -> str:
    """Start again and again; return the table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        found = [_one(browser, Path(folder)) for _start in range(starts + 1)][1:]
    answers, seconds, memory, libraries = zip(*found, strict=True)
    heavy = ", ".join(sorted(set().union(*libraries))) or "none"
    rows = [
        ["`streamlit run` to the server's first answer (s)", Measured(answers).shown(1), ""],
        ["`streamlit run` to the demo's map on screen (s)", Measured(seconds).shown(1), "5"],
        ["Streamlit process, demo open (MB)", Measured(memory).shown(0), "400"],
        ["TensorFlow, UMAP, HDBSCAN, scikit-learn in that process", heavy, "none"],
    ]
    return table((f"start again, {starts} times", "median (least–most)", "to reach"), rows)


def _one(browser: Browser, folder: Path) -> tuple[float, float, float, set[str]]:
    """Start a server; return the seconds to its answer and to the map, its MB, its heavy libraries."""
    began = time.perf_counter()
    server = start(folder)
    try:
        answers = time.perf_counter() - began
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.url)
        page.locator("canvas[data-revision]").wait_for(timeout=120_000)
        seconds = time.perf_counter() - began
        page.wait_for_timeout(_LATER)
        found = answers, seconds, memory_mb(server.pid), mapped_libraries(server.pid)
        page.close()
        return found
    finally:
        server.stop()
