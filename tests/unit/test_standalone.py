"""A map as a page of its own: one script, nothing from elsewhere, hostile text stays text."""

import argparse
import base64
import datetime
import hashlib
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from barrx import cli, datasets, i18n, map_options, pipeline
from barrx.errors import ParameterError
from barrx.ui import export_kinds, export_panel, standalone
from barrx.ui.component.bundle import bundle
from barrx.ui.standalone.scene import Scene, of_seen, of_view
from barrx.views import Appearance, Draft, saved, saving

HOSTILE = "</script><script>alert(1)</script><!-- \u2028 =1+1 http://evil.example/x.js \"'&"


class Reader(HTMLParser):
    """Collects the elements of a page, and the text of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self._open: tuple[str, dict[str, str | None]] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self._open = (tag, dict(attributes)) if tag in ("script", "style") else None

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((*self._open, data))


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    return reader


def data_of(reader: Reader) -> dict[str, Any]:
    text = next(text for _tag, attributes, text in reader.texts if attributes.get("id") == "data")
    values: dict[str, Any] = json.loads(text)
    return values


@pytest.fixture
def scene(home: Path) -> Scene:
    demo = datasets.load("demo")
    request = pipeline.MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    finished = pipeline.load(demo, request)
    assert finished is not None
    return Scene(dataset=demo, finished=finished)


@pytest.fixture
def hostile(scene: Scene) -> Scene:
    metadata = scene.dataset.metadata.assign(title=HOSTILE, rights=HOSTILE, **{HOSTILE: HOSTILE})
    dataset = replace(scene.dataset, metadata=metadata, title=HOSTILE)
    return replace(scene, dataset=dataset, names={0: HOSTILE}, title=HOSTILE, note=HOSTILE, author=HOSTILE)


def test_page_of_the_demo_is_small_and_names_nothing_elsewhere(scene: Scene) -> None:
    page = standalone.html(scene)
    assert len(page) < 15e6
    # The name of a namespace is no address: nobody asks for it.
    assert set(re.findall(rb"https?://[^\s\"'`<]*", page)) == {b"http://www.w3.org/2000/svg"}
    for _tag, attributes in read(page).elements:
        assert not {"src", "href", "action", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_page_shows_an_address_of_a_note_as_text_and_the_day_as_its_reader_writes_it(scene: Scene) -> None:
    with i18n.speaking("es"):
        page = standalone.html(replace(scene, note="See https://museum.example/moon")).decode()
        today = i18n.date(datetime.datetime.now(datetime.UTC).date())
    assert "https://museum" not in page
    assert "https:&#47;&#47;museum.example/moon" in page
    assert today in page
    assert "Cómo se hizo este mapa" in page


def test_page_writes_parameters_as_its_reader_does(scene: Scene) -> None:
    for language, least, scratch in (("en", "0.1", "no"), ("es", "0,1", "no")):
        with i18n.speaking(language):
            page = standalone.html(scene).decode()
        assert f'<th scope="row">min_dist</th><td>{least}</td>' in page
        assert f'<th scope="row">from_scratch</th><td>{scratch}</td>' in page


def test_page_says_which_filters_there_are_and_what_became_of_the_others(scene: Scene) -> None:
    wanted = {"q": ["bird <b>"], "is.category": ["birds", "bread"], "from.year": ["1900"], "below": ["0.5"]}
    seen = Appearance(
        request=scene.finished.request, fingerprint=scene.dataset.fingerprint, filters=wanted, hide=True
    )
    page = standalone.html(of_seen(scene.dataset, scene.finished, seen, {})).decode()
    assert (
        "0 of 810 images pass the filters: search “bird &lt;b&gt;”; category: birds or bread; year: from 1900; "
        in page
    )
    assert "membership below 0.5. The others are hidden. <button" in page
    assert data_of(read(page.encode()))["options"]["hide_filtered"] is True
    seen = replace(seen, filters={"only": ["noise"]}, hide=False)
    page = standalone.html(of_seen(scene.dataset, scene.finished, seen, {})).decode()
    assert "of 810 images pass the filters: only noise. The others are dimmed." in page
    assert "data-all>" not in standalone.html(scene).decode()


def test_policy_allows_the_one_script_and_the_one_style(scene: Scene) -> None:
    reader = read(standalone.html(scene))
    policy = next(a["content"] for tag, a in reader.elements if tag == "meta" and "http-equiv" in a)
    rules = dict(rule.strip().split(" ", 1) for rule in (policy or "").split(";"))
    assert rules["default-src"] == "'none'"
    for kind in ("script", "style"):
        own = [text for tag, a, text in reader.texts if tag == kind and "type" not in a]
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in own]
        assert rules[f"{kind}-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)
        assert len(own) == 1


def test_hostile_metadata_stays_text(hostile: Scene) -> None:
    reader = read(standalone.html(hostile))
    scripts = [a for tag, a in reader.elements if tag == "script"]
    assert [a.get("type") for a in scripts] == ["application/json", "text/plain", "text/plain", None]
    data = data_of(reader)
    assert data["rows"][0][0] == HOSTILE
    assert HOSTILE in data["fields"]
    assert data["options"]["clusters"][0]["name"] == HOSTILE


def test_page_holds_all_pictures_rows_and_the_recipe(scene: Scene) -> None:
    reader = read(standalone.html(scene))
    n = len(scene.dataset.filenames)
    packs = {a["id"]: text.split() for _tag, a, text in reader.texts if str(a.get("id")).startswith("thumb")}
    assert {name: len(pack) for name, pack in packs.items()} == {"thumbnails-96": n, "thumbnails-320": n}
    assert base64.b64decode(packs["thumbnails-96"][7]) == scene.dataset.thumbnail(7, 96)
    data = data_of(reader)
    assert len(data["rows"]) == n
    assert len(data["recipe"]["coordinates"]) == n
    assert data["options"]["legend"][0][1] == (scene.finished.clustering.labels == 0).sum()


def test_large_collection_is_a_zip_with_its_pictures_in_files(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standalone, "MOST_IN_ONE_FILE", 800)
    with pytest.raises(ParameterError, match=r"One file holds 800 images, the collection has 810.*zip"):
        standalone.write(scene, tmp_path / "map.html")
    assert not list(tmp_path.iterdir())
    standalone.write(scene, tmp_path / "map.zip")
    with zipfile.ZipFile(tmp_path / "map.zip") as packed:
        names = packed.namelist()
        page = packed.read("index.html")
        assert packed.read("pictures/320/809.webp") == scene.dataset.thumbnail(809, 320)
    assert len([name for name in names if name.startswith("pictures/")]) == 2 * 810
    assert len(page) < 1e6
    assert data_of(read(page))["files"] == "pictures"


def test_everything_the_panel_offers_can_be_made(scene: Scene) -> None:
    kinds = export_kinds.of(scene)
    assert len({kind.ending for kind in kinds}) == len(kinds) == 14
    assert {kind.ending: bool(kind.make(scene)) for kind in kinds} == {kind.ending: True for kind in kinds}


def test_command_beside_an_export_makes_the_same_map(scene: Scene) -> None:
    request = scene.finished.request
    other = replace(
        request,
        projection=replace(request.projection, min_dist=0.25, from_scratch=True),
        clustering=replace(request.clustering, min_cluster_size=12),
    )
    seen = replace(scene, finished=replace(scene.finished, request=other), color="category")
    kinds = {kind.ending: kind for kind in export_kinds.of(seen)}
    options = "--min-dist 0.25 --from-scratch --min-cluster-size 12"
    said = export_panel.command(seen, kinds[".html"])
    assert said == f"python -m barrx export demo {options} --color category --output demo.html"
    said = export_panel.command(seen, kinds[".clusters.parquet"])
    assert said == f"python -m barrx export demo {options} --as clusters --output demo.clusters.parquet"
    parser = argparse.ArgumentParser()
    map_options.add(parser)
    assert map_options.request(parser.parse_args(options.split()), scene.dataset) == other


def test_saved_view_is_exported_with_the_map_that_was_kept(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = Appearance(
        request=scene.finished.request,
        fingerprint=scene.dataset.fingerprint,
        color="category",
        brought_out=("is.birds",),
        camera=(1.0, 2.0, 3.0),
    )
    moved = replace(scene.finished, coordinates=scene.finished.coordinates[::-1].copy())
    id = saving.save(scene.dataset, moved, seen, Draft(name="Kites & co", author="A. B.", note="Look."))
    target = tmp_path / "view.html"
    assert cli.main(["export", "demo", "--view", str(id), "--output", str(target)]) == 0
    data = data_of(read(target.read_bytes()))
    assert data["recipe"]["coordinates"] == moved.coordinates.astype(float).tolist()
    assert data["options"]["legend_title"] == "category"
    (index,), others = data["options"]["legend_chosen"]
    assert ([name for name, _n, i in data["options"]["legend"] if i == index], others) == (["birds"], [])
    assert data["options"]["camera"] == [1, 2, 3]
    assert b"<h1>Kites &amp; co</h1>" in target.read_bytes()
    for arguments, message in (
        (["demo", "--view", "99"], "no saved view 99"),
        (["demo", "--view", str(id), "--seed", "3"], "leave out --seed"),
    ):
        capsys.readouterr()
        assert cli.main(["export", *arguments, "--output", str(target)]) == 2
        assert message in capsys.readouterr().err


def test_view_of_another_collection_says_how_many_images_differ(scene: Scene) -> None:
    seen = Appearance(request=scene.finished.request, fingerprint=scene.dataset.fingerprint)
    view = saved.load(saving.save(scene.dataset, scene.finished, seen, Draft(name="Kites")))
    names = ["new.png", *scene.dataset.filenames[1:]]
    with pytest.raises(
        ParameterError, match=re.escape("(images that are missing or others: 1; new ones: 1)")
    ):
        of_view(replace(scene.dataset, filenames=names), view)


def test_recipe_of_a_saved_view_is_as_whole_as_one_of_a_map_that_was_made_here(
    scene: Scene, tmp_path: Path
) -> None:
    seen = Appearance(request=scene.finished.request, fingerprint=scene.dataset.fingerprint)
    id = saving.save(scene.dataset, scene.finished, seen, Draft(name="x"))
    plain, of_view = tmp_path / "plain.json", tmp_path / "view.json"
    assert cli.main(["export", "demo", "--recipe", str(plain)]) == 0
    assert cli.main(["export", "demo", "--view", str(id), "--recipe", str(of_view)]) == 0
    one, other = (json.loads(path.read_text()) for path in (plain, of_view))
    assert {**one, "made_on": ""} == {**other, "made_on": ""}
    for known in (other["versions"], other["weights"], other["fingerprints"]["embedding"]):
        assert known


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('import x from "./b.js";\n', "no form of import"),
        ('import { a } from "./a.js";\n', "import each other"),
        ("export default 1;\n", "no form of import or export"),
        ('const a = "</script>";\n', "end a script element"),
    ],
)
def test_bundle_refuses_what_it_does_not_know(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "a.js").write_text(code)
    with pytest.raises(ValueError, match=message):
        bundle(tmp_path / "a.js")


def test_bundle_keeps_names_of_modules_apart(tmp_path: Path) -> None:
    imports = 'import { b as c } from "./b.js";\nimport * as d from "./b.js";\n'
    (tmp_path / "a.js").write_text(imports + "const ROOM = 1;\nexport const a = c + d.b + ROOM;\n")
    (tmp_path / "b.js").write_text("const ROOM = 2;\nexport const b = ROOM;\n")
    script = bundle(tmp_path / "a.js")
    assert script.index("const ROOM = 2") < script.index("const ROOM = 1")
    assert "const { b: c } = " in script
    assert "const d = m_" in script
    assert not re.search(r"^(import|export)", script, re.MULTILINE)
