"""An embedding that is stopped, or whose worker is killed, goes on where it stopped."""

import os
import re
import signal
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Page, expect

from barrx.ui import keys
from tests.browser.app_steps import added, barrx, button, figures, mapped_libraries, open_app, wait_for_map
from tests.browser.conftest import Server
from tests.browser.steps import PATIENCE, the_map, wait_until_idle


def pictures(folder: Path, n: int) -> Path:
    """Write pictures that no vector exists for, others each time."""
    folder.mkdir()
    blocks = np.random.default_rng().integers(0, 255, (n, 6, 6, 3), np.uint8)
    for k, pixels in enumerate(blocks):
        Image.fromarray(np.kron(pixels, np.ones((20, 20, 1), np.uint8))).save(folder / f"{k:04d}.png")
    return folder


def start_embedding(page: Page) -> None:
    """Start, and wait until the first pictures are done."""
    page.get_by_role("button", name=re.compile("Embed now|Go on")).click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("images a second", timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_contain_text("left")


def done_already(page: Page) -> int:
    """Return how many pictures the page says are done."""
    found = re.search(r"(\d+) are done already", page.get_by_test_id("stMain").inner_text())
    assert found
    return int(found[1])


def embedding_worker(server: Server) -> psutil.Process:
    """Return the worker that has TensorFlow in its memory."""
    workers = [
        child
        for child in psutil.Process(server.pid).children(recursive=True)
        if child.cmdline()[1:3] == ["-m", "barrx.workers"] and "tensorflow" in mapped_libraries(child.pid)
    ]
    assert len(workers) == 1
    return workers[0]


def test_killed_worker_is_said_and_starting_again_goes_on(page: Page, server: Server, tmp_path: Path) -> None:
    slug = added(server, pictures(tmp_path / "large", 400))
    open_app(page, server, f"/?dataset={slug}")
    expect(page.get_by_text("400 images are to be embedded")).to_be_visible()
    start_embedding(page)
    os.kill(embedding_worker(server).pid, signal.SIGKILL)
    error = page.get_by_role("alert")
    expect(error).to_contain_text("The worker process ended unexpectedly (signal 9).")
    expect(error).to_contain_text("start again to go on where it stopped")
    wait_until_idle(page)
    done = done_already(page)
    assert 0 < done < 400
    assert done % 16 == 0  # whole batches
    expect(page.get_by_text(f"{400 - done} images are to be embedded")).to_be_visible()

    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(
        re.compile(r"\b(\d+) of 400 images"), timeout=PATIENCE
    )
    first = re.search(r"(\d+) of 400", page.get_by_test_id("stProgress").inner_text())
    assert first
    assert int(first[1]) >= done
    the_map(page)
    wait_for_map(page)
    assert figures(page)["images"] == "400"
    expect(page.get_by_role("alert")).to_have_count(0)
    assert mapped_libraries(server.pid) == set()


def test_cancelled_embedding_keeps_what_is_done(page: Page, server: Server, tmp_path: Path) -> None:
    slug = added(server, pictures(tmp_path / "second", 400))
    open_app(page, server, f"/?dataset={slug}")
    start_embedding(page)
    button(page, f"{keys.CANCEL}:embed").click()
    expect(page.get_by_text("Stopped. What was finished is kept")).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page)
    assert 0 < done_already(page) < 400
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    # Somebody who opens the page later finds the same.
    page.goto(f"{server.url}/?dataset={slug}")
    wait_until_idle(page)
    assert 0 < done_already(page) < 400
    table = barrx(server, "datasets", "--json")
    assert f'"{slug}"' in table
