"""Clusters: the map as a table, one row a cluster, and each cluster with all its pictures."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import address, clusters_view, controls, embedding_panel
from barrx.ui.text import plain

with st.sidebar:
    dataset = controls.choose_collection()
    encoder = controls.choose_encoder(dataset)

st.title(_("Clusters of {title}").format(title=plain(dataset.title)), anchor=False)

if embedding_panel.show(dataset, encoder):
    with st.sidebar:
        request, _chart_place = controls.choose_map(dataset, encoder)
    clusters_view.show(dataset, request)
    address.follow_map(dataset, request)
else:
    st.caption(_("The clusters appear here as soon as every image has its vector."))
