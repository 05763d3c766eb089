"""Another ``min_cluster_size``, and a setting seen before, against computing it all again."""

from dataclasses import replace

from barrx import cache, clustering, datasets, pipeline, projection
from barrx.clustering import Anchor, ClusteringParams
from barrx.embedding import Embedding
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams
from tests.benchmarks.measure import Compared, compared
from tests.benchmarks.pictures import ENCODER
from tests.benchmarks.projection import naive

SIZES = (5, 8, 12, 15, 20, 30, 50, 80)


def change_of_size(slug: str) -> Compared:
    """Measure ``HDBSCAN(...).fit`` against what a worker does: all read, cut, clusters matched, stored."""
    from hdbscan import HDBSCAN

    dataset = datasets.load(slug)
    request = MapRequest.default(slug, ENCODER, len(dataset.filenames))
    default = pipeline.load_or_compute(dataset, request)
    coordinates = default.coordinates
    anchor = Anchor.of(coordinates, request.clustering)
    made_from = cache.fingerprint(coordinates)

    def ours(params: ClusteringParams) -> None:
        with cache._guarded("projections") as opened:
            opened.delete(clustering._key(made_from, params, anchor))
        assert not pipeline.load_or_compute(dataset, replace(request, clustering=params)).was_stored

    def theirs(params: ClusteringParams) -> None:
        HDBSCAN(min_cluster_size=params.min_cluster_size, min_samples=params.min_samples).fit(coordinates)

    settings = [replace(request.clustering, min_cluster_size=size) for size in SIZES]
    theirs(request.clustering)
    ours(settings[0])
    return compared(
        [(lambda p=params: theirs(p), lambda p=params: ours(p)) for params in settings]  # type: ignore[misc]
    )


def seen_before(embedded: Embedding) -> Compared:
    """Measure UMAP and HDBSCAN again against reading a map and its clusters from the cache."""
    from hdbscan import HDBSCAN

    settings = [ProjectionParams(n_neighbors=k) for k in (10, 20, 30)]
    default = projection.load_or_compute(embedded, ProjectionParams())[0]
    anchor = Anchor.of(default, ClusteringParams())
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
