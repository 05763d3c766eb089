"""What the categories page makes of the answers: tables, graphs and sentences, without a browser."""

import csv
import tomllib
import zipfile
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from barrx import clustering, datasets, i18n, settings
from barrx.clustering import ClusteringParams
from barrx.errors import DatasetError
from barrx.judgement import agreement, arrow_files, explanations, influences, relations, values
from barrx.judgement.categories import State
from barrx.judgement.questions import plain
from barrx.judgement.relations import Relation
from barrx.ui import categories, nearest
from barrx.ui.categories import (
    agreement_view,
    explanations_view,
    graph,
    heat,
    influences_view,
    portraits_view,
    sentences,
)
from tests.files import source_folder

ROOT = Path(__file__).parents[2]

FIGURES = {"ami": 0.43, "ari": 0.28, "homogeneity": 0.5, "completeness": 0.6}
CHANCE = {"ami": -0.0006, "ari": 0.0, "homogeneity": 0.19, "completeness": 0.2}
COUNTED = ("coherent", "merged", "split", "scattered", "with one clustered image", "mostly noise")
SPREAD = dict.fromkeys(CHANCE, 0.01)


def agreed(ami: float = 0.43, p: float = 0.005, reason: str = "") -> dict[str, Any]:
    one = {"figures": {**FIGURES, "ami": ami}, "chance": CHANCE, "spread": SPREAD, "p": p}
    facts = {"with_noise": one, "without_noise": one, "clustered_share": 0.68, "n_compared": 810}
    return {"agreement": {**facts, "n_missing": 12, "reason": reason, "reason_with_noise": reason}}


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ami", "p", "said"),
    [
        (0.9, 0.005, "follow “movement” closely: agreement 0.90 of 1"),
        (0.43, 0.005, "clearly, but not closely"),
        (0.2, 0.005, "weakly"),
        (0.05, 0.005, "hardly follow"),
        (0.05, 0.4, "no more than chance gives"),
    ],
)
def test_sentence_of_the_agreement_follows_its_height_and_its_chance(ami: float, p: float, said: str) -> None:
    found = sentences.agreement(agreed(ami, p), "movement")
    assert said in found
    assert "Chance alone gives 0.00 ± 0.01" in found
    assert "68% of the images" in found


def test_an_agreement_a_little_below_zero_has_no_sign() -> None:
    facts = agreed(-0.003, 0.6)
    assert "agreement 0.00 is no more" in sentences.agreement(facts, "movement")
    assert agreement_view.figures_table(facts["agreement"]).count("<b>0.00</b>") == 2
    spaces = facts | {"clusters": 24, "in_both": 455, "is_projected": True}
    said = sentences.spaces(spaces, 23)
    assert "(agreement 0.00, noise counted)" in said
    assert said.endswith("it is 0.00.")
    found = {"reason": "", "superiority": 0.5, "effect": -0.001, "p": 0.5, "least_p": 0.0001, "pairs": 12}
    assert "d = 0.00" in sentences.nearness(found)


def test_sentences_do_not_speak_of_all_as_a_share_nor_of_none() -> None:
    facts = agreed()
    facts["agreement"]["clustered_share"] = 1.0
    said = sentences.agreement(facts, "movement")
    assert said.endswith("Each of the images compared lies in a cluster.")
    faithful = {"kept": 0.9, "k": 5, "kept_by_chance": 0.1, "misplaced": 0}
    assert sentences.faithfulness(faithful, 20).endswith("No image stands among strangers.")
    assert "keeps the one real neighbour of an image" in sentences.faithfulness(faithful | {"k": 1}, 3)


@pytest.mark.parametrize(
    ("k", "said"), [(1, "The one nearest of an image shares its"), (5, "Of the 5 nearest")]
)
def test_one_neighbour_is_said_as_one(k: int, said: str) -> None:
    facts = {"purity": {"embedding": 0.5, "map": 0.4, "chance": 0.1}, "k": k}
    assert sentences.purity(facts).startswith(said)


def test_sentence_says_why_there_is_no_agreement() -> None:
    assert sentences.agreement(agreed(reason="every image is noise"), "x") == (
        "Nothing can be said of “x”: every image is noise."
    )


def test_what_can_be_said_with_noise_is_said_where_the_clustered_images_say_nothing() -> None:
    facts = agreed(0.31, reason="there is only one cluster")
    assert agreement_view.figures_table(facts["agreement"]).count("<td>–</td>") == 16
    facts["agreement"]["reason_with_noise"] = ""
    assert sentences.agreement(facts, "x") == (
        "Nothing can be said of “x”: there is only one cluster. Noise counted as a group, the agreement is 0.31 of 1; "
        "chance alone gives 0.00 ± 0.01."
    )
    html = agreement_view.figures_table(facts["agreement"])
    assert (html.count("<td>–</td>"), html.count("<b>0.31</b>")) == (8, 1)
    spaces = facts | {"clusters": 1, "in_both": 14, "is_projected": True}
    assert sentences.spaces(spaces, 1).endswith("Do not rely on them.")
    facts["agreement"]["reason_with_noise"] = "there is only one cluster"
    assert sentences.spaces(spaces, 1) == "1 clusters on the map, 1 in ten dimensions."


