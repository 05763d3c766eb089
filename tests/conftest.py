"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from barrx import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a BARRX_HOME of its own."""
    path = tmp_path / "home"
    monkeypatch.setenv("BARRX_HOME", str(path))
    for name in ("BARRX_DATA_ROOTS", "BARRX_READ_ONLY", "BARRX_MAX_PIXELS", "BARRX_CACHE_GB"):
        monkeypatch.delenv(name, raising=False)
    settings.current.cache_clear()
    yield path
    settings.current.cache_clear()
