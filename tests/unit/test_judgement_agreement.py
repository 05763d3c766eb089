"""Agreement of clusters and categories: against sklearn, and on cases with a known answer."""

from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from barrx import metadata
from barrx.errors import ParameterError
from barrx.judgement import agreement, answers, purity, values
from barrx.judgement.agreement import Compared


def is_perfect(compared: Compared | None) -> bool:
    return compared is not None and list(asdict(compared.figures).values()) == pytest.approx([1.0] * 4)


def cells(*groups: tuple[str, int]) -> list[str]:
    return [name for name, count in groups for _ in range(count)]


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Cubism", ("Cubism",)),
        ("Cubism|Fauvism", ("Cubism", "Fauvism")),
        ("Cubism; Fauvism ;", ("Cubism", "Fauvism")),
        ("Cubism|Cubism", ("Cubism",)),
        ("a  b", ("a b",)),
        ("", ()),
        (" | ;", ()),
    ],
)
def test_cells_are_split_into_values(cell: str, expected: tuple[str, ...]) -> None:
    found = values.of_cells("movement", [cell, "Cubism", "Cubism"])
    assert tuple(sorted(found.of_picture(0))) == tuple(sorted(expected))
    assert found.n_missing == (0 if expected else 1)


def test_columns_of_any_type_are_read_and_missing_ones_counted() -> None:
    table = pd.DataFrame({"year": pd.Series([1907, None, 1907], dtype="Int64"), "who": ["A", None, "B"]})
    assert values.of_column(table, "year").names == ("1907",)
    assert values.of_column(table, "year").n_missing == 1
    assert values.of_column(table, "who").first.tolist() == [0, -1, 1]


def test_unknown_column_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ParameterError, match=r"There is no column “style”. There are: year\."):
        values.of_column(pd.DataFrame({"year": [1]}), "style")


def test_numbers_go_into_bins_of_equal_shares() -> None:
    found = values.binned("width", np.array([*range(700), np.nan], float))
    assert len(found.names) == 7
    assert found.counts.tolist() == pytest.approx([100] * 7, abs=1)
    assert found.n_missing == 1
    assert values.binned("width", np.array([320.0, 320, 320, 640])).names == ("320", "640")
    mostly_one = values.binned("width", np.array([5.0] * 100 + list(range(6, 14))))
    assert mostly_one.counts.tolist() == [100, 8]
    assert values.binned("width", np.full(4, np.nan)).n_missing == 4


@pytest.mark.parametrize(
    "numbers",
    [1_600_000_000 + 60.0 * np.arange(500), np.linspace(40.41, 40.42, 500), 1_000_001.0 + np.arange(500)],
)
def test_large_numbers_that_lie_near_each_other_have_bins_of_their_own(numbers: NDArray[np.float64]) -> None:
    found, plain = values.binned("time", numbers), values.binned("time", np.arange(500.0))
    assert len(set(found.names)) == len(plain.names) == 7
    assert len(set(zip(found.codes.tolist(), plain.codes.tolist(), strict=True))) == 7


def test_numbers_that_are_nearly_all_the_same_are_that_one_and_the_others() -> None:
    assert values.binned("height", np.array([0.0] * 480 + list(range(1, 21)))).names == ("0", "≠ 0")
    assert values.binned("height", np.array(list(range(20)) + [500.5] * 480)).names == ("500.5", "≠ 500.5")


def test_a_largest_number_of_many_pictures_has_a_bin_of_its_own() -> None:
    few = [320.0, 410, 505, 640, 700, 900, 1000]
    found = values.binned("width", np.array([800.0] * 96 + [1200.0] * 97 + few))
    assert dict(zip(found.names, found.counts.tolist(), strict=True)) == {
        "1200": 97,
        "800 – 1200": 98,
        "320 – 800": 5,
    }


@pytest.mark.parametrize(
    ("written", "has_bins"),
    [
        (lambda number: str(round(number, 2)), True),  # pandas and Excel: 12.3 beside 12.34
        (lambda number: f"{number:.2f}", True),
        (repr, True),  # every digit: more than fifteen
        (lambda number: f"{number / 1e6:g}", True),  # 1.2e-05
        (lambda number: f"{number:.1f}".replace(".", ","), True),  # Excel in Spanish
        (lambda number: "?" if number < 3 else str(round(number, 2)), True),
        (lambda number: "?" if number < 30 else str(round(number, 2)), False),
        (lambda number: f"0{number:.0f}", False),  # a code
        (lambda number: f"1,{100 * number:03.0f}"[:5], False),  # 1.234, or more than a thousand
        (lambda number: f"nan{number:.2f}"[:3], False),
    ],
)
def test_numbers_that_a_table_keeps_as_text_go_into_bins(
    written: Callable[[float], str], has_bins: bool
) -> None:
    numbers = np.random.default_rng(0).uniform(1, 100, 300).tolist()
    table = metadata.columns(
        pd.DataFrame({"height": [written(n) for n in numbers]}, dtype="str"), ["a"] * 300
    )
    found = values.explaining(table, "height")
    assert (len(found.names) == values.N_BINS) is has_bins
    if has_bins:
        assert found.n_missing == sum("?" in written(n) for n in numbers)