def test_figures_stand_beside_chance_and_their_meaning_and_missing_ones_are_a_dash() -> None:
    facts = agreed()["agreement"]
    html = agreement_view.figures_table({**facts, "without_noise": None})
    assert html.count("<td>–</td>") == 8
    assert "<b>0.43</b>" in html
    assert "0.00 ± 0.01" in html
    assert "-0.00" not in html
    assert "810 images compared · 68% of them in a cluster · 12 without a value are left out" in html
    assert html.count('class="meaning"') == 4


def test_it_is_said_why_a_column_of_several_values_cannot_reach_1() -> None:
    found = agreement.figures(values.of_cells("c", ["a|b"] * 10 + ["c|d"] * 10), np.repeat([0, 1], 10))
    assert found is not None
    assert found.ami < 0.9, "as well as can be"
    facts = {"purity": {"embedding": 0.5, "map": 0.4, "chance": 0.1}, "k": 5, **agreed()}
    facts |= {"has_several": True, "has_several_with_noise": True}
    said, purity = agreement_view.under_the_figures(facts, "themes")
    assert said.startswith("In “themes” images may have several values.")
    assert "so the agreement stays below 1" in said
    only_noise = facts | {"has_several": False}
    said, _purity = agreement_view.under_the_figures(only_noise, "themes")
    assert "so with noise as a group the agreement stays below 1" in said
    none = only_noise | {"has_several_with_noise": False}
    assert agreement_view.under_the_figures(none, "themes") == [purity]
    dashes = facts | agreed(reason="every image is noise")
    assert agreement_view.under_the_figures(dashes, "themes") == [purity]
    dashes["agreement"]["reason_with_noise"] = ""
    assert "with noise as a group" in agreement_view.under_the_figures(dashes, "themes")[0]


def test_words_of_the_permutation_test_do_not_claim_what_it_denies() -> None:
    found = {"reason": "", "superiority": 0.9, "effect": 1.2, "p": 0.001, "least_p": 0.0001, "pairs": 12}
    assert "bear the arrows out strongly" in sentences.nearness(found)
    assert "do not bear the arrows out" in sentences.nearness({**found, "p": 0.2})
    behind = sentences.nearness({**found, "effect": -0.5})
    assert "do not bear the arrows out" in behind
    assert "d = −0.50" in behind
    assert "There is no test: too few." in sentences.nearness({**found, "reason": "too few"})
    weak = sentences.nearness({**found, "p": 0.33, "least_p": 0.33})
    assert weak.startswith("There are too few pairs for a test to tell")
    assert "p could not be below 0.33" in weak
    assert "do not bear" not in weak
    undefined = sentences.nearness({**found, "effect": None, "superiority": 1.0})
    assert undefined.startswith("The images bear the arrows out: related")
    assert "no effect size, since neither kind of pair differs among itself" in undefined


@pytest.mark.parametrize(
    ("with_noise", "said"),
    [(0.8, "much the same groups (agreement 0.80"), (0.62, "agree in part"), (0.3, "hardly agree")],
)
def test_whether_clusters_are_the_maps_own_rests_on_the_figure_with_noise(
    with_noise: float, said: str
) -> None:
    one = agreed(with_noise)["agreement"]
    one |= {"without_noise": {"figures": {**FIGURES, "ami": 0.91}}, "n_compared": 810}
    facts = {"agreement": one, "clusters": 24, "in_both": 455, "is_projected": True}
    found = sentences.spaces(facts, 23)
    assert said in found
    assert "24 in ten dimensions" in found
    assert "24 among the vectors" in sentences.spaces({**facts, "is_projected": False}, 23)
    assert found.endswith("Of the 455 images (56%) that both put into a cluster, it is 0.91.")


def test_each_state_of_a_category_has_its_sentence() -> None:
    one = {
        "share_in_main": 0.8,
        "share_of_main": 0.9,
        "main_cluster": 3,
        "size": 32,
        "clustered": 10,
        "n_clusters": 4,
        "own_clusters": [1, 2],
        "merged_with": ["a", "b", "c", "d"],
        "without_value": 0,
    }
    assert sentences.states().keys() == set(get_args(State))
    said = {state: sentences.cohesion({**one, "state": state}) for state in sentences.states()}
    assert said["coherent"] == "80% of its clustered images are in cluster 3, and make up 90% of it."
    assert said["merged"].endswith("share it with a, b, c, and 1 other category.")
    unknown = one | {"state": "merged", "without_value": 50}
    assert sentences.cohesion(unknown).endswith(
        "share it with a, b, c, 1 other category, and 50 images without a value."
    )
    assert sentences.cohesion(unknown | {"merged_with": ["a", "b"]}).endswith(
        "share it with a, b, and 50 images without a value."
    )
    assert sentences.cohesion(unknown | {"merged_with": [], "without_value": 1}).endswith(
        "share it with 1 image without a value."
    )
    nearly = one | {"state": "coherent", "share_in_main": 299 / 300, "share_of_main": 399 / 400}
    assert sentences.cohesion(nearly).startswith("99% of its clustered images")
    assert sentences.cohesion(nearly).endswith("make up 99% of it.")
    assert "1, 2" in said["split"]
    assert "22 of 32" in said["noise"]
    assert said["scattered"] == (
        "Its 10 clustered images are in 4 clusters; no cluster holds more than 8 of them (80%)."
    )
    assert len(set(said.values())) == 6
    assert {sentences.in_state(state, 1) for state in said} == {f"1 {name}" for name in COUNTED}


