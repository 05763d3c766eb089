"""Every page without a browser: it loads, one thing is done, bad data shows an error."""

from pathlib import Path

import numpy as np
import pytest

from barrx import datasets
from barrx.demo import shipped
from barrx.ui import keys
from barrx.views import verdicts
from tests.app.steps import ROOT, page, texts


def test_first_page_is_explore_on_the_demo(home: Path) -> None:
    test = page("main")
    assert not test.exception
    assert test.selectbox(key=keys.DATASET).value == "demo"
    assert test.slider(key=keys.N_NEIGHBORS).value == 15
    assert "810" in texts(test)


def test_explore_shows_the_card_of_a_picture_and_closes_it(home: Path) -> None:
    filename = datasets.load("demo").filenames[5]
    test = page("explore", picture=filename)
    assert not test.exception
    assert "membership strength" in texts(test)
    assert filename in texts(test)
    test.button(key=keys.CLEAR_PICTURE).click().run()
    assert "membership strength" not in texts(test)


def test_clusters_are_a_table_and_one_opens_by_its_address(home: Path) -> None:
    test = page("clusters")
    assert not test.exception
    (table,) = [str(e.proto) for e in test.get("bidi_component") if "barrx_clusters" in str(e.proto)]
    assert "cluster 22" in table
    test = page("clusters", cluster="noise")
    assert not test.exception
    assert "Noise" in [heading.value for heading in test.subheader]
    assert " of the collection · " in texts(test)


@pytest.mark.parametrize("asked", ["99", "-1", "<b>", ""])
def test_clusters_show_all_when_the_address_names_none(home: Path, asked: str) -> None:
    test = page("clusters", cluster=asked)
    assert not test.exception
    assert any("barrx_clusters" in str(e.proto) for e in test.get("bidi_component"))


def test_note_on_a_cluster_that_is_too_long_stays_in_its_field_and_says_so(home: Path) -> None:
    demo, found = datasets.load("demo"), shipped.default_map()
    assert found is not None
    verdicts.on_cluster(demo, np.flatnonzero(found.labels == 3), "unsure", "short")
    test = page("clusters", cluster="3")
    (note,) = test.text_input
    assert note.proto.max_chars == 0, "a browser drops what is longer, without a word"
    note.set_value("x" * 5000).run()
    assert "A note may have 2000 characters, this one has 5000" in test.error[0].value
    assert test.text_input[0].value == "x" * 5000
    assert verdicts.of_clusters(demo, found.labels)[3].note == "short"
    test.text_input[0].set_value("y" * 2000).run()
    assert not test.error
    assert verdicts.of_clusters(demo, found.labels)[3].note == "y" * 2000
    test.text_input[0].set_value("x" * 5000).run()
    test.button_group[0].set_value(None).run()
    assert not test.error
    assert verdicts.of_clusters(demo, found.labels) == {}


def test_explore_says_that_filters_leave_nothing_of_a_selection(home: Path) -> None:
    where = datasets.load("demo").fingerprint[:6]
    test = page("explore", selected=f"{where}.0-9", q="no picture is called so")
    assert "10 images are selected, but none of them passes the search and the filters." in texts(test)
    test.button(key=keys.CLEAR_SELECTION).click().run()
    assert "are selected" not in texts(test)


def test_explore_fills_the_gallery_from_a_selection(home: Path) -> None:
    test = page("explore")
    test.session_state[keys.MAP] = {"selection": list(range(810))}
    test.run()
    assert not test.exception
    assert "810 images selected" in texts(test)


@pytest.mark.parametrize("column", ["category", "creator", "title", "year"])
def test_explore_colours_by_any_column(home: Path, column: str) -> None:
    test = page("explore")
    test.selectbox(key=keys.COLOR).select(column).run()
    assert not test.exception
    assert not test.error


