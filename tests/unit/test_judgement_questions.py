"""Questions about the demo's map: computed once, in a worker too, and answered from the cache."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from barrx import cache, datasets, i18n, pipeline, workers
from barrx.errors import Cancelled, ParameterError
from barrx.judgement import answers, questions
from barrx.judgement.questions import Answer, Question
from barrx.judgement.relations import Relation
from barrx.pipeline import MapRequest
from barrx.ui.categories import explanations_view

MAP = MapRequest(slug="demo", encoder="efficientnet-lite0")
ARROWS = (
    Relation(source="fruit", target="flowers", year=1900),
    Relation(source="birds", target="fish"),
    Relation(source="birds", target="nowhere"),
)


def asked(part: Any, **more: Any) -> Answer:
    demo, question = datasets.load("demo"), Question(part=part, map=MAP, **more)
    assert questions.load(demo, question) is None
    place, was_stored = questions.load_or_compute(demo, question)
    assert not was_stored
    assert questions.load_or_compute(demo, question) == (place, True)
    found = questions.load(demo, question)
    assert found is not None
    json.dumps(found.facts, allow_nan=False)
    return found


def test_faithfulness_has_figures_of_the_map_and_of_each_picture(home: Path) -> None:
    found = asked("faithfulness")
    assert found.facts["k"] == 15
    assert found.facts["trustworthiness"] == pytest.approx(0.895, abs=0.002)
    assert found.facts["kept"] > 10 * found.facts["kept_by_chance"]
    assert found.arrays["trustworthiness"].shape == found.arrays["misplaced"].shape == (810,)
    assert found.facts["misplaced"] == found.arrays["misplaced"].sum() > 0


def test_validity_and_agreement_of_the_demo(home: Path) -> None:
    assert asked("validity").facts["kind"] == "dbcv"
    found = asked("agreement", column="category")
    compared = found.facts["agreement"]["with_noise"]
    assert compared["figures"]["ami"] > 0.25 > 0.05 > abs(compared["chance"]["ami"])
    assert found.arrays["table"].sum() == 810
    assert found.arrays["table"].shape == (len(found.facts["categories"]), len(found.facts["groups"]))
    purity = found.facts["purity"]
    assert purity["embedding"] > purity["chance"] * 5


def test_categories_of_the_demo(home: Path) -> None:
    found = asked("categories", column="category").facts
    assert len(found["categories"]) == 31
    assert all(len(one["typical"]) == min(9, one["size"]) for one in found["categories"])
    numbers = pipeline.load_or_compute(datasets.load("demo"), MAP).clustering.numbers
    assert [one["number"] for one in found["clusters"]] == list(numbers)
    metadata = datasets.load("demo").metadata["category"]
    for one in found["misplaced"]:
        assert one["catalogued"] == [metadata[one["picture"]]]
        assert {metadata[i] for i in one["resembles"]} == {one["looks_like"]}
    assert found["misplaced_pictures"] == [one["picture"] for one in found["misplaced"]]


def test_all_misplaced_pictures_are_named_and_the_first_of_each_category_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked("categories", column="category").facts
    monkeypatch.setattr(answers, "_MOST_MISPLACED", 3)
    monkeypatch.setattr(answers, "_MOST_OF_A_CATEGORY", 1)
    monkeypatch.setattr(questions, "_RECIPE", "cut")
    cut = asked("categories", column="category").facts
    assert cut["misplaced_pictures"] == whole["misplaced_pictures"]
    assert cut["categories"] == whole["categories"]
    for name, pictures in ((one["category"], one["misplaced"]) for one in cut["categories"]):
        own = [one["picture"] for one in whole["misplaced"] if name in one["catalogued"]]
        told = [one["picture"] for one in cut["misplaced"] if name in one["catalogued"]]
        assert pictures == own
        assert told[:1] == own[:1], "a category looked at alone has its clearest"
    assert cut["misplaced"][:3] == whole["misplaced"][:3]
    assert len(cut["misplaced"]) < len(whole["misplaced"])


def test_neighbours_asked_for_count_in_faithfulness_and_purity(home: Path) -> None:
    few, usual = (asked("faithfulness", k=k).facts for k in (5, 0))
    assert (few["k"], usual["k"]) == (5, 15)
    assert few["kept_by_chance"] < usual["kept_by_chance"]
    few, usual = (asked("agreement", column="category", k=k).facts for k in (5, 0))
    assert (few["k"], usual["k"]) == (5, 15)
    assert few["purity"]["embedding"] > usual["purity"]["embedding"]


def test_explanations_of_the_demo_rank_columns_and_files(home: Path) -> None:
    found = asked("explanations", column="category").facts
    names = [one["name"] for one in found["explanations"]]
    assert {"category", "creator", "tags", "greyscale or colour"} <= set(names)
    left_out = {one["name"]: one["reason"] for one in found["left_out"]}
    assert left_out["rights"] == "it is the same for every image"
    assert left_out["border"] == "it is the same for every image"  # clip art on white
    with i18n.speaking("es"):
        again = questions.load(
            datasets.load("demo"), Question(part="explanations", map=MAP, column="category")
        )
        assert again is not None
        assert "borde" in {one["name"] for one in again.facts["left_out"]}
    assert found["sentence"]


def test_explanations_of_the_demo_do_without_a_category(home: Path) -> None:
    found = asked("explanations").facts
    assert not any(one["is_chosen"] for one in found["explanations"])
    assert {"creator", "greyscale or colour"} <= {one["name"] for one in found["explanations"]}
    rows = explanations_view.table(found)
    assert "the chosen category" not in str(explanations_view.drawn(rows, sentence="said").to_dict())


def test_influences_take_the_curators_arrows(home: Path) -> None:
    found = asked("influences", column="category", arrows=ARROWS).facts
    assert {(one["source"], one["target"]) for one in found["arrows"]} == {
        ("fruit", "flowers"),
        ("birds", "fish"),
    }
    assert [one["target"] for one in found["missing"]] == ["nowhere"]
    begins = {one["source"]: one["source_begins"] for one in found["arrows"]}
    assert begins["fruit"] > 1900, "when it is dated: before the first image of fruit"
    assert begins["birds"] is None
    assert 0 < found["nearness"]["p"] <= 1
    assert found["mutual"]
    assert (found["shared"], found["without_distance"]) == (0, 0), "its images are of one category each"


def test_what_is_evicted_is_computed_again(home: Path) -> None:
    demo, question = datasets.load("demo"), Question(part="faithfulness", map=MAP)
    place, _there = questions.load_or_compute(demo, question)
    cache.put_many("projections", {place + ":arrays": {"a": np.zeros(1)}})
    with cache._guarded("projections") as opened:
        opened.delete(place + ":arrays")
    assert questions.load(demo, question) is None
    assert questions.load_or_compute(demo, question) == (place, False)


def test_a_worker_answers_and_reports(home: Path) -> None:
    question = Question(part="explanations", map=MAP, column="category")
    pool = workers.Pool()
    try:
        ended = pool.submit("judge", question.to_json(), key="q", lane="long").wait(120)
    finally:
        pool.close()
    assert ended.state == "done"
    assert ended.result is not None
    assert not ended.result["was_stored"]
    assert ended.done == ended.total > 10
    assert questions.load(datasets.load("demo"), question) is not None


def test_every_part_has_its_answer_and_a_question_survives_the_pipe() -> None:
    assert {*answers._AT_ONCE, *answers._IN_STEPS} == set(questions.PARTS)
    question = Question(part="influences", map=MAP, column="category", arrows=ARROWS, k=7)
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question


def test_a_stopped_question_keeps_nothing_half(home: Path) -> None:
    demo, question = datasets.load("demo"), Question(part="explanations", map=MAP, column="category")
    with pytest.raises(Cancelled, match="Stopped"):
        questions.load_or_compute(demo, question, cancelled=lambda: True)
    assert questions.load(demo, question) is None


@pytest.mark.parametrize(
    ("part", "message"), [("weather", "not for “weather”"), ("agreement", "Choose a column")]
)
def test_impossible_questions_are_refused(part: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Question(part=part, map=MAP)


def test_unknown_column_is_refused(home: Path) -> None:
    with pytest.raises(ParameterError, match="There is no column “style”"):
        questions.load_or_compute(datasets.load("demo"), Question(part="agreement", map=MAP, column="style"))


def test_asking_imports_nothing_heavy(home: Path) -> None:
    code = (
        "import sys, pkgutil, importlib, barrx.judgement as j\n"
        "for m in pkgutil.iter_modules(j.__path__): importlib.import_module('barrx.judgement.' + m.name)\n"
        "from barrx import datasets\n"
        "from barrx.judgement import questions as q, sweep as s\n"
        "m = q.MapRequest(slug='demo', encoder='efficientnet-lite0')\n"
        "assert q.load(datasets.load('demo'), q.Question(part='agreement', map=m, column='category')) is None\n"
        "assert s.stored(datasets.load('demo'), s.SweepRequest(base=m, grid={'seed': (1, 42)})) == [None, None]\n"
        "print([n for n in ('sklearn', 'hdbscan', 'umap', 'scipy', 'numba', 'tensorflow') if n in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.stderr) == ("[]", "")
