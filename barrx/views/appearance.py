"""What makes what one sees: the map, its colours, what is filtered and selected, where one looks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from barrx.arrangements import Arrangement
from barrx.errors import BarrxError, ViewsError
from barrx.i18n import _
from barrx.pipeline import MapRequest
from barrx.views.style import Style

BY_CLUSTER: Final = "cluster"
"""Stands for the machine's clusters where a column to colour by could stand."""

_NO_FILTERS: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})
_NONE: Final[NDArray[np.int64]] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Appearance:
    """What makes what one sees of a collection.

    Attributes
    ----------
    request : MapRequest
        collection, encoder and parameters
    fingerprint : str
        of the collection, in the state it was seen in
    color : str
        the column coloured by, or ``BY_CLUSTER``
    nearest : int
        neighbours of a picture that a colour for faithfulness looks at; 0 for the default
    brought_out : tuple of str
        entries of the legend of that colour that are brought out, see :mod:`barrx.ui.brought_out`
    filters : mapping of name -> values
        as :func:`barrx.filters.to_query` writes them
    hide : bool
        what the filters leave out is hidden, not faded
    arrangement : Arrangement
    camera : (x, y, zoom) or None
        where one looks on this arrangement; None for all of it
    style : Style
        how the pictures are drawn
    picture : str or None
        filename of the picture whose card is open
    selection : (k,) int64, ascending
        the pictures that are selected, in dataset order
    """

    request: MapRequest
    fingerprint: str
    color: str = BY_CLUSTER
    nearest: int = 0
    brought_out: tuple[str, ...] = ()
    filters: Mapping[str, Sequence[str]] = field(default_factory=lambda: _NO_FILTERS)
    hide: bool = False
    arrangement: Arrangement = field(default_factory=Arrangement)
    camera: tuple[float, float, float] | None = None
    style: Style = field(default_factory=Style)
    picture: str | None = None
    selection: NDArray[np.int64] = field(default_factory=lambda: _NONE)

    def to_json(self) -> str:
        """Return everything but the selection, which is kept as an array."""
        values = {
            "request": self.request.to_json(),
            "fingerprint": self.fingerprint,
            "color": self.color,
            "nearest": self.nearest,
            "brought_out": list(self.brought_out),
            "filters": {name: list(found) for name, found in self.filters.items()},
            "hide": self.hide,
            "arrangement": [self.arrangement.kind, *self.arrangement.columns],
            "camera": self.camera,
            "style": self.style.to_text(),
            "picture": self.picture,
        }
        return json.dumps(values, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, selection: NDArray[np.int64]) -> "Appearance":
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        ViewsError
            if it is of a newer Barr X, or damaged
        """
        try:
            values: dict[str, Any] = json.loads(text)
            kind, *columns = values["arrangement"]
            camera = values["camera"]
            return cls(
                request=MapRequest.from_json(values["request"]),
                fingerprint=values["fingerprint"],
                color=values["color"],
                nearest=int(values.get("nearest", 0)),  # views saved before it could be chosen have none
                brought_out=tuple(map(str, values.get("brought_out", ()))),  # the same
                filters=values["filters"],
                hide=values["hide"],
                arrangement=Arrangement(kind=kind, columns=tuple(columns)),
                camera=None if camera is None else (camera[0], camera[1], camera[2]),
                # Views saved before there was a style have none.
                style=Style.from_text(values["style"]) if "style" in values else Style(),
                picture=values["picture"],
                selection=selection,
            )
        except (ValueError, KeyError, TypeError, IndexError, BarrxError) as error:
            raise ViewsError(
                _("The view cannot be read: {error}. Update Barr X, or open an older state of it.").format(
                    error=error
                )
            ) from error
