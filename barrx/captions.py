"""What stands with a picture wherever it is shown large: title, creator, date, and who is to be credited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from barrx import links, roles
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.links import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The caption of a picture.

    Attributes
    ----------
    title : str
        the filename where the catalogue gives none
    creator, date : str
        "" where the catalogue gives none
    credit : list of Piece
        credit, rights, licence and source; it says so if no rights are given
    """

    title: str
    creator: str
    date: str
    credit: list[Piece]

    def to_json(self) -> dict[str, Any]:
        """Return the caption as JSON values: a piece is [text, address or null]."""
        return asdict(self) | {"credit": [[piece.text, piece.address] for piece in self.credit]}


def of(dataset: Dataset, indexes: Sequence[int]) -> list[Caption]:
    """Return the captions of pictures, in the order asked for."""
    rows = dataset.metadata.iloc[list(indexes)]
    columns = [roles.texts(rows, role) for role in ("title", "creator", "date", "source")]
    found = zip(indexes, *columns, roles.rights(rows), strict=True)
    return [
        Caption(
            title=title or dataset.filenames[index],
            creator=creator,
            date=date,
            credit=_credit(rights, source),
        )
        for index, title, creator, date, source, rights in found
    ]


def _credit(rights: str, source: str) -> list[Piece]:
    line = rights or _("No rights given")
    if source and source not in rights:
        line = f"{line} · " + _("Source: {source}").format(source=source)
    return links.pieces(line)
