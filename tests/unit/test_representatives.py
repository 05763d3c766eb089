"""Representatives: members of their cluster, strong, and near its middle."""

import numpy as np

from barrx import representatives
from barrx.clustering import Clustering


def test_representatives_are_the_strongest_near_the_middle() -> None:
    x = np.array([0, 1, 2, 3, 4, 10, 11, 12, 50], np.float32)
    points = np.stack([x, np.zeros_like(x)], axis=1)
    labels = np.array([7, 7, 7, 7, 7, 2, 2, 2, -1], np.int32)
    strength = np.array([0.9, 1, 0.2, 1, 0.9, 0.5, 0.51, 0.52, 0], np.float32)
    found = representatives.of_clusters(points, Clustering(labels, strength))
    assert list(found) == [2, 7]
    assert found[7] == [1, 3, 0]  # the one in the middle is weak
    assert found[2] == [6, 5, 7]  # equally strong, but for what is noise in the strength
    assert representatives.of_clusters(points, Clustering(labels, strength), count=1) == {2: [6], 7: [1]}


def test_representatives_are_members_and_each_once() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(500, 2)).astype(np.float32)
    labels = rng.integers(-1, 30, 500).astype(np.int32) * 3
    labels[labels < 0] = -1
    found = representatives.of_clusters(points, Clustering(labels, rng.random(500).astype(np.float32)))
    assert list(found) == sorted(set(labels.tolist()) - {-1})
    for number, indexes in found.items():
        assert set(labels[indexes]) == {number}
        assert len(set(indexes)) == len(indexes) == min(3, int((labels == number).sum()))


def test_noise_alone_has_no_representatives() -> None:
    nothing = Clustering(np.full(4, -1, np.int32), np.zeros(4, np.float32))
    assert representatives.of_clusters(np.zeros((4, 2), np.float32), nothing) == {}
