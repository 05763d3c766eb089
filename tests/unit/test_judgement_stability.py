"""Whether clusters come back, and whether another space has them too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from barrx import cache, datasets, pipeline, tasks
from barrx.clustering import Clustering, ClusteringParams
from barrx.embedding import Embedding
from barrx.errors import Cancelled
from barrx.judgement import questions, spaces, stability
from barrx.judgement.questions import Question
from barrx.judgement.stability import Run, StabilityRequest
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams

LABELS = np.repeat([4, 9, -1], [6, 4, 2]).astype(np.int32)
EVERY = np.arange(12)


def test_the_same_clusters_under_other_numbers_come_back_whole() -> None:
    found = stability.recurrence(LABELS, [Run(EVERY, np.repeat([0, 7, -1], [6, 4, 2]).astype(np.int32))] * 3)
    assert found.numbers.tolist() == [4, 9]
    assert found.mean.tolist() == found.comes_back.tolist() == [1.0, 1.0]
    assert found.verdicts() == ["stable", "stable"]
    assert found.companions[:10].tolist() == [1.0] * 10
    assert np.isnan(found.companions[10:]).all()


def test_overlap_is_the_jaccard_of_the_most_similar_cluster() -> None:
    # cluster 4 loses two pictures to cluster 9's successor: 4/6, and 4/6 of the four and the two
    run = Run(EVERY, np.repeat([0, 1, -1], [4, 6, 2]).astype(np.int32))
    found = stability.recurrence(LABELS, [run])
    assert found.jaccard.tolist() == pytest.approx(np.array([[4 / 6, 4 / 6]]))
    assert found.verdicts() == ["doubtful", "doubtful"]
    # of picture 0's five companions three stay and none comes; picture 4 keeps one, loses four, gains four
    assert found.companions[0] == pytest.approx(3 / 5)
    assert found.companions[4] == pytest.approx(1 / 9)


def test_clusters_that_dissolve_or_are_swallowed_are_artefacts() -> None:
    noise = Run(EVERY, np.full(12, -1, np.int32))
    one = Run(EVERY, np.zeros(12, np.int32))
    assert stability.recurrence(LABELS, [noise]).mean.tolist() == [0.0, 0.0]
    assert stability.recurrence(LABELS, [noise]).companions[:10].tolist() == [0.0] * 10
    assert stability.recurrence(LABELS, [one, noise]).verdicts() == ["artefact", "artefact"]
    assert stability.recurrence(LABELS, [one, noise]).artefacts().tolist() == [4, 9]
    assert stability.recurrence(LABELS, [Run(EVERY, LABELS)]).artefacts().tolist() == []
    assert stability.recurrence(LABELS, [one]).mean.tolist() == pytest.approx([6 / 12, 4 / 12])


@pytest.mark.parametrize(
    ("stays", "verdict", "comes_back"),
    [(75, "stable", 1.0), (74, "doubtful", 0.0), (50, "doubtful", 0.0), (49, "artefact", 0.0)],
)
def test_a_cluster_comes_back_with_three_quarters_and_is_gone_below_a_half(
    stays: int, verdict: str, comes_back: float
) -> None:
    again = np.where(np.arange(100) < stays, 0, -1).astype(np.int32)
    found = stability.recurrence(np.zeros(100, np.int32), [Run(np.arange(100), again)])
    assert found.mean.tolist() == pytest.approx([stays / 100])
    assert found.verdicts() == [verdict]
    assert found.comes_back.tolist() == [comes_back]


def test_a_sample_is_compared_over_its_own_pictures_only() -> None:
    sample = np.array([0, 1, 2, 10])
    found = stability.recurrence(LABELS, [Run(sample, np.array([3, 3, 3, -1], np.int32))])
    assert found.jaccard[0].tolist() == pytest.approx([1.0, np.nan], nan_ok=True)
    assert found.verdicts() == ["stable", None]
    assert found.companions[:4].tolist() == pytest.approx([1, 1, 1, np.nan], nan_ok=True)


def test_a_cluster_of_which_one_picture_is_drawn_has_no_companions_to_keep() -> None:
    found = stability.recurrence(LABELS, [Run(np.array([0, 6, 7]), np.array([1, 2, 2], np.int32))])
    assert np.isnan(found.companions[0])
    assert found.companions[6] == 1.0


@pytest.mark.parametrize("labels", [np.full(5, -1, np.int32), LABELS])
def test_without_clusters_or_runs_nothing_is_said(labels: np.ndarray) -> None:
    runs = [] if labels is LABELS else [Run(np.arange(5), np.zeros(5, np.int32))]
    found = stability.recurrence(labels, runs)
    assert found.verdicts() == [None] * len(found.numbers)
    assert np.isnan(found.companions).all()


def test_a_sample_is_clustered_at_the_same_share() -> None:
    setting = MapRequest(
        slug="demo",
        encoder="efficientnet-lite0",
        projection=ProjectionParams(n_neighbors=30),
        clustering=ClusteringParams(min_cluster_size=10, min_samples=5, max_cluster_size=100),
    )
    found = stability.lowered(setting, 1000, 600)
    assert found.projection.n_neighbors == 18
    assert found.clustering == ClusteringParams(min_cluster_size=6, min_samples=3, max_cluster_size=60)
    assert stability.lowered(setting, 1000, 10).projection.n_neighbors == 2


def test_runs_are_reported_kept_and_the_same_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = datasets.load("demo")
    request = StabilityRequest(map=MapRequest(slug="demo", encoder="efficientnet-lite0"), seeds=1, samples=1)
    assert StabilityRequest.from_json(request.to_json()) == request
    steps: list[tuple[int, int]] = []
    with pytest.raises(Cancelled, match="Finished runs are kept"):
        stability.run(demo, request, lambda done, total, _d: steps.append((done, total)), lambda: bool(steps))
    assert steps == [(1, 2)]
    by_seed, by_sample = stability.run(demo, request)
    n = pipeline.load_or_compute(demo, request.map).clustering.n_clusters
    assert by_seed.jaccard.shape == by_sample.jaccard.shape == (1, n)
    assert 0.2 < np.nanmean(by_seed.jaccard) <= 1
    assert 0.1 < np.nanmean(by_sample.jaccard) <= 1

    monkeypatch.setattr(stability, "_clustered", lambda *a: pytest.fail("computed again"))
    again = stability.run(demo, request)
    np.testing.assert_array_equal(again[1].jaccard, by_sample.jaccard)
    steps.clear()
    question = Question(part="stability", map=request.map, seeds=1, samples=1)
    asked = {"questions": [question.to_json(), replace(question, k=3).to_json()]}
    tasks.run("stability", asked, lambda done, total, _d: steps.append((done, total)), lambda: False)
    assert steps == sorted(steps)
    assert steps[-1] == (4, 4)
    stored = questions.load(demo, question)
    assert stored is not None
    assert stored.arrays["artefact"].shape == (810,)
    assert stored.facts["seeds"]["mean"] == pytest.approx(by_seed.mean.tolist())


# --- spaces -----------------------------------------------------------------------------------------------


def test_clusters_that_both_spaces_have_agree_and_noise_is_left_out_on_both_sides() -> None:
    labels = np.repeat([0, 3, -1, 3], [20, 20, 10, 5])
    other = np.repeat([8, 2, -1, -1], [20, 20, 10, 5]).astype(np.int32)
    found = spaces.comparison(Clustering(other, np.ones(55, np.float32)), labels)
    assert found.n_in_both == ((other != -1) & (labels != -1)).sum()
    assert found.agreement.without_noise is not None
    assert found.agreement.without_noise.figures.ami == pytest.approx(1.0)
    assert found.agreement.with_noise is not None
    assert found.agreement.with_noise.figures.ami == pytest.approx(adjusted_mutual_info_score(other, labels))
    assert found.table.table.trace() == 50


def test_one_cluster_in_the_other_space_is_compared_with_noise_only() -> None:
    labels = np.repeat([0, 3, -1], 10)
    found = spaces.comparison(Clustering(np.repeat([1, 1, -1], 10).astype(np.int32), np.ones(30)), labels)
    assert (bool(found.agreement.reason), found.agreement.reason_with_noise) == (True, "")


def test_ten_dimensions_find_planted_groups_and_are_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    vectors = (np.eye(30)[labels * 9] * 5 + rng.normal(0, 0.4, (120, 30))).astype(np.float32)
    embedding = Embedding(vectors, cache.fingerprint(vectors), "test")
    params = ProjectionParams(n_neighbors=10)
    found = spaces.compare(embedding, params, ClusteringParams(), labels)
    assert found.elsewhere.n_clusters == 3
    assert found.agreement.with_noise is not None
    assert found.agreement.with_noise.figures.ami > 0.95
    monkeypatch.setattr(spaces, "_project", lambda *a: pytest.fail("computed again"))
    assert spaces.load_or_compute(embedding, replace(params, min_dist=0.9)).shape == (120, 10)
