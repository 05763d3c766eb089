"""What is there for good is left out of garbage collections, once more after the first page, and then no more."""

import gc
from collections.abc import Iterator

import pytest

from barrx.ui import garbage


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(garbage, "_DRAWN_WITHIN", 0.0)
    garbage.leave_out_first_page.cache_clear()
    yield
    garbage.leave_out_first_page.cache_clear()
    gc.unfreeze()


def test_what_is_there_is_no_longer_looked_at(frozen: None) -> None:
    gc.unfreeze()
    mine: list[object] = [[]]
    assert any(one is mine for one in gc.get_objects())
    garbage.leave_out()
    assert not any(one is mine for one in gc.get_objects())


def test_first_page_is_left_out_and_later_ones_are_not(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Timer:
        def __init__(self, seconds: float, function: object) -> None:
            made.append((seconds, function))

        def start(self) -> None:
            pass

    monkeypatch.setattr(garbage.threading, "Timer", Timer)
    garbage.leave_out_first_page()
    garbage.leave_out_first_page()
    assert made == [(0.0, gc.freeze)]
