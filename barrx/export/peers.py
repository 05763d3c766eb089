"""Maps and vectors as files that other programs read."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import neighbors, representatives, roles
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.embedding import Embedding
from barrx.export import files
from barrx.i18n import _
from barrx.neighbors import Neighbors
from barrx.pipeline import Map
from barrx.views import verdicts

NEAREST = 15  # neighbours a picture, itself left out
_SIDE: Final = 96


def nearest(embedding: Embedding, finished: Map, k: int = NEAREST) -> Neighbors:
    """Return the nearest pictures of each picture by the metric of the map, itself first."""
    wanted = min(k + 1, len(embedding.vectors))
    return neighbors.load_or_compute(embedding, finished.request.projection.metric, wanted)


def points(
    dataset: Dataset, finished: Map, names: Mapping[int, str], kept: verdicts.Kept = ()
) -> pd.DataFrame:
    """Return the table of a map with the names of its clusters beside their numbers, and verdicts."""
    table = _apart(files.table(dataset, finished), ("cluster_name",))
    called = [names.get(int(label), "") for label in finished.clustering.labels]
    table.insert(4, "cluster_name", called)
    return files.with_verdicts(table, dataset, finished, kept)


def neighbor_table(dataset: Dataset, found: Neighbors) -> pd.DataFrame:
    """Return neighbours as a table: ``filename``, ``rank`` from 1, ``neighbor``, ``distance``; itself left out."""
    names = np.array(dataset.filenames, object)
    n, k = found.indices.shape
    return pd.DataFrame(
        {
            "filename": np.repeat(names, k - 1),
            "rank": np.tile(np.arange(1, k), n),
            "neighbor": names[found.indices[:, 1:].ravel()],
            "distance": found.distances[:, 1:].ravel().astype(np.float64),
        }
    )


def cluster_table(
    dataset: Dataset, finished: Map, names: Mapping[int, str], kept: verdicts.Kept = ()
) -> pd.DataFrame:
    """Return clusters as a table: ``label``, ``name``, ``images``, ``share``, ``strength``, ``representatives``.

    The label of noise is -1.
    ``strength`` is the mean of the membership strengths; ``representatives`` are filenames, joined by " | ".
    Where curators said something to clusters, ``verdict`` and ``verdict_note`` follow.
    """
    found = finished.clustering
    labels, place, sizes = np.unique(found.labels, return_inverse=True, return_counts=True)
    stand_for = representatives.of_clusters(finished.coordinates, found)
    table = pd.DataFrame(
        {
            "label": labels,
            "name": [names.get(int(n), _name_of(int(n))) for n in labels],
            "images": sizes,
            "share": sizes / max(len(place), 1),
            "strength": np.bincount(place, found.strength, len(labels)) / sizes,
            "representatives": [
                " | ".join(dataset.filenames[i] for i in stand_for.get(int(n), [])) for n in labels
            ],
        }
    )
    return table.join(verdicts.columns_of_clusters(labels.tolist(), kept))


def _name_of(label: int) -> str:
    return _("noise") if label == NOISE else _("cluster {n}").format(n=label)


def embedding_atlas(
    dataset: Dataset, finished: Map, found: Neighbors, names: Mapping[int, str], kept: verdicts.Kept = ()
) -> pd.DataFrame:
    """Return what Embedding Atlas opens with ``--x projection_x --y projection_y --neighbors neighbors --image image``.

    Neighbours are row numbers; a picture is a thumbnail, as {"bytes": WebP, "path": filename}.
    """
    pictures = dataset.thumbnails(range(len(dataset.filenames)), _SIDE)
    own: dict[str, Any] = {
        "neighbors": [
            {"ids": ids.tolist(), "distances": away.tolist()}
            for ids, away in zip(found.indices[:, 1:], found.distances[:, 1:], strict=True)
        ],
        "image": [
            {"bytes": picture, "path": name}
            for picture, name in zip(pictures, dataset.filenames, strict=True)
        ],
    }
    return (
        _apart(points(dataset, finished, names, kept), (*own, "projection_x", "projection_y"))
        .rename(columns={"x": "projection_x", "y": "projection_y"})
        .assign(**own)
    )


def _apart(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Give columns of some names the suffix ``_metadata``, and another one where that is taken too."""
    taken, renamed = set(table.columns), {}
    for name in names:
        if name in table:
            other = f"{name}_metadata"
            while other in taken:
                other += "_"
            taken.add(other)
            renamed[name] = other
    return table.rename(columns=renamed)


