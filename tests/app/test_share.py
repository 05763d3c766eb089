"""The page Share without a browser: a view is saved, found, renamed, removed and brought back; read-only refuses."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from barrx import bars, datasets, i18n, settings, views
from barrx.arrangements import Arrangement
from barrx.clustering import Clustering
from barrx.ui import keys
from barrx.ui.share import choosing, figure_making, present
from barrx.ui.share.present import Present
from barrx.views import Draft, interpretations, references, saved, saving, tours
from barrx.views.interpretations import Words
from barrx.views.tours import Stop
from tests.app.test_pages import page, texts
from tests.unit.test_views_saved import default_map, seen_of

HOSTILE = "<img src=x onerror=alert(1)> **bold** $x$"


def codes(test: AppTest) -> list[str]:
    return [element.value for element in test.code]


def test_view_is_saved_found_renamed_removed_and_brought_back(home: Path) -> None:
    test = page("share")
    assert not test.exception
    demo = datasets.load("demo")
    assert f"of={demo.fingerprint[:12]}&encoder=efficientnet-lite0&n_neighbors=15" in codes(test)[0]
    form = keys.of(keys.SAVE_FORM, "0")
    test.text_input(key=keys.of(form, "name")).set_value(HOSTILE)
    test.text_input(key=keys.of(form, "author")).set_value("Ana")
    _submit(test, "Save view")
    (view,) = saved.listed()
    assert (view.name, view.author, view.slug) == (HOSTILE, "Ana", "demo")
    assert "\\<img src\\=x" in texts(test)
    assert "<img src=x" not in "\n".join(m.value for m in test.markdown if not m.allow_html)
    assert any(f"?view={view.id}" in code for code in codes(test))

    edit = keys.of(keys.SAVED_EDIT, str(view.id))
    test.text_input(key=keys.of(edit, "name")).set_value("Moons")
    _submit(test, "Save")
    assert saved.get(view.id).name == "Moons"
    test.text_input(key=keys.SAVED_SEARCH).set_value("suns").run()
    assert "No view matches" in texts(test)
    test.text_input(key=keys.SAVED_SEARCH).set_value("ana moon").run()
    test.button(key=keys.of(keys.SAVED_REMOVE, str(view.id))).click().run()
    assert saved.listed() == []
    test.button(key=keys.SAVED_UNDO).click().run()
    assert [v.name for v in saved.listed()] == ["Moons"]
    assert not test.exception


def test_opening_a_view_that_was_removed_elsewhere_says_so(home: Path) -> None:
    demo = datasets.load("demo")
    id, _other = (
        saving.save(demo, default_map(demo), seen_of(demo), Draft(name=n)) for n in ("Moons", "Suns")
    )
    saving.save_again(id, demo, default_map(demo), seen_of(demo, color="year"))
    for key in (keys.of(keys.SAVED_OPEN, str(id)), keys.of(keys.of(keys.SAVED_RESTORE, f"{id}:1"), "open")):
        test = page("share")
        saving.remove(id)
        test.button(key=key).click().run()
        assert not test.exception
        assert f"no saved view {id}: it was removed" in test.toast[0].value.replace("\\", "")
        saving.restore(id)
    text = interpretations.add(id, Words(title="T", text="x", author="Ana"), {})
    test = page("share", section="texts")
    interpretations.remove(text)
    test.button(key=keys.of(keys.TEXT, f"{text}:open")).click().run()
    assert "somebody has removed it" in test.toast[0].value


def test_name_that_is_refused_is_said_and_nothing_is_saved(home: Path) -> None:
    test = page("share")
    _submit(test, "Save view")
    assert "The name is empty" in test.error[0].value
    assert saved.listed() == []


def test_older_revision_is_brought_back(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo, color="category"), Draft(name="Moons"))
    saving.save_again(id, demo, default_map(demo), seen_of(demo, color="year"))
    for _i in range(2):  # each card has what the others have
        saving.save_again(saving.duplicate(id, "Suns"), demo, default_map(demo), seen_of(demo, color="year"))
    test = page("share")
    assert not test.exception
    test.button(key=keys.of(keys.SAVED_RESTORE, f"{id}:1")).click().run()
    assert saved.load(id).seen.color == "category"
    assert "Revision 3 \\(as 1 was\\)" in texts(test)


def test_read_only_server_lists_and_offers_no_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    test = page("share")
    assert not test.exception
    assert "This dashboard is read-only" in texts(test)
    assert [b.label for b in test.button] == ["Open"]
    assert any(f"?view={id}" in code for code in codes(test))


def _submit(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()


# --- interpretations ----------------------------------------------------------------------------------------


def test_text_is_written_with_figures_changed_removed_and_brought_back(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    test = page("share", section="texts")
    test.button(key=keys.TEXT_NEW).click().run()
    of_form = lambda name: keys.of(keys.TEXT_FORM, name)  # noqa: E731
    test.text_input(key=of_form("title")).set_value("What I see")
    test.text_area(key=of_form("text")).set_value(HOSTILE).run()
    for name in ("map", "cluster", "counts"):
        test.button(key=keys.of(keys.TEXT_FIGURE, name)).click().run()
    assert not test.exception
    assert "(figure:3)" in test.text_area(key=of_form("text")).value
    test.button(key=of_form("publish")).click().run()
    assert not test.exception
    (text,) = interpretations.listed()
    assert (text.view, text.words.title) == (id, "What I see")
    assert [f.media for f in text.figures.values()] == ["image/webp", "image/webp", "image/svg+xml"]
    assert text.figures[1].query["n_neighbors"] == ["15"]
    assert text.figures[2].query["cluster"] == ["0"]
    assert "<img src=x" not in texts(test)
    assert texts(test).count('<span class="view-figure"') == 3

    test.button(key=keys.of(keys.TEXT_EDIT, str(text.id))).click().run()
    test.text_area(key=of_form("text")).set_value("Only ![this](figure:2)")
    test.button(key=of_form("publish")).click().run()
    (text,) = interpretations.listed()
    assert list(text.figures) == [2]
    test.button(key=keys.of(keys.TEXT_REMOVE, str(text.id))).click().run()
    assert interpretations.listed() == []
    test.button(key=keys.TEXT_UNDO).click().run()
    assert [t.id for t in interpretations.listed()] == [text.id]
    assert not test.exception


def test_figure_on_the_page_opens_in_the_chosen_language_and_a_link_for_others_does_not(home: Path) -> None:
    demo = datasets.load("demo")
    now, seen = default_map(demo), seen_of(demo)
    view = saving.save(demo, now, seen, Draft(name="Moons"))
    figure = figure_making.of_map(demo, Present(now, seen))
    interpretations.add(view, Words(title="T", text="![x](figure:1)", author="Ana"), {1: figure})
    test = page("share", section="texts")
    assert "n_neighbors=15" in texts(test)
    assert "lang=" not in texts(test)
    test.session_state["_language"] = "es"
    n = texts(test.run()).count("lang=es")
    assert n
    test.button(key=keys.of(keys.TEXT_EDIT, "1")).click().run()
    assert texts(test).count("lang=es") == 2 * n  # the preview too
    test.segmented_control(key=keys.SHARE_SECTION).set_value("views").run()
    assert not test.exception
    assert any("n_neighbors=15" in code for code in codes(test))
    assert not any("lang=" in code for code in codes(test))


def look_elsewhere(test: AppTest) -> None:
    """Choose another part of Share, then the interpretations again."""
    for section in ("views", "texts"):
        test.segmented_control(key=keys.SHARE_SECTION).set_value(section).run()
    assert not test.exception


def test_text_on_the_desk_is_there_again_after_a_look_elsewhere(home: Path) -> None:
    demo = datasets.load("demo")
    first, _second = (
        saving.save(demo, default_map(demo), seen_of(demo), Draft(name=n)) for n in ("Moons", "Suns")
    )
    of_form = lambda name: keys.of(keys.TEXT_FORM, name)  # noqa: E731
    test = page("share", section="texts")
    test.button(key=keys.TEXT_NEW).click().run()
    test.selectbox(key=keys.TEXT_VIEW).set_value(first)
    test.text_input(key=of_form("title")).set_value("What I see").run()
    test.button(key=keys.of(keys.TEXT_FIGURE, "map")).click().run()
    written = test.text_area(key=of_form("text")).value
    assert "(figure:1)" in written
    # Typed, and left by a click that is answered in the same run.
    test.text_input(key=of_form("author")).set_value("Ana")
    look_elsewhere(test)
    fields = [test.text_input(key=of_form(name)).value for name in ("title", "author")]
    assert [*fields, test.text_area(key=of_form("text")).value] == ["What I see", "Ana", written]
    assert test.selectbox(key=keys.TEXT_VIEW).value == first
    test.button(key=of_form("publish")).click().run()
    (text,) = interpretations.listed()
    assert (text.view, text.words.title, text.words.author) == (first, "What I see", "Ana")

    test.button(key=keys.of(keys.TEXT_EDIT, str(text.id))).click().run()
    look_elsewhere(test)
    assert test.text_input(key=of_form("title")).value == "What I see"
    test.text_area(key=of_form("text")).set_value("Only words").run()
    look_elsewhere(test)
    assert test.text_area(key=of_form("text")).value == "Only words"
    test.button(key=of_form("discard")).click().run()
    test.button(key=keys.TEXT_NEW).click().run()
    assert test.text_input(key=of_form("title")).value == ""
    assert not test.exception


def test_visitor_of_a_read_only_dashboard_sends_a_text_and_a_curator_accepts_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons (1907-1914)"))
    curator = page("share", section="texts")
    curator.toggle(key=keys.of(keys.CONTRIBUTIONS, "False")).set_value(True).run()
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    visitor = page("share", section="texts")
    assert not visitor.exception
    assert [b.label for b in visitor.button] == ["Send"]
    assert [s.options for s in visitor.selectbox if s.label == "About the view"] == [["Moons (1907-1914)"]]
    next(i for i in visitor.text_input if i.label == "Title").set_value("Cheese")
    next(i for i in visitor.text_area if i.label == "Text").set_value("The moon is <b>cheese</b>.")
    _submit(visitor, "Send")
    assert not visitor.error, visitor.error
    assert not visitor.exception
    assert "A curator will read it" in visitor.success[0].value
    assert interpretations.listed() == []

    late = page("share", section="texts")
    next(i for i in late.text_input if i.label == "Title").set_value("Late")
    next(i for i in late.text_area if i.label == "Text").set_value("Too late?")
    with monkeypatch.context() as curators:
        curators.delenv("BARRX_READ_ONLY")
        settings.current.cache_clear()
        interpretations.let_contribute(False)
    settings.current.cache_clear()
    _submit(late, "Send")
    assert "not switched on here" in late.error[0].value
    assert next(i for i in late.text_area if i.label == "Text").value == "Too late?"

    monkeypatch.delenv("BARRX_READ_ONLY")
    settings.current.cache_clear()
    curator.run()
    assert "Cheese" in texts(curator)
    (waiting,) = interpretations.listed(status="waiting")
    curator.button(key=keys.of(keys.TEXT_ACCEPT, str(waiting.id))).click().run()
    assert [t.words.title for t in interpretations.listed()] == ["Cheese"]
    assert not curator.exception


def test_figures_and_stops_are_of_the_chosen_view_whatever_explore_shows(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, now = datasets.load("demo"), default_map(datasets.load("demo"))
    other = replace(now.request, projection=replace(now.request.projection, n_neighbors=33))
    moved = replace(now, request=other, coordinates=now.coordinates[::-1].copy())
    id = saving.save(demo, moved, seen_of(demo, request=other), Draft(name="Other"))
    test = page("share", section="texts")
    test.button(key=keys.TEXT_NEW).click().run()
    assert "Explore shows another map than this view has" in texts(test)
    test.button(key=keys.of(keys.TEXT_FIGURE, "map")).click().run()
    test.text_input(key=keys.of(keys.TEXT_FORM, "title")).set_value("T")
    test.button(key=keys.of(keys.TEXT_FORM, "publish")).click().run()
    assert not test.exception
    (text,) = interpretations.listed()
    assert text.figures[1].query["n_neighbors"] == ["33"]
    test = page("share", section="tour")
    assert "Open the view first" in texts(test)
    assert tours.stops(id) == []


def test_view_that_was_opened_is_in_the_lists_however_old(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    old, new = (saving.save(demo, default_map(demo), seen_of(demo), Draft(name=n)) for n in ("Old", "New"))
    monkeypatch.setattr(choosing, "MOST", 1)
    monkeypatch.setattr(choosing, "_search", lambda place: "")
    assert choosing.find(demo, "x") == {new: "New"}
    monkeypatch.setattr(choosing.session, "opened_view", lambda dataset: old)
    assert choosing.find(demo, "x", chosen=[None, "text", 99]) == {new: "New", old: "Old"}


@pytest.mark.parametrize("section", ["compare", "tour", "texts"])
def test_every_view_is_found_where_there_are_more_than_a_list_has(
    home: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    demo = datasets.load("demo")
    names = ("Suns", "Moons", "Stars", "Clouds")
    ids = {
        name: saving.save(demo, default_map(demo), seen_of(demo), Draft(name=name, author="Ana"))
        for name in names
    }
    monkeypatch.setattr(choosing, "MOST", 2)
    test = page("share", section=section)
    if section == "texts":
        test.button(key=keys.TEXT_NEW).click().run()
    key = {"compare": keys.COMPARE_ONE, "tour": keys.TOUR_VIEW, "texts": keys.TEXT_VIEW}[section]
    place = {"compare": "compare", "tour": "tour", "texts": "text"}[section]
    assert "4 views; the list has the 2 changed last" in texts(test)
    search = keys.of(keys.CHOOSE_VIEW, place)
    test.text_input(key=search).set_value("ana suns").run()
    assert "1 view matches" in texts(test)
    before = "Clouds"  # in use: it stays in the list
    assert test.selectbox(key=key).options[-2:] == ["Suns", before]
    test.selectbox(key=key).set_value(ids["Suns"]).run()
    test.text_input(key=search).set_value("nothing of the kind").run()
    assert "No view matches" in texts(test)
    assert test.selectbox(key=key).value == ids["Suns"]
    assert not test.exception


def test_views_of_the_same_name_are_told_apart_in_a_list(home: Path) -> None:
    demo = datasets.load("demo")
    one, other = (saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons")) for _i in range(2))
    test = page("share", section="tour")
    assert test.selectbox(key=keys.TOUR_VIEW).options == [f"Moons (view {other})", f"Moons (view {one})"]
    test.selectbox(key=keys.TOUR_VIEW).set_value(one).run()
    assert test.selectbox(key=keys.TOUR_VIEW).value == one


def test_thumbnail_and_figures_show_what_passes_the_filters(home: Path) -> None:
    demo = datasets.load("demo")
    now, seen = default_map(demo), seen_of(demo, filters={"is.category": ["birds"]})
    assert sum(len(color) == 7 for color in present.colors(demo, now, seen)) == 32
    assert {color[7:] for color in present.colors(demo, now, replace(seen, hide=True))} == {"", "00"}
    shown = Present(now, seen)
    plain = Present(now, seen_of(demo))
    assert figure_making.of_map(demo, shown).data != figure_making.of_map(demo, plain).data
    chart = figure_making.of_counts("category")(demo, shown).data.decode()
    assert "birds" in chart
    assert "fruit" not in chart


def test_what_is_not_brought_out_is_faint_in_thumbnail_and_figure(home: Path) -> None:
    demo = datasets.load("demo")
    now, seen = default_map(demo), seen_of(demo, color="category", brought_out=("is.birds",))
    assert sum(len(color) == 7 for color in present.colors(demo, now, seen)) == 32
    hiding = replace(seen, filters={"is.category": ["fruit"]}, hide=True)
    assert {color[7:] for color in present.colors(demo, now, hiding)} == {"30", "00"}
    figures = [figure_making.of_map(demo, Present(now, one)) for one in (seen, replace(seen, brought_out=()))]
    assert figures[0].data != figures[1].data
    assert [figure.query.get("legend") for figure in figures] == [["is.birds"], None]


def test_figure_of_a_cluster_opens_there_and_not_where_its_writer_looked(home: Path) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    seen = seen_of(demo, camera=(11.1, 3.0, 36.6), brought_out=("7",), selection=np.arange(5))
    query = figure_making.of_cluster(0)(demo, Present(now, seen)).query
    assert query["cluster"] == ["0"]
    assert not {"at", "legend", "selected"} & query.keys()


def test_figure_of_a_selection_keeps_the_place_only_where_all_of_it_is_in_view(home: Path) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    first, *_rest = np.flatnonzero(now.clustering.labels == 0)
    far = int(np.argmax(np.linalg.norm(now.coordinates - now.coordinates[first], axis=1)))
    x, y = now.coordinates[first].tolist()
    for chosen, arrangement, is_kept in (
        ([first], Arrangement(), True),
        ([first, far], Arrangement(), False),
        ([first], Arrangement(kind="grid"), False),
    ):
        seen = seen_of(demo, camera=(x, y, 30.0), arrangement=arrangement, selection=np.array(chosen))
        query = figure_making.of_selection(demo, Present(now, seen)).query
        assert ("at" in query) == is_kept
        assert "selected" in query


def test_link_of_a_figure_shows_its_images_whatever_the_filters_of_its_writer(home: Path) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    birds = np.flatnonzero(demo.metadata["category"].eq("birds").to_numpy())
    others = np.flatnonzero(~demo.metadata["category"].eq("birds").to_numpy())
    for chosen, is_kept in ((birds[:3], True), (np.array([birds[0], others[0]]), False)):
        seen = seen_of(demo, filters={"is.category": ["birds"]}, hide=True, selection=chosen)
        shown = Present(now, seen)
        made = figure_making.of_selection(demo, shown), figure_making.of_counts("category")(demo, shown)
        assert [("is.category" in one.query, "hide" in one.query) for one in made] == [(is_kept, is_kept)] * 2
    query = figure_making.of_cluster(0)(demo, shown).query
    assert not {"is.category", "hide"} & query.keys()
    every = sorted(demo.metadata["category"].unique())
    all_pass = seen_of(demo, filters={"is.category": every}, hide=True)
    for seen, is_kept in ((all_pass, True), (replace(all_pass, filters={"only": ["noise"]}), False)):
        query = figure_making.of_cluster(0)(demo, Present(now, seen)).query
        assert ("hide" in query) == is_kept


def test_link_of_a_figure_draws_images_in_no_cluster_if_they_are_its(home: Path) -> None:
    demo = datasets.load("demo")
    now, style = default_map(demo), views.Style(without=("names", "noise"))
    in_none, in_one = (
        np.flatnonzero((now.clustering.labels < 0) == is_noise)[:2] for is_noise in (True, False)
    )
    for chosen, without in ((in_none, ("names",)), (in_one, ("names", "noise"))):
        seen = seen_of(demo, style=style, selection=chosen)
        query = figure_making.of_selection(demo, Present(now, seen)).query
        assert views.Style.from_text(query["style"][-1]).without == without


def test_link_of_a_figure_opens_the_map_where_its_writer_saw_a_grid(home: Path) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    seen = seen_of(demo, arrangement=Arrangement(kind="grid"), camera=(1.0, 2.0, 3.0), selection=np.arange(5))
    makers = (
        figure_making.of_map,
        figure_making.of_selection,
        figure_making.of_cluster(0),
        figure_making.of_counts("category"),
    )
    for make in makers:
        assert not {"arrange", "at"} & make(demo, Present(now, seen)).query.keys()
    assert figure_making.of_map(demo, Present(now, replace(seen, arrangement=Arrangement()))).query["at"]


def test_chart_writes_numbers_as_its_reader_does(home: Path) -> None:
    assert b">12,345<" in bars.svg("Images", [("birds", 12_345)], "#000000")
    with i18n.speaking("es"):
        assert b">12.345<" in bars.svg("Images", [("birds", 12_345)], "#000000")


def test_figure_of_the_map_has_the_names_of_its_clusters_unless_they_are_off(home: Path) -> None:
    demo = datasets.load("demo")
    now, drawn = default_map(demo), {}
    for name in ("", "Ships"):
        if name:
            views.name_cluster(demo, np.flatnonzero(now.clustering.labels == 0), name)
        for without in ((), ("names",)):
            seen = seen_of(demo, style=views.Style(without=without))
            drawn[name, without] = figure_making.of_map(demo, Present(now, seen)).data
    assert drawn["", ()] != drawn["Ships", ()]
    assert drawn["", ()] != drawn["", ("names",)] == drawn["Ships", ("names",)]


# --- tours --------------------------------------------------------------------------------------------------


def test_tour_is_made_of_what_explore_shows_and_a_removed_stop_comes_back(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    test = page("share", section="tour")
    for n, title in enumerate(("One", HOSTILE)):
        form = keys.of(keys.TOUR_ADD, f"{id}:{n}")
        test.text_input(key=keys.of(form, "title")).set_value(title)
        _submit(test, "Add the stop")
    assert [stop.title for stop in tours.stops(id)] == ["One", HOSTILE]
    test.button(key=keys.of(keys.of(keys.TOUR_STOP, f"{id}:1"), "up")).click().run()
    test.button(key=keys.of(keys.of(keys.TOUR_STOP, f"{id}:1"), "remove")).click().run()
    assert [stop.title for stop in tours.stops(id)] == [HOSTILE]
    test.button(key=keys.of(keys.TOUR_STOP, "undo")).click().run()
    assert [stop.title for stop in tours.stops(id)] == [HOSTILE, "One"]
    assert not test.exception


def test_tour_shows_its_first_stop_and_says_what_is_missing(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    tours.set_stops(id, [Stop(title=HOSTILE, text="**See** <b>x</b>", color="category", camera=(1, 2, 3))])
    test = page("present", view=str(id))
    assert not test.exception
    assert "&lt;img src=x onerror" in texts(test)
    assert "<strong>See</strong> &lt;b&gt;x" in texts(test)
    for asked, said in (
        ("99", "no saved view 99"),
        ("x", "which is no number"),
    ):
        assert said in page("present", view=asked).error[0].value


def test_tour_goes_on_where_the_way_back_leaves_its_view_out_of_the_address(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    tours.set_stops(id, [Stop(title="First"), Stop(title="Second")])
    test = page("present", view=str(id))
    test.session_state["_stop"] = (id, 1)
    del test.query_params[keys.VIEW]
    test.run()
    assert not test.exception
    assert not test.error
    assert "Second" in texts(test)
    other = page("present")
    assert not other.error
    assert "Tours are on the page Share, under “Tour”" in other.info[0].value
    assert [link.proto.label for link in other.get("page_link")] == ["To the tours"]
    saving.remove(id)
    assert f"no saved view {id}" in test.run().error[0].value


def test_stop_is_changed_in_place_and_can_be_taken_back(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    before = [Stop(title="One", color="year", camera=(1, 2, 3)), Stop(title="Two", text="x", color="year")]
    tours.set_stops(id, before)
    test = page("share", section="tour")
    seen = seen_of(demo, color="category", brought_out=("is.birds",))
    test.session_state["_seen"] = (demo.fingerprint, (default_map(demo), seen))
    test.run()

    def field(kind: str, number: int, name: str) -> str:
        start, end = keys.of(keys.TOUR_CHANGE, f"{id}:{number}:"), f":{name}"
        (key,) = [w.key for w in test.get(kind) if (w.key or "").startswith(start) and w.key.endswith(end)]
        return str(key)

    test.text_area(key=field("text_area", 1, "text")).set_value("y")
    [button for button in test.button if button.label == "Save"][1].click().run()
    assert not test.exception
    assert tours.stops(id) == [before[0], replace(before[1], text="y")]
    test.text_input(key=field("text_input", 0, "title")).set_value("First")
    test.checkbox(key=field("checkbox", 0, "here")).check()
    _submit(test, "Save")
    assert tours.stops(id)[0] == Stop(title="First", color="category", brought_out=("is.birds",))
    test.button(key=keys.of(keys.TOUR_STOP, "undo")).click().run()
    assert tours.stops(id) == [before[0], replace(before[1], text="y")]
    assert not test.exception


def test_stop_brings_out_what_explore_did(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    test = page("share", section="tour")
    seen = seen_of(demo, color="category", brought_out=("is.birds", "is.nothing"))
    test.session_state["_seen"] = (demo.fingerprint, (default_map(demo), seen))
    test.run()
    form = keys.of(keys.TOUR_ADD, f"{id}:0")
    test.text_input(key=keys.of(form, "title")).set_value("Birds")
    _submit(test, "Add the stop")
    (stop,) = tours.stops(id)
    assert (stop.color, stop.brought_out) == ("category", ("is.birds", "is.nothing"))
    test = page("present", view=str(id))
    (text,) = [e.proto.json for e in test.get("bidi_component") if "legend_chosen" in str(e.proto)]
    options = json.loads(text)["options"]
    (index,), others = options["legend_chosen"]
    assert ([name for name, _n, i in options["legend"] if i == index], others) == (["birds"], [])


def test_tour_of_a_collection_that_has_changed_says_why_it_has_no_images(home: Path) -> None:
    demo = datasets.load("demo")
    for fingerprint, is_said in ((demo.fingerprint, False), ("0" * 32, True)):
        seen = seen_of(demo, fingerprint=fingerprint)
        id = saving.save(demo, default_map(demo), seen, Draft(name="Moons"))
        tours.set_stops(id, [Stop(title="One")])
        test = page("present", view=str(id))
        assert not test.exception
        assert ("“Open Clip Art” has changed since this view was saved" in texts(test)) == is_said


def test_text_that_is_too_long_is_refused_in_words_and_stays_in_its_field(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    interpretations.let_contribute(True)
    test = page("share", section="tour")
    form = keys.of(keys.TOUR_ADD, f"{id}:0")
    test.text_input(key=keys.of(form, "title")).set_value("One")
    test.text_area(key=keys.of(form, "text")).set_value("x" * 1001)
    _submit(test, "Add the stop")
    assert "may have 1,000 characters, this one has 1,001" in test.error[0].value.replace("\\", "")
    assert len(test.text_area(key=keys.of(form, "text")).value) == 1001
    assert tours.stops(id) == []
    desk = page("share", section="texts")
    desk.button(key=keys.TEXT_NEW).click().run()
    desk.text_area(key=keys.of(keys.TEXT_FORM, "text")).set_value("x" * 40_001).run()
    assert "may have 40,000 characters" in desk.error[0].value
    assert not desk.exception
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    visitor = page("share", section="texts")
    next(i for i in visitor.text_input if i.label == "Title").set_value("Cheese")
    next(i for i in visitor.text_area if i.label == "Text").set_value("x" * 5000)
    _submit(visitor, "Send")
    assert "may have 4,000 characters, this one has 5,000" in visitor.error[0].value.replace("\\", "")
    # A browser drops the whole of a text that is pasted and longer than its field.
    areas = [*test.text_area, *desk.text_area, *visitor.text_area]
    assert len(areas) == 3
    assert not any(area.proto.max_chars for area in areas)


# --- side by side -------------------------------------------------------------------------------------------

_SIDES = (keys.COMPARE_ONE, keys.COMPARE_OTHER)


def test_two_views_stand_side_by_side_with_one_selection(home: Path) -> None:
    demo = datasets.load("demo")
    shown = default_map(demo)
    coordinates = shown.coordinates[:, ::-1].copy()  # laid over each other, these are the same
    coordinates[:30] = coordinates[30:60]
    saving.save(demo, replace(shown, coordinates=coordinates), seen_of(demo), Draft(name="Mirrored"))
    test = page("share", section="compare")
    assert not test.exception
    assert "1.00" in texts(test)
    assert "No cluster split" in texts(test)
    test.button(key=keys.COMPARED_MOVED).click().run()
    assert len(test.session_state["_selection"][1].indexes) == 24
    test.session_state[keys.COMPARED_ONE] = {"selection": [1, 2, 3]}
    test.run()
    assert test.session_state["_selection"][1].indexes.tolist() == [1, 2, 3]
    assert not test.exception


def test_two_views_side_by_side_differ_at_first_where_any_does_and_the_same_map_is_said(home: Path) -> None:
    demo = datasets.load("demo")
    shown = default_map(demo)
    cut = replace(shown.request.clustering, min_cluster_size=12)
    saving.save(
        demo, shown, seen_of(demo, request=replace(shown.request, clustering=cut)), Draft(name="Other")
    )
    same = saving.save(demo, shown, seen_of(demo), Draft(name="Of the map in Explore"))
    test = page("share", section="compare")
    assert test.selectbox(key=keys.COMPARE_ONE).value != same
    test.selectbox(key=keys.COMPARE_ONE).set_value(same).run()
    assert "Both sides show the same map." in test.info[0].value
    assert not [button for button in test.button if button.key == keys.COMPARED_MOVED]


def test_changes_between_two_views_name_each_cluster_as_its_own_view_does(home: Path) -> None:
    demo = datasets.load("demo")
    shown = default_map(demo)
    labels = shown.clustering.labels
    merged = np.where(np.isin(labels, [1, 16]), 0, labels)
    saving.save(
        demo,
        replace(shown, clustering=Clustering(merged, shown.clustering.strength)),
        seen_of(demo),
        Draft(name="Merged"),
    )
    views.name_cluster(demo, np.flatnonzero(merged == 0), "All three")
    assert re.search(
        r"cluster “All three” split into 0, \d+ and \d+", texts(page("share", section="compare"))
    )


def test_link_to_two_views_side_by_side_shows_those_two_as_they_are_drawn(home: Path) -> None:
    demo = datasets.load("demo")
    large = views.Style(mode="pictures", size=64)
    ids = [
        saving.save(demo, default_map(demo), seen_of(demo, style=style), Draft(name=name))
        for name, style in (("Large", large), ("Plain", views.Style()), ("Other", views.Style()))
    ]
    marks = {key: references.of(saved.get(id)) for key, id in zip(_SIDES, ids, strict=False)}
    test = page("share", section="compare", **marks)
    assert not test.exception
    assert [test.selectbox(key=key).value for key in _SIDES] == ids[:2]
    drawn = [str(e.proto).replace("\\", "") for e in test.get("bidi_component")]
    assert [text.count('"size": 64') for text in drawn if '"style"' in text] == [1, 0]
    test.selectbox(key=keys.COMPARE_OTHER).set_value(ids[2]).run()
    assert test.query_params[keys.COMPARE_OTHER] in (mark := references.of(saved.get(ids[2])), [mark])
    test = page("share", section="compare", compare_one="99-00000000")
    assert "no saved view 99" in texts(test)
    assert not test.exception


def test_many_interpretations_are_shown_a_page_at_a_time(home: Path) -> None:
    demo = datasets.load("demo")
    view = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="Moons"))
    for n in range(23):
        interpretations.add(view, Words(title=f"Reading {n}", text="x", author="Ana"), {})
    test = page("share", section="texts")
    titles = [title.value for title in test.subheader if title.value.startswith("Reading")]
    assert titles == [f"Reading {n}" for n in range(22, 12, -1)]
    test.session_state[keys.TEXTS_PAGE] = 3
    test.run()
    assert not test.exception
    titles = [title.value for title in test.subheader if title.value.startswith("Reading")]
    assert titles == ["Reading 2", "Reading 1", "Reading 0"]


def test_every_export_is_explained_with_its_command(home: Path) -> None:
    test = page("share", section="export")
    assert not test.exception
    for ending, command in (
        ("", "export demo --output demo.html"),
        (".clusters.csv", "export demo --as clusters --output demo.clusters.csv"),
        (".recipe.json", "export demo --recipe demo.recipe.json"),
    ):
        if ending:
            test.selectbox(key=keys.EXPORT_KIND).set_value(ending).run()
        assert not test.exception
        assert test.code[0].value == f"python -m barrx {command}"


@pytest.mark.parametrize(
    ("color", "is_left_out"), [("faithfulness", True), ("category", False), ("cluster", False)]
)
def test_export_says_which_colour_its_command_leaves_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, color: str, is_left_out: bool
) -> None:
    demo = datasets.load("demo")
    shown = Present(default_map(demo), seen_of(demo, color=color))
    monkeypatch.setattr(present, "of", lambda dataset: shown)
    said = "the colour “Real neighbours kept on the map” comes with a saved view (--view)."
    assert (said in texts(page("share", section="export"))) == is_left_out


@pytest.mark.parametrize("section", ["views", "compare"])
def test_parameters_are_written_as_their_reader_does(
    home: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    monkeypatch.setattr(i18n, "_of_process", "es")
    demo = datasets.load("demo")
    saving.save(demo, default_map(demo), seen_of(demo), Draft(name="x"))
    test = page("share", section=section)
    assert not test.exception
    assert "min\\_dist 0,1" in texts(test)


def test_print_of_a_place_without_images_is_refused_with_its_reason(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    shown = Present(default_map(demo), seen_of(demo, camera=(1e4, 1e4, 4.0)))
    monkeypatch.setattr(present, "of", lambda dataset: shown)
    test = page("share", section="export")
    assert len(test.get("download_button")) == 1
    test.selectbox(key=keys.EXPORT_KIND).set_value(".png").run()
    assert "There are no images to print where the map looks" in test.warning[0].value
    assert not test.get("download_button")
