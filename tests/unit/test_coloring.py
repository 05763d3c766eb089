"""What the colours of a map mean."""

import numpy as np
import pandas as pd

from barrx.clustering import Clustering
from barrx.judgement.questions import Answer
from barrx.ui import coloring, judged_colors, palette


def test_coloring_by_cluster_keeps_the_numbers_and_leaves_gaps_out() -> None:
    labels = np.array([7, -1, 3, 7, 27], np.int32)
    found = coloring.by_cluster(Clustering(labels, np.ones(5, np.float32)))
    assert list(found.names) == [3, 7, 27]
    assert found.counts() == {3: 1, 7: 2, 27: 1}
    np.testing.assert_array_equal(found.indexes, labels)


def test_coloring_of_nothing_but_noise_has_no_names() -> None:
    found = coloring.by_cluster(Clustering(np.full(3, -1, np.int32), np.zeros(3, np.float32)))
    assert found.names == found.counts() == {}


def test_coloring_by_category_goes_by_size_then_name_and_joins_the_smallest() -> None:
    values = [f"c{i:02d}" for i in range(25) for _again in range(2 if i < 24 else 3)]
    found = coloring.by_column(pd.DataFrame({"kind": values}), "kind")
    assert list(found.names) == list(palette.APART)
    assert list(found.names.values()) == ["c24", *(f"c{i:02d}" for i in range(18)), "6 others"]
    together = palette.APART[-1]
    assert found.counts()[together] == 12
    assert found.others == [(f"c{i:02d}", 2) for i in range(18, 24)]
    assert found.other_of is not None
    others = [(found.others[k][0], values[i]) for i, k in enumerate(found.other_of.tolist()) if k >= 0]
    assert len(others) == 12
    assert all(said == real for said, real in others)
    assert ((found.other_of >= 0) == (found.indexes == together)).all()


def test_categories_have_a_shape_beside_their_colour() -> None:
    found = coloring.by_column(pd.DataFrame({"kind": list("aabbccdde")}), "kind")
    n_colors = len(found.colors)
    assert [index % n_colors for index in found.names] == [0, 1, 2, 3, 4]
    assert [index // n_colors % palette.N_SHAPES for index in found.names] == [0, 1, 2, 3, 0]
    assert found.counts() == {index: 1 if name == "e" else 2 for index, name in found.names.items()}


def test_coloring_by_number_counts_every_known_value_once() -> None:
    found = coloring.by_column(pd.DataFrame({"year": [*map(float, range(1900, 1950)), np.nan]}), "year")
    assert found.is_sequential
    assert sum(found.counts().values()) == 50
    assert (found.indexes == coloring.MISSING).sum() == 1


def test_coloring_by_decade_takes_the_dates_together() -> None:
    found = coloring.by_column(pd.DataFrame({"year": [1901.0, 1909.0, 1912.0, np.nan]}), "decade")
    assert [found.names.get(int(i), found.missing) for i in found.indexes] == [
        "1900s",
        "1900s",
        "1910s",
        "no value",
    ]


def test_coloring_by_share_has_even_steps_and_sets_the_flagged_apart() -> None:
    shares = np.array([0.0, 0.19, 0.2, 1.0, np.nan, 0.9])
    flags = np.array([False, True, False, False, True, False])
    found = coloring.by_share("kept", shares, missing="none", flagged=(flags, "strangers"))
    assert [found.names.get(int(i), found.missing) for i in found.indexes] == [
        "0% – 20%",
        "strangers",
        "20% – 40%",
        "80% – 100%",
        "none",
        "80% – 100%",
    ]
    flagged = int(found.indexes[1])
    assert found.colors[flagged % len(found.colors)] == palette.FLAGGED
    assert flagged // len(found.colors) % palette.N_SHAPES == 2, "a diamond: told apart without colours"
    assert palette.FLAGGED not in coloring.by_share("kept", shares, missing="none").colors


def test_what_is_not_known_yet_has_a_palette_and_no_meaning() -> None:
    found = coloring.unknown("kept", 3, "being measured")
    assert found.names == {}
    assert found.indexes.tolist() == [-1, -1, -1]
    assert found.colors


def test_companions_kept_on_samples_are_a_colour_beside_those_kept_with_other_seeds() -> None:
    kept = np.array([0.1, 0.9, np.nan], np.float32)
    arrays = {
        "companions_seeds": kept,
        "companions_samples": kept[::-1],
        "artefact": np.array([True, False, False]),
    }
    by_seeds, by_samples = (
        judged_colors.COLORS[name].coloring(Answer({}, arrays))
        for name in (judged_colors.STABILITY, judged_colors.SAMPLES)
    )
    assert by_seeds.flagged
    assert not by_samples.flagged
    assert by_samples.indexes.tolist() == [-1, 4, 0]
    assert by_samples.missing == "not measured"
