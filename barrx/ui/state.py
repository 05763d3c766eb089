"""What a session remembers, and what all sessions share. Nothing but the ``*_state`` modules writes session state."""

import functools
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from barrx import datasets
from barrx.cliff import Point
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import keys
from barrx.views import Appearance
from barrx.workers import Job, Pool

_LAST_MAP = "_last_map"
_BEFORE = "_before"
_LAST_CLIFF = "_last_cliff"
_DRAWN = "_drawn"
_AWAITED = "_awaited"
_PICTURE = "_picture"
_NOTICE = "_notice"
_CARRIED = "_carried"
_SLIDERS = "_sliders"
_WARM_AFTER = 2.0  # seconds: the browser draws its map meanwhile
_SELECTION = "_selection"
_SEARCH = "_search"
_REMOVED = "_removed_group"
_FILTERS_OPEN = "_filters_open"
_WHOLE_PAGE = "_whole_page"
_LANGUAGE = "_language"
_SEEN = "_seen"
_UNSEEN = "_unseen"

_one_at_a_time = threading.Lock()


def pool() -> Pool:
    """Return the worker processes of this server."""
    # Not in Streamlit's cache: any browser may ask to have that cleared, and the workers would be started again.
    with _one_at_a_time:
        return the_pool()


@functools.cache
def the_pool() -> Pool:
    """Make the pool, or return it; without a lock two sessions that come together would have one each."""
    return Pool(_is_present)


def _is_present(session: str) -> bool:
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


def warm_up() -> None:
    """Have the map workers warmed once a page is on screen, unless the server's start has had it done."""
    pool().warm(after=_WARM_AFTER)


def session_id() -> str:
    """Return what tells this session from the others, "" outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


# --- the language -------------------------------------------------------------------------------------------


def keep_language(code: str) -> None:
    """Remember the language of this session."""
    st.session_state[_LANGUAGE] = code


def language() -> str | None:
    """Return the language of this session, None outside of one."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    code: str | None = st.session_state.get(_LANGUAGE)
    return code


# --- the map on screen ------------------------------------------------------------------------------------


def remember_map(finished: Map) -> None:
    """Keep the map on screen, to be shown dimmed while the next one is computed, and what it changed."""
    last: Map | None = st.session_state.get(_LAST_MAP)
    if last is None or last.revision != finished.revision:
        st.session_state[_BEFORE] = last if last is not None and _are_comparable(last, finished) else None
    st.session_state[_LAST_MAP] = finished


def map_before(finished: Map) -> Map | None:
    """Return the map that was on screen before this one, if both show the same pictures."""
    before: Map | None = st.session_state.get(_BEFORE)
    last: Map | None = st.session_state.get(_LAST_MAP)
    return before if last is not None and last.revision == finished.revision else None


def _are_comparable(one: Map, other: Map) -> bool:
    return (one.request.slug, one.embedding_fingerprint) == (other.request.slug, other.embedding_fingerprint)


def last_map(collection: Dataset) -> Map | None:
    """Return the map that was on screen, if it shows the same pictures, by whatever encoder."""
    last: Map | None = st.session_state.get(_LAST_MAP)
    if last is None or last.request.slug != collection.slug:
        return None
    return last if len(last.coordinates) == len(collection.filenames) else None


def await_job(job: Job | None) -> None:
    """Remember which job this session is waiting for, if any."""
    st.session_state[_AWAITED] = job


def awaited(job: Job) -> bool:
    """Tell whether this session was waiting for a job."""
    return st.session_state.get(_AWAITED) is job


def note_drawn_map() -> None:
    """Remember that the browser has drawn a map."""
    st.session_state[_DRAWN] = True


def is_map_drawn() -> bool:
    """Tell whether the browser has drawn a map in this session."""
    return _DRAWN in st.session_state


def remember_cliff(collection: Dataset, encoder: str, points: Sequence[Point]) -> None:
    """Keep the cliff chart on screen, to be shown faint while the next map of the same vectors is computed."""
    st.session_state[_LAST_CLIFF] = (collection.fingerprint, encoder, points)


