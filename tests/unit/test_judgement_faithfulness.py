"""How faithful a map is, against sklearn and on maps whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness

from barrx.errors import ParameterError
from barrx.judgement import faithfulness


def vectors(n: int = 120, features: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, features)).astype(np.float32)


@settings(deadline=None, max_examples=25)
@given(st.integers(12, 700), st.integers(1, 20), st.integers(0, 99))
def test_trustworthiness_and_continuity_are_sklearns(n: int, k: int, seed: int) -> None:
    k = min(k, faithfulness.largest_k(n))
    high = vectors(n, seed=seed)
    low = high[:, :2] + np.random.default_rng(seed).normal(0, 0.4, (n, 2))  # double: sklearn rounds floats
    unit = high.astype(float) / np.linalg.norm(high.astype(float), axis=1, keepdims=True)
    found = faithfulness.measure(high, low, k)
    assert found.trustworthiness.mean() == pytest.approx(trustworthiness(unit, low, n_neighbors=k), abs=1e-6)
    # continuity is the trustworthiness of the embedding as a picture of the map
    assert found.continuity.mean() == pytest.approx(trustworthiness(low, unit, n_neighbors=k), abs=1e-6)
    assert ((found.kept >= 0) & (found.kept <= 1)).all()


def test_the_short_way_gives_the_same_figure() -> None:
    high = vectors()
    found = faithfulness.measure(high, high[:, :2], faithfulness.default_k(120))
    assert faithfulness.trustworthiness(high, high[:, :2]) == pytest.approx(found.trustworthiness.mean())


def test_a_map_that_keeps_every_distance_is_perfect() -> None:
    angles = np.sort(np.random.default_rng(0).uniform(0, 2, 80))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = faithfulness.measure(circle, circle, 10)
    assert found.trustworthiness.tolist() == found.continuity.tolist() == found.kept.tolist() == [1.0] * 80
    assert not found.misplaced.any()


def test_a_map_at_random_keeps_what_chance_keeps() -> None:
    found = faithfulness.measure(vectors(600), np.random.default_rng(1).uniform(size=(600, 2)), 15)
    assert found.kept.mean() == pytest.approx(found.kept_by_chance, abs=0.01)
    assert found.trustworthiness.mean() == pytest.approx(0.5, abs=0.05)
    assert found.misplaced.mean() > 0.95


def test_a_picture_put_among_strangers_is_the_one_that_is_marked() -> None:
    rng = np.random.default_rng(0)
    high = np.repeat(np.eye(4), 30, axis=0) + rng.normal(0, 0.05, (120, 4))
    low = np.repeat(np.eye(4)[:, :2] + [[0, 0], [0, 0], [9, 9], [-9, 9]], 30, axis=0)
    low = low * 50 + rng.normal(0, 0.5, (120, 2))
    low[7] = low[70] + 0.01  # of the first group, on the map amid the third
    found = faithfulness.measure(high, low, 10)
    assert np.flatnonzero(found.misplaced).tolist() == [7]
    assert found.kept[7] == 0
    assert found.trustworthiness.argmin() == 7


def test_neighbours_kept_are_counted_by_hand() -> None:
    # Seven pictures on an arc; on the map the fourth and the fifth have changed places.
    at = np.array([0, 1, 2.1, 3.3, 4.6, 6.0, 7.5])
    on_map = at[[0, 1, 2, 4, 3, 5, 6]]
    arc = np.stack([np.cos(at / 5), np.sin(at / 5)], axis=1)
    found = faithfulness.measure(arc, np.stack([on_map, np.zeros(7)], axis=1), 3)
    # The first has 1, 2, 3 beside it, on the map 1, 2, 4; the last has 3, 4, 5 both times.
    assert found.kept.tolist() == pytest.approx([2 / 3] * 5 + [1.0] * 2)


def test_a_picture_stands_among_strangers_if_more_than_half_of_its_neighbours_are_some() -> None:
    even, more = 0.5, 0.51
    found = faithfulness.Faithfulness(
        k=2,
        trustworthiness=np.ones(2),
        continuity=np.ones(2),
        kept=np.ones(2),
        strange=np.array([even, more]),
    )
    assert found.misplaced.tolist() == [False, True]


def test_pictures_on_one_spot_are_never_their_own_neighbours() -> None:
    spots = np.repeat([[0.0, 0.0], [1.0, 1.0]], 20, axis=0)
    nearest = faithfulness.map_neighbors(spots, 5)
    assert nearest.shape == (40, 5)
    assert (nearest != np.arange(40)[:, None]).all()
    assert (nearest // 20 == np.arange(40)[:, None] // 20).all()


@pytest.mark.parametrize(("n", "k"), [(3, 1), (30, 14), (31, 15), (2, 0), (1, 0)])
def test_default_k_is_fifteen_or_what_a_small_collection_allows(n: int, k: int) -> None:
    assert faithfulness.default_k(n) == k


def test_too_small_a_collection_has_no_figure() -> None:
    assert faithfulness.trustworthiness(vectors(2), vectors(2)[:, :2]) is None


@pytest.mark.parametrize("k", [0, 20])
def test_k_outside_its_bounds_is_refused(k: int) -> None:
    with pytest.raises(ParameterError, match=rf"k must be from 1 to 19 for 40 images .*, got {k}\."):
        faithfulness.measure(vectors(40), vectors(40)[:, :2], k)
