"""The saved views in a list to choose from: those changed last, and the one that was opened."""

import contextlib

import streamlit as st

from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _
from barrx.ui.share import session
from barrx.views import saved

MOST = 200


def names(dataset: Dataset) -> dict[int, str]:
    """Return the views of a collection to choose from: id -> name."""
    found = {view.id: view.name for view in saved.listed(dataset.slug, limit=MOST)}
    opened = session.opened_view(dataset)
    if opened is not None and opened not in found:
        with contextlib.suppress(BarrxError):  # removed meanwhile
            found[opened] = saved.get(opened).name
    return found


def hint(dataset: Dataset) -> None:
    """Say how to come to a view that is not in the list."""
    if saved.count(dataset.slug) > MOST:
        st.caption(
            _(
                "The list has the {n} views changed last. Open an older one, and it is in the list too."
            ).format(n=MOST)
        )