def last_cliff(collection: Dataset, encoder: str) -> Sequence[Point]:
    """Return the points of the cliff chart that was on screen, none if it was of something else."""
    *made_from, points = st.session_state.get(_LAST_CLIFF, ("", "", ()))
    return points if made_from == [collection.fingerprint, encoder] else ()


# --- the picture that was clicked -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Picked:
    collection: str
    index: int
    click: str


def pick(collection: Dataset, index: int | None, *, in_wall: bool = False) -> None:
    """Remember the picture whose card is shown; None closes the card.

    Parameters
    ----------
    in_wall : it was clicked among many, where the card may be out of sight
    """
    if index is None or not 0 <= index < len(collection.filenames):
        st.session_state.pop(_PICTURE, None)
    else:
        click = secrets.token_hex(4) if in_wall else ""
        st.session_state[_PICTURE] = _Picked(collection.fingerprint, index, click)


def pick_told(collection: Dataset, told: object) -> None:
    """Remember the picture that a component tells; anybody can send anything."""
    if type(told) is int and 0 <= told < len(collection.filenames):
        pick(collection, told)


def picked(collection: Dataset) -> int | None:
    """Return the picture whose card is shown, if it is of this collection."""
    last = _last_picked(collection)
    return None if last is None else last.index


def click_in_wall(collection: Dataset) -> str:
    """Return another name for each click among many that led to the card; "" if it came otherwise."""
    last = _last_picked(collection)
    return "" if last is None else last.click


def _last_picked(collection: Dataset) -> _Picked | None:
    last: _Picked | None = st.session_state.get(_PICTURE)
    return last if last is not None and last.collection == collection.fingerprint else None


def choose_lines(label: str) -> None:
    """Show the switch for lines from that picture to its nearest ones."""
    st.toggle(label, key=keys.CARD_LINES, persist_state="session")


def shows_lines() -> bool:
    """Tell whether lines to the nearest pictures are asked for."""
    return bool(st.session_state.get(keys.CARD_LINES, False))


