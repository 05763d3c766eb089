"""What is brought out of a legend, by names that an address can carry."""

import numpy as np
import pandas as pd
import pytest

from barrx import i18n
from barrx.clustering import Clustering
from barrx.ui import brought_out, coloring, judged_colors, palette
from barrx.ui.coloring import Coloring

HOSTILE = "<img src=x onerror=alert(1)>&legend=is.x#%2F"
LONG = "ñ" * 300


def by_kind(values: list[str | None]) -> Coloring:
    return coloring.by_column(pd.DataFrame({"kind": values}), "kind")


def many() -> Coloring:
    return by_kind([f"c{i:02d}" for i in range(25)])


def test_values_of_a_column_are_named_by_themselves_and_long_ones_by_a_hash() -> None:
    colors = by_kind([HOSTILE, LONG, None, "none", "others"])
    index = {name: i for i, name in colors.names.items()}
    every = [-1, index[HOSTILE], index[LONG], index["none"], index["others"]]
    names = brought_out.named(colors, (every, []))
    assert names[:2] == ("none", f"is.{HOSTILE}")
    assert names[2].startswith("sha.")
    assert len(names[2]) == 20
    assert names[3:] == ("is.none", "is.others")
    assert [brought_out.chosen(colors, [name])[0] for name in names] == [[i] for i in every]


def test_a_value_is_the_same_where_it_stands_for_itself_or_among_the_others() -> None:
    colors = many()
    assert brought_out.chosen(colors, ["is.c24"]) == ([], [5])
    assert brought_out.named(colors, ([], [5])) == ("is.c24",)
    assert brought_out.chosen(by_kind(["c24", "c01"]), ["is.c24"]) == ([palette.APART[1]], [])
    with i18n.speaking("es"):  # where the entry is called otherwise
        spanish = many()
        together = brought_out.named(colors, ([palette.APART[-1]], []))
        assert together == ("others",)
        assert brought_out.chosen(spanish, together) == ([palette.APART[-1]], [])


def test_long_values_among_the_others_are_found_by_their_hash() -> None:
    colors = by_kind([f"{LONG}{i:02d}" for i in range(25)])
    (name,) = brought_out.named(colors, ([], [3]))
    assert name.startswith("sha.")
    assert brought_out.chosen(colors, [name]) == ([], [3])


@pytest.mark.parametrize(
    ("figure", "entries"),
    [("faithfulness", ["0", "4", "17", "none"]), ("stability-samples", ["0", "4", "none"])],
)
def test_legend_of_a_judged_figure_is_known_before_it_is_measured(figure: str, entries: list[str]) -> None:
    colors = judged_colors.possible(figure)
    assert brought_out.unknown(colors, [*entries, "5", "99", "is.moon"]) == ["5", "99", "moon"]
    assert set(brought_out.named(colors, brought_out.chosen(colors, entries))) == set(entries)


def test_clusters_and_steps_of_a_scale_are_named_by_their_number() -> None:
    labels = np.array([7, -1, 3], np.int32)
    clusters = coloring.by_cluster(Clustering(labels, np.ones(3, np.float32)), {3: "is.7"})
    assert brought_out.named(clusters, ([-1, 3], [])) == ("none", "3")
    assert brought_out.chosen(clusters, ["3", "none", "is.7", "8"]) == ([3, -1], [])
    assert brought_out.unknown(clusters, ["3", "8", "is.moon"]) == ["8", "moon"]
    assert brought_out.labels(clusters, ["3"]) == ["is.7"]
    years = coloring.by_column(pd.DataFrame({"year": np.arange(100.0)}), "year")
    assert brought_out.chosen(years, ["2"]) == ([2], [])


def test_pictures_that_are_brought_out_are_told() -> None:
    colors = by_kind(["sun", "moon", None, "sun"])
    flags = brought_out.flags(colors, ["is.sun"])
    assert flags is not None
    assert flags.tolist() == [True, False, False, True]
    assert brought_out.flags(colors, ["none"]).tolist() == [False, False, True, False]  # type: ignore[union-attr]
    assert brought_out.flags(colors, []) is brought_out.flags(colors, ["is.star"]) is None
    found = brought_out.flags(many(), ["is.c24", "is.c00"])
    assert np.flatnonzero(found).tolist() == [0, 24]


@pytest.mark.parametrize("n", [3, 5000])
def test_an_address_is_read_once_a_name_and_no_further_than_makes_sense(n: int) -> None:
    assert len(brought_out.read([str(i) for i in range(n)] * 2)) == min(n, brought_out.MOST)
