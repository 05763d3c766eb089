"""Arrangements: every picture placed, none on another, neighbours kept."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from barrx import arrangements, datasets, pipeline
from barrx.arrangements import BY_CLUSTER, Arranged, Arrangement, Source, axes, grid
from barrx.errors import ParameterError
from barrx.pipeline import MapRequest

GRID = Arrangement(kind="grid")
TIME = Arrangement(kind="time", columns=("year",))


def by(column: str) -> Arrangement:
    return Arrangement(kind="columns", columns=(column,))


def against(x: str, y: str) -> Arrangement:
    return Arrangement(kind="numeric", columns=(x, y))


def pictures(n: int, *, seed: int = 0, **columns: object) -> Source:
    """Return a source whose map is a handful of clumps, with some pictures in one place."""
    rng = np.random.default_rng(seed)
    coordinates = (rng.normal(0, 5, (5, 2))[rng.integers(0, 5, n)] + rng.normal(size=(n, 2))).astype(
        np.float32
    )
    coordinates[n // 2 : n // 2 + n // 10] = coordinates[0]
    numbers = rng.integers(-1, 30, n).astype(np.int32) * 3  # numbers may have gaps
    return Source(
        coordinates=coordinates,
        labels=np.where(numbers < 0, -1, numbers),
        strength=rng.random(n).astype(np.float32),
        metadata=pd.DataFrame(columns, index=range(n)),
        pictures=pd.DataFrame({"width": rng.integers(1, 900, n), "height": rng.integers(1, 900, n)}),
    )


def years(values: list[int | None]) -> Source:
    return pictures(len(values), year=pd.array(values, "Int64"))


def labels(arranged: Arranged) -> list[str]:
    return [label for _x, _y, label in arranged.marks.headings]


def closest(arranged: Arranged) -> float:
    """Return the distance of the two pictures that are nearest to each other."""
    distances, _ = cKDTree(arranged.coordinates).query(arranged.coordinates, 2)
    return float(distances[:, 1].min())


def is_apart(arranged: Arranged) -> bool:
    """Tell whether every picture has a finite place of its own."""
    assert arranged.pitch is not None
    if len(arranged.coordinates) == 1:
        return True
    return bool(np.isfinite(arranged.coordinates).all()) and closest(arranged) > 0.99 * arranged.pitch


@pytest.fixture(scope="module")
def demo() -> Source:
    dataset = datasets.load("demo")
    finished = pipeline.load(
        dataset, MapRequest.default("demo", "efficientnet-lite0", len(dataset.filenames))
    )
    assert finished is not None
    return Source.of(dataset, finished)


# --- every kind -------------------------------------------------------------------------------------------

some_years = st.lists(
    st.none() | st.integers(-3000, 2100) | st.integers(1890, 1900), min_size=1, max_size=150
)
some_values = st.lists(
    st.none() | st.text("ab", max_size=2) | st.sampled_from([1, 1.0, "1", np.nan]), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(0, 9))
def test_grid_gives_every_picture_a_place_of_its_own(n: int, seed: int) -> None:
    arranged = arrangements.arrange(pictures(n, seed=seed), GRID)
    assert arranged.coordinates.shape == (n, 2)
    assert arranged.coordinates.dtype == np.float32
    assert is_apart(arranged)


@settings(max_examples=60, deadline=None)
@given(some_values)
def test_columns_give_every_picture_a_place_of_its_own(values: list[object]) -> None:
    arranged = arrangements.arrange(pictures(len(values), kind=pd.Series(values, dtype=object)), by("kind"))
    assert len(arranged.coordinates) == len(values)
    assert is_apart(arranged)


@settings(max_examples=100, deadline=None)
@given(some_years.filter(lambda values: any(v is not None for v in values)))
def test_time_gives_every_picture_a_place_of_its_own(values: list[int | None]) -> None:
    arranged = arrangements.arrange(years(values), TIME)
    assert len(arranged.coordinates) == len(values)
    assert is_apart(arranged)


finite = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, np.nan, np.inf])


@settings(max_examples=100, deadline=None)
@example([(0.0, 0.0), (0.0, 5e-324)])
@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=80))
def test_numbers_give_every_picture_a_place(values: list[tuple[float, float]]) -> None:
    x, y = (np.array(column) for column in zip(*values, strict=True))
    source = pictures(len(values), x=x, y=y)
    if not (np.isfinite(x).any() and np.isfinite(y).any()):
        with pytest.raises(ParameterError, match="No image has a number"):
            arrangements.arrange(source, against("x", "y"))
        return
    arranged = arrangements.arrange(source, against("x", "y"))
    assert np.isfinite(arranged.coordinates).all()
    assert all(np.isfinite(at) for at, _label in arranged.marks.x + arranged.marks.y)


@pytest.mark.parametrize("n", [1, 2, 7, 1000, 4000])
@pytest.mark.parametrize(
    "arrangement", [GRID, TIME, by("kind"), by(BY_CLUSTER), against("year", ":width")], ids=str
)
def test_arrangements_are_the_same_again(n: int, arrangement: Arrangement) -> None:
    rng = np.random.default_rng(n)
    source = pictures(n, kind=rng.choice(list("abcdef"), n), year=rng.integers(1800, 1990, n))
    first, again = (arrangements.arrange(source, arrangement) for _ in range(2))
    assert np.array_equal(first.coordinates, again.coordinates)
    assert first.marks == again.marks
    assert first.pitch is None or is_apart(first)


@pytest.mark.parametrize("kind", ["grid", "time", "columns"])
def test_arrangements_lie_over_the_map(demo: Source, kind: str) -> None:
    asked = {"grid": GRID, "time": TIME, "columns": by("category")}[kind]
    arranged = arrangements.arrange(demo, asked)

    def middle(points: np.ndarray) -> np.ndarray:
        return (points.min(axis=0) + points.max(axis=0)) / 2

    width, height = np.ptp(arranged.coordinates, axis=0)
    assert middle(arranged.coordinates) == pytest.approx(middle(demo.coordinates), abs=1e-3)
    assert 1 < width / height < 2.5
    assert max(width / 1.5, height) == pytest.approx(
        max(np.ptp(demo.coordinates[:, 0]) / 1.5, np.ptp(demo.coordinates[:, 1])), rel=1e-3
    )


# --- the grid ---------------------------------------------------------------------------------------------


def kept(points: np.ndarray, places: np.ndarray, nearest: int = 50) -> float:
    """Return the share of a cell's eight neighbours that are among the nearest 50 on the map."""
    near = cKDTree(points).query(points, nearest + 1)[1]
    beside = cKDTree(places).query_ball_point(places, 1.5)
    pairs = [(i, j) for i, others in enumerate(beside) for j in others if i != j]
    return float(np.mean([j in set(near[i]) for i, j in pairs]))


