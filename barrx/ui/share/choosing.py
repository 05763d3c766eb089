"""The saved views in a list to choose from: those changed last, the ones that are searched for, and the one in use."""

from collections import Counter
from collections.abc import Iterable

import streamlit as st

from barrx import views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext, numeral
from barrx.ui import keys
from barrx.ui.share import session
from barrx.views import saved
from barrx.views.saved import Listed

MOST = 200  # in one list: more are slow to send at each run, and nobody reads them


def find(
    dataset: Dataset, place: str, *, chosen: Iterable[object] = (), only_with_tour: bool = False
) -> dict[int, str]:
    """Return the views of a collection to choose from; where they are too many for a list, show a search first.

    Parameters
    ----------
    place : where on the page the list is, for the key of the search
    chosen : ids that are in use now: they stay in the list, whatever is searched for; what is no id is passed over

    Returns
    -------
    dict of id -> name, each name another one
    """
    n = saved.count(dataset.slug, only_with_tour=only_with_tour)
    search = _search(place) if n > MOST else ""
    n_found = saved.count(dataset.slug, search, only_with_tour=only_with_tour) if search else n
    # Where nothing matches there is the list as it was: one of it is in use.
    search = search if n_found else ""
    found = saved.listed(dataset.slug, search, limit=MOST, only_with_tour=only_with_tour)
    if n > MOST:
        _say(n_found)
    opened = None if only_with_tour else session.opened_view(dataset)
    return _names([*found, *_others(dataset, {view.id for view in found}, [*chosen, opened])])


def _search(place: str) -> str:
    text = st.text_input(
        _("Search the views"),
        key=keys.of(keys.CHOOSE_VIEW, place),
        placeholder=_("Name, author or note"),
        max_chars=views.MAX_NAME,
    )
    return text or ""


def _say(n: int) -> None:
    if n > MOST:
        text = _("{n} views; the list has the {most} changed last. Search for another one.")
        st.caption(text.format(n=numeral(n), most=MOST))
    elif n:
        text = ngettext("{n} view matches; the list has it.", "{n} views match; the list has them.", n)
        st.caption(text.format(n=numeral(n)))
    else:
        st.caption(_("No view matches."))


def _others(dataset: Dataset, here: set[int], wanted: Iterable[object]) -> list[Listed]:
    """Return the views of a collection that are wanted too; those that were removed meanwhile are passed over."""
    found: dict[int, Listed] = {}
    for id in wanted:
        if type(id) is not int or id in here or id in found:
            continue
        try:
            view = saved.get(id)
        except BarrxError:
            continue
        if view.slug == dataset.slug:
            found[id] = view
    return list(found.values())


def _names(found: list[Listed]) -> dict[int, str]:
    # A select box knows its options by what they are called.
    times = Counter(view.name for view in found)
    several = _("{name} (view {id})")
    return {
        view.id: view.name if times[view.name] == 1 else several.format(name=view.name, id=view.id)
        for view in found
    }
