"""What is typical, misplaced, split or merged; what a cluster is; what else could explain it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from barrx import cluster_rows, datasets, i18n, metadata, tables
from barrx.clustering import Clustering
from barrx.errors import Cancelled
from barrx.judgement import agreement, categories, explanations, faithfulness, pixels, portraits, values
from barrx.judgement.values import Values


def column(*groups: tuple[str, int], title: str = "category") -> Values:
    return values.of_cells(title, [name for name, count in groups for _ in range(count)])


def directions(*groups: int, features: int = 8, noise: float = 0.1) -> np.ndarray:
    """Vectors in groups, each around an axis of its own."""
    axes = np.repeat(np.eye(features)[: len(groups)], groups, axis=0)
    return (axes + np.random.default_rng(0).normal(0, noise, axes.shape)).astype(np.float32)


# --- categories -------------------------------------------------------------------------------------------


def test_the_picture_in_the_middle_is_typical_and_the_odd_one_out_is_last() -> None:
    vectors = directions(10, 10, noise=0.2)
    vectors[4] = vectors[[i for i in range(10) if i != 4]].mean(axis=0)
    vectors[7] = vectors[15]
    found = categories.typical(column(("a", 10), ("b", 10)), vectors, 0, most=10)
    assert (found[0], found[-1]) == (4, 7)
    assert sorted(found) == list(range(10))
    assert categories.typical(column(("a", 10), ("b", 10)), vectors, 0, but={4, 7}, most=8) == found[1:-1]


def test_a_picture_amid_another_category_is_misplaced_and_shows_what_it_looks_like() -> None:
    vectors = directions(12, 12)
    vectors[3] = vectors[20] + 0.01
    found = categories.misplaced(column(("a", 12), ("b", 12)), faithfulness.map_neighbors(vectors, 5))
    assert [one.picture for one in found] == [3]
    assert (found[0].catalogued, found[0].looks_like) == (("a",), "b")
    assert (found[0].own_share, found[0].other_share) == (0.0, 1.0)
    assert len(found[0].resembles) == 5
    assert min(found[0].resembles) >= 12
    assert (found[0].neighbors, found[0].counted) == (5, 5)


def test_a_misplaced_picture_says_how_many_of_its_neighbours_have_a_value() -> None:
    cells = ["a"] * 9 + ["b"] * 9 + [""] * 9
    neighbors = np.repeat(np.arange(27)[:, None], 7, axis=1)
    neighbors[0] = [9, 10, 18, 19, 20, 11, 21]
    (found,) = categories.misplaced(values.of_cells("c", cells), neighbors)
    assert (found.neighbors, found.counted, found.other_share) == (7, 3, 1.0)


def looked_at(own: int, other: int, *, size: int, k: int = 10) -> list[int]:
    """Return the misplaced where the first picture sees so many of its own category, of another and of the rest."""
    cells = ["own"] * size + ["other"] * 40 + [f"rest {i % 4}" for i in range(200)]
    neighbors = np.repeat(np.arange(len(cells))[:, None], k, axis=1)  # all but the first see themselves
    rest = k - own - other
    neighbors[0] = [*range(1, 1 + own), *range(size, size + other), *range(size + 40, size + 40 + rest)]
    return [one.picture for one in categories.misplaced(values.of_cells("c", cells), neighbors)]


@pytest.mark.parametrize(
    ("own", "other", "is_so"),
    [(0, 5, True), (0, 4, False), (2, 8, True), (2, 5, True), (3, 7, False)],
)
def test_misplaced_has_half_of_its_neighbours_in_another_category_and_a_fifth_in_its_own(
    own: int, other: int, is_so: bool
) -> None:
    assert looked_at(own, other, size=20) == ([0] if is_so else [])


@pytest.mark.parametrize(
    ("size", "own", "is_so"),
    # a category of six has five others to be near, one of four three; fewer than three show nothing
    [(6, 1, True), (6, 2, False), (4, 0, True), (4, 1, False), (3, 0, False), (2, 0, False), (1, 0, False)],
)
def test_own_is_measured_against_the_most_there_could_be(size: int, own: int, is_so: bool) -> None:
    assert looked_at(own, 10 - own, size=size) == ([0] if is_so else [])


@pytest.mark.parametrize(("k", "is_so"), [(1, False), (2, False), (3, True)])
def test_nothing_is_claimed_on_one_or_two_neighbours(k: int, is_so: bool) -> None:
    assert looked_at(0, k, size=20, k=k) == ([0] if is_so else [])


def test_a_small_category_whose_images_are_each_others_nearest_is_not_misplaced() -> None:
    vectors = directions(60, 4, noise=0.2)
    vectors[60:] = vectors[60] + np.random.default_rng(1).normal(0, 0.001, (4, 8))
    cells = column(("sign", 60), ("fruit", 4))
    assert categories.misplaced(cells, faithfulness.map_neighbors(vectors, 15)) == []
    vectors[63] = vectors[:60].mean(axis=0)
    (found,) = categories.misplaced(cells, faithfulness.map_neighbors(vectors, 15))
    assert (found.picture, found.looks_like, found.own_share) == (63, "sign", 0.0)


def test_a_category_of_nearly_all_images_is_no_majority_that_chance_would_not_give() -> None:
    cells = column(("sign", 90), ("fruit", 10))
    rest = np.repeat(np.arange(100)[:, None], 10, axis=1)  # the others see themselves
    neighbors = rest.copy()
    neighbors[95] = [*range(9), 96]  # nine in ten are signs, here as everywhere
    neighbors[96] = range(10)
    assert [one.picture for one in categories.misplaced(cells, neighbors)] == [96]


def test_a_picture_that_has_both_values_or_none_is_not_misplaced() -> None:
    vectors = directions(12, 12)
    vectors[3] = vectors[4] = vectors[20] + 0.01
    cells = ["a"] * 12 + ["b"] * 12
    cells[3], cells[4] = "a|b", ""
    assert categories.misplaced(values.of_cells("c", cells), faithfulness.map_neighbors(vectors, 5)) == []


@pytest.mark.parametrize(
    ("labels", "state", "clusters"),
    [
        ([0] * 20 + [1] * 20, "coherent", (0,)),
        ([0] * 10 + [2] * 10 + [1] * 20, "split", (0, 2)),
        ([1] * 8 + [-1] * 12 + [1] * 20, "noise", ()),
        ([1] * 20 + [1] * 40, "merged", ()),
        ([3] * 6 + [4] * 7 + [5] * 7 + [3] * 10 + [4] * 10 + [5] * 10, "scattered", ()),
    ],
)
def test_clusters_hold_a_category_together_or_not(
    labels: list[int], state: str, clusters: tuple[int, ...]
) -> None:
    found = categories.cohesion(column(("a", 20), ("b", len(labels) - 20)), np.array(labels))
    mine = next(one for one in found if one.category == "a")
    assert mine.state == state
    assert mine.own_clusters == clusters
    assert mine.merged_with == (("b",) if state == "merged" else ())
    assert mine.size == 20
    assert mine.n_clusters == len(set(labels[:20]) - {-1})


@pytest.mark.parametrize(("together", "state"), [(20, "coherent"), (19, "scattered")])
def test_a_category_is_together_with_two_thirds_of_its_clustered_images(together: int, state: str) -> None:
    labels = np.array([0] * together + [1] * (30 - together) + [-1] * 10 + [1] * 40)
    assert categories.cohesion(column(("a", 40), ("b", 40)), labels)[0].state == state


@pytest.mark.parametrize(("n", "state"), [(1, "single"), (2, "merged")])
def test_a_category_of_one_clustered_image_is_not_said_to_be_merged(n: int, state: str) -> None:
    found = categories.cohesion(column(("a", 9), ("b", n)), np.zeros(9 + n, int))
    assert found[1].state == state
    assert found[1].merged_with == (("a",) if state == "merged" else ())


def test_all_noise_and_no_values_are_no_categories_to_judge() -> None:
    found = categories.cohesion(column(("a", 5)), np.full(5, -1))
    assert (found[0].state, found[0].main_cluster, found[0].share_in_main) == ("noise", -1, 0.0)
    assert categories.cohesion(values.of_cells("c", ["", ""]), np.array([0, 0])) == []
    assert categories.misplaced(values.of_cells("c", ["", ""]), np.array([[1], [0]])) == []


def test_categories_that_are_on_the_same_images_are_each_judged_by_images() -> None:
    cells = ["flag|red|wind"] * 12 + ["sea"] * 12
    found = categories.cohesion(values.of_cells("tags", cells), np.repeat([0, 1], 12))
    assert {one.category: one.state for one in found} == dict.fromkeys(
        ("flag", "red", "wind", "sea"), "coherent"
    )
    assert {(one.share_in_main, one.share_of_main) for one in found} == {(1.0, 1.0)}


def test_a_category_whose_images_have_other_values_too_is_split_by_images() -> None:
    cells = ["flag|red|wind"] * 20 + ["sea"] * 20
    found = categories.cohesion(values.of_cells("tags", cells), np.array([0] * 10 + [1] * 10 + [2] * 20))
    flag = next(one for one in found if one.category == "flag")
    assert (flag.state, flag.own_clusters) == ("split", (0, 1))


def test_a_category_is_merged_with_what_the_other_images_are_not_with_what_its_own_are_besides() -> None:
    cells = ["flag|red"] * 4 + ["sea|blue|red"] * 6 + ["sea"]
    found = categories.cohesion(values.of_cells("tags", cells), np.zeros(11, int))
    flag = next(one for one in found if one.category == "flag")
    assert (flag.state, flag.share_of_main) == ("merged", 4 / 11)
    assert flag.merged_with == ("sea", "red", "blue")
    only_own = categories.cohesion(values.of_cells("tags", ["flag|red"] * 4 + ["sea"] * 6), np.zeros(10, int))
    assert next(one for one in only_own if one.category == "flag").merged_with == ("sea",)


def test_images_without_a_value_count_among_the_others_of_a_cluster() -> None:
    cells = ["a"] * 8 + [""] * 50 + ["b"] * 20 + [""] * 20
    found = categories.cohesion(values.of_cells("c", cells), np.array([0] * 58 + [1] * 40))
    b, a = found
    assert (a.state, a.share_in_main, a.share_of_main, a.own_clusters) == ("merged", 1.0, 8 / 58, ())
    assert (a.merged_with, a.without_value) == ((), 50)
    assert (b.state, b.share_of_main, b.own_clusters) == ("coherent", 0.5, (1,))


def test_two_categories_that_are_half_of_a_cluster_each_are_merged() -> None:
    found = categories.cohesion(column(("a", 20), ("b", 20), ("c", 9)), np.repeat([0, 1], [40, 9]))
    assert [(one.state, one.share_of_main, one.own_clusters) for one in found] == [
        ("merged", 0.5, ()),
        ("merged", 0.5, ()),
        ("coherent", 1.0, (1,)),
    ]
    assert [one.merged_with for one in found] == [("b",), ("a",), ()]
    among_several = column(("a", 20), ("b", 10), ("c", 10))
    assert categories.cohesion(among_several, np.zeros(40, int))[0].state == "coherent"


def test_a_category_is_not_split_among_clusters_of_which_it_is_all_that_is_known() -> None:
    cells = (["2000s"] + [""] * 9) * 4
    (found,) = categories.cohesion(values.of_cells("decade", cells), np.repeat(np.arange(4), 10))
    assert (found.state, found.own_clusters) == ("scattered", ())


# --- portraits --------------------------------------------------------------------------------------------


def test_portrait_has_majority_strangers_and_words() -> None:
    metadata = pd.DataFrame(
        {
            "filename": [f"{i}.png" for i in range(40)],
            "tags": ["sea|boat"] * 9 + ["sea"] + ["house"] * 20 + ["tree"] * 10,
            "rights": ["public domain"] * 40,
            "year": range(40),
        }
    )
    labels = np.array([7] * 10 + [2] * 20 + [-1] * 10)
    strength = np.linspace(1, 0.1, 40).astype(np.float32)
    words = portraits.words_of(metadata, ["filename"])
    assert words[0] == {"sea", "boat", "public", "domain"}
    second, first = portraits.portraits(column(("a", 8), ("b", 32)), labels, strength, words)
    assert (first.number, first.size, first.known) == (7, 10, 10)
    assert (first.majority, first.majority_size) == ("a", 8)
    assert first.strangers == (8, 9)
    assert [word.word for word in first.words] == ["sea", "boat"]
    assert (first.words[1].inside, first.words[1].overall) == (9, 9)
    assert (second.number, second.majority, second.strangers) == (2, "b", ())
    assert [word.word for word in second.words] == ["house"]


def test_of_equals_the_majority_is_the_one_that_the_table_of_clusters_names_first() -> None:
    cells = ["b", "b", "a", "a", "b"]
    labels, strength = np.array([0, 0, 0, 0, 1]), np.ones(5, np.float32)
    found = portraits.portraits(values.of_cells("c", cells), labels, strength, [set()] * 5)
    clusters = Clustering(labels.astype(np.int32), strength)
    rows = cluster_rows.of_map(np.zeros((5, 2), np.float32), clusters, pd.Series(cells))
    assert found[0].majority == rows[0].mix[0][0] == "a"


def test_words_score_the_log_odds_with_the_prior_of_all_pictures() -> None:
    # Monroe et al. 2008, equations 16, 19 and 22, by hand: 4 of 10 words inside, 6 of 30 over all
    inside, overall, n_inside, n = 4.0, 6.0, 10, 30
    ratio = np.log((4 + 6) / (10 + 30 - 4 - 6)) - np.log((2 + 6) / (20 + 30 - 2 - 6))
    expected = ratio / np.sqrt(1 / (4 + 6) + 1 / (2 + 6))
    found = portraits._z_scores(np.array([inside]), np.array([overall]), n_inside, n)
    assert found == pytest.approx([expected])


def test_a_cluster_without_values_or_words_has_an_empty_portrait() -> None:
    found = portraits.portraits(
        values.of_cells("c", [""] * 4), np.zeros(4, int), np.ones(4, np.float32), [set()] * 4
    )
    assert (found[0].majority, found[0].strangers, found[0].words) == ("", (), ())
    assert (found[0].size, found[0].known) == (4, 0)


@pytest.mark.parametrize(("n_known", "strangers"), [(4, ()), (5, (4,))])
def test_images_are_strange_only_in_a_cluster_of_which_half_have_a_value(
    n_known: int, strangers: tuple[int, ...]
) -> None:
    cells = (["a"] * (n_known - 1) + ["b"]) + [""] * (10 - n_known)
    labels, strength = np.zeros(10, int), np.ones(10, np.float32)
    (found,) = portraits.portraits(values.of_cells("c", cells), labels, strength, [set()] * 10)
    assert (found.size, found.known, found.majority, found.majority_size) == (10, n_known, "a", n_known - 1)
    assert found.strangers == strangers


# --- pixels -----------------------------------------------------------------------------------------------


def painted(
    colour: tuple[int, int, int], frame: tuple[int, int, int] | None = None, side: int = 60
) -> np.ndarray:
    rgb = np.full((side, side, 3), colour, np.uint8)
    rgb[20:40, 10:50] = (90, 60, 200)
    if frame is not None:
        rgb[:3] = rgb[-3:] = rgb[:, :3] = rgb[:, -3:] = frame
    return rgb


@pytest.mark.parametrize(
    ("rgb", "border"),
    [
        (painted((200, 30, 30), (255, 255, 255)), "white"),
        (painted((200, 30, 30), (5, 5, 5)), "black"),
        (painted((200, 30, 30)), "plain"),
        (np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8), "none"),
        (np.zeros((1, 9, 3), np.uint8), "none"),
    ],
)
def test_borders_are_told(rgb: np.ndarray, border: str) -> None:
    assert pixels.measure(rgb).border == border


@pytest.mark.parametrize(
    ("colour", "hue", "grey"),
    [
        ((220, 30, 30), "red", False),
        ((30, 200, 40), "green", False),
        ((40, 40, 220), "blue", False),
        ((250, 250, 250), "light", True),
        ((20, 20, 22), "dark", True),
    ],
)
def test_colours_are_named(colour: tuple[int, int, int], hue: str, grey: bool) -> None:
    found = pixels.measure(np.full((20, 20, 3), colour, np.uint8))
    assert (found.hue, found.is_grey) == (hue, grey)


# --- explanations -----------------------------------------------------------------------------------------


@pytest.fixture
def planted(home: Path, tmp_path: Path) -> tuple[datasets.Dataset, np.ndarray]:
    """Pictures of two photo sources, one of which frames in white; the clusters follow the source."""
    rng = np.random.default_rng(0)
    folder, rows = tmp_path / "planted", []
    for i in range(80):
        source = "museum" if i % 2 else "archive"
        (folder / source).mkdir(parents=True, exist_ok=True)
        rgb = rng.integers(0, 255, (64, 64, 3), np.uint8)
        if source == "museum":
            rgb[:5] = rgb[-5:] = rgb[:, :5] = rgb[:, -5:] = 255
        name = f"{source}/{i:02d}.png"
        Image.fromarray(rgb).save(folder / name)
        rows.append(
            {"filename": name, "movement": rng.choice(["Cubism", "Fauvism", "Dada"]), "photo": source}
        )
    pd.DataFrame(rows).to_csv(folder / "metadata.csv", index=False)
    datasets.add(datasets.AddRequest(slug="planted", source=str(folder), metadata=folder / "metadata.csv"))
    dataset = datasets.load("planted")
    labels = np.array([5 if name.startswith("museum") else 2 for name in dataset.filenames])
    labels[::13] = -1
    return dataset, labels


def test_clusters_that_follow_the_source_are_called_out(planted: tuple[datasets.Dataset, np.ndarray]) -> None:
    dataset, labels = planted
    candidates = explanations.columns(dataset.metadata)
    candidates += explanations.of_files(dataset, pixels.of_dataset(dataset))
    category = values.of_column(dataset.metadata, "movement")
    found = explanations.rank(candidates, category, labels, permutations=50)
    rivals = {one.name for one in found.rivals}
    assert {"photo", "folder of the file", "border"} <= rivals
    assert found.sentence.startswith("Careful: the clusters follow “")
    assert "more than “movement”" in found.sentence
    scores = [one.score for one in found.explanations]
    assert scores == sorted(scores, reverse=True)
    left_out = {one.name: one.reason for one in found.left_out}
    assert left_out["filename"] == "nearly every image has a value of its own"
    kinds = {one.title: kind for kind, one in candidates}
    of_colour = {"lightness", "greyscale or colour", "mean colour"}
    assert {name for name, kind in kinds.items() if kind == "colour"} == of_colour
    assert left_out["file type"] == "it is the same for every image"

    only_files = [one for one in candidates if one[0] == "file"]
    assert (
        "a property of the files" in explanations.rank(only_files, category, labels, permutations=20).sentence
    )


def test_sizes_as_pandas_writes_them_are_called_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 6, 300)
    height = pd.Series(10 * labels + rng.uniform(0, 5, 300)).round(2)
    pd.DataFrame({"wall_height": height}).to_csv(tmp_path / "metadata.csv", index=False)
    table = metadata.columns(tables.read(tmp_path / "metadata.csv"), [f"{i}.jpg" for i in range(300)])
    category = values.of_cells("movement", [f"m{i}" for i in rng.integers(0, 6, 300)])
    found = explanations.rank(explanations.columns(table), category, labels, permutations=20)
    assert found.left_out == ()
    assert found.sentence.startswith("Careful: the clusters follow “wall_height” more than “movement”")


def test_nothing_is_called_out_if_the_clusters_follow_the_category() -> None:
    category = column(("a", 30), ("b", 30))
    same = column(("x", 30), ("y", 30), title="folder")
    other = values.of_cells("photo", [f"s{i % 3}" for i in range(60)])
    labels = np.repeat([0, 1], 30)
    found = explanations.rank([("column", same), ("column", other)], category, labels, permutations=50)
    assert found.rivals == ()
    assert found.sentence.startswith("Nothing else that is known")
    by_chance = explanations.rank([], category, np.arange(60) % 2, permutations=50)
    assert by_chance.sentence.startswith("The clusters do not follow “category” more than chance")


def test_the_same_distinction_under_another_name_is_no_rival() -> None:
    category = values.of_cells("movement", ["a"] * 30 + ["b"] * 30 + [""] * 30)
    folder = column(("x", 30), ("y", 30), ("z", 30), title="folder")
    found = explanations.rank([("column", folder)], category, np.repeat([0, 1, 2], 30), permutations=20)
    assert next(e for e in found.explanations if e.name == "folder").same_as_category == pytest.approx(1)
    assert found.rivals == ()


def test_what_explains_the_clusters_better_is_not_denied_where_it_mostly_goes_with_the_category() -> None:
    of_source = np.repeat(np.arange(5), 40)
    movements = [f"m{(k + 1) % 5 if i % 11 == 0 else k}" for i, k in enumerate(of_source)]
    category = values.of_cells("movement", movements)
    source = values.of_cells("source", [f"s{k}" for k in of_source])
    found = explanations.rank([("column", source)], category, of_source, permutations=20)
    (rival,) = found.rivals
    assert rival.same_as_category > explanations.SAME
    assert found.sentence == (
        "“source” explains the clusters better than “movement” (agreement above chance 1.00 against 0.80), but it "
        "goes mostly with “movement” (agreement 0.80): the two can hardly be told apart here."
    )
    other = replace(rival, name="lender", same_as_category=0.2)
    ranking = replace(found, explanations=(*found.explanations, other))
    assert ranking.sentence.startswith("Careful: the clusters follow “lender”"), "what tells more comes first"


def test_a_column_filled_for_a_few_pictures_is_left_out_and_gives_no_alarm() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 20)
    category = values.of_cells("movement", [f"m{k}" for k in np.where(rng.random(200) < 0.5, labels, 0)])
    few = values.of_cells("photographer", [f"p{k}" if i % 20 < 2 else "" for i, k in enumerate(labels)])
    found = explanations.rank([("column", few)], category, labels, permutations=30)
    assert found.rivals == ()
    assert [(one.name, one.reason) for one in found.left_out] == [
        ("photographer", "only 20 of 200 images have a value")
    ]


def test_a_rival_is_compared_with_the_category_on_the_pictures_that_have_both() -> None:
    # where there is a photographer, the category explains the clusters as well; elsewhere it does not
    cells = [("a", "b")[i // 20] if i < 40 else ("a", "b")[i % 2] for i in range(100)]
    labels = np.array([0] * 20 + [1] * 20 + [0] * 30 + [1] * 30)
    half = values.of_cells("photographer", ["x"] * 20 + ["y"] * 10 + ["z"] * 10 + [""] * 60)
    found = explanations.rank([("column", half)], values.of_cells("c", cells), labels, permutations=30)
    assert found.explanations[0].name == "photographer"
    assert found.explanations[0].score > found.explanations[1].score + explanations.CLEARLY
    assert found.rivals == ()

    blind = values.of_cells("c", [("a", "b")[i % 2] for i in range(100)])
    found = explanations.rank([("column", half)], blind, labels, permutations=30)
    assert [one.name for one in found.rivals] == ["photographer"]
    assert found.note == "Both figures are of the 40 of 100 images that have both."
    assert found.rivals[0].score <= 1


def test_a_column_filled_only_where_it_applies_is_ranked_by_whether_it_is_filled() -> None:
    labels = np.repeat([0, 1], [40, 80])
    category = values.of_cells("movement", [f"m{i % 3}" for i in range(120)])
    restored = values.of_cells("restored", ["yes"] * 40 + [""] * 80)
    found = explanations.rank([("column", restored)], category, labels, permutations=20)
    assert found.left_out == ()
    (rival,) = found.rivals
    assert (rival.name, rival.n_values, rival.n_missing) == ("restored (with a value or without)", 2, 0)
    assert rival.score == pytest.approx(1, abs=0.02)
    with i18n.speaking("es"):
        assert "«restored (con valor o sin él)»" in i18n.again(found.sentence)
    as_category = explanations.rank([("column", restored)], restored, labels, permutations=20)
    assert [one.name for one in as_category.explanations] == ["restored"]


@pytest.mark.parametrize(
    ("n_filled", "reason"),
    [
        (120, "it is the same for every image"),
        (119, "all images that have a value have the same one"),
        (10, "only 10 of 120 images have a value"),
    ],
)
def test_a_column_of_one_value_says_why_it_is_left_out(n_filled: int, reason: str) -> None:
    rights = values.of_cells("rights", ["free"] * n_filled + [""] * (120 - n_filled))
    found = explanations.rank([("column", rights)], None, np.repeat([0, 1], 60), permutations=5)
    assert [(one.name, one.reason) for one in found.left_out] == [("rights", reason)]


def test_values_that_images_share_are_not_said_to_be_their_own() -> None:
    labels = np.repeat([0, 1], 60)
    alone = values.of_cells("number", [str(i) for i in range(118)] + ["0", "0"])
    shared = values.of_cells("pair", [str(i % 80) for i in range(120)])
    found = explanations.rank([("column", alone), ("column", shared)], None, labels, permutations=5)
    assert [one.reason for one in found.left_out] == [
        "nearly every image has a value of its own",
        "80 different values for 120 images are too many to compare",
    ]


def test_no_rival_is_called_out_where_the_category_cannot_be_compared() -> None:
    # the photographer is known where all images are of one decade: there the category divides nothing
    labels = np.repeat([0, 1, 2, 3], 25)
    category = values.of_cells("decade", ["1900s"] * 50 + ["1910s"] * 25 + ["1920s"] * 25)
    half = values.of_cells("photographer", ["x"] * 25 + ["y"] * 25 + [""] * 50)
    found = explanations.rank([("column", half)], category, labels, permutations=30)
    (photographer,) = (one for one in found.explanations if one.name == "photographer")
    assert photographer.category_on_both is None
    assert found.rivals == ()
    assert found.sentence.startswith("Nothing else that is known of the images explains the clusters")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["a"] * 60, "there is only one category"),
        (["a"] * 10 + ["b"] * 10 + [""] * 40, "the images compared are all in one cluster"),
        ([""] * 40 + ["a"] * 10 + ["b"] * 10, "the images that have a value are all noise"),
    ],
)
def test_of_a_category_that_cannot_be_compared_nothing_is_said(cells: list[str], reason: str) -> None:
    labels = np.repeat([0, 1, -1], 20)
    source = column(("x", 20), ("y", 20), ("z", 20), title="source")
    found = explanations.rank([("column", source)], values.of_cells("c", cells), labels, permutations=20)
    assert found.rivals == ()
    assert found.sentence == f"Nothing can be said of “c”: {reason}."


def measured(ami: float, spread: float = 0.01) -> agreement.Compared:
    def figures(value: float) -> agreement.Figures:
        return agreement.Figures(ami=value, ari=value, homogeneity=value, completeness=value)

    return agreement.Compared(figures=figures(ami), chance=figures(0.0), spread=figures(spread), p=0.01)


def explained(on_both: agreement.Compared, category: float) -> explanations.Explanation:
    return explanations.Explanation(
        name="photo",
        kind="column",
        compared=on_both,
        n_values=3,
        n_known=100,
        n_missing=0,
        on_both=on_both,
        category_on_both=measured(category),
        n_both=100,
        same_as_category=0.1,
        is_chosen=False,
    )


@pytest.mark.parametrize(("ami", "is_rival"), [(0.351, True), (0.349, False)])
def test_a_rival_explains_the_clusters_better_by_a_tenth(ami: float, is_rival: bool) -> None:
    assert explained(measured(ami), 0.25).is_rival is is_rival


@pytest.mark.parametrize(("ami", "is_so"), [(0.301, True), (0.299, False)])
def test_what_explains_has_to_lie_three_standard_deviations_above_chance(ami: float, is_so: bool) -> None:
    found = explained(measured(ami, spread=0.1), 0.0)
    assert (found.is_significant, found.is_rival) == (is_so, is_so)


def test_a_category_of_few_pictures_is_not_said_to_be_followed() -> None:
    category = values.of_cells("c", ["a"] * 5 + ["b"] * 5 + [""] * 90)
    found = explanations.rank([], category, np.repeat([0, 1], [5, 95]), permutations=20)
    assert found.sentence == "Too few images have a value of “c” to say what the clusters follow."
    assert found.note == "10 of 100 images have a value of “c”."


def test_a_property_of_the_files_is_kept_beside_a_column_of_its_name() -> None:
    category = column(("a", 30), ("b", 30), title="border")
    of_file = column(("white", 15), ("black", 45), title="border")
    candidates = [("column", category), ("file", of_file)]
    found = explanations.rank(candidates, category, np.repeat([0, 1], 30), permutations=10)
    assert sorted((e.name, e.kind) for e in found.explanations) == [("border", "column"), ("border", "file")]


def test_the_sentence_can_be_said_in_another_language_with_its_numbers() -> None:
    found = explanations.rank([], column(("a", 30), ("b", 30)), np.repeat([0, 1], 30), permutations=10)
    with i18n.speaking("es"):
        assert "1,00" in i18n.again(found.sentence)


def test_what_explains_the_clusters_is_ranked_without_a_category_too() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, -1], [40, 40, 20])
    frame = values.of_lists("border", [("white",)] * 45 + [("none",)] * 55)
    kind = values.of_cells("file type", [f"t{i}" for i in rng.integers(0, 3, 100)])
    found = explanations.rank([("file", kind), ("file", frame)], None, labels, permutations=20)
    assert [e.name for e in found.explanations] == ["border", "file type"]
    assert [e.name for e in found.rivals] == ["border"]
    assert (found.chosen, found.note) == (None, "")
    assert found.sentence.startswith(
        "Careful: the clusters follow “border”, a property of the files (agreement"
    )
    as_column = explanations.rank([("file", kind), ("column", frame)], None, labels, permutations=20)
    assert as_column.rivals == ()
    assert as_column.sentence.startswith("Of what is known of the images, the clusters follow “border” most")
    by_chance = explanations.rank([("file", kind)], None, labels, permutations=20)
    assert by_chance.sentence.startswith("The clusters follow nothing that is known of the images more than")
    assert explanations.rank([], None, labels).sentence == by_chance.sentence


@pytest.mark.parametrize("has_category", [True, False])
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("file", "they may say more about the images' origin than about what they show."),
        ("colour", "they may say more about how the images are coloured than about what they show."),
    ],
)
def test_clusters_that_follow_colours_say_nothing_of_the_origin(
    kind: explanations.Kind, said: str, has_category: bool
) -> None:
    labels = np.repeat([0, 1], 60)
    category = values.of_cells("c", ["a", "b"] * 60) if has_category else None
    hue = values.of_lists("hue", [("red",)] * 60 + [("blue",)] * 60)
    found = explanations.rank([(kind, hue)], category, labels, permutations=20)
    assert [one.name for one in found.rivals] == ["hue"]
    assert found.sentence.startswith("Careful: the clusters follow “hue”")
    assert found.sentence.endswith(said)
    assert ("a property of the files" in found.sentence) == (kind == "file")


@pytest.mark.parametrize("has_category", [True, False])
@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([-1] * 60, "There are no clusters to explain: every image is noise."),
        ([3] * 60, "Nothing can be said of what the clusters follow: there is only one cluster."),
        ([3] * 40 + [-1] * 20, "Nothing can be said of what the clusters follow: there is only one cluster."),
    ],
)
def test_less_than_two_clusters_are_not_explained(
    labels: list[int], sentence: str, has_category: bool
) -> None:
    category = column(("a", 30), ("b", 30)) if has_category else None
    frame = values.of_lists("border", [("white",)] * 40 + [("none",)] * 20)
    found = explanations.rank([("file", frame)], category, np.array(labels), permutations=10)
    assert (found.sentence, found.note) == (sentence, "")
    assert found.explanations == found.rivals == ()


def test_a_category_without_values_is_said() -> None:
    found = explanations.rank([], values.of_cells("c", ["", ""]), np.array([0, 1]))
    assert found.sentence == "The chosen category has no values to compare the clusters with."


def test_pixels_are_measured_once_and_can_be_stopped(
    planted: tuple[datasets.Dataset, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, _labels = planted
    with pytest.raises(Cancelled, match="What is measured is kept"):
        pixels.of_dataset(dataset, cancelled=lambda: True)
    first = pixels.of_dataset(dataset)
    assert [p.border for p in first] == [
        "white" if name.startswith("museum") else "none" for name in dataset.filenames
    ]
    monkeypatch.setattr(pixels, "measure", lambda rgb: pytest.fail("measured again"))
    assert pixels.of_dataset(dataset) == first
