"""Text of users, shown as it is."""

_MARKDOWN = frozenset(r"\`*_{}[]<>()#+-.!|~:$=&")


def plain(text: str) -> str:
    """Escape text so that Streamlit's Markdown shows it letter by letter, on one line."""
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in " ".join(text.split()))
