"""A fragment that waits for a job leaves the page alone while another fragment has something to hear."""

from types import SimpleNamespace

import pytest

from barrx.ui import rerun


@pytest.mark.parametrize(
    ("fragments", "is_alone"), [(None, False), ([], False), (["look"], True), (["look", "map"], False)]
)
def test_page_runs_again_only_when_one_fragment_runs_alone(
    fragments: list[str] | None, is_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(fragment_ids_this_run=fragments)
    monkeypatch.setattr(rerun, "get_script_run_ctx", lambda suppress_warning: context)
    assert rerun.is_alone() is is_alone
