"""DBCV against hdbscan, and the cases in which there is none."""

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hdbscan.validity import validity_index

from barrx.judgement import validity


def blobs(centres: int = 3, each: int = 40, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    where = rng.uniform(-10, 10, (centres, 2))
    labels = np.repeat(np.arange(centres), each)
    return (where[labels] + rng.normal(0, spread, (centres * each, 2))).astype(np.float32), labels


def test_dbcv_is_hdbscans_in_double_precision() -> None:
    points, labels = blobs()
    labels[::9] = -1
    found = validity.measure(points, labels, min_samples=5)
    assert (found.kind, found.reason) == ("dbcv", "")
    assert found.value == validity_index(points.astype(np.float64), labels)


def test_numbers_of_clusters_do_not_matter() -> None:
    points, labels = blobs()
    assert validity.measure(points, labels * 7 + 3, min_samples=5) == validity.measure(
        points, labels, min_samples=5
    )


def test_clusters_apart_are_better_than_labels_at_random() -> None:
    points, labels = blobs()
    apart = validity.measure(points, labels, min_samples=5).value
    mixed = validity.measure(points, np.random.default_rng(1).permutation(labels), min_samples=5).value
    assert apart is not None
    assert mixed is not None
    assert apart > 0.8 > 0 > mixed


@pytest.mark.parametrize("factor", [1, 5])
def test_large_clusters_get_the_approximation_and_say_so(factor: int) -> None:
    points, _labels = blobs(each=60)
    fitted = HDBSCAN(min_cluster_size=10, min_samples=5, gen_min_span_tree=True).fit(
        points.astype(np.float64)
    )
    labels = np.where(fitted.labels_ < 0, -1, fitted.labels_ * factor)
    found = validity.measure(points, labels, min_samples=5, largest=50)
    assert found.kind == "relative"
    assert found.value == pytest.approx(fitted.relative_validity_)


@pytest.mark.parametrize(("largest", "kind"), [(40, "dbcv"), (39, "relative")])
def test_a_cluster_as_large_as_the_bound_is_measured_exactly(largest: int, kind: str) -> None:
    points, labels = blobs(each=40)
    assert validity.measure(points, labels, min_samples=5, largest=largest).kind == kind


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ([-1] * 6, "every image is noise"),
        ([], "every image is noise"),
        ([0] * 6, "there is only one cluster"),
        ([0, 0, -1, -1, -1, 0], "there is only one cluster"),
        ([0, 0, 0, 1, 1, 2], "a cluster has only one image"),
    ],
)
def test_no_value_comes_with_its_reason(labels: list[int], reason: str) -> None:
    points = np.random.default_rng(0).normal(size=(len(labels), 2))
    found = validity.measure(points, np.array(labels, int), min_samples=2)
    assert (found.value, found.kind, found.reason) == (None, "", reason)


def test_clusters_without_any_extent_have_a_value_or_a_reason() -> None:
    spots = np.repeat([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]], 12, axis=0)
    found = validity.measure(spots, np.repeat([0, 1, 2], 12), min_samples=3)
    assert (found.value is None) == bool(found.reason)
