"""How each question about a map is answered, from the measures of this package."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx import neighbors
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.embedding import Embedding
from barrx.i18n import _
from barrx.judgement import (
    agreement,
    categories,
    explanations,
    faithfulness,
    influences,
    pixels,
    portraits,
    purity,
    relations,
    spaces,
    stability,
    validity,
    values,
)
from barrx.judgement.questions import Answer, Progress, Question
from barrx.judgement.stability import Recurrence, StabilityRequest
from barrx.judgement.values import Values
from barrx.pipeline import Map

_MOST_MISPLACED = 200  # told with their neighbours; of the others only which they are
_MOST_OF_A_CATEGORY = 20  # told in any case: one looks at a category alone, too


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What is judged: a collection, its map, its embedding; and the question."""

    dataset: Dataset
    map: Map
    embedding: Embedding
    question: Question

    @property
    def labels(self) -> NDArray[np.int32]:
        """Cluster of each picture, -1 for noise: (n_images,) int32."""
        return self.map.clustering.labels

    @property
    def category(self) -> Values:
        """The values of the column that is asked about."""
        return values.of_column(self.dataset.metadata, str(self.question.column))

    @property
    def k(self) -> int:
        """Neighbours to look at; 1 at least."""
        return self.question.k or max(1, faithfulness.default_k(len(self.labels)))

    def nearest(self) -> NDArray[np.int32]:
        """Return the k nearest in the embedding, the picture itself left out: (n_images, k)."""
        k = min(self.k + 1, len(self.labels))
        metric = faithfulness.REFERENCE_METRIC
        found: NDArray[np.int32] = neighbors.load_or_compute(self.embedding, metric, k).indices[:, 1:]
        return found


def answer(subject: Subject, progress: Progress, cancelled: Callable[[], bool]) -> Answer:
    """Answer the question of a subject."""
    if subject.question.part in _AT_ONCE:
        found = _AT_ONCE[subject.question.part](subject)
    else:
        found = _IN_STEPS[subject.question.part](subject, progress, cancelled)
    return Answer({**found.facts, "has_arrays": bool(found.arrays)}, found.arrays)


def _faithfulness(subject: Subject) -> Answer:
    found = faithfulness.measure(subject.embedding.vectors, subject.map.coordinates, subject.k)
    arrays = {
        "trustworthiness": found.trustworthiness,
        "continuity": found.continuity,
        "kept": found.kept,
        "strange": found.strange,
    }
    means = {name: array.mean() for name, array in arrays.items()}
    extra = {"k": found.k, "kept_by_chance": found.kept_by_chance, "misplaced": found.misplaced.sum()}
    small: dict[str, NDArray[Any]] = {name: array.astype(np.float32) for name, array in arrays.items()}
    small["misplaced"] = found.misplaced
    return Answer(means | extra, small)


def _validity(subject: Subject) -> Answer:
    min_samples = subject.map.request.clustering.min_samples
    found = validity.measure(subject.map.coordinates, subject.labels, min_samples=min_samples)
    return Answer(asdict(found), {})


def _agreement(subject: Subject) -> Answer:
    column = subject.category
    table = agreement.contingency(column, subject.labels)
    in_embedding = purity.measure(column, subject.nearest())
    on_map = purity.measure(
        column, faithfulness.map_neighbors(subject.map.coordinates, min(subject.k, len(subject.labels) - 1))
    )
    facts = {
        "agreement": agreement.compare(column, subject.labels),
        "categories": table.categories,
        "groups": table.groups,
        "has_several": column.within(subject.labels != NOISE).has_several,
        "has_several_with_noise": column.has_several,
        "k": subject.k,
        "purity": {"embedding": in_embedding.mean, "map": on_map.mean, "chance": on_map.chance},
    }
    arrays: dict[str, NDArray[Any]] = {
        "table": table.table,
        "purity_embedding": in_embedding.of_picture.astype(np.float32),
        "purity_map": on_map.of_picture.astype(np.float32),
    }
    return Answer(facts, arrays)


def _categories(subject: Subject) -> Answer:
    column, metadata = subject.category, subject.dataset.metadata
    held = categories.cohesion(column, subject.labels)
    texts = portraits.words_of(metadata, [column.title, "filename", "folder"])
    misplaced = categories.misplaced(column, subject.nearest())
    elsewhere, vectors = {one.picture for one in misplaced}, subject.embedding.vectors
    facts = {
        "categories": [
            {
                **asdict(one),
                "typical": categories.typical(column, vectors, code, but=elsewhere),
                "misplaced": [each.picture for each in misplaced if one.category in each.catalogued],
            }
            for code, one in enumerate(held)
        ],
        "misplaced": _told(misplaced),
        "misplaced_pictures": [one.picture for one in misplaced],
        "clusters": portraits.portraits(column, subject.labels, subject.map.clustering.strength, texts),
    }
    return Answer(facts, {})


def _told(misplaced: Sequence[categories.Misplaced]) -> list[categories.Misplaced]:
    """Return the first of all, and the first of each category, in their order."""
    told, before = [], Counter[str]()
    for place, one in enumerate(misplaced):
        if place < _MOST_MISPLACED or min(before[name] for name in one.catalogued) < _MOST_OF_A_CATEGORY:
            told.append(one)
        before.update(one.catalogued)
    return told


