"""What a link asks for in vain is said; a saved view comes back into the widgets."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from barrx import datasets, i18n, pipeline, views
from barrx.arrangements import Arrangement
from barrx.ui import address, controls, keys, map_view
from barrx.ui.share import kept
from barrx.views import Appearance, Draft, references, saved, saving, verdicts
from tests.app.steps import place_of_map, texts, until
from tests.app.test_pages import page
from tests.unit.test_views_saved import default_map, seen_of


def warnings(test: AppTest) -> str:
    return "\n".join(warning.value for warning in test.warning).replace("\\", "")


def test_link_of_another_state_of_the_collection_says_so(home: Path) -> None:
    demo = datasets.load("demo")
    assert "has changed since this link was made" in warnings(page("explore", of="0123456789ab"))
    assert warnings(page("explore", of=demo.fingerprint[:12], n_neighbors="15", min_dist="0.1")) == ""


def test_link_says_what_is_not_to_be_had_until_something_else_is_chosen(home: Path) -> None:
    test = page("explore", n_neighbors="999", metric="hamming", color="school")
    said = warnings(test)
    for asked in ("n_neighbors = 999", "metric = hamming", "color = school, which is not"):
        assert asked in said
    assert not test.exception
    test.selectbox(key=keys.COLOR).select("category").run()
    assert warnings(test) == ""


def test_what_a_link_asks_for_in_vain_is_no_longer_said_once_another_map_is_asked_for(home: Path) -> None:
    test = page("explore", dataset="nosuch", encoder="nosuch", n_neighbors="999")
    assert "nosuch" in warnings(test.run())
    test.slider(key=keys.MIN_SAMPLES).set_value(6).run()
    until(test, lambda: seen_in(test).request.clustering.min_samples == 6)
    assert warnings(test) == ""
    test.slider(key=keys.MIN_SAMPLES).set_value(5).run()
    assert warnings(test) == ""
    assert not test.exception


def test_link_says_also_without_a_map_that_its_collection_has_changed(home: Path) -> None:
    test = page("explore", dataset="demo", of="000000000000", encoder="inception-v3")
    said = warnings(test)
    assert "The weights of Inception V3 (84 MB) are not on this machine" in said
    assert "“Open Clip Art” has changed since this link was made" in said
    # Said until there is a map, beside which all that the link asks for is read.
    assert "has changed since this link was made" in warnings(test.run())
    test.selectbox(key=keys.ENCODER).select("efficientnet-lite0").run()
    assert "has changed since this link was made" in warnings(test)


@pytest.mark.parametrize(
    ("name", "said"), [("dataset", "“nosuch”"), ("encoder", "encoder = nosuch"), ("color", "color = nosuch")]
)
def test_link_says_once_what_is_not_here(home: Path, name: str, said: str) -> None:
    test = page("explore", **{name: "nosuch"})
    assert said in warnings(test)
    assert len(test.warning) == 1


def test_list_of_another_page_says_itself_what_is_not_here(home: Path) -> None:
    assert warnings(page("clusters", encoder="nosuch")) == (
        "Encoder: the address asks for “nosuch”, which is not here."
    )


def test_link_of_a_collection_that_is_not_here_asks_for_nothing_else(home: Path) -> None:
    test = page("explore", dataset="frescoes", q="moon", selected="abcdef.1-5")
    assert "the collection “frescoes”, which is not here. You see “Open Clip Art” instead." in warnings(test)
    assert "another state" not in warnings(test)


def test_view_in_the_address_sets_every_widget(home: Path) -> None:
    demo = datasets.load("demo")
    seen = seen_of(
        demo,
        color="category",
        filters={"q": ["moon"], "is.category": ["mammals"], "from.year": ["2005"]},
        hide=True,
        arrangement=Arrangement(kind="columns", columns=("category",)),
        camera=(1.0, 2.0, 3.0),
        style=views.Style(mode="pictures", size=64, without=("noise",)),
        nearest=30,
        brought_out=("is.mammals",),
        picture=demo.filenames[7],
        selection=np.arange(0, 800, 2),
    )
    id = saving.save(demo, default_map(demo), seen, Draft(name="x"))
    test = page("explore", view=str(id))
    assert not test.exception
    assert test.selectbox(key=keys.COLOR).value == "category"
    found = test.session_state["_seen"]
    assert found[1][1].to_json() == seen.to_json()
    assert test.session_state["_camera"][1][1] == (1.0, 2.0, 3.0)
    assert test.session_state["_selection"][1].indexes.tolist() == list(range(0, 800, 2))
    assert test.session_state["_picture"].index == 7
    assert test.session_state[keys.ARRANGE] == "columns"
    assert warnings(test) == ""


def test_view_in_the_address_sets_the_sliders(home: Path) -> None:
    demo = datasets.load("demo")
    request = default_map(demo).request
    changed = replace(
        request,
        projection=replace(request.projection, n_neighbors=30, min_dist=0.5, metric="euclidean", seed=7),
        clustering=replace(request.clustering, min_cluster_size=12, cluster_selection_method="leaf"),
    )
    id = saving.save(demo, default_map(demo), seen_of(demo, request=changed), Draft(name="x"))
    test = page("explore", view=str(id))
    assert not test.exception
    for key, value in controls.values(changed):
        assert test.session_state[key] == value, key


def test_view_that_the_page_share_opens_sets_the_widgets_of_a_running_session(home: Path) -> None:
    demo = datasets.load("demo")
    seen = seen_of(demo, color="category", filters={"q": ["moon"]}, camera=(1.0, 2.0, 3.0))
    id = saving.save(demo, default_map(demo), seen, Draft(name="x"))
    saving.save_again(id, demo, default_map(demo), seen_of(demo))
    test = page("explore", color="year", q="ship")
    test.session_state["_next_view"] = (id, 1)
    test.run()
    assert not test.exception
    assert test.session_state["_seen"][1][1].to_json() == seen.to_json()
    test.session_state["_next_view"] = (99, None)
    test.run()
    assert "no saved view 99" in warnings(test)


def test_map_and_names_that_differ_from_those_kept_with_the_view_are_said(home: Path) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    id = saving.save(demo, now, seen_of(demo), Draft(name="as it is"))
    test = page("explore", view=str(id))
    assert "computed anew" not in warnings(test)
    moved = replace(now, coordinates=now.coordinates[::-1].copy())
    other = saving.save(demo, moved, seen_of(demo), Draft(name="Other [machine]"))
    cluster = np.flatnonzero(now.clustering.labels == 3)
    views.name_cluster(demo, cluster, "Later")
    test = page("explore", view=str(other))
    assert not test.exception
    assert "computed anew and differs from the one kept with the view “Other" in warnings(test)
    assert test.button(key=keys.KEPT_COMPARE)
    place = place_of_map(test)
    assert "“Later”" in test.info[0].value
    test.button(key=keys.KEPT_NAMES).click().run()
    assert views.cluster_names(demo, now.clustering.labels) == {}
    assert not test.info
    test.slider(key=keys.N_NEIGHBORS).set_value(20).run()
    assert "computed anew" not in warnings(test)
    assert place_of_map(test) == place, "the browser makes the map anew when a notice goes"


def test_verdicts_that_differ_from_those_kept_with_the_view_are_said_where_they_are_given(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    cluster, other = (np.flatnonzero(now.clustering.labels == n) for n in (3, 4))
    verdicts.on_cluster(demo, cluster, "unsure", "*why* <b>")
    verdicts.on_cluster(demo, other, "agree", "the same as ever")
    id = saving.save(demo, now, seen_of(demo), Draft(name="Moons [1]"))
    test = page("explore", view=str(id), picture=demo.filenames[5])
    assert not test.info
    verdicts.on_cluster(demo, cluster, "agree", "changed later")
    verdicts.on_picture(demo, 5, "disagree")
    test.run()
    said = test.info[0].value.replace("\\", "")
    assert "cluster 3: “unsure: *why* <b>” (now: “agree: changed later”)" in said
    assert f"{demo.filenames[5]}: no verdict (now: “disagree”)" in said
    assert "cluster 4" not in said
    with monkeypatch.context() as patch:
        patch.setattr(i18n, "_of_process", "es")
        assert "(ahora: “de acuerdo: changed later”)" in test.run().info[0].value.replace("\\", "")
    opened = test.session_state["_view"]

    def with_the_view(name: str, **query: str) -> str:
        test = page(name, **query)
        test.session_state["_view"] = opened
        test.run()
        assert not test.exception
        table = [str(e.proto) for e in test.get("bidi_component") if "barrx_clusters" in str(e.proto)]
        return "\n".join([texts(test).replace("\\", ""), *table])

    assert "Kept with the view “Moons [1]”: no verdict" in with_the_view("explore", picture=demo.filenames[5])
    assert "Kept with the view “Moons [1]”: unsure: *why* <b>" in with_the_view("clusters", cluster="3")
    assert "Kept with the view" not in with_the_view("clusters", cluster="4")
    assert "agree: changed later (kept with the view: unsure: *why* <b>)" in with_the_view("clusters")
    others = replace(now.request, clustering=replace(now.request.clustering, min_cluster_size=11))
    pipeline.load_or_compute(demo, others)
    another_map = with_the_view("clusters", min_cluster_size="11")
    assert "agree: changed later" in another_map
    assert "(kept with the view" not in another_map
    export = with_the_view("share", section="export")
    assert "those of now, not those kept with the view “Moons [1]”" in export
    assert f"--view {id}" in export


def test_what_the_opened_view_keeps_is_read_again_only_when_something_was_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = datasets.load("demo")
    now = default_map(demo)
    id = saving.save(
        demo, replace(now, coordinates=now.coordinates[::-1].copy()), seen_of(demo), Draft(name="x")
    )
    reads = []
    get = saved.get
    monkeypatch.setattr(kept.saved, "get", lambda id: reads.append(id) or get(id))
    monkeypatch.setattr(kept.store, "stamp", lambda: ("before",))
    test = page("explore", view=str(id))
    before = len(reads)
    test.selectbox(key=keys.COLOR).set_value("category").run()
    assert "computed anew" in warnings(test)
    assert len(reads) == before > 0
    saving.remove(id)
    monkeypatch.setattr(kept.store, "stamp", lambda: ("after",))
    assert "computed anew" not in warnings(test.run())


def test_explore_remembers_that_it_was_left_before_its_map_was_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = page("explore")
    assert test.session_state["_unseen"][1] is False
    with monkeypatch.context() as waiting:
        # The map is on its way: the one before it is shown dimmed, or nothing.
        waiting.setattr(map_view.finished_map, "show", lambda dataset, request, area: None)
        test.slider(key=keys.N_NEIGHBORS).set_value(20).run()
        assert test.session_state["_unseen"][1] is True
        share = page("share")
        assert "before the map it was asked for" not in warnings(share)  # another session
        share.session_state["_unseen"] = test.session_state["_unseen"]
        assert "before the map it was asked for" in warnings(share.run())
    test.slider(key=keys.N_NEIGHBORS).set_value(15).run()
    assert test.session_state["_unseen"][1] is False


def test_view_that_is_not_here_is_said(home: Path) -> None:
    assert "no saved view 9" in warnings(page("explore", view="9"))
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo, color="year"), Draft(name="x"))
    link = references.of(saved.get(id))
    assert page("explore", view=link).session_state[keys.COLOR] == "year"
    other = page("explore", view=f"{id}-00000000")
    assert "another one here than this link means" in warnings(other)
    assert other.session_state[keys.COLOR] == "cluster"
    assert "which is no number" in warnings(page("explore", view="<b>"))


def test_view_coloured_by_a_judged_figure_opens_in_it_and_the_list_says_it_in_words(home: Path) -> None:
    demo = datasets.load("demo")
    id = saving.save(demo, default_map(demo), seen_of(demo, color="faithfulness"), Draft(name="x"))
    test = page("explore", view=str(id))
    colors = test.selectbox(key=keys.COLOR)
    assert (colors.value, warnings(test)) == ("faithfulness", "")
    assert colors.options[-3] == "Real neighbours kept on the map"


def test_group_of_another_server_is_not_taken_for_the_one_of_its_number(home: Path) -> None:
    demo = datasets.load("demo")
    views.add_group(demo, "Three", [1, 2, 3])
    (group,) = views.groups(demo)
    for asked, selected in ((references.of(group), 3), (str(group.id), 3), (f"{group.id}-00000000", 0)):
        test = page("explore", group=asked)
        assert not test.exception
        assert (
            "_selection" in test.session_state and len(test.session_state["_selection"][1].indexes)
        ) == selected
        assert ("group of the address is not here" in warnings(test)) == (selected == 0)


def wanted_by(test: AppTest) -> dict[str, str]:
    """Return what the browser is told to have in the address."""
    (text,) = [
        e.proto.json for e in test.get("bidi_component") if "barrx_address_bar" in e.proto.component_name
    ]
    return dict(json.loads(text)["wanted"])


def test_pictures_of_a_group_that_is_removed_elsewhere_stay_in_the_address(home: Path) -> None:
    demo = datasets.load("demo")
    views.add_group(demo, "Three", [1, 2, 3])
    (group,) = views.groups(demo)
    test = page("explore", group=references.of(group))
    assert wanted_by(test)[keys.IN_GROUP] == references.of(group)
    views.remove_group(demo, group.id)
    test.run()
    assert not test.exception
    wanted = wanted_by(test)
    assert keys.IN_GROUP not in wanted
    assert wanted[keys.SELECTED] == f"{demo.fingerprint[:6]}.1-3"
    views.restore_group(demo, group.id)
    assert keys.SELECTED not in wanted_by(test.run())


# --- what the legend brings out -----------------------------------------------------------------------------


def seen_in(test: AppTest) -> Appearance:
    found: Appearance = test.session_state["_seen"][1][1]
    return found


def legend_of(test: AppTest) -> dict[str, object]:
    """Return what the map's legend in the browser is told."""
    (text,) = [e.proto.json for e in test.get("bidi_component") if "legend_chosen" in str(e.proto)]
    options: dict[str, object] = json.loads(text)["options"]
    return options


