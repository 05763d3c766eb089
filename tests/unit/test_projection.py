"""UMAP: same parameters, same map, for collections of any size."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from barrx import cache, neighbors, projection
from barrx.embedding import Embedding
from barrx.errors import ParameterError
from barrx.neighbors import METRICS, Metric
from barrx.projection import ProjectionParams


def blobs(n: int, centres: int = 4, features: int = 16) -> np.ndarray:
    rng = np.random.default_rng(n)
    centre = rng.normal(0, 6, (centres, features))
    return (centre[np.arange(n) % centres] + rng.normal(size=(n, features))).astype(np.float32)


def as_embedding(vectors: np.ndarray) -> Embedding:
    return Embedding(vectors, cache.fingerprint(vectors), "test")


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 11, 40])
def test_projection_places_collections_of_any_size(home: Path, n: int) -> None:
    params = ProjectionParams(n_neighbors=projection.default_n_neighbors(n))
    coordinates, was_there = projection.load_or_compute(as_embedding(blobs(n)), params)
    assert coordinates.shape == (n, 2)
    assert coordinates.dtype == np.float32
    assert np.isfinite(coordinates).all()
    assert not was_there
    if n > 1:
        assert len(np.unique(coordinates, axis=0)) == n


@pytest.mark.parametrize("metric", METRICS)
def test_projection_keeps_neighborhoods_in_every_metric(home: Path, metric: Metric) -> None:
    vectors = blobs(120)
    coordinates, _there = projection.load_or_compute(as_embedding(vectors), ProjectionParams(metric=metric))
    assert trustworthiness(vectors, coordinates, n_neighbors=10) > 0.8


def test_projection_of_identical_pictures_is_finite(home: Path) -> None:
    vectors = np.ones((30, 8), np.float32)
    coordinates, _there = projection.load_or_compute(as_embedding(vectors), ProjectionParams())
    assert np.isfinite(coordinates).all()


def test_projection_is_the_same_after_the_cache_is_cleared(home: Path) -> None:
    embedding = as_embedding(blobs(60))
    first, _there = projection.load_or_compute(embedding, ProjectionParams())
    again, stored = projection.load_or_compute(embedding, ProjectionParams())
    cache.clear("projections")
    fresh, stored_after_clear = projection.load_or_compute(embedding, ProjectionParams())
    assert stored
    assert not stored_after_clear
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, fresh)


def test_projection_changes_with_every_parameter(home: Path) -> None:
    embedding = as_embedding(blobs(60))
    variants = [
        ProjectionParams(),
        ProjectionParams(n_neighbors=10),
        ProjectionParams(min_dist=0.5),
        ProjectionParams(metric="euclidean"),
        ProjectionParams(seed=1),
        ProjectionParams(from_scratch=True, metric="manhattan"),
    ]
    maps = [projection.load_or_compute(embedding, params)[0].tobytes() for params in variants]
    assert len(set(maps)) == len(variants)


def test_projection_from_stored_neighbors_is_as_good_as_plain_umap(home: Path) -> None:
    embedding = as_embedding(blobs(300, centres=9))
    ours, _ = projection.load_or_compute(embedding, ProjectionParams())
    plain, _ = projection.load_or_compute(embedding, ProjectionParams(from_scratch=True))
    quality = [trustworthiness(embedding.vectors, m, metric="cosine") for m in (ours, plain)]
    assert quality[0] > quality[1] - 0.01


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_neighbors": 1}, "n_neighbors must be at least 2, got 1"),
        ({"min_dist": -0.1}, "min_dist must be from 0 to 1, got -0.1"),
        ({"min_dist": 1.5}, "min_dist must be from 0 to 1, got 1.5"),
        ({"min_dist": float("nan")}, "min_dist must be from 0 to 1, got nan"),
        ({"metric": "hamming"}, "metric must be one of .* got “hamming”"),
        ({"seed": -1}, "seed must be from 0 to 4294967295, got -1"),
    ],
)
def test_parameters_outside_their_bounds_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        ProjectionParams(**values)  # type: ignore[arg-type]


def test_n_neighbors_must_be_below_the_number_of_images() -> None:
    with pytest.raises(ParameterError, match=r"below the number of images \(40\), got 50. Lower it or add"):
        ProjectionParams(n_neighbors=50).check(40)
    ProjectionParams(n_neighbors=39).check(40)


def test_importing_umap_leaves_tensorflow_alone() -> None:
    code = (
        "import sys; from barrx import projection; projection.import_umap();"
        "assert 'tensorflow' not in sys.modules, 'imported'; assert 'umap' in sys.modules;"
        "import importlib.util; assert importlib.util.find_spec('tensorflow')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_neighbors_are_stored_once_for_all_values_of_n_neighbors(home: Path) -> None:
    embedding = as_embedding(blobs(60))
    projection.load_or_compute(embedding, ProjectionParams(n_neighbors=5))
    stored = neighbors.load(embedding.fingerprint, "cosine", 60)
    assert stored is not None
    assert stored.indices.shape == (60, 60)
