"""A chart of influences: what is read, what is tested, which arrows the pictures support."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx.errors import DatasetError
from barrx.judgement import influences, relations, values
from barrx.judgement.relations import Relation

NAMES = ("Cubism", "Fauvism", "Dadaism", "Orphism")


# --- reading ----------------------------------------------------------------------------------------------


def test_relations_are_read_matched_and_counted() -> None:
    text = (
        "Source;TARGET;year\n"
        " fauvism ;cubism;1907\nCubism;(Abstract) Dadaism;c. 1915\nCubism;Dadaism;\n"
        "Cubism;Cubism;\n;Orphism;\nVorticism;Cubism;1914\nCubism;Vorticism;\nCubism;Órphism;\n"
    )
    found = relations.read(text.encode(), NAMES)
    assert found.arrows == (
        Relation(source="Fauvism", target="Cubism", year=1907),
        Relation(source="Cubism", target="Dadaism", year=1915),
        Relation(source="Cubism", target="Orphism"),
    )
    assert found.unknown == ("Vorticism",)
    assert found.dropped == 3  # said twice, to itself, without a source


def test_years_that_cannot_be_read_are_told_with_their_rows_and_the_arrows_kept() -> None:
    text = (
        "sep=,\nsource,target,year\nFauvism,Cubism,foo\n\nCubism,Dadaism,99999\n,,\nCubism,Orphism,-3\n"
        "Orphism,Dadaism,\nOrphism,Orphism,none\nDadaism,Orphism,1915-16\n"
    )
    found = relations.read(text.encode(), NAMES)
    assert [arrow.year for arrow in found.arrows] == [None, None, -3, None, 1915]
    assert found.undated == ((2, "foo"), (4, "99999"))


def test_an_arrow_dated_before_its_source_began_is_known() -> None:
    names = ("Dadaism", "Cubism", "mine")
    axis = relations.time_axis(
        names, {"Dadaism": [1920, 1922], "Cubism": [1910, 1912], "mine": [1950, 1960, 1970]}
    )
    assert axis.begins == {"Dadaism": 1916, "Cubism": 1906, "mine": 1950}
    for source, year, begins in (
        ("Dadaism", 1890, 1916),
        ("Dadaism", 1916, None),
        ("mine", -3, 1950),
        ("mine", 1955, None),
        ("mine", None, None),
        ("nowhere", 1890, None),
    ):
        assert axis.begins_after(Relation(source=source, target="Cubism", year=year)) == begins


def test_names_that_differ_in_brackets_only_are_categories_of_their_own() -> None:
    names = ("Cubism (analytic)", "Cubism (synthetic)", "Purism")
    text = (
        "source,target\nCubism (analytic),Cubism (synthetic)\nCUBISM synthetic,Purism (late)\n"
        "Cubism,Purism\nPurism,Cubism\nCubism,Fauvism\n"
    )
    found = relations.read(text.encode(), names)
    assert found.arrows == (
        Relation(source="Cubism (analytic)", target="Cubism (synthetic)"),
        Relation(source="Cubism (synthetic)", target="Purism"),
    )
    assert (found.ambiguous, found.unknown, found.dropped) == (("Cubism",), ("Fauvism",), 0)
    with pytest.raises(DatasetError, match=r"not taken. Each of these may mean several: Cubism\. Write them"):
        relations.read_usable(b"source,target\nCubism,Purism\n", names, "r.csv")
    exact = relations.read(b"source,target\nCubism,cubism\n", ("cubism", "Cubism", "Cubism (late)"))
    assert exact.arrows == (Relation(source="Cubism", target="cubism"),)


def test_a_year_of_barrs_chart_is_of_one_category() -> None:
    own = {"Cubism (analytic)": [1910], "Cubism (synthetic)": [1913]}
    found = relations.time_axis([*own, "Purism"], own)
    assert found.years == {"Cubism (analytic)": 1910, "Cubism (synthetic)": 1913, "Purism": 1918}
    assert (found.by_chart, found.unclear) == (("Purism",), tuple(own))
    exact = relations.time_axis(["Cubism", "Cubism (late)"])
    assert (exact.years, exact.unclear) == ({"Cubism": 1906}, ("Cubism (late)",))


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("De Stijl", 1916),
        ("de stijl", 1916),
        ("Neo-Plasticism", 1916),
        ("De Stijl and Neoplasticism", 1916),
        ("Stijl", None),
    ],
)
def test_a_box_of_two_names_is_known_by_either(name: str, year: int | None) -> None:
    assert relations.time_axis([name]).years.get(name) == year


def test_a_box_of_two_names_is_of_one_category() -> None:
    found = relations.time_axis(["De Stijl", "Neoplasticism"])
    assert (found.years, found.unclear) == ({}, ("De Stijl", "Neoplasticism"))
    whole = relations.time_axis(["De Stijl", "De Stijl and Neoplasticism"])
    assert (whole.by_chart, whole.unclear) == (("De Stijl and Neoplasticism",), ("De Stijl",))


@pytest.mark.parametrize(
    ("own", "year"),
    [
        ([], 1911),
        ([1921, 1950], 1911),  # ten years at most outside of the dates
        ([1922, 1950], 1936),
        ([1880, 1901], 1911),
        ([1880, 1900], 1890),
        ([1890, 1980], 1911),
        ([1950] * 12, 1950),
    ],
)
def test_the_year_of_barrs_chart_counts_only_near_the_dates_of_the_images(own: list[int], year: int) -> None:
    name = "Abstract Expressionism"
    found = relations.time_axis([name], {name: own})
    assert found.years == {name: year}
    assert (found.by_chart, found.against_chart) == (((name,), ()) if year == 1911 else ((), (name,)))


def test_an_arrow_to_a_later_movement_of_a_boxs_name_does_not_go_back_in_time() -> None:
    names = ["Surrealism"] * 4 + ["Abstract Expressionism"] * 4
    column = values.of_cells("movement", names)
    vectors = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    axis = relations.time_axis(column.names, {"Abstract Expressionism": [1950] * 4})
    arrow = Relation(source="Surrealism", target="Abstract Expressionism")
    found = influences.chart(influences.centroids(column, vectors), [arrow], axis.years, permutations=9)
    assert not found.arrows[0].is_backward


def test_a_category_that_is_not_of_its_time_leaves_the_box_to_another() -> None:
    names = ("Abstract Expressionism", "Expressionism")
    found = relations.time_axis(names, {names[0]: [1950], names[1]: [1912]})
    assert found.years == {names[0]: 1950, names[1]: 1911}
    assert found.unclear == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"from,to\na,b\n", r"needs the columns source and target, got: from, to"),
        (b"", r"holds no table"),
        (b"source,target\n" + b"a,b\n" * 10_001, r"has 10,001 relations; at most 10,000 are"),
        (b"source,target\n" + b"x" * 400 + b",b\n", r"a name of 400 characters; at most 300"),
        (b"PK\x03\x04", r"is a workbook"),
        (b"source,target\n\0,b\n", r"NUL"),
    ],
)
def test_hostile_relations_are_refused(text: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        relations.read(text, NAMES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"source,target\nfruit,fish\n", "“r.csv” has no arrow between categories.*No category: fruit, fish"),
        (b"source,target\nCubism,\n", "“r.csv” has no row with both a source and a target"),
    ],
)
def test_a_table_without_a_usable_arrow_takes_the_place_of_none(text: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        relations.read_usable(text, NAMES, "r.csv")
    assert relations.read_usable(b"source,target\nCubism,Orphism\nCubism,fish\n", NAMES, "r.csv").unknown == (
        "fish",
    )


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = relations.read(f"source,target\n{text}\n".encode("utf-8", "surrogatepass"), NAMES)
    except DatasetError:
        return
    assert all(arrow.source in NAMES and arrow.target in NAMES for arrow in found.arrows)


def test_barrs_chart_gives_the_time_axis(tmp_path: Path) -> None:
    chart = relations.barr_1936()
    assert list(chart.columns) == ["name", "printed_as", "kind", "year", "place"]
    assert (len(chart), chart["year"].notna().sum()) == (28, 21)
    own = {"Vorticism": [1914, 1913, 1915], "Cubism": [1999]}
    assert relations.time_axis(["cubism", "Dadaism", "Vorticism", "Nameless", "Gauguin"], own).years == {
        "cubism": 1906,
        "Dadaism": 1916,
        "Vorticism": 1914,
    }


def test_a_category_stands_at_the_median_of_its_dates() -> None:
    own = {"mine": [1950] * 6 + [1850] * 6, "yours": [1901, 1900, 1999], "theirs": [1906, 1901]}
    assert relations.time_axis(list(own), own).years == {"mine": 1900, "yours": 1901, "theirs": 1904}
    column, vectors, _arrows = collection(chains=3)
    own = {"0a": [1850] * 6 + [1950] * 6, "0b": [1910]}
    arrow = Relation(source="0a", target="0b")
    found = influences.chart(
        influences.centroids(column, vectors),
        [arrow],
        relations.time_axis(column.names, own).years,
        permutations=9,
    )
    assert not found.arrows[0].is_backward


# --- the test ---------------------------------------------------------------------------------------------


def collection(
    seed: int = 0, chains: int = 6, each: int = 12
) -> tuple[values.Values, np.ndarray, list[Relation]]:
    """Categories in pairs that look alike, and an arrow within each pair."""
    rng = np.random.default_rng(seed)
    vectors, cells, arrows = [], [], []
    for chain in range(chains):
        base = rng.normal(size=40)
        for side in "ab":
            centre = base + rng.normal(0, 0.3, 40)
            vectors.append(centre + rng.normal(0, 0.5, (each, 40)))
            cells += [f"{chain}{side}"] * each
        arrows.append(Relation(source=f"{chain}a", target=f"{chain}b", year=1900 + chain))
    return values.of_cells("movement", cells), np.concatenate(vectors).astype(np.float32), arrows


def turned(arrows: list[Relation]) -> list[Relation]:
    """Return arrows that each lead to the next one's target."""
    return [
        Relation(source=a.source, target=b.target)
        for a, b in zip(arrows, arrows[1:] + arrows[:1], strict=True)
    ]