@pytest.mark.parametrize(
    ("known", "of_majority", "strangers", "said"),
    [
        (58, 58, [], "58 images, 100% of them 2000s · no strangers"),
        (58, 30, [3], "58 images, 51% of them 2000s"),
        (58, 29, [3], "58 images, 50% of them 2000s · no majority"),
        (1, 1, [], "58 images, 1 of them with a value: 2000s"),
        (40, 30, [3], "58 images, 40 of them with a value, 30 of these 2000s"),
        (40, 20, [3], "58 images, 40 of them with a value, 20 of these 2000s · no majority"),
        (10, 6, [], "58 images, 10 of them with a value, 6 of these 2000s"),
        (0, 0, [], "58 images, none of them with a value"),
    ],
)
def test_the_majority_of_a_cluster_is_said_of_the_images_that_have_a_value(
    known: int, of_majority: int, strangers: list[int], said: str
) -> None:
    one = {"number": 9, "size": 58, "known": known, "majority_size": of_majority, "strangers": strangers}
    one |= {"majority": "2000s" if known else "", "words": [{"word": "sea"}]}
    (row,) = portraits_view.cluster_rows([one], {}, {})
    assert row.texts == [said, "set apart by the words: sea"]
    label = "of other categories" if "no majority" in said else "strangers"
    assert [strip.label for strip in row.strips] == ([label] if strangers else [])
    (silent,) = portraits_view.cluster_rows([one | {"words": []}], {}, {})
    assert silent.texts == [said, "No words set it apart."]


def test_all_of_a_cluster_is_said_only_where_it_is_all() -> None:
    one = {"size": 300, "known": 300, "majority_size": 299, "majority": "a", "strangers": [7]}
    assert sentences.portrait(one) == "300 images, 99% of them a"
    facts = agreed(0.31)
    facts["agreement"] |= {"clustered_share": 0.999}
    assert "for the 99% of the images" in sentences.agreement(facts, "x")
    assert "99% of them in a cluster" in agreement_view.figures_table(facts["agreement"])


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["coherent", "merged", "split"], "1 coherente, 1 fundida, 1 dividida"),
        (["coherent"] * 3 + ["merged"] * 2, "3 coherentes, 2 fundidas"),
        (
            ["split"] * 2 + ["single"] * 2 + ["noise"] * 2,
            "2 divididas, 2 con una sola imagen agrupada, 2 sobre todo",
        ),
    ],
)
def test_states_of_categories_are_counted_in_the_plural_of_the_language(states: list[str], said: str) -> None:
    with i18n.speaking("es"):
        facts = {"categories": [{"state": state} for state in states], "misplaced_pictures": []}
        assert said in portraits_view.summary(facts)


@pytest.mark.parametrize(
    ("n_images", "offered"),
    [(810, [5, 10, 15, 30, 50, 100]), (40, [5, 10, 15]), (25, [5, 10, 12]), (3, [1]), (2, [])],
)
def test_neighbours_are_offered_as_far_as_the_figures_are_defined(n_images: int, offered: list[int]) -> None:
    assert nearest.options(n_images) == offered


# --- the heat map -----------------------------------------------------------------------------------------


def test_cells_keep_their_order_and_shares_and_put_the_smallest_together() -> None:
    table = np.arange(50 * 2).reshape(50, 2)
    found = heat.cells(table, [f"r{i}" for i in range(50)], ["1", "noise"])
    assert found["n"].sum() == table.sum()
    assert list(found["row"].unique()) == [*(f"r{i}" for i in range(10, 50)), heat.OTHERS]
    assert found["n"].iloc[-2:].tolist() == table[:10].sum(axis=0).tolist()
    np.testing.assert_allclose(found.groupby("row")["share"].sum(), 1)
    assert heat.note(table) == "The largest 40 are drawn; 10 other rows or columns are put together as …"
    assert heat.note(table[:40]) == ""


