"""How long the list of 10,000 saved views takes: all of it, its first page, and a search.

python -m tests.benchmarks.views [--views 10000]
"""

import argparse
import os
import tempfile
from collections.abc import Sequence

from tests.benchmarks.measure import Measured, seconds, table

_PAGE = 12
_RUNS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Save many views of the demo in a folder that is deleted again, and list them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.views", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--views", type=int, default=10_000)
    n = parser.parse_args(arguments).views
    with tempfile.TemporaryDirectory() as home:
        os.environ["BARRX_HOME"] = home
        _fill(n)
        from barrx.views import saved

        ids = [view.id for view in saved.listed(limit=_PAGE)]
        ways = {
            "all of them": lambda: saved.listed(limit=n),
            f"the first {_PAGE}, their number and thumbnails": lambda: (
                saved.count(),
                saved.listed(limit=_PAGE),
                saved.thumbnails(ids),
            ),
            "a search that finds one": lambda: saved.listed(search="view 77 ana", limit=_PAGE),
            "a search that finds none": lambda: saved.listed(search="nowhere", limit=_PAGE),
        }
        rows = [
            [what, Measured(tuple(seconds(way) for _run in range(_RUNS))).shown(4)]
            for what, way in ways.items()
        ]
        size = os.path.getsize(f"{home}/views.sqlite3") / 1e6  # noqa: PTH202
    print(f"{n:,} saved views, {size:.0f} MB\n\n" + table(("what is listed", "seconds"), rows))


def _fill(n: int) -> None:
    """Save a view once as people do, then write as many rows as if it had been done n times."""
    from barrx import datasets, pipeline
    from barrx.pipeline import MapRequest
    from barrx.views import Appearance, Draft, contents, saving, store

    dataset = datasets.load("demo")
    request = MapRequest.default("demo", "efficientnet-lite0", len(dataset.filenames))
    finished = pipeline.load(dataset, request)
    assert finished is not None
    seen = Appearance(request=request, fingerprint=dataset.fingerprint)
    first = saving.save(dataset, finished, seen, Draft(name="view 0"))
    with store.writing() as connection:
        columns = ("appearance", "selection", "arrays", "pictures", "said")
        row = connection.execute(
            f"SELECT {', '.join(columns)} FROM revision WHERE saved_view = ?", (first,)
        ).fetchone()
        for i in range(1, n):
            draft = Draft(name=f"view {i}", author="Ana", note="What one sees here. " * 10)
            id = saving._add_view(connection, "demo", dataset.title, draft)
            picture = contents.put(connection, os.urandom(7_000))  # a thumbnail of its own
            saving._add_revision(
                connection, id, "Ana", {**dict(zip(columns, row, strict=True)), "thumbnail": picture}
            )


if __name__ == "__main__":
    main()