def test_explore_takes_its_parameters_from_the_address(home: Path) -> None:
    sizes = {"min_cluster_size": "20", "cluster_selection_epsilon": "0.35", "max_cluster_size": "90"}
    test = page("explore", n_neighbors="30", min_dist="0.5", metric="euclidean", from_scratch="true", **sizes)
    assert test.slider(key=keys.N_NEIGHBORS).value == 30
    assert test.slider(key=keys.MIN_DIST).value == 0.5
    assert test.selectbox(key=keys.METRIC).value == "euclidean"
    assert test.toggle(key=keys.FROM_SCRATCH).value is True
    assert test.slider(key=keys.MIN_CLUSTER_SIZE).value == 20
    assert test.number_input(key=keys.SELECTION_EPSILON).value == 0.35
    assert test.number_input(key=keys.MAX_CLUSTER_SIZE).value == 90


@pytest.mark.parametrize(
    "query", [{"n_neighbors": "99999"}, {"dataset": "../../etc"}, {"metric": "<script>"}, {"min_dist": "nan"}]
)
def test_explore_ignores_an_address_that_makes_no_sense(home: Path, query: dict[str, str]) -> None:
    test = page("explore", **query)
    assert not test.exception
    assert test.selectbox(key=keys.DATASET).value == "demo"


def test_explore_says_how_to_get_missing_weights(home: Path) -> None:
    test = page("explore", encoder="inception-v3")
    assert not test.exception
    assert "python" in test.warning[0].value
    assert "84 MB" in texts(test)
    assert "Fetch 84 MB now" in [button.label for button in test.button]


def test_explore_offers_to_embed_a_new_collection(small: str) -> None:
    test = page("explore", dataset=small)
    assert not test.exception
    assert "**96 images are to be embedded**" in texts(test)


def test_datasets_shows_the_demo_and_the_way_to_add(home: Path) -> None:
    test = page("datasets")
    assert not test.exception
    assert "810 images" in texts(test)
    assert test.button(key=keys.of(keys.OPEN, "demo"))
    assert not [b for b in test.button if b.key == keys.of(keys.REMOVE, "demo")]


def test_datasets_asks_for_images_before_it_adds(home: Path) -> None:
    test = page("datasets")
    test.button(key=keys.ADD_SUBMIT).click().run()
    assert not test.exception
    assert "nothing to add yet" in test.error[0].value


def test_datasets_asks_before_it_removes(small: str) -> None:
    test = page("datasets")
    test.button(key=keys.of(keys.REMOVE, small)).click().run()
    assert not test.exception
    assert test.button(key=keys.CONFIRM_REMOVE)
    assert small in datasets.list_slugs()


def test_datasets_lists_the_quarantine_with_reasons(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    source = next((ROOT / "barrx" / "demo" / "images").iterdir())
    (folder / "good.webp").write_bytes(source.read_bytes())
    (folder / "<b>bad.jpg").write_text("no picture")
    datasets.add(datasets.AddRequest(slug="mixed", source=str(folder)))
    test = page("datasets")
    assert not test.exception
    table = next(frame.value for frame in test.dataframe if "reason" in frame.value)
    assert table["reason"].tolist() == ["not_an_image"]
    assert table["filename"].tolist() == ["<b>bad.jpg"]


def test_read_only_dashboard_offers_no_way_to_write(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from barrx import settings

    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    test = page("datasets")
    assert "read-only" in texts(test)
    shown = {button.key for button in test.button}
    assert not shown & {keys.ADD_SUBMIT, keys.of(keys.REMOVE, small)}


def test_method_shows_all_steps_for_the_picture_that_is_picked(home: Path) -> None:
    test = page("method")
    assert not test.exception
    for step in ("1 · Pixels", "2 · Numbers", "3 · Vectors", "4 · A map", "5 · Dense"):
        assert step in texts(test)
    test.selectbox(key=keys.PICTURE).select_index(3).run()
    assert not test.exception
    for name in (
        "Szegedy",
        "ImageNet",
        "McInnes",
        "Campello",
        "Rodríguez Ortega",
        "Javier de la Rosa",
        "1936",
    ):
        assert name in texts(test)
