"""HDBSCAN: a cut of the stored tree is what a full fit gives."""

from pathlib import Path

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hypothesis import given
from hypothesis import strategies as st

from barrx import cache, clustering
from barrx.clustering import ClusteringParams, SelectionMethod
from barrx.errors import ParameterError


def points(n: int = 400, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-10, 10, (8, 2))
    inside = centres[rng.integers(0, 8, n - n // 8)] + rng.normal(0, 0.5, (n - n // 8, 2))
    return np.concatenate([inside, rng.uniform(-12, 12, (n // 8, 2))]).astype(np.float32)


@pytest.mark.parametrize("method", clustering.SELECTION_METHODS)
@pytest.mark.parametrize("min_samples", [1, 5, 12])
@pytest.mark.parametrize("min_cluster_size", [2, 5, 10, 40, 300])
def test_cut_equals_full_fit(method: SelectionMethod, min_samples: int, min_cluster_size: int) -> None:
    params = ClusteringParams(
        min_cluster_size=min_cluster_size, min_samples=min_samples, cluster_selection_method=method
    )
    found = clustering.cut(clustering.tree(points(), min_samples), 400, params)
    full = HDBSCAN(
        min_cluster_size=min_cluster_size, min_samples=min_samples, cluster_selection_method=method
    ).fit(points())
    np.testing.assert_array_equal(found.labels, full.labels_)
    np.testing.assert_allclose(found.strength, full.probabilities_, atol=1e-6)


@pytest.mark.parametrize("method", clustering.SELECTION_METHODS)
@pytest.mark.parametrize(("epsilon", "largest"), [(0.4, 0), (0.0, 60), (0.4, 60)])
def test_epsilon_and_largest_size_are_cut_from_the_same_tree(
    method: SelectionMethod, epsilon: float, largest: int
) -> None:
    params = ClusteringParams(
        cluster_selection_method=method, cluster_selection_epsilon=epsilon, max_cluster_size=largest
    )
    found = clustering.cut(clustering.tree(points(), 5), 400, params)
    full = HDBSCAN(
        min_cluster_size=10,
        min_samples=5,
        cluster_selection_method=method,
        cluster_selection_epsilon=epsilon,
        max_cluster_size=largest,
    ).fit(points())
    np.testing.assert_array_equal(found.labels, full.labels_)
    np.testing.assert_allclose(found.strength, full.probabilities_, atol=1e-6)


@given(st.integers(3, 120), st.integers(2, 30), st.integers(1, 20), st.sampled_from(["eom", "leaf"]))
def test_every_cluster_has_at_least_min_cluster_size_members(
    n: int, size: int, min_samples: int, method: SelectionMethod
) -> None:
    params = ClusteringParams(min_cluster_size=size, min_samples=min_samples, cluster_selection_method=method)
    found = clustering.cut(clustering.tree(points(n), min_samples), n, params)
    _numbers, counts = np.unique(found.labels[found.labels >= 0], return_counts=True)
    assert len(counts) == found.n_clusters
    assert (counts >= size).all()
    assert (found.strength[found.labels == clustering.NOISE] == 0).all()
    assert ((found.strength >= 0) & (found.strength <= 1)).all()


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_handful_of_pictures_can_be_clustered(home: Path, n: int) -> None:
    params = ClusteringParams(
        min_cluster_size=clustering.default_min_cluster_size(n),
        min_samples=clustering.default_min_samples(n),
    )
    found, _there = clustering.load_or_compute(points(40)[:n], params)
    assert len(found.labels) == len(found.strength) == n


def test_labels_mark_isolated_images_as_noise(home: Path) -> None:
    rng = np.random.default_rng(0)
    close = [rng.normal(c, 0.1, (20, 2)) for c in (0, 5)]
    coordinates = np.concatenate([*close, [[100.0, 100.0]]]).astype(np.float32)
    found, _there = clustering.load_or_compute(coordinates, ClusteringParams())
    assert found.n_clusters == 2
    assert found.labels[-1] == clustering.NOISE
    assert 0 < found.noise_share < 0.5


def test_numbers_are_those_of_the_clusters_there_are() -> None:
    found = clustering.Clustering(np.array([7, -1, 3, 7], np.int32), np.ones(4, np.float32))
    assert found.numbers == (3, 7)
    assert found.n_clusters == 2
    nothing = clustering.Clustering(np.full(4, -1, np.int32), np.zeros(4, np.float32))
    assert nothing.numbers == ()


def test_clustering_is_keyed_by_the_points_it_was_made_from(home: Path) -> None:
    params = ClusteringParams()
    first, stored = clustering.load_or_compute(points(), params)
    moved = points()
    moved[0, 0] += 1e-3
    _other, stored_for_other_points = clustering.load_or_compute(moved, params)
    again, stored_again = clustering.load_or_compute(points(), params)
    assert (stored, stored_for_other_points, stored_again) == (False, False, True)
    np.testing.assert_array_equal(first.labels, again.labels)
    loaded = clustering.load(cache.fingerprint(points()), params)
    assert loaded is not None
    np.testing.assert_array_equal(loaded.strength, first.strength)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"min_cluster_size": 1}, "min_cluster_size must be at least 2, got 1"),
        ({"min_samples": 0}, "min_samples must be at least 1, got 0"),
        ({"max_cluster_size": -1}, "max_cluster_size must be at least 0, got -1"),
        ({"cluster_selection_epsilon": float("nan")}, "must be 0 or a distance on the map, got nan"),
        ({"cluster_selection_method": "best"}, "must be eom or leaf, got “best”"),
    ],
)
def test_parameters_outside_their_bounds_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        ClusteringParams(**values)  # type: ignore[arg-type]


def test_min_cluster_size_must_not_exceed_the_number_of_images() -> None:
    with pytest.raises(ParameterError, match=r"min_cluster_size must be at most .* \(8\), got 10. Lower it"):
        ClusteringParams().check(8)


@pytest.mark.parametrize("copies", [0, 40])
@pytest.mark.parametrize("size", [2, 5, 30])
def test_stabilities_are_those_of_hdbscan_to_the_last_bit(size: int, copies: int) -> None:
    from hdbscan._hdbscan_tree import compute_stability, condense_tree

    cloud = np.concatenate([points(), np.repeat(points()[:1], copies, axis=0)])
    condensed = condense_tree(clustering.tree(cloud, 5), size)
    np.testing.assert_equal(clustering.stabilities(condensed), compute_stability(condensed))
