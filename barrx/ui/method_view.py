"""The Method page: from pixels to a map in five steps, live on one picture."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from barrx import clustering, embedding, encoders, images, pipeline, roles
from barrx.datasets import Dataset
from barrx.embedding import Embedding
from barrx.encoders import Encoder
from barrx.i18n import _, ngettext, numeral
from barrx.neighbors import Neighbors
from barrx.pipeline import Map, MapRequest
from barrx.ui import charts, embedding_panel, gallery, keys, linked, nearby, routes
from barrx.ui.text import plain

_STRIP_COLUMNS = 64
_TITLE_LENGTH = 120
_NEIGHBORS = 10
_SHOWN = 6  # pixels a side that are shown in numbers


def introduction() -> None:
    """Say in a paragraph what the page is about."""
    st.html(
        '<p class="lede">'
        + escape(
            _(
                "In 1936 Alfred Barr drew modern art as a chart of movements and arrows. Barr X asks what a "
                "machine would draw that has never read a book on art and only looks. Pick an image and follow "
                "it through the five steps."
            )
        )
        + "</p>"
    )


def steps(dataset: Dataset, encoder: Encoder) -> None:
    """Show the five steps on the picture that is picked."""
    index = _choose_picture(dataset)
    _pixels(dataset, encoder, index)
    if not embedding_panel.show(dataset, encoder):
        st.caption(_("The next steps appear as soon as every image has its vector."))
        return
    vectors = embedding.require(dataset, encoder)
    _vector(vectors, encoder, index)
    request = MapRequest.default(dataset.slug, encoder.slug, len(dataset.filenames))
    finished = pipeline.load(dataset, request)
    if finished is None:
        st.info(_("Open this collection in Explore once: its map is then shown here."))
        return
    _neighbors(dataset, finished, index)
    _place(dataset, finished, index)
    _cluster(dataset, finished, index)


def _choose_picture(dataset: Dataset) -> int:
    titles = dict(zip(dataset.filenames, roles.texts(dataset.metadata, "title"), strict=True))
    chosen = linked.choice(
        _("Image"),
        dataset.filenames,
        default=dataset.filenames[len(dataset.filenames) // 3],
        name=lambda filename: (titles[filename] or filename)[:_TITLE_LENGTH],
        key=keys.PICTURE,
        help=_("Type to search for a title."),
    )
    return dataset.filenames.index(chosen)


def _pixels(dataset: Dataset, encoder: Encoder, index: int) -> None:
    st.subheader(_("1 · Pixels become numbers"), anchor=False)
    size = encoder.input_size
    seen = images.encoder_input(dataset.read_bytes(index), size, encoder.resample)
    left, middle, right = st.columns([1, 1, 1.4], gap="large")
    with left:
        token = routes.sign(dataset.slug, dataset.fingerprint)
        address = escape(routes.thumbnail_address(token, index, 320))
        alt = escape(_("The image"))
        st.html(f'<figure class="card"><img src="{address}" alt="{alt}"></figure>')
        st.caption(_("The image as you see it"))
    with middle:
        st.image(seen, width="stretch", alt=_("The image squeezed into a square"))
        st.caption(_("The {size} × {size} square the machine sees").format(size=size))
    with right:
        st.markdown(
            _(
                "Whatever its format, the image is squeezed into a square of {size} by {size} points. Each point "
                "is three numbers from 0 to 255: red, green, blue. These {count} numbers are all the machine is "
                "given: no title, no artist, no date."
            ).format(size=size, count=numeral(size * size * 3))
        )
        st.caption(_("How red the points in the middle are"))
        middle_of = slice((size - _SHOWN) // 2, (size + _SHOWN) // 2)
        st.dataframe(pd.DataFrame(seen[middle_of, middle_of, 0]), hide_index=True)


def _vector(vectors: Embedding, encoder: Encoder, index: int) -> None:
    st.subheader(_("2 · Numbers become a vector"), anchor=False)
    n_features = vectors.vectors.shape[1]
    st.markdown(
        _(
            "A network trained to name a thousand kinds of things in photographs (ImageNet) reads the square. We "
            "stop it one step before it answers and keep what it has noticed by then: {n} numbers, each the "
            "strength of one learned feature, a texture, an edge, a shape. That list is the image's vector, made "
            "by {label}."
        ).format(n=numeral(n_features), label=plain(encoders.label(encoder)))
    )
    features = np.arange(n_features)
    cells = pd.DataFrame(
        {
            "feature": features,
            "row": features // _STRIP_COLUMNS,
            "column": features % _STRIP_COLUMNS,
            "value": vectors.vectors[index],
        }
    )
    st.altair_chart(charts.heat_strip(cells), key=keys.HEAT_STRIP)


def _neighbors(dataset: Dataset, finished: Map, index: int) -> None:
    st.subheader(_("3 · Vectors have neighbours"), anchor=False)
    metric = finished.request.projection.metric
    st.markdown(
        _(
            "Two images are alike for the machine when their vectors point the same way. These are the nearest, "
            "with their {metric} distance: 0 would be the same image."
        ).format(metric=metric)
    )
    nearest = nearby.of(dataset, finished, index, _NEIGHBORS)
    notes = [numeral(distance, ".3f") for distance in nearest.distances[0, 1:]]
    gallery.wall(dataset, nearest.indices[0, 1:].tolist(), notes=notes, key=keys.METHOD_NEIGHBORS)
    st.caption(_search(nearest))


def _search(nearest: Neighbors) -> str:
    if nearest.recall == 1:
        return _("Found by comparing each image with every other.")
    return _(
        "In a collection this large they are found by NN-descent, which looks only where neighbours of neighbours "
        "are: here it finds {recall:.1%} of the true ones, measured on a sample of the images."
    ).format(recall=nearest.recall)


def _place(dataset: Dataset, finished: Map, index: int) -> None:
    st.subheader(_("4 · A map keeps neighbours together"), anchor=False)
    text, chart = st.columns([1, 1.4], gap="large")
    text.markdown(
        _(
            "Nobody can see in so many dimensions. UMAP looks for a flat arrangement in which images that were "
            "neighbours stay neighbours. It cannot keep everything: nearness on the map means something, long "
            "distances and the directions of the axes do not. The diamond is this image, the squares are its ten "
            "nearest from step 3. Where squares lie far off, the map had to tear a neighbourhood."
        )
    )
    nearest = nearby.of(dataset, finished, index, _NEIGHBORS).indices[0, 1:]
    role = np.full(len(dataset.filenames), "other", dtype=object)
    role[nearest] = "neighbour"
    role[index] = "chosen"
    titles = roles.texts(dataset.metadata, "title")
    points = pd.DataFrame(
        {
            "x": finished.coordinates[:, 0],
            "y": finished.coordinates[:, 1],
            "role": role,
            "title": [t or f for t, f in zip(titles, dataset.filenames, strict=True)],
        }
    )
    chart.altair_chart(charts.place_on_map(points), key=keys.PLACE)


def _cluster(dataset: Dataset, finished: Map, index: int) -> None:
    st.subheader(_("5 · Dense places become clusters"), anchor=False)
    clusters = finished.clustering
    label = int(clusters.labels[index])
    if label == clustering.NOISE:
        where = _(
            "It lies where the map is thin, in no cluster. Such images are called noise; they stay on the map."
        )
    else:
        size = int((clusters.labels == label).sum())
        where = ngettext(
            "It belongs to cluster {label}, with {n} image, at a membership strength of {strength:.2f}.",
            "It belongs to cluster {label}, with {n} images, at a membership strength of {strength:.2f}.",
            size,
        ).format(label=label, n=size, strength=clusters.strength[index])
    st.markdown(
        _(
            "HDBSCAN looks at the two coordinates of the map, not at the vectors, and calls a group a cluster "
            "where images lie closer together than around it. It decides by itself how many clusters there are."
        )
        + " "
        + where
        + " "
        + _(
            "Whether a cluster is also a style, a school or only a kind of photograph is for people to judge."
        )
    )


def sources() -> None:
    """Cite the methods and the project this one follows."""
    st.subheader(_("Sources"), anchor=False)
    st.markdown(
        "\n".join(
            f"- {line}"
            for line in (
                _(
                    "Inception V3: C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, *Rethinking the "
                    "Inception Architecture for Computer Vision*, CVPR 2016. arXiv:1512.00567"
                ),
                _(
                    "ImageNet: O. Russakovsky et al., *ImageNet Large Scale Visual Recognition Challenge*, "
                    "International Journal of Computer Vision 115, 2015. arXiv:1409.0575"
                ),
                _(
                    "UMAP: L. McInnes, J. Healy, J. Melville, *UMAP: Uniform Manifold Approximation and "
                    "Projection for Dimension Reduction*, 2018. arXiv:1802.03426"
                ),
                _(
                    "HDBSCAN: R. J. G. B. Campello, D. Moulavi, J. Sander, *Density-Based Clustering Based on "
                    "Hierarchical Density Estimates*, PAKDD 2013. doi:10.1007/978-3-642-37456-2_14"
                ),
                _(
                    "The project this follows: *Barr X Inception CNN*, directed by Nuria Rodríguez Ortega, "
                    "University of Málaga, 2020; text by Javier de la Rosa"
                ),
                _(
                    "The chart: Alfred H. Barr Jr., cover of *Cubism and Abstract Art*, The Museum of Modern "
                    "Art, New York 1936"
                ),
            )
        )
    )
