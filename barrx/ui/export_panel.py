"""The map as a file: a page of its own, a sheet for print, tables, what other programs read, the recipe."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from barrx import embedding, encoders, export, neighbors, views
from barrx.datasets import Dataset
from barrx.export import peers, printed
from barrx.i18n import _
from barrx.ui import keys, standalone
from barrx.ui.share import present
from barrx.ui.standalone.scene import Scene, of_seen
from barrx.ui.standalone.sheet import sheet_of
from barrx.ui.text import plain
from barrx.views import verdicts

Make = Callable[[Scene], bytes]

_RECIPE = ".recipe.json"
_MOST_IN_MEMORY = 10_000  # pictures of a page that this process may hold at once: some 80 MB
_SEARCHED_HERE = 2000  # pictures among which the page looks for neighbours itself, within a second


@dataclass(frozen=True, slots=True)
class Kind:
    """Something the map can be taken away as; ``ending`` follows the collection's name, ``named`` is for ``--as``."""

    name: str
    help: str
    ending: str
    mime: str
    make: Make
    named: str = ""


def show(dataset: Dataset) -> None:
    """Show what the map that Explore shows can be taken away as, and the button to do it."""
    now = present.of(dataset)
    if now is None:
        st.info(_("There is no map of this collection yet. Explore makes one."), icon=":material/map:")
        return
    labels = now.finished.clustering.labels
    names = views.cluster_names(dataset, labels)
    scene = of_seen(dataset, now.finished, now.seen, names, verdicts.kept(dataset, labels))
    kinds = {kind.ending: kind for kind in kinds_of(scene)}
    left, right = st.columns([2, 3], gap="large")
    with left:
        ending = st.selectbox(
            _("What to make of the map"),
            list(kinds),
            format_func=lambda chosen: kinds[chosen].name,
            key=keys.EXPORT_KIND,
        )
        kind = kinds[ending]
        st.download_button(
            _("Download"),
            # Made when it is asked for: a page with all its pictures takes its time.
            lambda: kind.make(scene),
            file_name=f"{dataset.slug}{kind.ending}",
            mime=kind.mime,
            key=keys.EXPORT_DOWNLOAD,
            on_click="ignore",
            type="primary",
            icon=":material/download:",
        )
    with right:
        st.markdown(plain(kind.help))
        st.caption(_("It is the map that Explore shows, with its colors, filters and names."))
        st.caption(_("On the command line, where --help lists the parameters of the map:"))
        st.code(_command(dataset.slug, kind), language=None, wrap_lines=True)
        if len(dataset.filenames) > _MOST_IN_MEMORY:
            st.caption(_("A collection of this size is made a page there, with an output that ends in .zip."))


def _command(slug: str, kind: Kind) -> str:
    if kind.ending == _RECIPE:
        return f"python -m barrx export {slug} --recipe {slug}{kind.ending}"
    named = f"--as {kind.named} " if kind.named else ""
    return f"python -m barrx export {slug} {named}--output {slug}{kind.ending}"


def kinds_of(scene: Scene) -> list[Kind]:
    """Return what there is to choose from."""
    return [*_page(scene), *_prints(), *_tables(), *_of_peers(scene), _recipe()]


def _page(scene: Scene) -> list[Kind]:
    n = len(scene.dataset.filenames)
    if n > _MOST_IN_MEMORY:
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
    return [
        Kind(
            _("Print, 300 dpi (PNG)"),
            text,
            ".png",
            "image/png",
            lambda scene: printed.png(sheet_of(scene)),
        ),
        Kind(
            _("Print, lines and letters (SVG)"),
            text,
            ".svg",
            "image/svg+xml",
            lambda scene: printed.svg(sheet_of(scene)),
        ),
    ]


def _tables() -> list[Kind]:
    return [
        Kind(
            _("Points (CSV)"),
            _("Coordinates, clusters, strengths and all metadata, one row an image."),
            ".csv",
            "text/csv",
            lambda scene: _csv(
                peers.points(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts)
            ),
        ),
        Kind(
            _("Points (Parquet)"),
            _("Coordinates, clusters, strengths and all metadata, one row an image."),
            ".parquet",
            "application/octet-stream",
            lambda scene: _parquet(
                peers.points(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts)
            ),
        ),
        Kind(
            _("Clusters (CSV)"),
            _("Number, name, size, mean strength and representatives, one row a cluster."),
            ".clusters.csv",
            "text/csv",
            lambda scene: _csv(
                peers.cluster_table(scene.dataset, scene.finished, scene.cluster_names, scene.verdicts)
            ),
            "clusters",
        ),
    ]


def _of_peers(scene: Scene) -> list[Kind]:
    found = [
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
            lambda scene: peers.tensorboard(scene.dataset, _embedding(scene), scene.finished),
            "tensorboard",
        ),
        Kind(
            "emb-explorer (Parquet)",
            _("Vectors with all metadata, for its page of precalculated embeddings."),
            ".emb-explorer.parquet",
            "application/octet-stream",
            lambda scene: _parquet(peers.emb_explorer(scene.dataset, _embedding(scene), scene.finished)),
            "emb-explorer",
        ),
    ]
    if not _has_neighbors(scene):
        return found
    return [
        Kind(
            _("Neighbors (CSV)"),
            _("The {n} most similar images of each, with their distances.").format(n=peers.NEAREST),
            ".neighbors.csv",
            "text/csv",
            lambda scene: _csv(peers.neighbor_table(scene.dataset, _nearest(scene))),
            "neighbors",
        ),
        Kind(
            "Embedding Atlas (Parquet)",
            _(
                "Open it with: embedding-atlas FILE --x projection_x --y projection_y --neighbors neighbors "
                "--image image"
            ),
            ".embedding-atlas.parquet",
            "application/octet-stream",
            lambda scene: _parquet(peers.embedding_atlas(scene.dataset, scene.finished, _nearest(scene))),
            "embedding-atlas",
        ),
        *found,
    ]


def _recipe() -> Kind:
    return Kind(
        _("Recipe (JSON)"),
        _(
            "Every hash, parameter, seed and version, and the coordinates. "
            "python -m barrx map --recipe FILE makes the map again."
        ),
        _RECIPE,
        "application/json",
        lambda scene: json.dumps(
            scene.recipe().to_json(),
            ensure_ascii=False,
            allow_nan=False,
        ).encode("utf-8", "replace"),
    )


# --- what they are made from ----------------------------------------------------------------------------------


def _has_neighbors(scene: Scene) -> bool:
    """Tell whether neighbours may be looked for here: a map that was placed from them has them stored."""
    up, n = scene.finished.request.projection, len(scene.dataset.filenames)
    return n <= _SEARCHED_HERE or not up.from_scratch


def _embedding(scene: Scene) -> embedding.Embedding:
    return embedding.require(scene.dataset, encoders.get(scene.finished.request.encoder))


def _nearest(scene: Scene) -> neighbors.Neighbors:
    return peers.nearest(_embedding(scene), scene.finished)


def _csv(frame: pd.DataFrame) -> bytes:
    # The mark at the start tells spreadsheets that it is UTF-8.
    return export.to_csv(frame).encode("utf-8-sig", "replace")


def _parquet(frame: pd.DataFrame) -> bytes:
    with io.BytesIO() as buffer:
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()
