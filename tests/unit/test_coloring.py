"""What the colours of a map mean."""

import numpy as np
import pandas as pd

from barrx.clustering import Clustering
from barrx.ui import coloring


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
    assert found.names[0] == "c24"
    assert found.names[1] == "c00"
    assert found.names[19] == "6 others"
    assert found.counts()[19] == 12
    assert found.others == [(f"c{i:02d}", 2) for i in range(18, 24)]


def test_coloring_by_number_counts_every_known_value_once() -> None:
    found = coloring.by_column(pd.DataFrame({"year": [*map(float, range(1900, 1950)), np.nan]}), "year")
    assert found.is_sequential
    assert sum(found.counts().values()) == 50
    assert (found.indexes == coloring.MISSING).sum() == 1
