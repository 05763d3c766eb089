"""A wall of thumbnails that can be clicked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from barrx import roles
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.ui import component, keys, pages, routes, state

PAGE_SIZE = 48
_HERE = Path(__file__).parent
_TITLE_LENGTH = 200  # more than any tile can show

_wall = component.of_script(
    "barrx_gallery",
    html='<div class="wall" role="group"></div>',
    css=(_HERE / "gallery.css").read_text(encoding="utf-8"),
    js=(_HERE / "gallery.js").read_text(encoding="utf-8"),
)


def wall(
    dataset: Dataset, indexes: Sequence[int], *, notes: Sequence[str] = (), key: str, in_wall: bool = False
) -> None:
    """Show thumbnails with their titles; a click opens the picture's card.

    Parameters
    ----------
    indexes : pictures in the order they are shown; one page of them
    notes : a line of text for each, or none
    in_wall : there are many, and the card may be out of sight
    """

    def pick(index: Any) -> None:
        if type(index) is int and index in indexes:
            state.pick(dataset, index, in_wall=in_wall)

    token = routes.sign(dataset.slug, dataset.fingerprint)
    titles = roles.texts(dataset.metadata.iloc[list(indexes)], "title")
    items = [
        {
            "index": int(index),
            "source": routes.thumbnail_address(token, index, 320),
            "title": (title or dataset.filenames[index])[:_TITLE_LENGTH],
            "note": note,
        }
        for index, title, note in zip(indexes, titles, notes or [""] * len(indexes), strict=True)
    ]
    _wall(key=key, data={"items": items, "label": _("Images")}, hears={"picked": pick})


def paged(dataset: Dataset, indexes: Sequence[int], *, notes: Sequence[str] = (), key: str) -> None:
    """Show any number of pictures, a page at a time; a click opens the picture's card.

    Parameters
    ----------
    notes : a line of text for each picture, or none
    """
    first = pages.choose(len(indexes), PAGE_SIZE, key=keys.of(keys.GALLERY_PAGE, key))
    here = slice(first, first + PAGE_SIZE)
    wall(dataset, indexes[here], notes=notes[here], key=key, in_wall=True)
