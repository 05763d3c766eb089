"""What a session remembers of answers, verdicts and arrows: the part of :mod:`barrx.ui.state` that judging needs."""

from typing import Any

import streamlit as st

from barrx.datasets import Dataset
from barrx.workers import Job

_JUDGED = "_judged:"
_ASKED = "_asked"
_REFUSED = "_refused:"
_TAKEN_BACK = "_taken_back"
_TO_CHOOSE = "_to_choose:"
_UPLOADS = "_uploads"


def remember_judged(collection: Dataset, part: str, judged: Any) -> None:
    """Keep the answer on screen, to be shown faint while the next one is computed."""
    st.session_state[_JUDGED + part] = (collection.fingerprint, judged)


def last_judged(collection: Dataset, part: str) -> Any:
    """Return the answer that was on screen for a part, None for none."""
    fingerprint, judged = st.session_state.get(_JUDGED + part, ("", None))
    return judged if fingerprint == collection.fingerprint else None


def choose(widget: str, value: object) -> None:
    """Have a list show another choice when it is shown next."""
    st.session_state[_TO_CHOOSE + widget] = value


def to_choose(widget: str) -> Any:
    """Return, once, what a list is to show; None for what it shows."""
    return st.session_state.pop(_TO_CHOOSE + widget, None)


def upload_round() -> int:
    """Return a number that tells one upload field from the one before it, which had its file taken."""
    count: int = st.session_state.get(_UPLOADS, 0)
    return count


def next_upload() -> None:
    """Show an empty upload field from now on: its file has been taken."""
    st.session_state[_UPLOADS] = upload_round() + 1


def keep_refusal(key: str, said: str | None, typed: str = "") -> None:
    """Remember why what was done with a widget was refused, and what was typed; None if it was not."""
    st.session_state[_REFUSED + key] = None if said is None else (said, typed)


def refusal(key: str) -> tuple[str, str] | None:
    """Return why what was done last with a widget was refused, and what was typed."""
    found: tuple[str, str] | None = st.session_state.get(_REFUSED + key)
    return found


def remember_taken_back(key: str, verdict: Any) -> None:
    """Remember the verdict that was taken back last, to be given again; None for none."""
    st.session_state[_TAKEN_BACK] = (key, verdict)


def taken_back(key: str) -> Any:
    """Return the verdict that was taken back last, if it was given there."""
    last, verdict = st.session_state.get(_TAKEN_BACK, ("", None))
    return verdict if last == key else None


def remember_asked(key: str, job: Job) -> None:
    """Remember the job of a question that this session has asked."""
    st.session_state.setdefault(_ASKED, {})[key] = job


def has_asked(key: str, job: Job) -> bool:
    """Tell whether this session has asked for a job."""
    return st.session_state.get(_ASKED, {}).get(key) is job
