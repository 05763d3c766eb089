"""A fragment that asks to run again, while the whole page runs with it."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from barrx.ui import rerun

    @st.fragment
    def counting() -> None:
        runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        if runs == 1:
            rerun.fragment()
        st.text(f"{runs} {rerun.is_alone()}")

    counting()


def test_fragment_runs_again_with_the_page_and_never_ends_its_run_for_a_look() -> None:
    page = AppTest.from_function(_page).run()
    assert not page.exception
    assert [text.value for text in page.text] == ["2 False"]