def test_planted_relations_are_confirmed() -> None:
    column, vectors, arrows = collection()
    found = influences.chart(influences.centroids(column, vectors), arrows, permutations=499)
    assert found.nearness.p is not None
    assert found.nearness.p <= 0.01
    assert found.nearness.effect is not None
    assert found.nearness.effect > 2
    assert found.nearness.superiority == 1.0
    assert all(arrow.is_supported for arrow in found.arrows)
    assert {frozenset(pair[:2]) for pair in found.mutual[:6]} == {
        frozenset((a.source, a.target)) for a in arrows
    }


def test_shuffled_relations_are_not() -> None:
    column, vectors, arrows = collection()
    found = influences.chart(influences.centroids(column, vectors), turned(arrows), permutations=499)
    assert found.nearness.p is not None
    assert found.nearness.p > 0.05
    assert sum(bool(arrow.is_supported) for arrow in found.arrows) <= 3
    missed = {frozenset(pair[:2]) for pair in found.without_arrow}
    assert {frozenset((a.source, a.target)) for a in arrows} <= missed


def test_p_values_of_arrows_at_random_are_spread_evenly() -> None:
    column, vectors, _arrows = collection(chains=5)
    rng = np.random.default_rng(1)
    distances = influences.centroids(column, vectors).distances
    drawn = []
    for _n in range(60):
        related = np.zeros_like(distances, bool)
        upper = np.transpose(np.triu_indices(len(distances), 1))
        for i, j in upper[rng.choice(len(upper), 6, replace=False)]:
            related[i, j] = related[j, i] = True
        p = influences.nearness(distances, related, permutations=99).p
        assert p is not None
        drawn.append(p)
    assert 0.35 < np.mean(drawn) < 0.65
    assert np.mean(np.array(drawn) <= 0.1) < 0.25


