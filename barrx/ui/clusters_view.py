"""The clusters page: every cluster of a map as a row, and one of them opened with all its pictures."""

from html import escape

import streamlit as st

from barrx import cluster_rows, roles, views
from barrx.cluster_rows import ClusterRow
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.i18n import _, numeral
from barrx.pipeline import Map, MapRequest
from barrx.ui import (
    cluster_link,
    cluster_table,
    coloring,
    figures,
    finished_map,
    gallery,
    inspector,
    keys,
    linked,
    navigation,
    verdict_panel,
)
from barrx.ui.errors import reported, toasted
from barrx.ui.share import kept
from barrx.ui.text import plain, rounded_down, shortened
from barrx.ui.tune import stable
from barrx.ui.tune.stable import Return

_HALF_SHOWN = 80  # characters of a verdict where another one stands beside it


def show(dataset: Dataset, request: MapRequest) -> None:
    """Show the clusters of a map; while it is computed, those of the one before it."""
    with st.sidebar:
        mix = _choose_mix(dataset)
    finished_map.show(dataset, request, lambda finished, dimmed: _area(dataset, finished, mix, dimmed=dimmed))


def _area(dataset: Dataset, finished: Map, mix: str, *, dimmed: bool) -> None:
    figures.strip(figures.of_map(finished))
    if dimmed:
        st.caption(
            _("These are the clusters of the map before; the new ones come as soon as it is computed.")
        )
        returns = None
    else:
        returns = stable.panel(dataset, finished, views.cluster_names(dataset, finished.clustering.labels))

    @st.fragment
    @reported
    def area() -> None:
        rows = _rows(f"{finished.revision}:{mix}", dataset, finished, mix)
        names = views.cluster_names(dataset, finished.clustering.labels)
        opened = cluster_link.asked_for(finished.clustering)
        if opened is None:
            _table(dataset, finished, rows, names, (mix, returns))
        else:
            _detail(dataset, finished, rows, names, (opened, returns))

    area()


@st.cache_resource(show_spinner=False, max_entries=8)
def _rows(version: str, _dataset: Dataset, _finished: Map, mix: str) -> list[ClusterRow]:
    category = _dataset.metadata[mix] if mix else None
    return cluster_rows.of_map(_finished.coordinates, _finished.clustering, category)


def _choose_mix(dataset: Dataset) -> str:
    """Let people choose of which column the mixes are; the creators' are the last one would look at."""
    creator = roles.column_for("creator", dataset.metadata.columns)
    columns = sorted(roles.categorical(dataset.metadata), key=lambda name: name == creator)
    if not columns:
        return ""
    return linked.choice(_("Mix of"), columns, default=columns[0], name=str, key=keys.MIX)


# --- all of them ------------------------------------------------------------------------------------------


def _table(
    dataset: Dataset,
    finished: Map,
    rows: list[ClusterRow],
    names: dict[int, str],
    shown: tuple[str, dict[int, Return] | None],
) -> None:
    mix, returns = shown
    verdicts = _verdicts(dataset, finished)
    more = {_("Verdict"): verdicts} if verdicts else {}

    @toasted
    def rename(number: int, name: str) -> None:
        views.name_cluster(dataset, cluster_rows.members(finished.clustering, number), name)

    cluster_table.show(
        dataset,
        rows,
        names,
        mix=mix,
        returns=returns,
        key=keys.CLUSTERS,
        more=more,
        on_open=cluster_link.open_on_page,
        on_rename=rename,
    )


def _verdicts(dataset: Dataset, finished: Map) -> dict[int, str]:
    """Return what is said to clusters; where the opened view keeps something else, that too."""
    given = views.verdicts.of_clusters(dataset, finished.clustering.labels)
    said = {number: views.verdicts.in_words((one.opinion, one.note)) for number, one in given.items()}
    for one in kept.verdicts(dataset, finished):
        if isinstance(one.about, int):
            said[one.about] = _("{now} (kept with the view: {before})").format(
                now=shortened(views.verdicts.in_words(one.now), _HALF_SHOWN),
                before=shortened(views.verdicts.in_words(one.before), _HALF_SHOWN),
            )
    return said


# --- one of them ------------------------------------------------------------------------------------------


def _detail(
    dataset: Dataset,
    finished: Map,
    rows: list[ClusterRow],
    names: dict[int, str],
    shown: tuple[int, dict[int, Return] | None],
) -> None:
    number, returns = shown
    at = next(i for i, row in enumerate(rows) if row.number == number)
    row = rows[at]
    members = cluster_rows.members(finished.clustering, number)
    before, after = rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None
    _bar(before, after)
    named = (
        f"{cluster_table.label(number)} · {names[number]}" if number in names else cluster_table.label(number)
    )
    st.subheader(plain(named[:1].upper() + named[1:]), anchor=False)
    st.html(f'<p class="hint">{escape(_summary(row))}</p>')
    if returns is not None and number in returns:
        st.html(f'<p class="hint">{escape(stable.told(returns[number]))}</p>')
    if number != NOISE:
        reported(verdict_panel.on_cluster)(dataset, finished, number)
    with st.container(key=keys.CLUSTER_ON_MAP):
        # A link, not a button: switching the page from Python would lose what sliders have put into the address.
        st.page_link(
            navigation.explore(),
            label=_("Show on the map"),
            icon=":material/scatter_plot:",
            query_params={k: v for k, v in st.query_params.to_dict().items() if k != keys.MIX},
        )
    with st.container(key=keys.CLUSTER_DETAIL):
        left, right = st.columns([3, 1], gap="medium")
        with left:
            notes = (
                [] if number == NOISE else [numeral(s, ".2f") for s in finished.clustering.strength[members]]
            )
            gallery.paged(
                dataset,
                members.tolist(),
                notes=notes,
                key=keys.of(keys.CLUSTER_WALL, cluster_link.address_of(number)),
            )
        with right:
            inspector.show(
                dataset,
                finished,
                coloring.cluster_names(finished.clustering, names),
                beside=members.tolist(),
                on_map=False,
            )


def _bar(before: ClusterRow | None, after: ClusterRow | None) -> None:
    with st.container(horizontal=True):
        st.button(
            _("All clusters"),
            key=keys.ALL_CLUSTERS,
            on_click=cluster_link.open_on_page,
            args=(None,),
            icon=":material/arrow_back:",
        )
        for key, label, row, icon in (
            (keys.CLUSTER_BEFORE, _("Previous"), before, ":material/chevron_left:"),
            (keys.CLUSTER_AFTER, _("Next"), after, ":material/chevron_right:"),
        ):
            number = row.number if row is not None else None
            st.button(
                label,
                key=key,
                on_click=cluster_link.open_on_page,
                args=(number,),
                icon=icon,
                disabled=row is None,
            )


def _summary(row: ClusterRow) -> str:
    parts = [
        _("{n} images").format(n=numeral(row.size)),
        _("{share:.1%} of the collection").format(share=row.share),
    ]
    if row.strength is not None:
        parts.append(_("mean membership strength {strength:.2f}").format(strength=row.strength))
    parts += [f"{value} {numeral(rounded_down(share), '.0%')}" for value, share in row.mix]
    return " · ".join(parts)
