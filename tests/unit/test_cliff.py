"""The cliff chart's points: each is what a full cut gives, each is kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hdbscan import HDBSCAN
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from barrx import cache, cliff
from barrx.cliff import Question
from barrx.clustering import SELECTION_METHODS, ClusteringParams
from barrx.errors import Cancelled
from barrx.judgement import agreement, values
from barrx.judgement.values import Values
from tests.unit.test_clustering import points


def question(coordinates: np.ndarray, *, categories: Values | None = None, **params: object) -> Question:
    return Question(
        coordinates=coordinates,
        made_from=cache.fingerprint(coordinates),
        params=ClusteringParams(**params),  # type: ignore[arg-type]
        categories=categories,
        largest=100,
    )


@given(st.integers(2, 6000), st.data())
def test_sizes_are_few_in_order_and_hold_the_present_one(largest: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(2, largest))
    found = cliff.sizes(largest, present)
    assert found == sorted(set(found))
    assert len(found) <= cliff.MOST_SIZES
    assert {present, 2, largest} <= set(found)
    assert set(range(2, min(20, largest) + 1)) <= set(found)
    assert found[-1] == largest


@pytest.mark.parametrize("extra", [{}, {"cluster_selection_epsilon": 0.4}, {"max_cluster_size": 60}])
def test_every_point_is_what_a_full_fit_gives(home: Path, extra: dict[str, float]) -> None:
    coordinates = points()
    codes = np.random.default_rng(1).integers(-1, 5, len(coordinates)).astype(np.int32)
    categories = values.of_lists("c", [(str(code),) if code >= 0 else () for code in codes])
    asked = question(coordinates, categories=categories, min_cluster_size=17, **extra)
    cliff.compute(asked)
    found = cliff.load(asked)
    assert [(p.method, p.min_cluster_size) for p in found] == [
        (method, size) for method in SELECTION_METHODS for size in asked.sizes
    ]
    known = codes >= 0
    for point in found:
        full = HDBSCAN(
            min_cluster_size=point.min_cluster_size,
            min_samples=5,
            cluster_selection_method=point.method,
            **extra,
        ).fit(coordinates)
        assert point.clusters == full.labels_.max() + 1
        assert point.noise_share == pytest.approx((full.labels_ == -1).mean())
        ami = adjusted_mutual_info_score(codes[known], full.labels_[known])
        is_divided = len(set(full.labels_[known])) > 1
        assert point.agreement == (pytest.approx(ami) if is_divided else None)


def test_points_come_with_the_present_setting_first_and_are_kept_when_stopped(home: Path) -> None:
    coordinates = points()
    asked = question(coordinates, min_cluster_size=33)
    told: list[tuple[int, int]] = []
    with pytest.raises(Cancelled, match="Stopped"):
        cliff.compute(asked, progress=lambda *now: told.append(now), cancelled=lambda: len(told) == 2)
    some = cliff.load(asked)
    assert told == [(4, len(asked.sizes)), (8, len(asked.sizes))]
    assert len(some) == 8 * 2
    assert 33 in {point.min_cluster_size for point in some}
    cliff.compute(asked, progress=lambda *now: told.append(now))
    assert told[2] == (12, len(asked.sizes))
    assert told[-1] == (len(asked.sizes), len(asked.sizes))


def test_moving_the_slider_needs_one_new_value_at_most(home: Path) -> None:
    coordinates = points()
    asked = question(coordinates, min_cluster_size=10)
    cliff.compute(asked)
    moved = replace(asked, params=ClusteringParams(min_cluster_size=83, cluster_selection_method="leaf"))
    there = {point.min_cluster_size for point in cliff.load(moved)}
    assert set(moved.sizes) - there == {83}


def test_points_are_kept_by_map_tree_and_column(home: Path) -> None:
    coordinates = points()
    asked = question(coordinates)
    cliff.compute(asked)
    column = values.of_lists("c", [("a",)] * len(coordinates))
    for other in (
        question(coordinates, min_samples=7),
        question(coordinates, cluster_selection_epsilon=0.1),
        question(coordinates, categories=column),
        question(coordinates + 1),
    ):
        assert cliff.load(other) == []


def test_a_column_that_groups_nothing_has_no_agreement() -> None:
    assert cliff.categories(pd.DataFrame({"c": ["a"] * 5}), "c") is None
    assert cliff.categories(pd.DataFrame({"c": [str(i) for i in range(500)]}), "c") is None
    assert cliff.categories(pd.DataFrame({"c": ["a", "b"]}), "elsewhere") is None
    found = cliff.categories(pd.DataFrame({"c": ["a", None, "b", "a", ""]}), "c")
    assert found is not None
    assert found.first.tolist() == [0, -1, 1, 0, -1]


def test_where_nothing_is_divided_there_is_no_agreement() -> None:
    column = values.of_cells("c", ["a"] * 6 + ["b"] * 6)
    assert cliff._agreement(np.full(12, -1), column) is None
    assert cliff._agreement(np.zeros(12, int), column) is None
    assert cliff._agreement(np.repeat([0, 1], 6), column) == pytest.approx(1.0)


def test_cells_of_several_values_agree_as_on_the_categories_page(home: Path) -> None:
    coordinates = points()
    cells = [("sea|boat", "sea", "house;sea", "")[i % 4] for i in range(len(coordinates))]
    metadata = pd.DataFrame({"tags": cells, "year": [1900 + i % 30 for i in range(len(cells))]})
    for column in ("tags", values.DECADE):
        asked = question(coordinates, categories=cliff.categories(metadata, column), min_cluster_size=20)
        cliff.compute(asked)
        point = next(p for p in cliff.load(asked) if (p.method, p.min_cluster_size) == ("eom", 20))
        labels = HDBSCAN(min_cluster_size=20, min_samples=5).fit(coordinates).labels_
        on_the_page = agreement.compare(values.of_column(metadata, column), labels, permutations=0)
        assert on_the_page.with_noise is not None
        assert point.agreement == pytest.approx(on_the_page.with_noise.figures.ami)


def test_the_steepest_step_is_found() -> None:
    def point(size: int, clusters: int) -> cliff.Point:
        return cliff.Point(
            method="eom", min_cluster_size=size, clusters=clusters, noise_share=0.1, agreement=None
        )

    line = [point(8, 27), point(12, 19), point(13, 2), point(14, 2)]
    assert cliff.steepest(line, "eom") == (line[1], line[2])
    assert cliff.steepest(line, "leaf") is None
    assert cliff.steepest([point(2, 0), point(3, 4)], "eom") is None
