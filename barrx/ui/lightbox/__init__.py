"""The card of a picture, and the lightbox behind it, as a Streamlit component.

What the browser does is written in the modules beside this file; they come by a route of :mod:`barrx.ui.routes`,
and so do the captions of the pictures that are leafed through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import partial
from pathlib import Path

from barrx import captions, links
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.ui import component, routes, state

MOST = 20_000  # pictures that can be leafed through: their numbers are sent with each run of a page

_HERE = Path(__file__).parent

_component = component.of_modules(
    "barrx_card",
    _HERE,
    html='<div class="barrx-card"></div>',
    css=(_HERE / "lightbox.css").read_text(encoding="utf-8"),
)


def card(
    dataset: Dataset,
    index: int,
    *,
    facts: Mapping[str, str],
    beside: Sequence[int],
    key: str,
    click: str = "",
    reveal: bool = False,
) -> None:
    """Show a picture with its caption and facts; a click on it opens the lightbox, which is closed on a picture's card.

    Parameters
    ----------
    facts : name -> text; addresses of the web in a text become links
    beside : pictures that are leafed through in the lightbox, in their order; if the picture is not one of them,
        it comes first
    click : another name for each click somewhere else that asks for the picture: where the card is out of sight
        then, the lightbox opens
    reveal : scroll to the picture on a screen that has it below others
    """
    _component(
        key=key,
        data={
            "index": index,
            "token": routes.sign(dataset.slug, dataset.fingerprint),
            "collection": f"{dataset.slug} {dataset.fingerprint}",
            "indexes": [int(i) for i in beside[:MOST]],
            "caption": captions.of(dataset, [index])[0].to_json(),
            "facts": [[name, [astuple(p) for p in links.pieces(text)]] for name, text in facts.items()],
            "click": click,
            "reveal": reveal,
            "words": _words(),
        },
        hears={"picked": partial(state.pick_told, dataset)},
    )


def _words() -> dict[str, str]:
    return {
        "enlarge": _("Enlarge"),
        "lightbox": _("Image in the whole window"),
        "closer": _("Zoom in (+)"),
        "farther": _("Zoom out (-)"),
        "fit": _("Show the whole image (0)"),
        "close": _("Close (Escape)"),
        "back": _("Previous image (left arrow)"),
        "on": _("Next image (right arrow)"),
        "unreadable": _("The original cannot be read. This is its thumbnail."),
    }
