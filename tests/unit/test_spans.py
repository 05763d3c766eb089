"""Indexes as text: short, exact, and nothing else is taken."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx import spans


@pytest.mark.parametrize(
    ("indexes", "text"),
    [([], ""), ([0], "0"), ([3, 4, 5, 6, 7, 12], "3-7.12"), ([0, 1, 9], "0-1.9"), ([8, 10, 12], "8.10.12")],
)
def test_indexes_become_a_short_text(indexes: list[int], text: str) -> None:
    assert spans.to_text(np.array(indexes, np.int64)) == text


@given(st.sets(st.integers(0, 400)))
def test_text_gives_the_same_indexes_again(indexes: set[int]) -> None:
    chosen = np.array(sorted(indexes), np.int64)
    text = spans.to_text(chosen)
    if text is None:
        assert len(chosen) > 200
    else:
        found = spans.from_text(text, 401)
        assert found is not None
        assert found.tolist() == chosen.tolist()


@given(st.sets(st.integers(0, 400)))
def test_packed_text_gives_the_same_indexes_again(indexes: set[int]) -> None:
    text = spans.packed(np.array(sorted(indexes), np.int64), 401)
    assert text is not None
    found = spans.from_text(text, 401)
    assert found is not None
    assert found.tolist() == sorted(indexes)
    assert spans.from_text(text, 800) is None, "of a collection of another size"


def test_packed_text_has_room_for_whatever_is_selected_of_9000_pictures() -> None:
    rng = np.random.default_rng(0)
    scattered = np.flatnonzero(rng.random(8_900) < 0.5)
    assert spans.to_text(scattered) is None
    assert len(spans.packed(scattered, 8_900) or "") in range(1000, spans.MAX_LENGTH + 1)
    assert spans.packed(np.flatnonzero(rng.random(20_000) < 0.5), 20_000) is None


def test_packed_text_cannot_be_made_to_fill_the_memory() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(bytes(1_000_000), 9)[2:-4]).decode().rstrip("=")
    assert len(bomb) < spans.MAX_LENGTH
    assert spans.from_text(f"z{bomb}", 8_000) is None


def test_what_is_too_long_for_an_address_has_no_text() -> None:
    assert spans.to_text(np.arange(100_000)) == "0-99999"
    assert spans.to_text(np.arange(0, 100_000, 2)) is None
    assert spans.to_text(np.arange(90_000, 91_000, 2)) is None


@pytest.mark.parametrize(
    "text",
    [
        "10",
        "7-3",
        "1-",
        "-1",
        "1..2",
        "a",
        "1,2",
        "0-99999999999",
        "1." * 800 + "1",
        "٣",
        "z",
        "zA",
        "zé",
        "z!!!!",
    ],
)
def test_text_that_makes_no_sense_is_refused(text: str) -> None:
    assert spans.from_text(text, 10) is None
