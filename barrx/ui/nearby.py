"""The nearest pictures of one picture in the embedding: what is the case whatever a map shows."""

import streamlit as st

from barrx import embedding, encoders, neighbors
from barrx.datasets import Dataset
from barrx.neighbors import Metric, Neighbors
from barrx.pipeline import Map


@st.cache_resource(show_spinner=False, max_entries=3, validate=lambda found: found is not None)
def _stored(embedding_fingerprint: str, metric: Metric, n_images: int) -> Neighbors | None:
    return neighbors.load(embedding_fingerprint, metric, n_images)


def of(dataset: Dataset, finished: Map, index: int, count: int) -> Neighbors:
    """Return a picture and its nearest neighbours in the embedding: (1, count + 1) at most, itself first."""
    metric = finished.request.projection.metric
    k = min(count + 1, len(dataset.filenames))
    stored = _stored(finished.embedding_fingerprint, metric, len(dataset.filenames))
    if stored is not None:
        row = slice(index, index + 1)
        return Neighbors(stored.indices[row, :k], stored.distances[row, :k], stored.recall)
    vectors = embedding.require(dataset, encoders.get(finished.request.encoder)).vectors
    return neighbors.of_one(vectors, metric, index, k)
