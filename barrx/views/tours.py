"""A tour through a saved view: up to five stops, each a place on its map with a colour and some words."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from barrx.errors import ParameterError, ViewsError
from barrx.i18n import _
from barrx.views import saved, sets, store
from barrx.views.appearance import BY_CLUSTER
from barrx.views.interpretations import check_length

MAX_STOPS: Final = 5
MAX_TEXT: Final = 1_000  # characters: what is read standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of a tour.

    Attributes
    ----------
    title, text : str
        hostile text; the text is Markdown
    color : str
        the column coloured by, or ``BY_CLUSTER``
    brought_out : tuple of str
        entries of the legend of that colour that are brought out
    camera : (x, y, zoom) or None
        where one looks on the view's map; None for all of it

    Raises
    ------
    ParameterError
        if the title is empty, or something is too long
    """

    title: str
    text: str = ""
    color: str = BY_CLUSTER
    camera: tuple[float, float, float] | None = None
    brought_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", sets.clean_name(self.title))
        check_length(self.text, MAX_TEXT)
        object.__setattr__(self, "brought_out", tuple(map(str, self.brought_out)))
        if self.camera is not None:
            x, y, zoom = self.camera
            object.__setattr__(self, "camera", (float(x), float(y), float(zoom)))


def stops(view: int) -> list[Stop]:
    """Return the stops of a view's tour, in order; none if it has no tour.

    Raises
    ------
    ViewsError
        if they are of a newer Barr X, or the database cannot be used
    """
    with store.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute("SELECT stop FROM stop WHERE saved_view = ? ORDER BY number", (view,))
        try:
            return [Stop(**json.loads(text)) for (text,) in rows]
        except (ValueError, TypeError) as error:
            raise ViewsError(
                _("The tour cannot be read: {error}. Update Barr X.").format(error=error)
            ) from error


def set_stops(view: int, wanted: Sequence[Stop]) -> None:
    """Make these the stops of a view's tour.

    Raises
    ------
    ParameterError
        if there are more than five
    ViewsError
        if there is no such view, nothing may be written, or the database cannot be used
    """
    if len(wanted) > MAX_STOPS:
        raise ParameterError(
            _("A tour may have {bound} stops, this one has {n}. Remove one.").format(
                bound=MAX_STOPS, n=len(wanted)
            )
        )
    with store.writing() as connection:
        saved.listed_row(connection, view)
        connection.execute("DELETE FROM stop WHERE saved_view = ?", (view,))
        connection.executemany(
            "INSERT INTO stop VALUES (?, ?, ?)",
            [(view, number, json.dumps(asdict(stop))) for number, stop in enumerate(wanted)],
        )
