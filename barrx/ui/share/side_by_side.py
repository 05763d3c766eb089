"""Two views of one collection side by side: one selection, one pointer, and what differs between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from barrx import comparison, encoders, identity, views
from barrx.clustering import Clustering
from barrx.comparison import Comparison
from barrx.datasets import Dataset
from barrx.errors import BarrxError, EncoderError
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import MapRequest
from barrx.projection import Coordinates
from barrx.ui import changes, coloring, figures, gallery, keys, look_state, routes, state
from barrx.ui.errors import reported
from barrx.ui.map import ClusterMark, MapEvents, MapOptions, image_map
from barrx.ui.share import choosing, present, session
from barrx.ui.text import plain, told_apart
from barrx.views import Style, references, saved

_PRESENT = 0  # stands for what Explore shows; the ids of views begin with 1
_MOST_MOVED = 24
_SAID = 8
_STILL = 0.0005  # of the map's width: a way that reads as 0.0 %
_LOOKED_AT = 8  # views, for two maps to begin with that differ
_HEIGHT = 460


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two maps: its name for people, what made it and how it is drawn, and a version of its points."""

    name: str
    request: MapRequest
    style: Style
    coordinates: Coordinates
    clustering: Clustering
    version: str


def show(dataset: Dataset) -> None:
    """Show the choice of two views, and the two."""
    _arrive()
    names = {_PRESENT: _("What Explore shows")}
    in_use = [st.session_state.get(key) for key in (keys.COMPARE_ONE, keys.COMPARE_OTHER)]
    names = told_apart(names | choosing.find(dataset, "compare", chosen=in_use))
    if len(names) < 2:
        st.info(_("Save a view first: it can be compared with another one, or with what Explore shows."))
        return
    ids = list(names)
    left, right = st.columns(2)
    with left:
        one = _choose(_("Left"), names, keys.COMPARE_ONE, lambda: _another_map(dataset, ids[1:]))
    with right:
        other = _choose(_("Right"), names, keys.COMPARE_OTHER, lambda: _PRESENT)
    sides = _side(dataset, one, names), _side(dataset, other, names)
    if sides[0] is None or sides[1] is None:
        return
    _compared(dataset, sides[0], sides[1])


def _choose(label: str, names: Mapping[int, str], key: str, default: Callable[[], int]) -> int:
    if st.session_state.get(key) not in names:
        st.session_state[key] = default()
    chosen = st.selectbox(label, list(names), key=key, format_func=names.__getitem__, persist_state="session")
    _follow(key, int(chosen))
    return int(chosen)


def _another_map(dataset: Dataset, ids: Sequence[int]) -> int:
    """Return the view that was opened, else the newest, that shows another map than Explore does, if one does."""
    shown, opened = present.of(dataset), session.opened_view(dataset)
    ids = sorted(ids, key=lambda id: id != opened)
    others = (id for id in ids[:_LOOKED_AT] if shown is None or _is_another(id, shown.seen.request))
    return next(others, ids[0])


def _is_another(id: int, request: MapRequest) -> bool:
    try:
        return saved.load(id).seen.request != request
    except BarrxError:  # of a newer version, or damaged: said if it is chosen
        return False


def _arrive() -> None:
    """Take over the two views that the address asks for, if nothing has been chosen in this session yet."""
    for key in (keys.COMPARE_ONE, keys.COMPARE_OTHER):
        if key in st.session_state or key not in st.query_params:
            continue
        try:
            st.session_state[key] = saved.referred(st.query_params[key]).id
        except BarrxError as error:
            st.warning(plain(str(error)), icon=":material/link_off:")
            del st.query_params[key]


def _follow(key: str, id: int) -> None:
    """Have the address name a view; what Explore shows has no name, and another browser shows something else."""
    wanted = None if id == _PRESENT else references.of(saved.get(id))
    if wanted is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != wanted:
        st.query_params[key] = wanted


