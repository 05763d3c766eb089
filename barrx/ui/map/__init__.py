"""The map of a collection: one canvas with its points and pictures, as a Streamlit component.

What the browser does is written in the modules beside this file; they come by a route of
:mod:`barrx.ui.routes`, so the map needs ``app.py`` to be what Streamlit runs. Numbers, one a picture, come by
:mod:`barrx.ui.columns`, titles by the route of the rows: what travels with each run are some kilobytes.
"""

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import columns, component, palette, routes
from barrx.ui.columns import Column
from barrx.ui.map.events import (
    MapEvents,
    MapHears,
    SelectionRule,
    read_brought_out,
    read_camera,
    read_selection,
    read_style,
    selected_by,
)
from barrx.ui.map.options import Axes, Axis, ClusterMark, MapOptions
from barrx.ui.map.words import words

__all__ = [
    "Axes",
    "Axis",
    "ClusterMark",
    "MapEvents",
    "MapHears",
    "MapOptions",
    "SelectionRule",
    "image_map",
    "parts",
    "selected_by",
]

_HERE = Path(__file__).parent
_TEXT_LENGTH = 300  # characters of a name

_component = component.of_modules(
    "barrx_map",
    _HERE,
    html='<div class="barrx-map"></div>',
    css="".join((_HERE / name).read_text(encoding="utf-8") for name in ("map.css", "marks.css")),
)


def image_map(
    frame: pd.DataFrame, options: MapOptions, *, key: str, heard: MapHears | None = None
) -> MapEvents:
    """Show a map and return how the user has it.

    Parameters
    ----------
    frame : one row a picture, in the order of the collection. ``x`` and ``y``: coordinates, finite.
        ``colour``: index of the colour, -1 for noise or a missing value. ``cluster``, optional: number of the
        cluster, -1 for noise. ``other``, optional: which of ``legend_others``, -1 for none. ``strength``,
        optional: from 0 (pale) to 1 (full)
    options : how it is shown
    key : of the component
    heard : who hears what the user does on it once

    Returns
    -------
    MapEvents

    Raises
    ------
    ParameterError
        if a column is missing, a coordinate is not finite, or the options speak of pictures that are not there
    """
    n = len(frame)
    arrays, said = parts(frame, options)
    sent: dict[str, Column] = {name: columns.publish(values) for name, values in arrays.items()}
    collection = f"{_collection(options.token)} {n}"
    arrangement = _name_of(collection, sent["x"]["name"], sent["y"]["name"])
    about = {"key": key, "n": n, "collection": collection, "arrangement": arrangement}
    result = _component(
        key=key,
        data={"columns": sent, "options": {**said, **about}},
        hears=(heard or MapHears()).of(n, options),
        on_selection_change=lambda: None,
        on_camera_change=lambda: None,
        on_style_change=lambda: None,
        on_legend_change=lambda: None,
    )
    return MapEvents(
        selection=read_selection(result.get("selection"), n, collection, options.selection_revision),
        camera=read_camera(result.get("camera"), arrangement),
        style=read_style(result.get("style")),
        brought_out=read_brought_out(result.get("legend"), options, str(said["legend_revision"])),
    )


def parts(
    frame: pd.DataFrame, options: MapOptions
) -> tuple[dict[str, NDArray[np.generic]], dict[str, object]]:
    """Return the columns of a map, by what they are for, and its options as its code in the browser reads them.

    Raises
    ------
    ParameterError
        as :func:`image_map`
    """
    return _arrays(frame, options), _sent(options, frame)


