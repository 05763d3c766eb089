"""Method: what the machine does, for visitors, shown live on a picture they pick."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import controls, method_view

st.title(_("How the machine looks at a collection"), anchor=False)
method_view.introduction()

with st.sidebar:
    dataset = controls.choose_collection()
    encoder = controls.choose_encoder(dataset)

method_view.steps(dataset, encoder)
method_view.sources()
