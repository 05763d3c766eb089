"""Points in a ring of groups, with what the address and the sidebar ask for.

``?n=`` how many, ``?same=1`` all at one place, ``?plain=1`` no pictures, ``?marked=1,2``, ``?camera=x,y,zoom``.
"""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from barrx import datasets
from barrx.ui import palette, routes
from barrx.ui.map import ClusterMark, MapHears, MapOptions, image_map, selected_by

N_GROUPS = 6

st.set_page_config(layout="wide")
query = st.query_params
n = int(query.get("n", 600))
demo = datasets.load("demo")
with st.sidebar:
    shift = st.number_input("map", 0, 5, 0)
    by_row = st.toggle("by row")
    dimmed = st.toggle("dimmed")
    st.button("again")
    is_filtered = st.toggle("odd groups only")
    hide_filtered = st.toggle("hide the others")
    if st.button("select group 3"):
        st.session_state.chosen = 3
    focus = int(st.button("show group 2"))


@st.cache_data(max_entries=4)
def points(n: int, shift: int, same: bool) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    group = np.arange(n) % N_GROUPS
    angle = 2 * np.pi * (group / N_GROUPS + shift / 9)
    noise = rng.normal(0, 0.7, (2, n))
    x, y = 5 * np.cos(angle) + noise[0], 5 * np.sin(angle) + noise[1]
    cluster = np.where(np.arange(n) % 5 == 4, -1, group)
    return pd.DataFrame(
        {
            "x": np.full(n, 3.5, np.float32) if same else x.astype(np.float32),
            "y": np.full(n, 3.5, np.float32) if same else y.astype(np.float32),
            "colour": cluster.astype(np.int16),
            "cluster": cluster.astype(np.int32),
            "strength": np.where(np.arange(n) % 5 == 4, 0, 1).astype(np.float32),
        }
    )


frame = points(n, shift, "same" in query)
if by_row:
    frame = frame.assign(colour=(np.arange(n) % 3).astype(np.int16))


def shown(text: str) -> NDArray[np.bool_] | None:
    if not is_filtered and not text:
        return None
    kept = np.array([text in f"picture {i}" for i in range(n)], bool)
    return kept & (np.arange(n) % 2 == 1) if is_filtered else kept


def options(text: str) -> MapOptions:
    counts = {i: int((frame["colour"] == i).sum()) for i in [*range(N_GROUPS), -1]}
    names = {i: f"group {i}" if i >= 0 else "noise" for i in counts}
    sizes = {i: int((frame["cluster"] == i).sum()) for i in range(N_GROUPS)}
    chosen = st.session_state.get("chosen")
    return MapOptions(
        revision=f"{n}-{shift}-{by_row}",
        palette=palette.CATEGORICAL,
        legend=[(names[i], count, i) for i, count in counts.items() if count],
        legend_title="Groups",
        token="" if "plain" in query else routes.sign(demo.slug, demo.fingerprint),
        marked=[int(i) for i in query.get("marked", "").split(",") if i],
        dimmed=dimmed,
        height=500,
        alt=f"Map of {n} pictures",
        clusters=[ClusterMark(label=i, name=names[i], size=size) for i, size in sizes.items() if size],
        shown=shown(text),
        hide_filtered=hide_filtered,
        selection=None if chosen is None else np.flatnonzero(frame["cluster"] == chosen),
        selection_revision="" if chosen is None else f"group {chosen}",
        camera=tuple(map(float, query["camera"].split(","))) if "camera" in query else None,
        focus=("2", np.flatnonzero(frame["cluster"] == 2).tolist()) if focus else None,
        lines=[(0, 300), (0, 301)] if "lines" in query else (),
        searchable="searchable" in query,
        query=text,
    )


def click(index: int | None) -> None:
    if index is not None:
        st.session_state.clicks = st.session_state.get("clicks", 0) + 1
        st.session_state.clicked = index


def search(text: str) -> None:
    st.session_state.text = text


@st.fragment
def show() -> None:
    text = st.session_state.get("text", "")
    asked = options(text)
    with st.container(key="map"):
        events = image_map(frame, asked, key="image_map", heard=MapHears(click=click, search=search))
    st.text(f"clicked {st.session_state.get('clicked')} after {st.session_state.get('clicks', 0)} clicks")
    if events.selection is None or not len(events.selection.pictures):
        st.text("no selection")
    else:
        found = selected_by(events.selection, frame, asked.shown)
        st.text(f"selected {len(found)} pictures: {' '.join(map(str, found[:1000]))}")
    st.text("camera " + ("unmoved" if events.camera is None else " ".join(f"{v:.3f}" for v in events.camera)))


if not st.sidebar.toggle("away"):
    show()
