"""The tune page: what to try, how far it is, what is recommended, the wall, the heat map."""

from html import escape
from typing import Final

import streamlit as st

from barrx import export, projection
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.judgement.recommendation import Recommendation
from barrx.ui import categories, coloring, downloads, keys, own_links
from barrx.ui.coloring import Coloring
from barrx.ui.errors import reported
from barrx.ui.text import plain
from barrx.ui.tune import form, heat, measures, progress, results, wall
from barrx.ui.tune.results import Results

_EVERY: Final = 1.5  # seconds between two looks at what has been finished
_CLUSTERS, _CATEGORY = "clusters", "category"
_NAMED: Final = 3  # recommended settings that are said in words


def show(dataset: Dataset, encoder: Encoder) -> None:
    """Show the page of a collection that is embedded."""
    if len(dataset.filenames) < projection.MIN_IMAGES:
        st.info(
            _("UMAP needs {least} images or more. There is nothing to tune here.").format(
                least=projection.MIN_IMAGES
            )
        )
        return
    with st.sidebar:
        category = categories.choose_column(dataset)
        color = _choose_color(dataset, category)
    st.html(f'<p class="lede">{escape(_lede())}</p>')
    try:
        request = form.choose(dataset, encoder, category)
    except ParameterError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    progress.show(dataset, results.load(dataset, request))

    @st.fragment(run_every=_EVERY if progress.is_running(dataset, request) else None)
    @reported
    def area() -> None:
        """Show what has been finished, again and again while more is on its way."""
        _results(dataset, results.load(dataset, request), color)

    area()


def _lede() -> str:
    return _(
        "UMAP and HDBSCAN always draw something. Here many settings are tried, each is measured, and they hang side "
        "by side: believe what comes back in many of them."
    )


def _choose_color(dataset: Dataset, category: str | None) -> str | None:
    """Return the column whose categories colour the maps; None for the clusters of each."""
    if category is None:
        return None
    names = {_CLUSTERS: _("Clusters"), _CATEGORY: category}
    chosen = st.segmented_control(
        _("Colour the maps by"),
        list(names),
        format_func=lambda one: plain(names[one]),
        default=_CLUSTERS,
        key=keys.WALL_COLOR,
        required=True,
        persist_state="session",
    )
    return category if chosen == _CATEGORY else None


# --- what there is ----------------------------------------------------------------------------------------


def _results(dataset: Dataset, found: Results, color: str | None) -> None:
    if not found.entries:
        st.caption(_("The maps appear here one by one, as soon as a sweep is started."))
        return
    shown = measures.comparable(measures.measures(found.request.category), found)
    ranked = found.ranked()
    query = own_links.language()
    if color is not None:
        query[keys.COLOR] = _in_explore(dataset, color)
    _recommended(found, ranked, query)
    _download(dataset, found)
    wall.show(found, ranked, shown, coloring=_coloring(dataset, color), query=query)
    heat.show(found, shown, query)


def _coloring(dataset: Dataset, color: str | None) -> Coloring | None:
    return None if color is None else coloring.by_column(dataset.metadata, color)


def _in_explore(dataset: Dataset, color: str) -> str:
    """Return the column by which Explore colours its map: the dates, where the wall is coloured by their decades."""
    return color if color in dataset.metadata else "year"


def _recommended(found: Results, ranked: list[Recommendation], query: dict[str, str]) -> None:
    if not ranked:
        st.warning(
            _("No setting gives two clusters or more. Try a smaller min_cluster_size."),
            icon=":material/info:",
        )
        return
    begin = _("Begin with {setting}") if found.is_whole else _("Up to now: {setting}")
    best, *others = ranked[:_NAMED]
    rest = "".join(
        f"<li>{escape(found.named(one.number))}: {escape(one.reason)}.</li>"
        for one in others
        if found.is_whole
    )
    st.html(
        '<div class="recommended" dir="auto">'
        f"<p>{escape(begin.format(setting=found.named(best.number)))}</p>"
        f"<p>{escape(best.reason[:1].upper() + best.reason[1:])}.</p>"
        + (f'<ol start="2">{rest}</ol>' if rest else "")
        + "</div>"
    )
    st.caption(
        _(
            "The numbers on the maps are the places of the recommendation; maps with the very same clusters have one "
            "place. A map opens in Explore with its setting."
        )
    )


def _download(dataset: Dataset, found: Results) -> None:
    downloads.button(
        _("Download the figures"),
        # Made when it is asked for: only then is looked for what other pages have found out meanwhile.
        lambda: export.to_csv(found.table(dataset)).encode("utf-8-sig"),
        file_name=f"{dataset.slug}-sweep.csv",
        mime="text/csv",
        key=keys.DOWNLOAD_SWEEP,
        help=_("One row a setting (CSV), as python -m barrx sweep writes it."),
    )