def _spaces(subject: Subject) -> Answer:
    request = subject.map.request
    found = spaces.compare(subject.embedding, request.projection, request.clustering, subject.labels)
    facts = {
        "is_projected": len(subject.labels) >= spaces.LEAST_IMAGES,
        "clusters": found.elsewhere.n_clusters,
        "noise_share": found.elsewhere.noise_share,
        "agreement": found.agreement,
        "in_both": found.n_in_both,
        "rows": found.table.categories,
        "groups": found.table.groups,
    }
    arrays = {"labels": found.elsewhere.labels, "strength": found.elsewhere.strength}
    return Answer(facts, {**arrays, "table": found.table.table})


def _influences(subject: Subject) -> Answer:
    column = subject.category
    found = influences.centroids(column, subject.embedding.vectors)
    axis = relations.time_axis(column.names, _years(subject, column))
    chart = influences.chart(found, subject.question.arrows, axis.years)
    facts = {
        "nearness": chart.nearness,
        "arrows": [_plain_arrow(arrow, axis) for arrow in chart.arrows],
        "mutual": chart.mutual,
        "reach": chart.reach,
        "without_arrow": chart.without_arrow,
        "missing": chart.missing,
        "too_small": found.too_small,
        "shared": found.shared,
        "without_distance": found.without_distance,
        "years": axis.years,
        "axis": {"by_chart": axis.by_chart, "against_chart": axis.against_chart, "unclear": axis.unclear},
        "names": found.names,
    }
    return Answer(facts, {"distances": found.distances})


def _plain_arrow(arrow: influences.Arrow, axis: relations.TimeAxis) -> dict[str, Any]:
    return {
        **asdict(arrow.relation),
        "distance": arrow.distance,
        "nearer_than": arrow.nearer_than,
        "is_supported": arrow.is_supported,
        "is_backward": arrow.is_backward,
        "source_begins": axis.begins_after(arrow.relation),
    }


def _years(subject: Subject, column: Values) -> dict[str, list[int]]:
    metadata = subject.dataset.metadata
    if "year" not in metadata.columns:
        return {}
    years = metadata["year"].to_numpy(np.float64, na_value=np.nan)
    found: dict[str, list[int]] = {}
    for code, name in enumerate(column.names):
        own = years[column.members(code)]
        found[name] = [int(year) for year in own[np.isfinite(own)]]
    return found


def _explanations(subject: Subject, progress: Progress, cancelled: Callable[[], bool]) -> Answer:
    dataset = subject.dataset
    measured = pixels.of_dataset(
        dataset, lambda done, total: progress(done, total, _("measuring the images")), cancelled
    )
    candidates = explanations.columns(dataset.metadata) + explanations.of_files(dataset, measured)
    found = explanations.rank(
        candidates,
        subject.category if subject.question.column is not None else None,
        subject.labels,
        progress=lambda done, total: progress(done, total, _("comparing")),
        cancelled=cancelled,
    )
    ranked = [
        {
            "name": e.name,
            "kind": "file" if e.is_of_files else "column",
            "score": e.score,
            "is_significant": e.is_significant,
        }
        | {"compared": e.compared, "n_values": e.n_values, "n_known": e.n_known}
        | {"n_missing": e.n_missing, "same_as_category": e.same_as_category, "is_chosen": e.is_chosen}
        | {"is_of_nearly_all": e.n_known >= values.NEARLY_ALL * e.n_images}
        for e in found.explanations
    ]
    facts = {
        "explanations": ranked,
        "left_out": found.left_out,
        "rivals": [e.name for e in found.rivals],
        "sentence": found.sentence,
        "note": found.note,
    }
    return Answer(facts, {})


def _stability(subject: Subject, progress: Progress, cancelled: Callable[[], bool]) -> Answer:
    asked = subject.question
    request = StabilityRequest(map=asked.map, seeds=asked.seeds, samples=asked.samples)
    by_seed, by_sample = stability.run(subject.dataset, request, progress, cancelled)
    return Answer(
        {"seeds": _recurrence(by_seed), "samples": _recurrence(by_sample)},
        {
            "companions_seeds": by_seed.companions.astype(np.float32),
            "companions_samples": by_sample.companions.astype(np.float32),
            "artefact": np.isin(subject.labels, by_seed.artefacts()),
        },
    )


def _recurrence(found: Recurrence) -> dict[str, Any]:
    return {
        "numbers": found.numbers,
        "mean": found.mean,
        "comes_back": found.comes_back,
        "verdicts": found.verdicts(),
        "runs": len(found.jaccard),
    }


_AT_ONCE: dict[str, Callable[[Subject], Answer]] = {
    "faithfulness": _faithfulness,
    "validity": _validity,
    "agreement": _agreement,
    "categories": _categories,
    "spaces": _spaces,
    "influences": _influences,
}
_IN_STEPS: dict[str, Callable[[Subject, Progress, Callable[[], bool]], Answer]] = {
    "explanations": _explanations,
    "stability": _stability,
}
