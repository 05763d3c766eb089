"""Images to vectors: cached picture by picture, resumable, one fixed batch shape.

A vector is stored under the sha256 of the file and the encoder's key (slug, weights, recipe, engine), so a
picture is embedded once, whatever collections it is in. The matrix of a collection is stored beside it, with
the fingerprint of its content: everything derived is keyed by that.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache as memoize
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from barrx import cache, encoders, images
from barrx.datasets import DEMO_SLUG, Dataset
from barrx.demo import shipped
from barrx.encoders import Encoder, Network
from barrx.errors import BarrxError, Cancelled, DatasetError, EncoderError
from barrx.i18n import _, ngettext

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

# Larger batches gain a few percent (tests/benchmarks/engines.py) and take memory: a run with Inception V3 is to stay
# under 1.5 GB. Not found by a trial on each machine: the last bits of a vector depend on it.
BATCH_SIZE = 16
_DECODERS = 2
_LARGE = 13_000_000  # pixels: of pictures that are decoded whole and have more, one is in memory at a time
_BLOCK = 1000  # vectors read at a time


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """The vectors of a collection.

    Attributes
    ----------
    vectors : (n_images, n_features) float32, finite, in dataset order
    fingerprint : str
        sha256 of the vectors' content
    encoder : str
        slug of the encoder
    """

    vectors: Vectors
    fingerprint: str
    encoder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRun:
    """What a run did: how many pictures the encoder was run on, and how many vectors were there."""

    computed: int
    cached: int


def fingerprint_of(dataset: Dataset, encoder: Encoder) -> str | None:
    """Return the fingerprint of a collection's embedding if it is stored, without reading the vectors."""
    if _is_shipped(dataset, encoder):
        return _shipped_embedding().fingerprint
    if encoders.status(encoder).state == "missing":
        return None
    found = cache.get("embeddings", _matrix_key(dataset, encoder) + ":fingerprint")
    return found if isinstance(found, str) else None


def load(dataset: Dataset, encoder: Encoder) -> Embedding | None:
    """Return a collection's embedding, put together from cached vectors; None while some are missing."""
    if _is_shipped(dataset, encoder):
        return _shipped_embedding()
    if encoders.status(encoder).state == "missing":
        return None
    key = _matrix_key(dataset, encoder)
    matrix = cache.get("embeddings", key)
    if matrix is None and not _missing(dataset, encoder) and _keep_matrix(dataset, encoder) is not None:
        matrix = cache.get("embeddings", key)
    if matrix is None:
        return None
    return Embedding(matrix, fingerprint_of(dataset, encoder) or cache.fingerprint(matrix), encoder.slug)


def pending(dataset: Dataset, encoder: Encoder) -> int:
    """Return the number of different pictures whose vector is not stored yet."""
    if fingerprint_of(dataset, encoder) is not None:
        return 0
    if encoders.status(encoder).state == "missing":
        return len(set(dataset.sha256))
    return len(_missing(dataset, encoder))


def require(dataset: Dataset, encoder: Encoder) -> Embedding:
    """Return a collection's embedding.

    Raises
    ------
    EncoderError
        if pictures are still to be embedded or the weights are missing; the message names the command
    """
    embedding = load(dataset, encoder)
    if embedding is None:
        encoders.encoder_key(encoder)  # says so if it is the weights that are missing
        raise _not_embedded(dataset, encoder)
    return embedding


def _not_embedded(dataset: Dataset, encoder: Encoder) -> EncoderError:
    return EncoderError(
        _(
            "“{slug}” has no {encoder} embedding yet. Run: python -m barrx embed {slug} --encoder {encoder}"
        ).format(slug=dataset.slug, encoder=encoder.slug)
    )


