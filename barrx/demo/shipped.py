"""The demo's embedding and default map, computed once by :mod:`barrx.demo.build` and shipped."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ENCODER = "efficientnet-lite0"
EMBEDDING = Path(__file__).parent / f"embedding_{ENCODER}.npz"
MAP = Path(__file__).parent / f"map_{ENCODER}.npz"


@dataclass(frozen=True, slots=True, eq=False)
class ShippedMap:
    """The map with default parameters, and what it was made from.

    Attributes
    ----------
    embedding_fingerprint : str
    coordinates : (n_images, 2) float32
    labels : (n_images,) int32
    strength : (n_images,) float32
    tree : (n_images - 1, 4) float64
        the single-linkage tree that these clusters were cut from: where distances are equal, another processor
        may grow another one, and its cuts would not go with these
    """

    embedding_fingerprint: str
    coordinates: NDArray[np.float32]
    labels: NDArray[np.int32]
    strength: NDArray[np.float32]
    tree: NDArray[np.float64]


@cache
def vectors() -> dict[str, NDArray[np.float32]]:
    """Return sha256 -> vector, stored as float16; empty while the demo itself is being built."""
    if not EMBEDDING.exists():
        return {}
    with np.load(EMBEDDING, allow_pickle=False) as arrays:
        return dict(zip(arrays["sha256"].tolist(), arrays["embedding"].astype(np.float32), strict=True))


@cache
def default_map() -> ShippedMap | None:
    """Return the shipped map; None while the demo itself is being built."""
    if not MAP.exists():
        return None
    with np.load(MAP, allow_pickle=False) as arrays:
        return ShippedMap(
            str(arrays["embedding_fingerprint"]),
            arrays["coordinates"],
            arrays["labels"],
            arrays["strength"],
            arrays["tree"],
        )