@pytest.mark.parametrize("other", ["1,250,000", "1,250.5", "1,250 approx."])
def test_one_large_number_does_not_make_decimals_of_thousands(other: str) -> None:
    cells = [f"{1000 + 7 * i:,}" for i in range(100)]
    assert cells[0] == "1,000"
    found = values.explaining(pd.DataFrame({"worth": [*cells, other, "950"]}), "worth")
    assert len(found.names) == 102, "they are no numbers, rather than wrong ones: 950 is not more than 1,700"


def test_numbers_that_name_a_picture_are_no_sizes() -> None:
    numbers = [f"{1900 + i % 9}.{i}" for i in range(100)]
    table = pd.DataFrame({"inventory number": numbers, "size": numbers})
    assert len(values.explaining(table, "inventory number").names) == 100
    assert len(values.explaining(table, "size").names) == values.N_BINS


def test_years_become_decades() -> None:
    found = values.decades(pd.Series([1907, 1912, None, 1909], dtype="Int64"))
    assert [found.of_picture(i) for i in range(4)] == [("1900s",), ("1910s",), (), ("1900s",)]


@pytest.mark.parametrize(
    ("year", "decade"),
    [
        (-495, "-490s"),
        (-490, "-490s"),
        (-500, "-500s"),
        (-509, "-500s"),
        (-5, "-0s"),
        (5, "0s"),
        (1907, "1900s"),
    ],
)
def test_years_before_christ_are_of_the_decade_that_their_number_says(year: int, decade: str) -> None:
    assert values.decades(pd.Series([year], dtype="Int64")).names == (decade,)


# --- the measures -----------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 80), st.integers(1, 6), st.integers(1, 6), st.integers(0, 999))
def test_figures_are_sklearns(n: int, n_categories: int, n_clusters: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes, labels = rng.integers(0, n_categories, n), rng.integers(-1, n_clusters, n)
    # every picture alone on both sides: all is chance, and the figure is 0 / 0
    assume(len(set(codes)) < n or len(set(labels)) < n)
    found = agreement.figures(values.of_cells("c", [f"v{c}" for c in codes]), labels)
    assert found is not None
    assert found.ami == pytest.approx(metrics.adjusted_mutual_info_score(codes, labels), abs=1e-9)
    assert found.ari == pytest.approx(metrics.adjusted_rand_score(codes, labels), abs=1e-9)
    expected = metrics.homogeneity_completeness_v_measure(codes, labels)
    assert (found.homogeneity, found.completeness) == pytest.approx(expected[:2], abs=1e-9)


def test_perfect_agreement_is_one_and_chance_is_about_zero() -> None:
    labels = np.repeat([4, 9, 2], 30)  # numbers have gaps
    found = agreement.compare(values.of_cells("c", cells(("a", 30), ("b", 30), ("c", 30))), labels)
    assert found.with_noise is not None
    assert is_perfect(found.with_noise)
    assert is_perfect(found.without_noise)
    assert found.with_noise.chance.ami == pytest.approx(0, abs=0.02)
    assert 0 < found.with_noise.spread.ami < 0.05
    assert found.with_noise.p == pytest.approx(1 / 201)
    assert (found.clustered_share, found.reason) == (1.0, "")


def test_no_agreement_lies_within_what_chance_gives() -> None:
    rng = np.random.default_rng(3)
    found = agreement.compare(
        values.of_cells("c", [f"v{c}" for c in rng.integers(0, 4, 200)]), rng.integers(0, 5, 200)
    )
    assert found.with_noise is not None
    assert abs(found.with_noise.figures.ami) < 0.03
    assert found.with_noise.p > 0.05


def test_noise_left_out_is_sklearn_on_the_clustered_ones() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 3, 120)
    labels = np.where(rng.random(120) < 0.4, -1, codes)
    found = agreement.compare(values.of_cells("c", [f"v{c}" for c in codes]), labels, permutations=5)
    assert found.without_noise is not None
    assert found.with_noise is not None
    assert found.without_noise.figures.ami == pytest.approx(1.0)
    assert found.with_noise.figures.ami == pytest.approx(metrics.adjusted_mutual_info_score(codes, labels))
    assert found.clustered_share == pytest.approx((labels >= 0).mean())