def test_heat_map_is_read_aloud_and_a_click_is_read_back() -> None:
    found = heat.cells(np.array([[3, 0], [1, 2]]), ["a", "b"], ["1", "noise"])
    chart = heat.drawn(found, ("kind", "cluster"), is_dark=True, sentence="said").to_dict()
    axis = chart["layer"][0]["encoding"]["x"]["axis"]
    assert axis["labelOverlap"] is False, "each column says of which cluster it is"
    assert chart["description"] == "said"
    assert heat.chosen({"selection": {heat.SELECTION: [{"row": "a", "column": "1"}]}}) == ("a", "1")
    for nothing in (None, {}, {"selection": {heat.SELECTION: []}}, {"selection": {heat.SELECTION: [{}]}}):
        assert heat.chosen(nothing) is None


def test_pictures_of_a_cell_have_the_category_and_the_cluster() -> None:
    column = values.of_cells("kind", ["a|b", "a", "b", "", "a"])
    labels = np.array([0, 0, 0, 0, -1])
    assert agreement_view.members(column, "a", labels, 0).tolist() == [0, 1]
    assert agreement_view.members(column, "a", labels, -1).tolist() == [4]


# --- rows of pictures -------------------------------------------------------------------------------------


def test_misplaced_pictures_stand_with_those_they_look_like() -> None:
    wrong = {
        "picture": 7,
        "catalogued": ["birds"],
        "looks_like": "fish",
        "own_share": 0.1,
        "other_share": 0.6,
        "neighbors": 10,
        "counted": 10,
        "resembles": list(range(20, 30)),
    }
    (row,) = portraits_view.misplaced_rows([wrong])
    assert row.title == "catalogued birds, looks like fish"
    assert row.texts == ["60% of its nearest are fish, 10% its own"]
    assert [list(strip.indexes) for strip in row.strips] == [[7], list(range(20, 26))]
    assert row.strips[1].more == "and 4 more"
    few = wrong | {"counted": 5, "own_share": 0.2, "other_share": 0.8}
    assert sentences.misplaced_why(few) == (
        "5 of its 10 nearest have a value; of these 4 are fish, 1 its own"
    )


def test_long_names_leave_room_for_what_a_misplaced_picture_looks_like() -> None:
    wrong = {"catalogued": ["a" * 400, "b" * 400, "c" * 400], "looks_like": "fish"}
    said = sentences.misplaced(wrong)
    assert said.startswith(f"catalogued {'a' * 79}… · bbb")
    assert said.endswith("…, looks like fish")
    assert len(sentences.misplaced(wrong | {"looks_like": "d" * 400})) < 300


def test_all_misplaced_pictures_are_counted_where_not_all_are_shown() -> None:
    one = {"category": "a", "state": "single", "size": 1, "share_in_main": 1.0, "share_of_main": 0.1}
    one |= {"main_cluster": 3, "clustered": 1, "typical": [], "misplaced": list(range(259))}
    facts = {"categories": [one], "misplaced": [], "misplaced_pictures": list(range(259))}
    assert "259 images look like another category" in portraits_view.summary(facts)
    (strip,) = portraits_view.category_rows(facts)[0].strips
    assert strip.more == "and 256 more"
    said = sentences.misplaced_rule(259, 200, is_of_one=False)
    assert "200 of the 259 images are shown below" in said
    assert "are shown below" not in sentences.misplaced_rule(28, 28, is_of_one=False)


def test_where_no_picture_is_misplaced_only_the_rule_is_denied() -> None:
    said = sentences.misplaced_rule(0, 0, is_of_one=False)
    assert said.startswith("No image meets the rule. The rule: at least half of its nearest")
    assert "nearest in the embedding that have a value" in said
    assert "fewer than four images nothing is said" in said
    assert sentences.misplaced_rule(0, 0, is_of_one=True).startswith("No image of this category meets")


def test_nothing_typical_has_no_heading() -> None:
    one = {"category": "a", "state": "single", "size": 1, "share_in_main": 1.0, "share_of_main": 0.1}
    one |= {"main_cluster": 3, "clustered": 1, "typical": [], "misplaced": []}
    facts = {"categories": [one]}
    assert portraits_view.category_rows(facts)[0].strips == []
    one["typical"] = [4]
    assert [strip.label for strip in portraits_view.category_rows(facts)[0].strips] == ["most typical"]


# --- other explanations -----------------------------------------------------------------------------------


def test_clusters_of_hdbscan_that_follow_the_photo_source_are_called_out_on_top() -> None:
    rng = np.random.default_rng(0)
    source = np.arange(160) % 2
    movement = rng.integers(0, 3, 160)
    places = np.stack([8.0 * source, 0.3 * movement], axis=1) + rng.normal(0, 0.4, (160, 2))
    found, _stored = clustering.load_or_compute(
        places.astype(np.float32), ClusteringParams(min_cluster_size=10)
    )
    assert found.n_clusters >= 2
    category = values.of_cells("movement", [("Cubism", "Fauvism", "Dada")[m] for m in movement])
    photo = values.of_cells("photo", [("museum", "archive")[s] for s in source])
    ranked = explanations.rank([("file", photo)], category, found.labels, permutations=30)
    facts = plain({"explanations": ranked.explanations, "sentence": ranked.sentence})
    for one, e in zip(facts["explanations"], ranked.explanations, strict=True):
        one |= {"score": e.score, "is_significant": e.is_significant, "is_of_nearly_all": True}
    assert "Careful: the clusters follow “photo”, a property of the files" in ranked.sentence
    rows = explanations_view.table(facts)
    assert rows["name"].tolist() == ["photo", "movement"]
    assert rows["kind"].tolist() == ["file", "chosen"]
    assert explanations_view.drawn(rows, sentence="said").to_dict()["description"] == "said"


