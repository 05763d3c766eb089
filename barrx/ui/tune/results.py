"""The finished settings of a sweep, with what their small maps are drawn from; each is read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from barrx import cache, embedding, encoders, pipeline
from barrx.datasets import Dataset
from barrx.judgement import comeback, sweep, values
from barrx.judgement.questions import Answer
from barrx.judgement.recommendation import Recommendation
from barrx.judgement.sweep import Figures, SweepRequest
from barrx.judgement.values import Values
from barrx.pipeline import MapRequest
from barrx.projection import Coordinates

MOST_DOTS: Final = 2000  # on a map as small as a stamp more would hide each other
GRID: Final = 1023  # places of a small map, each way


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
    stability : place in the sweep -> how its clusters come back, where that is known
    is_searched : it has been looked for of every setting
    """

    request: SweepRequest
    settings: list[MapRequest]
    entries: dict[int, Entry] = field(default_factory=dict)
    stability: dict[int, Answer] = field(default_factory=dict)
    is_searched: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every setting is finished."""
        return len(self.entries) == len(self.settings)

    @property
    def varied(self) -> list[str]:
        """The parameters that are not the same in all settings."""
        return [name for name, values in self.request.grid.items() if len(values) > 1]

    def named(self, number: int) -> str:
        """Return what tells a setting from the others."""
        setting = self.settings[number]
        chosen = sweep.parameters(setting)
        named = ", ".join(f"{name} {sweep.written(chosen[name])}" for name in self.varied)
        return named or sweep.summary(setting)

    def numbers(self) -> list[int]:
        """Return the places of the finished settings, ascending."""
        return sorted(self.entries)

    def best(self, most: int) -> list[Recommendation]:
        """Return the settings that are recommended by what was measured of all, best first."""
        return self._recommended({}, most)

    def ranked(self) -> list[Recommendation]:
        """Return all settings that can be recommended, best first; how the clusters of the best come back counts."""
        return self._recommended(self.stability, len(self.entries))

    def table(self, dataset: Dataset) -> pd.DataFrame:
        """Return the finished settings as ``python -m barrx sweep`` writes them."""
        numbers, rows = self._finished()
        known = comeback.load(dataset, {place: self.settings[n] for place, n in enumerate(numbers)})
        return sweep.table(comeback.added(rows, known), self.request.category)

    def _recommended(self, known: Mapping[int, Answer], most: int) -> list[Recommendation]:
        numbers, rows = self._finished()
        found = comeback.ranked(rows, _moved(known, numbers), most)
        return [
            replace(r, number=numbers[r.number], same=tuple(numbers[other] for other in r.same))
            for r in found
        ]

    def _finished(self) -> tuple[list[int], list[Figures]]:
        numbers = self.numbers()
        return numbers, [self.entries[n].figures for n in numbers]


def _moved(known: Mapping[int, Answer], numbers: list[int]) -> dict[int, Answer]:
    """Return what is known by place among some settings, not by place in the sweep."""
    return {place: known[number] for place, number in enumerate(numbers) if number in known}


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
        _look_for_stability(dataset, found)
    return found


def _look_for_stability(dataset: Dataset, found: Results) -> None:
    """Read how clusters come back: of all settings once, then of those that the page asks for."""
    wanted = (
        [one.number for one in found.best(comeback.TRIED_AGAIN)] if found.is_searched else found.numbers()
    )
    found.is_searched = True
    missing = {number: found.settings[number] for number in wanted if number not in found.stability}
    found.stability |= comeback.load(dataset, missing)


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
