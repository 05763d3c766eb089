"""Share: what is on screen as a link, saved views, texts about them."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import access, controls
from barrx.ui.share import sections

with st.sidebar:
    dataset = controls.choose_collection()

st.title(_("Share"), anchor=False)
sections.show(dataset)
st.caption(access.explanation())
