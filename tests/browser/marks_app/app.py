"""A map with named clusters: what the tests of labels, outlines, axes, legend and table look at."""

import streamlit as st

from barrx.ui.routes import ROUTES

app = st.App("script.py", routes=ROUTES)
