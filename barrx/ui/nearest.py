"""How many neighbours of an image faithfulness and purity look at: a list, whose choice colours and cards follow."""

from typing import Final

import streamlit as st

from barrx.errors import ParameterError
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
    return _number(chosen, n_images)


def chosen(n_images: int) -> int:
    """Return what is chosen in this session; 0 for what a map is asked by default."""
    return _number(st.session_state.get(keys.NEAREST), n_images)


def set_to(text: str, n_images: int) -> None:
    """Choose the number that an address or a view has; "0" for the default.

    Raises
    ------
    ParameterError
        if it is not among those offered here
    """
    default = str(faithfulness.default_k(n_images))
    text = default if text == "0" else text
    if text not in map(str, options(n_images)) and text != default:
        raise ParameterError(_("{k} neighbours cannot be looked at here.").format(k=text))
    st.session_state[keys.NEAREST] = text


def _number(chosen: str | None, n_images: int) -> int:
    """Return it as a question asks for it: the default has one name, so that pages share the answer to it."""
    default = faithfulness.default_k(n_images)
    found = next((k for k in options(n_images) if str(k) == chosen), default)
    return 0 if found == default else found


def options(n_images: int) -> list[int]:
    """Return the numbers for which the figures are defined, the default among them, ascending."""
    largest = faithfulness.largest_k(n_images)
    return sorted({k for k in (*_OFFERED, faithfulness.default_k(n_images)) if 0 < k <= largest})
