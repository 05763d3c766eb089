"""All of Barr X's speed and size, as ratios of one run on one machine.

    python -m tests.benchmarks --home FOLDER [--only change,growth] [--output tests/benchmarks/RESULTS.md]

The folder is a BARRX_HOME that keeps the collections between runs. Each section runs in a process of its own, and
says with its figures how much memory that process took at most.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.measure import Compared, exponent, table

Section = Callable[[], str]
_HEAD = ("what", "pictures", "naive way (s)", "Barr X (s)", "ratio", "to reach", "besides")


def ratio_row(what: str, n_images: int, found: Compared, to_reach: str, besides: str = "") -> list[str]:
    """Return one row of the table of ratios: medians, smallest and largest in brackets."""
    times = (found.naive.shown(2), found.ours.shown(3), found.ratio.shown(1) + " x")
    return [what, f"{n_images:,}", *times, to_reach, besides]


def sliders() -> str:
    """The ratios of what a slider waits for."""
    from barrx.projection import ProjectionParams
    from tests.benchmarks import clustering, projection, vectors
    from tests.benchmarks.pictures import CLIPART

    rows = []
    settings = tuple(ProjectionParams(n_neighbors=k, min_dist=d) for k, d in ((8, 0.1), (30, 0.1), (15, 0.4)))
    for name, to_reach in (("clipart", "5 x"), ("demo", "3 x")):
        found = projection.measure(name, settings)
        together, lost = projection.summary(found)
        rows.append(
            ratio_row(
                "change of n_neighbors or min_dist",
                found[0].n_images,
                together,
                to_reach,
                f"trustworthiness {min(lost.values):+.4f} to {max(lost.values):+.4f}",
            )
        )
    embedded = vectors.named("clipart")
    n_images, sizes = len(embedded.vectors), clustering.change_of_size(CLIPART)
    slowest = f"{clustering.slowest_ms(sizes):.0f} ms at most (100), clusters matched"
    rows.append(ratio_row("change of min_cluster_size", n_images, sizes, "2 x", slowest))
    seen = clustering.seen_before(embedded)
    rows.append(ratio_row("a setting seen before", n_images, seen, "100 x"))
    return table(_HEAD, rows)


def schedule() -> str:
    """Twelve settings on three collections: what the epochs of anchored maps were fitted on."""
    from tests.benchmarks import projection, vectors

    head = (
        "pictures",
        "n_neighbors",
        "min_dist",
        "UMAP (s)",
        "from the anchor (s)",
        "ratio",
        "trustworthiness",
        "difference",
    )
    rows = []
    for name in vectors.NAMES:
        for found in projection.measure(name):
            rows.append(
                [
                    f"{found.n_images:,}",
                    str(found.params.n_neighbors),
                    str(found.params.min_dist),
                    f"{found.taken.naive.median:.2f}",
                    f"{found.taken.ours.median:.2f}",
                    f"{found.taken.ratio.median:.1f} x",
                    f"{found.trust[0]:.4f}",
                    f"{found.trust[1] - found.trust[0]:+.4f}",
                ]
            )
    return table(head, rows)


def lengths() -> str:
    """Epochs of anchored maps: what is lost with fewer, and the shortest run that loses no more than 0.01."""
    from barrx.anchoring import schedule as used
    from tests.benchmarks import epochs

    head = ("pictures", "settings", "epochs", "ratio", "worst difference", "where", "")
    found, rows = epochs.measure(), []
    for tried in found:
        marks = ["shortest"] * (tried == epochs.shortest(found, tried.n_images))
        marks += ["in use"] * (tried.epochs == used(15, 0.1, tried.n_images).epochs)
        rows.append(
            [
                f"{tried.n_images:,}",
                str(tried.n_settings),
                str(tried.epochs),
                f"{tried.ratio:.1f} x",
                f"{tried.worst:+.4f}",
                f"n_neighbors {tried.worst_at.n_neighbors}, min_dist {tried.worst_at.min_dist}",
                ", ".join(marks),
            ]
        )
    return table(head, rows)


def nearest() -> str:
    """Seconds of all pairs and of NN-descent by size: what ``barrx.neighbors`` chooses between."""
    from tests.benchmarks import neighbors

    rows = [
        [
            f.metric,
            f"{f.n_images:,}",
            f"{f.all_pairs:.1f}",
            f"{f.nn_descent:.1f}",
            f"{f.compiling:.1f}",
            f"{f.recall:.4f}",
        ]
        for f in neighbors.measure()
    ]
    return table(
        ("metric", "pictures", "all pairs (s)", "NN-descent (s)", "compiling it first (s)", "recall"), rows
    )


def growth() -> str:
    """Seconds of each stage by size, and the exponent of the growth above 2,000 pictures."""
    from tests.benchmarks import growth

    chosen = [int(size) for size in os.environ.get("BARRX_BENCHMARK_SIZES", "").split(",") if size]
    found = [growth.measure(n) for n in chosen or growth.SIZES]
    stages = (*growth.STAGES, *growth.MEMORY)
    rows = [[f"{g.n_images:,}", *(_figure(g.taken[stage]) for stage in stages)] for g in found]
    large = [g for g in found if g.n_images >= 2_000]
    if len(large) > 1:
        sizes = [g.n_images for g in large]
        powers = [exponent(sizes, [g.taken[stage] for g in large]) for stage in stages]
        rows.append(["exponent", *(f"{power:.2f}" for power in powers)])
    return table(("pictures", *stages), rows)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def embedding() -> str:
    """Throughput of an embedding run, and its memory."""
    from tests.benchmarks import embedding as benchmark

    rows = []
    for found in benchmark.measure():
        besides = f"{found.share.shown(2)} of the network alone (0.9); {found.mb:,.0f} MB (1,500)"
        rows.append(ratio_row(found.kind, found.n_images, found.taken, found.to_reach, besides))
    return table(_HEAD, rows)


def engines() -> str:
    """Pictures a second of the network alone, by size of a batch and by engine."""
    from barrx.embedding import BATCH_SIZE
    from tests.benchmarks import engines as benchmark

    rows = []
    for found in benchmark.measure():
        is_used = found.engine == "TensorFlow" and found.batch == BATCH_SIZE
        cosine = "" if found.cosine is None else f"{found.cosine:.6f}"
        rows.append(
            [found.engine, str(found.batch), found.rate.shown(1), cosine, "in use" if is_used else ""]
        )
    head = ("engine", "pictures a batch", "pictures a second", "smallest cosine, trained weights", "")
    return (
        table(head, rows)
        + "\n\n"
        + "The cosines are with TensorFlow, of 64 pictures of the demo by EfficientNet-Lite0; 0.9999 is asked for."
    )


def large_jpegs() -> str:
    """What a run over large JPEGs spends its time on, and what was tried to spend less."""
    from tests.benchmarks import large_jpegs as benchmark

    found = benchmark.measure()
    decoding, network = found[0].processor.median, found[1]
    cores = os.cpu_count() or 1
    rows = [
        [s.what, s.clock.shown(1), s.processor.shown(1), f"{network.clock.median / s.clock.median:.2f}"]
        for s in found
    ]
    least = (decoding + network.processor.median) / cores
    rows.append(
        [f"both, on {cores} cores that never wait", f"{least:.1f}", "", f"{network.clock.median / least:.2f}"]
    )
    head = ("what", "ms a picture", "ms of processor time a picture", "of the network alone (0.9)")
    return table(head, rows)


def memory() -> str:
    """The most memory of an embedding run, by its pictures."""
    from tests.benchmarks import memory as benchmark

    found = benchmark.measure()
    rows = [[kind, f"{n:,}", f"{mb:,.0f}", f"{benchmark.LIMIT:,}"] for kind, n, mb in found]
    return table(("pictures", "how many", "MB at most", "to reach"), rows)


def the_map() -> str:
    """The map in Chromium: visible, panned, clicked, a lasso round 5,000 points."""
    from tests.benchmarks import map as benchmark

    return benchmark.measured()


def startup() -> str:
    """From the command to the demo's map, and the memory of the server then."""
    from tests.benchmarks import startup as benchmark

    return benchmark.measured()


