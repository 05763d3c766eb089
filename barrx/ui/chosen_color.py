"""The colours of a map by whatever is chosen to colour by: its clusters, a column, or a judged figure."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.i18n import language
from barrx.pipeline import MapRequest
from barrx.ui import coloring, judged_colors
from barrx.ui.coloring import NO_NAMES, Coloring
from barrx.views import BY_CLUSTER


def of(
    dataset: Dataset | None,
    request: MapRequest,
    clustering: Clustering,
    *,
    color: str | None,
    names: Mapping[int, str] = NO_NAMES,
    nearest: int = 0,
) -> Coloring:
    """Return the colours of a map; those of its clusters where what is chosen is not here, or not measured.

    Parameters
    ----------
    dataset : Dataset or None
        None where the collection has changed since: nothing but the clusters is known then
    color : str or None
        as in :class:`barrx.views.Appearance`; None for the clusters
    names : number of a cluster -> name that was given to it
    nearest : int
        neighbours that a judged figure looks at, 0 for the default
    """
    found = None
    if dataset is None or color is None or color == BY_CLUSTER:
        pass
    elif color in judged_colors.names(dataset):
        found = judged_colors.stored(dataset, request, color, nearest)
    elif color in dataset.metadata:
        found = _by_column(dataset.fingerprint, color, language(), dataset.metadata)
    return coloring.by_cluster(clustering, names) if found is None else found


@st.cache_resource(show_spinner=False, max_entries=8)
def _by_column(fingerprint: str, column: str, language: str, _metadata: pd.DataFrame) -> Coloring:
    return coloring.by_column(_metadata, column)
