"""An embedding to two dimensions: UMAP on exact neighbours, the same map for the same parameters."""

import logging
import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from barrx import anchoring, cache, neighbors
from barrx.demo import shipped
from barrx.embedding import Embedding, Vectors
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.imports import import_umap
from barrx.neighbors import Metric, Neighbors

log = logging.getLogger(__name__)

Coordinates = NDArray[np.float32]

MIN_IMAGES = 5  # below this UMAP has nothing to work with; principal components place the pictures
MAX_SLIDER_NEIGHBORS = neighbors.STORED_K - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionParams:
    """The parameters of one UMAP projection.

    Attributes
    ----------
    n_neighbors : int
        pictures each picture is compared with, itself included; 2 to n_images - 1
    min_dist : float
        how tightly pictures may be packed; 0 to 1, in units of the map
    metric : str
        how the distance of two vectors is measured
    seed : int
        same seed, same map
    from_scratch : bool
        plain UMAP, with its own search for neighbours and its own start, instead of the anchored map
    """

    n_neighbors: int = 15
    min_dist: float = 0.1
    metric: Metric = "cosine"
    seed: int = 42
    from_scratch: bool = False

    def __post_init__(self) -> None:
        neighbors.check_metric(self.metric)
        if self.n_neighbors < 2:
            raise ParameterError(
                _("n_neighbors must be at least 2, got {value}. Raise it.").format(value=self.n_neighbors)
            )
        if not 0 <= self.min_dist <= 1:
            raise ParameterError(_("min_dist must be from 0 to 1, got {value}.").format(value=self.min_dist))
        if not 0 <= self.seed < 2**32:
            raise ParameterError(_("seed must be from 0 to 4294967295, got {value}.").format(value=self.seed))

    def check(self, n_images: int) -> None:
        """Raise a ParameterError if the collection is too small for these parameters."""
        if n_images >= MIN_IMAGES and self.n_neighbors >= n_images:
            raise ParameterError(
                _(
                    "n_neighbors must be below the number of images ({n}), got {value}. "
                    "Lower it or add images."
                ).format(n=n_images, value=self.n_neighbors)
            )


def default_n_neighbors(n_images: int) -> int:
    """Return the default ``n_neighbors``, lowered where the collection is smaller."""
    return max(2, min(ProjectionParams().n_neighbors, n_images - 1))


def anchor_of(params: ProjectionParams, n_images: int) -> ProjectionParams | None:
    """Return the parameters of the map another one is laid over, None for one that stands alone.

    Each seed has an anchor of its own, the default parameters: who changes the seed asks for another of the
    equally good maps. The anchor of the default seed is the collection's, and those of other seeds are turned
    to lie over it.
    """
    default = ProjectionParams(n_neighbors=default_n_neighbors(n_images))
    if params.from_scratch or n_images < MIN_IMAGES or params == default:
        return None
    of_seed = replace(default, seed=params.seed)
    return default if params == of_seed else of_seed


def load(embedding_fingerprint: str, params: ProjectionParams, n_images: int) -> Coordinates | None:
    """Return the coordinates if they are stored (or shipped with the demo), or None."""
    ready = _shipped(embedding_fingerprint, params)
    if ready is not None:
        return ready
    parent = anchor_of(params, n_images)
    anchor = load(embedding_fingerprint, parent, n_images) if parent else None
    if parent and anchor is None:
        return None
    return cache.recall("projections", _key(embedding_fingerprint, params, n_images, anchor))


def load_or_compute(embedding: Embedding, params: ProjectionParams) -> tuple[Coordinates, bool]:
    """Return the coordinates of a projection, and whether they were stored already.

    Raises
    ------
    ParameterError
        if ``n_neighbors`` is not below the number of images
    """
    n_images = len(embedding.vectors)
    params.check(n_images)
    ready = _shipped(embedding.fingerprint, params)
    if ready is not None:
        return ready, True
    parent = anchor_of(params, n_images)
    anchor = load_or_compute(embedding, parent)[0] if parent else None
    return cache.get_or_compute(
        "projections",
        _key(embedding.fingerprint, params, n_images, anchor),
        lambda: _project(embedding, params, anchor),
        shared=parent is None and not params.from_scratch,
    )


