"""The parameters of a map as options of a command."""

import argparse
import dataclasses
from typing import TypeVar

from barrx import clustering, encoders, pipeline
from barrx.clustering import ClusteringParams
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.i18n import _
from barrx.neighbors import METRICS
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams

Params = TypeVar("Params", ProjectionParams, ClusteringParams)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--encoder", metavar="NAME")
    parser.add_argument("--n-neighbors", type=int, metavar="N")
    parser.add_argument("--min-dist", type=float, metavar="D")
    parser.add_argument("--metric", metavar="M", help=", ".join(METRICS))
    parser.add_argument("--seed", type=int, metavar="S")
    parser.add_argument("--min-cluster-size", type=int, metavar="N")
    parser.add_argument("--min-samples", type=int, metavar="N")
    parser.add_argument("--cluster-selection-method", metavar="|".join(clustering.SELECTION_METHODS))
    parser.add_argument(
        "--cluster-selection-epsilon",
        type=float,
        metavar="D",
        help=_("do not split clusters nearer than this"),
    )
    parser.add_argument(
        "--max-cluster-size", type=int, metavar="N", help=_("eom takes no larger cluster; 0 takes any")
    )
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        default=None,
        help=_("plain UMAP, without the stored neighbors"),
    )


def given(arguments: argparse.Namespace) -> list[str]:
    """Return the names of the parameters that were given."""
    names = [
        "encoder",
        *(f.name for kind in (ProjectionParams, ClusteringParams) for f in dataclasses.fields(kind)),
    ]
    return [name for name in names if getattr(arguments, name, None) is not None]


def written(request: MapRequest, dataset: Dataset) -> list[str]:
    """Return the options that ask for a map: those of its parameters that are not the collection's default."""
    encoder = pipeline.default_encoder(dataset).slug
    words = [] if request.encoder == encoder else ["--encoder", request.encoder]
    default = MapRequest.default(dataset.slug, request.encoder, len(dataset.filenames))
    stages = ((request.projection, default.projection), (request.clustering, default.clustering))
    for wanted, usual in stages:
        for name, value in dataclasses.asdict(wanted).items():
            if value != getattr(usual, name):
                option = "--" + name.replace("_", "-")
                words += (
                    [option]
                    if value is True
                    else [option, f"{value:.12g}" if isinstance(value, float) else str(value)]
                )
    return words


def encoder_of(arguments: argparse.Namespace, dataset: Dataset) -> Encoder:
    """Return the encoder that was given, or the one the collection is shown with."""
    return encoders.get(arguments.encoder) if arguments.encoder else pipeline.default_encoder(dataset)


def request(arguments: argparse.Namespace, dataset: Dataset) -> MapRequest:
    """Return the map that was asked for: what was not given is the collection's default.

    Raises
    ------
    ParameterError
        if a parameter is out of its bounds
    """
    values = {name: value for name, value in vars(arguments).items() if value is not None}
    encoder = encoder_of(arguments, dataset).slug
    default = MapRequest.default(dataset.slug, encoder, len(dataset.filenames))

    def of(stage: Params) -> Params:
        names = {field.name for field in dataclasses.fields(stage)}
        return dataclasses.replace(stage, **{name: values[name] for name in names & values.keys()})

    return dataclasses.replace(default, projection=of(default.projection), clustering=of(default.clustering))
