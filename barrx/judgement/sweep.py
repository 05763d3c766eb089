"""A sweep: many settings of one collection and the figures of each, so that they can be compared.

Every figure is kept under the fingerprint of what it was made from, setting by setting: a sweep that was
stopped goes on where it stopped, and a second sweep computes only what the first one did not have.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import cache, embedding, encoders, pipeline, workers
from barrx.clustering import NOISE, ClusteringParams
from barrx.datasets import Dataset
from barrx.errors import Cancelled, ParameterError
from barrx.i18n import SOURCE, _, again, speaking
from barrx.judgement import agreement, faithfulness, validity, values
from barrx.judgement.values import Values
from barrx.pipeline import Map, MapRequest
from barrx.projection import ProjectionParams

Progress = Callable[[int, int, str], None]
Figures = dict[str, Any]

PROJECTION = ("n_neighbors", "min_dist", "metric", "seed")
CLUSTERING = ("min_cluster_size", "min_samples", "cluster_selection_method")
PARAMETERS = PROJECTION + CLUSTERING
FIGURES = ("clusters", "noise_share", "trustworthiness", "dbcv", "dbcv_kind", "dbcv_reason")
AGREEMENT = ("ami", "ari", "ami_clustered", "ami_reason", "ami_clustered_reason")
PARTITION = "partition"  # the same text for settings that give the very same clusters
STABILITY = ("comes_back", "artefacts")  # known of settings whose clusters were looked for again
MOST_SETTINGS = 5000
_WORTH_A_HELPER = 6  # projections to compute; a second process takes some ten seconds to begin
_SHAPE_RECIPE = 2  # raised when the same map gives other figures, or other words for why there are none
_AGREEMENT_RECIPE = 2  # raised when the same clusters and categories give other figures
_VERSIONS = ("hdbscan", "scikit-learn", "scipy", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest:
    """A grid of settings around one map: the values of each parameter, and all their combinations.

    Attributes
    ----------
    base : MapRequest
        the collection, the encoder, and the parameters that are not varied
    grid : mapping of str to tuple
        parameter -> the values it takes; see ``PARAMETERS`` for the names
    category : str or None
        a column to compare the clusters with
    """

    base: MapRequest
    grid: Mapping[str, tuple[Any, ...]]
    category: str | None = None

    def __post_init__(self) -> None:
        for name, given in self.grid.items():
            if name not in PARAMETERS:
                raise ParameterError(
                    _("A sweep goes over {names}, not over “{name}”.").format(
                        names=", ".join(PARAMETERS), name=name
                    )
                )
            if not given:
                raise ParameterError(_("{name} has no value to try. Give at least one.").format(name=name))
        if len(self) > MOST_SETTINGS:
            raise ParameterError(
                _("A sweep has at most {most} settings, got {n}. Give fewer values.").format(
                    most=MOST_SETTINGS, n=len(self)
                )
            )

    def __len__(self) -> int:
        n = 1
        for given in self.grid.values():
            n *= len(dict.fromkeys(given))
        return n

    def settings(self) -> list[MapRequest]:
        """Return every combination, those of one projection side by side.

        Raises
        ------
        ParameterError
            if a value is outside its bounds
        """
        names = [name for name in PARAMETERS if name in self.grid]
        axes = [list(dict.fromkeys(self.grid[name])) for name in names]
        return [_at(self.base, dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*axes)]

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values, for a worker."""
        grid = {name: list(given) for name, given in self.grid.items()}
        return {"base": self.base.to_json(), "grid": grid, "category": self.category}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "SweepRequest":
        """Read a request written by :meth:`to_json`."""
        return cls(
            base=MapRequest.from_json(facts["base"]),
            grid={name: tuple(given) for name, given in facts["grid"].items()},
            category=facts["category"],
        )


def _at(base: MapRequest, chosen: Mapping[str, Any]) -> MapRequest:
    projection = {name: chosen[name] for name in PROJECTION if name in chosen}
    clustering = {name: chosen[name] for name in CLUSTERING if name in chosen}
    return replace(
        base,
        projection=replace(base.projection, **projection),
        clustering=replace(base.clustering, **clustering),
    )


def default_grid(n_images: int) -> dict[str, tuple[Any, ...]]:
    """Return what is tried if nobody says what, lowered where the collection is small."""
    return {
        "n_neighbors": tuple(dict.fromkeys(max(2, min(n, n_images - 1)) for n in (5, 15, 30))),
        "min_dist": (0.0, 0.1, 0.5),
        "min_cluster_size": tuple(dict.fromkeys(max(2, min(n, n_images)) for n in (5, 10, 20))),
    }


