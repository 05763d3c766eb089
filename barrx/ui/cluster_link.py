"""A cluster in the address: the clusters page opens it, the map selects it and flies there."""

import numpy as np
import streamlit as st

from barrx import cluster_rows
from barrx.clustering import NOISE, Clustering
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import keys, look_state, state


def address_of(number: int) -> str:
    """Return what stands in the address for a cluster, or for the noise."""
    return "noise" if number == NOISE else str(number)


def asked_for(clustering: Clustering) -> int | None:
    """Return the number of the cluster that the address names, -1 for the noise, None for no such cluster."""
    asked = st.query_params.get(keys.CLUSTER, "")
    return next((int(n) for n in np.unique(clustering.labels) if address_of(int(n)) == asked), None)


def open_on_page(number: int | None) -> None:
    """Put a cluster into the address; None takes it out."""
    if number is None:
        st.query_params.pop(keys.CLUSTER, None)
    else:
        st.query_params[keys.CLUSTER] = address_of(number)


def select_on_map(dataset: Dataset, finished: Map) -> None:
    """Select the cluster that the address names and fly there, once: from then on the selection is the user's.

    No page makes a link with a cluster and a place; a figure made before had the place where its writer looked.
    """
    if keys.CLUSTER not in st.query_params:
        return
    number = asked_for(finished.clustering)
    open_on_page(None)
    if number is not None:
        members = cluster_rows.members(finished.clustering, number)
        state.select(dataset, members)
        look_state.look(dataset, None)
        look_state.fly_to(dataset, members)
