"""Saved views: they come back as they were, each save stays, many of them are found, nobody's work is lost."""

import io
import json
import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from barrx import datasets, filters, map_picture, pipeline, provenance, settings, views
from barrx.arrangements import Arrangement
from barrx.datasets import Dataset
from barrx.errors import ParameterError, ViewsError
from barrx.filters import Filters
from barrx.pipeline import Map, MapRequest
from barrx.views import Appearance, Draft, saved, saving, store, tours, verdicts
from barrx.views.tours import Stop


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


def default_map(dataset: Dataset) -> Map:
    request = MapRequest.default("demo", "efficientnet-lite0", len(dataset.filenames))
    found = pipeline.load(dataset, request)
    assert found is not None
    return found


def seen_of(dataset: Dataset, **changes: object) -> Appearance:
    found = {"request": default_map(dataset).request, "fingerprint": dataset.fingerprint} | changes
    return Appearance(**found)  # type: ignore[arg-type]


def save(dataset: Dataset, name: str = "Moons", **changes: object) -> int:
    return saving.save(dataset, default_map(dataset), seen_of(dataset, **changes), Draft(name=name))


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()


# --- as it was --------------------------------------------------------------------------------------------


def test_view_comes_back_as_it_was_seen(demo: Dataset) -> None:
    shown = default_map(demo)
    query = filters.to_query(Filters(text="moon “big one”", categories={"x": ("a", "b")}, below=0.5))
    seen = seen_of(
        demo,
        color="movement",
        brought_out=("is.cubism", "none"),
        filters=query,
        hide=True,
        arrangement=Arrangement(kind="columns", columns=("movement",)),
        camera=(1.25, -3.5, 4.0),
        picture=demo.filenames[5],
        selection=np.arange(3, 800, 7),
    )
    id = saving.save(demo, shown, seen, Draft(name="Moons", author="Ana", note="two\nlines"))
    found = saved.load(id)
    assert (found.listed.name, found.listed.author, found.listed.note) == ("Moons", "Ana", "two\nlines")
    assert found.seen.to_json() == seen.to_json()
    assert found.seen.request == shown.request
    assert found.seen.selection.tolist() == seen.selection.tolist()
    assert found.filenames == demo.filenames
    assert found.sha256 == demo.sha256
    np.testing.assert_array_equal(found.coordinates, shown.coordinates)
    np.testing.assert_array_equal(found.labels, shown.clustering.labels)
    np.testing.assert_array_equal(found.strength, shown.clustering.strength)


def test_view_keeps_the_names_and_groups_of_its_day(demo: Dataset) -> None:
    labels = default_map(demo).clustering.labels
    views.name_cluster(demo, np.flatnonzero(labels == 0), "Ships")
    views.add_group(demo, "Moons", [1, 2])
    verdicts.on_cluster(demo, np.flatnonzero(labels == 3), "agree", "all of them drinks")
    verdicts.on_picture(demo, 5, "unsure")
    id = save(demo)
    views.name_cluster(demo, np.flatnonzero(labels == 0), "Boats")
    views.add_group(demo, "Suns", [3])
    said = saved.load(id).said
    assert said.cluster_names == {0: "Ships"}
    about = [(one.get("cluster"), one.get("filename"), one["opinion"], one["note"]) for one in said.verdicts]
    assert about == [
        (3, None, "agree", "all of them drinks"),
        (None, demo.filenames[5], "unsure", ""),
    ]
    assert said.groups == {"Moons": [demo.filenames[1], demo.filenames[2]]}


def test_each_save_is_a_revision_and_an_older_one_is_brought_back(demo: Dataset) -> None:
    id = save(demo, color="first")
    assert saving.save_again(id, demo, default_map(demo), seen_of(demo, color="second"), author="Bo") == 2
    assert saved.load(id).seen.color == "second"
    assert saved.load(id, 1).seen.color == "first"
    assert saving.restore_revision(id, 1) == 3
    assert saved.load(id).seen.color == "first"
    assert [(r.number, r.author, r.restored) for r in saved.history(id)] == [
        (3, "", 1),
        (2, "Bo", None),
        (1, "", None),
    ]
    with pytest.raises(ViewsError, match=r"“Moons” has no revision 9. Choose one of its history."):
        saving.restore_revision(id, 9)


