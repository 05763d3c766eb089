"""Tune: many settings as a wall of small maps, and which of them to believe."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import controls, embedding_panel
from barrx.ui.text import plain
from barrx.ui.tune import view

with st.sidebar:
    dataset = controls.choose_collection()
    encoder = controls.choose_encoder(dataset)

st.title(_("Which map of {title} to believe").format(title=plain(dataset.title)), anchor=False)

if embedding_panel.show(dataset, encoder):
    view.show(dataset, encoder)
else:
    st.caption(_("Settings can be compared as soon as every image has its vector."))
