"""The categories page: where machine and catalogue agree, where not, and whether to believe the map."""

from collections.abc import Callable

import streamlit as st

from barrx import facets, roles
from barrx.datasets import Dataset
from barrx.i18n import _
from barrx.judgement import values
from barrx.pipeline import Map, MapRequest
from barrx.ui import figures, finished_map, keys, linked
from barrx.ui.categories import (
    agreement_view,
    belief_view,
    explanations_view,
    influences_view,
    portraits_view,
)

_LEAST_IMAGES = 3


def choose_column(dataset: Dataset) -> str | None:
    """Show the list of columns to compare the clusters with; None if there is none."""
    options = columns(dataset)
    if not options:
        return None
    return linked.choice(
        _("Compare the clusters with"),
        options,
        default=options[0],
        name=lambda name: name[:80],
        key=keys.COMPARE,
        help=_("A column whose values put images into groups. Cells with several values count for each."),
    )


def columns(dataset: Dataset) -> list[str]:
    """Return the columns that can be compared with clusters, the likeliest first; decades of the dates at the end."""
    found = facets.categories(dataset)
    creator = roles.column_for("creator", dataset.metadata.columns)
    first = [name for name in roles.categorical(dataset.metadata) if name in found and name != creator]
    decades = [values.DECADE] if values.has_decades(dataset.metadata) else []
    return list(dict.fromkeys([*first, *found, *decades]))


def show(dataset: Dataset, request: MapRequest, column: str | None) -> None:
    """Show what is to be said of the clusters of a map; while it is computed, of the one before it."""
    finished_map.show(
        dataset, request, lambda finished, dimmed: _area(dataset, finished, column, dimmed=dimmed)
    )


def _area(dataset: Dataset, finished: Map, column: str | None, *, dimmed: bool) -> None:
    figures.strip(figures.of_map(finished))
    if len(dataset.filenames) < _LEAST_IMAGES:
        st.info(_("There is nothing to compare yet: it takes three images or more."))
        return
    names = _names()
    view = linked.choice(
        _("What to look at"),
        list(names),
        default="agreement",
        name=lambda name: names[name],
        key=keys.LOOK_AT,
        as_buttons=True,
    )
    if view == "belief":
        belief_view.show(dataset, finished, dimmed=dimmed)
    elif view == "explanations":
        explanations_view.show(dataset, finished, column, dimmed=dimmed)
    elif column is None:
        st.info(
            _(
                "This collection has no column whose values put images into groups, so there is nothing to compare "
                "the clusters with. Add it again with a table (metadata.csv) that has one, such as movement or "
                "creator. “Other explanations” and “Can I believe this map?” need none."
            ),
            icon=":material/table:",
        )
    else:
        _views()[view](dataset, finished, column, dimmed=dimmed)


def _names() -> dict[str, str]:
    return {
        "agreement": _("Agreement"),
        "categories": _("Categories"),
        "clusters": _("Clusters"),
        "explanations": _("Other explanations"),
        "belief": _("Can I believe this map?"),
        "influences": _("Influences"),
    }


def _views() -> dict[str, Callable[..., None]]:
    return {
        "agreement": agreement_view.show,
        "categories": portraits_view.show_categories,
        "clusters": portraits_view.show_clusters,
        "influences": influences_view.show,
    }
