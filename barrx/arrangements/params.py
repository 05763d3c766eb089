"""What one asks for when pictures are arranged."""

from dataclasses import dataclass
from typing import Literal, get_args

from barrx.errors import ParameterError
from barrx.i18n import _, ngettext

Kind = Literal["map", "grid", "columns", "time", "numeric"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BY_CLUSTER = ":cluster"
"""Stands for the machine's clusters where a column of the metadata could stand."""

_N_COLUMNS: dict[Kind, int] = {"map": 0, "grid": 0, "columns": 1, "time": 1, "numeric": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How pictures are arranged.

    Attributes
    ----------
    kind : str
        ``map``: where UMAP puts them; ``grid``: side by side, neighbours of the map near each other; ``columns``:
        a column of pictures for each value of a column of the metadata; ``time``: stacks along the years;
        ``numeric``: two numbers against each other
    columns : tuple of str
        names of columns of the metadata: one for ``columns`` (or ``BY_CLUSTER``) and for ``time``, two for
        ``numeric`` (or ``MEASURES``), none otherwise

    Raises
    ------
    ParameterError
        if the kind is unknown or has another number of columns
    """

    kind: Kind = "map"
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(
                _("The arrangement must be one of {kinds}, got “{kind}”.").format(
                    kinds=", ".join(KINDS), kind=self.kind
                )
            )
        wanted = _N_COLUMNS[self.kind]
        if len(self.columns) != wanted:
            raise ParameterError(
                ngettext(
                    "The arrangement “{kind}” takes {wanted} column, got {n}.",
                    "The arrangement “{kind}” takes {wanted} columns, got {n}.",
                    wanted,
                ).format(kind=self.kind, wanted=wanted, n=len(self.columns))
            )