def _arrays(frame: pd.DataFrame, options: MapOptions) -> dict[str, NDArray[np.generic]]:
    missing = [name for name in ("x", "y", "colour") if name not in frame]
    if missing:
        raise ParameterError(_("The table of a map needs the column {name}.").format(name=", ".join(missing)))
    found: dict[str, NDArray[np.generic]] = {name: frame[name].to_numpy(np.float32) for name in ("x", "y")}
    n_bad = int((~(np.isfinite(found["x"]) & np.isfinite(found["y"]))).sum())
    if n_bad:
        raise ParameterError(
            _("The coordinates of a map must be finite numbers; {n} of {total} are not.").format(
                n=n_bad, total=len(frame)
            )
        )
    found |= {
        name: frame[name].to_numpy(np.int32) for name in ("colour", "cluster", "other") if name in frame
    }
    if "strength" in frame:
        strength = np.nan_to_num(frame["strength"].to_numpy(np.float32))
        found["strength"] = np.round(255 * np.clip(strength, 0, 1)).astype(np.uint8)
    if options.shown is not None:
        found["shown"] = _checked_shown(options.shown, len(frame))
    if options.selection is not None:
        found["selection"] = _checked(options.selection, len(frame), "selection").astype(np.int32)
    return found


def _checked_shown(shown: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    if shown.shape != (n,):
        raise ParameterError(
            _("shown must have one value for each of the {n} images, got {shape}.").format(
                n=n, shape=shown.shape
            )
        )
    return np.asarray(shown, bool)


def _checked(indexes: Sequence[int] | NDArray[np.integer], n: int, name: str) -> NDArray[np.int64]:
    found = np.asarray(indexes, np.int64).reshape(-1)
    wrong = found[(found < 0) | (found >= n)]
    if len(wrong):
        raise ParameterError(
            _("{name} must hold indexes of the {n} images, got {index}.").format(
                name=name, n=n, index=int(wrong[0])
            )
        )
    return found


def _collection(token: str) -> str:
    # Not the token itself: that is another one tomorrow, and the browser would load all pictures again.
    grant = routes.granted(token) if token else None
    return f"{grant.slug} {grant.fingerprint}" if grant else ""


def _name_of(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _sent(options: MapOptions, frame: pd.DataFrame) -> dict[str, object]:
    n = len(frame)
    return {
        "revision": options.revision,
        "palette": list(options.palette),
        "noise": palette.NOISE,
        "legend": [[str(name)[:_TEXT_LENGTH], int(n), int(index)] for name, n, index in options.legend],
        "legend_title": options.legend_title,
        "legend_others": [[str(name)[:_TEXT_LENGTH], int(n)] for name, n in options.legend_others],
        "legend_chosen": [[int(i) for i in entries] for entries in options.legend_chosen],
        "legend_revision": _legend_revision(options),
        "token": options.token,
        "style": dataclasses.asdict(options.style),
        "style_revision": options.style_revision,
        "height": options.height,
        "marked": _checked(options.marked, n, "marked").tolist(),
        "dimmed": options.dimmed,
        "alt": options.alt or _("Map of the collection"),
        "clusters": [_cluster(mark, n) for mark in options.clusters],
        "editable": options.editable,
        "hide_filtered": options.hide_filtered,
        "selection_revision": options.selection_revision,
        "axes": None if options.axes is None else dataclasses.asdict(options.axes),
        "pitch": options.pitch,
        "camera": None if options.camera is None else list(options.camera),
        "camera_revision": options.camera_revision,
        "focus": _focus(options, frame),
        "lines": _checked(np.array(options.lines, np.int64), n, "lines").reshape(-1, 2).tolist(),
        "searchable": options.searchable,
        "query": options.query,
        "words": words(),
    }


def _legend_revision(options: MapOptions) -> str:
    # Under other names, or with other counts, it is another legend: the browser takes anew what is brought out.
    return _name_of(options.legend_revision, options.legend_title, repr(list(options.legend)))


def _cluster(mark: ClusterMark, n: int) -> dict[str, object]:
    return {
        "label": int(mark.label),
        "name": mark.name[:_TEXT_LENGTH],
        "size": int(mark.size),
        "representatives": _checked(mark.representatives, n, "representatives").tolist(),
    }


def _focus(options: MapOptions, frame: pd.DataFrame) -> dict[str, object] | None:
    if options.focus is None:
        return None
    revision, indexes = options.focus
    found = frame.iloc[_checked(indexes, len(frame), "focus")]
    if found.empty:
        return None
    # The box is enough to fly there, however many they are.
    box = [found["x"].min(), found["x"].max(), found["y"].min(), found["y"].max()]
    return {"revision": revision, "box": [float(v) for v in box]}
