"""The categories page, and what it lends to Explore, without a browser."""

from pathlib import Path

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