def _side(dataset: Dataset, id: int, names: Mapping[int, str]) -> Side | None:
    if id == _PRESENT:
        shown = present.of(dataset)
        if shown is None:
            st.info(_("There is no map of this collection yet. Explore makes one."), icon=":material/map:")
            return None
        found = shown.finished
        return Side(
            names[id], found.request, look_state.style(), found.coordinates, found.clustering, found.revision
        )
    view = saved.load(id)
    if view.filenames != dataset.filenames or view.sha256 != dataset.sha256:
        st.warning(
            plain(
                _(
                    "“{name}” shows other images than the collection has now, so it cannot be compared."
                ).format(name=names[id])
            ),
            icon=":material/difference:",
        )
        return None
    clusters = Clustering(view.labels, view.strength)
    return Side(
        names[id], view.seen.request, view.seen.style, view.coordinates, clusters, f"{id}-{view.number}"
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _comparison(versions: tuple[str, str], _one: Side, _other: Side) -> Comparison:
    return comparison.compare(
        (_one.coordinates, _one.clustering.labels), (_other.coordinates, _other.clustering.labels)
    )


def _compared(dataset: Dataset, one: Side, other: Side) -> None:
    found = _comparison((one.version, other.version), one, other)
    # As one of the two: turned to lie over it, its clusters numbered as there.
    turned = replace(
        other,
        coordinates=found.coordinates,
        clustering=Clustering(found.labels, other.clustering.strength),
        version=f"{other.version}-over-{one.version}",
    )
    _say(dataset, found, (one, turned))

    @st.fragment
    @reported
    def maps() -> None:
        """Show both maps: what is done on one is run for both, without the rest of the page."""
        columns = st.columns(2)
        events = []
        for column, side, key in zip(
            columns, (one, turned), (keys.COMPARED_ONE, keys.COMPARED_OTHER), strict=True
        ):
            with column:
                st.caption(plain(f"{side.name}: {_made_by(side.request)}"))
                events.append(_map(dataset, side, key))
        _take(dataset, events)
        _below(dataset, found)

    maps()


def _say(dataset: Dataset, found: Comparison, sides: tuple[Side, Side]) -> None:
    if not found.changes and found.stayed == 1 and found.moved.max() < _STILL:
        st.info(
            _("Both sides show the same map. Choose another view on one of them."), icon=":material/equal:"
        )
        return
    moved = float(np.median(found.moved))
    figures.strip(
        {
            _("agreement of the clusters (adjusted Rand)"): numeral(found.rand, ".2f"),
            _("of the images in the same cluster"): numeral(found.stayed, ".0%"),
            _("of the map’s width moved by half of the images"): numeral(moved, ".1%"),
        }
    )
    if not found.changes:
        st.caption(_("No cluster split, merged or changed much."))
        return
    calls = [changes.calls(views.cluster_names(dataset, side.clustering.labels)) for side in sides]
    shown = [identity.sentence(change, *calls) for change in found.changes[:_SAID]]
    more = len(found.changes) - len(shown)
    if more:
        shown.append(ngettext("{n} more change", "{n} more changes", more).format(n=more))
    st.html(
        '<ul class="changed" dir="auto">' + "".join(f"<li>{escape(text)}</li>" for text in shown) + "</ul>"
    )


def _map(dataset: Dataset, side: Side, key: str) -> MapEvents:
    selection = state.selection(dataset)
    names = coloring.cluster_names(side.clustering, views.cluster_names(dataset, side.clustering.labels))
    numbers, sizes = np.unique(side.clustering.labels, return_counts=True)
    size_of = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    return image_map(
        _points(side.version, side),
        MapOptions(
            revision=side.version,
            token=routes.sign(dataset.slug, dataset.fingerprint),
            height=_HEIGHT,
            alt=_("Map of the view “{name}”").format(name=side.name),
            style=side.style,
            style_revision=f"{side.version} {side.style.to_text()}",
            clusters=[ClusterMark(label=n, name=name, size=size_of[n]) for n, name in names.items()],
            selection=selection.indexes,
            selection_revision=selection.revision,
        ),
        key=key,
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _points(version: str, _side: Side) -> pd.DataFrame:
    labels = _side.clustering.labels
    return pd.DataFrame(
        {
            "x": _side.coordinates[:, 0],
            "y": _side.coordinates[:, 1],
            "colour": labels,
            "cluster": labels,
            "strength": _side.clustering.strength,
        }
    )


def _take(dataset: Dataset, events: list[MapEvents]) -> None:
    """Select on both what was selected on one."""
    now = state.selection(dataset).indexes
    for told in events:
        if told.selection is not None and not np.array_equal(told.selection.pictures, now):
            state.select(dataset, told.selection.pictures)
            st.rerun()


def _below(dataset: Dataset, found: Comparison) -> None:
    order = np.argsort(-found.moved, kind="stable")[:_MOST_MOVED]
    order = order[found.moved[order] >= _STILL]
    selected = state.selection(dataset).indexes
    if len(order):
        st.button(
            ngettext(
                "Select the {n} image that moved most", "Select the {n} images that moved most", len(order)
            ).format(n=len(order)),
            key=keys.COMPARED_MOVED,
            on_click=state.select,
            args=(dataset, order),
            icon=":material/moving:",
        )
    if len(selected):
        ways = selected[np.argsort(-found.moved[selected], kind="stable")]
        notes = [_("moved {share}").format(share=numeral(found.moved[i], ".1%")) for i in ways]
        gallery.paged(dataset, ways.tolist(), notes=notes, key=keys.COMPARED_GALLERY)
    else:
        st.caption(
            _("What is selected on one map is selected on both; the pointer on one marks its image on both.")
        )


def _made_by(request: MapRequest) -> str:
    try:
        encoder = encoders.get(request.encoder).title
    except EncoderError:  # a view of a newer version
        encoder = request.encoder
    placed, cut = request.projection, request.clustering
    return (
        f"{encoder}, n_neighbors {placed.n_neighbors}, min_dist {numeral(placed.min_dist, 'g')}, {placed.metric}, "
        f"min_cluster_size {cut.min_cluster_size}, {cut.cluster_selection_method}"
    )
