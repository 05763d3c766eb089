"""The card of one picture: picture and row, nearest neighbours in the embedding, others of its kind."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import facets, roles
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import Map
from barrx.ui import gallery, keys, lightbox, nearby, place_facts, state, verdict_panel
from barrx.ui.errors import reported
from barrx.ui.text import apart_at_sight, plain

_NEIGHBORS = 10
_OTHERS = 6  # of a kind that are shown; the rest is counted


def show(
    dataset: Dataset,
    finished: Map,
    names: Mapping[int, str],
    *,
    beside: Sequence[int] = (),
    on_map: bool = True,
) -> None:
    """Show the card of the picture that was clicked, or how to get one.

    Parameters
    ----------
    names : of the clusters, by their number
    beside : pictures to leaf through in the lightbox, such as the selection; none: the nearest ones
    on_map : there is a map beside the card, to draw lines and select on
    """
    index = state.picked(dataset)
    if index is None:
        st.html(f'<p class="hint">{escape(_hint(on_map))}</p>')
        return
    found = nearby.of(dataset, finished, index, _NEIGHBORS)
    others = found.indices[0, 1:].tolist()
    lightbox.card(
        dataset,
        index,
        facts=_facts(dataset, finished, index, names),
        beside=list(beside) or [index, *others],
        key=keys.CARD,
        click=state.click_in_wall(dataset),
        reveal=not on_map,
    )
    st.button(
        _("Close"),
        key=keys.CLEAR_PICTURE,
        on_click=state.pick,
        args=(dataset, None),
        icon=":material/close:",
        type="tertiary",
    )
    reported(verdict_panel.on_picture)(dataset, finished, index)
    notes = [numeral(distance, ".3f") for distance in found.distances[0, 1:]]
    _nearest(dataset, finished, others, notes, on_map=on_map)
    _same_creator(dataset, index, on_map=on_map)
    _same_category(dataset, index, on_map=on_map)


def lines(dataset: Dataset, finished: Map) -> list[tuple[int, int]]:
    """Return the lines to draw on the map: from the picture of the card to its nearest in the embedding, if asked."""
    index = state.picked(dataset)
    if index is None or not state.shows_lines():
        return []
    others = nearby.of(dataset, finished, index, _NEIGHBORS).indices[0, 1:]
    return [(index, int(other)) for other in others]


def _hint(on_map: bool) -> str:
    if on_map:
        return _("Click an image on the map to see its card. Draw a box to gather several.")
    return _("Click an image to see its card.")


def _facts(dataset: Dataset, finished: Map, index: int, names: Mapping[int, str]) -> dict[str, str]:
    label = int(finished.clustering.labels[index])
    facts = {
        _("cluster on the map"): _("noise") if label < 0 else names[label],
        _("membership strength"): numeral(finished.clustering.strength[index], ".2f"),
        _("file"): dataset.filenames[index],
    }
    row = dataset.metadata.iloc[index]
    facts |= place_facts.of(dataset, finished, index)
    return facts | {
        # A column that is called like one of ours is another fact.
        f"{name}_metadata" if name in facts else str(name): roles.shown(value)
        for name, value in row.items()
        if roles.shown(value) not in ("", facts[_("file")])
    }


# --- others -----------------------------------------------------------------------------------------------


def _nearest(
    dataset: Dataset, finished: Map, others: Sequence[int], notes: Sequence[str], *, on_map: bool
) -> None:
    if not others:
        return
    st.markdown("**" + _("Nearest in the embedding") + "**")
    st.caption(
        _("{metric} distance of the vectors, whatever the map shows").format(
            metric=finished.request.projection.metric
        )
    )
    if on_map:
        state.choose_lines(_("Show on the map"))
    gallery.wall(dataset, others, notes=notes, key=keys.CARD_NEIGHBORS)


def _same_creator(dataset: Dataset, index: int, *, on_map: bool) -> None:
    column = roles.column_for("creator", dataset.metadata.columns)
    if column is None:
        return
    values, same = same_as(dataset, index, column)
    if len(same) < 2:
        return
    st.markdown("**" + _("By the same creator") + "**")
    _kind(dataset, index, same, values, "creator", on_map)


def _same_category(dataset: Dataset, index: int, *, on_map: bool) -> None:
    creator = roles.column_for("creator", dataset.metadata.columns)
    columns = [name for name in roles.categorical(dataset.metadata) if name != creator]
    if not columns:
        return
    if len(columns) == 1:
        column = columns[0]
        st.markdown("**" + _("Others with the same {column}").format(column=plain(column)) + "**")
    else:
        column = (
            st.selectbox(
                _("Others with the same"),
                columns,
                format_func=apart_at_sight({name: name for name in columns}).__getitem__,
                key=keys.CARD_COLUMN,
                persist_state="session",
                width="stretch",
            )
            or columns[0]
        )
    values, same = same_as(dataset, index, column)
    if not values:
        st.caption(_("This image has no value there."))
        return
    _kind(dataset, index, same, values, "category", on_map)


def same_as(dataset: Dataset, index: int, column: str) -> tuple[str, NDArray[np.intp]]:
    """Return the values of a picture in a column, and the pictures that have one of them, as filters find them.

    A cell such as "moon|space" has two values. Where there is none, the text is "" and no picture is found.
    """
    found = facets.category(dataset, column)
    own = [code for code in found.values[found.rows == index] if found.names[code] != facets.NO_VALUE]
    same = np.unique(found.rows[np.isin(found.values, own)]).astype(np.intp)
    return _(" or ").join(found.names[code] for code in own), same


def _kind(dataset: Dataset, index: int, same: NDArray[np.intp], value: str, kind: str, on_map: bool) -> None:
    """Show some of the pictures that share a value, and let all of them be selected."""
    count = ngettext("{n} image", "{n} images", len(same)).format(n=numeral(len(same)))
    st.caption(f"{plain(value[:200])} · {count}")
    others = [int(i) for i in same if i != index][:_OTHERS]
    if others:
        gallery.wall(dataset, others, key=keys.of(keys.CARD_OTHERS, kind))
    if on_map:
        st.button(
            _("Select them"),
            key=keys.of(keys.SELECT_OTHERS, kind),
            on_click=state.select,
            args=(dataset, same.tolist()),
            icon=":material/select_all:",
            type="tertiary",
        )
