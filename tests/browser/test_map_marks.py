"""Labels, outlines, axes, small map, legend and table of the map, through mouse, keyboard and fingers."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from barrx.views import MAX_NAME
from tests.browser.conftest import REPOSITORY, OpenPage, Server, start
from tests.browser.marks_app.names import NAMES
from tests.browser.steps import (
    choose,
    corner,
    drag,
    number_in,
    pixel_of,
    press,
    the_map,
    wait_until_idle,
    wait_until_still,
)

APP = REPOSITORY / "tests" / "browser" / "marks_app" / "app.py"


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with a map of named clusters."""
    server = start(tmp_path_factory.mktemp("marks"), app=APP, PYTHONPATH=str(REPOSITORY))
    yield server
    server.stop()


def show(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/?{query}")
    the_map(page)
    wait_until_idle(page)
    wait_until_still(page)


def label(page: Page, number: int) -> Locator:
    return page.locator(f'.cluster-label[data-cluster="{number}"]')


def plate(page: Page, number: int) -> Locator:
    return label(page, number).locator(".plate")


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box
    return {"left": box["x"], "top": box["y"], "width": box["width"], "height": box["height"]}


def plates(page: Page) -> dict[int, dict[str, float]]:
    """Return where the labels are: number -> box."""
    found: dict[str, dict[str, float]] = page.locator(".cluster-label").evaluate_all(
        """labels => Object.fromEntries(labels.map(l => {
          const { left, top, width, height } = l.querySelector(".plate").getBoundingClientRect();
          return [l.dataset.cluster, { left, top, width, height }];
        }))"""
    )
    return {int(number): box for number, box in found.items()}


def overlapping(boxes: list[dict[str, float]]) -> bool:
    return any(
        a["left"] < b["left"] + b["width"]
        and b["left"] < a["left"] + a["width"]
        and a["top"] < b["top"] + b["height"]
        and b["top"] < a["top"] + a["height"]
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )


def scale(page: Page) -> float:
    return float(the_map(page).evaluate("c => JSON.parse(c.dataset.view).scale"))


def ink(page: Page, x: float, y: float, width: int = 1, height: int = 1) -> list[int]:
    """Return the pixels of the map from a place of the window on."""
    found: list[int] = the_map(page).evaluate(
        """(c, [x, y, w, h]) => {
          const box = c.getBoundingClientRect();
          return [...c.getContext("2d").getImageData(x - box.left, y - box.top, w, h).data];
        }""",
        [x, y, width, height],
    )
    return found


def in_modules(page: Page, server: Server, code: str, argument: Any = None) -> Any:
    """Run code on a page of the server, with the function load(name) for the modules of the map."""
    page.goto(server.url)
    return page.evaluate(
        f"async (given) => {{ const load = name => import(`/barrx/map/${{name}}.js`); {code} }}", argument
    )


# --- labels -----------------------------------------------------------------------------------------------


def test_labels_are_names_as_text_that_do_not_cover_each_other(page: Page, maps: Server) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    show(page, maps)
    boxes = plates(page)
    assert len(boxes) > 8
    assert not overlapping(list(boxes.values()))
    stage = box_of(the_map(page))
    for number, box in boxes.items():
        assert stage["left"] <= box["left"]
        assert box["left"] + box["width"] <= stage["left"] + stage["width"]
        name = NAMES.get(number, f"cluster {number}")[:300]
        expect(label(page, number).locator(".label-name")).to_have_text(name)
        assert box["width"] < 260
    assert set(NAMES) <= set(boxes)
    assert dialogs == []


def test_labels_move_with_the_map_and_stay_the_same(page: Page, maps: Server) -> None:
    show(page, maps)
    before = plates(page)
    left, top = corner(page)
    drag(page, [(left + 8, top + 8), (left + 28, top + 48)])
    wait_until_still(page)
    after = plates(page)
    assert set(after) == set(before)
    moved = [(after[n]["left"] - b["left"], after[n]["top"] - b["top"]) for n, b in before.items()]
    assert np.median(moved, axis=0).tolist() == pytest.approx([20, 40], abs=1)
    assert not overlapping(list(after.values()))


_PICTURES = {
    "none": [],
    "above": [(-20, -60)],
    "above and below": [(-20, -60), (-20, 20)],
    "all over": [(x, y) for x in range(-400, 400, 42) for y in range(-400, 400, 42)],
}


@pytest.mark.parametrize("where", _PICTURES)
def test_label_is_put_beside_pictures_where_there_is_room(page: Page, maps: Server, where: str) -> None:
    """The label of a cluster of 40 x 40 pixels, among pictures of 40 x 40."""
    (label,) = in_modules(
        page,
        maps,
        """
        const { placed } = await load("placing");
        const label = { anchor: [0, 0], box: [-0.2, 0.2, -0.2, 0.2], width: 100, height: 26 };
        const pictures = given.map(([left, top]) => ({ left, top, width: 40, height: 40 }));
        return placed([label], 100, pictures, { left: -500, top: -500, right: 500, low: 500 });
        """,
        _PICTURES[where],
    )
    pictures = [{"left": x, "top": y, "width": 40, "height": 40} for x, y in _PICTURES[where]]
    assert any(overlapping([label, picture]) for picture in pictures) == (where == "all over")
    assert abs(label["left"] + 50) <= 80
    assert abs(label["top"] + 13) <= 80


def test_label_flies_to_its_cluster_and_lets_drags_and_the_wheel_through(page: Page, maps: Server) -> None:
    show(page, maps)
    before, box = scale(page), box_of(plate(page, 21))
    middle = box["left"] + box["width"] / 2, box["top"] + 12
    drag(page, [middle, (middle[0] + 30, middle[1] + 20)])
    assert scale(page) == before
    moved = box_of(plate(page, 21))
    assert (moved["left"] - box["left"], moved["top"] - box["top"]) == pytest.approx((30, 20), abs=1)
    # As quick as a hand that throws the map.
    drag(page, [(middle[0] + 30, middle[1] + 20), (middle[0] - 70, middle[1] - 80)])
    thrown = box_of(plate(page, 21))
    assert (thrown["left"] - box["left"], thrown["top"] - box["top"]) == pytest.approx((-70, -80), abs=1)
    page.mouse.move(thrown["left"] + 20, thrown["top"] + 12)
    page.mouse.wheel(0, 200)
    wait_until_still(page)
    assert scale(page) < before
    press(page, "fit")
    wait_until_still(page)
    plate(page, 21).click()
    page.wait_for_function("scale => " + _view("scale") + " > 2 * scale", arg=before)
    wait_until_still(page)
    stage, flown = box_of(the_map(page)), box_of(plate(page, 21))
    assert abs(flown["left"] + flown["width"] / 2 - stage["left"] - stage["width"] / 2) < stage["width"] / 3
    expect(page.get_by_text("moved", exact=True)).to_be_visible()
    expect(page.get_by_text("0 pictures selected")).to_be_visible()


def _view(name: str) -> str:
    host = "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
    return f"JSON.parse({host}.querySelector('canvas').dataset.view).{name}"


def test_label_is_renamed_by_the_mouse_and_by_the_keyboard(page: Page, maps: Server) -> None:
    show(page, maps)
    before = scale(page)
    plate(page, 18).dblclick()
    field = label(page, 18).get_by_role("textbox")
    expect(field).to_have_value("cluster 18")
    field.fill("<b>Ships</b>")
    field.press("Enter")
    expect(page.get_by_text("renamed 18 to <b>Ships</b>")).to_be_visible()
    expect(label(page, 18).locator(".label-name")).to_have_text("<b>Ships</b>")
    expect(plate(page, 18)).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.type("other")
    page.keyboard.press("Escape")
    expect(label(page, 18).locator(".label-name")).to_have_text("<b>Ships</b>")
    expect(page.locator(".legend .entry", has_text="<b>Ships</b>")).to_be_visible()
    assert scale(page) == before
    # The arrow keys go from label to label, the Tab key into what one can do with it.
    page.keyboard.press("ArrowRight")
    following = min(n for n in plates(page) if n > 18)
    expect(plate(page, following)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    size = number_in(label(page, following).locator(".count").inner_text())
    expect(page.get_by_text(f"{size} pictures selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(the_map(page)).to_be_focused()


def test_field_of_a_name_says_how_long_one_may_be(page: Page, maps: Server) -> None:
    show(page, maps)
    plate(page, 18).dblclick()
    field, said = label(page, 18).get_by_role("textbox"), label(page, 18).get_by_role("status")
    page.keyboard.insert_text("x" * (MAX_NAME - 1))
    expect(said).to_be_hidden()
    page.keyboard.insert_text("yyy")
    expect(said).to_have_text(f"A name may have {MAX_NAME} characters.")
    expect(field).to_have_value("x" * (MAX_NAME - 1) + "y")
    field.press("Enter")
    expect(page.get_by_text(f"renamed 18 to {'x' * (MAX_NAME - 1)}y")).to_be_visible()
    expect(field).to_have_count(0)
    expect(said).to_have_count(0)


def test_label_shows_representatives_and_selects_its_cluster(page: Page, maps: Server) -> None:
    show(page, maps, "fixed=1")
    plate(page, 24).hover()
    faces = label(page, 24).locator("img")
    expect(faces).to_have_count(3)
    for face in faces.all():
        expect(face).to_have_js_property("complete", True)
        assert face.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1
    expect(label(page, 24).get_by_role("button", name="Rename")).to_have_count(0)
    size = number_in(label(page, 24).locator(".count").inner_text())
    label(page, 24).get_by_role("button", name="Select").click()
    expect(page.get_by_text(f"{size} pictures selected")).to_be_visible()
    expect(faces).to_have_count(3)
    expect(label(page, 27)).to_have_class(re.compile("faded"))
    expect(label(page, 24)).not_to_have_class(re.compile("faded"))


def test_pictures_have_the_shape_of_their_points_where_colours_come_again(page: Page, maps: Server) -> None:
    corners = in_modules(
        page,
        maps,
        """
        const { Pictures } = await load("pictures");
        const bitmap = document.createElement("canvas");
        const colours = { palette: [[1, 2, 3], [4, 5, 6]], noise: [0, 0, 0] };
        const scene = { colours, theme: { ground: [255, 255, 255] } };
        return given.map(([colour, width]) => {
          const context = document.createElement("canvas").getContext("2d");
          let corners = 0;
          context.lineTo = () => corners++;
          const points = { colour: [colour] };
          new Pictures(null).drawOne(context, bitmap, { i: 0, x: 50, y: 50 }, width, { ...scene, points });
          return corners;
        });
        """,
        [(-1, 40), (0, 40), (1, 40), (2, 40), (6, 40), (6, 10)],
    )
    assert corners == [0, 0, 0, 2 * 3, 2 * 2, 0]


# --- outlines and noise -----------------------------------------------------------------------------------


def test_outlines_noise_and_names_can_be_switched_off(page: Page, maps: Server) -> None:
    show(page, maps)
    choose(page, "dots")
    stage = box_of(the_map(page))

    def drawn() -> str:
        return str(the_map(page).evaluate("canvas => canvas.toDataURL()"))

    def switch(name: str) -> str:
        page.locator(f'.toolbar [data-switch="{name}"]').click()
        wait_until_still(page)
        return drawn()

    first = drawn()
    assert switch("outlines") != first
    assert switch("outlines") == first
    noise = [4, 9, 14, 19, 24, 29]
    seen = [ink(page, *pixel_of(page, i)) for i in noise]
    ground = ink(page, stage["left"] + 3, stage["top"] + 3)
    switch("noise")
    hidden = [ink(page, *pixel_of(page, i)) for i in noise]
    assert all(pixel != ground for pixel in seen)
    assert sum(pixel == ground for pixel in hidden) >= 3  # others may lie in an outline, or under a point
    switch("names")
    expect(page.locator(".cluster-label:visible")).to_have_count(0)


def test_noise_that_is_switched_off_is_selected_only_by_name(page: Page, maps: Server) -> None:
    show(page, maps)
    stage = box_of(the_map(page))
    noise_switch = page.locator('.toolbar [data-switch="noise"]')
    noise_switch.click()
    page.keyboard.down("Shift")
    drag(
        page,
        [
            (stage["left"] + 2, stage["top"] + 2),
            (stage["left"] + stage["width"] - 3, stage["top"] + stage["height"] - 3),
        ],
    )
    page.keyboard.up("Shift")
    expect(page.get_by_text("640 pictures selected")).to_be_visible()  # every fifth of 800 is noise
    entry = page.locator(".legend li", has_text="noise")
    entry.hover()
    entry.locator(".all").click()
    expect(page.get_by_text("160 pictures selected")).to_be_visible()
    expect(noise_switch).to_have_attribute("aria-pressed", "true")


def test_outline_runs_round_most_of_a_cluster(page: Page, maps: Server) -> None:
    rng = np.random.default_rng(2)
    turn = rng.uniform(0, 4.2, 600)
    x, y = (4 * np.cos(turn) + rng.normal(0, 0.3, 600)), (4 * np.sin(turn) + rng.normal(0, 0.3, 600))
    inside, middle = in_modules(
        page,
        maps,
        """
        const [{ outlineOf }, { insidePolygon }] = [await load("outline"), await load("geometry")];
        const [x, y] = given.map(values => Float32Array.from(values));
        const lines = outlineOf(x, y, Uint32Array.from(x, (_, i) => i), [], 0.01);
        const count = (xs, ys) => Array.from(xs, (_, i) =>
          lines.reduce((n, line) => n + insidePolygon(line, xs, ys)[i], 0) % 2).reduce((a, b) => a + b, 0);
        return [count(x, y), count([0], [0])];
        """,
        [x.tolist(), y.tolist()],
    )
    assert 0.92 * 600 <= inside < 600
    assert middle == 0  # of the ring: the outline follows its form


# --- small map, axes --------------------------------------------------------------------------------------


def test_small_map_appears_when_zoomed_in_and_moves_the_view(page: Page, maps: Server) -> None:
    show(page, maps)
    small = page.locator(".minimap")
    expect(small).to_be_hidden()
    left, top = corner(page)
    page.mouse.move(left + 120, top + 120)
    page.mouse.wheel(0, -700)
    wait_until_still(page)
    expect(small).to_be_visible()
    before, box = float(page.evaluate(_view("offsetX"))), box_of(small)
    zoom = scale(page)
    assert not overlapping([box, *plates(page).values()])
    drag(page, [(box["left"] + 30, box["top"] + 30), (box["left"] + box["width"] - 20, box["top"] + 30)])
    wait_until_still(page)
    assert page.evaluate(_view("offsetX")) < before - 200
    assert scale(page) == zoom
    press(page, "fit")
    expect(small).to_be_hidden()


@pytest.mark.parametrize(("query", "edge"), [("axes=time", "bottom"), ("axes=bars", "top")])
def test_axes_stay_at_the_edge_of_the_map(page: Page, maps: Server, query: str, edge: str) -> None:
    show(page, maps, query + "&plain=1")
    expect(page.locator(".cluster-label:visible")).to_have_count(0)
    stage = box_of(the_map(page))
    y = stage["top"] + (stage["height"] - 20 if edge == "bottom" else 4)
    strip = (stage["left"] + 1, y, int(stage["width"]) - 2, 16)

    def letters() -> int:
        pixels = np.array(ink(page, *strip)).reshape(-1, 4)[:, :3]
        return int((pixels.sum(axis=1) < 300).sum())

    page.mouse.move(stage["left"] + stage["width"] / 2, stage["top"] + 200)
    page.mouse.wheel(0, -600)
    wait_until_still(page)
    assert letters() > 100
    drag(page, [(stage["left"] + 400, stage["top"] + 150), (stage["left"] + 430, stage["top"] + 90)])
    wait_until_still(page)
    assert letters() > 100


def test_scale_is_drawn_as_far_as_it_holds(page: Page, maps: Server) -> None:
    show(page, maps, "axes=bars&plain=1")
    stage = box_of(the_map(page))
    row = stage["top"] + float(page.evaluate(_view("offsetY"))) - 2 * scale(page)
    end = stage["left"] + float(page.evaluate(_view("offsetX"))) + 10 * scale(page)

    def lines(left: float) -> int:
        """How many of 8 rows round the tick are darker than the ground, over 40 pixels."""
        rows = np.array(ink(page, left, row - 4, 40, 8)).reshape(8, 40, 4)[..., :3].sum(axis=2)
        return int((np.median(rows, axis=1) < 3 * 250).sum())

    assert (lines(end - 45), lines(end + 5)) == (1, 0)
    texts = in_modules(
        page,
        maps,
        """
        const { Axes } = await load("axes");
        const axes = new Axes();
        const y = { title: "images", ticks: [[0, "0"], [200, "5"]], end: 300 };
        axes.update({ x: null, y, headings: [] }, "serif");
        const theme = { text: [0, 0, 0], ground: [255, 255, 255] };
        return given.map(offset => {
          const context = document.createElement("canvas").getContext("2d");
          const texts = [];
          context.fillText = text => texts.push(text);
          const camera = { width: 800, height: 600, scale: 1, toScreen: (x, y) => [x + offset, 400 - y] };
          axes.drawTexts(context, { camera, ratio: 1, theme });
          return texts;
        });
        """,
        [0, -200, -290],
    )
    assert texts == [["0", "5", "images"], ["0", "5", "images"], []]


def test_the_only_heading_stays_over_its_part(page: Page, maps: Server) -> None:
    edges = in_modules(
        page,
        maps,
        """
        const { Axes } = await load("axes");
        const axes = new Axes();
        const y = { title: "images", ticks: [[0, "0"], [20, "5"]], end: 30 };
        axes.update({ x: null, y, headings: [[32, 10, "no value · 21"]] }, "serif");
        const theme = { text: [0, 0, 0], ground: [255, 255, 255] };
        const context = document.createElement("canvas").getContext("2d");
        return given.map(scale => {
          const toScreen = (x, y) => [x * scale, 400 - y * scale];
          axes.drawTexts(context, { camera: { width: 2000, height: 600, scale, toScreen }, ratio: 1, theme });
          return axes.taken.map(([left]) => left / scale);
        });
        """,
        [8, 12, 50],
    )
    assert [len(lefts) for lefts in edges] == [1, 1, 1]
    assert min(left for (left,) in edges) >= 30, edges


def test_ticks_are_thinned_until_none_overlap(page: Page, maps: Server) -> None:
    steps = in_modules(
        page,
        maps,
        """
        const { stride } = await load("axes");
        const places = Array.from({ length: 60 }, (_, k) => k);
        return given.map(scale => stride(places, places.map(() => 30), scale));
        """,
        [100, 45, 30, 10, 3, 0.5],
    )
    assert steps == [1, 1, 2, 5, 20, 100]


# --- legend and table -------------------------------------------------------------------------------------


def test_legend_finds_selects_and_is_used_by_keyboard(page: Page, maps: Server) -> None:
    show(page, maps)
    entries = page.locator(".legend .entry")
    expect(entries).to_have_count(16)
    letters = page.locator(".legend .chip text").all_text_contents()
    assert letters == [*(str(3 * i) for i in range(15)), "·"]
    page.get_by_role("searchbox", name="Find").fill("ONERROR")
    expect(entries).to_have_count(1)
    expect(entries.locator(".label")).to_have_text(NAMES[0])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(entries).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    size = number_in(entries.locator(".count").inner_text())
    expect(page.get_by_text(f"{size} pictures selected")).to_be_visible()
    page.get_by_role("searchbox", name="Find").fill("no such name")
    expect(page.get_by_text("Nothing is called that.")).to_be_visible()
    page.get_by_role("searchbox", name="Find").fill("")
    entries.nth(2).focus()
    page.keyboard.press("ArrowDown")
    expect(entries.nth(3)).to_be_focused()
    page.keyboard.press("End")
    expect(entries.nth(15)).to_be_focused()


def test_legend_finds_what_the_others_are(page: Page, maps: Server) -> None:
    show(page, maps, "by=1")
    entries = page.locator(".legend-body ul").first.locator(".entry")
    expect(entries).to_have_count(20)
    together = entries.last
    n_others = number_in(together.locator(".label").inner_text())
    others = page.locator(".legend-body ul").last.locator(".entry")
    expect(others).to_have_count(n_others)
    counts = [number_in(text) for text in others.locator(".count").all_inner_texts()]
    assert sum(counts) == number_in(together.locator(".count").inner_text())
    sought = others.last.locator(".label").inner_text()
    page.get_by_role("searchbox", name="Find").fill(sought)
    expect(others.first.locator(".label")).to_have_text(sought)
    # The labels of the clusters wear no colour that means something else here.
    assert label(page, 21).locator(".chip path").get_attribute("fill") == "var(--raised)"


def test_one_of_the_others_is_brought_out_and_selected(page: Page, maps: Server) -> None:
    show(page, maps, "by=1")
    one = page.locator(".legend-body ul").last.locator(".entry").first
    size = number_in(one.locator(".count").inner_text())
    choose(page, "dots")
    drawn = "canvas => canvas.toDataURL()"
    all_bright = the_map(page).evaluate(drawn)
    one.click()
    expect(one).to_have_attribute("aria-pressed", "true")
    wait_until_still(page)
    assert the_map(page).evaluate(drawn) != all_bright
    page.get_by_role("searchbox", name="Find").fill(one.locator(".label").inner_text())
    expect(one).to_have_attribute("aria-pressed", "true")  # still, where it is found
    one.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{size} pictures selected")).to_be_visible()


@pytest.mark.parametrize("width", [1000, 1280])
def test_legend_says_what_stands_out_in_whole_words_and_nothing_moves_under_the_pointer(
    open_page: OpenPage, maps: Server, width: int
) -> None:
    page = open_page(width=width)
    show(page, maps, "by=share")
    cut = (
        "all => all.filter(e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight + 1).length"
    )
    labels = page.locator(".legend .label")
    expect(labels.get_by_text("in an artefact of the seed", exact=True)).to_be_visible()
    assert labels.evaluate_all(cut) == 0
    height = box_of(page.locator(".legend-body"))["height"]
    entry = page.locator(".legend li", has_text="80% – 100%")
    entry.hover()
    expect(entry.locator(".all")).to_be_visible()
    assert labels.evaluate_all(cut) == 0
    assert box_of(page.locator(".legend-body"))["height"] == height


def test_legend_of_very_many_clusters_says_how_many_more_there_are(page: Page, maps: Server) -> None:
    show(page, maps, "n=4000&k=150&plain=1")
    entries = page.locator(".legend .entry")
    expect(entries).to_have_count(100)
    expect(page.get_by_text("and 51 more")).to_be_visible()  # the noise is one of them
    page.get_by_role("searchbox", name="Find").fill("cluster 444")
    expect(entries).to_have_count(1)
    entries.click()
    expect(entries).to_have_attribute("aria-pressed", "true")


def test_table_says_what_the_map_shows(page: Page, maps: Server) -> None:
    show(page, maps)
    before = scale(page)
    page.get_by_text("Clusters as a table").click()
    table = page.get_by_role("table", name="Map of 800 pictures")
    rows = table.get_by_role("row")
    expect(rows).to_have_count(17)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Number", "Name", "Images", "Share", "Mean strength"]
    cells = [row.locator("td").all_inner_texts() for row in rows.all()[1:]]
    assert sum(number_in(size) for _number, size, _share, _strength in cells) == 800
    assert cells[-1] == ["–", "160", "20%", "–"]
    assert all(0.4 < float(strength) < 1 for *_rest, strength in cells[:-1])
    table.get_by_role("button", name="cluster 42").click()
    page.wait_for_function("scale => " + _view("scale") + " > 2 * scale", arg=before)


# --- narrow -----------------------------------------------------------------------------------------------


def test_marks_fit_a_phone(open_page: OpenPage, maps: Server) -> None:
    page = open_page(width=390, height=844, device_scale_factor=2, has_touch=True, is_mobile=True)
    show(page, maps)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = plates(page)
    assert boxes
    expect(page.locator(".cluster-label:visible .count").first).to_be_visible()
    assert not overlapping(list(boxes.values()))
    assert all(box["left"] >= 0 and box["left"] + box["width"] <= 390 for box in boxes.values())
    press(page, "closer")
    wait_until_still(page)
    expect(page.locator(".minimap")).to_be_hidden()
    legend = box_of(page.locator(".legend"))
    assert legend["left"] + legend["width"] <= 390
    page.get_by_text("Clusters as a table").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
