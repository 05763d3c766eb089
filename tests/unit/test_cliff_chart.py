"""The chart under the slider: what it draws, and what it says in words."""

import json
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.testing.v1 import AppTest

from barrx.cliff import Point
from barrx.clustering import ClusteringParams, SelectionMethod
from barrx.ui import cliff_chart


def point(method: SelectionMethod, size: int, clusters: int, agreement: float | None = None) -> Point:
    return Point(
        method=method, min_cluster_size=size, clusters=clusters, noise_share=0.25, agreement=agreement
    )


POINTS = [
    *(point("eom", size, clusters) for size, clusters in ((8, 27), (12, 19), (13, 2))),
    *(point("leaf", size, clusters) for size, clusters in ((8, 42), (12, 27), (13, 25))),
]


def drawn(points: list[Point], size: int) -> str:
    present = ClusteringParams(min_cluster_size=size)
    spec = cliff_chart.spec(points, present, opacity=1, sentence="in words")
    return json.dumps(spec, default=lambda table: table.to_pylist())


def test_sentence_says_the_present_value_and_the_cliff() -> None:
    assert cliff_chart.sentence(POINTS, ClusteringParams(min_cluster_size=12)) == (
        "At 12: 19 clusters, 25% noise. Steepest from 12 to 13: 19 clusters become 2."
    )
    leaf = ClusteringParams(min_cluster_size=8, cluster_selection_method="leaf")
    assert "At 8: 42 clusters" in cliff_chart.sentence(POINTS, leaf)


def test_sentence_of_a_chart_that_is_still_being_drawn_claims_no_cliff() -> None:
    said = cliff_chart.sentence(POINTS[:2], ClusteringParams(min_cluster_size=8), is_whole=False)
    assert said == "At 8: 27 clusters, 25% noise."
    assert cliff_chart.sentence([], ClusteringParams(), is_whole=False) == ""


def test_chart_of_another_collection_or_encoder_is_not_shown_meanwhile() -> None:
    def script() -> None:
        import dataclasses

        import streamlit as st

        from barrx import datasets
        from barrx.ui import state

        demo = datasets.load("demo")
        state.remember_cliff(demo, "a", ("point",))  # type: ignore[arg-type]
        other = dataclasses.replace(demo, fingerprint="another")
        st.write([len(state.last_cliff(*of)) for of in ((demo, "a"), (demo, "b"), (other, "a"))])

    test = AppTest.from_function(script).run()
    assert not test.exception
    assert json.loads(test.json[0].value) == [1, 0, 0]


def test_agreement_is_said_and_drawn_where_there_is_one() -> None:
    with_categories = [point("eom", 8, 27, 0.431), point("leaf", 8, 42, 0.38)]
    assert "Agreement 0.43, noise counted." in cliff_chart.sentence(
        with_categories, ClusteringParams(min_cluster_size=8)
    )
    assert '"field": "agreement", "scale"' in drawn(with_categories, 8)
    assert '"field": "agreement", "scale"' not in drawn(POINTS, 8)


def test_a_point_without_agreement_is_a_dash_not_0() -> None:
    spec = json.loads(drawn([point("eom", 8, 27, 0.431), point("eom", 100, 0)], 8))
    assert [row["agreement"] for row in spec["datasets"]["points"]] == [0.431, None]
    assert "isValid(datum.agreement) ? format(datum.agreement, '.2f') : '–'" in str(spec["layer"])


def test_present_value_is_marked_and_the_chart_described() -> None:
    chart = json.loads(drawn(POINTS, 12))
    assert chart["description"] == "in words"
    assert [{"min_cluster_size": 12}] in chart["datasets"].values()
    methods = {row["method"] for rows in chart["datasets"].values() for row in rows if "method" in row}
    assert methods == {"eom", "leaf"}


def test_counts_are_whole_numbers_even_where_there_is_no_cluster() -> None:
    chart = json.loads(drawn([point("eom", size, 0) for size in (8, 12)], 8))
    (y,) = {
        json.dumps(layer["encoding"]["y"], sort_keys=True)
        for outer in chart["layer"]
        for layer in outer.get("layer", [])
    }
    assert json.loads(y)["scale"]["domain"] == [0, 1]
    assert json.loads(y)["axis"]["format"] == "d"


def test_chart_says_why_it_holds_no_agreement_with_a_column(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script() -> None:
        from barrx import datasets
        from barrx.pipeline import MapRequest
        from barrx.ui import cliff_chart

        demo = datasets.load("demo")
        for column in ("title", "category", "cluster"):
            request = MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
            cliff_chart.show(demo, request, column)

    monkeypatch.setattr(cliff_chart.state, "pool", MagicMock())
    monkeypatch.setattr(
        cliff_chart.cliff, "load", lambda question: [point("eom", n, 5) for n in question.sizes]
    )
    monkeypatch.setattr(cliff_chart, "_draw", lambda *points, **how: None)
    test = AppTest.from_function(script).run()
    assert not test.exception
    assert [caption.value for caption in test.caption] == [
        "No agreement with “title”: only columns of 2 to 200 different values are compared."
    ]
