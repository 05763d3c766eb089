"""The sliders, whatever the session has kept for them."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from barrx.ui import keys
from tests.files import add, source_folder


def sliders_of_mine() -> None:
    from barrx import datasets, encoders
    from barrx.ui import controls

    controls.choose_map(datasets.load("mine"), encoders.get("efficientnet-lite0"))


def test_sliders_end_where_a_smaller_collection_ends(home: Path, tmp_path: Path) -> None:
    add(source_folder(tmp_path, [f"{number}.png" for number in range(40)]))
    test = AppTest.from_function(sliders_of_mine)
    for key, value in ((keys.N_NEIGHBORS, 100), (keys.MIN_SAMPLES, 50), (keys.MAX_CLUSTER_SIZE, 800)):
        test.session_state[key] = value
    test.run()
    assert not test.exception
    assert test.slider(key=keys.N_NEIGHBORS).value == 39
    assert test.slider(key=keys.MIN_SAMPLES).value == 40
    assert test.number_input(key=keys.MAX_CLUSTER_SIZE).value == 40
