"""A rule selects exactly what was selected, or there is none; what strangers write is no rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx import selection_rules, spans

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(20_000, 2)).astype(np.float32) * 5
LABELS = RNG.integers(-1, 9, 20_000).astype(np.int32)


def test_box_on_a_large_map_travels_as_its_polygon() -> None:
    inside = np.flatnonzero((np.abs(POINTS - [1, 2]) < 3).all(axis=1))
    assert spans.to_text(inside) is None
    rule = selection_rules.rule_of(inside, LABELS, POINTS)
    assert rule is not None
    assert rule.startswith("p")
    assert len(rule) < 800
    found, count = selection_rules.selected_by(rule, LABELS, POINTS) or (None, 0)
    assert count == len(inside)
    np.testing.assert_array_equal(found, inside)


def test_line_that_was_drawn_travels_as_it_was_drawn() -> None:
    # A triangle in a box from (0, -2) to (8, 2): corners 0 0, 4095 0, 0 4095.
    drawn = "l0_8_-2_2_AAAA__AAAA__"
    below = POINTS[:, 1] < 2 - POINTS[:, 0] / 2
    inside = np.flatnonzero((POINTS > [0, -2]).all(axis=1) & below)
    assert selection_rules.rule_of(inside, LABELS, POINTS, drawn=drawn) == f"{drawn}~{len(inside)}"
    passing = LABELS % 2 == 0
    both = inside[passing[inside]]
    rule = selection_rules.rule_of(both, LABELS, POINTS, drawn=drawn, passing=passing)
    assert rule == f"f{drawn}~{len(both)}"
    found, count = selection_rules.selected_by(rule, LABELS, POINTS, passing) or (None, 0)
    np.testing.assert_array_equal(found, both)
    assert count == len(both)
    members = inside[LABELS[inside] >= 0]
    rule = selection_rules.rule_of(members, LABELS, POINTS, drawn=f"{drawn}*{drawn}")
    assert rule == f"m{drawn}*{drawn}~{len(members)}"
    assert selection_rules.drawn_part(rule) == f"{drawn}*{drawn}"
    assert selection_rules.rule_of(inside[::2], LABELS, POINTS, drawn=drawn) is None


def test_whole_clusters_travel_by_their_numbers() -> None:
    chosen = np.flatnonzero(np.isin(LABELS, [3, 7, -1]))
    assert selection_rules.rule_of(chosen, LABELS, POINTS) == f"cn.3.7~{len(chosen)}"


def test_selection_without_a_rule_has_none() -> None:
    inside = np.flatnonzero((np.abs(POINTS) < 3).all(axis=1))
    assert selection_rules.rule_of(inside[1:-1:2], LABELS, POINTS) is None
    assert selection_rules.rule_of(np.empty(0, np.int64), LABELS, POINTS) is None


@given(st.sets(st.integers(0, 59), min_size=1))
def test_rule_is_exact_or_none(chosen: set[int]) -> None:
    selection = np.array(sorted(chosen))
    rule = selection_rules.rule_of(selection, LABELS[:60], POINTS[:60])
    if rule is not None:
        found = selection_rules.selected_by(rule, LABELS[:60], POINTS[:60])
        assert found is not None
        np.testing.assert_array_equal(found[0], selection)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c~1",
        "c3",
        "p1_2_3_4~2",
        "p1_2_3_4_5~2",
        "pnan_1_2_3_4_5~1",
        "c3~-1",
        "x~1",
        "c3.x~1",
        "p1e999_1_1_1_1_1~1",
        "l0_1_0_1_AAAA~1",
        "l0_1_0_1_AAAAAAAAAAA=~1",
        "l0_1_0_1_AAAAAAAAAAAA*~1",
        "ml~1",
        "fmx~1",
    ],
)
def test_what_is_no_rule_selects_nothing(text: str) -> None:
    assert selection_rules.selected_by(text, LABELS, POINTS) is None


def test_rule_of_another_map_says_how_many_it_selected() -> None:
    found = selection_rules.selected_by("c3~5", LABELS, POINTS)
    assert found is not None
    assert (len(found[0]), found[1]) == (int((LABELS == 3).sum()), 5)
