"""Files for other programs: the columns they ask for, in the order of the collection."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from barrx import datasets, embedding, encoders, export, pipeline
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.export import peers, printed
from barrx.pipeline import Map
from barrx.ui.standalone.scene import Scene
from barrx.ui.standalone.sheet import check, sheet_of

KITES = {0: "kites"}
NUMBER = r'"(-?[\d.]+)"'
LINE = f"<line x1={NUMBER} y1={NUMBER} x2={NUMBER} y2={NUMBER}"
IMAGE = f"<image x={NUMBER} y={NUMBER} width={NUMBER} height={NUMBER}"
CIRCLE = f"<circle cx={NUMBER} cy={NUMBER}"


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


@pytest.fixture
def finished(demo: Dataset) -> Map:
    found = pipeline.load(
        demo, pipeline.MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    )
    assert found is not None
    return found


@pytest.fixture
def vectors(demo: Dataset) -> embedding.Embedding:
    return embedding.require(demo, encoders.get("efficientnet-lite0"))


def test_embedding_atlas_has_places_neighbors_and_pictures(
    demo: Dataset, finished: Map, vectors: embedding.Embedding, tmp_path: Path
) -> None:
    found = peers.nearest(vectors, finished, 5)
    crowded = replace(demo, metadata=demo.metadata.assign(image="x", projection_x=1))
    export.write_table(peers.embedding_atlas(crowded, finished, found, KITES), tmp_path / "atlas.parquet")
    table = pd.read_parquet(tmp_path / "atlas.parquet")
    assert len(table) == 810
    assert np.array_equal(table["projection_x"].to_numpy(np.float32), finished.coordinates[:, 0])
    assert {"image_metadata", "projection_x_metadata"} <= set(table.columns)
    assert (table["cluster_name"] == "kites").sum() == (finished.clustering.labels == 0).sum() > 0
    row = table.iloc[3]
    assert row["neighbors"]["ids"].tolist() == found.indices[3, 1:].tolist()
    assert 3 not in row["neighbors"]["ids"]
    with Image.open(io.BytesIO(row["image"]["bytes"])) as picture:
        assert max(picture.size) == 96


def test_emb_explorer_has_ids_and_vectors(
    demo: Dataset, finished: Map, vectors: embedding.Embedding, tmp_path: Path
) -> None:
    export.write_table(peers.emb_explorer(demo, vectors, finished, KITES), tmp_path / "e.parquet")
    table = pd.read_parquet(tmp_path / "e.parquet")
    assert table["uuid"].is_unique
    assert table["uuid"].tolist() == demo.filenames
    assert (table["cluster_name"] == "kites").sum() == (finished.clustering.labels == 0).sum() > 0
    assert np.array_equal(np.stack(table["emb"].to_list()), vectors.vectors)


def test_tensorboard_has_a_line_for_each_vector_whatever_is_in_a_cell(
    demo: Dataset, finished: Map, vectors: embedding.Embedding
) -> None:
    hostile = replace(demo, metadata=demo.metadata.assign(title="a\tb\nc\u2028d", creator="=1+1"))
    with zipfile.ZipFile(io.BytesIO(peers.tensorboard(hostile, vectors, finished, KITES))) as packed:
        lines = packed.read("vectors.tsv").decode().splitlines()
        head, *rows = packed.read("metadata.tsv").decode().rstrip("\n").split("\n")
    assert len(lines) == len(rows) == 810
    assert np.allclose(np.array(lines[5].split("\t"), float), vectors.vectors[5], rtol=1e-5)
    assert {row.count("\t") for row in rows} == {head.count("\t")}
    assert "a b c d\t'=1+1" in rows[0]
    place = head.split("\t").index("cluster_name")
    called = [row.split("\t")[place] == "kites" for row in rows]
    assert called == (finished.clustering.labels == 0).tolist()


def test_pixplot_has_every_cluster_with_its_images_and_outline(demo: Dataset, finished: Map) -> None:
    spots = json.loads(peers.pixplot(demo, finished, {0: "kites"}))
    assert len(spots) == finished.clustering.n_clusters
    sizes = [len(spot["images"]) for spot in spots]
    assert sizes == sorted(sizes, reverse=True)
    kites = next(spot for spot in spots if spot["label"] == "kites")
    assert kites["images"] == np.flatnonzero(finished.clustering.labels == 0).tolist()
    points = finished.coordinates[kites["images"]]
    corners = np.array(kites["convex_hull"])
    assert np.allclose(corners.min(0), points.min(0))
    assert np.allclose(corners.max(0), points.max(0))
    assert demo.filenames.index(kites["img"]) in kites["images"]


@pytest.mark.parametrize(
    ("points", "corners"),
    [
        ([], []),
        ([[1, 1], [1, 1]], [[1, 1]]),
        ([[0, 0], [1, 1], [2, 2]], [[0, 0], [2, 2]]),
        ([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2]], [[0, 0], [2, 0], [2, 2], [0, 2]]),
    ],
)
def test_hull_of_few_points(points: list[list[float]], corners: list[list[float]]) -> None:
    assert peers.hull(np.array(points, float).reshape(-1, 2)) == corners


def test_neighbors_and_clusters_are_tables_by_name(
    demo: Dataset, finished: Map, vectors: embedding.Embedding
) -> None:
    found = peers.nearest(vectors, finished, 2)
    table = peers.neighbor_table(demo, found)
    assert len(table) == 2 * 810
    assert (table["filename"] != table["neighbor"]).mean() > 0.99
    assert table["rank"].tolist()[:4] == [1, 2, 1, 2]
    clusters = peers.cluster_table(demo, finished, {0: "=kites"})
    assert clusters["images"].sum() == 810
    assert clusters["label"].iloc[0] == -1
    assert "'=kites" in export.to_csv(clusters)
    points = peers.points(demo, finished, {0: "kites"})
    assert (points["cluster_name"] == "kites").sum() == (finished.clustering.labels == 0).sum()


def test_sheets_for_print_have_the_size_of_the_paper_and_hold_hostile_text(
    demo: Dataset, finished: Map
) -> None:
    hostile = replace(
        demo, metadata=demo.metadata.assign(rights="<script>&\x00"), title="<svg onload=alert(1)>"
    )
    shown = np.zeros(810, bool)
    shown[:200] = True
    sheet = sheet_of(Scene(dataset=hostile, finished=finished, shown=shown))
    drawn = printed.svg(sheet).decode()
    assert "200 of 810 images shown" in drawn
    assert "20% of the longer side of what is shown" in drawn
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn
    assert "\x00" not in drawn
    assert drawn.count("<image ") == len(sheet.pictures) > 20
    with Image.open(io.BytesIO(printed.png(sheet))) as picture:
        assert picture.size == (3508, 2480)
        assert round(picture.info["dpi"][0]) == 300
        # Something is drawn in the middle of the legend's column as well as on the map.
        pixels = np.asarray(picture.convert("L"))
    assert (pixels[400:1000, 2680:2760] < 200).any()
    assert (pixels[400:2000, 200:2400] < 200).any()


def test_sheet_shows_the_place_of_the_view(demo: Dataset, finished: Map) -> None:
    whole = Scene(dataset=demo, finished=finished)
    x, y = finished.coordinates.mean(0).tolist()
    part = sheet_of(replace(whole, camera=(x, y, 4.0)))
    n = len(part.coordinates)
    assert 5 < n < 400
    drawn = printed.svg(part).decode()
    assert f"{n} of 810 images shown" in drawn
    assert "a part of the map" in drawn
    # The bar is a fifth of the frame that is drawn, and nothing lies outside of it.
    lines = [[float(v) for v in found] for found in re.findall(LINE, drawn)]
    left, right = min(x1 for x1, *_rest in lines[:4]), max(x1 for x1, *_rest in lines[:4])
    top, bottom = min(y1 for _x, y1, *_rest in lines[:4]), max(y1 for _x, y1, *_rest in lines[:4])
    assert lines[4][2] - lines[4][0] == pytest.approx(0.2 * (right - left))
    boxes = [[float(v) for v in found] for found in re.findall(IMAGE, drawn)]
    assert len(boxes) > 5
    assert all(left <= bx and bx + w <= right and top <= by and by + h <= bottom for bx, by, w, h in boxes)
    marks = [[float(v) for v in found] for found in re.findall(CIRCLE, drawn)]
    on_map = [(cx, cy) for cx, cy in marks if cx <= right]
    assert all(left <= cx and top <= cy <= bottom for cx, cy in on_map)
    # Four times as large as on screen when all is shown, where the map fills 86% of its room.
    side = np.ptp(finished.coordinates.astype(float), axis=0)
    assert part.place is not None
    assert part.place.scale == pytest.approx(
        4 * 0.86 * min((right - left) / side[0], (bottom - top) / side[1])
    )


def test_sheet_is_whole_where_nothing_lies_outside_of_the_view(demo: Dataset, finished: Map) -> None:
    whole = Scene(dataset=demo, finished=finished)
    low, high = finished.coordinates.min(0), finished.coordinates.max(0)
    x, y = ((low + high) / 2).tolist()
    near = replace(whole, camera=(x, y, 1.0))
    assert printed.svg(sheet_of(near, pictures=False)) == printed.svg(sheet_of(whole, pictures=False))


def test_what_the_legend_does_not_bring_out_is_faint_on_the_sheet(demo: Dataset, finished: Map) -> None:
    scene = Scene(dataset=demo, finished=finished, color="category")
    plain, sheet = sheet_of(scene), sheet_of(replace(scene, brought_out=("is.birds",)))
    birds = demo.metadata["category"].eq("birds").to_numpy()
    (entry,) = (one for one in sheet.legend if one.name == "birds")
    assert len(sheet.colors) == len(plain.colors) == 810
    # They lie on top of the others, and only they stand as pictures.
    assert set(sheet.colors[-birds.sum() :]) == {entry.color}
    assert not set(sheet.colors[: -birds.sum()]) & set(plain.colors)
    assert sheet.pictures
    assert min(index for index, _data in sheet.pictures) >= 810 - birds.sum()
    before = {one.name: one.color for one in plain.legend}
    assert [one.name for one in sheet.legend if one.color == before[one.name]] == ["birds"]


def test_sheet_of_a_place_without_images_is_refused(demo: Dataset, finished: Map) -> None:
    scene = Scene(dataset=demo, finished=finished, camera=(1e4, 1e4, 4.0))
    for make in (sheet_of, check):
        with pytest.raises(ParameterError, match="where the map looks: go to another place"):
            make(scene)
    for make in (sheet_of, check):
        with pytest.raises(ParameterError, match="take back a filter"):
            make(replace(scene, shown=np.zeros(810, bool)))


def test_svg_is_well_formed(demo: Dataset, finished: Map) -> None:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(
        printed.svg(sheet_of(Scene(dataset=demo, finished=finished), pictures=False))
    )
    assert root.attrib["width"] == "297.0mm"
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) > 700


def test_names_on_a_sheet_never_lie_on_each_other(demo: Dataset, finished: Map) -> None:
    sheet = replace(
        sheet_of(Scene(dataset=demo, finished=finished), pictures=False),
        names=[(0.0, 0.0, "largest"), (0.01, 0.01, "hidden"), (3.0, 3.0, "elsewhere")],
    )
    drawn = printed.svg(sheet).decode()
    assert ">largest<" in drawn
    assert ">elsewhere<" in drawn
    assert ">hidden<" not in drawn


def test_names_on_a_sheet_are_read_also_over_a_dark_picture(demo: Dataset, finished: Map) -> None:
    with io.BytesIO() as buffer:
        Image.new("RGB", (8, 8), "#000000").save(buffer, "WEBP")
        dark = buffer.getvalue()
    sheet = replace(
        sheet_of(Scene(dataset=demo, finished=finished), pictures=False),
        coordinates=np.array([[0.0, 0.0], [1.0, 1.0]]),
        colors=["#000000"] * 2,
        shapes=["circle"] * 2,
        pictures=[(0, dark), (1, dark)],
    )

    def pixels(names: list[tuple[float, float, str]]) -> NDArray[np.uint8]:
        with Image.open(io.BytesIO(printed.png(replace(sheet, names=names)))) as picture:
            return np.asarray(picture.convert("L"))

    before, after = pixels([]), pixels([(0.0, 0.0, "a")])
    down, across = np.nonzero((before < 128) & (after > 250))  # white where the picture was dark
    # A plate with straight edges: a stroke round the letter would leave the picture in the corners.
    corner = 12  # pixels
    for edge in (down.min(), down.max()):
        assert (after[edge, across.min() + corner : across.max() - corner] > 250).all()
    for edge in (across.min(), across.max()):
        assert (after[down.min() + corner : down.max() - corner, edge] > 250).all()