def columns(category: str | None) -> list[str]:
    """Return the columns of a sweep's table, in their order."""
    return [*PARAMETERS, *FIGURES, *(AGREEMENT if category else ()), *STABILITY]


def check(dataset: Dataset, request: SweepRequest) -> None:
    """Raise a ParameterError, before any work, for a setting the collection is too small for."""
    for setting in request.settings():
        pipeline.check(dataset, setting)
    _category(dataset, request)


def stored(dataset: Dataset, request: SweepRequest) -> list[Figures | None]:
    """Return the figures of each setting that is finished, None for the others; compute nothing."""
    category = _category(dataset, request)
    return [stored_at(dataset, setting, category) for setting in request.settings()]


def stored_at(dataset: Dataset, setting: MapRequest, category: Values | None) -> Figures | None:
    """Return the figures of one setting if it is finished, those of the agreement included; compute nothing."""
    finished = pipeline.load(dataset, setting)
    if finished is None:
        return None
    shape = cache.get("projections", _shape_key(finished))
    agreed = {} if category is None else cache.get("projections", _agreement_key(finished, category))
    if shape is None or agreed is None:
        return None
    return {**parameters(setting), PARTITION: _partition(finished), **shape, **agreed}


def run(
    dataset: Dataset,
    request: SweepRequest,
    progress: Progress = lambda done, total, detail: None,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    from_end: bool = False,
    alone: bool = False,
) -> list[Figures]:
    """Compute the figures of every setting that is not finished yet.

    A second process works from the other end of the list, where that is worth it; the two meet.

    Parameters
    ----------
    from_end : bool
        begin with the last setting
    alone : bool
        start no second process

    Returns
    -------
    list of dict, in the order of ``request.settings()``
        the parameters, ``PARTITION``, ``FIGURES`` (``dbcv_kind`` and ``dbcv_reason``: see
        :mod:`barrx.judgement.validity`), and with a category ``AGREEMENT`` (``ami_reason`` says why there is neither
        ``ami`` nor ``ari``, ``ami_clustered_reason`` why there is no ``ami_clustered``); what is not defined is None

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true; what is finished is kept
    EncoderError
        if the collection is not embedded yet
    ParameterError
        if the collection is too small for a setting, or there is no such column
    """
    check(dataset, request)
    embedding.require(dataset, encoders.get(request.base.encoder))
    category = _category(dataset, request)
    settings = list(enumerate(request.settings()))
    rows: dict[int, Figures] = {}
    with _Helper(dataset, request, wanted=not alone) as helper:
        for number, setting in reversed(settings) if from_end else settings:
            if cancelled():
                raise Cancelled(_("Stopped. Finished settings are kept."))
            found = stored_at(dataset, setting, category)
            rows[number] = _computed(dataset, setting, category) if found is None else found
            done = min(len(settings), len(rows) + helper.done)
            progress(done, len(settings), summary(setting))
    return [rows[number] for number in range(len(settings))]


def table(rows: list[Figures], category: str | None) -> pd.DataFrame:
    """Return the rows of a sweep as a table with the columns that are published.

    ``dbcv_kind`` says which figure ``dbcv`` is in a row, ``dbcv`` or ``relative_validity``, and ``dbcv_reason``
    why there is none, in the language of now; the reasons of the agreement likewise. ``comes_back`` and
    ``artefacts`` are empty unless :func:`barrx.judgement.comeback.added` gave them.
    """
    named = columns(category)
    # Of figures that no row has pandas would make a column of objects.
    kinds = dict.fromkeys(["comes_back", "dbcv", "ami", "ari", "ami_clustered"], "float64")
    kinds |= {"clusters": "Int64", "artefacts": "Int64"}
    kinds = {name: kind for name, kind in kinds.items() if name in named}
    found = pd.DataFrame(rows, columns=named).astype(kinds)
    return found.assign(
        dbcv_kind=found["dbcv_kind"].replace({"relative": "relative_validity"}),
        **{name: found[name].map(again, na_action="ignore") for name in named if name.endswith("_reason")},
    )


def summary(setting: MapRequest) -> str:
    """Return a setting in one line."""
    return ", ".join(f"{name} {value}" for name, value in parameters(setting).items())


def parameters(setting: MapRequest) -> dict[str, Any]:
    """Return the parameters of a setting that a sweep varies, by name."""
    both = {f.name: getattr(stage, f.name) for stage in _stages(setting) for f in fields(stage)}
    return {name: both[name] for name in PARAMETERS}


def written(value: Any) -> str:
    """Return the value of a parameter as people type it: 0, not 0.0; whole, however many digits it has."""
    if not isinstance(value, float):
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value).removesuffix(".0")