def test_view_of_another_collection_is_not_overwritten(demo: Dataset, small: str) -> None:
    id, other = save(demo), datasets.load(small)
    with pytest.raises(ParameterError, match=r"is a view of .* Save this one as a new view"):
        saving.save_again(id, other, default_map(demo), seen_of(demo))


def test_renamed_duplicated_removed_and_brought_back(demo: Dataset) -> None:
    first = save(demo, color="year")
    saving.describe(first, Draft(name="Suns", author="Ana", note="why"))
    second = saving.duplicate(first, "Suns again")
    assert [(v.id, v.name, v.author) for v in saved.listed()] == [
        (second, "Suns again", "Ana"),
        (first, "Suns", "Ana"),
    ]
    assert saved.load(second).seen.color == "year"
    saving.remove(first)
    assert [v.id for v in saved.listed()] == [second]
    for attempt in (
        lambda: saved.load(first),
        lambda: saving.remove(first),
        lambda: saved.history(first),
        lambda: saving.describe(first, Draft(name="x")),
        lambda: saving.duplicate(first, "x"),
    ):
        with pytest.raises(ViewsError, match=f"There is no saved view {first}: it was removed"):
            attempt()
    saving.restore(first)
    assert {v.id for v in saved.listed()} == {first, second}


def test_what_is_large_is_kept_once_and_forgotten_with_its_last_view(demo: Dataset) -> None:
    first = save(demo)
    second = save(demo, "Suns", selection=np.arange(5))
    with sqlite3.connect(store.path()) as connection:
        one = "SELECT count(DISTINCT arrays), count(DISTINCT pictures), count(*) FROM revision"
        assert connection.execute(one).fetchone() == (1, 1, 2)
        connection.execute("UPDATE saved_view SET removed = '2001-01-01' WHERE id = ?", (second,))
    third = save(demo, "Stars")  # forgets what was removed long ago
    assert third > second
    with sqlite3.connect(store.path()) as connection:
        used = "SELECT count(*) FROM content WHERE name NOT IN (SELECT selection FROM revision "
        used += "UNION SELECT arrays FROM revision UNION SELECT pictures FROM revision "
        used += "UNION SELECT said FROM revision UNION SELECT thumbnail FROM revision)"
        assert connection.execute(used).fetchone() == (0,)
    assert {v.id for v in saved.listed()} == {first, third}
    assert len(saved.load(first).coordinates) == len(demo.filenames)


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        ({"name": " "}, "The name is empty"),
        ({"name": "x" * 201}, "may have 200 characters"),
        ({"name": "x", "note": "y" * 4001}, "A note may have 4000 characters, this one has 4001"),
        ({"name": "x", "author": "y" * 201}, "may have 200 characters"),
    ],
)
def test_what_is_too_long_or_empty_is_refused(draft: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Draft(**draft)


# --- many views -------------------------------------------------------------------------------------------


def test_list_is_searched_by_words_of_name_author_and_note(demo: Dataset) -> None:
    for name, author, note in (
        ("Luna llena", "Ana Núñez", ""),
        ("Ships", "Bo", "the moon 100%"),
        ("Half_moon", "", ""),
    ):
        saving.save(demo, default_map(demo), seen_of(demo), Draft(name=name, author=author, note=note))
    found = lambda text: [v.name for v in saved.listed(search=text)]  # noqa: E731
    assert found("MOON") == ["Half_moon", "Ships"]
    assert found("nunez luna") == ["Luna llena"]
    assert found("0%") == ["Ships"]
    assert found("%") == ["Ships"]
    assert found("_") == ["Half_moon"]
    assert found("") == ["Half_moon", "Ships", "Luna llena"]
    assert saved.count(search="moon") == 2
    assert saved.count("another") == 0
    assert [v.name for v in saved.listed("demo", limit=1, offset=1)] == ["Ships"]


def test_list_reads_an_index_and_nothing_large(demo: Dataset) -> None:
    save(demo)
    with sqlite3.connect(store.path()) as connection:
        where, values = saved.condition(None, "")
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT id FROM saved_view WHERE {where} ORDER BY changed DESC, id DESC",
            values,
        ).fetchall()
        assert "USING INDEX saved_view_changed" in str(plan)
        assert "TEMP B-TREE" not in str(plan)
        # The list needs no row of the tables that hold what is large.
        connection.executescript("DROP TABLE revision; DROP TABLE content;")
    assert [v.name for v in saved.listed()] == ["Moons"]


