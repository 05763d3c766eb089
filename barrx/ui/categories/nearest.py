"""How many neighbours of an image the figures of faithfulness and purity look at: a list, kept in the address."""

from typing import Final

import streamlit as st

from barrx.i18n import _
from barrx.judgement import faithfulness
from barrx.ui import keys, linked

_OFFERED: Final = (5, 10, 15, 30, 50, 100)
_WIDTH: Final = 240  # pixels: a number needs no more


def choose(n_images: int) -> int:
    """Show the list and return what is chosen; 0 for what a map is asked by default."""
    offered = options(n_images)
    default = str(faithfulness.default_k(n_images))
    if len(offered) < 2:
        return 0
    with st.container(width=_WIDTH):
        chosen = linked.choice(
            _("Neighbours to look at"),
            [str(k) for k in offered],
            default=default,
            name=str,
            key=keys.NEAREST,
            help=_(
                "How many of an image's nearest count for trustworthiness, continuity, neighbours kept and purity. "
                "Few: the closest company only. Many: the wider surroundings."
            ),
        )
    # The default has one name, so that the answer is shared with the colours of the map.
    return 0 if chosen == default else int(chosen)


def options(n_images: int) -> list[int]:
    """Return the numbers for which the figures are defined, the default among them, ascending."""
    largest = faithfulness.largest_k(n_images)
    return sorted({k for k in (*_OFFERED, faithfulness.default_k(n_images)) if 0 < k <= largest})
