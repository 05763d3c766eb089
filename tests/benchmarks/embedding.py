"""Pictures to vectors by the whole run, against one picture for each ``predict``, decoded in line.

The weights are random, as Keras makes them: the speed is that of the published ones, which are not downloaded for
this. Every trial alternates the naive way, the run and the network alone, so that what else the machine does
concerns all three. Memory is that of ``barrx embed`` in a process of its own.
"""

import io
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from barrx import cache, datasets, embedding, encoders, settings
from barrx.datasets import Dataset
from barrx.encoders import Encoder, Network
from tests.benchmarks.measure import Compared, Measured, seconds

SLUG = "inception-v3"
TRIALS = 3
_SIDES = {"500 pixels": (500, 400), "12 megapixels": (4000, 3000)}
_COUNTS = {"500 pixels": 96, "12 megapixels": 48}
_TO_REACH = {"500 pixels": "2 x", "12 megapixels": "3 x"}
_NAIVE = 16  # pictures of a trial that the naive way takes; its time goes up in proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Seconds for the same pictures, and the share of the network's own speed that the run reaches."""

    kind: str
    n_images: int
    to_reach: str
    taken: Compared
    share: Measured
    mb: float


def measure(kinds: tuple[str, ...] = tuple(_SIDES)) -> list[Throughput]:
    """Measure in a BARRX_HOME that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = folder
        settings.current.cache_clear()
        encoder = encoders.get(SLUG)
        network = installed(encoder, Path(folder))
        return [_one(kind, encoder, network, Path(folder)) for kind in kinds]


def installed(encoder: Encoder, folder: Path) -> Network:
    """Install random weights, and load the network with them."""
    import keras

    from barrx.encoders import engine

    engine.start()
    keras.utils.set_random_seed(0)
    file = folder / "random.weights.h5"
    encoder.build().save_weights(file)
    encoders.install(encoder, file, unverified=True)
    return encoders.load(encoder)


def _one(kind: str, encoder: Encoder, network: Network, folder: Path) -> Throughput:
    dataset = made(kind, folder)
    peak = peak_mb(dataset, encoder)
    cache.clear("embeddings")
    model = _keras_model(encoder)
    batch = np.random.default_rng(0).integers(
        0, 255, (embedding.BATCH_SIZE, encoder.input_size, encoder.input_size, 3), np.uint8
    )
    everything = range(len(dataset.filenames))

    def naive() -> None:
        for index in everything[:_NAIVE]:
            _alone(model, encoder, dataset.read_bytes(index))

    def ours() -> None:
        embedding._Run(dataset, encoder, network, lambda done, total: None, lambda: False).embed(
            list(everything), total=len(everything)
        )

    _alone(model, encoder, dataset.read_bytes(0))
    ours()
    times: list[tuple[float, float, float]] = []
    for _trial in range(TRIALS):
        one = seconds(naive) * len(everything) / _NAIVE
        times.append((one, seconds(ours), seconds(lambda: network.embed(batch))))
    naive_way, run, per_batch = zip(*times, strict=True)
    alone = [one * len(everything) / embedding.BATCH_SIZE for one in per_batch]
    return Throughput(
        kind=kind,
        n_images=len(everything),
        to_reach=_TO_REACH[kind],
        taken=Compared(Measured(naive_way), Measured(run)),
        share=Measured(tuple(a / b for a, b in zip(alone, run, strict=True))),
        mb=peak,
    )


def _keras_model(encoder: Encoder) -> Any:
    found = encoders.status(encoder)
    assert found.path is not None
    from barrx.encoders import engine

    return engine.filled(encoder, found.path)


def _alone(model: Any, encoder: Encoder, data: bytes) -> np.ndarray:
    """Embed one picture as scripts do: open, resize, preprocess, predict."""
    side = encoder.input_size
    with Image.open(io.BytesIO(data)) as picture:
        pixels = np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR))
    found: np.ndarray = model.predict(encoder.preprocess(pixels[None].astype(np.float32)), verbose=0)
    return found


def made(kind: str, folder: Path) -> Dataset:
    """Add JPEGs of one size: the demo's pictures, side by side, with the grain of a photograph."""
    source, rng = datasets.load(datasets.DEMO_SLUG), np.random.default_rng(0)
    pictures = folder / kind.replace(" ", "-")
    pictures.mkdir()
    width, height = _SIDES[kind]
    for number in range(_COUNTS[kind]):
        with Image.open(io.BytesIO(source.read_bytes(number))) as picture:
            pixels = np.asarray(picture.convert("RGB").resize((width, height)), np.int16)
        grain = rng.normal(0, 6, (height, width, 1)).astype(np.int16)
        Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8)).save(
            pictures / f"{number:03}.jpg", quality=88
        )
    slug = pictures.name
    datasets.add(datasets.AddRequest(slug=slug, source=str(pictures)))
    return datasets.load(slug)


# A process counts as its own the memory of the one that started it: between the two stands a small one.
_IN_BETWEEN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_mb(dataset: Dataset, encoder: Encoder) -> float:
    """Return the most memory that ``barrx embed`` takes, in MB."""
    command = [sys.executable, "-m", "barrx", "embed", dataset.slug, "--encoder", encoder.slug]
    run = subprocess.run(
        [sys.executable, "-c", _IN_BETWEEN, *command], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(run.stdout) / 1000