def bring_out(test: AppTest, *names: str) -> None:
    """Click entries of the legend, as the browser tells it."""
    options = legend_of(test)
    indexes = [index for name, _n, index in options["legend"] if name in names]  # type: ignore[attr-defined]
    told = {"colour": indexes, "other": [], "revision": options["legend_revision"]}
    test.session_state[keys.MAP] = {"legend": told}
    test.run()
    assert not test.exception


def test_link_brings_entries_of_the_legend_out_and_says_which_it_has_not(home: Path) -> None:
    test = page("explore", color="category", legend="is.birds")
    assert not test.exception
    assert warnings(test) == ""
    assert seen_in(test).brought_out == ("is.birds",)
    (indexes, others), names = legend_of(test)["legend_chosen"], legend_of(test)["legend"]  # type: ignore[misc]
    assert [name for name, _n, index in names if index in indexes] == ["birds"]
    assert others == []
    test = page("explore", color="category", legend=f"is.{'<b>' * 90}")
    assert "“<b><b>" in warnings(test)
    assert "… is to be brought out, and is not in the legend here." in warnings(test).replace("”", "")
    assert seen_in(test).brought_out == ()
    test = page("explore", legend="3")
    assert legend_of(test)["legend_chosen"] == [[3], []]
    test = page("explore", color="faithfulness", legend="99")
    assert "“99” is to be brought out, and is not in the legend here." in warnings(test)
    assert seen_in(test).brought_out == ()
    assert seen_in(page("explore", color="faithfulness", legend="1")).brought_out == ("1",)
    assert warnings(page("explore", color="school", legend="is.x")).count("\n") == 0  # of the colour only


