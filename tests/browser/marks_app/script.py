"""Clusters in rows and columns, their numbers with gaps; every fifth picture is noise.

``?by=1`` colours by a column of many categories, ``?by=share`` by a share with a flag,
``?axes=time`` or ``?axes=bars`` has axes and headings, ``?fixed=1`` takes no names,
``?n=`` how many pictures, ``?k=`` how many clusters.
"""

import numpy as np
import pandas as pd
import streamlit as st

from barrx import datasets
from barrx.clustering import Clustering
from barrx.ui import coloring, routes
from barrx.ui.coloring import Coloring
from barrx.ui.map import Axes, Axis, ClusterMark, MapHears, MapOptions, image_map, selected_by
from tests.browser.marks_app.names import NAMES

COLUMNS = 5

st.set_page_config(layout="wide")
query = st.query_params
n, k = int(query.get("n", 800)), int(query.get("k", 15))
demo = datasets.load("demo")
names: dict[int, str] = st.session_state.setdefault("names", dict(NAMES))
st.sidebar.button("again")


@st.cache_data(max_entries=4)
def points(n: int, k: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    group = (k * rng.random(n) ** 1.5).astype(int)
    x, y = 4 * (group % COLUMNS) + rng.normal(0, 0.5, n), -4 * (group // COLUMNS) + rng.normal(0, 0.5, n)
    is_noise = np.arange(n) % 5 == 4
    x, y = np.where(is_noise, rng.uniform(-2, 18, n), x), np.where(is_noise, rng.uniform(-10, 2, n), y)
    cluster = np.where(is_noise, -1, 3 * group).astype(np.int32)
    strength = np.where(is_noise, 0, np.linspace(0.4, 1, n)).astype(np.float32)
    return pd.DataFrame({"x": x, "y": y, "cluster": cluster, "strength": strength})


def clusters(labels: pd.Series) -> list[ClusterMark]:
    return [
        ClusterMark(
            label=number,
            name=names.get(number) or f"cluster {number}",
            size=int((labels == number).sum()),
            representatives=np.flatnonzero(labels == number)[:3].tolist(),
        )
        for number in sorted(set(labels) - {-1})
    ]


def axes() -> Axes | None:
    kind = query.get("axes")
    if kind == "time":
        years = tuple((x, str(1600 + 10 * i)) for i, x in enumerate(np.linspace(-2, 18, 41).tolist()))
        return Axes(x=Axis(title="Year", ticks=years), y=Axis(title="images", ticks=((-8, "0"), (0, "<b>"))))
    if kind == "bars":
        headings = tuple((4.0 * i, 2.0, NAMES[3 * i]) for i in range(4))
        return Axes(y=Axis(title="images", ticks=((-8, "0"), (2, "5")), end=10.0), headings=headings)
    return None


def rename(number: int, name: str) -> None:
    names[number] = name
    st.session_state.renamed = f"renamed {number} to {name}"


@st.fragment
def show() -> None:
    frame = points(n, k)
    marks = clusters(frame["cluster"])
    if query.get("by") == "share":
        flagged = (np.arange(n) % 3 == 0, "in an artefact of the seed")
        colors = coloring.by_share("Companions", np.linspace(0, 1, n), missing="noise", flagged=flagged)
    elif "by" in query:
        artists = [f"artist {i * i % 61}" for i in range(n)]
        colors = coloring.by_column(pd.DataFrame({"artist": artists}), "artist")
    else:
        indexes = frame["cluster"].to_numpy(np.int16)
        colors = Coloring("Clusters", indexes, {mark.label: mark.name for mark in marks}, "noise")
    coordinates = frame[["x", "y"]].to_numpy(np.float32)
    labels, strength = frame["cluster"].to_numpy(np.int32), frame["strength"].to_numpy(np.float32)
    frame = colors.points(coordinates, Clustering(labels, strength))
    asked = MapOptions(
        revision=f"{n}-{k}",
        legend=colors.legend(),
        legend_title=colors.title,
        legend_others=colors.others,
        token="" if "plain" in query else routes.sign(demo.slug, demo.fingerprint),
        alt=f"Map of {n} pictures",
        clusters=marks,
        editable="fixed" not in query,
        axes=axes(),
    )
    events = image_map(frame, asked, key="image_map", heard=MapHears(rename=rename))
    st.text(st.session_state.get("renamed", "nothing renamed"))
    n_selected = 0 if events.selection is None else len(selected_by(events.selection, frame))
    st.text(f"{n_selected} pictures selected")
    st.text("unmoved" if events.camera is None else "moved")


show()
