"""A map as a page of its own: opened from disk, without a server and without a network.

One HTML file with everything in it, or, for large collections, a ZIP with the page and its pictures beside it. The map
is the dashboard's own component (:mod:`barrx.ui.component.bundle`).
"""

import base64
import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import barrx
from barrx import captions, encoders, export, filter_words, i18n, roles
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _, ngettext, numeral
from barrx.thumbnails import SIDES
from barrx.ui import columns, figures
from barrx.ui.component.bundle import bundle
from barrx.ui.map import parts
from barrx.ui.standalone import verdict_rows
from barrx.ui.standalone.scene import Scene, options_of

MOST_IN_ONE_FILE: Final = 2000  # pictures; more of them make a page that browsers are slow to open
SUFFIXES: Final = (".html", ".zip")

_HERE = Path(__file__).parent
_MAP = _HERE.parent / "map"
_FILES = "pictures"
_BATCH = 256


def write(scene: Scene, path: Path) -> None:
    """Write a map as ``.html``, or as ``.zip`` with its pictures in files.

    Raises
    ------
    ParameterError
        if the collection is too large for one file
    BarrxError
        if thumbnails cannot be read, or the file cannot be written
    """
    export.check_suffix(path, SUFFIXES)
    if path.suffix.lower() == ".html":
        text = html(scene)
        export.replaced(path, lambda to: to.write_bytes(text))
    else:
        export.replaced(path, lambda to: _write_zip(scene, to))


def html(scene: Scene) -> bytes:
    """Return a map as one HTML file.

    Raises
    ------
    ParameterError
        if the collection is too large for one file
    """
    n = len(scene.dataset.filenames)
    if n > MOST_IN_ONE_FILE:
        raise ParameterError(
            _(
                "One file holds {bound} images, the collection has {n}. "
                "Choose an output that ends in .zip: a page with its images beside it."
            ).format(bound=MOST_IN_ONE_FILE, n=n)
        )
    return _page(scene, "".join(_inline(scene.dataset)), files=None)


def zipped(scene: Scene) -> bytes:
    """Return a map as a ZIP: ``index.html``, ``recipe.json`` and the pictures."""
    with io.BytesIO() as buffer:
        _pack(scene, buffer)
        return buffer.getvalue()


def _write_zip(scene: Scene, path: Path) -> None:
    with path.open("wb") as file:
        _pack(scene, file)


def _pack(scene: Scene, file: Any) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", _page(scene, "", files=_FILES))
        made = scene.recipe().to_json()
        packed.writestr("recipe.json", json.dumps(made, ensure_ascii=False, allow_nan=False))
        packed.writestr("README.txt", _("Unpack this archive, then open index.html.") + "\n")
        for side in SIDES:
            for index, picture in _thumbnails(scene.dataset, side):
                # WebP does not get any smaller.
                packed.writestr(zipfile.ZipInfo(f"{_FILES}/{side}/{index}.webp"), picture)


def _thumbnails(dataset: Dataset, side: Any) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(dataset.filenames), _BATCH):
        indexes = range(start, min(start + _BATCH, len(dataset.filenames)))
        yield from zip(indexes, dataset.thumbnails(indexes, side), strict=True)


def _inline(dataset: Dataset) -> Iterator[str]:
    for side in SIDES:
        lines = "\n".join(base64.b64encode(picture).decode() for _i, picture in _thumbnails(dataset, side))
        yield f'<script type="text/plain" id="thumbnails-{side}">\n{lines}\n</script>\n'


# --- the page -----------------------------------------------------------------------------------------------


def _page(scene: Scene, pictures: str, *, files: str | None) -> bytes:
    script = bundle(_HERE / "page.js")
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    title = scene.title or scene.dataset.title
    head = (
        "<!doctype html>\n"
        f'<html lang="{i18n.language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style, files)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_safe(title)}</title>\n<style>{style}</style>\n</head>\n"
    )
    without = escape(_("The map is drawn by JavaScript: allow it for this file."))
    body = (
        f"<body>\n<header><h1>{_safe(title)}</h1>\n{_about(scene)}</header>\n"
        f"<noscript><p>{without}</p></noscript>\n"
        f'<main><div id="map"></div></main>\n<dialog id="card"></dialog>\n<footer>{_footer(scene)}</footer>\n'
        f'<script type="application/json" id="data">{_json(_data(scene, files))}</script>\n'
        f"{pictures}<script>{script}</script>\n</body>\n</html>\n"
    )
    # Half of a surrogate pair in a title is no text that can be written.
    return (head + body).encode("utf-8", "replace")


