"""The table of the clusters: sizes, strengths, mixes, order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx import cluster_rows
from barrx.clustering import Clustering


def clustering(labels: list[int], strength: list[float] | None = None) -> Clustering:
    strengths = strength if strength is not None else [0.0 if label < 0 else 0.5 for label in labels]
    return Clustering(np.array(labels, np.int32), np.array(strengths, np.float32))


def places(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)


def test_rows_say_size_share_strength_and_mix() -> None:
    found = cluster_rows.of_map(
        places(6),
        clustering([5, 5, 5, 2, -1, -1], [1.0, 0.5, 0.0, 0.25, 0, 0]),
        pd.Series(["a", "b", "a", None, "c", "a"]),
    )
    assert [row.number for row in found] == [2, 5, -1]
    assert [row.size for row in found] == [1, 3, 2]
    assert [row.share for row in found] == pytest.approx([1 / 6, 1 / 2, 1 / 3])
    assert [row.strength for row in found] == [0.25, 0.5, None]
    assert [row.mix for row in found] == [
        [],
        [("a", pytest.approx(2 / 3)), ("b", pytest.approx(1 / 3))],
        [("a", 0.5), ("c", 0.5)],
    ]


def test_mix_names_the_three_most_frequent_values_only() -> None:
    values = pd.Series(list("aaabbccdde"))
    (row,) = cluster_rows.of_map(places(10), clustering([0] * 10), values)
    assert row.mix == [("a", 0.3), ("b", 0.2), ("c", 0.2)]
    (row,) = cluster_rows.of_map(places(10), clustering([0] * 10))
    assert row.mix == []


def test_members_are_the_strongest_first() -> None:
    found = clustering([1, -1, 1, 1, -1], [0.2, 0, 0.9, 0.2, 0])
    assert cluster_rows.members(found, 1).tolist() == [2, 0, 3]
    assert cluster_rows.members(found, -1).tolist() == [1, 4]
    assert cluster_rows.members(found, 7).tolist() == []


@given(st.lists(st.integers(-1, 8), min_size=1, max_size=60))
def test_every_picture_is_in_one_row_and_is_stood_for_by_its_own(labels: list[int]) -> None:
    found = cluster_rows.of_map(places(len(labels)), clustering(labels))
    assert sum(row.size for row in found) == len(labels)
    assert sum(row.share for row in found) == pytest.approx(1)
    assert {row.number for row in found} == set(labels)
    for row in found:
        assert 1 <= len(row.representatives) <= cluster_rows.REPRESENTATIVES
        assert {labels[i] for i in row.representatives} == {row.number}
        assert len(set(row.representatives)) == len(row.representatives)
