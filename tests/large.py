"""A large collection of made-up pictures, in a second: vectors and map lie in the cache where they would be put."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from barrx import cache, collection_files, datasets, embedding, encoders, importing, projection
from barrx.datasets import Dataset
from barrx.projection import ProjectionParams

ENCODER = "efficientnet-lite0"
_DIFFERENT = 20
_GROUPS = 90
_SIDE = 24  # pixels


def add(slug: str, n_images: int, folder: Path) -> Dataset:
    """Add a collection of ``n_images`` names for twenty pictures, in as many dense groups as a real one has.

    ``BARRX_HOME`` must be set. The same bytes under two names are two pictures, so nothing but their number is
    made up after the twenty were added as any are.
    """
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i, pixels in enumerate(rng.integers(0, 255, (_DIFFERENT, _SIDE, _SIDE, 3), np.uint8)):
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    datasets.add(datasets.AddRequest(slug=slug, source=str(folder)))
    _repeat(collection_files.folder_of(slug), n_images)
    dataset = datasets.load(slug)
    _put_vectors(dataset)
    return dataset


def _repeat(folder: Path, n_images: int) -> None:
    pictures = pd.read_parquet(folder / collection_files.PICTURES)
    repeated = pictures.iloc[np.arange(n_images) % len(pictures)].reset_index(drop=True)
    repeated["filename"] = [f"{i:05d}.png" for i in range(n_images)]
    columns = pd.DataFrame({"hue": np.where(np.arange(n_images) % 3, "warm", "cold")})
    repeated.to_parquet(folder / collection_files.PICTURES, index=False)
    columns.to_parquet(folder / collection_files.METADATA, index=False)
    facts = json.loads((folder / collection_files.FACTS).read_text(encoding="ascii"))
    facts |= {"images": n_images, "fingerprint": importing.fingerprint(repeated, columns)}
    collection_files.write_json(folder / collection_files.FACTS, facts)


def _put_vectors(dataset: Dataset) -> None:
    encoder = encoders.get(ENCODER)
    n_images, rng = len(dataset.filenames), np.random.default_rng(1)
    group = rng.integers(0, _GROUPS, n_images)
    centres = rng.normal(size=(_GROUPS, encoder.n_features)).astype(np.float32)
    vectors = centres[group] + rng.standard_normal((n_images, encoder.n_features), np.float32)
    made_from = cache.fingerprint(vectors)
    key = embedding._matrix_key(dataset, encoder)
    cache.put_many("embeddings", {key: vectors, f"{key}:fingerprint": made_from})

    places = rng.uniform(-12, 12, (_GROUPS, 2))
    widths = rng.uniform(0.05, 0.7, _GROUPS)
    coordinates = places[group] + widths[group, None] * rng.normal(size=(n_images, 2))
    default = projection._key(made_from, ProjectionParams(), n_images, None)
    cache.put("projections", default, coordinates.astype(np.float32))
