"""The network alone: batches of several sizes, and other engines where they are installed, in turn.

OpenVINO and ONNX Runtime are no dependencies: ``pip install openvino onnxruntime tf2onnx`` into an environment for
this. Inception V3 has random weights here, with which all pictures are alike; so the cosines are of the trained weights
of EfficientNet-Lite0, over pictures of the demo.
"""

import importlib.util
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from barrx import datasets, embedding, encoders, images, settings
from barrx.encoders import Encoder
from tests.benchmarks.embedding import SLUG, installed
from tests.benchmarks.measure import Measured, seconds

BATCHES = (4, 8, 16, 32, 64)
ROUNDS = 5
_PICTURES = 64  # of one measurement
_TRAINED = "efficientnet-lite0"
Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Pictures a second of one engine with batches of one size; of other engines, how near their vectors come."""

    engine: str
    batch: int
    rate: Measured
    cosine: float | None


def measure() -> list[Speed]:
    """Measure in a BARRX_HOME that is thrown away: each round takes all engines and sizes, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = folder
        settings.current.cache_clear()
        encoder = encoders.get(SLUG)
        network = installed(encoder, Path(folder))
        ways: list[tuple[str, int, Embed]] = [("TensorFlow", n, network.embed) for n in BATCHES]
        ways += [(name, embedding.BATCH_SIZE, way) for name, way in _others(encoder, Path(folder)).items()]
        pictures = np.random.default_rng(0).integers(
            0, 255, (_PICTURES, encoder.input_size, encoder.input_size, 3), np.uint8
        )
        for _name, n, way in ways:
            _run(way, pictures, n)  # compiles
        rounds = [
            [seconds(lambda w=w, n=n: _run(w, pictures, n)) for _name, n, w in ways] for _ in range(ROUNDS)
        ]
        cosines = _cosines(Path(folder))
    return [
        Speed(
            engine=name,
            batch=n,
            rate=Measured(tuple(_PICTURES / taken for taken in times)),
            cosine=cosines.get(name),
        )
        for (name, n, _way), times in zip(ways, zip(*rounds, strict=True), strict=True)
    ]


def _cosines(folder: Path) -> dict[str, float]:
    """Return the smallest cosine of each other engine's vectors with ours, on trained weights and real pictures."""
    encoder, demo = encoders.get(_TRAINED), datasets.load(datasets.DEMO_SLUG)
    step = len(demo.filenames) // _PICTURES
    pictures = np.stack(
        [
            images.encoder_input(demo.read_bytes(i * step), encoder.input_size, encoder.resample)
            for i in range(_PICTURES)
        ]
    )
    expected = _run(encoders.load(encoder).embed, pictures, embedding.BATCH_SIZE)
    others = _others(encoder, folder)
    return {
        name: _smallest_cosine(expected, _run(way, pictures, embedding.BATCH_SIZE))
        for name, way in others.items()
    }


def _run(embed: Embed, pictures: NDArray[np.uint8], batch: int) -> NDArray[np.float32]:
    return np.concatenate([embed(pictures[at : at + batch]) for at in range(0, len(pictures), batch)])


def _smallest_cosine(expected: NDArray[np.float32], vectors: NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(expected, axis=1) * np.linalg.norm(vectors, axis=1)
    return float(((expected * vectors).sum(axis=1) / lengths).min())


def _others(encoder: Encoder, folder: Path) -> dict[str, Embed]:
    """Return the other engines that are installed, each with the network as Barr X folds it."""
    from barrx.encoders import engine
    from barrx.encoders.folding import folded

    path = encoders.status(encoder).path
    assert path is not None
    network = folded(engine.filled(encoder, path))
    found: dict[str, Embed] = {}
    if importlib.util.find_spec("openvino"):
        exported = folder / f"exported-{encoder.slug}"
        network.export(exported, verbose=False)
        found["OpenVINO"] = _openvino(exported, encoder, "f32")
        found["OpenVINO, bfloat16"] = _openvino(exported, encoder, "bf16")
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("tf2onnx"):
        found["ONNX Runtime"] = _onnx(network, folder / f"{encoder.slug}.onnx", encoder)
    return found


def _openvino(exported: Path, encoder: Encoder, precision: str) -> Embed:
    import openvino

    # By itself it takes bfloat16 where the processor has it.
    model = openvino.Core().compile_model(
        openvino.convert_model(exported), "CPU", {"INFERENCE_PRECISION_HINT": precision}
    )
    return lambda batch: np.asarray(model(encoder.preprocess(batch.astype(np.float32)))[0])


def _onnx(network: object, path: Path, encoder: Encoder) -> Embed:
    import onnxruntime

    network.export(path, format="onnx", verbose=False)  # type: ignore[attr-defined]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda batch: np.asarray(
        session.run(None, {name: encoder.preprocess(batch.astype(np.float32))})[0]
    )
