"""All pairs against NN-descent: from which size on the second finds the neighbours sooner."""

from collections.abc import Callable
from dataclasses import dataclass

from barrx import neighbors
from barrx.embedding import Vectors
from barrx.neighbors import STORED_K, Metric, Neighbors
from tests.benchmarks import vectors
from tests.benchmarks.measure import seconds

SIZES: dict[Metric, tuple[int, ...]] = {
    "cosine": (8_000, 20_000, 36_000, 50_000, 100_000),
    "manhattan": (2_000, 8_000, 20_000),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds of both ways for one metric and size, of compiling NN-descent for it, and the recall of NN-descent."""

    metric: Metric
    n_images: int
    all_pairs: float
    nn_descent: float
    compiling: float
    recall: float


def measure() -> list[Found]:
    """Measure each size, everything compiled before: a new process compiles NN-descent for Manhattan again."""
    found: list[Found] = []
    for metric, sizes in SIZES.items():
        _searched(neighbors._all_pairs, metric, 1_000)
        compiling = _searched(neighbors._nn_descent, metric, 1_000)[0]
        compiling -= _searched(neighbors._nn_descent, metric, 1_000)[0]
        found += [_measured(metric, n, compiling) for n in sizes]
    return found


def _measured(metric: Metric, n: int, compiling: float) -> Found:
    all_pairs, _exact = _searched(neighbors._all_pairs, metric, n)
    nn_descent, found = _searched(neighbors._nn_descent, metric, n)
    return Found(metric, n, all_pairs, nn_descent, compiling, found.recall)


def _searched(
    search: Callable[[Vectors, Metric, int], Neighbors], metric: Metric, n: int
) -> tuple[float, Neighbors]:
    """Return the seconds of one way, and what it finds."""
    rows = vectors.grown(n).vectors
    kept: list[Neighbors] = []
    taken = seconds(lambda: kept.append(search(neighbors._prepared(rows, metric), metric, STORED_K)))
    return taken, kept[0]
