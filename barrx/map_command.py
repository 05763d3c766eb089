"""``python -m barrx map``: its options, and what it prints and writes."""

import argparse
from pathlib import Path
from typing import Any

from barrx import datasets, encoders, export, map_options, pipeline
from barrx.errors import ParameterError
from barrx.export import recipe, remade
from barrx.export.differences import Difference
from barrx.i18n import _, numeral

SUFFIXES = (".csv", ".parquet", ".json")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("slug", metavar="SLUG", nargs="?", help=_("may be left out with --recipe"))
    map_options.add(parser)
    parser.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE",
        help=_("compute the map of a recipe again, say how far it is from the recorded one, and keep that"),
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help=_(".csv, .parquet or .json"))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make a map, write its table, and return the facts to print.

    Raises
    ------
    ParameterError
        if something is missing or does not go together
    """
    if arguments.recipe is not None:
        return _again(arguments)
    for name, value in (("SLUG", arguments.slug), ("--output FILE", arguments.output)):
        if value is None:
            raise ParameterError(_("map needs {name}. See python -m barrx map --help.").format(name=name))
    export.check_suffix(arguments.output, SUFFIXES)
    dataset = datasets.load(arguments.slug)
    request = map_options.request(arguments, dataset)
    pipeline.check(dataset, request)
    finished = pipeline.load_or_compute(dataset, request)
    export.write_table(export.table(dataset, finished), arguments.output)
    return {
        "slug": dataset.slug,
        "encoder": request.encoder,
        "label": encoders.label(encoders.get(request.encoder)),
        "images": len(dataset.filenames),
        "clusters": finished.clustering.n_clusters,
        "noise_share": round(finished.clustering.noise_share, 4),
        "seconds": round(finished.seconds, 3),
        "was_stored": finished.was_stored,
        "projection": request.to_json()["projection"],
        "clustering": request.to_json()["clustering"],
    }


def sentences(facts: dict[str, Any]) -> list[str]:
    """Return the facts for people."""
    if "kept" in facts:
        return _comparison(facts)
    return [
        _("{images} images with {label}: {clusters} clusters").format(**facts)
        + "; "
        + _("{share} noise, {seconds:.1f} s").format(
            share=numeral(facts["noise_share"], ".0%"), seconds=facts["seconds"]
        )
    ]


# --- from a recipe ------------------------------------------------------------------------------------------


def _again(arguments: argparse.Namespace) -> dict[str, Any]:
    if names := map_options.given(arguments):
        raise ParameterError(
            _("A recipe has its own parameters: leave out {names}.").format(
                names=", ".join("--" + name.replace("_", "-") for name in names)
            )
        )
    if arguments.output is not None:
        export.check_suffix(arguments.output, SUFFIXES)
    known = recipe.read(arguments.recipe)
    dataset = datasets.load(arguments.slug or known.request.slug)
    made = remade.remake(known, dataset)
    if arguments.output is not None:
        export.write_table(remade.table(known, dataset, made), arguments.output)
    return {"slug": dataset.slug, "images": len(known.files), **made.to_json()}


def _comparison(facts: dict[str, Any]) -> list[str]:
    found = facts["difference"]
    if facts["same"]:
        return [_("The map of {images} images came out the same again.").format(**facts), *facts["notes"]]
    said = []
    if found is not None and Difference(**found).is_none:
        said.append(
            _("The {images} images came out in their recorded places, but not all is as recorded.").format(
                **found
            )
        )
    elif found is not None:
        said.append(
            _(
                "The map came out differently: after alignment its {images} images are {rms:.2%} of its width from "
                "their recorded places (root mean square; at most {largest:.2%}), {moved:.0%} of them more than 1%; "
                "{same_cluster:.0%} are in the same cluster."
            ).format(**found)
        )
    said.append(_("The recorded map is kept. Why it differs:"))
    return [*said, *(f"  {reason}" for reason in facts["reasons"]), *facts["notes"]]
