"""Text of users, shown as it is."""

import re

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