def test_words_beside_a_bar_say_of_how_many_images_and_do_not_lie_on_it() -> None:
    one = {"name": "creator", "kind": "column", "score": -0.04, "is_significant": False, "is_chosen": False}
    one |= {"compared": {"spread": {"ami": 0.01}}, "n_values": 3, "n_known": 40, "n_missing": 60}
    rows = explanations_view.table({"explanations": [{**one, "is_of_nearly_all": False}]})
    assert rows["text"].tolist() == ["−0.04 as by chance · 40 of 100"]
    chart = explanations_view.drawn(rows, sentence="said").to_dict()
    assert chart["layer"][2]["encoding"]["x"]["field"] == "words_at"
    perfect = explanations_view.drawn(rows.assign(score=1.0), sentence="said").to_dict()
    assert perfect["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 1], "no number stands beyond 1"
    (drawn,) = chart["datasets"].values()
    assert drawn[0]["words_at"] == pytest.approx(0.03), "the line of chance does not run through them"


def test_words_beside_a_bar_have_room_for_their_length_where_their_bar_ends() -> None:
    one = {"kind": "column", "n_values": 3, "n_missing": 0, "noise": 0.0}
    rows = pd.DataFrame(
        [
            one | {"name": "a", "score": 0.4, "text": "x" * 10},
            one | {"name": "b", "score": 0.1, "text": "x" * 50},
        ]
    )
    chart = explanations_view.drawn(rows, sentence="said").to_dict()
    end = chart["layer"][0]["encoding"]["x"]["scale"]["range"][1]["expr"]
    assert end == "max(0.2 * width, min(width, (width - 63) / 1.0000, (width - 286) / 0.2500))"


# --- influences -------------------------------------------------------------------------------------------


def planted() -> influences.Centroids:
    """Eight categories on a line: neighbours look alike."""
    at = np.arange(8.0)
    distances = np.abs(at[:, None] - at) / 10
    return influences.Centroids(names=tuple("abcdefgh"), distances=distances, too_small=())


def test_planted_arrows_are_confirmed_in_words_and_shuffled_ones_are_not() -> None:
    chain = [Relation(source=one, target=other) for one, other in zip("abcdefg", "bcdefgh", strict=True)]
    shuffled = [Relation(source=one, target=other) for one, other in zip("aebfcgd", "hcfadbg", strict=True)]
    for arrows, said in ((chain, "bear the arrows out strongly"), (shuffled, "do not bear the arrows out")):
        found = influences.chart(planted(), arrows, {})
        assert said in sentences.nearness(plain(found.nearness))


def test_arrows_without_a_test_are_listed_neither_way() -> None:
    one = {"source": "a", "target": "b", "year": None, "is_backward": False, "nearer_than": None}
    one["source_begins"] = None
    facts = {"arrows": [{**one, "is_supported": None}], "nearness": {"reason": "too few"}}
    assert influences_view.arrow_lists(facts) == [
        (
            "The arrows",
            ["<bdi>a</bdi> → <bdi>b</bdi>"],
            "It cannot be said whether the images support them: too few.",
        )
    ]
    assert influences_view.curators(facts)[0][2] == "untested"
    facts["arrows"] = [{**one, "is_supported": True, "nearer_than": 0.8}]
    assert [lines for _title, lines, _why in influences_view.arrow_lists(facts)] == [
        ["<bdi>a</bdi> → <bdi>b</bdi> · nearer than 80%"],
        [],
    ]
    text = influences_view.arrow_text(facts["arrows"][0] | {"year": 1907, "nearer_than": 0.7499})
    assert text == "<bdi>a</bdi> → <bdi>b</bdi> (1907) · nearer than 74%", (
        "what misses the bar does not show it"
    )
    long = influences_view.arrow_text(facts["arrows"][0] | {"source": "a" * 81, "target": "b" * 80})
    assert long.startswith(f"<bdi>{'a' * 79}…</bdi> → <bdi>{'b' * 80}</bdi>")
    assert influences_view.arrow_text(facts["arrows"][0] | {"source": "<b>"}).startswith(
        "<bdi>&lt;b&gt;</bdi> →"
    )
    placed = graph.nodes("ab", {}, np.array([[0, 0.1], [0.1, 0]]))
    lines = graph.edges(placed, [("a", "b", "untested", "a → b")])
    chart = graph.drawn(placed, lines, is_dated=False, is_dark=False, sentence="said").to_dict()
    assert chart["layer"][0]["mark"]["type"] == "trail"


def test_meanings_of_the_lists_are_true_of_their_lines() -> None:
    arrows = [
        Relation(source="a", target="b"),
        Relation(source="a", target="h"),
        Relation(source="c", target="d"),
    ]
    found = influences.chart(planted(), arrows, {})
    facts = plain(found) | {"arrows": []}
    for arrow in found.arrows:
        facts["arrows"].append(
            {
                "source": arrow.relation.source,
                "target": arrow.relation.target,
                "year": None,
                "is_backward": False,
                "source_begins": None,
            }
            | {"is_supported": arrow.is_supported, "nearer_than": arrow.nearer_than}
        )
    supported, denied = influences_view.arrow_lists(facts)
    assert (len(supported[1]), supported[2]) == (2, "nearer than three quarters of the unrelated pairs")
    assert (len(denied[1]), denied[2]) == (1, "not nearer than three quarters of the unrelated pairs")
    title, lines, meaning = influences_view.near_list(facts)
    assert (title, len(lines)) == ("Near, but no arrow", len(found.without_arrow))
    assert "nearer than three quarters of the unrelated pairs" in meaning
    untested = influences_view.near_list(facts | {"nearness": {"reason": "too few"}})
    assert untested[2] == "among each other's nearest; the number is their distance"
    assert influences_view.near_list(facts | {"arrows": []})[0] == "Near each other"
    assert "each the nearest of the other" in influences_view.machines_meaning(1)
    assert "among the 3 nearest" in influences_view.machines_meaning(3)
    assert influences_view.machines_meaning(0) == "Which categories are nearest can be said of three or more."


def test_names_that_are_no_category_are_said_with_where_they_stand() -> None:
    table = b"source,target\nCubism,nowhere\nCubism,Dada\n"
    found = relations.read(table, ("Cubism", "Dada (Berlin)", "Dada (Zurich)"))
    assert influences_view.unclear(found) == [
        "These names in relations.csv are no category here: nowhere.",
        "Each of these may mean several categories, so their arrows are left out: Dada. Write them as the collection "
        "does.",
    ]
    assert influences_view.unclear(relations.read(b"source,target\na,b\n", ("a", "b"))) == []


def test_years_that_cannot_be_read_and_arrows_before_their_source_are_said() -> None:
    table = b"source,target,year\na,b,foo\nb,a,1907\n"
    assert influences_view.unclear(relations.read(table, ("a", "b"))) == [
        "1 year in relations.csv cannot be read, so its arrow is without one: row 2 “foo”. Write it as 1907."
    ]
    many = relations.Relations(
        arrows=(), unknown=(), ambiguous=(), dropped=0, undated=tuple((n, "*x*") for n in range(2, 34))
    )
    (said,) = influences_view.unclear(many)
    assert said.startswith(
        "32 years in relations.csv cannot be read, so their arrows are without one: row 2 “"
    )
    assert "row 31 “" in said
    assert "row 32" not in said
    assert said.endswith("and 2 more. Write them as 1907.")
    arrow = {"source": "a", "target": "b", "year": -3, "nearer_than": 0.8, "is_backward": False}
    assert influences_view.arrow_text(arrow | {"source_begins": 1915}) == (
        "<bdi>a</bdi> → <bdi>b</bdi> (−3) · nearer than 80% · dated before its source, which begins here in 1915"
    )


def test_thousands_of_arrows_are_written_as_every_other_number() -> None:
    names = [f"n{i}" for i in range(101)]
    rows = "".join(f"{one},{other}\n" for one in names[:40] for other in names if one != other)
    found = relations.read(f"source,target\n{rows}{rows}".encode(), names)
    assert influences_view.counted(found).startswith("4,000 arrows are read. 4,000 rows are left out")


def test_what_is_left_out_of_distances_is_said() -> None:
    drawn = (
        "Known from fewer images, such a distance is drawn to the mean of all, as far as it may be chance."
    )
    one = {"shared": 1, "without_distance": 1}
    assert influences_view.left_out(one) == [
        "1 image of several categories is left out of the distances between these.",
        drawn,
        "1 pair of categories has no distance: of one, fewer than three images are not of the other.",
    ]
    many = {"shared": 1200, "without_distance": 0}
    assert influences_view.left_out(many) == [
        "1,200 images of several categories are left out of the distances between these.",
        drawn,
    ]
    assert influences_view.left_out({"shared": 0, "without_distance": 0}) == []


@pytest.mark.parametrize("distances", [[0, 0.1, 0.2, 0.1, 0, np.nan, 0.2, np.nan, 0], [np.nan] * 9])
def test_categories_without_a_distance_have_their_place(distances: list[float]) -> None:
    placed = graph.nodes("abc", {}, np.array(distances).reshape(3, 3))
    assert np.isfinite(placed["x"]).all()
    assert sorted(placed["y"]) == [0, 1, 2]


def test_graph_stands_on_the_time_axis_with_one_row_each_and_like_beside_like() -> None:
    years = {"a": 1905, "b": 1907, "h": 1936}
    placed = graph.nodes("abcdefgh", years, planted().distances)
    assert placed["x"].tolist()[:2] == [1905, 1907]
    assert sorted(placed["y"]) == list(range(8))
    assert np.all(np.abs(np.diff(placed["y"])) == 1), "a line of categories stays a line"
    assert placed["label"].tolist()[0] == "\u2068a\u2069 · 1905", "the year comes after a name in Hebrew too"
    assert placed["label"].tolist()[2] == "\u2068c\u2069 · no year"
    long = graph.nodes(["a" * 80, "b"], {}, np.array([[0, 0.1], [0.1, 0]]))
    assert long["label"].tolist()[0] == "\u2068" + "a" * 27 + "…\u2069"
    assert long["name"].tolist()[0] == "a" * 80
    lines = graph.edges(placed, [("a", "b", "supported", "a → b"), ("a", "nowhere", "near", "")])
    assert set(lines["edge"]) == {0}
    assert (
        lines[["x", "y"]].iloc[[0, -1]].to_numpy().tolist() == placed[["x", "y"]].iloc[:2].to_numpy().tolist()
    )
    assert lines["width"].is_monotonic_decreasing, "wide at the source"
    chart = graph.drawn(placed, lines, is_dated=True, is_dark=False, sentence="said").to_dict()
    assert chart["description"] == "said"
    longest = graph.drawn(
        placed.assign(label="x" * 30), lines, is_dated=True, is_dark=False, sentence=""
    ).to_dict()
    assert longest["layer"][-1]["encoding"]["x"]["scale"]["range"][1] == {
        "expr": "width - min(176, 0.65 * width)"
    }
    for undated in ({}, {"a": 2005, "b": 2005}):
        assert graph.nodes("ab", undated, np.zeros((2, 2)))["label"].tolist() == [
            "\u2068a\u2069",
            "\u2068b\u2069",
        ]


def test_years_of_categories_that_are_not_drawn_make_no_time_axis() -> None:
    years = {"a": 1905, "b": 1905, "too small to be drawn": 1936}
    assert not graph.is_dated("ab", years)
    assert graph.is_dated("ab", years | {"b": 1907})
    assert graph.nodes("ab", years, np.zeros((2, 2)))["label"].tolist() == [
        "\u2068a\u2069",
        "\u2068b\u2069",
    ]
    facts = {"names": ["a", "b"], "years": years, "axis": {}}
    assert influences_view._axis(facts).startswith("The dates tell no two categories apart")


def test_lines_between_categories_of_one_year_can_be_told_apart_and_keep_clear_of_those_between() -> None:
    placed = graph.nodes("abcdefgh", dict.fromkeys("abcdefg", 1905) | {"h": 1936}, planted().distances)
    pairs = ("ac", "ca", "ad", "bd", "ab", "ba")
    lines = graph.edges(placed, [(one, other, "near", one + other) for one, other in pairs])
    points = dict(iter(lines.groupby("text")))
    assert points["ad"]["x"].min() < points["ac"]["x"].min() < 1904.5, "farther is wider"
    middle = points["ac"].iloc[len(points["ac"]) // 2]
    assert (middle["y"], middle["x"] < 1904.5) == (placed["y"][1], True), "beside b, not through it"
    for there, back in (("ab", "ba"), ("ac", "ca")):
        assert abs(points[there]["x"].min() - points[back]["x"].min()) > 0.3, "there and back are two lines"
    assert lines["x"].max() == 1905, "names stand on the right"
    chart = graph.drawn(placed, lines, is_dated=True, is_dark=False, sentence="said").to_dict()
    low, _high = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < lines["x"].min()


@pytest.mark.parametrize(("n", "rows"), [(2, 240), (6, 240), (15, 390)])
def test_few_categories_have_room_beside_the_years_too(n: int, rows: int) -> None:
    names = [f"c{k}" for k in range(n)]
    for years, below in (({}, 0), ({name: 1900 + k for k, name in enumerate(names)}, 76)):
        is_dated = graph.is_dated(names, years)
        placed = graph.nodes(names, years, np.zeros((n, n)))
        chart = graph.drawn(
            placed, graph.edges(placed, []), is_dated=is_dated, is_dark=False, sentence=""
        ).to_dict()
        assert chart["height"] == rows + below


@pytest.mark.parametrize("is_dark", [False, True])
def test_lines_end_before_the_words(is_dark: bool) -> None:
    placed = graph.nodes("ab", {}, np.zeros((2, 2)))
    lines = graph.edges(placed, [("a", "b", "supported", "a → b")])
    chart = graph.drawn(placed, lines, is_dated=False, is_dark=is_dark, sentence="").to_dict()
    halo, words = (layer["mark"] for layer in chart["layer"][-2:])
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    theme = theme["dark" if is_dark else "light"]
    assert (halo["stroke"], words["color"]) == (theme["backgroundColor"], theme["textColor"])
    assert halo["strokeWidth"] >= 2 * 3, "as wide as the gaps between letters"


def test_barrs_movements_stand_at_the_years_of_his_chart() -> None:
    names = ("Cubism", "Purism", "Suprematism", "mine")
    placed = graph.nodes(names, relations.time_axis(names, {"mine": [1950]}).years, np.zeros((4, 4)))
    assert placed["x"].tolist() == [1906, 1918, 1913, 1950]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"Cubism": [], "Purism": [1920]}, "The years are those of Alfred Barr's chart of 1936."),
        ({"Cubism": [], "De Stijl": [1919], "mine": [1950]}, "At the year of the chart: Cubism, De Stijl."),
        (
            {"Cubism": [], "Abstract Expressionism": [1950], "Purism": [1990], "mine": [1950]},
            "At the year of the chart: Cubism. On the chart, but at their own dates, which are far from its year: "
            "Abstract Expressionism, Purism.",
        ),
        (
            {"Abstract Expressionism": [1950], "mine": [1951]},
            "counts for a category unless it lies more than 10 years outside the span of its images' dates; all "
            "others stand at the median of their dates. On the chart, but",
        ),
        ({"yours": [1950], "mine": [1951]}, "Years are the median of the dates"),
        (
            {"Cubism (early)": [1907], "Cubism (late)": [1914], "mine": [1950]},
            "Barr's chart has one box where several may be meant: Cubism (early), Cubism (late).",
        ),
    ],
)
def test_what_stands_on_the_time_axis_is_said(own: dict[str, list[int]], said: str) -> None:
    facts = {"names": list(own), "too_small": (), "axis": plain(relations.time_axis(list(own), own))}
    facts["years"] = facts["axis"]["years"]
    assert said in influences_view._axis(facts).replace("\\", "")


