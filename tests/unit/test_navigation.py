"""Going to another page by a button."""

import ast
from pathlib import Path

from barrx.ui import keys

UI = Path(keys.__file__).parent


def test_every_widget_that_is_bound_to_the_address_is_known_to_be() -> None:
    found = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                named = {word.arg: word.value for word in node.keywords}
                key = named.get("key")
                if "bind" in named and isinstance(key, ast.Attribute):
                    found.add(getattr(keys, key.attr))
    assert found == keys.BOUND


def test_pages_are_left_by_no_other_way() -> None:
    users = {
        p.name
        for p in [*UI.rglob("*.py"), *(UI.parents[1] / "pages").glob("*.py")]
        if "switch_page(" in p.read_text()
    }
    assert users == {"navigation.py"}
