"""Streamlit starts with another theme, and says so only in its log, where its configuration cannot be read."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_configuration_of_streamlit_can_be_read() -> None:
    found = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert found["server"]["address"] == "127.0.0.1"
    assert found["browser"]["gatherUsageStats"] is False
