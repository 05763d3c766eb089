"""When a fragment that looks at a job now and then may run the whole page again."""

from streamlit.runtime.scriptrunner import get_script_run_ctx


def is_alone() -> bool:
    """Tell whether no other fragment waits for this run.

    Streamlit may answer several requests with one run of several fragments. A rerun of the page by one of them ends
    it, and what the others were to hear, such as a click on the map, would be lost: at the next look it is time enough.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is None or len(context.fragment_ids_this_run or ()) < 2
