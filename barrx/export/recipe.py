"""A recipe: everything a map was made from, and the map itself, as one JSON file.

Another kind of processor, or another version of a library, gives other coordinates for the same parameters. So a recipe
holds the coordinates too: who cannot make the same map again still has it, and knows why.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

import barrx
from barrx import cache, provenance
from barrx.clustering import Clustering, ClusteringParams
from barrx.datasets import Dataset
from barrx.errors import BarrxError, ParameterError
from barrx.i18n import _
from barrx.pipeline import Map, MapRequest
from barrx.projection import Coordinates, ProjectionParams
from barrx.provenance import Provenance
from barrx.views.verdicts import Kept

FORMAT: Final = "barrx-recipe-1"
MOST_BYTES: Final = 400 * 2**20

_FINGERPRINTS = ("collection", "embedding", "coordinates", "labels")  # older recipes have no "strength"
Stage = TypeVar("Stage", ProjectionParams, ClusteringParams)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """A map, and what it was made from.

    Attributes
    ----------
    request : MapRequest
    title : str
        of the collection
    fingerprints : mapping
        ``collection``, ``embedding``, ``coordinates``, ``labels`` and ``strength``: sha256 of their contents
    files : filename -> sha256, in the order of the map
    encoder_key : str
        encoder, sha256 of its weights, version of its recipe, engine
    weights : str or None
        name of the weights file
    versions : package -> version
    processor : str or None
        None for a map that is shipped with Barr X, "" where it is not known
    coordinates : (n_images, 2) float32
    clustering : Clustering
    verdicts : what curators said to its clusters and pictures
        written for people to read; not read again
    """

    request: MapRequest
    title: str
    fingerprints: Mapping[str, str]
    files: Mapping[str, str]
    encoder_key: str
    weights: str | None
    versions: Mapping[str, str]
    processor: str | None
    coordinates: Coordinates
    clustering: Clustering
    verdicts: Kept = ()

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as JSON values; :func:`parsed` reads them."""
        return {
            "format": FORMAT,
            "made_with": f"Barr X {barrx.__version__}",
            "made_on": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "title": self.title,
            **self.request.to_json(),
            "encoder_key": self.encoder_key,
            "weights": self.weights,
            "versions": dict(self.versions),
            "processor": self.processor,
            "fingerprints": dict(self.fingerprints),
            "files": [[name, digest] for name, digest in self.files.items()],
            # float64 text holds a float32 exactly
            "coordinates": self.coordinates.astype(np.float64).tolist(),
            "labels": self.clustering.labels.tolist(),
            "strength": self.clustering.strength.astype(np.float64).tolist(),
            **({"verdicts": [dict(one) for one in self.verdicts]} if self.verdicts else {}),
        }


def of(dataset: Dataset, finished: Map, verdicts: Kept = ()) -> Recipe:
    """Return the recipe of a map that was made here; of an encoder that is not here any more it knows the name only."""
    return of_kept(dataset, finished, provenance.here(finished), verdicts)


def of_kept(dataset: Dataset, finished: Map, made: Provenance | None, verdicts: Kept = ()) -> Recipe:
    """Return the recipe of a map that was kept with a view.

    Parameters
    ----------
    made : Provenance or None
        as it was kept with the view; None for one of before that was done: nobody knows it any more
    """
    request = finished.request
    if made is None:
        processor = None if provenance.is_shipped(finished) else ""
        made = Provenance(
            embedding="", encoder_key=request.encoder, weights=None, versions={}, processor=processor
        )
    return Recipe(
        request=request,
        title=dataset.title,
        fingerprints={
            "collection": dataset.fingerprint,
            "embedding": made.embedding,
            **contents(finished.coordinates, finished.clustering),
        },
        files=dict(zip(dataset.filenames, dataset.sha256, strict=True)),
        encoder_key=made.encoder_key,
        weights=made.weights,
        versions=made.versions,
        processor=made.processor,
        coordinates=finished.coordinates,
        clustering=finished.clustering,
        verdicts=verdicts,
    )


def contents(coordinates: Coordinates, found: Clustering) -> dict[str, str]:
    """Return the fingerprints of what a recipe holds of a map itself."""
    return {
        "coordinates": cache.fingerprint(np.asarray(coordinates, np.float32)),
        "labels": cache.fingerprint(np.asarray(found.labels, np.int32)),
        "strength": cache.fingerprint(np.asarray(found.strength, np.float32)),
    }


# --- reading: anybody may have written the file -------------------------------------------------------------


