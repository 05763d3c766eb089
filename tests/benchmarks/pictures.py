"""Large collections of real pictures for benchmarks, made once into a BARRX_HOME that is kept.

``openclipart``: the 8,121 pictures of Debian's openclipart-png, embedded and mapped as anybody would.
``crops-N``: N crops of them, added by ``barrx add``. Embedding 100,000 would take hours, so the vectors and the map of
the crops are those of the pictures they were cut from plus a little noise, put into the cache where the encoder and
UMAP would have put them; files, thumbnails, table and clusters are real.
"""

import io
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from barrx import cache, datasets, embedding, encoders, neighbors, pipeline, projection, settings
from barrx.datasets import Dataset
from barrx.pipeline import Map, MapRequest

CLIPART_FOLDER = Path("/usr/share/openclipart/png")
CLIPART = "openclipart"
ENCODER = "efficientnet-lite0"
_SIDES = range(96, 241)  # sides of a crop, in pixels of a thumbnail of 320
_NOISE = 0.1  # of the standard deviation of a feature
_SPREAD = 0.004  # of the extent of the map
_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a collection came to be."""

    slug: str
    images: int
    seconds_to_add: float | None  # None: it was there already
    note: str


def demo() -> Facts:
    """Return what is known of the shipped collection."""
    n = len(datasets.load(datasets.DEMO_SLUG).filenames)
    return Facts(slug=datasets.DEMO_SLUG, images=n, seconds_to_add=None, note="all real")


def clipart() -> Facts:
    """Make the collection ``openclipart`` if it is not there: added, embedded, mapped."""
    seconds = _added(CLIPART, CLIPART_FOLDER)
    dataset = datasets.load(CLIPART)
    command = [sys.executable, "-m", "barrx", "embed", CLIPART, "--encoder", ENCODER]
    subprocess.run(command, check=True, stdout=sys.stderr)
    pipeline.load_or_compute(dataset, _request(dataset))
    return Facts(slug=CLIPART, images=len(dataset.filenames), seconds_to_add=seconds, note="all real")


def crops(n: int) -> Facts:
    """Make a collection of ``n`` crops if it is not there; their files lie in a folder of the home."""
    clipart()
    slug = f"crops-{n}"
    folder = settings.current().home / "benchmark-pictures" / slug
    source = datasets.load(CLIPART)
    if not (folder / ".complete").exists():
        _cut(source, n, folder)
        (folder / ".complete").touch()
    seconds = _added(slug, folder)
    dataset = datasets.load(slug)
    _stand_in(source, dataset)
    note = "vectors and map: those of the pictures they were cut from, plus noise; all else real"
    return Facts(slug=slug, images=len(dataset.filenames), seconds_to_add=seconds, note=note)


def _request(dataset: Dataset) -> MapRequest:
    return MapRequest.default(dataset.slug, ENCODER, len(dataset.filenames))


def _added(slug: str, folder: Path) -> float | None:
    """Add a collection by the command line; return the seconds it took, now or when it was made."""
    record = settings.current().home / f"added-{slug}.json"
    if slug not in datasets.list_slugs():
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "barrx", "add", slug, str(folder)], check=True)
        record.write_text(json.dumps({"seconds": time.perf_counter() - start}))
    return float(json.loads(record.read_text())["seconds"]) if record.exists() else None


# --- crops ------------------------------------------------------------------------------------------------


def _cut(source: Dataset, n: int, folder: Path) -> None:
    """Cut crops of the thumbnails; the name of a crop begins with the place of its picture in the collection."""
    rng = np.random.default_rng(0)
    for number in tqdm(range(n), desc="cutting"):
        index = number % len(source.filenames)
        with Image.open(io.BytesIO(source.thumbnail(index, 320))) as picture:
            crop = _crop(picture.convert("RGB"), rng)
        category = Path(source.filenames[index]).parts[0]
        path = folder / category / f"{index:05}-{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        crop.save(path, quality=_QUALITY)


def _crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    side = int(rng.choice(_SIDES))
    width, height = min(side, picture.width), min(side, picture.height)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def _stand_in(source: Dataset, dataset: Dataset) -> Map:
    """Put vectors and coordinates near those of the pictures the crops were cut from into the cache."""
    request = _request(dataset)
    found, metric = pipeline.load(dataset, request), request.projection.metric
    if found and neighbors.load(found.embedding_fingerprint, metric, len(dataset.filenames)):
        return found
    encoder = encoders.get(ENCODER)
    cut_from = np.array([int(Path(name).name.partition("-")[0]) for name in dataset.filenames])
    vectors = _near(embedding.require(source, encoder).vectors, cut_from, _NOISE)
    made_from = cache.fingerprint(vectors)
    key = embedding._matrix_key(dataset, encoder)
    cache.put_many("embeddings", {key: vectors, f"{key}:fingerprint": made_from})
    coordinates = _near(pipeline.load_or_compute(source, _request(source)).coordinates, cut_from, _SPREAD)
    key = projection._key(made_from, request.projection, len(coordinates), None)
    cache.put("projections", key, coordinates)
    # Who has a map of UMAP's has these: the card of a picture shows them.
    neighbors.load_or_compute(embedding.require(dataset, encoder), metric, request.projection.n_neighbors)
    return pipeline.load_or_compute(dataset, request)


def _near(values: np.ndarray, rows: np.ndarray, noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    shifts = rng.standard_normal((len(rows), values.shape[1]), np.float32)
    return values[rows] + np.float32(noise) * values.std(axis=0) * shifts