def test_grid_keeps_the_neighbourhoods_of_the_demo(demo: Source) -> None:
    points, cells = demo.coordinates, grid.cells(len(demo))
    shuffled = np.random.default_rng(0).permutation(cells)
    assert kept(points, grid.assigned(points, cells)) > 0.95
    assert kept(points, shuffled) < 0.1


def test_grid_of_many_keeps_neighbourhoods_too(demo: Source) -> None:
    rng = np.random.default_rng(0)
    points = demo.coordinates[rng.integers(0, len(demo), 5000)] + rng.normal(0, 0.15, (5000, 2))
    cells = grid.cells(5000)
    assert kept(points, grid.assigned(points, cells)) > 0.9
    assert kept(points, rng.permutation(cells)) < 0.05


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 817, 5000])
def test_grid_cells_are_a_rectangle_but_for_the_last_row(n: int) -> None:
    cells = grid.cells(n)
    rows, counts = np.unique(cells[:, 1], return_counts=True)
    assert len(cells) == n
    assert len(np.unique(cells, axis=0)) == n
    assert list(rows) == list(range(len(rows)))
    assert len(set(counts[1:])) <= 1
    if n > 100:
        assert np.ptp(cells[:, 0]) / np.ptp(cells[:, 1]) == pytest.approx(1.5, rel=0.1)


def test_exact_assignment_is_the_shortest() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    places = points[[2, 0, 3, 1]]
    assert np.array_equal(grid.assigned(points, places), points)


# --- columns ----------------------------------------------------------------------------------------------


def test_columns_stand_by_size_with_what_has_no_value_last() -> None:
    source = pictures(10, kind=["b", "a", "a", None, "", "b", "b", "c", "a", "b"])
    arranged = arrangements.arrange(source, by("kind"))
    assert labels(arranged) == ["b · 4", "a · 3", "c · 1", "no value · 2"]
    across = [x for x, _y, _label in arranged.marks.headings]
    assert across == sorted(across)


def test_columns_show_the_largest_nineteen_and_the_others_together() -> None:
    values = [f"v{i:02}" for i in range(25) for _ in range(30 - i)]
    found = labels(arrangements.arrange(pictures(len(values), kind=values), by("kind")))
    assert found[:2] == ["v00 · 30", "v01 · 29"]
    assert found[-1] == "6 others · 51"
    assert len(found) == 20