def read(path: Path) -> Recipe:
    """Read a recipe.

    Raises
    ------
    ParameterError
        if the file cannot be read, or is no whole recipe
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong(path, _("it is larger than {n} MB").format(n=MOST_BYTES // 2**20))
        values = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        return parsed(values)
    except OSError as error:
        raise _wrong(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, BarrxError) and not isinstance(error, _Unreadable):
            raise
        raise _wrong(path, printable(str(error))) from error


class _Unreadable(ParameterError):
    """Something in a recipe is not what it should be."""


def parsed(values: object) -> Recipe:
    """Return the recipe that JSON values hold.

    Raises
    ------
    ParameterError
        if something is missing, or is not what it should be
    """
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise _Unreadable(_("it is no recipe of a map, or one of another version of Barr X"))
    try:
        request = MapRequest(
            slug=_text(values, "slug"),
            encoder=_text(values, "encoder"),
            projection=_stage(ProjectionParams, values["projection"]),
            clustering=_stage(ClusteringParams, values["clustering"]),
        )
        pairs = values["files"]
        files = {str(name): str(digest) for name, digest in pairs}
        coordinates, labels, strength = _arrays(values, len(files))
        if len(files) != len(pairs):
            raise _Unreadable(_("a filename is there twice"))
        return Recipe(
            request=request,
            title=_text(values, "title"),
            fingerprints=_fingerprints(values["fingerprints"]),
            files=files,
            encoder_key=_text(values, "encoder_key"),
            weights=None if values.get("weights") is None else _text(values, "weights"),
            versions={str(k): str(v) for k, v in values["versions"].items()},
            processor=None if values.get("processor") is None else _text(values, "processor"),
            coordinates=coordinates,
            clustering=Clustering(labels, strength),
        )
    except KeyError as error:
        raise _Unreadable(_("{name} is missing").format(name=error)) from error
    except (TypeError, AttributeError, OverflowError) as error:
        raise _Unreadable(str(error)) from error


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise _Unreadable(_("{name} must be a text").format(name=name))
    return value


def _fingerprints(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(values, name) for name in {*_FINGERPRINTS, *values}}


def _stage(kind: type[Stage], values: Mapping[str, Any]) -> Stage:
    default = asdict(kind())
    unknown = values.keys() - default.keys()
    if unknown:
        raise _Unreadable(_("there is no parameter {name}").format(name=", ".join(sorted(map(str, unknown)))))
    for field in fields(kind):
        value, usual = values[field.name], default[field.name]
        is_whole = isinstance(usual, float) and type(value) is int
        if type(value) is not type(usual) and not is_whole:
            raise _Unreadable(
                _("{name} must be {kind}, got {value}").format(
                    name=field.name, kind=type(usual).__name__, value=repr(value)[:80]
                )
            )
    return kind(**values)


def _arrays(values: Mapping[str, Any], n: int) -> tuple[Coordinates, NDArray[np.int32], NDArray[np.float32]]:
    coordinates = _array(values, "coordinates", np.float32, (n, 2))
    labels = _array(values, "labels", np.int32, (n,))
    strength = _array(values, "strength", np.float32, (n,))
    if not (np.isfinite(coordinates).all() and np.isfinite(strength).all()):
        raise _Unreadable(_("the coordinates are not all finite numbers"))
    if labels.min(initial=0) < -1:
        raise _Unreadable(_("labels must be -1 or above"))
    return coordinates, labels, strength


def _array(values: Mapping[str, Any], name: str, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    found = np.array(values[name])
    if n_wrong := found.shape != shape or found.dtype.kind not in "if":
        raise _Unreadable(
            _("{name} must be numbers of shape {shape}, got {found}").format(
                name=name, shape=shape, found=found.shape if n_wrong else found.dtype
            )
        )
    with np.errstate(over="ignore"):
        taken = found.astype(dtype)
    if np.issubdtype(dtype, np.integer) and not np.array_equal(taken, found):
        raise _Unreadable(_("{name} must be whole numbers of 32 bits").format(name=name))
    return taken


def _no_number(text: str) -> float:
    raise _Unreadable(_("{text} is no number").format(text=text))


def _wrong(path: Path, reason: str) -> ParameterError:
    return ParameterError(
        _("“{name}” cannot be read as a recipe: {reason}. Export it again with --recipe.").format(
            name=printable(path.name), reason=reason.rstrip(".")
        )
    )


def printable(text: str) -> str:
    """Return text for a terminal: what moves a cursor or turns letters round is shown as what it is."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:300])
