"""The categories page, and what it lends to Explore, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from barrx import datasets, views
from barrx.ui import keys
from tests.app.steps import page, texts, until


def test_explore_is_coloured_by_faithfulness_and_the_card_says_it(home: Path) -> None:
    test = page("explore", color="faithfulness")
    assert not test.exception

    def is_measured() -> bool:
        return any("among strangers" in str(e.proto) for e in test.get("bidi_component"))

    until(test, is_measured)
    test.session_state[keys.MAP] = {"clicked": 5}
    test.run()
    assert not test.exception
    assert "real neighbours beside it on the map" in texts(test)


def test_categories_page_shows_each_of_its_views(home: Path) -> None:
    demo = datasets.load("demo")
    for view, said in (
        ("agreement", "adjusted mutual information"),
        ("categories", "looks like another category"),
        ("clusters", "set apart by the words"),
        ("explanations", "Adjusted mutual information of the clusters with each"),
        ("belief", "in ten dimensions"),
        ("influences", "Give a chart to hold against the images"),
    ):
        test = page("categories", look_at=view)
        until(test, lambda test=test, said=said: said in everything(test))
        assert not test.exception
        assert "stale" not in everything(test), view
        assert test.selectbox(key=keys.COMPARE).options[0] == "category"
    assert views.verdicts.of_pictures(demo) == {}


def everything(test: AppTest) -> str:
    """Return all text on the page, and what its components are given."""
    return texts(test) + "".join(str(e.proto) for e in test.get("bidi_component"))
