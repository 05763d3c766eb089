"""What a button downloads is made outside of the page's run, and speaks the language of whoever sees the button."""

import io
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from barrx import archive, datasets, i18n, pipeline
from barrx.ui import downloads, export_kinds, selection_route
from barrx.ui.standalone.scene import Scene
from tests.unit.test_routes import Client, client

__all__ = ["client"]
UI = Path(downloads.__file__).parent


@pytest.fixture
def scene(home: Path) -> Scene:
    demo = datasets.load("demo")
    request = pipeline.MapRequest.default("demo", "efficientnet-lite0", len(demo.filenames))
    finished = pipeline.load(demo, request)
    assert finished is not None
    return Scene(dataset=demo, finished=finished)


def test_no_button_downloads_by_itself() -> None:
    users = [path.name for path in UI.rglob("*.py") if "st.download_button" in path.read_text("utf-8")]
    assert users == ["downloads.py"]


@pytest.mark.parametrize(
    ("ending", "english", "spanish"),
    [
        (".html", '<html lang="en">', '<html lang="es">'),
        (".svg", "810 of 810 images shown", "810 de 810 imágenes"),
        (".clusters.csv", '"cluster 0"', '"clúster 0"'),
        (".clusters.csv", '"noise"', '"ruido"'),
    ],
)
def test_file_made_later_is_in_the_language_of_its_button(
    scene: Scene, ending: str, english: str, spanish: str
) -> None:
    kind = next(kind for kind in export_kinds.of(scene) if kind.ending == ending)
    for language, said in (("en", english), ("es", spanish)):
        with i18n.speaking(language):
            make = downloads.in_language_of_now(lambda: kind.make(scene))
        made: list[bytes] = []
        thread = threading.Thread(target=lambda make=make, made=made: made.append(make()))
        thread.start()
        thread.join()
        assert said in made[0].decode("utf-8-sig")


def test_selection_is_packed_in_the_language_of_its_address(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_digest", lambda file: "another file")
    request, chosen = scene.finished.request, np.arange(3)
    for language in ("en", "es"):
        with i18n.speaking(language):
            address = selection_route.addresses(scene.dataset, request, chosen)["zip"]
        answer = client.get(f"/{address}")
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            notes = packed.read(archive.NOTES).decode()
        with i18n.speaking(language):
            why = i18n._("it has changed since it was added")
            said = i18n._("Not in this archive: {name} ({reason})")
        names = [scene.dataset.filenames[i] for i in chosen]
        assert notes.splitlines() == [said.format(name=name, reason=why) for name in names]
