"""Two maps compared: turning one changes nothing, the index is scikit-learn's, what split is said."""

import numpy as np
import pytest

from barrx import comparison
from barrx.errors import ParameterError


def turned(points: np.ndarray) -> np.ndarray:
    c, s = np.cos(2.1), np.sin(2.1)
    return (points @ np.array([[c, s], [s, -c]]) * 3.7 + [10, -4]).astype(np.float32)


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)


def test_turned_mirrored_and_scaled_map_is_the_same(points: np.ndarray) -> None:
    labels = np.repeat([0, 1, -1], 100).astype(np.int32)
    renumbered = np.repeat([7, 3, -1], 100).astype(np.int32)
    found = comparison.compare((points, labels), (turned(points), renumbered))
    np.testing.assert_allclose(found.coordinates, points, atol=1e-4)
    assert found.moved.max() < 1e-4
    assert found.labels.tolist() == labels.tolist()
    assert (found.rand, found.stayed, found.changes) == (1.0, 1.0, ())


def test_picture_that_moved_is_found(points: np.ndarray) -> None:
    other = points.copy()
    other[17] += 2
    labels = np.zeros(300, np.int32)
    found = comparison.compare((points, labels), (turned(other), labels))
    assert found.moved.argmax() == 17
    width = np.ptp(points, axis=0).max()
    assert found.moved[17] == pytest.approx(np.sqrt(8) / width, rel=0.05)


def test_index_is_the_one_of_scikit_learn_and_what_split_is_said(points: np.ndarray) -> None:
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(1)
    for _i in range(10):
        one, other = rng.integers(-1, 5, 300).astype(np.int32), rng.integers(-1, 4, 300).astype(np.int32)
        found = comparison.compare((points, one), (points, other))
        assert found.rand == pytest.approx(adjusted_rand_score(one, other))
    one = np.repeat([0, 1, 2], 100).astype(np.int32)
    other = np.repeat([0, 0, 1, 2, 3, 3], 50).astype(np.int32)
    (change,) = comparison.compare((points, one), (points, other)).changes
    assert change.kind == "split"
    assert change.before == (1,)


def test_maps_of_other_pictures_are_refused(points: np.ndarray) -> None:
    labels = np.zeros(300, np.int32)
    with pytest.raises(ParameterError, match="must show the same images to be compared, got 300 and 299"):
        comparison.compare((points, labels), (points[1:], labels[1:]))
