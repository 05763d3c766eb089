"""TensorFlow started quietly, and networks filled with weights."""

import ctypes
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from barrx.encoders.entry import ENGINE, Encoder
from barrx.errors import EncoderError
from barrx.i18n import _

log = logging.getLogger(__name__)

_NOTICES = ("oneDNN custom operations", "absl::InitializeLog()", "cudart_stub", "cuInit", "cuda_executor")
_LONGEST_REASON = 300
_M_MMAP_THRESHOLD = -3  # glibc's number
_OWN_PAGES = 4 * 2**20  # bytes: memory freed in pieces of this size or more goes back to the system


def start() -> None:
    """Import Keras on TensorFlow, with the settings the vectors are made with, whatever ``keras.json`` says.

    Raises
    ------
    EncoderError
        if TensorFlow cannot be imported, or Keras already runs on something else in this process
    """
    _give_back()
    os.environ["KERAS_BACKEND"] = ENGINE
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with _without_notices():
            import keras
            import tensorflow

            tensorflow.config.list_physical_devices("GPU")  # says here that there is none, not later
    except ImportError as error:
        raise EncoderError(
            _("TensorFlow cannot be imported: {error}. Run: pip install -r requirements.txt").format(
                error=error
            )
        ) from error
    if keras.backend.backend() != ENGINE:
        raise EncoderError(
            _(
                "Keras runs on {engine} in this process; Barr X needs it on {needed}. Unset KERAS_BACKEND."
            ).format(engine=keras.backend.backend(), needed=ENGINE)
        )
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def _give_back() -> None:
    """Have glibc give back what is freed, where there is a glibc.

    By its own rule it soon keeps pieces of up to 32 MB for later: pictures and activations in turn, which leave gaps,
    and a run takes 200 MB more. The network is as fast either way.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES)


@contextmanager
def _without_notices() -> Iterator[None]:
    """Keep TensorFlow's start-up notices off the screen; whatever else is said meanwhile comes through.

    TF_CPP_MIN_LOG_LEVEL does not reach them: they go to file descriptor 2 before TensorFlow reads it.
    """
    try:
        screen = os.dup(2)
    except OSError:  # no standard error at all: nothing to keep clean
        yield
        return
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            said.seek(0)
            for line in said:
                if not any(notice.encode() in line for notice in _NOTICES):
                    os.write(screen, line)
            os.close(screen)


def filled(encoder: Encoder, path: Path, *, source: Path | None = None) -> Any:
    """Return an encoder's Keras network with the weights in a file.

    Parameters
    ----------
    encoder : Encoder
    path : Path
        ends as Keras expects for the file's layout
    source : Path, optional
        what errors call the file, if it is a copy

    Raises
    ------
    EncoderError
        if the file does not fit the network, leaves weights out, or holds values that are not numbers
    """
    start()
    network = encoder.build()
    for weight in network.weights:  # Keras only warns of some weights a file leaves out: let them show below
        weight.assign(np.full(weight.shape, np.nan))
    try:
        with warnings.catch_warnings(action="ignore"):
            encoder.load_weights(network, path)
    except (
        Exception
    ) as error:  # a damaged or foreign file fails in ways that neither Keras nor h5py documents
        log.info("weights %s do not load", path, exc_info=True)
        raise EncoderError(
            _("{file} does not hold weights of {encoder}: {reason}").format(
                file=source or path, encoder=encoder.title, reason=_reason(error)
            )
        ) from error
    for weight in network.weights:
        if not np.isfinite(weight.numpy()).all():
            raise EncoderError(
                _(
                    "{file} does not hold weights of {encoder}: “{weight}” is left out or not a number."
                ).format(file=source or path, encoder=encoder.title, weight=weight.path)
            )
    return network


def _reason(error: Exception) -> str:
    """Return what an exception says, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
