"""Categories: where the machine's clusters and the catalogue agree, and whether the map can be believed."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import categories, cliff_chart, controls, embedding_panel
from barrx.ui.text import plain
from barrx.views import BY_CLUSTER

with st.sidebar:
    dataset = controls.choose_collection()
    encoder = controls.choose_encoder(dataset)

st.title(_("Machine and catalogue: {title}").format(title=plain(dataset.title)), anchor=False)

if embedding_panel.show(dataset, encoder):
    with st.sidebar:
        column = categories.choose_column(dataset)
        request, place = controls.choose_map(dataset, encoder)
    categories.show(dataset, request, column)
    with place:
        cliff_chart.show(dataset, request, column or BY_CLUSTER)
else:
    st.caption(_("The comparison appears here as soon as every image has its vector."))