# --- the pictures that are selected ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Pictures that are selected.

    Attributes
    ----------
    indexes : (k,) int64, ascending
    revision : str
        another one each time the page, not the map, selects: the map then takes it over
    group, view : int or None
        the group, or the saved view, whose pictures these are, as long as nobody has changed the selection since
    drawn : str
        the lines around them, see :mod:`barrx.selection_rules`; "" if they were selected otherwise. Hostile text
    """

    indexes: NDArray[np.int64]
    revision: str = ""
    group: int | None = None
    view: int | None = None
    drawn: str = ""


def select(
    collection: Dataset,
    indexes: Sequence[int] | NDArray[np.integer],
    *,
    group: int | None = None,
    view: int | None = None,
    drawn: str = "",
) -> None:
    """Select pictures on the map, whatever was selected there before."""
    chosen = np.unique(np.asarray(indexes, np.int64))
    keep(_SELECTION, collection, Selection(chosen, secrets.token_hex(4), group, view, drawn))


def keep_selection(collection: Dataset, indexes: NDArray[np.int64], drawn: str = "") -> None:
    """Remember what was selected on the map, and by which lines."""
    last = selection(collection)
    if not np.array_equal(indexes, last.indexes):
        keep(_SELECTION, collection, replace(last, indexes=indexes, group=None, view=None, drawn=drawn))


def selection(collection: Dataset) -> Selection:
    """Return the pictures that are selected; none at first."""
    found: Selection | None = kept(_SELECTION, collection)
    return found if found is not None else Selection(np.empty(0, np.int64))


# --- the search, and what is to be done once -----------------------------------------------------------------


def search_for(collection: Dataset, text: str) -> None:
    """Remember what is searched for."""
    keep(_SEARCH, collection, text)


def search(collection: Dataset) -> str:
    """Return what is searched for, "" for nothing."""
    return kept(_SEARCH, collection) or ""


def ask_for_whole_page() -> None:
    """Ask a fragment to run the whole page."""
    st.session_state[_WHOLE_PAGE] = True


def is_whole_page_asked() -> bool:
    """Tell, once, that the whole page is to run."""
    return bool(st.session_state.pop(_WHOLE_PAGE, False))


def open_filters() -> None:
    """Show the filters from the start: some are set."""
    st.session_state[_FILTERS_OPEN] = True


def filters_open() -> bool:
    """Tell whether the filters are shown from the start."""
    return _FILTERS_OPEN in st.session_state


# --- views that are saved ---------------------------------------------------------------------------------


def keep_seen(collection: Dataset, finished: Map, seen: Appearance) -> None:
    """Remember what Explore shows."""
    keep(_SEEN, collection, (finished, seen))
    expect_map(collection, False)


def expect_map(collection: Dataset, is_expected: bool = True) -> None:
    """Note that Explore is asked for a map that it has not shown yet."""
    keep(_UNSEEN, collection, is_expected)


def is_map_expected(collection: Dataset) -> bool:
    """Tell whether Explore was left before it showed the map it was asked for."""
    return bool(kept(_UNSEEN, collection))


def seen(collection: Dataset) -> tuple[Map, Appearance] | None:
    """Return what Explore showed last, if it was this collection."""
    found: tuple[Map, Appearance] | None = kept(_SEEN, collection)
    return found


# --- groups ------------------------------------------------------------------------------------------------


def remember_removed(collection: Dataset, group: int, name: str) -> None:
    """Remember the group that was removed last, to be brought back."""
    keep(_REMOVED, collection, (group, name))


def removed(collection: Dataset) -> tuple[int, str] | None:
    """Return the group that was removed last, and its name."""
    found: tuple[int, str] | None = kept(_REMOVED, collection)
    return found


def forget_removed() -> None:
    """Offer no undo any more."""
    st.session_state.pop(_REMOVED, None)


def keep(name: str, collection: Dataset, value: Any) -> None:
    """Remember something about a collection in the state it is in; for modules of this kind only."""
    st.session_state[name] = (collection.fingerprint, value)


def kept(name: str, collection: Dataset) -> Any:
    """Return what :func:`keep` remembered, None if nothing, or of another state of the collection."""
    fingerprint, value = st.session_state.get(name, ("", None))
    return value if fingerprint == collection.fingerprint else None


# --- from page to page --------------------------------------------------------------------------------------


def carry(collection: Dataset, names: Sequence[str]) -> None:
    """Let widgets begin with their values of the page before, if it showed the same collection.

    Streamlit does it by itself for what people have moved, not for what an address has set. When people go back to a
    page it sets them to their defaults, whatever the session says, but not in the run after that.
    """
    context = get_script_run_ctx()
    here = context.page_script_hash if context else ""
    page, fingerprint = st.session_state.get(_CARRIED, ("", ""))
    st.session_state[_CARRIED] = (here, collection.fingerprint)
    if page in ("", here) or fingerprint != collection.fingerprint:
        return
    if context is not None and context.is_history_navigation:
        st.session_state.update(st.session_state.get(_SLIDERS, {}))
        # What the browser has been told of the address holds in the next run too: widgets write what is not in it.
        st.query_params.update({})
        st.rerun()
    hold(names)


def keep_sliders(values: Sequence[tuple[str, Any]]) -> None:
    """Remember what the sliders say, for the page that one goes back to."""
    st.session_state[_SLIDERS] = dict(values)


def hold(names: Sequence[str]) -> None:
    """Keep the values of widgets that this page does not show, for the page that does."""
    for name in names:
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]


# --- a notice for the next run ----------------------------------------------------------------------------


def leave_notice(text: str) -> None:
    """Say something once, on the next run of the page."""
    st.session_state[_NOTICE] = text


def take_notice() -> str | None:
    """Return what was left to be said, once."""
    notice: str | None = st.session_state.pop(_NOTICE, None)
    return notice


def open_collection(slug: str) -> None:
    """Make a collection the one that Explore shows, with parameters of its own."""
    for key in (keys.ENCODER, keys.COLOR, *keys.BOUND):
        st.session_state.pop(key, None)
    st.session_state[keys.DATASET] = slug


def forget_collection(slug: str) -> None:
    """Go back to the demo if a collection that was removed is the one Explore would show."""
    if st.session_state.get(keys.DATASET) == slug:
        open_collection(datasets.DEMO_SLUG)