def test_columns_let_what_stands_apart_be_no_higher_than_the_largest_category() -> None:
    values = [f"v{i:02}" for i in range(19) for _ in range(40)] + [f"w{i}" for i in range(200)]
    arranged = arrangements.arrange(pictures(len(values), kind=values), by("kind"))
    assert arranged.coordinates[760:, 1].max() <= arranged.coordinates[:760, 1].max()
    assert np.ptp(arranged.coordinates[760:, 0]) > 3 * np.ptp(arranged.coordinates[:40, 0])


def test_scale_of_counts_ends_before_what_is_broader() -> None:
    values = [f"v{i:02}" for i in range(25) for _ in range(30 - i)]
    arranged = arrangements.arrange(pictures(len(values), kind=values), by("kind"))
    x, end = arranged.coordinates[:, 0], arranged.marks.y_end
    assert end is not None
    assert x[np.array(values) <= "v18"].max() < end < x[np.array(values) > "v18"].min()
    assert arrangements.arrange(pictures(3, kind=["a", "a", "b"]), by("kind")).marks.y_end is None
    nothing = arrangements.arrange(pictures(3, kind=[None] * 3), by("kind")).marks
    assert (nothing.y, nothing.y_title) == ((), "")


def test_columns_put_each_picture_into_the_column_of_its_value() -> None:
    source = pictures(60, kind=list("abc") * 20)
    arranged = arrangements.arrange(source, by("kind"))
    headings = np.array([x for x, _y, _label in arranged.marks.headings])
    nearest = np.abs(arranged.coordinates[:, :1] - headings).argmin(axis=1)
    assert list(nearest) == [0, 1, 2] * 20


def test_columns_of_clusters_have_the_strongest_at_the_bottom_and_noise_last() -> None:
    source = pictures(500)
    arranged = arrangements.arrange(source, by(BY_CLUSTER), {0: "Teapots"})
    assert labels(arranged)[-1].startswith("noise · ")
    assert any(label.startswith("Teapots · ") for label in labels(arranged))
    largest = np.bincount(source.labels[source.labels >= 0]).argmax()
    some = np.flatnonzero(source.labels == largest)
    rows = arranged.coordinates[some, 1]
    assert rows[source.strength[some].argmax()] == rows.min()
    assert rows[source.strength[some].argmin()] == rows.max()


# --- time -------------------------------------------------------------------------------------------------


def test_time_goes_from_left_to_right() -> None:
    source = years([1900, 1850, 1950, 1901, 1850])
    x = arrangements.arrange(source, TIME).coordinates[:, 0]
    assert x[1] == x[4] < x[0] <= x[3] < x[2]


def test_time_puts_pictures_without_a_year_into_a_block_of_their_own() -> None:
    source = years([1900, None, 1950, None, None])
    arranged = arrangements.arrange(source, TIME)
    known, unknown = arranged.coordinates[[0, 2], 0], arranged.coordinates[[1, 3, 4], 0]
    assert unknown.min() > known.max()
    ((at, above, label),) = arranged.marks.headings
    assert label == "no value · 3"
    assert unknown.min() <= at <= unknown.max()
    assert above > arranged.coordinates[[1, 3, 4], 1].max()


def test_time_piles_few_pictures_where_the_tick_of_their_year_is() -> None:
    arranged = arrangements.arrange(years([1900, *[1901] * 200, 1902]), TIME)
    at = {label: x for x, label in arranged.marks.x}
    step = at["1902"] - at["1901"]
    assert abs(arranged.coordinates[0, 0] - at["1900"]) < step / 10
    assert abs(arranged.coordinates[-1, 0] - at["1902"]) < step / 10


def test_time_names_years_as_people_write_them() -> None:
    found = [label for _at, label in arrangements.arrange(years([*range(1890, 1911)]), TIME).marks.x]
    assert "1900" in found
    assert all(label.isdigit() for label in found)


def test_time_piles_up_the_odd_years_at_the_end() -> None:
    source = years([-5000, *range(1800, 1900)] * 2)
    arranged = arrangements.arrange(source, TIME)
    assert arranged.marks.x[0][1] == "before 1800"
    x = arranged.coordinates[:, 0]
    assert x[0] < x[1]
    # Nearly all of the axis is of the years that nearly all pictures have.
    assert x[100] - x[1] > 10 * (x[1] - x[0])


# --- two numbers ------------------------------------------------------------------------------------------


def test_numbers_keep_their_order_on_both_axes() -> None:
    source = pictures(5, a=[3.0, 1.0, 2.0, 5.0, 4.0], b=[10, 20, 30, 40, 50])
    arranged = arrangements.arrange(source, against("a", "b"))
    assert list(arranged.coordinates[:, 0].argsort()) == [1, 2, 0, 4, 3]
    assert list(arranged.coordinates[:, 1].argsort()) == [0, 1, 2, 3, 4]
    assert (arranged.marks.x_title, arranged.marks.y_title) == ("a", "b")