def sessions() -> str:
    """Twenty sessions at once against one alone."""
    from tests.benchmarks import sessions as benchmark

    return benchmark.measured()


def waits() -> str:
    """Stops of a slider on screen, cliff chart, work ahead, memory over time."""
    from tests.benchmarks import waits as benchmark

    return benchmark.measured()


# One line for each section: its title, and what returns its table. Whoever measures more adds a line.
SECTIONS: dict[str, tuple[str, Section]] = {
    "sliders": ("What a slider waits for", sliders),
    "schedule": ("Anchored maps: twelve settings on three collections", schedule),
    "epochs": ("Anchored maps: epochs", lengths),
    "neighbors": ("Neighbours: all pairs against NN-descent", nearest),
    "growth": ("Growth, in seconds", growth),
    "embedding": ("Embedding, Inception V3", embedding),
    "engines": ("The network alone: batches and engines, Inception V3", engines),
    "jpegs": ("JPEGs of 12 megapixels: what an embedding run spends its time on", large_jpegs),
    "memory": ("Memory of an embedding run, Inception V3", memory),
    "map": ("The map in Chromium", the_map),
    "startup": ("Start-up", startup),
    "waits": ("On screen, ahead, and over time", waits),
    "sessions": ("Twenty sessions at once", sessions),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the sections that are asked for, print them, and write them into a file if one is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="BARRX_HOME that keeps the collections")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections to measure")
    parser.add_argument("--output", type=Path, help="Markdown file; sections measured before stay in it")
    parser.add_argument("--section", choices=SECTIONS, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.only.split(",") if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    os.environ["BARRX_HOME"] = str(chosen.home)
    if chosen.section:
        print(SECTIONS[chosen.section][1]())
        return
    parts = _kept(chosen.output)
    for name in chosen.only.split(","):
        parts[SECTIONS[name][0]] = _measured(name, chosen.home)
        print(f"\n## {SECTIONS[name][0]}\n\n{parts[SECTIONS[name][0]]}", flush=True)
        if chosen.output:
            chosen.output.write_text(_page(parts), encoding="utf-8")


def _measured(name: str, home: Path) -> str:
    """Run one section in a process of its own; return its table, and under it when and with what."""
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks", "--home", str(home), "--section", name],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    text = run.stdout.read()
    _pid, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise SystemExit(f"{name} ended with status {run.returncode}")
    return f"{text.strip()}\n\n{_circumstances()}; peak memory of the run {used.ru_maxrss / 1000:,.0f} MB."


def _circumstances() -> str:
    from barrx import cache

    made_with = ", ".join(cache.versions("umap-learn", "pynndescent", "hdbscan", "numba", "numpy", "scipy"))
    load = f"{os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {load}, {made_with}"


def _kept(output: Path | None) -> dict[str, str]:
    if output is None or not output.exists():
        return {}
    sections = output.read_text(encoding="utf-8").split("\n## ")[1:]
    return {title: body.strip() for title, body in (part.split("\n", 1) for part in sections)}


def _page(parts: dict[str, str]) -> str:
    head = (
        "# Results\n\nMade by `python -m tests.benchmarks`. Ratios are of one run on one machine; in brackets the\n"
        "smallest and the largest. What stands under the line that says when, and with what, was written by hand\n"
        "about that run, and goes with it when the section is measured again.\n"
    )
    return head + "".join(f"\n## {title}\n\n{body}\n" for title, body in parts.items())


if __name__ == "__main__":
    main()
