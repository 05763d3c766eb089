"""The finished settings of a sweep, with what their small maps are drawn from; each is read once."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import cache, embedding, encoders, pipeline
from barrx.datasets import Dataset
from barrx.judgement import questions, recommendation, sweep, values
from barrx.judgement.questions import Answer, Question
from barrx.judgement.recommendation import Recommendation
from barrx.judgement.sweep import Figures, SweepRequest
from barrx.judgement.values import Values
from barrx.pipeline import MapRequest
from barrx.projection import Coordinates

MOST_DOTS: Final = 2000  # on a map as small as a stamp more would hide each other
GRID: Final = 1023  # places of a small map, each way
TRIED_AGAIN: Final = 6  # settings whose stability is measured


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One finished setting.

    Attributes
    ----------
    figures : as a sweep stores them
    places : (n_dots, 2) int16 from 0 to ``GRID``, y upwards
    labels : (n_dots,) int32
    """

    figures: Figures
    places: NDArray[np.int16]
    labels: NDArray[np.int32]


@dataclass(slots=True)
class Results:
    """What there is of a sweep.

    Attributes
    ----------
    request : SweepRequest
    entries : place in the sweep -> finished setting
    """

    request: SweepRequest
    settings: list[MapRequest]
    entries: dict[int, Entry] = field(default_factory=dict)
    stability: dict[int, Answer] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return len(self.entries) == len(self.settings)

    def numbers(self) -> list[int]:
        """Return the places of the finished settings, ascending."""
        return sorted(self.entries)

    def best(self, most: int) -> list[Recommendation]:
        """Return the settings that are recommended by what was measured of all, best first."""
        return self._recommended({}, most)

    def ranked(self) -> list[Recommendation]:
        """Return all settings that can be recommended, best first; what is known of their stability counts."""
        return self._recommended(
            {n: share_of(answer) for n, answer in self.stability.items()}, len(self.entries)
        )

    def _recommended(self, stability: dict[int, float | None], most: int) -> list[Recommendation]:
        numbers = self.numbers()
        rows = [self.entries[n].figures for n in numbers]
        known = {
            numbers.index(n): share for n, share in stability.items() if n in numbers and share is not None
        }
        artefacts = {numbers.index(n): artefacts_of(self.stability[n]) for n in stability if n in numbers}
        found = recommendation.recommend(rows, known or None, max(1, most), artefacts)
        return [Recommendation(number=numbers[r.number], score=r.score, reason=r.reason) for r in found]


def share_of(answer: Answer) -> float | None:
    """Return how well the clusters of a map come back: mean Jaccard, over seeds and samples alike."""
    found = [
        value for kind in ("seeds", "samples") for value in answer.facts[kind]["mean"] if value is not None
    ]
    return float(np.mean(found)) if found else None


def artefacts_of(answer: Answer) -> int:
    """Return how many clusters of a map other seeds do not show."""
    verdicts: list[str | None] = answer.facts["seeds"]["verdicts"]
    return verdicts.count("artefact")


def load(dataset: Dataset, request: SweepRequest) -> Results:
    """Return what there is of a sweep; compute nothing."""
    version = cache.fingerprint(
        dataset.fingerprint,
        embedding.fingerprint_of(dataset, encoders.get(request.base.encoder)) or "",
        repr(request.to_json()),
    )
    found = _kept(version, request)
    category = _category(dataset.fingerprint, request.category, dataset)
    dots = _dots(len(dataset.filenames))
    for number, setting in enumerate(found.settings):
        if number not in found.entries:
            entry = _entry(dataset, setting, category, dots)
            if entry is not None:
                found.entries[number] = entry
    if found.is_whole:
        for best in found.best(TRIED_AGAIN):
            answer = questions.load(dataset, asked(found.settings[best.number]))
            if answer is not None:
                found.stability[best.number] = answer
    return found


def asked(setting: MapRequest) -> Question:
    """Return the question whether the clusters of a setting come back."""
    return Question(part="stability", map=setting)


def lacks_agreement_only(dataset: Dataset, results: Results) -> bool:
    """Tell whether every setting is finished but for the agreement with the category."""
    missing = (s for n, s in enumerate(results.settings) if n not in results.entries)
    return results.request.category is not None and all(
        sweep.stored_at(dataset, setting, None) is not None for setting in missing
    )


def _entry(
    dataset: Dataset, setting: MapRequest, category: Values | None, dots: NDArray[np.int64]
) -> Entry | None:
    figures = sweep.stored_at(dataset, setting, category)
    finished = None if figures is None else pipeline.load(dataset, setting)
    if figures is None or finished is None:
        return None
    return Entry(figures, placed(finished.coordinates)[dots], finished.clustering.labels[dots])


def placed(coordinates: Coordinates) -> NDArray[np.int16]:
    """Return the places of pictures on a small map: as they lie, as large as they can be."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2, 1e-9)
    places: NDArray[np.int16] = np.rint(((coordinates - middle) / half + 1) / 2 * GRID).astype(np.int16)
    return places


def colours_of(indexes: NDArray[Any]) -> NDArray[Any]:
    """Return the colour index of each dot of a small map."""
    found: NDArray[Any] = indexes[_dots(len(indexes))]
    return found


def _dots(n_images: int) -> NDArray[np.int64]:
    """Return the pictures that are drawn: the same ones on every map."""
    if n_images <= MOST_DOTS:
        return np.arange(n_images)
    return np.sort(np.random.default_rng(0).choice(n_images, MOST_DOTS, replace=False))


@st.cache_resource(show_spinner=False, max_entries=8)
def _kept(version: str, _request: SweepRequest) -> Results:
    return Results(_request, _request.settings())


@st.cache_resource(show_spinner=False, max_entries=4)
def _category(fingerprint: str, column: str | None, _dataset: Dataset) -> Values | None:
    return None if column is None else values.of_column(_dataset.metadata, column)