def emb_explorer(
    dataset: Dataset,
    embedding: Embedding,
    finished: Map,
    names: Mapping[int, str],
    kept: verdicts.Kept = (),
) -> pd.DataFrame:
    """Return the table emb-explorer opens as precalculated embeddings: ``uuid``, ``emb``, then everything else.

    A picture's id is its filename: the same bytes may be two pictures, so a hash would not tell them apart.
    """
    others = _apart(points(dataset, finished, names, kept), ("uuid", "emb"))
    others.insert(0, "uuid", dataset.filenames)
    others.insert(1, "emb", list(embedding.vectors))
    return others


def tensorboard(
    dataset: Dataset,
    embedding: Embedding,
    finished: Map,
    names: Mapping[int, str],
    kept: verdicts.Kept = (),
) -> bytes:
    """Return what the TensorBoard projector loads, as a ZIP: ``vectors.tsv``, ``metadata.tsv``, in the same order."""
    vectors = io.StringIO()
    np.savetxt(vectors, embedding.vectors, fmt="%.7g", delimiter="\t")
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("vectors.tsv", vectors.getvalue())
            packed.writestr("metadata.tsv", to_tsv(points(dataset, finished, names, kept)))
        return buffer.getvalue()


def to_tsv(frame: pd.DataFrame) -> str:
    """Return a table as tab-separated text: one line a row whatever is in a cell, and nothing a spreadsheet runs."""
    lines = ["\t".join(_cell(name) for name in frame.columns)]
    lines += ["\t".join(map(_cell, row)) for row in frame.itertuples(index=False, name=None)]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    # The projector knows no quotes: a tab or the end of a line would be one.
    return str(files.harmless(" ".join(roles.shown(value).split())))


def pixplot(dataset: Dataset, finished: Map, names: Mapping[int, str]) -> str:
    """Return the clusters as PixPlot's ``hotspots`` JSON: label, image that stands for it, images, convex hull, layout.

    Images are numbers in the order of the collection. The largest cluster comes first; noise is in none.
    """
    found = finished.clustering
    stand_for = representatives.of_clusters(finished.coordinates, found, 1)
    spots = [
        {
            "label": names.get(n, f"Cluster {n}"),
            "img": PurePosixPath(dataset.filenames[stand_for[n][0]]).name,
            "images": (inside := np.flatnonzero(found.labels == n)).tolist(),
            "convex_hull": hull(finished.coordinates[inside]),
            "layout": "umap",
        }
        for n in found.numbers
    ]
    spots.sort(key=lambda spot: -len(spot["images"]))
    return json.dumps(spots, ensure_ascii=False, allow_nan=False) + "\n"


def hull(points: NDArray[np.floating]) -> list[list[float]]:
    """Return the corners of the smallest convex outline of some points, counterclockwise, the lowest left one first.

    Points on one line, or in one place, have an outline of two corners or one.
    """
    ordered = sorted({(float(x), float(y)) for x, y in points})
    if len(ordered) < 3:
        return [list(point) for point in ordered]
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return [list(point) for point in lower[:-1] + upper[:-1]]


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return one half of the outline (Andrew 1979, doi:10.1016/0020-0190(79)90072-3)."""
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) > 1:
            (x1, y1), (x2, y2) = chain[-2:]
            if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain
