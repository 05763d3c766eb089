"""What a session remembers, and what all sessions share. Nothing else writes derived session state."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from barrx import datasets
from barrx.cliff import Point
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import keys
from barrx.workers import Job, Pool

_LAST_MAP = "_last_map"
_BEFORE = "_before"
_LAST_CLIFF = "_last_cliff"
_AWAITED = "_awaited"
_PICTURE = "_picture"
_NOTICE = "_notice"
_SELECTED = "_selected"
_WARM_AFTER = 2.0  # seconds: the browser draws the first map meanwhile


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """Return the worker processes of this server."""
    return Pool(_is_present)


def _is_present(session: str) -> bool:
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


def warm_up() -> None:
    """Have the map workers start and compile once, when the first page is on screen."""
    pool().warm(after=_WARM_AFTER)


def session_id() -> str:
    """Return what tells this session from the others, "" outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


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


def last_map(collection: Dataset, encoder: str) -> Map | None:
    """Return the map that was on screen, if it shows the same pictures."""
    last: Map | None = st.session_state.get(_LAST_MAP)
    if last is None or (last.request.slug, last.request.encoder) != (collection.slug, encoder):
        return None
    return last if len(last.coordinates) == len(collection.filenames) else None


def await_job(job: Job | None) -> None:
    """Remember which job this session is waiting for, if any."""
    st.session_state[_AWAITED] = job


def awaited(job: Job) -> bool:
    """Tell whether this session was waiting for a job."""
    return st.session_state.get(_AWAITED) is job


def remember_cliff(points: Sequence[Point]) -> None:
    """Keep the cliff chart on screen, to be shown faint while the next map is computed."""
    st.session_state[_LAST_CLIFF] = points


def last_cliff() -> Sequence[Point]:
    """Return the points of the cliff chart that was on screen."""
    points: Sequence[Point] = st.session_state.get(_LAST_CLIFF, ())
    return points


# --- the picture that was clicked -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Picked:
    collection: str
    index: int


def pick(collection: Dataset, index: int | None) -> None:
    """Remember the picture whose card is shown; None closes the card."""
    if index is None or not 0 <= index < len(collection.filenames):
        st.session_state.pop(_PICTURE, None)
    else:
        st.session_state[_PICTURE] = _Picked(collection.fingerprint, index)


def picked(collection: Dataset) -> int | None:
    """Return the picture whose card is shown, if it is of this collection."""
    last: _Picked | None = st.session_state.get(_PICTURE)
    return last.index if last is not None and last.collection == collection.fingerprint else None


def choose_lines(label: str) -> None:
    """Show the switch for lines from that picture to its nearest ones."""
    st.toggle(label, key=keys.CARD_LINES, persist_state="session")


def shows_lines() -> bool:
    """Tell whether lines to the nearest pictures are asked for."""
    return bool(st.session_state.get(keys.CARD_LINES, False))


# --- the pictures that are selected -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Selected:
    collection: str
    indexes: list[int]
    revision: str


def select(collection: Dataset, indexes: Sequence[int]) -> None:
    """Select pictures on the map, whatever was selected there before."""
    st.session_state[_SELECTED] = _Selected(collection.fingerprint, list(indexes), secrets.token_hex(4))


def selected(collection: Dataset) -> tuple[list[int], str] | None:
    """Return the pictures selected last, and a name of this selection; None for those of another collection."""
    last: _Selected | None = st.session_state.get(_SELECTED)
    if last is None or last.collection != collection.fingerprint:
        return None
    return last.indexes, last.revision


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
    for key in (keys.ENCODER, keys.N_NEIGHBORS, keys.MIN_CLUSTER_SIZE, keys.MIN_SAMPLES, keys.COLOR):
        st.session_state.pop(key, None)
    st.session_state[keys.DATASET] = slug


def forget_collection(slug: str) -> None:
    """Go back to the demo if a collection that was removed is the one Explore would show."""
    if st.session_state.get(keys.DATASET) == slug:
        open_collection(datasets.DEMO_SLUG)
