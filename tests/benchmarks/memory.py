"""The most memory that ``barrx embed`` takes with Inception V3, by how large and how many the pictures are.

The weights are random. Of the many pictures all but a batch have a vector already, as after an interrupted run:
what takes memory then, to put all vectors together, is the same.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from barrx import cache, datasets, embedding, encoders, settings
from barrx.datasets import Dataset
from tests.benchmarks.embedding import SLUG, installed, peak_mb

MANY = 40_000
_LARGE = 24  # pictures of 25 megapixels
LIMIT = 1_500  # MB


def measure() -> list[tuple[str, int, float]]:
    """Return what the pictures are, how many, and the peak in MB; in a BARRX_HOME that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = folder
        settings.current.cache_clear()
        installed(encoders.get(SLUG), Path(folder))
        kinds = {
            "a batch of 500 x 400 pixels": _drawn(Path(folder, "batch"), embedding.BATCH_SIZE, (500, 400)),
            "PNG with transparency, 25 megapixels": _drawn(Path(folder, "large"), _LARGE, (5000, 5000)),
            "4 x 4 pixels": _nearly_done(_drawn(Path(folder, "many"), MANY, (4, 4))),
        }
        found = [(kind, len(d.filenames), peak_mb(d, encoders.get(SLUG))) for kind, d in kinds.items()]
    settings.current.cache_clear()
    return found


def _drawn(folder: Path, n: int, size: tuple[int, int]) -> Dataset:
    """Add half see-through pictures, each with another colour and some squares."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    squares = rng.integers(0, 255, (50, 50, 4), np.uint8)
    for number in range(n):
        squares[0, 0] = (number % 256, number // 256 % 256, number // 65_536, 128)
        picture = Image.fromarray(squares).resize(size, Image.Resampling.NEAREST)
        picture.putpixel((0, 0), tuple(squares[0, 0].tolist()))
        picture.save(folder / f"{number:06}.png", compress_level=1)
    datasets.add(datasets.AddRequest(slug=folder.name, source=str(folder)))
    return datasets.load(folder.name)


def _nearly_done(dataset: Dataset) -> Dataset:
    """Store a vector for all pictures but the last batch."""
    encoder, rng = encoders.get(SLUG), np.random.default_rng(0)
    for done in embedding._in_blocks(dataset.sha256[: -embedding.BATCH_SIZE]):
        keys = [embedding._vector_key(encoder, sha) for sha in done]
        vectors = rng.random((len(keys), encoder.n_features), np.float32)
        cache.put_many("embeddings", dict(zip(keys, vectors, strict=True)))
    return dataset
