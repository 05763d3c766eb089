"""What begins with the server, before any page is opened."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from barrx.ui import state


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Have a map worker warmed beside the first page: whoever then moves a slider finds it ready.

    It steps back behind the page, see :mod:`barrx.workers.pool`.
    """
    state.pool().warm()
    # The modules stay as long as the server does: a collection of garbage that looks through them stops every session.
    gc.freeze()
    yield
