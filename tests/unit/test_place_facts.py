"""What a picture's card says of its place on the map."""

import numpy as np

from barrx.judgement.questions import Answer
from barrx.ui import place_facts


def test_card_says_how_many_neighbours_are_kept_and_warns_of_strangers() -> None:
    arrays = {"kept": np.array([0.4, 0.2], np.float32), "misplaced": np.array([False, True])}
    answer = Answer({"k": 15, "kept_by_chance": 0.02}, arrays)
    kept = "real neighbours beside it on the map"
    assert place_facts.texts(answer, 0) == {kept: "6 of 15 (by chance 0.3)"}
    assert place_facts.texts(answer, 1)[kept] == "3 of 15 (by chance 0.3)"
    assert "not to be believed" in place_facts.texts(answer, 1)["its place on the map"]


def test_card_says_how_many_companions_a_picture_keeps() -> None:
    answer = Answer(
        {},
        {
            "companions_seeds": np.array([0.4, np.nan, 1.0], np.float32),
            "companions_samples": np.array([0.25, np.nan, np.nan], np.float32),
        },
    )
    assert place_facts.companions(answer, 0) == {
        "companions it keeps": "40% with other seeds, 25% on samples of the images"
    }
    assert place_facts.companions(answer, 1) == {}
    assert place_facts.companions(answer, 2) == {"companions it keeps": "100% with other seeds"}
