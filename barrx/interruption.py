"""Stopping a computation between two of its steps, but never in the middle of what others build on.

A worker is asked to stop by a signal, whose handler raises :class:`Cancelled` in the main thread as soon as
Python runs there again: between two epochs of UMAP, two blocks of neighbours, two cuts of a tree. No function
has to ask whether it should stop. What a computation may not be torn from stands inside :func:`sheltered`.
"""

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from barrx.errors import Cancelled

_asked = threading.Event()
_depth = 0


@contextmanager
def sheltered() -> Iterator[None]:
    """Finish what is inside before a request to stop is followed.

    Around what is written, and around what every other setting is made from as well: neighbours, the anchor,
    a tree. Whoever asked may have moved on, but the next setting needs the same.
    """
    global _depth
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
    _raise_if_asked()


def listen() -> None:
    """Follow :func:`interrupt` from now on; a Ctrl-C meant for the parent is passed over."""
    signal.signal(signal.SIGINT, _on_signal)


def interrupt() -> bool:
    """Ask the main thread to stop; tell whether it can be asked now (else it goes on to a place where it can)."""
    _asked.set()
    _thread.interrupt_main()
    return _depth == 0


def forget() -> None:
    """Drop a request that came too late."""
    _asked.clear()


def _on_signal(number: int, frame: FrameType | None) -> None:
    _raise_if_asked()


def _raise_if_asked() -> None:
    if _depth == 0 and _asked.is_set():
        _asked.clear()
        raise Cancelled
