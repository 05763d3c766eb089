"""A scene as a sheet for print."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from barrx import captions, encoders, filter_words
from barrx.export import printed
from barrx.export.printed import LegendEntry, Place, PrintedMap
from barrx.i18n import _, ngettext, numeral
from barrx.ui import brought_out, palette
from barrx.ui.standalone.scene import Scene

_SIDE: Final = 96
_FAINT: Final = (
    0x30 / 0xFF
)  # as the small maps of views; mixed with the paper, as not every pen knows opacity


def sheet_of(scene: Scene, *, pictures: bool = True) -> PrintedMap:
    """Return what stands on the sheet: the pictures that pass the filters, with their colours and names.

    Where one looks at a part of the map, it is that part. What the legend does not bring out is faint, has no
    picture, and lies below the rest.

    Raises
    ------
    ParameterError
        if there are none
    """
    colors, finished, dataset = scene.coloring(), scene.finished, scene.dataset
    used = colors.colors
    kept, place = _shown(scene)
    brought = brought_out.flags(colors, scene.brought_out)
    bright = np.ones(len(colors.indexes), bool) if brought is None else brought
    kept = kept[np.argsort(bright[kept], kind="stable")]
    coordinates = finished.coordinates[kept]

    def color(index: int, is_bright: bool) -> str:
        """Return the colour of an index; below 0 it is that of noise."""
        found = used[index % len(used)] if index >= 0 else palette.NOISE
        return found if is_bright else _faint(found)

    indexes, is_bright = colors.indexes[kept].tolist(), bright[kept].tolist()
    standing = _standing(scene, kept, bright[kept], place) if pictures else []
    files = dataset.thumbnails([int(kept[i]) for i in standing], _SIDE)
    return PrintedMap(
        title=scene.title or dataset.title,
        subtitle=_subtitle(scene, is_part=place is not None),
        coordinates=coordinates,
        colors=[color(i, is_so) for i, is_so in zip(indexes, is_bright, strict=True)],
        shapes=[printed.shape_of(i, len(used)) for i in indexes],
        names=_names(scene, kept),
        legend=[
            LegendEntry(name=name, count=count, color=color(i, is_so), shape=printed.shape_of(i, len(used)))
            for name, count, i in colors.legend()
            for is_so in [bool(bright[colors.indexes == i].any()) or brought is None]
        ],
        legend_title=colors.title,
        pictures=list(zip(standing, files, strict=True)),
        credit=_credit(scene),
        method=_method(scene),
        total=len(dataset.filenames),
        place=place,
    )


def _standing(
    scene: Scene, kept: NDArray[np.intp], bright: NDArray[np.bool_], place: Place | None
) -> list[int]:
    """Return which of the pictures on the sheet stand there as pictures: none that is faint."""
    found = scene.finished
    strength = np.where(bright, found.clustering.strength[kept], -1.0)  # behind all others of its cell
    return [i for i in printed.standing(found.coordinates[kept], strength, place) if bright[i]]


def _faint(color: str) -> str:
    """Return a "#rrggbb" mixed with the white of the paper."""
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * _FAINT):02x}" for part in parts)


def check(scene: Scene) -> None:
    """Raise a ParameterError if no picture would be on the sheet."""
    kept, place = _shown(scene)
    printed.check(len(kept), place)


def _shown(scene: Scene) -> tuple[NDArray[np.intp], Place | None]:
    """Return the pictures on the sheet, and the part of the map; None where they are all that pass the filters."""
    coordinates = scene.finished.coordinates
    kept = np.arange(len(coordinates)) if scene.shown is None else np.flatnonzero(scene.shown)
    if scene.camera is None:
        return kept, None
    place = Place.seen(coordinates, scene.camera)
    inside = place.holds(coordinates[kept])
    # Of nothing at all, all lies in the place: it is the filter that leaves nothing.
    return (kept, None) if inside.all() else (kept[inside], place)


def _names(scene: Scene, kept: np.ndarray) -> list[tuple[float, float, str]]:
    found = scene.finished
    labels = found.clustering.labels[kept]
    places = {n: found.coordinates[kept[labels == n]] for n in scene.cluster_names}
    largest_first = sorted(places.items(), key=lambda known: -len(known[1]))
    return [
        (float(np.median(points[:, 0])), float(np.median(points[:, 1])), scene.cluster_names[n])
        for n, points in largest_first
        if len(points)
    ]


def _subtitle(scene: Scene, *, is_part: bool) -> str:
    k = scene.finished.clustering.n_clusters
    said = [
        ngettext("{n} cluster", "{n} clusters", k).format(n=k),
        _("{share} in no cluster").format(share=numeral(scene.finished.clustering.noise_share, ".0%")),
        _("similar images are near each other"),
    ]
    if is_part:
        said.insert(0, _("a part of the map"))
    if scene.shown is not None:
        said += filter_words.conditions(scene.filters)
    if scene.title and scene.title != scene.dataset.title:
        said.insert(0, scene.dataset.title)
    if scene.author:
        said.append(_("by {author}").format(author=scene.author))
    return " · ".join(said)


def _credit(scene: Scene) -> str:
    """Return the credit lines of all pictures, the most frequent first."""
    counts: dict[str, int] = {}
    for caption in captions.of(scene.dataset, range(len(scene.dataset.filenames))):
        line = "".join(piece.text for piece in caption.credit)
        counts[line] = counts.get(line, 0) + 1
    return _("Images: {credits}").format(credits="; ".join(sorted(counts, key=lambda line: -counts[line])))


def _method(scene: Scene) -> str:
    request = scene.finished.request
    up, cut = request.projection, request.clustering
    return _(
        "{encoder}; UMAP, n_neighbors {n_neighbors}, min_dist {min_dist:g}, {metric}, seed {seed}; HDBSCAN on the map, "
        "min_cluster_size {size}, min_samples {samples}, {method}. Map {revision}, made with Barr X."
    ).format(
        encoder=encoders.label(encoders.get(request.encoder)),
        n_neighbors=up.n_neighbors,
        min_dist=up.min_dist,
        metric=up.metric,
        seed=up.seed,
        size=cut.min_cluster_size,
        samples=cut.min_samples,
        method=cut.cluster_selection_method,
        revision=scene.finished.revision,
    )