def compute(
    dataset: Dataset,
    encoder: Encoder,
    *,
    recompute: bool = False,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> EmbeddingRun:
    """Embed the pictures whose vectors are missing, or all of them.

    Every batch is stored as soon as it is done: an interrupted run goes on where it stopped. The vectors are never
    in memory all together, so that a run of any length takes no more than its network; :func:`load` reads them.

    Parameters
    ----------
    recompute : bool
        run the encoder although the vectors are there
    progress : callable
        called with (pictures done, pictures in all)
    cancelled : callable
        asked before each batch

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true; what was finished is kept
    DatasetError
        if originals are missing or have changed since they were added; the other vectors are kept
    EncoderError
        if the weights are missing
    """
    with cache.lock(_matrix_key(dataset, encoder)):
        there = set() if recompute else _readable(dataset, encoder)
        first_index = {sha: i for i, sha in reversed(list(enumerate(dataset.sha256)))}
        todo = [index for sha, index in first_index.items() if sha not in there]
        todo.sort()
        if todo:
            progress(len(first_index) - len(todo), len(first_index))
            network = _loaded(encoder)
            run = _Run(dataset, encoder, network, progress, cancelled)
            run.embed(todo, total=len(first_index))
        if not _is_shipped(dataset, encoder) and _keep_matrix(dataset, encoder) is None:
            raise _not_embedded(dataset, encoder)
        return EmbeddingRun(computed=len(todo), cached=len(first_index) - len(todo))


def recomputed(dataset: Dataset, encoder: Encoder) -> Embedding:
    """Return the vectors that were computed on this machine, though others may be shipped.

    Raises
    ------
    EncoderError
        if some were not
    """
    blocks = list(_blocks(dataset, encoder, with_shipped=False))
    if sum(map(len, blocks)) < len(dataset.filenames):
        raise _not_embedded(dataset, encoder)
    matrix = np.concatenate(blocks)
    return Embedding(matrix, cache.fingerprint(matrix), encoder.slug)


def _loaded(encoder: Encoder) -> Network:
    """Load the network; the vectors' keys were looked up before, so the weights must still be the same."""
    expected = encoders.encoder_key(encoder)
    network = encoders.load(encoder)
    if network.key != expected:
        raise EncoderError(
            _("The weights of {label} were replaced meanwhile. Start again.").format(label=network.label)
        )
    return network


_one_large = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One pass of the network over pictures, decoding ahead in threads."""

    dataset: Dataset
    encoder: Encoder
    network: Network
    progress: Progress
    cancelled: Callable[[], bool]

    def embed(self, todo: Sequence[int], *, total: int) -> None:
        """Embed pictures and store each batch as soon as it is done."""
        done, failed = total - len(todo), list[tuple[int, BarrxError]]()
        with ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode") as pool:
            for batch in self._decoded(pool, todo):
                if self.cancelled():
                    pool.shutdown(cancel_futures=True)
                    raise Cancelled(_("Stopped. What was finished is kept: start again to go on."))
                good = [(i, pixels) for i, pixels in batch if not isinstance(pixels, BarrxError)]
                failed += [(i, error) for i, error in batch if isinstance(error, BarrxError)]
                if good:
                    self._store(good)
                done += len(batch)
                self.progress(done, total)
        if failed:
            raise _unreadable(self.dataset, failed)

    def _decoded(
        self, pool: ThreadPoolExecutor, todo: Sequence[int]
    ) -> Iterator[list[tuple[int, NDArray[np.uint8] | BarrxError]]]:
        """Yield batches in order, keeping two batches of decoded pictures ahead of the network."""
        pending: list[tuple[int, Future[NDArray[np.uint8] | BarrxError]]] = []
        left = iter(todo)
        for index in islice(left, 2 * BATCH_SIZE):
            pending.append((index, pool.submit(self._pixels, index)))
        while pending:
            now, pending = pending[:BATCH_SIZE], pending[BATCH_SIZE:]
            ready = [(index, future.result()) for index, future in now]
            for index in islice(left, len(now)):
                pending.append((index, pool.submit(self._pixels, index)))
            yield ready

    def _pixels(self, index: int) -> NDArray[np.uint8] | BarrxError:
        try:
            data = self.dataset.read_bytes(index)
            n_pixels = images.pixels_in_memory(data, self.encoder.input_size)
            with _one_large if n_pixels > _LARGE else nullcontext():
                return images.encoder_input(data, self.encoder.input_size, self.encoder.resample)
        except BarrxError as error:
            return error

    def _store(self, batch: Sequence[tuple[int, NDArray[np.uint8]]]) -> None:
        size = self.encoder.input_size
        padded = np.zeros((BATCH_SIZE, size, size, 3), np.uint8)
        padded[: len(batch)] = np.stack([pixels for _index, pixels in batch])
        vectors = self.network.embed(padded)[: len(batch)]
        keys = [_vector_key(self.encoder, self.dataset.sha256[index]) for index, _pixels in batch]
        cache.put_many("embeddings", dict(zip(keys, vectors, strict=True)))


def _unreadable(dataset: Dataset, failed: Sequence[tuple[int, BarrxError]]) -> DatasetError:
    shown = "; ".join(f"{dataset.filenames[i]} ({error})" for i, error in failed[:5])
    more = len(failed) - 5
    if more > 0:
        shown += ngettext(" and {n} more", " and {n} more", more).format(n=more)
    return DatasetError(
        ngettext(
            "{n} picture of “{slug}” can no longer be read: {shown}. All other vectors are kept. "
            "Put the file back, or remove the collection and add it again.",
            "{n} pictures of “{slug}” can no longer be read: {shown}. All other vectors are kept. "
            "Put the files back, or remove the collection and add it again.",
            len(failed),
        ).format(n=len(failed), slug=dataset.slug, shown=shown)
    )


# --- where vectors are kept -------------------------------------------------------------------------------


def _vector_key(encoder: Encoder, sha256: str) -> str:
    return f"vector:{encoders.encoder_key(encoder)}:{sha256}"


def _matrix_key(dataset: Dataset, encoder: Encoder) -> str:
    return _key_of_all(encoders.encoder_key(encoder), tuple(dataset.sha256))


@lru_cache(maxsize=16)  # a click asks for it several times, and of 100,000 pictures it takes 26 ms each time
def _key_of_all(encoder_key: str, sha256: tuple[str, ...]) -> str:
    return "embedding:" + cache.fingerprint(encoder_key, sha256)


def _missing(dataset: Dataset, encoder: Encoder) -> set[str]:
    """Return the sha256 of every picture that has no vector, by the names alone."""
    keys = {_vector_key(encoder, sha): sha for sha in dataset.sha256}
    found = {keys[key] for key in cache.names("embeddings", list(keys))}
    return set(keys.values()) - found - _shipped_vectors(encoder).keys()


def _readable(dataset: Dataset, encoder: Encoder) -> set[str]:
    """Return the sha256 of every picture whose vector is there and whole; a damaged one is dropped."""
    keys = {_vector_key(encoder, sha): sha for sha in dataset.sha256}
    found = {keys[key] for some in _in_blocks(list(keys)) for key in cache.get_many("embeddings", some)}
    return found | (_shipped_vectors(encoder).keys() & set(keys.values()))


def _blocks(dataset: Dataset, encoder: Encoder, *, with_shipped: bool = True) -> Iterator[Vectors]:
    """Yield the vectors in dataset order, some at a time; it ends early where one is missing."""
    shipped_ones = _shipped_vectors(encoder) if with_shipped else {}
    for shas in _in_blocks(dataset.sha256):
        keys = [_vector_key(encoder, sha) for sha in shas]
        stored = cache.get_many("embeddings", list(dict.fromkeys(keys)))
        found = [stored.get(key, shipped_ones.get(sha)) for key, sha in zip(keys, shas, strict=True)]
        rows = [row for row in found if row is not None]
        if len(rows) < len(shas):
            return
        yield np.stack(rows).astype(np.float32, copy=False)


def _in_blocks(names: Sequence[str]) -> Iterator[list[str]]:
    """Yield parts of a list: short transactions, so that nobody else waits long."""
    for start in range(0, len(names), _BLOCK):
        yield list(names[start : start + _BLOCK])


def _keep_matrix(dataset: Dataset, encoder: Encoder) -> str | None:
    """Store a collection's vectors in one piece and return their fingerprint; None while some are missing."""
    key = _matrix_key(dataset, encoder)
    shape = (len(dataset.sha256), encoder.n_features)
    fingerprint = cache.put_rows("embeddings", key, _blocks(dataset, encoder), shape)
    if fingerprint is not None:
        cache.put("embeddings", key + ":fingerprint", fingerprint)
    return fingerprint


# --- the demo's embedding, shipped ------------------------------------------------------------------------


def _is_shipped(dataset: Dataset, encoder: Encoder) -> bool:
    return dataset.slug == DEMO_SLUG and encoder.slug == shipped.ENCODER and bool(shipped.vectors())


def _shipped_vectors(encoder: Encoder) -> Mapping[str, Vectors]:
    return shipped.vectors() if encoder.slug == shipped.ENCODER else {}


@memoize
def _shipped_embedding() -> Embedding:
    vectors = np.stack(list(shipped.vectors().values()))
    return Embedding(vectors, cache.fingerprint(vectors), shipped.ENCODER)
