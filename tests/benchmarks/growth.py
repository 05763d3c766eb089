"""How each stage grows with the collection, each size in a process of its own."""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass

from barrx import anchoring, clustering, datasets, embedding, encoders, identity, neighbors, projection
from barrx.clustering import ClusteringParams
from barrx.projection import ProjectionParams
from tests.benchmarks import pictures, vectors
from tests.benchmarks.measure import seconds

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
STAGES = ("embedding", "neighbours", "default map", "map from the anchor", "tree", "cut and match")
MEMORY = ("MB of embedding", "MB of the rest")
_PICTURES = 100_000  # crops that the pictures to embed are taken from


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds of each stage, and the peak memory of embedding and of the rest, for one size."""

    n_images: int
    taken: dict[str, float]


def measure(n: int) -> Growth:
    """Measure one size: embedding in a process of its own, the other stages in another."""
    return Growth(n, {**_reported("report_embedding", n), **_reported("report", n)})


def _reported(name: str, n: int) -> dict[str, float]:
    code = f"from tests.benchmarks import growth; growth.{name}({n})"
    run = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def report_embedding(n: int) -> None:
    """Print the seconds of an embedding run with EfficientNet-Lite0 as JSON, the network loaded before."""
    encoder = encoders.get(pictures.ENCODER)
    dataset, network = datasets.load(pictures.crops(_PICTURES).slug), encoders.load(encoder)
    run = embedding._Run(dataset, encoder, network, lambda done, total: None, lambda: False)
    some = list(range(0, _PICTURES, _PICTURES // n))[:n]
    run.embed(some[: embedding.BATCH_SIZE], total=embedding.BATCH_SIZE)
    taken = seconds(lambda: run.embed(some, total=n))
    print(json.dumps({"embedding": taken, "MB of embedding": _peak_mb()}))


def report(n: int) -> None:
    """Print the measurements of the other stages as JSON, everything compiled before."""
    rows = vectors.grown(n).vectors
    _stages(rows[:200])
    print(json.dumps({**_stages(rows), "MB of the rest": _peak_mb()}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _stages(rows: vectors.np.ndarray) -> dict[str, float]:
    default, other = ProjectionParams(), ProjectionParams(n_neighbors=30)
    kept: dict[str, object] = {}

    def keep(name: str, value: object) -> None:
        kept[name] = value

    def cut() -> None:
        found = clustering.cut(kept["tree"], len(rows), ClusteringParams(min_cluster_size=20))  # type: ignore[arg-type]
        keep("labels", identity.matched(found.labels, *references))

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
    smallest = ClusteringParams(min_cluster_size=2, cluster_selection_method="leaf")
    references = [
        clustering.cut(kept["tree"], len(rows), params).labels  # type: ignore[arg-type]
        for params in (ClusteringParams(), smallest)
    ]
    taken["cut and match"] = seconds(cut)
    return taken
