"""Fixtures that every test may use."""

import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from barrx import settings

hypothesis.settings.register_profile("no deadline", deadline=None)  # no test asserts a time
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(autouse=True)
def main_module_stays() -> Iterator[None]:
    """Undo what Streamlit's AppTest leaves: with a page as ``__main__``, a process that is spawned would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


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


@pytest.fixture
def small(home: Path, tmp_path: Path) -> str:
    """Add a collection of 96 pictures that no vector exists for, and return its slug."""
    import numpy as np
    from PIL import Image

    from barrx import datasets

    folder = tmp_path / "small"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(96):
        pixels = np.kron(rng.integers(0, 255, (6, 6, 3)), np.ones((40, 40, 1))).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    datasets.add(datasets.AddRequest(slug="small", source=str(folder)))
    return "small"