@pytest.mark.parametrize(
    ("names", "labels", "reason", "ami"),
    [
        (["a"] * 6 + ["b"] * 6, [-1] * 12, "every image is noise", 0.0),
        (
            ["a"] * 3 + ["b"] * 3 + [""] * 6,
            [-1] * 6 + [0, 1] * 3,
            "the images that have a value are all noise",
            0.0,
        ),
        (["a"] * 6 + ["b"] * 6, [3] * 12, "there is only one cluster", 0.0),
        (["a"] * 12, [0] * 6 + [1] * 6, "there is only one category", 0.0),
        ([""] * 12, [0] * 6 + [1] * 6, "no image has a value in this column", None),
    ],
)
def test_where_there_is_nothing_to_compare_it_is_said(
    names: list[str], labels: list[int], reason: str, ami: float | None
) -> None:
    found = agreement.compare(values.of_cells("c", names), np.array(labels), permutations=3)
    assert found.reason == found.reason_with_noise == reason
    assert (found.with_noise and found.with_noise.figures.ami) == ami
    if reason.endswith("noise"):
        assert found.without_noise is None


@pytest.mark.parametrize(
    ("names", "labels", "reason"),
    [
        (["a"] * 10 + ["b"] * 10, [0] * 14 + [-1] * 6, "there is only one cluster"),
        (
            ["a"] * 10 + ["b"] * 4 + [""] * 6,
            [0] * 12 + [-1] * 2 + [1] * 6,
            "the images compared are all in one cluster",
        ),
        (
            ["a"] * 10 + ["b"] * 10,
            [0] * 5 + [1] * 5 + [-1] * 10,
            "the images in clusters are all of one category",
        ),
    ],
)
def test_where_only_noise_makes_a_difference_the_clustered_images_say_nothing(
    names: list[str], labels: list[int], reason: str
) -> None:
    found = agreement.compare(values.of_cells("c", names), np.array(labels), permutations=3)
    assert (found.reason, found.reason_with_noise) == (reason, "")


def test_pictures_without_a_value_are_left_out_and_counted() -> None:
    names = [*cells(("a", 10), ("b", 10)), *[""] * 15]
    labels = np.repeat([0, 1, 0, 1, -1], [10, 10, 5, 5, 5])
    found = agreement.compare(values.of_cells("c", names), labels, permutations=3)
    assert is_perfect(found.with_noise)
    assert (found.n_compared, found.n_missing) == (20, 15)


def test_a_picture_of_two_values_counts_once_for_each() -> None:
    found = agreement.figures(values.of_cells("c", ["a|b", "a", "b", "b"]), np.array([0, 0, 1, 1]))
    # the pairs are (a, 0), (b, 0), (a, 0), (b, 1), (b, 1)
    assert found is not None
    assert found.ami == pytest.approx(
        metrics.adjusted_mutual_info_score(["a", "b", "a", "b", "b"], [0, 0, 0, 1, 1])
    )


def test_chance_keeps_the_values_of_a_picture_together() -> None:
    names = ["a|b"] * 20 + ["c|d"] * 20 + ["e|f"] * 20
    labels = np.random.default_rng(0).integers(0, 12, 60)
    found = agreement.compare(values.of_cells("c", names), labels)
    assert found.with_noise is not None
    # sklearn's adjustment takes the pairs for independent and is off by that much; the permutations are not
    assert found.with_noise.chance.ami < -0.01
    away = found.with_noise.ami_above_chance / found.with_noise.spread.ami
    assert abs(away) < 2


def test_chance_deals_out_only_what_the_pictures_with_a_value_have() -> None:
    # All that have a value lie in one cluster: however they are dealt, each category lies in one cluster only.
    names = [*cells(("a", 10), ("b", 10)), *[""] * 40]
    labels = np.repeat([3, 5, 7], [20, 20, 20])
    found = agreement.against_chance(values.of_cells("c", names), labels, permutations=9)
    assert found is not None
    assert (found.chance.completeness, found.spread.completeness) == (1.0, 0.0)
    assert (found.chance.homogeneity, found.spread.homogeneity) == (0.0, 0.0)


def test_chance_is_the_same_for_the_same_seed() -> None:
    column = values.of_cells("c", cells(("a", 9), ("b|a", 9), ("c", 9)))
    labels = np.random.default_rng(0).integers(-1, 3, 27)
    once, again = (agreement.compare(column, labels, permutations=9, seed=4) for _ in range(2))
    assert once.with_noise == again.with_noise
    assert once.with_noise != agreement.compare(column, labels, permutations=9, seed=5).with_noise


# --- the table --------------------------------------------------------------------------------------------


