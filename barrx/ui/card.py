"""The card of one picture: picture, metadata, strength, nearest neighbours in the embedding."""

from html import escape

import streamlit as st

from barrx import embedding, encoders, neighbors, roles
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.neighbors import Metric, Neighbors
from barrx.pipeline import Map
from barrx.ui import gallery, keys, routes, state

_NEIGHBORS = 10


def show(dataset: Dataset, finished: Map) -> None:
    """Show the card of the picture that was clicked, or how to get one."""
    index = state.picked(dataset)
    if index is None:
        st.html(
            '<p class="hint">'
            + escape(_("Click an image on the map to see its card. Draw a box to gather several."))
            + "</p>"
        )
        return
    _picture(dataset, index)
    _facts(dataset, finished, index)
    st.button(
        _("Close"),
        key=keys.CLEAR_PICTURE,
        on_click=state.pick,
        args=(dataset, None),
        icon=":material/close:",
        type="tertiary",
    )
    _nearest(dataset, finished, index)


def _picture(dataset: Dataset, index: int) -> None:
    token = routes.sign(dataset.slug, dataset.fingerprint)
    title = roles.texts(dataset.metadata.iloc[[index]], "title")[0] or dataset.filenames[index]
    creator = roles.texts(dataset.metadata.iloc[[index]], "creator")[0]
    date = roles.texts(dataset.metadata.iloc[[index]], "date")[0]
    small, large = routes.thumbnail_address(token, index, 320), routes.picture_address(token, index)
    by = ", ".join(escape(part) for part in (creator, date) if part)
    st.html(
        f'<figure class="card"><a href="{escape(large)}" target="_blank" rel="noopener">'
        f'<img src="{escape(small)}" alt="{escape(title)}"></a>'
        f'<figcaption><strong dir="auto">{escape(title)}</strong><span dir="auto">{by}</span></figcaption>'
        "</figure>"
    )


def _facts(dataset: Dataset, finished: Map, index: int) -> None:
    label = int(finished.clustering.labels[index])
    facts = {
        _("cluster on the map"): _("noise") if label < 0 else str(label),
        _("membership strength"): f"{finished.clustering.strength[index]:.2f}",
        _("file"): dataset.filenames[index],
    }
    row = dataset.metadata.iloc[index]
    facts |= {
        str(name): roles.shown(value)
        for name, value in row.items()
        if roles.shown(value) not in ("", facts[_("file")])
    }
    lines = "".join(
        f'<div><dt>{escape(name)}</dt><dd dir="auto">{escape(value)}</dd></div>'
        for name, value in facts.items()
    )
    st.html(f'<dl class="facts">{lines}</dl>')


def _nearest(dataset: Dataset, finished: Map, index: int) -> None:
    nearest = nearest_neighbors(dataset, finished, index, _NEIGHBORS)
    others = nearest.indices[0, 1:].tolist()
    if not others:
        return
    st.markdown("**" + _("Nearest in the embedding") + "**")
    notes = [f"{distance:.3f}" for distance in nearest.distances[0, 1:]]
    st.caption(
        _("{metric} distance of the vectors, whatever the map shows").format(
            metric=finished.request.projection.metric
        )
    )
    clicked = gallery.wall(dataset, others, notes=notes, key=keys.CARD_NEIGHBORS)
    if clicked is not None:
        state.pick(dataset, clicked)
        st.rerun(scope="fragment")


@st.cache_resource(show_spinner=False, max_entries=3, validate=lambda found: found is not None)
def _stored_neighbors(embedding_fingerprint: str, metric: Metric, n_images: int) -> Neighbors | None:
    return neighbors.load(embedding_fingerprint, metric, n_images)


def nearest_neighbors(dataset: Dataset, finished: Map, index: int, count: int) -> Neighbors:
    """Return a picture and its nearest neighbours in the embedding: (1, count + 1) at most, itself first."""
    metric = finished.request.projection.metric
    k = min(count + 1, len(dataset.filenames))
    stored = _stored_neighbors(finished.embedding_fingerprint, metric, len(dataset.filenames))
    if stored is not None:
        return Neighbors(stored.indices[index : index + 1, :k], stored.distances[index : index + 1, :k])
    vectors = embedding.require(dataset, encoders.get(finished.request.encoder)).vectors
    return neighbors.of_one(vectors, metric, index, k)