def _policy(script: str, style: str, files: str | None) -> str:
    """Allow the one script and the one style that are here, and nothing from elsewhere."""
    beside = " 'self' file:" if files else ""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        f"img-src data: blob:{beside}; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(values: object) -> str:
    """Return JSON that ends no script element and holds no address: what could is written by its number."""
    text = json.dumps(values, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text.replace("://", ":\\/\\/")


def _safe(text: str) -> str:
    # An address in a credit line is to be read; nothing in the file leads anywhere.
    return escape(" ".join(text.split())).replace("://", ":&#47;&#47;")


def _about(scene: Scene) -> str:
    n = len(scene.dataset.filenames)
    said = [
        ngettext("{n} image", "{n} images", n).format(n=numeral(n)),
        ngettext("{n} cluster", "{n} clusters", k := scene.finished.clustering.n_clusters).format(n=k),
        _("{share} in no cluster").format(share=numeral(scene.finished.clustering.noise_share, ".0%")),
    ]
    if scene.title and scene.title != scene.dataset.title:
        said.insert(0, scene.dataset.title)
    if scene.author:
        said.append(_("by {author}").format(author=scene.author))
    lines = [f'<p class="about">{_safe(" · ".join(said))}</p>']
    lines += [f"<p>{_safe(line)}</p>" for line in scene.note.splitlines() if line.strip()]
    if scene.shown is not None:
        lines.append(_filtered(scene, scene.shown))
    return "\n".join(lines)


def _filtered(scene: Scene, shown: NDArray[np.bool_]) -> str:
    """Return the line about the filters, with the button that takes them off."""
    n = int(shown.sum())
    text = ngettext(
        "{n} of {total} images passes the filters: {conditions}.",
        "{n} of {total} images pass the filters: {conditions}.",
        n,
    ).format(
        n=numeral(n), total=numeral(len(shown)), conditions="; ".join(filter_words.conditions(scene.filters))
    )
    others = _("The others are hidden.") if scene.hide else _("The others are dimmed.")
    show_all = escape(_("Show all images"))
    button = f'<button type="button" data-all>{show_all}</button>'
    return f'<p class="filtered" role="status">{_safe(f"{text} {others}")} {button}</p>'


def _footer(scene: Scene) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in _parameters(scene).items()
    )
    today = datetime.datetime.now(datetime.UTC).date()
    made = _("Made with Barr X {version} on {date}.").format(version=barrx.__version__, date=i18n.date(today))
    nearness = _("Similar images are near each other. Places have no unit; only nearness means something.")
    said = verdict_rows.table(scene)
    save = escape(_("Save the recipe"))
    parts = [
        f"<p>{escape(nearness)}</p>",
        *([_details(_("Verdicts"), said)] if said else []),
        _details(_("Credits"), _credits(scene.dataset)),
        _details(
            _("How this map was made"),
            f'<table>{rows}</table><button type="button" data-save>{save}</button>',
        ),
        f"<p>{escape(made)}</p>",
    ]
    return "\n".join(parts)


def _details(name: str, inside: str) -> str:
    return f"<details><summary>{escape(name)}</summary>{inside}</details>"


def _parameters(scene: Scene) -> dict[str, str]:
    request = scene.finished.request
    stages = {**request.to_json()["projection"], **request.to_json()["clustering"]}
    return {
        _("encoder"): encoders.label(encoders.get(request.encoder)),
        **{name: _said(value) for name, value in stages.items()},
        _("projection"): "UMAP",
        _("clustering"): _("HDBSCAN on the two coordinates of the map"),
        _("fingerprint of the map"): scene.finished.revision,
        _("fingerprint of the collection"): scene.dataset.fingerprint,
    }


def _said(value: Any) -> str:
    """Return the value of a parameter in the language of the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return numeral(value, "g") if isinstance(value, float) else str(value)


def _credits(dataset: Dataset) -> str:
    lines = [
        "".join(piece.text for piece in c.credit) for c in captions.of(dataset, range(len(dataset.filenames)))
    ]
    counts: dict[str, int] = {}
    for line in lines:
        counts[line] = counts.get(line, 0) + 1
    items = "".join(
        f"<li>{_safe(line)} ({numeral(n)})</li>"
        for line, n in sorted(counts.items(), key=lambda found: -found[1])
    )
    return f"<ul>{items}</ul>"


# --- what the script reads ------------------------------------------------------------------------------------


def _data(scene: Scene, files: str | None) -> dict[str, Any]:
    colors = scene.coloring()
    said = " ".join(
        [figures.in_words(scene.dataset.title, scene.finished), _("Similar images are near each other.")]
    )
    arrays, options = parts(
        colors.points(scene.finished.coordinates, scene.finished.clustering), options_of(scene, colors, said)
    )
    collection = scene.dataset.fingerprint
    revision = scene.finished.revision
    known = {
        "key": "map",
        "n": len(scene.dataset.filenames),
        "collection": collection,
        "arrangement": revision,
    }
    made = scene.recipe().to_json()
    return {
        "columns": {name: _column(values) for name, values in arrays.items()},
        # Any token will do: there is nobody to ask for it.
        "options": {**options, **known, "token": "file", "query": ""},
        "style": "".join((_MAP / name).read_text(encoding="utf-8") for name in ("map.css", "marks.css")),
        "rows": _rows(scene),
        "fields": [_("file"), *map(str, scene.dataset.metadata.columns), *verdict_rows.fields(scene)],
        "facts": {"cluster": _("cluster on the map"), "strength": _("membership strength")},
        "words": {"close": _("Close")},
        "files": files,
        "recipe": made,
        "recipe_name": f"{scene.dataset.slug}.recipe.json",
    }


def _column(values: np.ndarray[Any, Any]) -> Mapping[str, object]:
    name, kind, body = columns.packed(values)
    return {"name": name, "type": kind, "length": len(values), "body": base64.b64encode(body).decode()}


def _rows(scene: Scene) -> list[list[str]]:
    """Return title, creator, date, credit, cluster and strength of each picture, then its file and all its fields."""
    dataset, found = scene.dataset, scene.finished.clustering
    names = {-1: _("noise"), **scene.cluster_names}
    said = captions.of(dataset, range(len(dataset.filenames)))
    fields = [[roles.shown(value) for value in dataset.metadata[name]] for name in dataset.metadata.columns]
    fields += verdict_rows.fields(scene).values()
    cells = zip(*fields, strict=True) if fields else iter([()] * len(said))
    return [
        [
            *(c.title, c.creator, c.date, "".join(piece.text for piece in c.credit)),
            *(names[int(label)], numeral(float(strength), ".2f"), filename, *row),
        ]
        for c, label, strength, filename, row in zip(
            said, found.labels, found.strength, dataset.filenames, cells, strict=True
        )
    ]
