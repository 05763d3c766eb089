"""What a map can be taken away as: how each is called, explained and made."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from barrx import embedding, encoders, export, neighbors
from barrx.export import peers, printed
from barrx.i18n import _
from barrx.ui import standalone
from barrx.ui.standalone import sheet
from barrx.ui.standalone.scene import Scene

Make = Callable[[Scene], bytes]
Table = Callable[[Scene], pd.DataFrame]

RECIPE: Final = ".recipe.json"
MOST_IN_MEMORY: Final = 10_000  # pictures of a page that this process may hold at once: some 80 MB
_SEARCHED_HERE = 2000  # pictures among which the page looks for neighbours itself, within a second
_PARQUET = "application/octet-stream"


def _anything(scene: Scene) -> None:
    """Whatever the scene is, it can be made."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something the map can be taken away as.

    Attributes
    ----------
    name, help : str
        for people
    ending : str
        follows the collection's name
    mime : str
    make : callable
    named : str
        for ``--as`` on the command line; "" where the ending says it
    is_as_seen : bool
        it has the colours and filters of the map on screen; else it has all images
    check : callable
        raises a ParameterError if it cannot be made
    """

    name: str
    help: str
    ending: str
    mime: str
    make: Make
    named: str = ""
    is_as_seen: bool = False
    check: Callable[[Scene], None] = _anything


def of(scene: Scene) -> list[Kind]:
    """Return what there is to choose from."""
    as_seen = [replace(kind, is_as_seen=True) for kind in (*_page(scene), *_prints())]
    near = _of_neighbors() if _has_neighbors(scene) else []
    return [*as_seen, *_tables(), *near, *_of_peers(), _recipe()]


# --- as one sees it -------------------------------------------------------------------------------------------


def _page(scene: Scene) -> list[Kind]:
    n = len(scene.dataset.filenames)
    if n > MOST_IN_MEMORY:
        return []
    if n > standalone.MOST_IN_ONE_FILE:
        text = _(
            "A ZIP with the map as a page and its images beside it. Unpack it, open index.html: no server is needed."
        )
        return [Kind(_("Page with images (ZIP)"), text, ".zip", "application/zip", standalone.zipped)]
    text = _(
        "One file with the map, its images and credits. It opens from disk, without a server or a network."
    )
    return [Kind(_("Page (HTML)"), text, ".html", "text/html", standalone.html)]


def _prints() -> list[Kind]:
    text = _("A4 across, with legend, credit and the scale of what is shown.")
    kinds = [
        Kind(
            _("Print, 300 dpi (PNG)"),
            text,
            ".png",
            "image/png",
            lambda scene: printed.png(sheet.sheet_of(scene)),
        ),
        Kind(
            _("Print, lines and letters (SVG)"),
            text,
            ".svg",
            "image/svg+xml",
            lambda scene: printed.svg(sheet.sheet_of(scene)),
        ),
    ]
    return [replace(kind, check=sheet.check) for kind in kinds]


# --- tables ---------------------------------------------------------------------------------------------------


def _tables() -> list[Kind]:
    points = _("Coordinates, clusters, strengths and all metadata, one row an image.")
    clusters = _("Number, name, size, mean strength and representatives, one row a cluster.")
    return [
        *_as_tables((_("Points (CSV)"), _("Points (Parquet)")), points, _points),
        *_as_tables((_("Clusters (CSV)"), _("Clusters (Parquet)")), clusters, _clusters, "clusters"),
    ]


def _as_tables(names: tuple[str, str], text: str, make: Table, named: str = "") -> list[Kind]:
    stem = f".{named}" if named else ""
    return [
        Kind(names[0], text, f"{stem}.csv", "text/csv", lambda scene: _csv(make(scene)), named),
        Kind(names[1], text, f"{stem}.parquet", _PARQUET, lambda scene: _parquet(make(scene)), named),
    ]


def _points(scene: Scene) -> pd.DataFrame:
    return peers.points(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts)


def _clusters(scene: Scene) -> pd.DataFrame:
    return peers.cluster_table(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts)


def _csv(frame: pd.DataFrame) -> bytes:
    # The mark at the start tells spreadsheets that it is UTF-8.
    return export.to_csv(frame).encode("utf-8-sig", "replace")


def _parquet(frame: pd.DataFrame) -> bytes:
    with io.BytesIO() as buffer:
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()


# --- neighbours -----------------------------------------------------------------------------------------------


def _has_neighbors(scene: Scene) -> bool:
    """Tell whether neighbours may be looked for here: a map that was placed from them has them stored."""
    up, n = scene.finished.request.projection, len(scene.dataset.filenames)
    return n <= _SEARCHED_HERE or not up.from_scratch


def _of_neighbors() -> list[Kind]:
    text = _("The {n} most similar images of each, with their distances.").format(n=peers.NEAREST)
    atlas = _(
        "Open it with: embedding-atlas FILE --x projection_x --y projection_y --neighbors neighbors --image image"
    )
    return [
        *_as_tables((_("Neighbors (CSV)"), _("Neighbors (Parquet)")), text, _neighbors, "neighbors"),
        Kind(
            "Embedding Atlas (Parquet)",
            atlas,
            ".embedding-atlas.parquet",
            _PARQUET,
            lambda scene: _parquet(
                peers.embedding_atlas(
                    scene.dataset, scene.finished, _nearest(scene), scene.cluster_names, scene.verdicts
                )
            ),
            "embedding-atlas",
        ),
    ]


def _neighbors(scene: Scene) -> pd.DataFrame:
    return peers.neighbor_table(scene.dataset, _nearest(scene))


def _nearest(scene: Scene) -> neighbors.Neighbors:
    return peers.nearest(_embedding(scene), scene.finished)


# --- what other programs read ---------------------------------------------------------------------------------


def _of_peers() -> list[Kind]:
    return [
        Kind(
            "PixPlot (JSON)",
            _("The clusters as PixPlot keeps them: label, image that stands for it, images, outline."),
            ".pixplot.json",
            "application/json",
            lambda scene: peers.pixplot(scene.dataset, scene.finished, scene.cluster_names).encode(),
            "pixplot",
        ),
        Kind(
            "TensorBoard projector (ZIP)",
            _("vectors.tsv and metadata.tsv: load both in the projector."),
            ".tensorboard.zip",
            "application/zip",
            lambda scene: peers.tensorboard(
                scene.dataset, _embedding(scene), scene.finished, scene.cluster_names, scene.verdicts
            ),
            "tensorboard",
        ),
        Kind(
            "emb-explorer (Parquet)",
            _("Vectors with all metadata, for its page of precalculated embeddings."),
            ".emb-explorer.parquet",
            _PARQUET,
            lambda scene: _parquet(
                peers.emb_explorer(
                    scene.dataset, _embedding(scene), scene.finished, scene.cluster_names, scene.verdicts
                )
            ),
            "emb-explorer",
        ),
    ]


def _embedding(scene: Scene) -> embedding.Embedding:
    return embedding.require(scene.dataset, encoders.get(scene.finished.request.encoder))


def _recipe() -> Kind:
    text = _(
        "Every hash, parameter, seed and version, and the coordinates. "
        "python -m barrx map --recipe FILE makes the map again."
    )
    return Kind(_("Recipe (JSON)"), text, RECIPE, "application/json", _recipe_of)


def _recipe_of(scene: Scene) -> bytes:
    text = json.dumps(scene.recipe().to_json(), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")
