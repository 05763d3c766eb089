"""Recipes: what is in them, hostile ones, and the map made again."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from barrx import cli, datasets, pipeline
from barrx.errors import ParameterError
from barrx.export import differences, originals, recipe, remade
from barrx.export.recipe import Recipe

IMAGES = Path(__file__).parents[2] / "barrx" / "demo" / "images"
Values = dict[str, Any]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    try:
        status = cli.main([str(a) for a in arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def few(home: Path, tmp_path: Path) -> Path:
    """A collection of four pictures that are embedded already: too few for UMAP, which takes its time to start."""
    folder = tmp_path / "few"
    folder.mkdir()
    for path in sorted(IMAGES.iterdir())[::200][:4]:
        shutil.copy(path, folder)
    datasets.add(datasets.AddRequest(slug="few", source=str(folder)))
    return folder


def made(slug: str = "few") -> Recipe:
    dataset = datasets.load(slug)
    request = pipeline.MapRequest.default(slug, "efficientnet-lite0", len(dataset.filenames))
    return recipe.of(dataset, pipeline.load_or_compute(dataset, request))


def test_recipe_is_read_as_it_was_written(home: Path) -> None:
    known = made("demo")
    values = json.loads(json.dumps(known.to_json()))
    assert {"files", "fingerprints", "versions", "projection", "clustering", "coordinates"} <= values.keys()
    assert values["projection"]["seed"] == 42
    assert "hdbscan" in values["versions"]
    again = recipe.parsed(values)
    assert np.array_equal(again.coordinates, known.coordinates)
    assert np.array_equal(again.clustering.labels, known.clustering.labels)
    assert (again.request, again.files, again.encoder_key) == (known.request, known.files, known.encoder_key)


def test_map_of_the_same_pictures_comes_out_the_same_again(few: Path) -> None:
    found = remade.remake(made(), datasets.load("few"))
    assert found.is_same
    assert found.reasons == []


def test_recorded_map_is_kept_and_every_reason_is_named(few: Path) -> None:
    known = made()
    lost, changed, *_rest = known.files
    other = replace(
        known,
        coordinates=known.coordinates + np.array([[0, 0], [5, 1], [0, 3], [0, 0]], np.float32),
        files={f"gone-{lost}": known.files[lost]}
        | {n: s for n, s in known.files.items() if n != lost}
        | {changed: "0"},
        versions=dict(known.versions) | {"hdbscan": "0.0.1"},
        processor="abacus\x1b[31m",
        encoder_key="efficientnet-lite0:other:1:tensorflow",
    )
    found = remade.remake(other, datasets.load("few"))
    assert not found.is_same
    assert found.difference is not None
    assert found.difference.images == 3
    assert found.difference.largest > 0.01
    assert found.coordinates is other.coordinates
    said = "\n".join(found.reasons)
    for part in (
        f"missing: gone-{lost}",
        f"changed: {changed}",
        f"added: {lost}",
        "hdbscan is",
        "was 0.0.1",
        "abacus",
    ):
        assert part in said
    assert "other weights" in said
    assert "\x1b" not in said
    table = remade.table(other, datasets.load("few"), found)
    assert table["filename"].tolist() == list(other.files)
    assert table["x"].tolist() == other.coordinates[:, 0].tolist()


def test_difference_does_not_see_how_a_map_is_turned() -> None:
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    labels = np.repeat([0, 1], 25).astype(np.int32)
    turned = (points @ np.array([[0, 1], [-1, 0]], np.float32)) * 3 + 7
    found = differences.difference((points, labels), (turned, 1 - labels))
    assert found.is_none
    moved = points.copy()
    moved[3] += 2
    assert not differences.difference((points, labels), (moved, labels)).is_none


def changed(**other: object) -> Callable[[Values], Values]:
    return lambda values: values | other


HOSTILE: list[tuple[Callable[[Values], object], str]] = [
    (lambda values: [values], "no recipe of a map"),
    (changed(format="barrx-recipe-9"), "another version of Barr X"),
    (lambda values: {k: v for k, v in values.items() if k != "labels"}, "labels.*missing"),
    (changed(slug=["few"]), "slug must be a text"),
    (changed(files=[["a", "b"]] * 4), "numbers of shape .1, 2."),
    (changed(coordinates=[[1, 2]]), "coordinates must be numbers of shape"),
    (changed(coordinates=[[1e300, 0]] * 4), "not all finite"),
    (changed(coordinates=[["x", "y"]] * 4), "coordinates must be numbers"),
    (changed(labels=[0.5] * 4), "whole numbers"),
    (changed(labels=[2**40] * 4), "whole numbers"),
    (changed(labels=[-7] * 4), "labels must be -1 or above"),
    (changed(versions=3), "cannot be read as a recipe"),
    (changed(fingerprints={"coordinates": "0", "labels": "0"}), "missing"),
    (changed(fingerprints=["coordinates"]), "cannot be read as a recipe"),
    (lambda v: v | {"projection": v["projection"] | {"seed": "1"}}, "seed must be int"),
    (lambda v: v | {"projection": v["projection"] | {"metric": "evil"}}, "metric must be one of"),
    (lambda v: v | {"projection": v["projection"] | {"n_neighbors": True}}, "n_neighbors must be int"),
    (lambda v: v | {"clustering": v["clustering"] | {"evil\x1b": 1}}, "no parameter evil"),
]


def test_hostile_recipes_end_with_one_clear_line(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, values = tmp_path / "r.json", made().to_json()
    texts = [(json.dumps(change(dict(values))), message) for change, message in HOSTILE]
    texts += [
        ("[" * 100_000, "cannot be read"),
        ("{", "cannot be read"),
        ('{"format": NaN}', "NaN is no number"),
    ]
    for text, message in texts:
        path.write_text(text)
        with pytest.raises(ParameterError, match=message):
            recipe.read(path)
        status, out, err = run(capsys, "map", "--recipe", path)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "Traceback" not in err
        assert "\x1b" not in err


def test_export_and_map_go_round_on_the_command_line(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, table = tmp_path / "r.json", tmp_path / "again.csv"
    status, out, err = run(capsys, "export", "few", "--recipe", path)
    assert (status, err) == (0, "")
    assert "r.json" in out
    status, out, err = run(capsys, "map", "--recipe", path, "--output", table, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["same"] is True
    assert table.read_text().count("\n") == 5
    status, out, err = run(capsys, "map", "--recipe", path)
    assert out == "The map of 4 images came out the same again.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["map"], "map needs SLUG"),
        (["map", "demo"], "map needs --output FILE"),
        (["map", "--recipe", "r.json", "--seed", "7"], "leave out --seed"),
        (["map", "--recipe", "nowhere.json"], "nowhere.json.* cannot be read as a recipe: No such file"),
        (["export", "demo"], "Nothing is to be written"),
        (["export", "demo", "--output", "x.exe"], "must end in .csv or"),
        (["export", "demo", "--as", "pixplot", "--output", "x.csv"], "must end in .json"),
        (["export", "demo", "--color", "evil", "--output", "x.png"], "There is no column .evil."),
        (["export", "demo", "--recipe", "x.txt"], "must end in .json"),
    ],
)
def test_what_does_not_go_together_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(err)


def test_recipe_whose_content_or_pictures_are_others_is_not_the_same(few: Path) -> None:
    known, dataset = made(), datasets.load("few")
    point = replace(known, coordinates=np.zeros_like(known.coordinates))
    found = remade.remake(point, dataset)
    assert not found.is_same
    assert found.difference is not None
    assert found.difference.largest > 0.01
    assert any("its coordinates are not those of its fingerprint" in why for why in found.reasons)
    others = replace(known, files=dict.fromkeys(known.files, "0" * 64))
    found = remade.remake(others, dataset)
    assert not found.is_same
    assert f"images have changed: {', '.join(known.files)}" in found.reasons
    labels = replace(known, fingerprints=dict(known.fingerprints) | {"labels": "0"})
    assert not remade.remake(labels, dataset).is_same


def test_recipe_of_a_kept_map_says_only_what_is_known(few: Path) -> None:
    dataset = datasets.load("few")
    request = pipeline.MapRequest.default("few", "efficientnet-lite0", len(dataset.filenames))
    known = recipe.of_kept(dataset, pipeline.load_or_compute(dataset, request), None)
    assert (known.versions, known.processor, known.weights) == ({}, "", None)
    assert known.fingerprints["embedding"] == ""
    read = recipe.parsed(json.loads(json.dumps(known.to_json())))
    said = differences.reasons(read, dataset, originals.changes(read.files, dataset))
    assert said == [
        "by which versions the recorded map was made is not known",
        "on which processor the recorded map was made is not known",
    ]


def test_pictures_whose_files_are_gone_or_others_are_named(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, known = tmp_path / "r.json", made()
    path.write_text(json.dumps(known.to_json()))
    gone, other, *_rest = known.files
    (few / gone).unlink()
    (few / other).write_bytes(b"another")
    status, out, err = run(capsys, "map", "--recipe", path)
    assert (status, err) == (0, "")
    assert "came out in their recorded places, but not all is as recorded" in out
    assert f"the files of images are missing or cannot be read: {gone}" in out
    assert f"the files of images have changed since they were added: {other}" in out
    status, out, err = run(capsys, "map", "--recipe", path, "--json")
    said = json.loads(out)
    assert said["same"] is False
    assert said["images_changed"]["without_file"] == [gone]
    assert said["images_changed"]["replaced"] == [other]


def test_fingerprints_of_collection_and_vectors_are_checked(few: Path) -> None:
    known, dataset = made(), datasets.load("few")
    found = remade.remake(
        replace(known, fingerprints=dict(known.fingerprints) | {"collection": "0"}), dataset
    )
    assert found.is_same  # the map does not depend on the metadata
    assert found.notes == [
        "The metadata of the collection have changed since; the map does not depend on them."
    ]
    vectors = replace(
        known,
        fingerprints=dict(known.fingerprints) | {"embedding": "0"},
        coordinates=known.coordinates[::-1].copy(),
    )
    found = remade.remake(vectors, dataset)
    assert not found.is_same
    assert any(
        "the vectors of the images are not those the map was made from" in why for why in found.reasons
    )
    turned = replace(known, files=dict(reversed(known.files.items())))
    assert "the images are in another order" in remade.remake(turned, dataset).reasons


def test_recipe_of_a_collection_without_any_of_its_pictures_keeps_the_recorded_map(few: Path) -> None:
    known = made()
    lost = replace(known, files={f"gone-{name}": sha for name, sha in known.files.items()})
    found = remade.remake(lost, datasets.load("few"))
    assert (found.difference, found.is_same) == (None, False)
    assert "no image in common" in found.reasons[-1]
    assert f"images are missing: {', '.join(lost.files)}" in found.reasons
    assert found.coordinates is lost.coordinates
