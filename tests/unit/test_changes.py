"""What became of the clusters, in one line above the map."""

from dataclasses import replace

import numpy as np

from barrx import datasets, pipeline, views
from barrx.clustering import Clustering
from barrx.identity import Change
from barrx.pipeline import Map, MapRequest
from barrx.ui import changes

MERGED = Change("merged", (20, 21, 22), (22,), (60, 60))


def test_sentence_names_a_cluster_as_its_own_setting_does() -> None:
    assert changes.sentences([MERGED], {22: "X"}, {}) == "Clusters 20, 21 and “X” merged into 22"
    assert changes.sentences([MERGED], {}, {22: "X"}) == "Clusters 20, 21 and 22 merged into “X”"


def test_name_that_ends_with_its_pictures_is_not_said_of_the_number_that_goes_on(home: object) -> None:
    demo = datasets.load("demo")
    before = pipeline.load(demo, MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames)))
    assert before is not None
    labels = before.clustering.labels
    views.name_cluster(demo, np.flatnonzero(labels == 0), "X")
    after = relabelled(before, np.where(np.isin(labels, [1, 2, 3, 4]), 0, labels).astype(np.int32))
    assert 0 not in views.cluster_names(demo, after.clustering.labels)
    assert changes._said(demo, before, after) == "Clusters “X”, 1, 2, 3 and 4 merged into 0"
    assert changes._said(demo, after, before) == "Cluster 0 split into “X”, 1, 2, 3 and 4"


def relabelled(shown: Map, labels: np.ndarray) -> Map:
    clusters = Clustering(labels, shown.clustering.strength)
    return replace(shown, clustering=clusters, revision=f"{shown.revision} merged")
