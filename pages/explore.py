"""Explore: the map of a collection, tuned by sliders, with the card of a picture beside it."""

import streamlit as st

from barrx.i18n import _
from barrx.ui import address, after_map, cliff_chart, controls, embedding_panel, filter_panel, map_view
from barrx.ui.text import plain

address.arrive()
with st.sidebar:
    dataset = controls.choose_collection()
    encoder = controls.choose_encoder(dataset)

st.title(plain(dataset.title), anchor=False)

if embedding_panel.show(dataset, encoder):
    address.restore(dataset)
    with st.sidebar:
        color = controls.choose_color(dataset)
        chosen = filter_panel.choose(dataset)
        request, place = controls.choose_map(dataset, encoder)
    address.check(dataset, request, color)
    map_view.show(dataset, request, color, chosen)
    with place:
        after_map.show(lambda: cliff_chart.show(dataset, request, color))
else:
    address.warn(address.problems_without_map(dataset, encoder))
    st.caption(_("The map appears here as soon as every image has its vector."))
