"""Whether clusters come back: the same setting with other seeds, and on bootstrap samples of the pictures.

UMAP and HDBSCAN always draw something. A cluster that another seed does not draw is an artefact of the seed; one
that a sample of the pictures does not show hangs on a few of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from barrx import cache, clustering, embedding, encoders, neighbors, pipeline, projection
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.embedding import Vectors
from barrx.errors import Cancelled
from barrx.i18n import _
from barrx.pipeline import MapRequest

STABLE, DISSOLVED = 0.75, 0.5  # mean Jaccard: Hennig's bounds for a stable and a dissolved cluster

Verdict = Literal["stable", "doubtful", "artefact"]
Labels = NDArray[np.int32]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityRequest:
    """How often a setting is tried again.

    Attributes
    ----------
    map : MapRequest
        the setting
    seeds, samples : int
        maps with other seeds; maps of bootstrap samples
    seed : int
        what the other seeds and the samples are drawn with
    """

    map: MapRequest
    seeds: int = 5
    samples: int = 5
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values, for a worker."""
        return asdict(self) | {"map": self.map.to_json()}

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> "StabilityRequest":
        """Read a request written by :meth:`to_json`."""
        return cls(**{**facts, "map": MapRequest.from_json(facts["map"])})


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One more clustering: the pictures it has, ascending, and their labels."""

    pictures: NDArray[np.int64]
    labels: Labels


@dataclass(frozen=True, slots=True, eq=False)
class Recurrence:
    """How well clusters come back in some runs.

    Attributes
    ----------
    numbers : (n_clusters,) int32
    jaccard : (n_runs, n_clusters) float64
        for each cluster the overlap (Jaccard) with the cluster of a run that is most like it, over the pictures
        of that run; NaN where none of its pictures is in the run
    companions : (n_images,) float64
        for each picture in a cluster, how far the pictures around it stay the same: the Jaccard overlap of its
        companions before and after, mean over the runs that have it; NaN for noise
    """

    numbers: NDArray[np.int32]
    jaccard: NDArray[np.float64]
    companions: NDArray[np.float64]

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean Jaccard of each cluster over the runs; NaN without any."""
        return _mean(self.jaccard)

    @property
    def comes_back(self) -> NDArray[np.float64]:
        """Share of the runs in which each cluster comes back with a Jaccard of at least 0.75."""
        seen = np.isfinite(self.jaccard)
        came = (np.nan_to_num(self.jaccard) >= STABLE).sum(axis=0)
        return np.where(seen.any(axis=0), came / np.maximum(1, seen.sum(axis=0)), np.nan)

    def verdicts(self) -> list[Verdict | None]:
        """Return for each cluster whether it is stable, doubtful or an artefact; None without any run."""
        return [None if np.isnan(mean) else _verdict(mean) for mean in self.mean]

    def artefacts(self) -> NDArray[np.int32]:
        """Return the numbers of the clusters that the runs do not show again, ascending."""
        found: NDArray[np.int32] = self.numbers[np.array([v == "artefact" for v in self.verdicts()], bool)]
        return found


def recurrence(labels: Labels, runs: Sequence[Run]) -> Recurrence:
    """Compare a clustering with others of the same pictures, or of some of them.

    Parameters
    ----------
    labels : (n_images,) int32, -1 is noise

    References
    ----------
    Hennig 2007, doi:10.1016/j.csda.2006.11.025
    """
    numbers = np.unique(labels[labels != NOISE]).astype(np.int32)
    best, kept = [], []
    for run in runs:
        overlap, companions = _overlap(labels, numbers, run)
        best.append(overlap)
        kept.append(companions)
    return Recurrence(
        numbers=numbers,
        jaccard=np.array(best).reshape(len(runs), len(numbers)),
        companions=_mean(np.array(kept).reshape(len(runs), len(labels))),
    )


def run(
    dataset: Dataset,
    request: StabilityRequest,
    progress: Progress = lambda done, total, detail: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Recurrence, Recurrence]:
    """Try a setting again with other seeds and on bootstrap samples; every run is kept.

    A bootstrap sample draws as many pictures as there are, with replacement, and keeps each drawn one once
    (about 63 %). ``n_neighbors``, ``min_cluster_size`` and ``min_samples`` are lowered by the same share, so that
    the same share of the pictures makes a cluster.

    Returns
    -------
    two Recurrence
        over the seeds, over the samples

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true; finished runs are kept
    """
    reference = pipeline.load_or_compute(dataset, request.map).clustering.labels
    rng = np.random.default_rng(request.seed)
    other_seeds = rng.choice(2**31, request.seeds, replace=False).tolist()
    sample_seeds = rng.choice(2**31, request.samples, replace=False).tolist()
    total = len(other_seeds) + len(sample_seeds)
    found: list[Run] = []
    for number, seed in enumerate([*other_seeds, *sample_seeds]):
        if cancelled():
            raise Cancelled(_("Stopped. Finished runs are kept."))
        again = _again if number < len(other_seeds) else _sampled
        found.append(again(dataset, request.map, seed))
        detail = _("other seeds") if number < len(other_seeds) else _("samples of the images")
        progress(number + 1, total, detail)
    return (
        recurrence(reference, found[: request.seeds]),
        recurrence(reference, found[request.seeds :]),
    )