def test_contingency_shows_its_diagonal_and_has_noise_last() -> None:
    names = cells(("a", 30), ("b", 20), ("c", 10), ("d", 5))
    labels = np.concatenate([np.repeat([7, 3, 5], [30, 20, 10]), [-1] * 5])
    found = agreement.contingency(values.of_cells("c", names), labels)
    assert found.categories[:3] == ("a", "b", "c")
    assert found.groups == (7, 3, 5, -1)
    assert found.table.tolist() == [[30, 0, 0, 0], [0, 20, 0, 0], [0, 0, 10, 0], [0, 0, 0, 5]]


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 99))
def test_ordering_keeps_every_row_and_column_and_the_heaviest_diagonal(n: int, m: int, seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 9, (n, m))
    rows, columns = agreement.diagonal_order(table)
    assert sorted(rows) == list(range(n))
    assert sorted(columns) == list(range(m))


def test_a_permuted_block_table_gets_its_blocks_back_on_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    table = np.diag(np.arange(9, 2, -1) * 10) + rng.integers(0, 3, (7, 7))
    rows, columns = agreement.diagonal_order(table[rng.permutation(7)][:, rng.permutation(7)])
    shuffled = table[np.random.default_rng(0).permutation(7)]
    assert len(rows) == len(columns) == len(shuffled)
    mixed_rows, mixed_columns = (
        np.random.default_rng(1).permutation(7),
        np.random.default_rng(2).permutation(7),
    )
    mixed = table[mixed_rows][:, mixed_columns]
    rows, columns = agreement.diagonal_order(mixed)
    assert sorted(np.diag(mixed[rows][:, columns])) == sorted(np.diag(table))


# --- purity -----------------------------------------------------------------------------------------------


def test_purity_is_one_among_ones_own_and_chance_is_exact() -> None:
    column = values.of_cells("c", cells(("a", 6), ("b", 4)))
    neighbors = np.array(
        [[(i + 1) % 6, (i + 2) % 6] for i in range(6)]
        + [[6 + (i + 1) % 4, 6 + (i + 2) % 4] for i in range(4)]
    )
    found = purity.measure(column, neighbors)
    assert found.mean == 1.0
    # of the 90 ordered pairs, 6·5 + 4·3 share their value
    assert found.chance == pytest.approx(42 / 90)


def test_purity_counts_neighbours_that_share_any_value_and_have_one() -> None:
    column = values.of_cells("c", ["a|b", "b", "", "c"])
    found = purity.measure(column, np.array([[1, 2], [0, 3], [0, 1], [2, 2]]))
    assert found.of_picture[:2].tolist() == [1.0, 0.5]
    assert np.isnan(found.of_picture[2:]).all()  # no value; no neighbour with one
    assert found.chance == pytest.approx(2 / 6)


def test_purity_of_neighbours_at_random_is_chance() -> None:
    rng = np.random.default_rng(0)
    column = values.of_cells("c", [f"v{c}" for c in rng.integers(0, 5, 900)])
    found = purity.measure(column, rng.integers(0, 900, (900, 20)))
    assert found.mean == pytest.approx(found.chance, abs=0.01)


def test_purity_without_any_value_is_no_figure() -> None:
    found = purity.measure(values.of_cells("c", ["", "", ""]), np.array([[1], [2], [0]]))
    assert (found.mean, found.chance) == (None, 0.0)


def test_decades_stand_in_for_a_column_unless_there_is_one() -> None:
    dated = pd.DataFrame({"year": pd.array([1907, 1909, None, 1936], "Int64")})
    assert values.of_column(dated, "decade").names == ("1900s", "1930s")
    assert values.of_column(dated.assign(decade="mine"), "decade").names == ("mine",)
    with pytest.raises(ParameterError, match="no column “decade”"):
        values.of_column(pd.DataFrame({"kind": ["a"]}), "decade")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a"] * 6 + ["b"] * 6 + ["a|b"] * 4, (False, True)),
        (["a|b"] * 6 + ["b"] * 6 + ["a"] * 4, (True, True)),
        (["a"] * 6 + ["b"] * 10, (False, False)),
    ],
)
def test_several_values_are_looked_for_among_the_images_compared(
    cells: list[str], expected: tuple[bool, bool]
) -> None:
    places = np.random.default_rng(0).random((16, 2), np.float32)
    subject = SimpleNamespace(
        category=values.of_cells("c", cells),
        labels=np.repeat([0, 1, -1], [6, 6, 4]),
        map=SimpleNamespace(coordinates=places),
        nearest=lambda: np.argsort(np.random.default_rng(1).random((16, 16)), axis=1)[:, :3].astype(np.int32),
        k=3,
    )
    facts = answers._agreement(subject).facts
    assert (facts["has_several"], facts["has_several_with_noise"]) == expected