def recomputed(embedding: Embedding, params: ProjectionParams) -> Coordinates:
    """Compute a projection although it is stored, and the map it is laid over too; the demo's is shipped.

    Raises
    ------
    ParameterError
        if ``n_neighbors`` is not below the number of images
    """
    n_images = len(embedding.vectors)
    params.check(n_images)
    parent = anchor_of(params, n_images)
    anchor = None
    if parent is not None:
        anchor = _shipped(embedding.fingerprint, parent)
        if anchor is None:
            anchor = recomputed(embedding, parent)
    return _project(embedding, params, anchor)


def compute(vectors: Vectors, nearest: Neighbors | None, params: ProjectionParams) -> Coordinates:
    """Project an embedding to two dimensions with UMAP.

    Parameters
    ----------
    vectors : (n_images, n_features) float32, finite; at least 5 rows
    nearest : Neighbors with exactly ``n_neighbors`` columns, or None
        None makes UMAP search neighbours itself

    Returns
    -------
    (n_images, 2) float32, unitless, in input order

    Raises
    ------
    ParameterError
        if ``n_neighbors`` is not below ``n_images``

    References
    ----------
    McInnes, Healy & Melville 2018, arXiv:1802.03426
    """
    params.check(len(vectors))
    umap = import_umap()
    known = (None, None, None) if nearest is None else (nearest.indices.copy(), nearest.distances.copy())
    with warnings.catch_warnings():
        # umap says that a seed means one thread, and that a given graph can't transform: both intended.
        warnings.filterwarnings("ignore", message=".*n_jobs.*")
        warnings.filterwarnings("ignore", message=".*precomputed_knn.*")
        reducer = umap.UMAP(
            n_neighbors=params.n_neighbors,
            min_dist=params.min_dist,
            metric=params.metric,
            random_state=params.seed,
            precomputed_knn=known,
            # The spectral start needs more points than dimensions by a margin; scipy fails below it.
            init="spectral" if len(vectors) > 10 else "random",
        )
        coordinates: Coordinates = reducer.fit_transform(vectors).astype(np.float32)
    return _placed(coordinates)


def principal_components(vectors: Vectors) -> Coordinates:
    """Place a handful of pictures by their first two principal components: (n_images, 2) float32."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    left, singular, _right = np.linalg.svd(centred, full_matrices=False)
    coordinates = np.zeros((len(vectors), 2), np.float32)
    width = min(2, len(singular))
    coordinates[:, :width] = left[:, :width] * singular[:width]
    return coordinates


def _project(embedding: Embedding, params: ProjectionParams, anchor: Coordinates | None) -> Coordinates:
    if len(embedding.vectors) < MIN_IMAGES:
        return principal_components(embedding.vectors)
    if params.from_scratch:
        return compute(embedding.vectors, None, params)
    nearest = neighbors.load_or_compute(embedding, params.metric, params.n_neighbors)
    if anchor is None:
        return compute(embedding.vectors, nearest, params)
    is_anchor = params == ProjectionParams(n_neighbors=default_n_neighbors(len(anchor)), seed=params.seed)
    found = (
        compute(embedding.vectors, nearest, params)
        if is_anchor
        else anchoring.refined(nearest, params, anchor)
    )
    return anchoring.aligned(found, anchor)


def _placed(coordinates: Coordinates) -> Coordinates:
    """Centre the map, and put pictures that UMAP cut off (not finite) at its edge."""
    finite = np.asarray(np.isfinite(coordinates).all(axis=1))
    if finite.all():
        return coordinates
    log.warning("%d pictures are connected to no other; placed beside the map", int((~finite).sum()))
    edge = coordinates[finite].max(axis=0) if finite.any() else np.zeros(2, np.float32)
    return np.where(finite[:, None], coordinates, edge + 1).astype(np.float32)


def _key(
    embedding_fingerprint: str, params: ProjectionParams, n_images: int, anchor: Coordinates | None
) -> str:
    made_with = cache.versions("umap-learn", "pynndescent", "numba", "numpy", "scipy")
    nearest = "" if params.from_scratch else neighbors.recipe(params.metric, n_images)
    start = "" if anchor is None else (anchoring.RECIPE, anchor)
    return "projection:" + cache.fingerprint(embedding_fingerprint, params, nearest, start, made_with)


def _shipped(embedding_fingerprint: str, params: ProjectionParams) -> Coordinates | None:
    found = shipped.default_map()
    if found is None or params != ProjectionParams() or found.embedding_fingerprint != embedding_fingerprint:
        return None
    return found.coordinates