def sharing(
    draw: int, *, common: float = 0.0, like: float = 0.0, n: int = 8, each: int = 16, in_both: int = 3
) -> tuple[values.Values, np.ndarray, list[Relation]]:
    """Noise catalogued in pairs of categories that have pictures in common, and an arrow within each pair.

    Parameters
    ----------
    common : how much all pictures have in common, as those of one encoder have
    like : how much the two categories of a pair look like each other
    """
    rng = np.random.default_rng(draw)
    everything, vectors, cells, arrows = common * rng.normal(size=64), [], [], []
    for a, b in ((f"{pair}a", f"{pair}b") for pair in range(n // 2)):
        own = [a] * (each - in_both) + [b] * (each - in_both) + [f"{a}|{b}"] * in_both
        vectors.append(everything + like * rng.normal(size=64) + rng.normal(size=(len(own), 64)))
        cells += own
        arrows.append(Relation(source=a, target=b))
    return values.of_cells("movement", cells), np.concatenate(vectors).astype(np.float32), arrows


@pytest.mark.parametrize("common", [0.0, 1.0])
def test_images_of_both_ends_bear_no_arrow_out(common: float) -> None:
    drawn = []
    for draw in range(60):
        column, vectors, arrows = sharing(draw, common=common)
        found = influences.chart(influences.centroids(column, vectors), arrows, permutations=99)
        drawn.append(found.nearness.p)
    assert 0.35 < np.mean(drawn) < 0.65
    assert np.mean(np.array(drawn) <= 0.1) < 0.25
    assert np.mean(np.array(drawn) > 0.9) < 0.25, "nor do they stand against it"


def test_noise_bears_out_no_more_arrows_where_many_images_are_of_both_ends() -> None:
    p, supported, apart, others = [], [], [], []
    for draw in range(150):
        column, vectors, arrows = sharing(draw, n=12, in_both=6)
        placed = influences.centroids(column, vectors)
        found = influences.chart(placed, arrows, permutations=99)
        p.append(found.nearness.p)
        supported += [bool(a.is_supported) for a in found.arrows]
        apart += [a.distance for a in found.arrows]
        others += list(placed.distances[np.triu_indices(12, 1)])
    assert np.mean(np.array(p) <= 0.05) < 0.09
    assert 0.2 < np.mean(supported) < 0.3, "about a quarter, as of the unrelated pairs"
    assert np.std(apart) == pytest.approx(np.std(others), rel=0.2), "they vary as much as the others do"


def test_distances_are_drawn_to_the_mean_only_as_far_as_they_are_chance() -> None:
    distances = np.array([[np.nan, 0.2, 0.6], [0.2, np.nan, 0.7], [0.6, 0.7, np.nan]])
    fewer = np.array([[1, 2, 1], [2, 1, 1], [1, 1, 1]], float)
    of_noise = influences._drawn_to_the_mean(distances, fewer, 0.0)
    assert of_noise[0, 1] == pytest.approx(0.5 - 0.3 / 2)
    np.testing.assert_array_equal(of_noise[2, :2], distances[2, :2])
    np.testing.assert_allclose(influences._drawn_to_the_mean(distances, fewer, 1.0), distances)


@pytest.mark.parametrize(("like", "least", "most"), [(0.0, 0.0, 0.3), (3.0, 0.9, 1.0)])
def test_halves_of_the_images_tell_how_far_distances_are_chance(
    like: float, least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    monkeypatch.setattr(
        influences,
        "_drawn_to_the_mean",
        lambda distances, _fewer, reliable: given.append(reliable) or distances,
    )
    for draw in range(5):
        column, vectors, _arrows = sharing(draw, common=1.0, like=like)
        influences.centroids(column, vectors)
    assert least <= np.mean(given) <= most


def test_planted_relations_are_confirmed_without_the_images_of_both_ends() -> None:
    column, vectors, arrows = sharing(0, common=1.0, like=0.7, n=12)
    found = influences.chart(influences.centroids(column, vectors), arrows, permutations=499)
    assert found.nearness.p is not None
    assert found.nearness.p <= 0.01
    assert all(arrow.is_supported for arrow in found.arrows)
    other = influences.chart(influences.centroids(column, vectors), turned(arrows), permutations=499)
    assert other.nearness.p is not None
    assert other.nearness.p > 0.05


def test_images_of_both_are_left_out_of_the_distance_of_these_two_only() -> None:
    vectors = np.array([[1, 0, 0]] * 3 + [[0, 1, 0]] * 3 + [[0, 0, 1]] * 3 + [[1, 1, 0]], np.float32)
    column = values.of_cells("c", ["x"] * 3 + ["y"] * 3 + ["z"] * 3 + ["x|y"])
    found = influences.centroids(column, vectors)
    at = {name: i for i, name in enumerate(found.names)}
    assert found.distances[at["x"], at["y"]] == pytest.approx(1.0)
    assert (found.shared, found.without_distance) == (1, 0)
    by_size = values.of_cells("c", ["x"] * 3 + ["y"] * 3 + ["x"] * 3 + ["y"])
    apart = influences.centroids(by_size, vectors)
    assert 0 < apart.distances[0, 1] < 1
    assert (apart.shared, apart.without_distance) == (0, 0)


def test_distances_of_many_pairs_do_not_depend_on_how_many_are_summed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    column, vectors, _arrows = sharing(3)
    whole = influences.centroids(column, vectors).distances
    monkeypatch.setattr(influences, "_PAIRS_AT_ONCE", 1)
    np.testing.assert_allclose(influences.centroids(column, vectors).distances, whole)
    assert np.all(np.diag(whole) == 0)
    np.testing.assert_array_equal(whole, whole.T)


def nested() -> tuple[values.Values, np.ndarray]:
    """Eight categories, of which all pictures of 0a and all but two of 1a are of 0b and 1b too."""
    cells = ["0a|0b"] * 4 + ["1a|1b"] * 5 + ["1a"] * 2
    cells += [name for name in ("0b", "1b", "2a", "2b", "3a", "3b") for _n in range(5)]
    return values.of_cells("c", cells), np.random.default_rng(0).normal(size=(len(cells), 9)).astype(
        np.float32
    )


def test_two_categories_have_no_distance_where_too_few_images_are_of_one_only() -> None:
    column, vectors = nested()
    placed = influences.centroids(column, vectors)
    assert (placed.shared, placed.without_distance, placed.too_small) == (9, 2, ())
    arrows = [Relation(source=f"{n}a", target=f"{n}b") for n in range(4)]
    found = influences.chart(placed, arrows, permutations=99)
    assert {r.source for r in found.missing} == {"0a", "1a"}
    assert {a.relation.source for a in found.arrows} == {"2a", "3a"}
    assert (found.nearness.pairs, found.nearness.reason) == (2, "")
    assert found.nearness.p is not None
    assert 0 < found.nearness.p <= 1
    assert np.isfinite([found.nearness.related, found.nearness.unrelated, found.nearness.effect]).all()
    assert not {("0a", "0b"), ("1a", "1b")} & {tuple(sorted(pair[:2])) for pair in found.mutual}
    assert all(np.isfinite(pair[2]) for pair in found.mutual)
    few = influences.chart(placed, arrows[:2], permutations=99)
    assert (few.nearness.p, few.nearness.pairs) == (None, 0)


def test_categories_of_the_same_images_have_no_distance_at_all() -> None:
    column = values.of_cells("c", ["a|b|c"] * 4)
    placed = influences.centroids(column, np.ones((4, 3), np.float32))
    assert (placed.shared, placed.without_distance) == (4, 3)
    found = influences.chart(placed, [Relation(source="a", target="b")])
    assert (found.mutual, found.arrows, len(found.missing)) == ((), (), 1)


def test_p_counts_the_deal_that_is_there_and_is_never_0() -> None:
    column, vectors, arrows = collection()
    found = influences.chart(influences.centroids(column, vectors), arrows, permutations=99)
    assert found.nearness.p == found.nearness.least_p == 1 / 100


def test_same_seed_gives_the_same_p() -> None:
    column, vectors, arrows = collection()
    found = influences.centroids(column, vectors)
    charts = [influences.chart(found, arrows[:3], permutations=50, seed=3) for _ in range(2)]
    assert charts[0] == charts[1]


def test_centroids_are_cosine_distances_of_mean_directions_and_small_categories_are_left_out() -> None:
    vectors = np.array([[1, 0], [2, 0], [3, 0], [0, 1], [0, 5], [0, 2], [1, 1]], np.float32)
    found = influences.centroids(values.of_cells("c", ["x"] * 3 + ["y"] * 3 + ["z"]), vectors)
    assert found.names == ("x", "y")
    assert found.too_small == ("z",)
    np.testing.assert_allclose(found.distances, [[0, 1], [1, 0]], atol=1e-12)


def test_without_enough_pairs_there_is_a_reason_and_no_figure() -> None:
    column, vectors, arrows = collection(chains=2)
    found = influences.chart(
        influences.centroids(column, vectors), [*arrows[:1], Relation(source="0a", target="?")]
    )
    assert (found.nearness.p, found.nearness.effect, found.nearness.pairs) == (None, None, 1)
    assert "two related and two unrelated pairs" in found.nearness.reason
    assert [r.target for r in found.missing] == ["?"]
    assert [(a.nearer_than, a.is_supported) for a in found.arrows] == [(None, None)]


def on_a_line(*at: float) -> influences.Centroids:
    """Categories a, b, c ... as far apart as points on a line."""
    places = np.array(at)
    distances = np.abs(places[:, None] - places)
    return influences.Centroids(names=tuple("abcdefghijkl"[: len(at)]), distances=distances, too_small=())


@pytest.mark.parametrize(
    ("arrow", "nearer_than", "is_supported"),
    # the pairs but a-e, which is an arrow too, are 1, 2, 3 (a-c), 4 (c-d), 6, 7, 8, 12 and 14 apart
    [("ac", 6 / 8, True), ("cd", 5 / 8, False)],
)
def test_an_arrow_is_supported_from_three_quarters_of_the_unrelated_pairs_on(
    arrow: str, nearer_than: float, is_supported: bool
) -> None:
    arrows = [Relation(source="a", target="e"), Relation(source=arrow[0], target=arrow[1])]
    found = influences.chart(on_a_line(0, 1, 3, 7, 15), arrows, permutations=9)
    (tested,) = (a for a in found.arrows if a.relation.target != "e")
    assert (tested.nearer_than, tested.is_supported) == (nearer_than, is_supported)


def test_pairs_as_far_apart_as_an_arrow_are_not_farther() -> None:
    arrows = [Relation(source="a", target="b"), Relation(source="b", target="c")]
    found = influences.chart(on_a_line(0, 1, 2, 3), arrows, permutations=9)
    # unrelated: c-d is as near as the arrows, a-c and b-d are two apart, a-d three
    assert [a.nearer_than for a in found.arrows] == [3 / 4, 3 / 4]


@pytest.mark.parametrize(
    ("n", "reach"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (6, 1), (7, 2), (10, 3), (31, 3)]
)
def test_few_categories_are_not_all_near_each_other(n: int, reach: int) -> None:
    assert influences.reach_of(n) == reach
    found = on_a_line(*np.cumsum(np.arange(min(n, 12))))
    pairs = n * (n - 1) / 2
    assert len(influences.mutual_nearest(found)) <= pairs / 3
    assert bool(influences.mutual_nearest(found)) == (n > 2)


def test_near_pairs_without_an_arrow_meet_the_bar_of_arrows() -> None:
    # d and e are each other's nearest, but of the eight unrelated pairs five only are farther apart
    found = influences.chart(
        on_a_line(0, 1, 2, 20, 33), [Relation(source="a", target="c"), Relation(source="b", target="e")]
    )
    assert [pair[:2] for pair in found.mutual] == [("a", "b"), ("d", "e")]
    assert [pair[:2] for pair in found.without_arrow] == [("a", "b")]
    for seed in range(30):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(4, 12))
        ends = rng.permutation(np.transpose(np.triu_indices(n, 1)))[: int(rng.integers(2, 5))]
        arrows = [Relation(source="abcdefghijkl"[i], target="abcdefghijkl"[j]) for i, j in ends]
        found = influences.chart(on_a_line(*rng.random(n)), arrows, permutations=9)
        if found.nearness.reason:
            continue
        denied = [a.distance for a in found.arrows if not a.is_supported]
        assert all(d < min(denied, default=np.inf) for _one, _other, d in found.without_arrow)


@pytest.mark.parametrize("n_arrows", [3, 2])  # of three pairs: none or one is unrelated
def test_arrows_are_neither_supported_nor_not_where_there_is_no_test(n_arrows: int) -> None:
    distances = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]]) / 10
    arrows = [Relation(source=a, target=b) for a, b in ("ab", "bc", "ca")][:n_arrows]
    placed = influences.Centroids(names=("a", "b", "c"), distances=distances, too_small=())
    found = influences.chart(placed, arrows)
    assert found.nearness.reason
    assert {a.is_supported for a in found.arrows} == {None}


