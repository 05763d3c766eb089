"""``python -m barrx sweep``: its options, and what it prints and writes."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from barrx import datasets, encoders, export, pipeline
from barrx.i18n import _, again, ngettext
from barrx.judgement import comeback, recommendation, sweep, values
from barrx.judgement.questions import Answer
from barrx.judgement.sweep import SweepRequest
from barrx.progress import Bar

T = TypeVar("T", int, float, str)
R = TypeVar("R")

_KINDS: dict[str, Callable[[str], Any]] = {
    "n_neighbors": int,
    "min_dist": float,
    "metric": str,
    "seed": int,
    "min_cluster_size": int,
    "min_samples": int,
    "cluster_selection_method": str,
}
_EXAMPLES = {
    "n_neighbors": "5,15,30",
    "min_dist": "0,0.1,0.5",
    "metric": "M,M",
    "seed": "S,S",
    "min_cluster_size": "5,10,20",
    "min_samples": "N,N",
    "cluster_selection_method": "eom,leaf",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--encoder", metavar="NAME")
    for name, kind in _KINDS.items():
        parser.add_argument(
            "--" + name.replace("_", "-"), type=_listed(kind), metavar=_EXAMPLES[name], default=None
        )
    parser.add_argument("--category", metavar="COLUMN", help=_("compare the clusters with this column"))
    parser.add_argument(
        "--stability",
        type=_count,
        metavar="N",
        default=comeback.TRIED_AGAIN,
        help=_(
            "try the best N settings again, with other seeds and on samples of the images, for comes_back and "
            "artefacts ({n} if nothing is said; with 0 both stay empty)"
        ).format(n=comeback.TRIED_AGAIN),
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE.csv", help=_(".csv, .parquet or .json")
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run a sweep, write its table, and return the facts to print."""
    export.check_suffix(arguments.output, (".csv", ".parquet", ".json"))
    dataset = datasets.load(arguments.slug)
    encoder = encoders.get(arguments.encoder) if arguments.encoder else pipeline.default_encoder(dataset)
    given = {name: getattr(arguments, name) for name in _KINDS if getattr(arguments, name)}
    request = SweepRequest(
        base=pipeline.MapRequest.default(dataset.slug, encoder.slug, len(dataset.filenames)),
        grid=given or sweep.default_grid(len(dataset.filenames)),
        category=arguments.category,
    )
    sweep.check(dataset, request)
    before = sum(row is not None for row in sweep.stored(dataset, request))
    start = time.perf_counter()
    rows = _with_bar(_("sweep"), _("settings"), lambda report: sweep.run(dataset, request, progress=report))
    known = comeback.load(dataset, dict(enumerate(request.settings())))
    # Before the long rest, too: whoever stops it has the figures there are.
    _write(rows, known, request, arguments.output)
    known = _known(dataset, request, rows, arguments.stability)
    rows = _write(rows, known, request, arguments.output)
    best = comeback.ranked(rows, known, 1, tried=max(comeback.TRIED_AGAIN, arguments.stability))
    return {
        "slug": dataset.slug,
        "encoder": encoder.slug,
        "settings": len(rows),
        "were_stored": before,
        "seconds": round(time.perf_counter() - start, 3),
        "category": request.category,
        "images_without_category": _missing(dataset, request),
        "tried_again": len(known),
        "recommended": {**sweep.parameters(request.settings()[best[0].number]), "reason": best[0].reason}
        if best
        else None,
        "rows": rows,
    }


def _with_bar(title: str, unit: str, work: Callable[[Callable[[int, int, str], None]], R]) -> R:
    bar = Bar(title, unit)
    try:
        return work(bar.update)
    finally:
        bar.close()


def _write(
    rows: list[sweep.Figures], known: dict[int, Answer], request: SweepRequest, output: Path
) -> list[sweep.Figures]:
    """Write the table with what is known of the clusters that come back; return its rows."""
    rows = comeback.added(rows, known)
    export.write_table(sweep.table(rows, request.category), output)
    return rows


def _known(
    dataset: datasets.Dataset, request: SweepRequest, rows: list[sweep.Figures], wanted: int
) -> dict[int, Answer]:
    """Try the best settings again, as many as wanted; return what is known of all of them."""
    settings = request.settings()
    best = recommendation.recommend(rows, most=wanted) if wanted else []
    asked = [comeback.asked(settings[one.number]) for one in best]
    if asked:
        _with_bar(_("stability"), _("maps"), lambda report: comeback.try_again(dataset, asked, report))
    return comeback.load(dataset, dict(enumerate(settings)))


def sentences(facts: dict[str, Any]) -> list[str]:
    """Return the facts as lines for people."""
    lines = [
        ngettext(
            "{n} setting in {seconds:.1f} s", "{n} settings in {seconds:.1f} s", facts["settings"]
        ).format(n=facts["settings"], seconds=facts["seconds"])
        + _(" ({n} of them were stored)").format(n=facts["were_stored"])
    ]
    lines.append(_recommended(facts["recommended"]))
    if facts["tried_again"]:
        lines.append(
            ngettext(
                "comes_back and artefacts are of the {n} setting that was tried again.",
                "comes_back and artefacts are of the {n} settings that were tried again.",
                facts["tried_again"],
            ).format(n=facts["tried_again"])
        )
    relative = sum(row["dbcv_kind"] == "relative" for row in facts["rows"])
    if relative:
        lines.append(
            _(
                "In {n} settings a cluster has more than 2,000 images: dbcv is hdbscan's relative_validity_ there, "
                "which is not comparable with DBCV."
            ).format(n=relative)
        )
    for reason in _reasons(facts["rows"], "dbcv_reason"):
        lines.append(_("dbcv is empty where {reason}.").format(reason=reason))
    for reason in _reasons(facts["rows"], "ami_reason"):
        lines.append(_("ami and ari are empty where {reason}.").format(reason=reason))
    for reason in _reasons(facts["rows"], "ami_clustered_reason"):
        lines.append(_("ami_clustered is empty where {reason}.").format(reason=reason))
    if facts["images_without_category"]:
        lines.append(
            _("{n} images have no value in “{column}” and are left out of the agreement.").format(
                n=facts["images_without_category"], column=facts["category"]
            )
        )
    return lines


def _reasons(rows: list[sweep.Figures], name: str) -> list[str]:
    """Return the different reasons for which figures are empty, each once, in the language of now."""
    return [again(reason) for reason in dict.fromkeys(row.get(name) for row in rows) if reason]


def _recommended(best: dict[str, Any] | None) -> str:
    if best is None:
        return _("No setting gives two clusters or more. Try a smaller min_cluster_size.")
    named = ", ".join(f"{name} {best[name]}" for name in sweep.PARAMETERS)
    return _("Recommended: {setting}: {reason}.").format(setting=named, reason=best["reason"])


def _missing(dataset: datasets.Dataset, request: SweepRequest) -> int:
    return values.of_column(dataset.metadata, request.category).n_missing if request.category else 0


def _listed(kind: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    def read(text: str) -> tuple[T, ...]:
        try:
            found = tuple(dict.fromkeys(kind(part.strip()) for part in text.split(",")))
        except ValueError:
            raise argparse.ArgumentTypeError(
                _("“{text}” is no list of values separated by commas").format(text=text)
            ) from None
        return found

    return read


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("“{text}” is no number of settings").format(text=text))
    return int(text)
