"""Questions about a map and their answers, kept in the cache: what a page asks for and a worker computes.

:func:`load` imports nothing heavy and computes nothing; :func:`load_or_compute` runs in a worker.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from barrx import cache, embedding, encoders, i18n, pipeline
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.judgement.relations import Relation
from barrx.pipeline import Map, MapRequest

Part = Literal[
    "faithfulness", "validity", "agreement", "categories", "explanations", "spaces", "influences", "stability"
]
PARTS: tuple[Part, ...] = get_args(Part)
_OF_A_COLUMN = ("agreement", "categories", "influences")
_RECIPE = 17
_VERSIONS = ("umap-learn", "hdbscan", "scikit-learn", "scipy", "numpy")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a map.

    Attributes
    ----------
    part : str
        one of ``PARTS``
    map : MapRequest
    column : str or None
        the category, where the part needs one; ``explanations`` does without it where there is none
    k : int
        neighbours to look at; 0 takes the default of the collection
    arrows : tuple of Relation
        the curator's, for ``influences``
    seeds, samples : int
        runs of ``stability``
    """

    part: Part
    map: MapRequest
    column: str | None = None
    k: int = 0
    arrows: tuple[Relation, ...] = ()
    seeds: int = 5
    samples: int = 5

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise ParameterError(
                _("One can ask for {names}, not for “{part}”.").format(names=", ".join(PARTS), part=self.part)
            )
        if self.part in _OF_A_COLUMN and self.column is None:
            raise ParameterError(_("Choose a column to compare the clusters with."))

    def to_json(self) -> dict[str, Any]:
        """Return the question as JSON values, for a worker."""
        return asdict(self) | {"map": self.map.to_json()}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Question":
        """Read a question written by :meth:`to_json`."""
        arrows = tuple(Relation(**arrow) for arrow in facts["arrows"])
        return cls(**{**facts, "map": MapRequest.from_json(facts["map"]), "arrows": arrows})


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was found: JSON values (what is not defined is None), and arrays by name."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def load(dataset: Dataset, question: Question) -> Answer | None:
    """Return the answer if it is stored; compute nothing."""
    finished = pipeline.load(dataset, question.map)
    return None if finished is None else _stored(key(dataset, question, finished))


def load_or_compute(
    dataset: Dataset,
    question: Question,
    progress: Progress = lambda done, total, detail: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[str, bool]:
    """Compute the answer if it is not stored; return its key, and whether it was stored.

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true; what is finished is kept
    EncoderError, ParameterError
        if the collection is not embedded, or too small, or has no such column
    """
    from barrx.judgement import answers

    finished = pipeline.load_or_compute(dataset, question.map)
    place = key(dataset, question, finished)
    with cache.lock(place):
        if _stored(place) is not None:
            return place, True
        vectors = embedding.require(dataset, encoders.get(question.map.encoder))
        subject = answers.Subject(dataset=dataset, map=finished, embedding=vectors, question=question)
        with i18n.speaking(i18n.SOURCE):  # one answer is kept for the readers of all languages
            found = answers.answer(subject, progress, cancelled)
        cache.put_many("projections", {place: plain(found.facts), **_arrays(place, found)})
    return place, False


def key(dataset: Dataset, question: Question, finished: Map) -> str:
    """Return what an answer is stored under: the fingerprint of all it is made from."""
    made_from = (
        dataset.fingerprint,
        finished.embedding_fingerprint,
        finished.coordinates,
        finished.clustering.labels,
        finished.clustering.strength,
    )
    asked = question.to_json()
    return "judged:" + cache.fingerprint(made_from, asked, _RECIPE, cache.versions(*_VERSIONS))


def plain(value: Any) -> Any:
    """Turn dataclasses, tuples, messages and numpy numbers into JSON values; what is not finite becomes None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, i18n.Said):
        return i18n.to_json(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _arrays(place: str, found: Answer) -> dict[str, object]:
    return {place + ":arrays": dict(found.arrays)} if found.arrays else {}


def _stored(place: str) -> Answer | None:
    facts = cache.get("projections", place)
    if facts is None:
        return None
    arrays = cache.get("projections", place + ":arrays")
    if arrays is None and facts.get("has_arrays"):
        return None  # evicted one by one
    return Answer(i18n.all_again(facts), arrays or {})
