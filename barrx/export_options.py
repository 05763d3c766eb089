"""The options of ``python -m barrx export``."""

import argparse
from pathlib import Path

from barrx import map_options
from barrx.i18n import _

KINDS = (
    "page",
    "print",
    "points",
    "clusters",
    "neighbors",
    "embedding-atlas",
    "emb-explorer",
    "tensorboard",
    "pixplot",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--view", type=int, metavar="ID", help=_("a saved view, instead of parameters"))
    map_options.add(parser)
    parser.add_argument("--color", metavar="COLUMN", help=_("color by a metadata column, not by cluster"))
    parser.add_argument(
        "--as", dest="kind", choices=KINDS, help=_("what to write; by default what the ending says")
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help=_(
            ".html or .zip: the map as a page; .png or .svg: for print; .csv, .parquet or .json: a table; "
            "see --as for more"
        ),
    )
    parser.add_argument(
        "--recipe", type=Path, metavar="FILE", help=_("write how the map was made, and the map")
    )