def test_arrows_of_a_collection_are_kept_found_and_removed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    assert arrow_files.find(demo) is None
    arrow_files.keep("demo", b"source,target\nfruit,flowers\n")
    path = arrow_files.find(demo)
    assert path is not None
    assert relations.read(path, ["fruit", "flowers"]).arrows == (Relation(source="fruit", target="flowers"),)
    with pytest.raises(DatasetError, match="at most 5,242,880 are read"):
        arrow_files.keep("demo", b"x" * (arrow_files.MOST_BYTES + 1))
    assert arrow_files.forget("demo").startswith(b"source")
    with pytest.raises(DatasetError, match="no arrows here"):
        arrow_files.forget("demo")
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    with pytest.raises(DatasetError, match="BARRX_READ_ONLY"):
        arrow_files.keep("demo", b"source,target\n")


def test_arrows_come_with_a_zip_and_from_the_folder_of_the_images(home: Path, tmp_path: Path) -> None:
    folder = source_folder(tmp_path)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"all/{path.name}")
        archive.writestr("all/relations.csv", "source,target\na,b\n")
    datasets.add(datasets.AddRequest(slug="zipped", source=str(tmp_path / "all.zip")))
    datasets.add(datasets.AddRequest(slug="beside", source=str(folder)))
    assert arrow_files.find(datasets.load("beside")) is None
    (folder / "relations.csv").write_text("source,target\nb,a\n")
    for slug, first in (("zipped", "a"), ("beside", "b")):
        path = arrow_files.find(datasets.load(slug))
        assert path is not None
        assert relations.read(path, ["a", "b"]).arrows[0].source == first


