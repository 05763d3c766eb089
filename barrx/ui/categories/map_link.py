"""From this page to the map: with pictures selected, or with colours that say something of them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.ui import keys, look_state, navigation, state

_OWN = (keys.LOOK_AT, keys.COMPARE)


def button(
    dataset: Dataset, indexes: Sequence[int] | NDArray[np.integer], *, key: str, label: str = ""
) -> None:
    """Show a button that opens the map with some pictures selected."""
    if st.button(
        label or _("Select them on the map"), key=keys.of(keys.TO_MAP, key), icon=":material/scatter_plot:"
    ):
        state.select(dataset, indexes)
        look_state.fly_to(dataset, np.asarray(indexes))
        navigation.go_to(navigation.explore(), _carried())


def colored(color: str, label: str) -> None:
    """Show a button that opens the map in other colours."""
    if st.button(label, key=keys.of(keys.TO_MAP, color), icon=":material/palette:", type="tertiary"):
        # The session knows what its map was coloured by last: that would go before what an address says.
        st.session_state[keys.COLOR] = color
        navigation.go_to(navigation.explore(), {**_carried(), keys.COLOR: color})


def _carried() -> dict[str, str]:
    """Return what the address says that is not of this page only."""
    return {name: value for name, value in st.query_params.to_dict().items() if name not in _OWN}
