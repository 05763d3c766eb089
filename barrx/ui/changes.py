"""One quiet line above a map: what became of the clusters since the setting before."""

from collections.abc import Callable, Mapping
from html import escape

import streamlit as st

from barrx import identity, views
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext
from barrx.identity import Change
from barrx.pipeline import Map
from barrx.ui import state

_SHOWN = 3


def line(dataset: Dataset, finished: Map) -> None:
    """Show what changed; the line keeps its place when there is nothing to say."""
    before = state.map_before(finished)
    said = "" if before is None else _said(dataset, before, finished)
    st.html(f'<p class="changes" role="status" dir="auto">{escape(said)}</p>')


@st.cache_data(show_spinner=False, max_entries=64)
def _changes(revisions: tuple[str, str], _before: Map, _after: Map) -> list[Change]:
    return identity.changes(_before.clustering.labels, _after.clustering.labels)


def _said(dataset: Dataset, before: Map, finished: Map) -> str:
    found = _changes((before.revision, finished.revision), before, finished)
    if not found:
        return ""
    was, now = (views.cluster_names(dataset, one.clustering.labels) for one in (before, finished))
    return sentences(found, was, now)


def sentences(found: list[Change], was: Mapping[int, str], now: Mapping[int, str]) -> str:
    """Return the changes that concern the most pictures in words, and how many more there are.

    Parameters
    ----------
    was, now : what people call a cluster of each setting, where it has a name there: a name may not go with its number
    """
    shown = [identity.sentence(change, calls(was), calls(now)) for change in found[:_SHOWN]]
    more = len(found) - len(shown)
    if more:
        shown.append(ngettext("{n} more change", "{n} more changes", more).format(n=more))
    text = " · ".join(shown)
    return text[:1].upper() + text[1:]


def calls(names: Mapping[int, str]) -> Callable[[int], str]:
    """Return what gives a cluster's name in quotation marks, its number where it has none."""
    return lambda number: _("“{name}”").format(name=names[number]) if number in names else str(number)
