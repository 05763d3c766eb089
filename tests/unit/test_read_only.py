"""Work that lasts is refused where the dashboard is read-only, whoever hands it to a worker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from barrx import settings, tasks
from barrx.errors import DatasetError


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        ("embed", {"slug": "demo", "encoder": "efficientnet-lite0"}),
        ("weights", {"encoder": "inception-v3"}),
        ("add", {"slug": "mine", "source": "/nowhere", "metadata": None, "title": None}),
    ],
)
def test_workers_of_a_read_only_server_refuse_what_lasts(
    home: Path, monkeypatch: pytest.MonkeyPatch, task: str, arguments: Mapping[str, Any]
) -> None:
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    with pytest.raises(DatasetError, match="BARRX_READ_ONLY is set"):
        tasks.run(task, arguments, lambda done, total, stage: None, lambda: False)
    assert not home.exists()
