"""A network ready to turn pictures into vectors."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx.encoders.engine import filled
from barrx.encoders.entry import Encoder
from barrx.encoders.folding import folded
from barrx.encoders.weights import key_of, label_of, required
from barrx.errors import EncoderError, ParameterError
from barrx.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An encoder with its weights in memory.

    Attributes
    ----------
    encoder : Encoder
    key : str
        the encoder key of the weights that were really read
    label : str
        the encoder's name for people, which says so when its weights are unverified
    """

    encoder: Encoder
    key: str
    label: str
    _call: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    def embed(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Turn pictures into vectors.

        The graph is compiled for each number of pictures it meets; pad the last batch, so that there is one.
        The same picture in a batch of another size may give a vector that differs in the last bits.

        Parameters
        ----------
        batch : (n, input_size, input_size, 3) uint8, RGB

        Returns
        -------
        (n, n_features) float32, finite, in input order

        Raises
        ------
        ParameterError
            if the batch has another shape or type
        EncoderError
            if a vector has values that are not numbers
        """
        side = self.encoder.input_size
        if batch.dtype != np.uint8 or batch.ndim != 4 or batch.shape[1:] != (side, side, 3):
            raise ParameterError(
                _(
                    "{encoder} takes batches of shape (n, {side}, {side}, 3), uint8; got {shape}, {dtype}."
                ).format(encoder=self.encoder.title, side=side, shape=batch.shape, dtype=batch.dtype)
            )
        vectors = self._call(batch)
        if not np.isfinite(vectors).all():
            raise EncoderError(
                _(
                    "{encoder} gave values that are not numbers. Its weights may be damaged: "
                    "fetch them again with: python -m barrx weights {slug}"
                ).format(encoder=self.label, slug=self.encoder.slug)
            )
        return vectors


def load(encoder: Encoder) -> Network:
    """Read an encoder's weights and return its network. Imports TensorFlow: call it in a worker.

    Raises
    ------
    EncoderError
        if the weights are missing, do not fit, or change while they are read
    """
    found = required(encoder, rehash=True)
    assert found.path is not None
    before = _mark(found.path)
    network = filled(encoder, found.path)
    if _mark(found.path) != before:
        raise EncoderError(
            _("The weights of {encoder} were replaced while they were read. Start again.").format(
                encoder=encoder.title
            )
        )
    return Network(
        encoder=encoder,
        key=key_of(encoder, found),
        label=label_of(encoder, found),
        _call=_compiled(encoder, folded(network)),
    )


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _compiled(encoder: Encoder, network: Any) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    import tensorflow as tf

    @tf.function  # type: ignore[untyped-decorator]
    def infer(pixels: Any) -> Any:
        return network(encoder.preprocess(tf.cast(pixels, tf.float32)), training=False)

    def call(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = infer(tf.constant(batch)).numpy()
        return vectors

    return call
