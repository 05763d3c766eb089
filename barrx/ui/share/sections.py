"""The parts of the page Share: one at a time, named in the address."""

from collections.abc import Callable

import streamlit as st

from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.ui import controls, export_panel, keys, linked, state
from barrx.ui.errors import reported
from barrx.ui.share import library, present, reading, side_by_side, tour_editing


def show(dataset: Dataset) -> None:
    """Show the choice of a part, and the part."""
    # Explore begins where it was left, whatever this page shows.
    state.hold(controls.shown_keys())
    parts: dict[str, tuple[str, Callable[[Dataset], None]]] = {
        "views": (_("Link and saved views"), _views),
        "export": (_("Export"), export_panel.show),
        "texts": (_("Interpretations"), reading.show),
        "compare": (_("Side by side"), side_by_side.show),
        "tour": (_("Tour"), tour_editing.show),
    }
    chosen = linked.choice(
        _("Part of the page"),
        list(parts),
        default="views",
        name=lambda part: parts[part][0],
        key=keys.SHARE_SECTION,
        as_buttons=True,
    )
    if state.is_map_expected(dataset):
        text = _(
            "Explore was left before the map it was asked for was there. This page is about the map before it: "
            "go back to Explore and wait for the new one."
        )
        st.warning(text, icon=":material/hourglass_top:")
    reported(parts[chosen][1])(dataset)


def _views(dataset: Dataset) -> None:
    reported(present.show)(dataset)
    reported(library.show)(dataset)
