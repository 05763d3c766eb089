"""A tour on the whole screen: the view's own map flies from stop to stop; nothing is computed for it."""

from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from barrx import datasets, markdown
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.errors import BarrxError, ViewsError
from barrx.i18n import _
from barrx.ui import brought_out, chosen_color, coloring, component, keys, navigation, rerun, routes
from barrx.ui.coloring import Coloring
from barrx.ui.map import ClusterMark, MapOptions, image_map
from barrx.ui.share import session
from barrx.ui.text import plain
from barrx.views import SavedView, saved, tours
from barrx.views.tours import Stop

_HERE = Path(__file__).parent
_HEIGHT = 2000  # as high as the screen has room for
_LONG = (
    250  # characters of a text that stands in smaller letters: the keys turn the tour, they scroll nothing
)

_keys = component.of_script(
    "barrx_presenter",
    html='<div class="presenter"></div>',
    css=(_HERE / "presenter.css").read_text(encoding="utf-8"),
    js=(_HERE / "presenter.js").read_text(encoding="utf-8"),
)


def show() -> None:
    """Show the tour of the view that the address names; where it names none, the one that was presented last."""
    asked = st.query_params.get(keys.VIEW, "")
    try:
        # Streamlit's way back to a page leaves out what its address said.
        id = saved.referred(asked).id if asked else session.presented_view()
        if id is None:
            _say_where_tours_are()
            return
        view = saved.load(id)
        stops = tours.stops(view.listed.id)
        if not stops:
            raise ViewsError(_("“{name}” has no tour yet.").format(name=view.listed.name))
        dataset = datasets.load(view.listed.slug)
    except BarrxError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.page_link(navigation.share(), label=_("To the saved views"), icon=":material/share:")
        return
    session.remember_presented_view(view.listed.id)
    _tour(dataset, view, stops)


def _say_where_tours_are() -> None:
    said = _(
        "This page shows the tour of a saved view, and its address names none. Tours are on the page Share, under "
        "“Tour”: choose a view there and press “Present”."
    )
    st.info(said, icon=":material/slideshow:")
    st.page_link(
        navigation.share(),
        label=_("To the tours"),
        icon=":material/share:",
        query_params={keys.SHARE_SECTION: "tour"},
    )


@st.fragment
def _tour(dataset: Dataset, view: SavedView, stops: list[Stop]) -> None:
    """Show the stop where one is; the style of the page arranges what stands in this container."""
    with st.container(key=keys.PRESENTER):
        at = min(session.stop(view.listed.id), len(stops) - 1)
        _map(dataset, view, stops[at], at)
        left, right = st.columns([3, 1], vertical_alignment="center")
        with left:
            stop = stops[at]
            text = markdown.to_html(stop.text, lambda _number, caption: escape(caption))
            kind = "stop long" if len(stop.text) > _LONG else "stop"
            st.html(
                f'<div class="{kind}" dir="auto"><h2>{escape(stop.title)}</h2>{text}{_changed(dataset, view)}</div>'
            )
        with right:
            _take(view, len(stops), at)


def _take(view: SavedView, n: int, at: int) -> None:
    words = {
        "back": _("Back (left arrow, page up)"),
        "next": _("Next (right arrow, page down, space bar)"),
        "whole": _("Whole screen"),
        "end": _("End the tour"),
    }
    told = _keys(
        key=keys.PRESENTER_KEYS,
        data={
            "at": at,
            "place": f"{at + 1} / {n}",
            "n": n,
            "words": words,
        },
        on_go_change=lambda: None,
        on_ended_change=lambda: None,
    )
    go = told.get("go")
    wanted = go.get("to") if isinstance(go, dict) else None
    if type(wanted) is int and 0 <= wanted < n and wanted != at:
        session.go_to_stop(view.listed.id, wanted)
        rerun.fragment()
    if told.get("ended"):
        navigation.go_to(navigation.share())


def _map(dataset: Dataset, view: SavedView, stop: Stop, at: int) -> None:
    is_same = _is_same(dataset, view)
    found = Clustering(view.labels, view.strength)
    colors = chosen_color.of(
        dataset if is_same else None,
        view.seen.request,
        found,
        color=stop.color,
        names=view.said.cluster_names,
        nearest=view.seen.nearest,
    )
    names = coloring.cluster_names(found, view.said.cluster_names)
    numbers, sizes = np.unique(view.labels, return_counts=True)
    size_of = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    image_map(
        _points(f"{view.listed.id}:{view.number}:{stop.color}:{colors.title}", view, colors),
        MapOptions(
            revision=f"{view.listed.id}-{view.number}",
            # Pictures of another state of the collection would stand in wrong places.
            token=routes.sign(dataset.slug, dataset.fingerprint) if is_same else "",
            height=_HEIGHT,
            alt=_("Map of the view “{name}”").format(name=view.listed.name),
            palette=colors.colors,
            legend=colors.legend(),
            legend_title=colors.title,
            legend_others=colors.others,
            legend_chosen=brought_out.chosen(colors, stop.brought_out),
            legend_revision=f"{view.listed.id}:{at}",
            clusters=[ClusterMark(label=n, name=name, size=size_of[n]) for n, name in names.items()],
            style=view.seen.style,
            style_revision=str(view.listed.id),
            camera=stop.camera,
            camera_revision=f"{view.listed.id}:{at}",
        ),
        key=keys.PRESENTER_MAP,
    )


def _is_same(dataset: Dataset, view: SavedView) -> bool:
    return view.seen.fingerprint == dataset.fingerprint


def _changed(dataset: Dataset, view: SavedView) -> str:
    """Return why a tour has no images, as HTML; "" for one that has."""
    if _is_same(dataset, view):
        return ""
    said = _("“{title}” has changed since this view was saved: its map is shown without images, by clusters.")
    return f'<p class="changed-since">{escape(said.format(title=dataset.title))}</p>'


@st.cache_resource(show_spinner=False, max_entries=4)
def _points(version: str, _view: SavedView, _colors: Coloring) -> pd.DataFrame:
    return _colors.points(_view.coordinates, Clustering(_view.labels, _view.strength))
