"""UMAP: same parameters, same map, for collections of any size."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from barrx import anchoring, cache, neighbors, projection
from barrx.embedding import Embedding
from barrx.errors import ParameterError
from barrx.imports import import_umap
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


def test_what_is_compiled_of_umap_is_kept_for_the_next_process() -> None:
    import_umap()
    from umap import umap_

    assert Path(umap_.smooth_knn_dist.stats.cache_path).is_dir()


def test_importing_umap_leaves_tensorflow_alone() -> None:
    code = (
        "import sys; from barrx.imports import import_umap; import_umap();"
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


@pytest.mark.parametrize("n", [5, 6, 12, 60])
def test_every_map_lies_over_the_anchor(home: Path, n: int) -> None:
    embedding = as_embedding(blobs(n))
    default = ProjectionParams(n_neighbors=projection.default_n_neighbors(n))
    anchor, _there = projection.load_or_compute(embedding, default)
    for params in (replace(default, n_neighbors=3), replace(default, min_dist=0.6), replace(default, seed=7)):
        found, _there = projection.load_or_compute(embedding, params)
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found.mean(axis=0), anchor.mean(axis=0), atol=1e-3)
        np.testing.assert_allclose(anchoring.aligned(found, anchor), found, atol=1e-3)


def test_anchored_map_keeps_every_group_in_its_place(home: Path) -> None:
    vectors = blobs(200, centres=5)
    embedding = as_embedding(vectors)
    anchor, _there = projection.load_or_compute(embedding, ProjectionParams())
    found, _there = projection.load_or_compute(embedding, ProjectionParams(n_neighbors=40, min_dist=0.3))
    group = np.arange(200) % 5
    was, is_now = (np.array([m[group == g].mean(axis=0) for g in range(5)]) for m in (anchor, found))
    apart = np.linalg.norm(was[:, None] - was[None], axis=2)[np.triu_indices(5, 1)].min()
    assert np.linalg.norm(is_now - was, axis=1).max() < apart


def test_anchored_map_is_as_good_as_plain_umap(home: Path) -> None:
    embedding = as_embedding(blobs(300, centres=9))
    for params in (ProjectionParams(n_neighbors=8, min_dist=0.0), ProjectionParams(n_neighbors=50)):
        ours, _there = projection.load_or_compute(embedding, params)
        plain, _there = projection.load_or_compute(embedding, replace(params, from_scratch=True))
        quality = [trustworthiness(embedding.vectors, m, metric="cosine") for m in (ours, plain)]
        assert quality[0] > quality[1] - 0.01


@pytest.mark.filterwarnings("ignore:n_jobs value")
def test_from_scratch_is_plain_umap(home: Path) -> None:
    vectors = blobs(80)
    params = ProjectionParams(n_neighbors=9, from_scratch=True)
    ours, _there = projection.load_or_compute(as_embedding(vectors), params)
    reducer = import_umap().UMAP(n_neighbors=9, min_dist=params.min_dist, metric="cosine", random_state=42)
    np.testing.assert_array_equal(ours, reducer.fit_transform(vectors))


@pytest.mark.parametrize(
    ("params", "anchor"),
    [
        (ProjectionParams(), None),
        (ProjectionParams(from_scratch=True, n_neighbors=5), None),
        (ProjectionParams(n_neighbors=5), ProjectionParams()),
        (ProjectionParams(metric="euclidean"), ProjectionParams()),
        (ProjectionParams(seed=3), ProjectionParams()),
        (ProjectionParams(seed=3, min_dist=0.5), ProjectionParams(seed=3)),
    ],
)
def test_each_seed_has_an_anchor_of_its_own(
    params: ProjectionParams, anchor: ProjectionParams | None
) -> None:
    assert projection.anchor_of(params, 100) == anchor


def test_a_map_does_not_depend_on_the_maps_before_it(home: Path) -> None:
    embedding = as_embedding(blobs(70))
    wanted = ProjectionParams(n_neighbors=20, min_dist=0.4)
    straight, _there = projection.load_or_compute(embedding, wanted)
    cache.clear("projections")
    for params in (replace(wanted, n_neighbors=5), replace(wanted, min_dist=0.0), replace(wanted, seed=1)):
        projection.load_or_compute(embedding, params)
    round_about, stored = projection.load_or_compute(embedding, wanted)
    assert not stored
    assert straight.tobytes() == round_about.tobytes()


def test_procrustes_undoes_rotation_reflection_scale_and_shift() -> None:
    anchor = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    turned = (anchor @ np.array([[0.6, 0.8], [0.8, -0.6]]) * 3 + 5).astype(np.float32)
    np.testing.assert_allclose(anchoring.aligned(turned, anchor), anchor, atol=1e-5)
    in_one_place = np.ones((5, 2), np.float32)
    np.testing.assert_array_equal(anchoring.aligned(in_one_place, anchor[:5]), in_one_place)


def test_copies_of_one_image_give_the_same_map_each_time() -> None:
    vectors = np.tile(np.random.default_rng(0).random(64, dtype=np.float32), (100, 1))
    nearest = neighbors.compute(vectors, "cosine", 15)
    first, second = (projection.compute(vectors, nearest, ProjectionParams(n_neighbors=15)) for _time in "ab")
    np.testing.assert_array_equal(first, second)
