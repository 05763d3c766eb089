"""Barr X as Streamlit serves it: the script to run, and the HTTP routes beside it."""

import streamlit as st

from barrx.ui import one_by_one, preload, read_only
from barrx.ui.lifespan import lifespan
from barrx.ui.routes import ROUTES

app = st.App(
    "barrx/ui/main.py",
    routes=ROUTES,
    middleware=[*read_only.MIDDLEWARE, *preload.MIDDLEWARE, *one_by_one.MIDDLEWARE],
    lifespan=lifespan,
)
