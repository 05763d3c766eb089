"""The categories page, and what it lends to Explore, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from barrx import datasets
from barrx.ui import keys
from tests.app.steps import page, texts, until


def test_neighbours_that_count_are_chosen_and_stand_in_the_address(home: Path) -> None:
    test = page("categories", look_at="belief", nearest="5")
    assert not test.exception
    until(test, lambda: "of the 5 real neighbours" in texts(test))
    test.selectbox(key=keys.NEAREST).set_value("15").run()
    assert keys.NEAREST not in test.query_params
    until(test, lambda: "of the 15 real neighbours" in texts(test))
    test.selectbox(key=keys.NEAREST).set_value("30").run()
    assert test.query_params[keys.NEAREST] in ("30", ["30"])


def _coloured(test: AppTest, legend: str) -> None:
    """Wait until the map is coloured by what was asked for."""
    assert not test.exception
    until(test, lambda: any(legend in str(e.proto) for e in test.get("bidi_component")))
    test.run()


def test_explore_is_coloured_by_faithfulness_and_the_card_says_it(home: Path) -> None:
    test = page("explore", color="faithfulness", picture=datasets.load("demo").filenames[5])
    _coloured(test, "among strangers")
    assert not test.exception
    assert "real neighbours beside it on the map" in texts(test)


def test_colours_and_card_look_at_the_neighbours_that_were_chosen(home: Path) -> None:
    test = page("explore", color="faithfulness", nearest="5", picture=datasets.load("demo").filenames[5])
    _coloured(test, "kept on the map, of 5")
    assert "of 5 (by chance" in texts(test)
    assert any('["nearest", "5"]' in str(e.proto).replace("\\", "") for e in test.get("bidi_component"))
    assert "1000 neighbours cannot be looked at here" in texts(page("explore", nearest="1000"))


def test_agreement_warns_of_what_explains_the_clusters_better(home: Path) -> None:
    test = page("categories", compare="creator")
    until(test, lambda: len(test.warning) > 0)
    assert "the clusters follow “category” more than “creator”" in test.warning[0].value
    assert "“Other explanations” ranks all that is known" in test.warning[0].value
    test.selectbox(key=keys.COMPARE).set_value("category").run()
    until(test, lambda: "The clusters follow “category” clearly" in texts(test))
    assert not test.warning
