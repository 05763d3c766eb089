"""The tune page's own logic: lists of values, small maps, the heat map, words about clusters that come back."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
import streamlit as st

from barrx import i18n
from barrx.errors import ParameterError
from barrx.judgement import comeback, sweep
from barrx.judgement.questions import Answer
from barrx.judgement.sweep import SweepRequest
from barrx.pipeline import MapRequest
from barrx.ui.coloring import Coloring
from barrx.ui.tune import form, heat, measures, progress, results, stable, wall
from barrx.ui.tune.form import Field
from barrx.ui.tune.results import GRID, MOST_DOTS, Entry, Results
from barrx.ui.tune.stable import Return

DEMO = MapRequest.default("demo", "efficientnet-lite0", 810)


def field(name: str) -> Field:
    return next(one for one in form.fields(810) if one.name == name)


def swept(clusters: list[int], **figures: Any) -> Results:
    """Three values of min_dist by two of min_cluster_size, all finished."""
    request = SweepRequest(base=DEMO, grid={"min_dist": (0.0, 0.1, 0.5), "min_cluster_size": (5, 10)})
    found = Results(request, request.settings())
    usual = {"noise_share": 0.1, "trustworthiness": 0.9, "dbcv": 0.5, "dbcv_kind": "dbcv", "dbcv_reason": ""}
    for number, (setting, n) in enumerate(zip(found.settings, clusters, strict=True)):
        row = {**sweep.parameters(setting), "clusters": n, "partition": str(number), **usual, **figures}
        found.entries[number] = Entry(row, np.zeros((2, 2), np.int16), np.array([0, -1], np.int32))
    return found


class QueryParams(dict[str, Any]):
    """An address in which one thing is asked for."""

    def __init__(self, asked: str) -> None:
        super().__init__({"try": asked})

    def get_all(self, name: str) -> list[str]:
        return [self[name]]


def answer(means: list[float | None], samples: list[float | None], verdicts: list[str | None]) -> Answer:
    numbers = list(range(3, 3 + len(means)))
    seeds = {"numbers": numbers, "mean": means, "verdicts": verdicts, "runs": 5}
    return Answer({"seeds": seeds, "samples": {**seeds, "mean": samples}}, {})


# --- what people type -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "values"),
    [
        ("n_neighbors", ["30", "5", "5"], (5, 30)),
        ("n_neighbors", ["12, 5;7"], (5, 7, 12)),
        ("min_dist", ["0.5", "0", "1"], (0.0, 0.5, 1.0)),
        ("metric", ["euclidean", "cosine"], ("euclidean", "cosine")),
        ("seed", [], ()),
    ],
)
def test_lists_are_read_as_people_write_them(name: str, typed: list[str], values: tuple[Any, ...]) -> None:
    assert form._read(field(name), typed) == values


@pytest.mark.parametrize(
    ("name", "typed", "values"),
    [
        ("min_dist", ["0,1"], (0.1,)),
        ("min_dist", ["0.05"], (0.05,)),
        ("min_dist", ["0,1; 0,5 1"], (0.1, 0.5, 1.0)),
        ("min_dist", ["0,1, 0,5"], (0.1, 0.5)),
        ("min_dist", [",5"], (0.5,)),
        ("n_neighbors", ["5,12; 7"], (5, 7, 12)),
    ],
)
def test_a_comma_is_the_decimal_sign_where_the_language_has_it(
    name: str, typed: list[str], values: tuple[Any, ...]
) -> None:
    with i18n.speaking("es"):
        assert form._read(field(name), typed) == values
        assert ("coma" in form._help(field(name))) == (name == "min_dist")
    assert form._help(field(name)) == field(name).help


@pytest.mark.parametrize(
    ("name", "typed", "spanish", "english"),
    [
        ("min_dist", ["0,1"], ["0.1"], ["0", "1"]),
        ("min_dist", ["0.10", "0,1234567"], ["0.1", "0.1234567"], ["0.1", "0", "1234567"]),
        ("min_dist", ["0,1,0,5", "x"], ["0,1,0,5", "x"], ["0", "1", "5", "x"]),
        ("n_neighbors", ["7, 5", "05"], ["7", "5"], ["7", "5"]),
        ("metric", ["cosine", "sideways"], ["cosine"], ["cosine"]),
    ],
)
def test_what_is_typed_is_kept_in_one_form_that_every_language_reads_alike(
    name: str, typed: list[str], spanish: list[str], english: list[str]
) -> None:
    assert form._plain(field(name), typed) == english
    with i18n.speaking("es"):
        kept = form._plain(field(name), typed)
    assert kept == spanish
    if name != "min_dist" or "x" not in typed:  # which nobody can read, and stays to be mended
        assert form._plain(field(name), kept) == kept


@pytest.mark.parametrize(
    ("language", "name", "typed", "kept"),
    [
        ("es", "seed", "1.000", ["1000"]),
        ("es", "seed", "4.294.967.295", ["4294967295"]),
        ("es", "seed", "1.500,2.000; 7 ", ["1500", "2000", "7"]),
        ("es", "seed", "1,000", ["1", "0"]),
        ("es", "seed", "1.00", ["1.00"]),
        ("es", "seed", "0.100", ["0.100"]),
        ("es", "seed", "1.0000", ["1.0000"]),
        ("es", "min_dist", "1.000", ["1"]),
        ("es", "min_dist", "0.125", ["0.125"]),
        ("es", "metric", "cosine", ["cosine"]),
        ("en", "seed", "1,000", ["1000"]),
        ("en", "seed", "1,000, 20,050; 1,234,000", ["1000", "20050", "1234000"]),
        ("en", "seed", "1.000", ["1.000"]),
        ("en", "seed", "5,100", ["5", "100"]),
        ("en", "seed", "1,0", ["1", "0"]),
        ("en", "seed", "1,000,5", ["1", "0", "5"]),
    ],
)
def test_marks_of_thousands_are_those_of_the_language_where_they_can_be_nothing_else(
    language: str, name: str, typed: str, kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = field(name)
    monkeypatch.setattr(st, "session_state", {"try": [typed]})
    with i18n.speaking(language):
        assert form._chosen(one, "try", []) == kept
        monkeypatch.setattr(st, "session_state", {"try": kept})
        assert form._chosen(one, "try", []) == kept, "what is kept is read alike again"


@pytest.mark.parametrize(("asked", "read"), [("1,000", ["1", "0"]), ("1.000", ["1.000"])])
def test_marks_of_thousands_are_not_looked_for_in_an_address(
    asked: str, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    for language in i18n.LANGUAGES:
        monkeypatch.setattr(st, "query_params", QueryParams(asked))
        with i18n.speaking(language):
            assert form._chosen(field("seed"), "try", []) == read


@pytest.mark.parametrize("name", ["n_neighbors", "min_dist", "min_cluster_size", "min_samples", "seed"])
def test_no_number_that_is_offered_begins_with_what_is_typed(name: str) -> None:
    one = field(name)
    for value in map(sweep.written, one.offered):
        offer = form._offer(one, value, [])
        assert not offer.startswith(value[0]), "Enter would take it"
        assert form._plain(one, [offer, value]) == [offer], "the address is left alone"
        assert form._read(one, [offer]) == (one.read(value),)
        assert form._offer(one, value, [value]) == value


def test_a_list_of_decimals_with_commas_all_through_is_refused() -> None:
    with i18n.speaking("es"), pytest.raises(ParameterError, match="«0,1,0,5»"):
        form._read(field("min_dist"), ["0,1,0,5"])


def test_a_long_name_in_the_legend_of_the_wall_ends_with_an_ellipsis() -> None:
    names = {0: "a" * 61, 1: "b" * 60}
    coloring = Coloring("kind", np.array([0, 1], np.int16), names, "none")
    assert wall._legend(coloring, ["#111", "#222"]) == [("a" * 59 + "…", "#111"), ("b" * 60, "#222")]


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("n_neighbors", "<b>", r"n_neighbors takes numbers, not “<b>”\. Remove it, or type another\."),
        ("n_neighbors", "1", r"n_neighbors must be from 2 to 100 here, got 1\. Remove it"),
        ("min_dist", "nan", r"min_dist must be from 0 to 1 here, got nan\."),
        ("min_cluster_size", "900", r"min_cluster_size must be from 2 to 100 here, got 900\."),
        ("metric", "sideways", r"metric has no “sideways”\. Remove it\."),
    ],
)
def test_values_that_explore_could_not_show_are_refused(name: str, typed: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        form._read(field(name), [typed])


def test_a_wall_has_a_bound_and_says_where_there_is_none() -> None:
    request = SweepRequest(base=DEMO, grid={"seed": tuple(range(241))})
    with pytest.raises(ParameterError, match=r"241 settings; a wall shows 240 at most.*command line"):
        form._check_size(request)


def test_settings_and_the_maps_they_need_are_counted() -> None:
    assert form.counted(swept([2] * 6).request) == "6 settings · 3 maps to draw"


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ((0, 1, 2, 3, 4, 5), "6 settings · 3 maps to draw"),
        ((1, 2, 3), "6 settings · 3 are finished already · left: 3 settings · 1 map to draw"),
        ((1, 2, 3, 4, 5), "6 settings · 1 is finished already · left: 5 settings · 2 maps to draw"),
        ((5,), "6 settings · 5 are finished already · left: 1 setting · 0 maps to draw"),
    ],
)
def test_what_is_left_of_a_sweep_is_counted(missing: tuple[int, ...], said: str) -> None:
    found = swept([2] * 6)
    for number in missing:
        del found.entries[number]
    assert progress.counted(found) == said


def test_the_command_is_quoted_for_a_shell() -> None:
    request = replace(swept([2] * 6).request, category="it's; rm")
    assert form.command(request) == (
        "python -m barrx sweep demo --encoder efficientnet-lite0 --min-dist 0,0.1,0.5 --min-cluster-size 5,10 "
        """--category 'it'"'"'s; rm' --stability 6 --output sweep.csv"""
    )


# --- small maps -------------------------------------------------------------------------------------------


def test_a_small_map_keeps_the_proportions_and_fills_its_square() -> None:
    places = results.placed(np.array([[0, 0], [10, 0], [5, 2]], np.float32))
    assert places[:, 0].tolist() == [0, GRID, round(GRID / 2)]
    assert places[2, 1] - places[0, 1] == pytest.approx(GRID / 5, abs=1)
    one = results.placed(np.array([[3, 3], [3, 3]], np.float32))
    assert one.min() >= 0
    assert one.max() <= GRID


def test_a_large_collection_is_drawn_by_the_same_images_on_every_map() -> None:
    colours = np.arange(50_000)
    assert len(results.colours_of(colours)) == MOST_DOTS
    assert results.colours_of(colours).tolist() == results.colours_of(colours).tolist()
    assert results.colours_of(np.arange(810)).tolist() == list(range(810))


def test_noise_stays_noise_and_colours_come_again() -> None:
    assert wall._clusters(np.array([-1, 0, 19, 20, 41], np.int32)).tolist() == [-1, 0, 19, 0, 1]


def test_the_address_of_a_map_carries_its_whole_setting() -> None:
    setting = swept([2] * 6).settings[-1]
    query = parse_qs(wall.address(setting, {"color": "a&b"}).removeprefix("./?"))
    assert {name: value for name, (value,) in query.items()} == {
        **{"dataset": "demo", "encoder": "efficientnet-lite0", "n_neighbors": "15", "min_dist": "0.5"},
        **{"metric": "cosine", "seed": "42", "min_cluster_size": "10", "min_samples": "5"},
        **{"cluster_selection_method": "eom", "color": "a&b"},
    }


@pytest.mark.parametrize(
    ("figures", "note"),
    [
        ({}, None),
        ({"dbcv_kind": "relative"}, None),
        (
            {"dbcv": None, "dbcv_kind": "", "dbcv_reason": "every image is noise"},
            "none: every image is noise",
        ),
    ],
)
def test_dbcv_says_which_kind_it_is_and_why_it_is_empty(figures: dict[str, Any], note: str | None) -> None:
    entry = swept([2] * 6, **figures).entries[0]
    said = wall._notes(entry, None).get("dbcv")
    assert (said is None) if note is None else (said is not None and note in said)
    if note is not None:
        with i18n.speaking("es"):
            assert i18n._("every image is noise") in wall._notes(entry, None)["dbcv"]


def test_agreement_says_why_it_is_empty() -> None:
    none = {"ami": 0.4, "ari": 0.3, "ami_reason": "", "ami_clustered": None}
    found = swept([2] * 6, **none, ami_clustered_reason="there is only one cluster")
    assert wall._notes(found.entries[0], None) == {"ami_clustered": "none: there is only one cluster"}
    found = swept([0] * 6, ami_reason="every image is noise", ami_clustered_reason="every image is noise")
    assert wall._notes(found.entries[0], None) == dict.fromkeys(
        ("ami", "ari", "ami_clustered"), "none: every image is noise"
    )


# --- what is recommended ----------------------------------------------------------------------------------


def test_recommendation_names_places_of_the_sweep_though_some_are_missing() -> None:
    found = swept([1, 1, 1, 1, 8, 8])
    del found.entries[0]
    assert {one.number for one in found.ranked()} == {4, 5}
    assert not found.is_whole


def test_the_same_clusters_are_tried_again_once_and_have_one_place_on_the_wall() -> None:
    found = swept([8] * 6)
    del found.entries[0]
    for number in (2, 4):  # min_dist 0.1 and 0.5
        found.entries[number].figures["partition"] = "the same"
    found.entries[4].figures["trustworthiness"] = 0.95
    ranked = found.ranked()
    assert [(one.number, one.same) for one in ranked] == [(4, (2,)), (1, ()), (3, ()), (5, ())]
    assert "the same clusters with min_dist 0.1" in ranked[0].reason
    assert [one.number for one in found.best(comeback.TRIED_AGAIN)] == [4, 1, 3, 5]
    look = wall._Look(measures=[], places=wall._places(ranked), colours=None, varied=[], query={})
    cards = [wall._card(found, number, look) for number in found.numbers()]
    assert [(card["rank"], card["place"]) for card in cards] == [(2, 1), (1, 0), (3, 2), (0, 0), (4, 3)]


def test_six_are_tried_again_though_there_are_cliffs_beside_them() -> None:
    found = swept([3, 3, 3, 3, 30, 30])
    best = [one.number for one in found.best(comeback.TRIED_AGAIN)]
    assert set(best[:2]) == {0, 1}, "those without a cliff come first"
    assert set(best) == {0, 1, 2, 3, 4, 5}


def test_what_comes_back_is_recommended_before_its_equal() -> None:
    found = swept([8] * 6)
    first = found.ranked()[0].number
    other = found.ranked()[1].number
    found.stability = {first: answer([0.2], [0.2], ["artefact"]), other: answer([0.9], [0.9], ["stable"])}
    assert found.ranked()[0].number == other
    assert "come back to 90%" in found.ranked()[0].reason
    assert "artefact" not in found.ranked()[0].reason
    assert found.ranked()[1].reason.endswith("1 of 8 clusters is an artefact of the seed")


# --- the heat map -----------------------------------------------------------------------------------------


def test_heat_map_is_the_mean_over_what_is_not_shown() -> None:
    found = swept([2, 4, 6, 8, 10, 20])
    clusters = next(one for one in measures.measures(None) if one.name == "clusters")
    cells = heat.table(found, clusters, "min_dist", "min_cluster_size")
    assert cells["value"].tolist() == [2, 4, 6, 8, 10, 20]
    cells = heat.table(found, clusters, "min_dist", "metric")
    assert cells["value"].tolist() == [3, 7, 15]
    assert cells["settings"].tolist() == [2, 2, 2]


def test_heat_map_leaves_a_cell_empty_where_no_setting_has_the_figure() -> None:
    found = swept([2] * 6, dbcv=None)
    dbcv = next(one for one in measures.measures(None) if one.name == "dbcv")
    cells = heat.table(found, dbcv, "min_dist", "min_cluster_size")
    assert cells["value"].isna().all()
    assert cells["text"].unique().tolist() == ["–"]
    assert heat.drawn(cells, dbcv, "min_dist", "min_cluster_size").to_dict()


@pytest.mark.parametrize(
    ("event", "cell"),
    [
        ({"selection": {"cell": [{"x": 0.10, "y": 5}]}}, ("0.1", "5")),
        ({"selection": {"cell": [{"x": 0, "y": "eom"}]}}, ("0", "eom")),
        ({"selection": {"cell": []}}, None),
        ({"selection": {}}, None),
        (None, None),
    ],
)
def test_a_click_on_the_heat_map_names_a_cell(event: Any, cell: tuple[str, str] | None) -> None:
    assert heat.clicked(event) == cell


def test_settings_behind_a_cell_are_sorted_by_its_figure() -> None:
    found = swept([2, 4, 6, 8, 10, 20])
    for number, noise in enumerate((0.3, 0.2, None, 0.6, 0.5, 0.1)):
        found.entries[number].figures["noise_share"] = noise
    of = {one.name: one for one in measures.measures(None)}
    names = ("metric", "min_cluster_size")
    assert heat.settings_of(found, of["clusters"], names, ("cosine", "10")) == [5, 3, 1]
    assert heat.settings_of(found, of["noise_share"], names, ("cosine", "10")) == [5, 1, 3]
    assert heat.settings_of(found, of["noise_share"], names, ("cosine", "5")) == [0, 4, 2]
    assert heat.settings_of(found, of["clusters"], ("min_dist", "min_cluster_size"), ("0.1", "5")) == [2]
    del found.entries[5]
    assert heat.settings_of(found, of["clusters"], names, ("cosine", "10")) == [3, 1]


def test_settings_behind_a_cell_are_links_to_explore() -> None:
    found = swept([2, 4, 6, 8, 10, 20], noise_share=None)
    noise = next(one for one in measures.measures(None) if one.name == "noise_share")
    said = heat.listed(found, noise, [5, 1], {"color": "a&b"})
    address = wall.address(found.settings[5], {"color": "a&b"}).replace("&", "&amp;")
    assert f'<li><a href="{address}">min_dist 0.5, min_cluster_size 10</a> · noise –</li>' in said
    assert said.count("<li>") == 2
    many = heat.listed(found, noise, [1] * 23, {})
    assert many.count("<a ") == 20
    assert "and 3 more" in many


def test_the_chosen_cell_is_outlined() -> None:
    found = swept([2, 4, 6, 8, 10, 20])
    clusters = next(one for one in measures.measures(None) if one.name == "clusters")
    cells = heat.table(found, clusters, "min_dist", "min_cluster_size")
    drawn = heat.drawn(cells, clusters, "min_dist", "min_cluster_size", ("0.1", "10")).to_dict()
    (rows,) = drawn["datasets"].values()
    assert [(row["x"], row["y"]) for row in rows if row["is_chosen"]] == [(0.1, 10)]


def test_dbcv_and_relative_validity_are_two_figures() -> None:
    found = swept([2] * 6)
    assert "relative_validity" not in [
        one.name for one in measures.comparable(measures.measures(None), found)
    ]
    found.entries[0].figures.update(dbcv=0.9, dbcv_kind="relative")
    apart = {one.name: one for one in measures.comparable(measures.measures(None), found)}
    assert list(apart)[3:5] == ["dbcv", "relative_validity"]
    cells = heat.table(found, apart["dbcv"], "min_dist", "metric")
    assert cells["value"].tolist() == [0.5, 0.5, 0.5]
    assert cells["settings"].tolist() == [1, 2, 2]
    cells = heat.table(found, apart["relative_validity"], "min_dist", "metric")
    assert cells["text"].tolist() == ["0.90", "–", "–"]
    assert apart["relative_validity"].title == "relative validity"


def test_the_wall_is_sorted_by_dbcv_and_by_relative_validity_apart() -> None:
    found = swept([2] * 6)
    found.entries[0].figures.update(dbcv=0.9, dbcv_kind="relative")
    look = wall._Look(
        measures=measures.comparable(measures.measures(None), found),
        places={},
        colours=None,
        varied=[],
        query={},
    )
    first, second = (wall._card(found, number, look) for number in (0, 1))
    assert [card["values"]["dbcv"] for card in (first, second)] == [None, 0.5]
    assert [card["values"]["relative_validity"] for card in (first, second)] == [0.9, None]
    assert first["notes"] == {
        "relative_validity": "a cluster has more than 2,000 images; not comparable with DBCV"
    }


def test_every_figure_has_one_line_of_meaning() -> None:
    shown = measures.measures("movement")
    assert [one.name for one in shown][-3:] == ["ami", "ari", "ami_clustered"]
    assert all(one.meaning and "\n" not in one.meaning for one in shown)
    assert "“movement”" in shown[-3].meaning


# --- clusters that come back ------------------------------------------------------------------------------


def test_an_artefact_of_the_seed_is_called_one() -> None:
    found = stable.of_answer(answer([0.9, 0.1, 0.6], [0.8, 0.7, 0.3], ["stable", "artefact", "doubtful"]))
    assert list(found) == [3, 4, 5]
    assert stable.sentence(found, {}) == (
        "1 of 3 clusters come back with other seeds. This cluster is an artefact of the seed: 4."
    )
    assert "4 “Ships”" in stable.sentence(found, {4: "Ships"})
    assert [stable.words(one) for one in found.values()] == [
        "stable",
        "artefact of the seed",
        "hangs on a few images",
    ]
    assert stable.told(found[4]) == (
        "This cluster is an artefact of the seed. With other seeds 10% of it comes back, on samples of the images 70%."
    )


def test_many_artefacts_are_counted_and_none_is_not_mentioned() -> None:
    many = {n: Return(seeds=0.1, samples=None, verdict="artefact") for n in range(8)}
    assert stable.sentence(many, {}).endswith(
        "These clusters are artefacts of the seed: 0, 1, 2, 3, 4 and 3 more."
    )
    assert "artefact" not in stable.sentence({0: Return(seeds=1.0, samples=1.0, verdict="stable")}, {})


def test_what_was_tried_by_chance_is_recommended_no_sooner() -> None:
    rows = [entry.figures for entry in swept([8] * 6).entries.values()]
    first, *_rest, last = (one.number for one in comeback.ranked(rows, {}, 6))
    known = {last: answer([1.0], [1.0], ["stable"])}
    assert comeback.ranked(rows, known, 1, tried=5)[0].number == first
    assert comeback.ranked(rows, known, 1, tried=6)[0].number == last


def test_stability_of_a_setting_is_the_mean_over_seeds_and_samples() -> None:
    assert comeback.share_of(answer([1.0, 0.5], [None, 0.0], ["stable", None])) == pytest.approx(0.5)
    assert comeback.share_of(answer([None], [None], [None])) is None