def test_entries_the_user_brings_out_are_in_link_and_view_until_the_legend_is_another(home: Path) -> None:
    demo = datasets.load("demo")
    test = page("explore", color="category")
    bring_out(test, "birds", "fruit")
    seen = seen_in(test)
    assert set(seen.brought_out) == {"is.birds", "is.fruit"}
    assert set(address.link(demo, seen)["legend"]) == {"is.birds", "is.fruit"}
    # Other colours, and back: a legend that has been left brings nothing out.
    told = dict(test.session_state[keys.MAP])
    test.selectbox(key=keys.COLOR).select("year").run()
    assert seen_in(test).brought_out == ()
    test.session_state[keys.MAP] = told
    test.selectbox(key=keys.COLOR).select("category").run()
    assert seen_in(test).brought_out == ()
    bring_out(test, "birds")
    # The values of a column are the same on another map, the clusters are others.
    move_to(test, 12)
    assert seen_in(test).brought_out == ("is.birds",)
    test.selectbox(key=keys.COLOR).select("cluster").run()
    bring_out(test, "cluster 3")
    assert seen_in(test).brought_out == ("3",)
    move_to(test, 8)
    assert seen_in(test).brought_out == ()


def move_to(test: AppTest, size: int) -> None:
    """Cut other clusters, and wait for them."""
    test.slider(key=keys.MIN_CLUSTER_SIZE).set_value(size).run()
    until(test, lambda: seen_in(test).request.clustering.min_cluster_size == size)


