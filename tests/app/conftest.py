"""Each test has a server's worker processes of its own, since each has a BARRX_HOME of its own."""

from collections.abc import Iterator

import pytest
import streamlit as st

from barrx.ui import state


@pytest.fixture(autouse=True)
def workers_of_its_own() -> Iterator[None]:
    yield
    state.pool().close()
    state.the_pool.cache_clear()
    st.cache_resource.clear()
