"""What begins with the server, before any page is opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from barrx.ui import garbage, state


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Have a map worker warmed beside the first page: whoever then moves a slider finds it ready.

    It steps back behind the page, see :mod:`barrx.workers.pool`.
    """
    state.pool().warm()
    garbage.leave_out()
    yield
