"""Text of users, shown as it is."""

import re
from collections.abc import Mapping
from typing import TypeVar

_Key = TypeVar("_Key")

_MARKDOWN = frozenset(r"\`*_{}[]<>()#+-.!|~:$=&/")
# What Streamlit makes icons and arrows of after Markdown has been read: no backslash stops that.
_REPLACED_LATER = re.compile(
    r"(?<=:)(?=material_|streamlit:)|(?:(?<=^[<>~-])|(?<=\s[<>~-]))(?=(?:[=>-]|->)(?:\s|$))"
)
_WORD_JOINER = "\N{WORD JOINER}"  # has no width, and is no place for a line to end


def plain(text: str) -> str:
    """Escape text so that Streamlit's Markdown shows it letter by letter, on one line."""
    whole = _REPLACED_LATER.sub(_WORD_JOINER, " ".join(text.split()))
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in whole)


def told_apart(labels: Mapping[_Key, str]) -> dict[_Key, str]:
    """Return labels of which no two are alike: a select box knows its options by what they are called."""
    found: dict[_Key, str] = {}
    taken: set[str] = set()
    for key, base in labels.items():
        label, n = base, 2
        while label in taken:
            label, n = f"{base} ({n})", n + 1
        taken.add(label)
        found[key] = label
    return found
