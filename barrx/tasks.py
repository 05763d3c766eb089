"""What a worker process can be asked to do, by name.

Arguments and answers are JSON; every array goes through the cache.
"""

from collections.abc import Callable, Mapping
from functools import cache as memoize
from pathlib import Path
from typing import Any

from barrx import cache, cliff, collection_files, datasets, embedding, encoders, pipeline, projection
from barrx.judgement import comeback, questions, sweep
from barrx.judgement.questions import Question
from barrx.judgement.sweep import SweepRequest
from barrx.pipeline import MapRequest

Report = Callable[[int, int, str], None]
Stopped = Callable[[], bool]
Arguments = Mapping[str, Any]


def run(task: str, arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    """Do one task and return its facts as JSON values.

    Raises
    ------
    DatasetError
        where the dashboard is read-only, if the task would add something that lasts
    """
    if task in _WRITING:
        # No page offers these there; who runs the server still can, on the command line.
        collection_files.require_writable()
    return _TASKS[task](arguments, report, stopped)


def _map(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    request = MapRequest.from_json(arguments)
    finished = pipeline.load_or_compute(datasets.load(request.slug), request)
    return {"seconds": finished.seconds, "was_stored": finished.was_stored}


def _ahead(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    """Compute a map that nobody has asked for yet, unless it would drive out one that somebody has."""
    return {} if cache.is_nearly_full("projections") else _map(arguments, report, stopped)


def _cliff(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    """Compute the points of a cliff chart that are missing; they are read from the cache as they come."""
    request = MapRequest.from_json(arguments["request"])
    dataset = datasets.load(request.slug)
    question = cliff.of_map(dataset, request, arguments["column"])
    if question is not None:
        cliff.compute(question, progress=lambda done, total: report(done, total, ""), cancelled=stopped)
    return {}


def prepare(task: str, arguments: Arguments) -> None:
    """Import and compile what a task needs, before it: whoever is interrupted in an import leaves half a module.

    A cut of the tree needs far less than a map, and is often the first thing that a new process is asked for.
    """
    if task == "cliff" or (task in ("map", "ahead") and _is_cut(MapRequest.from_json(arguments))):
        _ready_to_cut()
    elif task in ("map", "ahead", "judge"):
        _ready_to_map()


def _is_cut(request: MapRequest) -> bool:
    return pipeline.has_coordinates(datasets.load(request.slug), request)


@memoize
def _ready_to_cut() -> None:
    import numpy as np
    import sklearn.metrics  # noqa: F401

    from barrx import clustering, identity

    coordinates = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    settings = clustering.ClusteringParams(min_cluster_size=5)
    found = clustering.cut(clustering.tree(coordinates, settings.min_samples), len(coordinates), settings)
    identity.matched(found.labels, found.labels)


@memoize
def _ready_to_map() -> None:
    import numpy as np

    from barrx import anchoring, neighbors

    vectors = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    params = projection.ProjectionParams(n_neighbors=5)
    nearest = neighbors.compute(vectors, params.metric, params.n_neighbors)
    coordinates = projection.compute(vectors, nearest, params)
    anchoring.aligned(anchoring.refined(nearest, params, coordinates), coordinates)


def _warm(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    """Import and compile what cuts need, and maps too, with tiny data: the first real one is then a quick one."""
    _ready_to_cut()
    if not arguments.get("only_cuts"):
        _ready_to_map()
        cache.forget_old_locks()  # once a start, when nobody waits
    return {}


def _sweep(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    request = SweepRequest.from_json(arguments["request"])
    rows = sweep.run(
        datasets.load(request.base.slug),
        request,
        report,
        stopped,
        from_end=arguments.get("from_end", False),
        alone=arguments.get("alone", False),
    )
    return {"settings": len(rows)}


def _judge(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    question = Question.from_json(arguments)
    place, was_stored = questions.load_or_compute(datasets.load(question.map.slug), question, report, stopped)
    return {"key": place, "was_stored": was_stored}


def _stability(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    """See of several settings of a collection, one after another, whether their clusters come back."""
    asked = [Question.from_json(facts) for facts in arguments["questions"]]
    if asked:
        comeback.try_again(datasets.load(asked[0].map.slug), asked, report, stopped)
    return {}


def _embed(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    run = embedding.compute(
        datasets.load(arguments["slug"]),
        encoders.get(arguments["encoder"]),
        progress=lambda done, total: report(done, total, ""),
        cancelled=stopped,
    )
    return {"computed": run.computed, "cached": run.cached}


def _add(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    metadata = arguments["metadata"]
    request = datasets.AddRequest(
        slug=arguments["slug"],
        source=arguments["source"],
        metadata=None if metadata is None else Path(metadata),
        title=arguments["title"],
    )
    return datasets.add(request, progress=report, cancelled=stopped).to_json()


def _weights(arguments: Arguments, report: Report, stopped: Stopped) -> Mapping[str, Any]:
    encoder = encoders.get(arguments["encoder"])
    encoders.download(encoder, progress=lambda done, total: report(done, total, ""), cancelled=stopped)
    return {}


_TASKS: dict[str, Callable[[Arguments, Report, Stopped], Mapping[str, Any]]] = {
    "map": _map,
    "ahead": _ahead,
    "cliff": _cliff,
    "warm": _warm,
    "sweep": _sweep,
    "judge": _judge,
    "stability": _stability,
    "embed": _embed,
    "add": _add,
    "weights": _weights,
}
_WRITING = frozenset({"embed", "add", "weights"})
