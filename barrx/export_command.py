"""``python -m barrx export``: what it writes."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from barrx import datasets, embedding, encoders, export, map_options, pipeline, views
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.export import peers, printed
from barrx.i18n import _
from barrx.ui.standalone.scene import Scene, of_view
from barrx.views import saved, verdicts

_PAGE, _TABLE = (".html", ".zip"), (".csv", ".parquet", ".json")


@dataclass(frozen=True, slots=True)
class Kind:
    """Something a map can be written as."""

    suffixes: tuple[str, ...]
    write: Callable[[Scene, Path], None]


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write a map, its recipe, or both; return the facts to print.

    Raises
    ------
    ParameterError
        if nothing is to be written, or an ending does not go with what is
    """
    kind = _kind(arguments)
    if arguments.recipe is not None:
        export.check_suffix(arguments.recipe, (".json",))
    scene = _scene(arguments)
    written = []
    if kind is not None:
        kind.write(scene, arguments.output)
        written.append(arguments.output)
    if arguments.recipe is not None:
        values = scene.recipe().to_json()
        export.write_text(json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n", arguments.recipe)
        written.append(arguments.recipe)
    return {
        "slug": scene.dataset.slug,
        "images": len(scene.dataset.filenames),
        "written": [{"file": str(path), "bytes": path.stat().st_size} for path in written],
    }


def sentences(facts: dict[str, Any]) -> list[str]:
    """Return the facts for people."""
    return [f"{one['file']}  {one['bytes'] / 1e6:.1f} MB" for one in facts["written"]]


def _kind(arguments: argparse.Namespace) -> Kind | None:
    if arguments.output is None:
        if arguments.recipe is None or arguments.kind is not None:
            raise ParameterError(_("Nothing is to be written. Give --output FILE, --recipe FILE or both."))
        return None
    if arguments.kind is not None:
        kind = KINDS[arguments.kind]
    else:
        suffix = arguments.output.suffix.lower()
        by_suffix = {s: KINDS[name] for name in ("points", "print", "page") for s in KINDS[name].suffixes}
        export.check_suffix(arguments.output, tuple(by_suffix))
        kind = by_suffix[suffix]
    export.check_suffix(arguments.output, kind.suffixes)
    return kind


def _scene(arguments: argparse.Namespace) -> Scene:
    dataset = datasets.load(arguments.slug)
    if arguments.view is not None:
        return _saved(arguments, dataset)
    request = map_options.request(arguments, dataset)
    if arguments.color is not None and arguments.color not in dataset.metadata:
        raise ParameterError(
            _("There is no column “{name}”. There are: {names}.").format(
                name=arguments.color, names=", ".join(map(str, dataset.metadata.columns)) or _("none")
            )
        )
    pipeline.check(dataset, request)
    finished = pipeline.load_or_compute(dataset, request)
    names = views.cluster_names(dataset, finished.clustering.labels)
    said = verdicts.kept(dataset, finished.clustering.labels)
    return Scene(dataset=dataset, finished=finished, names=names, verdicts=said, color=arguments.color)


def _saved(arguments: argparse.Namespace, dataset: Dataset) -> Scene:
    if names := [*map_options.given(arguments), *(["color"] if arguments.color is not None else [])]:
        raise ParameterError(
            _("A saved view has its own parameters: leave out {names}.").format(
                names=", ".join("--" + name.replace("_", "-") for name in names)
            )
        )
    view = saved.load(arguments.view)
    if view.listed.slug != dataset.slug:
        raise ParameterError(
            _("The view {id} is one of “{other}”, not of “{slug}”.").format(
                id=view.listed.id, other=view.listed.slug, slug=dataset.slug
            )
        )
    return of_view(dataset, view)


# --- what there is to write -----------------------------------------------------------------------------------


def _page(scene: Scene, path: Path) -> None:
    from barrx.ui import standalone

    standalone.write(scene, path)


def _print(scene: Scene, path: Path) -> None:
    from barrx.ui.standalone.sheet import sheet_of

    draw = printed.png if path.suffix.lower() == ".png" else printed.svg
    data = draw(sheet_of(scene))
    export.replaced(path, lambda to: to.write_bytes(data))


def _embedding(scene: Scene) -> embedding.Embedding:
    return embedding.require(scene.dataset, encoders.get(scene.finished.request.encoder))


def _points(scene: Scene, path: Path) -> None:
    export.write_table(peers.points(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts), path)


def _clusters(scene: Scene, path: Path) -> None:
    export.write_table(
        peers.cluster_table(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts), path
    )


def _neighbors(scene: Scene, path: Path) -> None:
    found = peers.nearest(_embedding(scene), scene.finished)
    export.write_table(peers.neighbor_table(scene.dataset, found), path)


def _embedding_atlas(scene: Scene, path: Path) -> None:
    found = peers.nearest(_embedding(scene), scene.finished)
    table = peers.embedding_atlas(scene.dataset, scene.finished, found, scene.cluster_names, scene.verdicts)
    export.write_table(table, path)


def _emb_explorer(scene: Scene, path: Path) -> None:
    table = peers.emb_explorer(
        scene.dataset, _embedding(scene), scene.finished, scene.cluster_names, scene.verdicts
    )
    export.write_table(table, path)


def _tensorboard(scene: Scene, path: Path) -> None:
    data = peers.tensorboard(
        scene.dataset, _embedding(scene), scene.finished, scene.cluster_names, scene.verdicts
    )
    export.replaced(path, lambda to: to.write_bytes(data))


def _pixplot(scene: Scene, path: Path) -> None:
    export.write_text(peers.pixplot(scene.dataset, scene.finished, scene.cluster_names), path)


KINDS = {
    "page": Kind(_PAGE, _page),
    "print": Kind(printed.SUFFIXES, _print),
    "points": Kind(_TABLE, _points),
    "clusters": Kind(_TABLE, _clusters),
    "neighbors": Kind(_TABLE, _neighbors),
    "embedding-atlas": Kind((".parquet",), _embedding_atlas),
    "emb-explorer": Kind((".parquet",), _emb_explorer),
    "tensorboard": Kind((".zip",), _tensorboard),
    "pixplot": Kind((".json",), _pixplot),
}
