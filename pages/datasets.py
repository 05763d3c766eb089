"""Datasets: the collections as cards, and the way to add one."""

import streamlit as st

from barrx import datasets
from barrx.i18n import _
from barrx.ui import access, add_panel, collection_card

st.title(_("Datasets"), anchor=False)
st.html(
    '<p class="lede">'
    + _(
        "Each collection is read once. Original files are never changed, and a file that cannot be read is set "
        "aside with its reason."
    )
    + "</p>"
)

if not access.may_write():
    st.info(access.why_not())
else:
    add_panel.show()

for row in range(0, len(summaries := datasets.summaries()), 3):
    for column, summary in zip(st.columns(3), summaries[row : row + 3], strict=False):
        with column:
            collection_card.show(summary)