def test_view_brings_out_what_it_was_saved_with_whatever_the_session_had(home: Path) -> None:
    demo = datasets.load("demo")
    seen = seen_of(demo, color="category", brought_out=("is.birds", "none"))
    id = saving.save(demo, default_map(demo), seen, Draft(name="x"))
    plain = saving.save(demo, default_map(demo), seen_of(demo, color="category"), Draft(name="y"))
    assert saved.load(id).seen.brought_out == ("is.birds", "none")
    test = page("explore", color="category", legend="is.fruit")
    test.session_state["_next_view"] = (id, 1)
    test.run()
    assert seen_in(test).brought_out == ("is.birds",)
    assert "“none” is to be brought out" in warnings(test)
    test.session_state["_next_view"] = (plain, 1)
    test.run()
    assert seen_in(test).brought_out == ()


def test_more_than_a_link_holds_is_left_out_of_it_and_said(home: Path) -> None:
    demo = datasets.load("demo")
    some = seen_of(demo, color="category", brought_out=tuple(f"is.{i:0100d}" for i in range(10)))
    assert address.has_room(some)
    assert len(address.link(demo, some)["legend"]) == 10
    more = replace(some, brought_out=tuple(f"is.{i:0100d}" for i in range(40)))
    assert not address.has_room(more)
    assert "legend" not in address.link(demo, more)
    test = page("share")
    test.session_state["_seen"] = (demo.fingerprint, (default_map(demo), more))
    assert "More is brought out of the legend than a link holds." in warnings(test.run())
