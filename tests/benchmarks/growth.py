"""How each stage grows with the collection, each size in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass

from barrx import anchoring, clustering, identity, neighbors, projection
from barrx.clustering import ClusteringParams
from barrx.projection import ProjectionParams
from tests.benchmarks import vectors
from tests.benchmarks.measure import seconds

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
STAGES = ("neighbours", "default map", "map from the anchor", "tree", "cut and match", "MB")


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds of each stage and the peak memory, for one size."""

    n_images: int
    taken: dict[str, float]


def measure(n: int) -> Growth:
    """Measure one size in a process of its own."""
    code = f"from tests.benchmarks import growth; growth.report({n})"
    run = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return Growth(n, json.loads(run.stdout.splitlines()[-1]))


def report(n: int) -> None:
    """Print the measurements of one size as JSON, everything compiled before."""
    import resource

    rows = vectors.grown(n).vectors
    _stages(rows[:200])
    taken = _stages(rows)
    taken["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps(taken))


def _stages(rows: vectors.np.ndarray) -> dict[str, float]:
    default, other = ProjectionParams(), ProjectionParams(n_neighbors=30)
    kept: dict[str, object] = {}

    def keep(name: str, value: object) -> None:
        kept[name] = value

    def cut() -> None:
        found = clustering.cut(kept["tree"], len(rows), ClusteringParams(min_cluster_size=20))  # type: ignore[arg-type]
        keep("labels", identity.matched(found.labels, kept["anchor labels"]))  # type: ignore[arg-type]

    taken = {
        "neighbours": seconds(lambda: keep("near", neighbors.compute(rows, "cosine", neighbors.STORED_K)))
    }
    near: neighbors.Neighbors = kept["near"]  # type: ignore[assignment]
    first = near.first(default.n_neighbors)
    taken["default map"] = seconds(lambda: keep("map", projection.compute(rows, first, default)))
    anchor: projection.Coordinates = kept["map"]  # type: ignore[assignment]
    taken["map from the anchor"] = seconds(
        lambda: anchoring.aligned(anchoring.refined(near.first(30), other, anchor), anchor)
    )
    taken["tree"] = seconds(lambda: keep("tree", clustering.tree(anchor, ClusteringParams().min_samples)))
    keep("anchor labels", clustering.cut(kept["tree"], len(rows), ClusteringParams()).labels)  # type: ignore[arg-type]
    taken["cut and match"] = seconds(cut)
    return taken