def test_template_of_arrows_runs_no_formula() -> None:
    text = influences_view.template(["=SUM(A1)", "Cubism"]).decode("utf-8-sig")
    assert list(csv.reader(text.splitlines())) == [
        ["source", "target", "year"],
        ["'=SUM(A1)", "", ""],
        ["Cubism", "", ""],
    ]


def test_columns_to_compare_begin_with_a_category_and_have_the_decades(home: Path) -> None:
    demo = datasets.load("demo")
    found = categories.columns(demo)
    assert found[0] == "category"
    assert ("decade" in found) == ("year" in demo.metadata.columns)
    assert "title" not in found


@pytest.mark.parametrize(("view", "shown"), [("explanations", [None]), ("agreement", [])])
def test_a_collection_without_categories_has_explanations(
    home: Path, monkeypatch: pytest.MonkeyPatch, view: str, shown: list[None]
) -> None:
    asked, told = [], []
    monkeypatch.setattr(categories.figures, "of_map", lambda finished: finished)
    monkeypatch.setattr(categories.figures, "strip", lambda figures: None)
    monkeypatch.setattr(categories.linked, "choice", lambda *args, **more: view)
    monkeypatch.setattr(categories.st, "info", lambda text, **more: told.append(text))
    monkeypatch.setattr(
        explanations_view, "show", lambda dataset, finished, column, dimmed: asked.append(column)
    )
    categories._area(datasets.load("demo"), None, None, dimmed=False)  # type: ignore[arg-type]
    assert asked == shown
    assert bool(told) is not bool(shown)
    assert all("“Other explanations” and “Can I believe this map?” need none." in text for text in told)
