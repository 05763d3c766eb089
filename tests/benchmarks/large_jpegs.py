"""Where a run over 12-megapixel JPEGs spends its time, and what was tried to spend less.

Decoding and the network share the processor: with all of it busy, a run can only be as fast as both together. Each
round takes every way once, one after the other.
"""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from barrx import embedding, encoders, images, settings
from barrx.datasets import Dataset
from barrx.encoders import Encoder, Network
from tests.benchmarks import embedding as runs
from tests.benchmarks.measure import Measured

KIND = "12 megapixels"
ROUNDS = 3
Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Milliseconds for a picture, on the clock and of processor time."""

    what: str
    clock: Measured
    processor: Measured


def measure() -> list[Spent]:
    """Measure in a BARRX_HOME that is thrown away; the first two are decoding alone and the network alone."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = folder
        settings.current.cache_clear()
        encoder = encoders.get(runs.SLUG)
        network = runs.installed(encoder, Path(folder))
        dataset = runs.made(KIND, Path(folder))
        ways = _ways(dataset, encoder, network)
        for work in ways.values():
            work()  # compiles, and reads the files once
        rounds = [[_spent(work, len(dataset.filenames)) for work in ways.values()] for _ in range(ROUNDS)]
    return [
        Spent(
            what=what,
            clock=Measured(tuple(clock for clock, _processor in times)),
            processor=Measured(tuple(processor for _clock, processor in times)),
        )
        for what, times in zip(ways, zip(*rounds, strict=True), strict=True)
    ]


def _ways(dataset: Dataset, encoder: Encoder, network: Network) -> dict[str, Work]:
    everything = list(range(len(dataset.filenames)))
    side = encoder.input_size
    batch = np.zeros((embedding.BATCH_SIZE, side, side, 3), np.uint8)

    def decoded() -> None:
        with ThreadPoolExecutor(embedding._DECODERS) as pool:
            list(
                pool.map(
                    lambda i: images.encoder_input(dataset.read_bytes(i), side, encoder.resample), everything
                )
            )

    def alone() -> None:
        for _start in everything[:: embedding.BATCH_SIZE]:
            network.embed(batch)

    def run() -> None:
        embedding._Run(dataset, encoder, network, lambda done, total: None, lambda: False).embed(
            everything, total=len(everything)
        )

    def with_decoders(n: int) -> Work:
        return lambda: patch.object(embedding, "_DECODERS", n)(run)()

    return {
        "decoding and resizing alone": decoded,
        "the network alone": alone,
        "a run, two decoders (in use)": run,
        "a run, one decoder": with_decoders(1),
        "a run, four decoders": with_decoders(4),
        "a run, JPEGs decoded at half the size": patch.object(images, "encoder_input", _coarser)(run),
    }


def _coarser(source: images.Source, size: int, resample: str) -> NDArray[np.uint8]:
    """Decode a JPEG at a scale that leaves at least the size wanted, not twice that: other pixels."""
    rgb = images.open_rgb(source, at_least=(size + 1) // 2)
    return np.asarray(rgb.resize((size, size), Image.Resampling.BILINEAR), np.uint8)


def _spent(work: Work, n: int) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - clock) / n, 1000 * (time.process_time() - processor) / n
