"""Columns of numbers for the browser: what is kept, how it travels, and who gets it."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.ui import columns, signing

READ = {"int8": "<i1", "uint8": "<u1", "int16": "<i2", "int32": "<i4", "float32": "<f4"}


def fetched(column: columns.Column) -> NDArray[np.generic]:
    body = columns.read(column["address"].removeprefix("barrx/column/"))
    assert body is not None
    if column["type"] == "bits":
        return np.unpackbits(np.frombuffer(body, np.uint8), count=column["length"], bitorder="little")
    values = np.frombuffer(body, READ[column["type"]])
    assert len(values) == column["length"]
    return values


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.sampled_from(["bool", "int8", "int16", "int32", "uint8", "int64", "float32"]).flatmap(
        lambda dtype: arrays(
            dtype,
            st.integers(0, 40),
            elements=st.integers(-(2**31), 2**31 - 1) if dtype == "int64" else None,
        )
    )
)
def test_publish_keeps_every_value(home: Path, values: NDArray[np.generic]) -> None:
    np.testing.assert_array_equal(fetched(columns.publish(values)), values)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([-1, 19], np.int32), "int8"),
        (np.array([0, 255], np.int64), "uint8"),
        (np.array([-1, 300], np.int16), "int16"),
        (np.array([70_000]), "int32"),
        (np.array([], np.int64), "int8"),
        (np.array([0.5]), "float32"),
        (np.array([True] * 9), "bits"),
    ],
)
def test_publish_takes_the_narrowest_type(home: Path, values: NDArray[np.generic], kind: str) -> None:
    assert columns.publish(values)["type"] == kind


def test_publish_gives_the_same_content_the_same_address(home: Path) -> None:
    one, other = columns.publish(np.arange(9)), columns.publish(np.arange(9))
    assert one == other
    assert columns.publish(np.arange(1, 10))["name"] != one["name"]
    assert columns.publish(np.zeros(8, bool))["name"] != columns.publish(np.zeros(7, bool))["name"]


@pytest.mark.parametrize(
    "values", [np.zeros((2, 2)), np.array(["a"]), np.array([2**40]), np.array([1j]), np.array(3)]
)
def test_publish_refuses_what_is_no_column(home: Path, values: NDArray[np.generic]) -> None:
    with pytest.raises(ParameterError, match=r"numbers of up to 32 bits in one dimension, got \S+ of shape"):
        columns.publish(values)


def test_shelf_lets_go_of_what_was_not_used_for_longest() -> None:
    shelf = columns._Shelf(most_bytes=10)
    for name in ("a", "b"):
        shelf.put(name, bytes(4))
    assert shelf.get("a") == bytes(4)
    shelf.put("c", bytes(4))
    assert shelf.get("a") == bytes(4)
    with pytest.raises(KeyError, match="b"):
        shelf.get("b")


def test_shelf_keeps_one_that_is_larger_than_all_of_it() -> None:
    shelf = columns._Shelf(most_bytes=10)
    shelf.put("large", bytes(40))
    assert len(shelf.get("large")) == 40


def _ended(token: str, monkeypatch: pytest.MonkeyPatch) -> str:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3 * signing.DAY)
    return token


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda token, _patch: token[:-4] + "AAAA",
        lambda _token, _patch: "",
        lambda _token, _patch: signing.seal(["x"], purpose="pictures"),
        _ended,
    ],
)
def test_read_needs_a_token_made_for_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, spoiled: Callable[[str, pytest.MonkeyPatch], str]
) -> None:
    token = columns.publish(np.arange(3))["address"].removeprefix("barrx/column/")
    assert columns.read(token) is not None
    assert columns.read(spoiled(token, monkeypatch)) is None
