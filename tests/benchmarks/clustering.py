"""Another ``min_cluster_size``, and a setting seen before, against computing it all again."""

from dataclasses import replace

from barrx import cache, clustering, projection
from barrx.clustering import ClusteringParams
from barrx.embedding import Embedding
from barrx.projection import Coordinates, ProjectionParams
from tests.benchmarks.measure import Compared, compared
from tests.benchmarks.projection import naive

SIZES = (5, 8, 12, 15, 20, 30, 50, 80)


def change_of_size(coordinates: Coordinates) -> Compared:
    """Measure ``HDBSCAN(...).fit`` against our step: map and tree read, cut, clusters matched, stored."""
    from hdbscan import HDBSCAN

    default = ClusteringParams()
    anchor = clustering.load_or_compute(coordinates, default)[0].labels
    made_from = cache.fingerprint(coordinates)

    def ours(params: ClusteringParams) -> None:
        with cache._guarded("projections") as opened:
            opened.delete(clustering._key(made_from, params, anchor))
        clustering.load_or_compute(coordinates, params, anchor)

    def theirs(params: ClusteringParams) -> None:
        HDBSCAN(min_cluster_size=params.min_cluster_size, min_samples=params.min_samples).fit(coordinates)

    settings = [replace(default, min_cluster_size=size) for size in SIZES]
    theirs(default)
    return compared(
        [(lambda p=params: theirs(p), lambda p=params: ours(p)) for params in settings]  # type: ignore[misc]
    )


def seen_before(embedded: Embedding) -> Compared:
    """Measure UMAP and HDBSCAN again against reading a map and its clusters from the cache."""
    from hdbscan import HDBSCAN

    settings = [ProjectionParams(n_neighbors=k) for k in (10, 20, 30)]
    default = projection.load_or_compute(embedded, ProjectionParams())[0]
    anchor = clustering.load_or_compute(default, ClusteringParams())[0].labels
    for params in settings:
        clustering.load_or_compute(
            projection.load_or_compute(embedded, params)[0], ClusteringParams(), anchor
        )

    def again(params: ProjectionParams) -> None:
        HDBSCAN(min_cluster_size=10, min_samples=5).fit(naive(embedded.vectors, params))

    def read(params: ProjectionParams) -> None:
        found = projection.load(embedded.fingerprint, params, len(embedded.vectors))
        assert found is not None
        assert clustering.load(cache.fingerprint(found), ClusteringParams(), anchor) is not None

    return compared(
        [(lambda p=params: again(p), lambda p=params: read(p)) for params in settings]  # type: ignore[misc]
    )


def slowest_ms(times: Compared) -> float:
    """Return the longest of our steps, in milliseconds."""
    return 1000 * max(times.ours.values)