def _stages(setting: MapRequest) -> tuple[ProjectionParams, ClusteringParams]:
    return setting.projection, setting.clustering


def _category(dataset: Dataset, request: SweepRequest) -> Values | None:
    return None if request.category is None else values.of_column(dataset.metadata, request.category)


# --- one setting ------------------------------------------------------------------------------------------


def _computed(dataset: Dataset, setting: MapRequest, category: Values | None) -> Figures:
    finished = pipeline.load_or_compute(dataset, setting)
    shape, _there = cache.get_or_compute(
        "projections", _shape_key(finished), lambda: _shape(dataset, finished)
    )
    agreed: Figures = {}
    if category is not None:
        agreed, _there = cache.get_or_compute(
            "projections", _agreement_key(finished, category), lambda: _agreement(finished, category)
        )
    return {**parameters(setting), PARTITION: _partition(finished), **shape, **agreed}


def _partition(finished: Map) -> str:
    """Return what is the same for the same clusters, whatever numbers they have."""
    labels = finished.clustering.labels
    _numbers, first, place = np.unique(labels, return_index=True, return_inverse=True)
    members: NDArray[np.int64] = np.where(labels == NOISE, NOISE, first[place])
    return cache.fingerprint(members)


def _shape(dataset: Dataset, finished: Map) -> Figures:
    trust, _there = cache.get_or_compute(
        "projections",
        "trust:" + cache.fingerprint(finished.embedding_fingerprint, finished.coordinates),
        lambda: [_trust(dataset, finished)],
    )
    with speaking(SOURCE):  # the reason is kept for the readers of all languages
        found = validity.measure(
            finished.coordinates,
            finished.clustering.labels,
            min_samples=finished.request.clustering.min_samples,
        )
    return {
        "clusters": finished.clustering.n_clusters,
        "noise_share": finished.clustering.noise_share,
        "trustworthiness": trust[0],
        "dbcv": found.value,
        "dbcv_kind": found.kind,
        "dbcv_reason": found.reason,
    }


def _trust(dataset: Dataset, finished: Map) -> float | None:
    vectors = embedding.require(dataset, encoders.get(finished.request.encoder)).vectors
    return faithfulness.trustworthiness(vectors, finished.coordinates)


def _agreement(finished: Map, category: Values) -> Figures:
    labels = finished.clustering.labels
    with speaking(SOURCE):  # the reasons are kept for the readers of all languages
        reason = agreement.undefined(category, labels, only_clustered=False)
        reason_clustered = agreement.undefined(category, labels, only_clustered=True)
    everything = None if reason else agreement.figures(category, labels)
    clustered = None if reason_clustered else agreement.figures(category.within(labels != NOISE), labels)
    return {
        "ami": everything and everything.ami,
        "ari": everything and everything.ari,
        "ami_reason": reason,
        "ami_clustered": clustered and clustered.ami,
        "ami_clustered_reason": reason_clustered,
    }


def _shape_key(finished: Map) -> str:
    made_from = (finished.embedding_fingerprint, finished.coordinates, finished.clustering.labels)
    min_samples = finished.request.clustering.min_samples
    return "shape:" + cache.fingerprint(*made_from, min_samples, _SHAPE_RECIPE, cache.versions(*_VERSIONS))


def _agreement_key(finished: Map, category: Values) -> str:
    made_from = (finished.clustering.labels, category.canonical())
    return "agreed:" + cache.fingerprint(*made_from, _AGREEMENT_RECIPE, cache.versions(*_VERSIONS))


# --- the second process -----------------------------------------------------------------------------------


class _Helper:
    """A worker that begins with the last setting; it ends with this process, however that ends."""

    def __init__(self, dataset: Dataset, request: SweepRequest, *, wanted: bool) -> None:
        self._pool = workers.Pool() if wanted and _missing(dataset, request) >= _WORTH_A_HELPER else None
        self._job: workers.Job | None = None
        if self._pool is not None:
            arguments = {"request": request.to_json(), "from_end": True, "alone": True}
            self._job = self._pool.submit("sweep", arguments, key="sweep from the end", lane="sweeps")

    @property
    def done(self) -> int:
        """Settings it has finished."""
        return self._job.snapshot.done if self._job is not None else 0

    def __enter__(self) -> "_Helper":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.close()


def _missing(dataset: Dataset, request: SweepRequest) -> int:
    """Count the projections that are still to be computed."""
    first = {cache.fingerprint(asdict(s.projection)): s for s in request.settings()}
    return sum(pipeline.load(dataset, setting) is None for setting in first.values())
