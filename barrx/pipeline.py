"""From a request to a map: the stages in their order, each from the cache where it is there.

The one place that knows how the stages follow each other. The command line calls it in its own process,
the dashboard through :mod:`barrx.workers`.
"""

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from barrx import cache, clustering, embedding, encoders, projection
from barrx.clustering import Anchor, Clustering, ClusteringParams
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.projection import Coordinates, ProjectionParams


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRequest:
    """Everything that makes a map what it is.

    Attributes
    ----------
    slug, encoder : str
        the collection and the encoder
    projection, clustering
        the parameters of the two stages
    """

    slug: str
    encoder: str
    projection: ProjectionParams = field(default_factory=ProjectionParams)
    clustering: ClusteringParams = field(default_factory=ClusteringParams)

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values, for a worker."""
        return dataclasses.asdict(self)

    @classmethod
    def default(cls, slug: str, encoder: str, n_images: int) -> "MapRequest":
        """Return the map a collection opens with: default parameters, lowered where it is small."""
        return cls(
            slug=slug,
            encoder=encoder,
            projection=ProjectionParams(n_neighbors=projection.default_n_neighbors(n_images)),
            clustering=ClusteringParams(
                min_cluster_size=clustering.default_min_cluster_size(n_images),
                min_samples=clustering.default_min_samples(n_images),
            ),
        )

    def anchor(self, n_images: int) -> "MapRequest | None":
        """Return the map that clusters have their numbers from: the collection's default; None for itself."""
        default = MapRequest.default(self.slug, self.encoder, n_images)
        return None if self == default else default

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "MapRequest":
        """Read a request written by :meth:`to_json`."""
        return cls(
            slug=values["slug"],
            encoder=values["encoder"],
            projection=ProjectionParams(**values["projection"]),
            clustering=ClusteringParams(**values["clustering"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Map:
    """A finished map.

    Attributes
    ----------
    coordinates : (n_images, 2) float32, in dataset order
    clustering : Clustering of the coordinates
    embedding_fingerprint : str
        what the coordinates were made from
    revision : str
        another value for every map that looks different
    seconds : float
        time it took to get it
    was_stored : bool
        it was there before it was asked for: nothing was computed, here or by another process that was waited for
    """

    request: MapRequest
    coordinates: Coordinates
    clustering: Clustering
    embedding_fingerprint: str
    revision: str
    seconds: float
    was_stored: bool


def check(dataset: Dataset, request: MapRequest) -> None:
    """Raise a ParameterError if the collection is too small for the parameters."""
    request.projection.check(len(dataset.filenames))
    request.clustering.check(len(dataset.filenames))


def load(dataset: Dataset, request: MapRequest) -> Map | None:
    """Return a map if every stage of it is stored; compute nothing."""
    check(dataset, request)
    start = time.perf_counter()
    made_from = embedding.fingerprint_of(dataset, encoders.get(request.encoder))
    if made_from is None:
        return None
    stages = _load_stages(made_from, request, len(dataset.filenames))
    if stages is None:
        return None
    return _finished(dataset, request, made_from, stages, (time.perf_counter() - start, True))


def _load_stages(made_from: str, request: MapRequest, n_images: int) -> tuple[Coordinates, Clustering] | None:
    named_after = None
    anchor = request.anchor(n_images)
    if anchor is not None:
        places = projection.load(made_from, anchor.projection, n_images)
        if places is None:
            return None
        named_after = Anchor.of(places, anchor.clustering)
    coordinates = projection.load(made_from, request.projection, n_images)
    if coordinates is None:
        return None
    clusters = clustering.load(cache.fingerprint(coordinates), request.clustering, named_after)
    return None if clusters is None else (coordinates, clusters)


def has_coordinates(dataset: Dataset, request: MapRequest) -> bool:
    """Tell whether all that is missing of a map, if anything, is a cut of its tree."""
    made_from = embedding.fingerprint_of(dataset, encoders.get(request.encoder))
    n_images = len(dataset.filenames)
    needed = [one for one in (request, request.anchor(n_images)) if one is not None]
    return made_from is not None and all(
        projection.load(made_from, one.projection, n_images) is not None for one in needed
    )


def load_or_compute(dataset: Dataset, request: MapRequest) -> Map:
    """Return a map, computing the stages that are not stored, those of the collection's default map included.

    Raises
    ------
    EncoderError
        if the collection is not embedded yet
    ParameterError
        if the collection is too small for the parameters
    """
    check(dataset, request)
    start = time.perf_counter()
    encoder = encoders.get(request.encoder)
    made_from = embedding.fingerprint_of(dataset, encoder) or embedding.require(dataset, encoder).fingerprint
    stored = _load_stages(made_from, request, len(dataset.filenames))
    stages = stored or _stages(dataset, made_from, request)
    seconds = time.perf_counter() - start
    return _finished(dataset, request, made_from, stages, (seconds, stored is not None))


def _stages(dataset: Dataset, made_from: str, request: MapRequest) -> tuple[Coordinates, Clustering]:
    named_after = None
    anchor = request.anchor(len(dataset.filenames))
    if anchor is not None:
        named_after = Anchor.of(_coordinates(dataset, made_from, anchor), anchor.clustering)
    coordinates = _coordinates(dataset, made_from, request)
    clusters, _was_there = clustering.load_or_compute(coordinates, request.clustering, named_after)
    return coordinates, clusters


def _coordinates(dataset: Dataset, made_from: str, request: MapRequest) -> Coordinates:
    # Reading the vectors takes longer than another cut of the tree: only a new map needs them.
    stored = projection.load(made_from, request.projection, len(dataset.filenames))
    if stored is not None:
        return stored
    vectors = embedding.require(dataset, encoders.get(request.encoder))
    return projection.load_or_compute(vectors, request.projection)[0]


def _finished(
    dataset: Dataset,
    request: MapRequest,
    made_from: str,
    result: tuple[Coordinates, Clustering],
    taken: tuple[float, bool],
) -> Map:
    coordinates, clusters = result
    revision = cache.fingerprint(dataset.fingerprint, request, made_from, coordinates, clusters)
    return Map(
        request=request,
        coordinates=coordinates,
        clustering=clusters,
        embedding_fingerprint=made_from,
        revision=revision[:16],
        seconds=taken[0],
        was_stored=taken[1],
    )


def default_encoder(dataset: Dataset) -> Encoder:
    """Return the encoder a collection is shown with: the default one, or the first it is embedded with."""
    preferred = encoders.get(encoders.default())
    ready = [e for e in (preferred, *encoders.all_encoders()) if embedding.fingerprint_of(dataset, e)]
    return ready[0] if ready else preferred
