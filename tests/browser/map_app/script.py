"""Points in a ring of groups; ?n= how many, ?same=1 all at one place, ?shift= another map of the same."""

import numpy as np
import pandas as pd
import streamlit as st

from barrx import datasets
from barrx.ui import palette, routes
from barrx.ui.map import MapOptions, image_map, inside
from tests.browser.map_app.titles import TITLES

N_GROUPS = 6

st.set_page_config(layout="wide")
query = st.query_params
n = int(query.get("n", 600))
demo = datasets.load("demo")
shift = st.sidebar.number_input("map", 0, 5, 0)
by_row = st.sidebar.toggle("by row")
dimmed = st.sidebar.toggle("dimmed")
st.sidebar.button("again")


@st.cache_data(max_entries=4)
def points(n: int, shift: int, same: bool) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    group = np.arange(n) % N_GROUPS
    angle = 2 * np.pi * (group / N_GROUPS + shift / 9)
    noise = rng.normal(0, 0.7, (2, n))
    x, y = 5 * np.cos(angle) + noise[0], 5 * np.sin(angle) + noise[1]
    titles = [f"picture {i}" for i in range(n)]
    titles[: min(n, len(TITLES))] = TITLES[:n]
    return pd.DataFrame(
        {
            "x": np.full(n, 3.5, np.float32) if same else x.astype(np.float32),
            "y": np.full(n, 3.5, np.float32) if same else y.astype(np.float32),
            "colour": np.where(np.arange(n) % 5 == 4, -1, group).astype(np.int16),
            "strength": np.where(np.arange(n) % 5 == 4, 0, 1).astype(np.float32),
            "title": titles,
            "creator": np.where(np.arange(n) % 2, "Ada", None),
            "date": [str(1800 + i % 100) for i in range(n)],
            "cluster": [f"group {g}" for g in group],
        }
    )


frame = points(n, shift, "same" in query)
if by_row:
    frame = frame.assign(colour=(np.arange(n) % 3).astype(np.int16))


@st.fragment
def show() -> None:
    names = [(f"group {i}", int((frame["colour"] == i).sum()), i) for i in range(N_GROUPS)]
    names.append(("noise", int((frame["colour"] == -1).sum()), -1))
    options = MapOptions(
        revision=f"{n}-{shift}-{by_row}",
        palette=palette.CATEGORICAL,
        legend=[entry for entry in names if entry[1]],
        legend_title="Groups",
        token="" if "plain" in query else routes.sign(demo.slug, demo.fingerprint),
        selected=[int(i) for i in query.get("selected", "").split(",") if i],
        dimmed=dimmed,
        height=500,
        alt=f"Map of {n} pictures",
    )
    with st.container(key="map"):
        events = image_map(frame, options, key="image_map")
    st.session_state.clicks = st.session_state.get("clicks", 0) + (events.clicked is not None)
    if events.clicked is not None:
        st.session_state.clicked = events.clicked
    st.text(f"clicked {st.session_state.get('clicked')} after {st.session_state.clicks} clicks")
    if events.selection is None:
        st.text("no selection")
    else:
        found = inside(events.selection, frame["x"].to_numpy(), frame["y"].to_numpy())
        st.text(f"selected {int(found.sum())} pictures")


if not st.sidebar.toggle("away"):
    show()
