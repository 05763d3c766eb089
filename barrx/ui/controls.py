"""The sidebar: which collection, which encoder, which parameters. Bounds follow the collection's size."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from barrx import cliff, datasets, encoders, pipeline, projection
from barrx.clustering import SELECTION_METHODS, ClusteringParams
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.i18n import _, ngettext
from barrx.neighbors import METRICS
from barrx.pipeline import MapRequest
from barrx.projection import MIN_IMAGES, ProjectionParams
from barrx.ui import judged_colors, keys, linked, state
from barrx.ui.text import plain
from barrx.views import BY_CLUSTER

_BOUND: Final = "query-params"


def choose_collection() -> Dataset:
    """Show the list of collections and return the one chosen."""
    summaries = {summary.slug: summary for summary in datasets.summaries()}

    def name(slug: str) -> str:
        summary = summaries[slug]
        count = ngettext("{n} image", "{n} images", summary.images).format(n=summary.images)
        return f"{summary.title} · {count}"

    slug = linked.choice(
        _("Collection"), list(summaries), default=datasets.DEMO_SLUG, name=name, key=keys.DATASET
    )
    return datasets.load(slug)


def choose_encoder(dataset: Dataset) -> Encoder:
    """Show the list of encoders and return the one chosen."""
    everyone = {encoder.slug: encoder for encoder in encoders.all_encoders()}
    names = {slug: _encoder_name(encoder) for slug, encoder in everyone.items()}  # a list asks several times
    slug = linked.choice(
        _("Encoder"),
        list(everyone),
        default=pipeline.default_encoder(dataset).slug,
        name=names.__getitem__,
        key=keys.ENCODER,
        help=_("The network that turns each image into a vector."),
    )
    chosen = everyone[slug]
    st.caption(_("This map is made by {label}.").format(label=plain(encoders.label(chosen))))
    _offer_other(chosen)
    return chosen


def _encoder_name(encoder: Encoder) -> str:
    status = encoders.status(encoder)
    if status.state != "missing":
        return encoders.label(encoder)
    return _("{title} · {size:.0f} MB to fetch").format(title=encoder.title, size=status.size_mb)


def _offer_other(chosen: Encoder) -> None:
    other = encoders.get("efficientnet-lite0" if chosen.slug == "inception-v3" else "inception-v3")

    def switch() -> None:
        st.session_state[keys.ENCODER] = other.slug

    st.button(
        _("Use {name}").format(name=_encoder_name(other)),
        key=keys.OTHER_ENCODER,
        on_click=switch,
        type="tertiary",
        icon=":material/swap_horiz:",
    )


def choose_map(dataset: Dataset, encoder: Encoder) -> tuple[MapRequest, DeltaGenerator]:
    """Show the sliders; return the map they ask for, and the place under ``min_cluster_size`` for its chart."""
    n_images = len(dataset.filenames)
    default = MapRequest.default(dataset.slug, encoder.slug, n_images)
    state.carry(dataset, [key for key, _value in values(default)])
    _keep_within(most(n_images))
    st.subheader(_("Map"), help=_("UMAP places similar images near each other."), anchor=False)
    projected = _choose_projection(default.projection, n_images)
    st.subheader(
        _("Clusters"), help=_("HDBSCAN finds dense groups on the two coordinates of the map."), anchor=False
    )
    clustered, place = _choose_clustering(default.clustering, n_images)
    st.button(
        _("Back to defaults"),
        key=keys.RESET,
        on_click=_reset,
        args=(default,),
        icon=":material/restart_alt:",
        type="tertiary",
    )
    chosen = replace(default, projection=projected, clustering=clustered)
    state.keep_sliders(values(chosen))
    return chosen, place


def _choose_projection(default: ProjectionParams, n_images: int) -> ProjectionParams:
    if n_images < MIN_IMAGES:
        st.caption(
            _("UMAP needs {least} images or more. These are placed by principal components.").format(
                least=MIN_IMAGES
            )
        )
        return default
    n_neighbors = st.slider(
        "n_neighbors",
        2,
        most(n_images)[keys.N_NEIGHBORS],
        default.n_neighbors,
        key=keys.N_NEIGHBORS,
        bind=_BOUND,
        help=_("How many images each image is compared with. Low: fine detail. High: the broad picture."),
    )
    min_dist = st.slider(
        "min_dist",
        0.0,
        1.0,
        default.min_dist,
        0.05,
        key=keys.MIN_DIST,
        bind=_BOUND,
        help=_("How tightly images may be packed. Low: clumps. High: an even spread."),
    )
    metric = st.selectbox(
        "metric",
        METRICS,
        index=METRICS.index(default.metric),
        key=keys.METRIC,
        bind=_BOUND,
        help=_("How the difference of two vectors is measured."),
    )
    seed = st.number_input(
        "seed",
        0,
        2**32 - 1,
        default.seed,
        key=keys.SEED,
        bind=_BOUND,
        help=_("Another seed, another of many equally good maps. The same seed gives the same map again."),
    )
    from_scratch = st.toggle(
        "from_scratch",
        default.from_scratch,
        key=keys.FROM_SCRATCH,
        bind=_BOUND,
        help=_(
            "Off: every map starts from this collection's default map and lies over it, so clusters stay where "
            "they were. On: plain UMAP, which takes longer and may put everything elsewhere."
        ),
    )
    return replace(
        default,
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        metric=metric,
        seed=int(seed),
        from_scratch=from_scratch,
    )


def _choose_clustering(default: ClusteringParams, n_images: int) -> tuple[ClusteringParams, DeltaGenerator]:
    if n_images < 3:
        st.caption(_("Clusters need three images or more."))
        return default, st.container()
    min_cluster_size = st.slider(
        "min_cluster_size",
        2,
        most(n_images)[keys.MIN_CLUSTER_SIZE],
        default.min_cluster_size,
        key=keys.MIN_CLUSTER_SIZE,
        bind=_BOUND,
        help=_("The smallest group that is called a cluster."),
    )
    place = st.container(key=keys.CLIFF_PLACE)
    min_samples = st.slider(
        "min_samples",
        1,
        most(n_images)[keys.MIN_SAMPLES],
        default.min_samples,
        key=keys.MIN_SAMPLES,
        bind=_BOUND,
        help=_("How dense a place must be to count. High: more images are left as noise."),
    )
    method = st.segmented_control(
        "cluster_selection_method",
        SELECTION_METHODS,
        default=default.cluster_selection_method,
        key=keys.SELECTION_METHOD,
        bind=_BOUND,
        required=True,
        help=_("eom: few, stable clusters. leaf: many, even ones."),
    )
    with st.expander(_("More")):
        epsilon, largest = _choose_limits(default, n_images)
    chosen = ClusteringParams(
        min_cluster_size=min_cluster_size,
        min_samples=min_samples,
        cluster_selection_method=method or default.cluster_selection_method,
        cluster_selection_epsilon=epsilon,
        max_cluster_size=largest,
    )
    return chosen, place


def _choose_limits(default: ClusteringParams, n_images: int) -> tuple[float, int]:
    epsilon = st.number_input(
        "cluster_selection_epsilon",
        0.0,
        100.0,
        default.cluster_selection_epsilon,
        0.05,
        key=keys.SELECTION_EPSILON,
        bind=_BOUND,
        help=_("Clusters nearer to each other than this distance on the map are not split. 0: no limit."),
    )
    largest = st.number_input(
        "max_cluster_size",
        0,
        most(n_images)[keys.MAX_CLUSTER_SIZE],
        default.max_cluster_size,
        key=keys.MAX_CLUSTER_SIZE,
        bind=_BOUND,
        help=_("eom takes no cluster with more images than this. 0: no limit."),
    )
    return float(epsilon), int(largest)


def most(n_images: int) -> dict[str, int]:
    """Return the largest value of each slider that has one which follows the size of the collection."""
    return {
        keys.N_NEIGHBORS: min(projection.MAX_SLIDER_NEIGHBORS, n_images - 1),
        keys.MIN_CLUSTER_SIZE: cliff.largest_size(n_images),
        keys.MIN_SAMPLES: min(n_images, 50),
        keys.MAX_CLUSTER_SIZE: n_images,
    }


def _keep_within(bounds: Mapping[str, int]) -> None:
    """Have sliders begin at their end where the collection before was larger: Streamlit raises an exception else."""
    for key, bound in bounds.items():
        value = st.session_state.get(key)
        if isinstance(value, int | float) and value > bound:
            st.session_state[key] = bound


def shown_keys() -> list[str]:
    """Return the keys of all that Explore lets one choose for the map and its colours."""
    names = [name for name, _value in values(MapRequest(slug="", encoder=""))]
    return [*names, keys.COLOR, keys.HIDE, keys.ARRANGE, keys.ARRANGE_COLUMN, keys.ARRANGE_X, keys.ARRANGE_Y]


def values(request: MapRequest) -> list[tuple[str, Any]]:
    """Return the keys of the sliders, and the value each has for a map."""
    return [
        (keys.N_NEIGHBORS, request.projection.n_neighbors),
        (keys.MIN_DIST, request.projection.min_dist),
        (keys.METRIC, request.projection.metric),
        (keys.SEED, request.projection.seed),
        (keys.FROM_SCRATCH, request.projection.from_scratch),
        (keys.MIN_CLUSTER_SIZE, request.clustering.min_cluster_size),
        (keys.MIN_SAMPLES, request.clustering.min_samples),
        (keys.SELECTION_METHOD, request.clustering.cluster_selection_method),
        (keys.SELECTION_EPSILON, request.clustering.cluster_selection_epsilon),
        (keys.MAX_CLUSTER_SIZE, request.clustering.max_cluster_size),
    ]


def _reset(default: MapRequest) -> None:
    for key, value in values(default):
        if key in st.session_state:  # small collections show fewer sliders
            st.session_state[key] = value


def colors(dataset: Dataset) -> dict[str, str]:
    """Return what a map can be coloured by, in the order of the list -> what people read there."""
    columns = {str(c): str(c) for c in dataset.metadata.columns if str(c) != BY_CLUSTER}
    judged = {name: judged_colors.COLORS[name].title() for name in judged_colors.names(dataset)}
    return {BY_CLUSTER: _("cluster")} | columns | judged


def choose_color(dataset: Dataset) -> str:
    """Show the list of what to colour by and return what is chosen."""
    names = colors(dataset)
    return linked.choice(
        _("Colour by"),
        list(names),
        default=BY_CLUSTER,
        name=names.__getitem__,
        key=keys.COLOR,
        help=_(
            "The clusters of the machine, any column of your own, or how far each image's place can be believed."
        ),
    )
