"""The map alone, with points that the address asks for: what the tests of the map look at."""

import streamlit as st

from barrx.ui.routes import ROUTES

app = st.App("script.py", routes=ROUTES)
