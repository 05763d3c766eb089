"""A component's script is wrapped only if it is clear what it exports."""

import pytest

from barrx.ui import component

SCRIPT = "export default function ({ data, parentElement }) { parentElement.textContent = data.text; }"


@pytest.mark.parametrize("script", ["const a = 1;", SCRIPT + SCRIPT])
def test_script_without_one_default_export_is_no_component(script: str) -> None:
    with pytest.raises(ValueError, match="default export"):
        component.guarded(script)
