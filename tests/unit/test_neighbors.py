"""Nearest neighbours: equal to scipy's full distance matrix, self first, ties in order."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from barrx import cache, neighbors
from barrx.embedding import Embedding
from barrx.errors import ParameterError
from barrx.neighbors import METRICS, Metric

SCIPY = {"cosine": "cosine", "euclidean": "euclidean", "correlation": "correlation", "manhattan": "cityblock"}


def cloud(n: int, features: int = 24, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, features)).astype(np.float32) + rng.integers(0, 3, (n, 1)).astype(np.float32)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n", [1, 2, 7, 300, 1500])
def test_neighbors_equal_full_distance_matrix(metric: Metric, n: int) -> None:
    vectors = cloud(n)
    k = min(n, 12)
    found = neighbors.compute(vectors, metric, k)
    full = cdist(vectors, vectors, SCIPY[metric])
    np.fill_diagonal(full, -1)
    expected = np.sort(full, axis=1)[:, :k]
    expected[:, 0] = 0
    np.testing.assert_allclose(found.distances, expected, atol=2e-5)
    assert found.indices.dtype == np.int32
    assert found.distances.dtype == np.float32


@pytest.mark.parametrize("metric", METRICS)
def test_neighbors_put_self_first_at_distance_zero_among_duplicates(metric: Metric) -> None:
    vectors = np.repeat(cloud(10), 5, axis=0)
    found = neighbors.compute(vectors, metric, 8)
    np.testing.assert_array_equal(found.indices[:, 0], np.arange(50))
    assert (found.distances[:, 0] == 0).all()
    np.testing.assert_allclose(found.distances[:, :5], 0, atol=1e-6)
    for row in range(50):
        assert set(found.indices[row, :5]) == set(range(row // 5 * 5, row // 5 * 5 + 5))


def test_neighbors_tell_near_duplicates_apart() -> None:
    base = np.full((1, 1280), 3.0, np.float32)
    vectors = np.concatenate([base, base + np.float32(1e-3), base + np.float32(2e-3)])
    found = neighbors.compute(vectors, "euclidean", 3)
    np.testing.assert_allclose(found.distances[0], [0, 1e-3 * 1280**0.5, 2e-3 * 1280**0.5], rtol=1e-3)


@pytest.mark.parametrize("metric", METRICS)
def test_neighbors_are_found_among_more_near_copies_than_are_kept(metric: Metric) -> None:
    rng = np.random.default_rng(1)
    copies = 3 * rng.random(256) + rng.normal(size=(200, 256)) * 1e-4
    vectors = np.concatenate([copies, 3 * rng.random((50, 256))]).astype(np.float32)
    found = neighbors.compute(vectors, metric, 15)
    own = vectors.astype(np.float64)
    if metric in ("cosine", "correlation"):
        own -= own.mean(axis=1, keepdims=True) * (metric == "correlation")
        own /= np.linalg.norm(own, axis=1, keepdims=True)
    # No scipy here: 1 - cos has no digits left for what is that near.
    full = np.stack([((own - row) ** 2).sum(axis=1) for row in own])
    if metric == "manhattan":
        full = cdist(own, own, "cityblock")
    last = np.sort(full, axis=1)[:, 14:15]
    assert (np.take_along_axis(full, found.indices, axis=1) <= last * 1.001).all()


def test_neighbors_of_a_row_without_direction_are_all_at_distance_one() -> None:
    vectors = cloud(6)
    vectors[2] = 0
    found = neighbors.compute(vectors, "cosine", 6)
    np.testing.assert_array_equal(found.distances[2], [0, 1, 1, 1, 1, 1])
    np.testing.assert_array_equal(found.indices[2], [2, 0, 1, 3, 4, 5])


@pytest.mark.parametrize("metric", METRICS)
def test_neighbors_of_one_equal_those_of_all(metric: Metric) -> None:
    vectors = cloud(80)
    everyone = neighbors.compute(vectors, metric, 11)
    one = neighbors.of_one(vectors, metric, 33, 11)
    np.testing.assert_array_equal(one.indices[0], everyone.indices[33])
    np.testing.assert_allclose(one.distances[0], everyone.distances[33], atol=1e-6)


def test_neighbors_by_manhattan_are_exact_where_every_pair_is_looked_at() -> None:
    vectors = cloud(2300, features=8)
    found = neighbors.compute(vectors, "manhattan", 15)
    full = cdist(vectors, vectors, "cityblock")
    np.testing.assert_allclose(found.distances, np.sort(full, axis=1)[:, :15], rtol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(full, found.indices, 1), np.sort(full)[:, :15], rtol=1e-6)
    assert found.recall == 1


def test_neighbors_by_manhattan_of_more_images_recall_nearly_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbors, "_EXACT_MANHATTAN", 2000)
    vectors = cloud(2300, features=8)
    found = neighbors.compute(vectors, "manhattan", 15)
    full = cdist(vectors[:200], vectors, "cityblock")
    exact = np.argsort(full, axis=1)[:, :15]
    recall = np.mean([len(set(a) & set(b)) / 15 for a, b in zip(found.indices[:200], exact, strict=True)])
    assert recall > 0.97
    assert found.recall == pytest.approx(recall, abs=0.02)
    assert neighbors.compute(vectors[:500], "manhattan", 15).recall == 1
    np.testing.assert_array_equal(found.indices[:, 0], np.arange(2300))


def test_first_gives_copies_of_exactly_k_columns() -> None:
    found = neighbors.compute(cloud(30), "cosine", 20)
    sliced = found.first(5)
    assert sliced.indices.shape == sliced.distances.shape == (30, 5)
    assert not np.shares_memory(sliced.distances, found.distances)


@pytest.mark.parametrize(
    ("metric", "k", "message"),
    [
        ("hamming", 3, "metric must be one of cosine, euclidean"),
        ("cosine", 11, r"from 1 to .*\(10\), got 11"),
    ],
)
def test_neighbors_refuse_what_they_cannot_do(metric: Metric, k: int, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        neighbors.compute(cloud(10), metric, k)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "correlation"])
def test_neighbors_above_the_exact_size_recall_nearly_all(
    metric: Metric, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = cloud(1500, features=8)
    exact = neighbors.compute(vectors, metric, 15)
    monkeypatch.setattr(neighbors, "_EXACT", 1000)
    found = neighbors.compute(vectors, metric, 15)
    recall = np.mean([len(set(a) & set(b)) / 15 for a, b in zip(found.indices, exact.indices, strict=True)])
    assert recall > 0.97
    assert found.recall == pytest.approx(recall, abs=0.02)
    np.testing.assert_allclose(found.distances, exact.distances, atol=0.1)
    assert neighbors.recipe(metric, 1001) != neighbors.recipe(metric, 1000)


def test_recall_is_stored_with_the_neighbors(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbors, "_EXACT", 100)
    vectors = cloud(300, features=8)
    embedding = Embedding(vectors, cache.fingerprint(vectors), "test")
    computed = neighbors.load_or_compute(embedding, "cosine", 15)
    stored = neighbors.load(embedding.fingerprint, "cosine", 300)
    assert stored is not None
    assert 0.9 < stored.recall == computed.recall <= 1
