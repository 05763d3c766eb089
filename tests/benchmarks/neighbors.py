"""All pairs against NN-descent: from which size on the second finds the neighbours sooner."""

from dataclasses import dataclass

from barrx import neighbors
from barrx.neighbors import STORED_K, Neighbors
from tests.benchmarks import vectors
from tests.benchmarks.measure import seconds

SIZES = (8_000, 20_000, 36_000, 50_000)


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds of both ways for one size, and the recall of NN-descent."""

    n_images: int
    all_pairs: float
    nn_descent: float
    recall: float


def measure() -> list[Found]:
    """Measure each size, everything compiled before."""
    _by_nn_descent(vectors.grown(2_000).vectors)
    return [_measured(n) for n in SIZES]


def _measured(n: int) -> Found:
    rows = vectors.grown(n).vectors
    kept: list[Neighbors] = []
    all_pairs = seconds(lambda: _by_all_pairs(rows))
    nn_descent = seconds(lambda: kept.append(_by_nn_descent(rows)))
    return Found(n, all_pairs, nn_descent, kept[0].recall)


def _by_all_pairs(rows: vectors.np.ndarray) -> None:
    prepared = neighbors._prepared(rows, "cosine")
    for at in range(0, len(rows), neighbors._BLOCK):
        block = vectors.np.arange(at, min(at + neighbors._BLOCK, len(rows)))
        neighbors._block(prepared, block, "cosine", STORED_K)


def _by_nn_descent(rows: vectors.np.ndarray) -> Neighbors:
    return neighbors._nn_descent(neighbors._prepared(rows, "cosine"), "cosine", STORED_K)
