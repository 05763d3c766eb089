"""The network alone: batches of several sizes, and other engines where they are installed, in turn.

OpenVINO and ONNX Runtime are no dependencies: ``pip install openvino onnxruntime tf2onnx`` into an environment for
this. The weights are random, so the cosine says that an engine computes the same network, not how an engine with
fewer bits would do on trained weights.
"""

import importlib.util
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from barrx import embedding, encoders, settings
from tests.benchmarks.embedding import SLUG, installed
from tests.benchmarks.measure import Measured, seconds

BATCHES = (4, 8, 16, 32, 64)
ROUNDS = 5
_PICTURES = 64  # of one measurement
Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Pictures a second of one engine with batches of one size, and how near its vectors are to Barr X's own."""

    engine: str
    batch: int
    rate: Measured
    cosine: float


def measure() -> list[Speed]:
    """Measure in a BARRX_HOME that is thrown away: each round takes all engines and sizes, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = folder
        settings.current.cache_clear()
        encoder = encoders.get(SLUG)
        network = installed(encoder, Path(folder))
        ways: list[tuple[str, int, Embed]] = [("TensorFlow", n, network.embed) for n in BATCHES]
        ways += [(name, embedding.BATCH_SIZE, way) for name, way in _others(Path(folder)).items()]
        pictures = np.random.default_rng(0).integers(
            0, 255, (_PICTURES, encoder.input_size, encoder.input_size, 3), np.uint8
        )
        expected = _run(network.embed, pictures, embedding.BATCH_SIZE)
        found = [_run(way, pictures, n) for _name, n, way in ways]  # also compiles
        rounds = [
            [seconds(lambda w=w, n=n: _run(w, pictures, n)) for _name, n, w in ways] for _ in range(ROUNDS)
        ]
    return [
        Speed(
            engine=name,
            batch=n,
            rate=Measured(tuple(_PICTURES / taken for taken in times)),
            cosine=_smallest_cosine(expected, vectors),
        )
        for (name, n, _way), vectors, times in zip(ways, found, zip(*rounds, strict=True), strict=True)
    ]


def _run(embed: Embed, pictures: NDArray[np.uint8], batch: int) -> NDArray[np.float32]:
    return np.concatenate([embed(pictures[at : at + batch]) for at in range(0, len(pictures), batch)])


def _smallest_cosine(expected: NDArray[np.float32], vectors: NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(expected, axis=1) * np.linalg.norm(vectors, axis=1)
    return float(((expected * vectors).sum(axis=1) / lengths).min())


def _others(folder: Path) -> dict[str, Embed]:
    """Return the other engines that are installed, each with the network as Barr X folds it."""
    from barrx.encoders import engine
    from barrx.encoders.folding import folded

    encoder = encoders.get(SLUG)
    path = encoders.status(encoder).path
    assert path is not None
    network = folded(engine.filled(encoder, path))
    found: dict[str, Embed] = {}
    if importlib.util.find_spec("openvino"):
        found["OpenVINO"] = _openvino(network, folder / "exported", encoder)
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("tf2onnx"):
        found["ONNX Runtime"] = _onnx(network, folder / "network.onnx", encoder)
    return found


def _openvino(network: object, path: Path, encoder: encoders.Encoder) -> Embed:
    import openvino

    network.export(path, verbose=False)  # type: ignore[attr-defined]
    # In 32-bit floats: by itself it takes bfloat16 where the processor has it, with other vectors.
    model = openvino.Core().compile_model(
        openvino.convert_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    return lambda batch: np.asarray(model(encoder.preprocess(batch.astype(np.float32)))[0])


def _onnx(network: object, path: Path, encoder: encoders.Encoder) -> Embed:
    import onnxruntime

    network.export(path, format="onnx", verbose=False)  # type: ignore[attr-defined]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda batch: np.asarray(
        session.run(None, {name: encoder.preprocess(batch.astype(np.float32))})[0]
    )