def test_smallest_p_of_few_names_is_known() -> None:
    rng = np.random.default_rng(0)
    distances = rng.random((4, 4))
    related = np.zeros((4, 4), bool)
    related[[0, 1, 2, 3], [1, 0, 3, 2]] = True
    found = influences.nearness(distances + distances.T, related)
    assert found.least_p == pytest.approx(1 / 3, abs=0.02)
    assert found.p is not None
    assert found.p >= found.least_p
    column, vectors, arrows = collection()
    many = influences.chart(influences.centroids(column, vectors), arrows, permutations=499)
    assert many.nearness.least_p is not None
    assert many.nearness.least_p <= 0.01


def test_effect_is_undefined_where_pairs_do_not_differ_among_themselves() -> None:
    distances = np.ones((4, 4)) - np.eye(4)
    related = np.zeros((4, 4), bool)
    related[[0, 1, 2, 3], [1, 0, 3, 2]] = True
    distances[related] = 0.25
    found = influences.nearness(distances, related, permutations=99)
    assert (found.effect, found.superiority) == (None, 1.0)


def test_one_category_has_no_neighbours() -> None:
    found = influences.centroids(values.of_cells("c", ["a"] * 4), np.ones((4, 3), np.float32))
    assert influences.chart(found, []).mutual == ()


def test_arrows_that_go_back_in_time_are_marked() -> None:
    column, vectors, arrows = collection()
    years = {"0a": 1910, "0b": 1905, "1a": 1900, "1b": 1905}
    found = influences.chart(influences.centroids(column, vectors), arrows, years, permutations=9)
    assert [a.relation.source for a in found.arrows if a.is_backward] == ["0a"]
