"""Maps that start from the anchor, a finished map of the same pictures, and stay comparable with it.

A slider asks for almost the same map again. Started from the anchor, UMAP needs a fraction of its epochs, and
every cluster stays where it was. Always the same anchor, never the map before: so a map is a function of its
parameters, whatever way the sliders took.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barrx.imports import import_umap
from barrx.neighbors import Neighbors

if TYPE_CHECKING:
    from barrx.projection import ProjectionParams

Coordinates = NDArray[np.float32]

RECIPE = "anchored-2"  # in the key of every map that starts from an anchor: another one for other schedules
_EPOCHS = ((5_000, 200), (math.inf, 100))  # up to so many pictures, so many
_FEW_NEIGHBORS = 12
_WIDE = 0.25


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how boldly a map is moved away from the anchor.

    Attributes
    ----------
    epochs : int
        passes over the graph; UMAP's own are 500 up to 10,000 pictures, 200 above
    learning_rate : float
        of the first pass; UMAP's own is 1, which tears apart what is finished already
    """

    epochs: int
    learning_rate: float


def schedule(n_neighbors: int, min_dist: float, n_images: int) -> Schedule:
    """Return a schedule that keeps trustworthiness within 0.01 of plain UMAP.

    Fitted on collections of 810, 2,443, 8,119 and 20,000 pictures (``python -m tests.benchmarks --only epochs``
    tries other lengths again). Up to 5,000 pictures half the epochs would do; there is time for more quality.
    Few neighbours with wide distances move farthest from the anchor, and need larger steps.
    """
    is_far = n_neighbors < _FEW_NEIGHBORS and min_dist > _WIDE
    epochs = next(epochs for most, epochs in _EPOCHS if n_images <= most)
    return Schedule(epochs=epochs + epochs // 10 * is_far, learning_rate=0.5 if is_far else 0.25)


def refined(
    nearest: Neighbors, params: "ProjectionParams", anchor: Coordinates, chosen: Schedule | None = None
) -> Coordinates:
    """Move a finished map to where other parameters want it.

    UMAP's own optimisation of its own graph, begun at the anchor. ``UMAP(init=anchor)`` would not do: it
    stretches each axis of the start to the same length first, and its maps are worse for the same time.

    Parameters
    ----------
    nearest : Neighbors with exactly ``n_neighbors`` columns
    anchor : (n_images, 2) float32
    chosen : Schedule
        None: that of :func:`schedule`

    Returns
    -------
    (n_images, 2) float32, the same in every process

    References
    ----------
    McInnes, Healy & Melville 2018, arXiv:1802.03426
    """
    import_umap()
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import find_ab_params, make_epochs_per_sample

    chosen = chosen or schedule(params.n_neighbors, params.min_dist, len(anchor))
    graph = _graph(nearest, params, chosen.epochs)
    a, b = find_ab_params(1.0, params.min_dist)
    start = np.array(anchor, np.float32, order="C")
    seeds = np.random.RandomState(params.seed).randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
    moved: Coordinates = optimize_layout_euclidean(
        start,
        start,
        graph.row,
        graph.col,
        chosen.epochs,
        len(start),
        make_epochs_per_sample(graph.data, chosen.epochs),
        a,
        b,
        seeds,
        initial_alpha=chosen.learning_rate,
        parallel=False,
        move_other=True,
    )
    return moved


def aligned(coordinates: Coordinates, anchor: Coordinates) -> Coordinates:
    """Lay a map over the anchor by rotation, reflection, scale and shift (Procrustes).

    Parameters
    ----------
    coordinates, anchor : (n_images, 2) float32

    Returns
    -------
    (n_images, 2) float32
        of the least squared distance to the anchor

    References
    ----------
    Gower 1975, doi:10.1007/BF02291478
    """
    from scipy.linalg import orthogonal_procrustes

    own, theirs = (points.astype(np.float64) for points in (coordinates, anchor))
    centred = own - own.mean(axis=0)
    spread = float((centred**2).sum())
    if spread == 0:  # all in one place: nothing to turn
        return coordinates
    rotation, scale = orthogonal_procrustes(centred, theirs - theirs.mean(axis=0))
    moved: Coordinates = (centred @ rotation * (scale / spread) + theirs.mean(axis=0)).astype(np.float32)
    return moved


def _graph(nearest: Neighbors, params: "ProjectionParams", n_epochs: int) -> Any:
    """Return UMAP's fuzzy graph, as a scipy COO matrix, without the edges too weak to be drawn once."""
    from umap.umap_ import fuzzy_simplicial_set

    graph, _sigmas, _rhos = fuzzy_simplicial_set(
        np.empty((len(nearest.indices), 1), np.float32),  # only its length is looked at
        params.n_neighbors,
        np.random.RandomState(params.seed),
        params.metric,
        knn_indices=nearest.indices.copy(),
        knn_dists=nearest.distances.copy(),
    )
    graph = graph.tocoo()
    graph.sum_duplicates()
    graph.data[graph.data < graph.data.max() / n_epochs] = 0
    graph.eliminate_zeros()
    return graph
