"""What Python sends to the map and takes from it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from barrx.errors import ParameterError
from barrx.ui import map as image_map
from barrx.ui.map import MapOptions, inside

SQUARE = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]


def frame(n: int = 3) -> pd.DataFrame:
    values = np.arange(n, dtype=np.float32)
    return pd.DataFrame({"x": values, "y": values[::-1], "colour": np.zeros(n, np.int16)})


# --- inside -----------------------------------------------------------------------------------------------


def test_inside_tells_points_of_a_square() -> None:
    x, y = np.array([1.0, 3.0, -1.0, 1.0]), np.array([1.0, 1.0, 1.0, 2.5])
    assert inside(SQUARE, x, y).tolist() == [True, False, False, False]


def test_inside_leaves_out_what_a_line_goes_round_twice() -> None:
    x, y = np.array([1.0]), np.array([1.0])
    assert inside([*SQUARE, *SQUARE], x, y).tolist() == [False]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inside_takes_both_precisions(dtype: type) -> None:
    assert inside(SQUARE, np.array([1], dtype), np.array([1], dtype)).tolist() == [True]


def test_inside_of_no_points_is_empty() -> None:
    assert inside(SQUARE, np.array([]), np.array([])).shape == (0,)


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=12),
    st.integers(0, 11),
)
def test_inside_does_not_depend_on_the_corner_one_begins_with(
    polygon: list[tuple[float, float]], turn: int
) -> None:
    x, y = np.random.default_rng(0).uniform(-10, 10, (2, 50))
    turned = polygon[turn % len(polygon) :] + polygon[: turn % len(polygon)]
    assert inside(polygon, x, y).tolist() == inside(turned, x, y).tolist()


# --- options ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"palette": []}, "at least 1 colour"),
        ({"palette": ["red"]}, "colours as #rrggbb, got “red”"),
        ({"palette": ["#12345g"]}, "got “#12345g”"),
        ({"height": 10}, "height must be from 200 to 4000 pixels, got 10"),
    ],
)
def test_options_refuse(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        MapOptions(revision="r", **wrong)  # type: ignore[arg-type]


# --- what is sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["x", "y", "colour"])
def test_points_need_their_columns(column: str) -> None:
    with pytest.raises(ParameterError, match=f"needs the column {column}"):
        image_map._points(frame().drop(columns=column))


def test_points_must_be_finite() -> None:
    broken = frame()
    broken.loc[1, "x"] = np.nan
    with pytest.raises(ParameterError, match="finite numbers; 1 of 3 are not"):
        image_map._points(broken)


def test_points_without_strength_are_full() -> None:
    assert image_map._points(frame())["strength"].to_pylist() == [255, 255, 255]


def test_points_keep_strength_in_its_bounds() -> None:
    strength = image_map._points(frame(4).assign(strength=[-1.0, 0.5, 2.0, np.nan]))["strength"]
    assert strength.to_pylist() == [0, 128, 255, 0]


def test_points_of_an_empty_collection_are_sent() -> None:
    assert image_map._points(frame(0)).num_rows == 0


@pytest.mark.parametrize("dtype", ["object", "str"])
def test_texts_are_short_and_never_missing(dtype: str) -> None:
    titles = pd.Series(["<b>", None, "x" * 2000, "東京"], dtype=dtype)
    texts = image_map._texts(frame(4).assign(title=titles))
    assert texts["title"].to_pylist() == ["<b>", "", "x" * 300, "東京"]


def test_texts_take_numbers_and_half_characters() -> None:
    titles = pd.Series([1907, "a\ud800"], dtype="object")
    assert image_map._texts(frame(2).assign(title=titles))["title"].to_pylist() == ["1907", "a?"]


# --- what comes back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (2, 2), (3, None), (-1, None), (True, None), ("1", None), (1.0, None), (None, None)],
)
def test_click_is_an_index_of_the_collection(value: object, expected: int | None) -> None:
    assert image_map._index(value, 3) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "line",
        [],
        [[0, 0], [1, 1]],
        [[0, 0], [1, 1], [2]],
        [[0, 0], [1, 1], [2, "2"]],
        [[0, 0], [1, 1], [2, float("inf")]],
        [[0, 0]] * 10_001,
        {"polygon": [[0, 0], [1, 0], [1, 1]], "arrangement": "another"},
        {"arrangement": "this"},
    ],
)
def test_selection_that_is_no_line_on_this_map_is_none(value: object) -> None:
    assert image_map._polygon(value, "this") is None


@pytest.mark.parametrize(
    "value",
    [[[0, 0], [1, 0], [1, 1]], {"polygon": [[0, 0], [1, 0], [1, 1]], "arrangement": "this"}],
)
def test_selection_on_this_map_is_taken(value: object) -> None:
    assert image_map._polygon(value, "this") == [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]


# --- in a script ------------------------------------------------------------------------------------------


def script() -> None:
    import numpy as np
    import pandas as pd
    import streamlit as st

    from barrx.ui.map import MapOptions, image_map

    values = np.arange(3, dtype=np.float32)
    frame = pd.DataFrame(
        {"x": values, "y": values, "colour": np.zeros(3, np.int16), "title": ["a", "b", None]}
    )
    st.text(repr(image_map(frame, MapOptions(revision="r"), key="map")))


def test_image_map_in_a_script_begins_without_events(home: Path) -> None:
    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    assert app.text[0].value == "MapEvents(clicked=None, selection=None)"


def test_image_map_returns_what_was_done(home: Path) -> None:
    app = AppTest.from_function(script, default_timeout=30)
    app.session_state["map"] = {"clicked": 2, "selection": [[0, 0], [1, 0], [1, 1]]}
    app.run()
    assert app.text[0].value == "MapEvents(clicked=2, selection=[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])"
