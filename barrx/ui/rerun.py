"""When a fragment may run again, or have the whole page run, without what was asked of another being lost."""

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def is_alone() -> bool:
    """Tell whether this is the run of one fragment and nothing else, which may be ended for a run of the page.

    Streamlit may answer several requests with one run of several fragments, or of the whole page. A fragment that
    looks at a job now and then waits for its next look then.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is None or len(context.fragment_ids_this_run or ()) == 1


def fragment() -> NoReturn:
    """Run the fragment again that this is called in; the page, where the fragment is run with it."""
    context = get_script_run_ctx(suppress_warning=True)
    is_by_itself = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if is_by_itself else "app")