# --- one run ----------------------------------------------------------------------------------------------


def _again(dataset: Dataset, setting: MapRequest, seed: int) -> Run:
    other = replace(setting, projection=replace(setting.projection, seed=seed))
    labels = pipeline.load_or_compute(dataset, other).clustering.labels
    return Run(np.arange(len(labels)), labels)


def _sampled(dataset: Dataset, setting: MapRequest, seed: int) -> Run:
    vectors = embedding.require(dataset, encoders.get(setting.encoder))
    n = len(vectors.vectors)
    pictures = np.unique(np.random.default_rng(seed).integers(0, n, n))
    made_with = cache.versions("umap-learn", "hdbscan", "numba", "numpy")
    key = "sample:" + cache.fingerprint(
        vectors.fingerprint, setting.projection, setting.clustering, seed, made_with
    )
    labels, _there = cache.get_or_compute(
        "projections", key, lambda: _clustered(vectors.vectors[pictures], lowered(setting, n, len(pictures)))
    )
    return Run(pictures, labels)


def lowered(setting: MapRequest, n_images: int, n_sample: int) -> MapRequest:
    """Return a setting for a sample: the same share of the pictures are neighbours, and make a cluster."""
    share = n_sample / n_images
    density = setting.clustering
    return replace(
        setting,
        projection=replace(
            setting.projection,
            n_neighbors=max(2, min(n_sample - 1, round(setting.projection.n_neighbors * share))),
        ),
        clustering=replace(
            density,
            min_cluster_size=max(2, round(density.min_cluster_size * share)),
            min_samples=max(1, round(density.min_samples * share)),
            max_cluster_size=round(density.max_cluster_size * share),
        ),
    )


def _clustered(vectors: Vectors, setting: MapRequest) -> Labels:
    params = setting.projection
    if len(vectors) < projection.MIN_IMAGES:
        return np.full(len(vectors), NOISE, np.int32)
    nearest = neighbors.compute(vectors, params.metric, params.n_neighbors)
    coordinates = projection.compute(vectors, nearest, params)
    tree = clustering.tree(coordinates, setting.clustering.min_samples)
    return clustering.cut(tree, len(vectors), setting.clustering).labels


# --- overlap ----------------------------------------------------------------------------------------------


def _overlap(
    labels: Labels, numbers: NDArray[np.int32], run: Run
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the best Jaccard of each cluster, and of each picture that of its companions."""
    companions = np.full(len(labels), np.nan)
    before = labels[run.pictures]
    inside, again = before != NOISE, run.labels != NOISE
    others = np.unique(run.labels[again])
    row = np.searchsorted(numbers, before)
    present = np.bincount(row[inside], minlength=len(numbers))
    has_mates = inside.copy()
    has_mates[inside] = present[row[inside]] > 1
    companions[run.pictures[has_mates]] = 0.0
    best = np.where(present > 0, 0.0, np.nan)
    if not len(others) or not len(numbers):
        return best, companions
    column = np.searchsorted(others, run.labels)
    table = np.zeros((len(numbers), len(others)), np.int64)
    np.add.at(table, (row[inside & again], column[inside & again]), 1)
    union = present[:, None] + np.bincount(column[again], minlength=len(others)) - table
    best[present > 0] = (table / np.maximum(1, union)).max(axis=1)[present > 0]
    alone = (table - 1) / np.maximum(1, union - 1)  # the picture itself is no companion of its own
    kept = has_mates & again
    companions[run.pictures[kept]] = alone[row[kept], column[kept]]
    return best, companions


def _mean(table: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = np.isfinite(table)
    total = np.where(seen, table, 0.0).sum(axis=0)
    return np.where(seen.any(axis=0), total / np.maximum(1, seen.sum(axis=0)), np.nan)


def _verdict(mean: float) -> Verdict:
    return "stable" if mean >= STABLE else "doubtful" if mean >= DISSOLVED else "artefact"