def test_thumbnail_shows_the_map_in_its_colours(demo: Dataset) -> None:
    colors = ["#ff0000"] * len(demo.filenames)
    id = saving.save(demo, default_map(demo), seen_of(demo), Draft(name="x"), colors=colors)
    picture = Image.open(io.BytesIO(saved.thumbnails([id])[id])).convert("RGBA")
    assert picture.size == map_picture.SIZE
    pixels = np.asarray(picture)
    inked = pixels[pixels[..., 3] > 200]
    assert len(inked) > 500
    red, green, blue, _alpha = np.median(inked, 0)
    assert red > 230
    assert green < 40
    assert blue < 40


def test_thumbnail_has_every_point_inside_and_the_map_upright() -> None:
    places = np.array([[0, 0], [10, 0], [5, 4]], float)
    pixels = np.asarray(
        Image.open(io.BytesIO(map_picture.thumbnail(places, ["#ff0000", "#00ff00", "#0000ff"]))).convert(
            "RGBA"
        )
    )
    where = {
        channel: np.argwhere((pixels[..., 3] > 200) & (pixels[..., channel] > 150)).mean(0)
        for channel in range(3)
    }
    assert where[0][1] < where[2][1] < where[1][1]  # across
    assert where[2][0] < where[0][0] == pytest.approx(where[1][0], abs=1)  # the higher one is further up
    for odd in (np.zeros((1, 2)), np.empty((0, 2)), np.ones((5, 2))):
        assert Image.open(io.BytesIO(map_picture.thumbnail(odd))).size == map_picture.SIZE


def test_thumbnail_draws_faint_points_under_the_others() -> None:
    places = np.array([[0, 0], [10, 0], [10, 0], [5, 4]], float)
    drawn = map_picture.thumbnail(places, ["#00ff0030", "#ff0000", "#00ff0030", "#ff000000"])
    pixels = np.asarray(Image.open(io.BytesIO(drawn)).convert("RGBA")).astype(int)
    plain = pixels[pixels[..., 3] > 200]
    assert len(plain) > 5
    assert (plain[:, 0] > 200).all()
    faint = np.argwhere((pixels[..., 3] > 20) & (pixels[..., 3] < 60) & (pixels[..., 1] > 150))
    assert faint[:, 1].max() < map_picture.SIZE[0] / 2  # the one on the right lies under a plain one
    assert not pixels[: map_picture.SIZE[1] // 2, :, 3].any()


# --- several processes, read-only servers, damage ---------------------------------------------------------


def _save_many(start: int) -> None:
    dataset = datasets.load("demo")
    ids = [save(dataset, f"view {start + i}", selection=np.arange(start + i)) for i in range(5)]
    saving.save_again(ids[0], dataset, default_map(dataset), seen_of(dataset))


def test_several_processes_save_at_once_and_nothing_is_lost(demo: Dataset) -> None:
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_save_many, [0, 100, 200]))
    found = saved.listed()
    assert sorted(v.name for v in found) == sorted(f"view {s + i}" for s in (0, 100, 200) for i in range(5))
    assert sorted(v.revision for v in found) == [1] * 12 + [2] * 3
    assert all(len(saved.load(v.id).labels) == len(demo.filenames) for v in found)


