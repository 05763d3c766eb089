"""The browser's Back: to a page as it was left."""

from pathlib import Path

from barrx.ui import component, keys

_script = component.of_script(
    "barrx_steps_back",
    html="<i hidden></i>",
    js=(Path(__file__).parent / "steps_back.js").read_text(encoding="utf-8"),
)


def keep() -> None:
    """Have every way back lead to the settings that a page was left with."""
    _script(key=keys.STEPS_BACK, data={}, height=0)
