"""Components of Streamlit's second kind, as all of ours are made: the data of the latest run wins."""

import itertools
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_ENTRY = (_HERE / "entry.js").read_text(encoding="utf-8")
_LATEST = (_HERE / "latest.js").read_text(encoding="utf-8")
_EXPORT = "export default "

# Begins with the time, so that a page that was open while the server started anew takes what comes after.
_runs = itertools.count(time.time_ns() // 1_000_000)

Component = Callable[..., Mapping[str, Any]]
Hears = Mapping[str, Callable[[Any], None]]


def of_script(name: str, *, html: str, js: str, css: str | None = None) -> Component:
    """Return a component whose code is one script.

    Parameters
    ----------
    name : of the component, unique in the app
    js : a module with a function as its default export, which Streamlit calls with the data at each run of the page

    Returns
    -------
    callable
        shows the component: ``show(key=, data=, hears=, ...)``, as that of ``st.components.v2.component``.
        ``hears`` says who hears of events that are told once, such as a click: event -> callable, which is called
        with what was told as the first thing of the run. It is there in that run only, and a slider may end the run
        before it comes to the component. Anybody can send anything

    Raises
    ------
    ValueError
        if the script has no default export, or several
    """
    component = st.components.v2.component(name, html=html, css=css, js=guarded(js))

    def show(
        *, key: str, data: Mapping[str, Any], hears: Hears = MappingProxyType({}), **options: Any
    ) -> Mapping[str, Any]:
        heard: dict[str, Any] = {
            f"on_{event}_change": partial(_tell, key, event, hear) for event, hear in hears.items()
        }
        shown: Mapping[str, Any] = component(key=key, data={**data, "run": next(_runs)}, **heard, **options)
        return shown

    return show


def _tell(key: str, event: str, hear: Callable[[Any], None]) -> None:
    told = (st.session_state.get(key) or {}).get(event)
    if told is not None:
        hear(told)


def guarded(js: str) -> str:
    """Return a script that calls the default export of another, but not with the data of an older run after a newer.

    Raises
    ------
    ValueError
        if the script has no default export, or several
    """
    before, *after = js.split(_EXPORT)
    if len(after) != 1:
        raise ValueError(f"A component's script needs one default export; this one has {len(after)}.")
    return f"{before}const mountLatest = {after[0]}{_LATEST}"


def of_modules(name: str, folder: Path, *, html: str, css: str) -> Component:
    """Return a component whose code is in the modules of a folder, which come by a route of :mod:`barrx.ui.routes`.

    Parameters
    ----------
    name : of the component, unique in the app
    folder : with ``main.js``, which exports ``mount``; called as a script's default export is

    Returns
    -------
    callable
        as :func:`of_script`
    """
    component = of_script(name, html=html, css=css, js=_ENTRY)

    def show(*, key: str, data: Mapping[str, Any], **options: Any) -> Mapping[str, Any]:
        return component(key=key, data={**data, "folder": folder.name}, **options)

    return show