def test_read_only_server_opens_and_refuses_to_write(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    id = save(demo)
    read_only(monkeypatch)
    assert saved.load(id).listed.name == "Moons"
    for attempt in (
        lambda: save(demo),
        lambda: saving.save_again(id, demo, default_map(demo), seen_of(demo)),
        lambda: saving.describe(id, Draft(name="x")),
        lambda: saving.duplicate(id, "x"),
        lambda: saving.remove(id),
        lambda: saving.restore(id),
        lambda: saving.restore_revision(id, 1),
    ):
        with pytest.raises(ViewsError, match=r"BARRX_READ_ONLY is set"):
            attempt()
    assert [v.name for v in saved.listed()] == ["Moons"]


def test_nothing_is_written_by_looking(demo: Dataset) -> None:
    assert saved.listed() == []
    assert saved.count() == 0
    assert saved.thumbnails([1]) == {}
    with pytest.raises(ViewsError, match="There is no saved view 1"):
        saved.load(1)
    assert not store.path().exists()


@pytest.mark.parametrize("column", ["arrays", "selection", "pictures"])
def test_damaged_part_is_said_and_never_unpickled(demo: Dataset, column: str) -> None:
    id = save(demo)
    with sqlite3.connect(store.path()) as connection:
        connection.execute(
            f"UPDATE content SET data = ? WHERE name = (SELECT {column} FROM revision)", (b"\x80\x04N.",)
        )
    with pytest.raises(ViewsError, match="A part of the view is damaged"):
        saved.load(id)
    assert [v.id for v in saved.listed()] == [id]


def test_appearance_of_a_newer_version_is_said(demo: Dataset) -> None:
    id = save(demo)
    with sqlite3.connect(store.path()) as connection:
        (text,) = connection.execute("SELECT appearance FROM revision").fetchone()
        newer = json.loads(text)
        newer["arrangement"] = ["spiral"]
        connection.execute("UPDATE revision SET appearance = ?", (json.dumps(newer),))
    with pytest.raises(ViewsError, match=r"The view cannot be read: .*spiral.* Update Barr X"):
        saved.load(id)


def test_database_from_before_saved_views_is_brought_up_to_date(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(store, "MIGRATIONS", store.MIGRATIONS[:1])
        views.add_group(demo, "Moons", [1])
    assert saved.listed() == []
    save(demo)
    assert [g.name for g in views.groups(demo)] == ["Moons"]


# --- how its map was made -----------------------------------------------------------------------------------


def test_view_keeps_where_and_with_what_its_map_was_made(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = default_map(demo)
    mine = replace(shown, coordinates=shown.coordinates + 1)
    with monkeypatch.context() as older:
        older.setattr(provenance, "processor", lambda: "another processor")
        older.setattr(provenance, "versions_here", lambda: {"umap-learn": "0.1"})
        id = saving.save(demo, mine, seen_of(demo), Draft(name="x"))
    saving.save_again(id, demo, shown, seen_of(demo))
    old, new = saved.load(id, 1).made, saved.load(id).made
    assert old is not None
    assert new is not None
    assert (old.processor, old.versions) == ("another processor", {"umap-learn": "0.1"})
    assert (new.processor, new.versions) == (None, provenance.versions_here())  # the one that is shipped
    for made in (old, new):
        assert made.encoder_key == provenance.key_here("efficientnet-lite0")
        assert made.embedding == shown.embedding_fingerprint != ""
        assert made.weights
    saving.restore_revision(id, 1)
    assert saved.load(id).made == old
    assert saved.load(saving.duplicate(id, "y")).made == old


def test_view_of_before_that_was_kept_opens_and_claims_nothing(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = save(demo)
    with sqlite3.connect(store.path()) as connection:
        connection.execute("ALTER TABLE revision DROP COLUMN made")
        connection.execute("PRAGMA user_version = 4")
    assert saved.load(id).made is None
    assert saved.load(saving.duplicate(id, "y")).made is None
    assert saved.load(save(demo)).made is not None
    for text in ("[]", "{", "{}", '{"versions": 3}', "null"):
        with sqlite3.connect(store.path()) as connection:
            connection.execute("UPDATE revision SET made = ?", (text,))
        assert saved.load(id).made is None


# --- tours --------------------------------------------------------------------------------------------------


def test_tour_has_five_stops_at_most_and_comes_back_in_order(demo: Dataset) -> None:
    id = save(demo)
    wanted = [
        Stop(title=f"{n}", text="x", color="year", camera=(n, 1.5, 2), brought_out=("3", "none"))
        for n in range(5)
    ]
    tours.set_stops(id, wanted)
    assert tours.stops(id) == wanted
    assert [view.id for view in saved.listed("demo", only_with_tour=True)] == [id]
    assert saved.count("demo", only_with_tour=True) == 1
    with pytest.raises(ParameterError, match="A tour may have 5 stops, this one has 6"):
        tours.set_stops(id, [*wanted, wanted[0]])
    assert tours.stops(id) == wanted
    with pytest.raises(ParameterError, match="may have 1,000 characters"):
        Stop(title="x", text="y" * 1001)
    with pytest.raises(ViewsError, match="no saved view 99"):
        tours.set_stops(99, [])
    tours.set_stops(id, [])
    assert saved.listed("demo", only_with_tour=True) == []
