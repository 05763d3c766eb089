"""Pages take turns on the way to their map: in the order of asking, and what comes after a map waits."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from barrx.ui import turns as module
from barrx.ui.turns import Turns

PAGES = ("first", "second", "third")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page go on only because it has waited for long."""
    monkeypatch.setattr(module, "_AT_MOST", 60.0)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(len(PAGES)) as made:
        yield made


@pytest.mark.usefixtures("patient")
def test_pages_come_to_their_map_in_turn_and_what_follows_comes_after_all(pool: ThreadPoolExecutor) -> None:
    turns, done, may_go_on = Turns(), list[str](), threading.Event()

    def page(name: str) -> None:
        with turns.taken():
            may_go_on.wait(60)
            done.append(f"map of {name}")
            turns.give_way()
            done.append("the rest")

    pages = []
    for n, name in enumerate(PAGES, start=1):
        pages.append(pool.submit(page, name))
        while len(turns._pages) < n:
            time.sleep(0.001)
    assert done == []
    may_go_on.set()
    wait(pages, 60)
    assert done == [*(f"map of {name}" for name in PAGES), *["the rest"] * len(PAGES)]


@pytest.mark.usefixtures("patient")
def test_page_that_ends_before_its_map_lets_the_next_one_go(pool: ThreadPoolExecutor) -> None:
    turns = Turns()

    def page() -> None:
        with turns.taken():
            raise InterruptedError("before its map")

    for _page in PAGES:
        with pytest.raises(InterruptedError, match="before its map"):
            pool.submit(page).result(60)
    with turns.taken():
        turns.give_way()


def test_page_that_takes_long_holds_up_nobody(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, began, ends = Turns(), threading.Event(), threading.Event()

    def long_page() -> None:
        with turns.taken():
            began.set()
            ends.wait(60)

    def page() -> str:
        with turns.taken():
            turns.give_way()
            return "is there"

    slow = pool.submit(long_page)
    began.wait(60)
    try:
        assert pool.submit(page).result(60) == "is there"
        assert not slow.done()
        monkeypatch.setattr(module, "_AT_MOST", 60.0)
        assert pool.submit(page).result(30) == "is there"  # the next ones do not wait for it again
    finally:
        ends.set()


@pytest.mark.usefixtures("patient")
def test_part_of_a_page_that_runs_by_itself_waits_for_nobody(pool: ThreadPoolExecutor) -> None:
    turns = Turns()
    with turns.taken():
        pool.submit(turns.give_way).result(60)
