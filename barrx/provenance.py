"""Where and with what a map was made: encoder and weights, versions of the libraries, processor."""

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache as memoize
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import barrx
from barrx import encoders
from barrx.demo import shipped
from barrx.errors import BarrxError
from barrx.pipeline import Map

_PACKAGES = (
    "umap-learn",
    "pynndescent",
    "hdbscan",
    "numba",
    "numpy",
    "scipy",
    "scikit-learn",
    "tensorflow",
    "keras",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where and with what a map was made.

    Attributes
    ----------
    embedding : str
        fingerprint of the vectors
    encoder_key : str
        encoder, sha256 of its weights, version of its recipe, engine
    weights : str or None
        name of the weights file
    versions : package -> version
    processor : str or None
        None for a map that is shipped with Barr X
    """

    embedding: str
    encoder_key: str
    weights: str | None
    versions: Mapping[str, str]
    processor: str | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "versions": dict(self.versions)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Provenance":
        """Read what :meth:`to_json` returned.

        Raises
        ------
        KeyError, TypeError
            if it is something else
        """
        return cls(
            embedding=str(values["embedding"]),
            encoder_key=str(values["encoder_key"]),
            weights=None if values["weights"] is None else str(values["weights"]),
            versions={str(name): str(found) for name, found in dict(values["versions"]).items()},
            processor=None if values["processor"] is None else str(values["processor"]),
        )


def here(finished: Map) -> Provenance:
    """Return where a map of this machine was made; of an encoder that is not here any more the name only."""
    encoder = finished.request.encoder
    return Provenance(
        embedding=finished.embedding_fingerprint,
        encoder_key=key_here(encoder) or encoder,
        weights=_weights_here(encoder),
        versions=versions_here(),
        processor=None if is_shipped(finished) else processor(),
    )


def is_shipped(finished: Map) -> bool:
    """Tell whether a map is the one that is shipped with Barr X."""
    own = shipped.default_map()
    return own is not None and np.array_equal(own.coordinates, finished.coordinates)


@memoize
def processor() -> str:
    """Return the kind of processor this is, as well as this system tells it."""
    name = platform.processor() or ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    return " ".join(f"{platform.machine()} {name}".split())


@memoize
def versions_here() -> dict[str, str]:
    """Return the versions of all that has a part in a map."""
    found = {"python": platform.python_version(), "barrx": barrx.__version__}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # TensorFlow is needed for embedding only
            continue
    return found


def key_here(encoder: str) -> str | None:
    """Return the key of an encoder on this machine, None where it or its weights are missing."""
    try:
        return encoders.encoder_key(encoders.get(encoder))
    except BarrxError:  # which is said when it is to be used
        return None


def _weights_here(encoder: str) -> str | None:
    try:
        path = encoders.status(encoders.get(encoder)).path
    except BarrxError:
        return None
    return None if path is None else path.name
