"""All pairs against NN-descent: from which size on the second finds the neighbours sooner."""

from collections.abc import Callable
from dataclasses import dataclass

from barrx import neighbors
from barrx.embedding import Vectors
from barrx.neighbors import STORED_K, Metric, Neighbors
from tests.benchmarks import vectors
from tests.benchmarks.measure import seconds

SIZES = (8_000, 20_000, 36_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds of both ways for one size, and the recall of NN-descent."""

    n_images: int
    all_pairs: float
    nn_descent: float
    recall: float


def measure() -> list[Found]:
    """Measure each size, everything compiled before."""
    _searched(neighbors._nn_descent, 2_000)
    return [_measured(n) for n in SIZES]


def _measured(n: int) -> Found:
    all_pairs, _exact = _searched(neighbors._all_pairs, n)
    nn_descent, found = _searched(neighbors._nn_descent, n)
    return Found(n, all_pairs, nn_descent, found.recall)


def _searched(search: Callable[[Vectors, Metric, int], Neighbors], n: int) -> tuple[float, Neighbors]:
    """Return the seconds of one way, and what it finds."""
    rows = vectors.grown(n).vectors
    kept: list[Neighbors] = []
    taken = seconds(lambda: kept.append(search(neighbors._prepared(rows, "cosine"), "cosine", STORED_K)))
    return taken, kept[0]
