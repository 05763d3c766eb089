"""What Python sends to the map and takes from it."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from barrx.errors import ParameterError
from barrx.ui import columns
from barrx.ui import map as image_map
from barrx.ui.map import Axes, Axis, ClusterMark, MapHears, MapOptions, SelectionRule, events, selected_by
from barrx.views import MAX_NAME
from tests.unit.test_columns import fetched


def frame(n: int = 3) -> pd.DataFrame:
    values = np.arange(n, dtype=np.float32)
    return pd.DataFrame({"x": values, "y": values[::-1], "colour": np.zeros(n, np.int16)})


# --- options ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"palette": []}, "at least 1 colour"),
        ({"palette": ["red"]}, "colours as #rrggbb, got “red”"),
        ({"palette": ["#12345g"]}, "got “#12345g”"),
        ({"height": 10}, "height must be from 200 to 4000 pixels, got 10"),
        ({"camera": (0, float("nan"), 1)}, "The camera must be at finite coordinates, got nan"),
        ({"camera": (0, 0, 0)}, "zoom must be above 0, got 0"),
    ],
)
def test_options_refuse(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        MapOptions(revision="r", **wrong)  # type: ignore[arg-type]


def test_options_refuse_lines_without_end() -> None:
    with pytest.raises(ParameterError, match="1000 lines at most, got 1001"):
        MapOptions(revision="r", lines=[(0, 1)] * 1001)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": -1}, "at least 0, got -1 and 3"),
        ({"size": -2}, "at least 0, got 0 and -2"),
        ({"representatives": [1, 2, 3, 4]}, "3 representatives at most, got 4"),
    ],
)
def test_cluster_mark_refuses(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        ClusterMark(**{"label": 0, "name": "a", "size": 3, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Axis(ticks=[(np.nan, "1900")]), "A tick must be at finite coordinates, got nan"),
        (lambda: Axis(end=np.inf), "The end of an axis must be at finite coordinates, got inf"),
        (lambda: Axes(headings=[(0, np.inf, "a")]), "A heading must be at finite coordinates, got inf"),
    ],
)
def test_axes_refuse_places_that_are_not_finite(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


# --- what is sent -----------------------------------------------------------------------------------------


def sent(frame: pd.DataFrame, **options: object) -> dict[str, NDArray[np.generic]]:
    """Return the columns a browser would fetch."""
    arrays, _said = image_map.parts(frame, MapOptions(revision="r", **options))  # type: ignore[arg-type]
    return {name: fetched(columns.publish(values)) for name, values in arrays.items()}


def message_of(frame: pd.DataFrame, options: MapOptions) -> str:
    """Return what travels with each run."""
    arrays, said = image_map.parts(frame, options)
    return json.dumps([{name: columns.publish(values) for name, values in arrays.items()}, said])


@pytest.mark.parametrize("column", ["x", "y", "colour"])
def test_columns_that_are_missing_are_named(home: Path, column: str) -> None:
    with pytest.raises(ParameterError, match=f"needs the column {column}"):
        sent(frame().drop(columns=column))


def test_columns_must_have_finite_coordinates(home: Path) -> None:
    broken = frame()
    broken.loc[1, "x"] = np.nan
    with pytest.raises(ParameterError, match="finite numbers; 1 of 3 are not"):
        sent(broken)


def test_columns_keep_strength_in_its_bounds(home: Path) -> None:
    strength = sent(frame(4).assign(strength=[-1.0, 0.5, 2.0, np.nan]))["strength"]
    assert strength.tolist() == [0, 128, 255, 0]


def test_columns_of_an_empty_collection_are_sent(home: Path) -> None:
    assert {name: len(values) for name, values in sent(frame(0)).items()} == {"x": 0, "y": 0, "colour": 0}


def test_columns_carry_filter_and_selection(home: Path) -> None:
    found = sent(frame(), shown=np.array([True, False, True]), selection=np.array([2]))
    assert found["shown"].tolist() == [1, 0, 1]
    assert found["selection"].tolist() == [2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shown": np.ones(2, bool)}, r"one value for each of the 3 images, got \(2,\)"),
        ({"selection": np.array([3])}, "selection must hold indexes of the 3 images, got 3"),
        ({"marked": [-1]}, "marked must hold indexes of the 3 images, got -1"),
        ({"lines": [(0, 3)]}, "lines must hold indexes of the 3 images, got 3"),
        ({"focus": ("1", [0, 7])}, "focus must hold indexes of the 3 images, got 7"),
    ],
)
def test_options_may_speak_of_pictures_that_are_there_only(
    home: Path, options: dict[str, object], message: str
) -> None:
    asked = MapOptions(revision="r", **options)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=message):
        message_of(frame(), asked)


def test_focus_is_sent_as_a_box(home: Path) -> None:
    focus = image_map._focus(MapOptions(revision="r", focus=("7", [0, 1])), frame())
    assert focus == {"revision": "7", "box": [0.0, 1.0, 1.0, 2.0]}
    assert image_map._focus(MapOptions(revision="r", focus=("7", [])), frame()) is None


def test_large_map_sends_kilobytes(home: Path) -> None:
    n = 100_000
    options = MapOptions(revision="r", shown=np.ones(n, bool), selection=np.arange(n))
    assert len(message_of(frame(n), options)) < 5_000


def test_legend_of_other_names_is_another_revision(home: Path) -> None:
    revisions = {
        image_map._legend_revision(MapOptions(revision="r", legend=legend, legend_revision=revision))
        for legend, revision in (
            ([("a", 1, 0)], "1"),
            ([("b", 1, 0)], "1"),
            ([("a", 2, 0)], "1"),
            ([("a", 1, 0)], "2"),
            ([("a", 1, 0)], "1"),
        )
    }
    assert len(revisions) == 4


# --- what comes back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (2, 2), (3, None), (-1, None), (True, None), ("1", None), (1.0, None), (None, None)],
)
def test_click_is_an_index_of_the_collection(value: object, expected: int | None) -> None:
    assert events.read_index(value, 3) == expected


def brought(colour: object, other: object, revision: object = "1") -> dict[str, object]:
    return {"colour": colour, "other": other, "revision": revision}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (brought([2, 0, 2], [1]), ([0, 2], [1])),
        (brought([-1], []), ([-1], [])),
        (brought([], []), ([], [])),
        (brought([0], [], "0"), None),
        (brought([0], [], None), None),
        (brought([1], []), None),
        (brought([True], []), None),
        (brought(["0"], []), None),
        (brought([], [2]), None),
        (brought([], [-1]), None),
        (brought("02", []), None),
        (brought([[0]], []), None),
        ([0], None),
        (None, None),
    ],
)
def test_what_is_brought_out_is_of_the_legend_the_page_has(value: object, expected: object) -> None:
    legend = [("a", 3, 0), ("c", 3, 2), ("none", 1, -1)]
    options = MapOptions(revision="r", legend=legend, legend_others=[("d", 1), ("e", 1)])
    assert events.read_brought_out(value, options, "1") == expected


def selection(pictures: object, **other: object) -> dict[str, object]:
    return {"collection": "these", "revision": "1", "pictures": pictures, **other}


def bits(*flags: int) -> str:
    return base64.b64encode(np.packbits(flags, bitorder="little").tobytes()).decode()


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [([], []), ([2, 0, 2], [0, 2]), (bits(0, 1, 0, 0, 0, 0, 0, 0, 0, 1), [1, 9]), (bits(*[0] * 10), [])],
)
def test_selection_is_a_set_of_pictures(pictures: object, expected: list[int]) -> None:
    rule = events.read_selection(selection(pictures), 10, "these", "1")
    assert rule is not None
    assert rule.pictures.tolist() == expected


def test_selection_may_be_a_bare_list() -> None:
    rule = events.read_selection([3, 1], 10, "these", "1")
    assert rule is not None
    assert rule.pictures.tolist() == [1, 3]


def test_selection_ignores_flags_behind_the_last_picture() -> None:
    rule = events.read_selection(selection(bits(*[1] * 16)), 10, "these", "1")
    assert rule is not None
    assert rule.pictures.tolist() == list(range(10))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "all",
        bits(*[1] * 10),
        [0, 10],
        {},
        selection(None),
        selection([0, 10]),
        selection([-1]),
        selection([True]),
        selection([1.0]),
        selection([float("nan")]),
        selection([[1]]),
        selection([1] * 1001),
        selection({"0": 1}),
        selection(""),
        selection("A" * 1_000_000),
        selection("!!!!"),
        selection("é==="),
        selection(bits(*[1] * 17)),
        selection([1], collection="those"),
        selection([1], revision="0"),
        selection([1], revision=None),
    ],
)
def test_selection_that_is_none_of_this_map_is_nothing(value: object) -> None:
    assert events.read_selection(value, 10, "these", "1") is None


def test_selected_pictures_pass_the_filters() -> None:
    rule = SelectionRule(np.array([0, 2, 7]))
    assert selected_by(rule, frame(3)).tolist() == [0, 2]
    assert selected_by(rule, frame(3), np.array([False, True, True])).tolist() == [2]


@pytest.mark.parametrize(
    ("camera", "arrangement", "expected"),
    [
        ([1, -2.5, 3], "this", (1.0, -2.5, 3.0)),
        ([1, 2, 3], "another", None),
        ([1, 2, 0], "this", None),
        ([1, 2, -1], "this", None),
        ([1, 2], "this", None),
        ([1, 2, True], "this", None),
        ([1, 2, "3"], "this", None),
        ([float("nan"), 2, 3], "this", None),
        ([float("inf"), 2, 3], "this", None),
        ([10**400, 2, 3], "this", None),
        ({"x": 1}, "this", None),
    ],
)
def test_camera_is_a_place_on_this_arrangement(camera: object, arrangement: str, expected: object) -> None:
    assert events.read_camera({"camera": camera, "arrangement": arrangement}, "this") == expected


@pytest.mark.parametrize("value", [None, 3, [1, 2, 3], "x"])
def test_camera_that_is_none_is_nothing(value: object) -> None:
    assert events.read_camera(value, "this") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("cat", "cat"),
        ("", ""),
        ("  a \n\x00 b ", "a \x00 b"),
        ("a\ud800", "a?"),
        ("x" * 201, None),
        (3, None),
        (None, None),
    ],
)
def test_query_is_short_text(value: object, expected: str | None) -> None:
    assert events.read_query(value, MapOptions(revision="r", searchable=True)) == expected


def test_query_without_a_field_is_nothing() -> None:
    assert events.read_query("cat", MapOptions(revision="r")) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"label": 4, "name": " Portraits  of\tcats"}, (4, "Portraits of cats")),
        ({"label": 4, "name": ""}, (4, "")),
        ({"label": 5, "name": "a"}, None),
        ({"label": "4", "name": "a"}, None),
        ({"label": True, "name": "a"}, None),
        ({"label": 4, "name": "x" * MAX_NAME}, (4, "x" * MAX_NAME)),
        ({"label": 4, "name": "x" * (MAX_NAME + 1)}, None),
        ({"label": 4, "name": None}, None),
        ({"label": [4], "name": "a"}, None),
        (["4", "a"], None),
        (None, None),
    ],
)
def test_new_name_is_of_a_cluster_on_the_map(value: object, expected: object) -> None:
    marks = [ClusterMark(label=4, name="cluster 4", size=9)]
    assert events.read_renamed(value, MapOptions(revision="r", clusters=marks, editable=True)) == expected
    assert events.read_renamed(value, MapOptions(revision="r", clusters=marks)) is None


# --- in a script ------------------------------------------------------------------------------------------


def script() -> None:
    import numpy as np
    import pandas as pd
    import streamlit as st

    from barrx.ui.map import MapOptions, image_map

    values = np.arange(3, dtype=np.float32)
    frame = pd.DataFrame({"x": values, "y": values, "colour": np.zeros(3, np.int16)})
    events = image_map(frame, MapOptions(revision="r", searchable=True), key="map")
    st.text(repr((events.selection, events.camera, events.style)))


def test_image_map_in_a_script_begins_without_events(home: Path) -> None:
    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    assert app.text[0].value == "(None, None, None)"


def test_image_map_returns_what_was_done(home: Path) -> None:
    app = AppTest.from_function(script, default_timeout=30)
    done = {"collection": " 3", "revision": "", "pictures": [1]}
    app.session_state["map"] = {"selection": done, "camera": [1], "style": 7}
    app.run()
    assert app.text[0].value == "(SelectionRule(pictures=array([1]), drawn=''), None, None)"


def test_what_is_done_on_a_map_once_is_heard_if_it_fits() -> None:
    heard: list[object] = []
    hears = MapHears(
        click=heard.append, search=heard.append, rename=lambda number, name: heard.append((number, name))
    )
    marks = [ClusterMark(label=4, name="cats", size=2)]
    of = hears.of(3, MapOptions(revision="r", searchable=True, editable=True, clusters=marks))
    for event, told in [
        ("clicked", 2),
        ("clicked", 3),
        ("clicked", "2"),
        ("clicked", -1),  # after a double click
        ("query", " a  cat "),
        ("query", 7),
        ("renamed", {"label": 4, "name": "dogs"}),
        ("renamed", {"label": 5, "name": "dogs"}),
    ]:
        of[event](told)
    assert heard == [2, None, "a cat", (4, "dogs")]


def test_component_tells_what_was_done_and_nothing_else(home: Path) -> None:
    def page() -> None:
        import streamlit as st

        from barrx.ui import component

        st.session_state.setdefault("heard", [])
        component._tell("nothing", "clicked", st.session_state.heard.append)
        component._tell("something", "clicked", st.session_state.heard.append)
        component._tell("something", "query", st.session_state.heard.append)
        st.text(repr(st.session_state.heard))

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["something"] = {"clicked": 0}
    app.run()
    assert not app.exception
    assert app.text[0].value == "[0]"
