"""From parameters to a map: nothing else decides, neither the order of requests nor the process."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from barrx import cache, cli, clustering, datasets, embedding, pipeline
from barrx.clustering import ClusteringParams
from barrx.demo import shipped
from barrx.pipeline import Map, MapRequest

DIGEST = """
import hashlib
from dataclasses import replace
from barrx import datasets, pipeline
from barrx.pipeline import MapRequest
demo = datasets.load("demo")
default = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
wanted = replace(default, projection=replace(default.projection, n_neighbors=8, min_dist=0.0))
found = pipeline.load_or_compute(demo, wanted)
assert not found.was_stored
print(hashlib.sha256(found.coordinates.tobytes() + found.clustering.labels.tobytes()).hexdigest())
"""


def request(**values: object) -> MapRequest:
    default = MapRequest.default(datasets.DEMO_SLUG, shipped.ENCODER, 810)
    stages = {
        name: replace(stage, **{k: v for k, v in values.items() if k in stage.__dataclass_fields__})
        for name, stage in (("projection", default.projection), ("clustering", default.clustering))
    }
    return replace(default, **stages)


def computed(**values: object) -> Map:
    return pipeline.load_or_compute(datasets.load(datasets.DEMO_SLUG), request(**values))


def test_demo_shows_the_shipped_map_and_is_its_anchor(home: Path) -> None:
    found = computed()
    assert found.was_stored
    assert found.coordinates is shipped.default_map().coordinates
    assert found.clustering.labels is shipped.default_map().labels


def test_clusters_of_the_shipped_map_are_cut_from_the_shipped_tree(home: Path) -> None:
    ready = shipped.default_map()
    made_from = cache.fingerprint(ready.coordinates)
    tree = clustering.stored_tree(ready.coordinates, made_from, ClusteringParams().min_samples)
    assert tree is ready.tree
    found = clustering.cut(tree, 810, ClusteringParams())
    assert np.array_equal(found.labels, ready.labels)
    assert np.array_equal(found.strength, ready.strength)
    # Where distances are equal there are several such trees, all of the same length.
    grown = clustering.tree(ready.coordinates, ClusteringParams().min_samples)
    assert grown[:, 2].sum() == pytest.approx(ready.tree[:, 2].sum(), rel=1e-6)
    other = clustering.stored_tree(ready.coordinates, made_from, ClusteringParams().min_samples + 1)
    assert not np.array_equal(other, ready.tree)


def test_same_parameters_give_the_same_map_in_a_new_process(home: Path, tmp_path: Path) -> None:
    here = computed(n_neighbors=8, min_dist=0.0)
    cache.clear("projections")
    there = subprocess.run([sys.executable, "-c", DIGEST], check=True, capture_output=True, text=True)
    own = hashlib.sha256(here.coordinates.tobytes() + here.clustering.labels.tobytes()).hexdigest()
    assert there.stdout.strip() == own


def test_numbers_are_a_function_of_the_parameters_whatever_way_the_sliders_took(home: Path) -> None:
    wanted = {"n_neighbors": 8, "min_cluster_size": 6, "cluster_selection_method": "leaf"}
    straight = computed(**wanted)
    cache.clear("projections")
    for step in ({"n_neighbors": 8}, {"min_cluster_size": 25}, {"n_neighbors": 30, "min_samples": 2}):
        computed(**step)
    round_about = computed(**wanted)
    assert straight.clustering.labels.tobytes() == round_about.clustering.labels.tobytes()
    assert straight.revision == round_about.revision
    loaded = pipeline.load(datasets.load(datasets.DEMO_SLUG), request(**wanted))
    assert loaded is not None
    assert loaded.revision == straight.revision


def test_clusters_have_the_number_of_the_anchors_that_hold_the_same_pictures(home: Path) -> None:
    anchor, other = computed().clustering, computed(n_neighbors=20).clustering
    kept = set(anchor.numbers) & set(other.numbers)
    assert kept
    for number in kept:
        members = other.labels == number
        common = int((members & (anchor.labels == number)).sum())
        assert common >= min(int(members.sum()), int((anchor.labels == number).sum())) / 2
    assert all(number > max(anchor.numbers) for number in set(other.numbers) - kept)


def test_another_cut_of_the_tree_does_not_read_the_vectors(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed(n_neighbors=20, min_cluster_size=7)
    monkeypatch.delattr(embedding, "require")
    assert not computed(n_neighbors=20, min_cluster_size=8).was_stored


def test_the_command_line_writes_the_numbers_of_the_page(home: Path, tmp_path: Path) -> None:
    page = computed(min_cluster_size=20)
    file = tmp_path / "map.csv"
    assert cli.main(["map", "demo", "--min-cluster-size", "20", "--output", str(file)]) == 0
    np.testing.assert_array_equal(pd.read_csv(file)["label"], page.clustering.labels)