def test_numbers_that_are_missing_stand_in_the_margins() -> None:
    source = pictures(5, a=[0.0, 10.0, np.nan, 5.0, np.nan], b=[0.0, 10.0, 5.0, np.nan, np.nan])
    arranged = arrangements.arrange(source, against("a", "b"))
    x, y = arranged.coordinates.T
    assert x[2] < x[0] and y[0] < y[2] < y[1]
    assert y[3] < y[0] and x[0] < x[3] < x[1]
    assert x[4] < x[0] and y[4] < y[0]
    assert arranged.marks.x[0][1] == arranged.marks.y[0][1] == "no value"
    assert arranged.marks.x[0][0] < x[0]


def test_numbers_may_be_measures_of_the_pictures() -> None:
    source = pictures(30)
    arranged = arrangements.arrange(source, against(":width", ":aspect"))
    order = source.pictures["width"].to_numpy()[arranged.coordinates[:, 0].argsort()]
    assert list(order) == sorted(order)
    assert arranged.marks.x_title == "Width of the image (pixels)"


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "expected"),
    [
        (0, 10, 5, False, [0, 2, 4, 6, 8, 10]),
        (0, 1, 4, False, [0, 0.25, 0.5, 0.75, 1]),
        (1803, 1899, 5, True, [1820, 1840, 1860, 1880]),
        (0, 2, 8, True, [0, 1, 2]),
        (7, 7, 8, False, [7]),
        (-1, 1, 2, False, [-1, 0, 1]),
    ],
)
def test_ticks_are_round(low: float, high: float, most: int, whole: bool, expected: list[float]) -> None:
    assert axes.ticks(low, high, most, whole=whole) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [(1900, 20, "1900"), (0.25, 0.25, "0.25"), (0.5, 0.5, "0.5"), (30000, 10000, "30,000"), (0.0, 2.0, "0")],
)
def test_ticks_have_as_many_decimals_as_they_need(value: float, step: float, expected: str) -> None:
    assert axes.number(value, step) == expected


# --- what is refused, what is offered ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "columns", "message"),
    [
        ("spiral", (), "must be one of map, grid, columns, time, numeric, got “spiral”"),
        ("numeric", ("a",), "“numeric” takes 2 columns, got 1"),
        ("columns", (), "“columns” takes 1 column, got 0"),
        ("grid", ("a",), "“grid” takes 0 columns, got 1"),
    ],
)
def test_arrangement_refuses_what_it_does_not_know(kind: str, columns: tuple[str, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Arrangement(kind=kind, columns=columns)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arrangement", "message"),
    [
        (by("colour"), "There is no column “colour”. There are: kind, empty."),
        (against("kind", ":width"), "The column “kind” does not hold numbers"),
        (against("empty", ":width"), "No image has a number in the column “empty”"),
        (TIME, "There is no column “year”"),
    ],
)
def test_arrange_refuses_columns_it_cannot_use(arrangement: Arrangement, message: str) -> None:
    source = pictures(3, kind=["a", "b", "c"], empty=[np.nan] * 3)
    with pytest.raises(ParameterError, match=message):
        arrangements.arrange(source, arrangement)


def test_source_offers_the_columns_that_fit(demo: Source) -> None:
    assert "category" in demo.category_columns()
    assert "title" not in demo.category_columns()
    assert demo.numeric_columns() == ["year", ":width", ":height", ":aspect"]
    assert demo.has_years()
    assert not pictures(3).has_years()


# --- stored -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arrangement", [GRID, TIME, by("category"), by(BY_CLUSTER)], ids=str)
def test_arrangement_that_is_stored_is_the_one_that_was_computed(
    home: Path, demo: Source, arrangement: Arrangement, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = arrangements.load_or_compute(demo, arrangement)
    monkeypatch.setattr(grid, "assigned", None)  # nothing is assigned again
    again = arrangements.load_or_compute(demo, arrangement)
    assert np.array_equal(first.coordinates, again.coordinates)
    assert first.marks == again.marks


def test_names_of_clusters_change_no_place(home: Path, demo: Source) -> None:
    arrangements.load_or_compute(demo, by(BY_CLUSTER))
    largest = int(np.bincount(demo.labels[demo.labels >= 0]).argmax())
    named = arrangements.load_or_compute(demo, by(BY_CLUSTER), {largest: "Animals"})
    assert labels(named)[0].startswith("Animals · ")
    assert np.array_equal(named.coordinates, arrangements.arrange(demo, by(BY_CLUSTER)).coordinates)
