"""Embeddings of several sizes for benchmarks of the stages after the encoder."""

import numpy as np

from barrx import cache, datasets, embedding, encoders, neighbors
from barrx.embedding import Embedding
from tests.benchmarks.pictures import CLIPART, CLIPART_FOLDER, ENCODER, clipart

_FOLDERS = ("animals", "food", "people", "recreation", "special", "transportation", "unsorted")
NAMES = ("demo", "clipart-folders", "clipart")


def named(name: str) -> Embedding:
    """Return the embedding of the demo (810), of some folders of the clip art (2,443), or of all of it (8,119)."""
    if name == "demo":
        return _of(datasets.DEMO_SLUG)
    if not CLIPART_FOLDER.exists() and CLIPART not in datasets.list_slugs():
        raise SystemExit(f"{name}: install Debian's package openclipart-png ({CLIPART_FOLDER} is missing)")
    if CLIPART not in datasets.list_slugs():
        clipart()
    everything = _of(CLIPART)
    if name == "clipart":
        return everything
    folders = np.array([filename.split("/")[0] for filename in datasets.load(CLIPART).filenames])
    return stored(everything.vectors[np.isin(folders, _FOLDERS)])


def grown(n: int) -> Embedding:
    """Return an embedding of any size: pictures of the clip art, and above its size the same again with noise.

    The noise is as long as the distance to the fifth neighbour at most, so that the copies of a picture are about
    as near to each other as its crops would be.
    """
    real = named("clipart").vectors
    rng = np.random.default_rng(0)
    if n <= len(real):
        return stored(real[rng.permutation(len(real))[:n]])
    some = real[rng.permutation(len(real))[:2000]]
    apart = np.sqrt(2 * neighbors.compute(some, "cosine", 6).distances[:, 5].mean())
    copies = real[np.arange(n) % len(real)]
    noise = rng.standard_normal(copies.shape, np.float32)
    noise *= np.linalg.norm(copies, axis=1, keepdims=True) / np.linalg.norm(noise, axis=1, keepdims=True)
    noise *= (apart * rng.uniform(0.3, 1, (n, 1))).astype(np.float32)
    return stored(np.maximum(copies + noise, 0))


def stored(vectors: np.ndarray) -> Embedding:
    return Embedding(vectors, cache.fingerprint(vectors), ENCODER)


def _of(slug: str) -> Embedding:
    return embedding.require(datasets.load(slug), encoders.get(ENCODER))
