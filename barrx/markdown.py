"""Markdown that strangers write, as HTML that is safe: no HTML of theirs, no addresses but plain ones, no pictures
from elsewhere. ``![caption](figure:2)`` stands for a figure of the text.
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from barrx import links

FIGURE = re.compile(r"figure:([0-9]{1,3})")


def to_html(text: str, figure: Callable[[int, str], str]) -> str:
    """Render Markdown.

    Parameters
    ----------
    text : CommonMark with tables; HTML in it is shown as it is written
    figure : number, caption -> HTML of a figure, "" if there is none of that number

    Returns
    -------
    str
        HTML; links are http, https or mailto and open in a new tab; a picture from elsewhere is a link to it
    """
    reader = _reader()
    tokens = reader.parse(text)
    for token in tokens:
        if token.type == "inline":
            token.children = _safe(token.children or [], figure)
        elif token.type in ("heading_open", "heading_close"):
            # The page has its own first two levels.
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return str(reader.renderer.render(tokens, reader.options, {}))


def figures_in(text: str) -> list[int]:
    """Return the numbers of the figures that a text shows, in their order."""
    found = []
    for token in _reader().parse(text):
        for child in token.children or []:
            match = FIGURE.fullmatch(str(child.attrGet("src"))) if child.type == "image" else None
            if match:
                found.append(int(match.group(1)))
    return found


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # Judged below, by one rule for links and pictures.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


def _safe(children: Sequence[Token], figure: Callable[[int, str], str]) -> list[Token]:
    found: list[Token] = []
    is_link: list[bool] = []
    for token in children:
        if token.type == "image":
            found.append(_image(token, figure))
        elif token.type == "link_open":
            is_link.append(_is_safe(str(token.attrGet("href") or "")))
            if is_link[-1]:
                token.attrs = {
                    "href": token.attrs["href"],
                    "target": "_blank",
                    "rel": "noopener noreferrer nofollow",
                }
                found.append(token)
        elif token.type == "link_close":
            if is_link.pop():
                found.append(token)
        else:
            found.append(token)
    return found


def _image(token: Token, figure: Callable[[int, str], str]) -> Token:
    source = str(token.attrGet("src") or "")
    caption = "".join(child.content or " " for child in token.children or [] if not child.nesting)
    match = FIGURE.fullmatch(source)
    if match:
        return _html(figure(int(match.group(1)), caption))
    if _is_safe(source):
        return _html(
            f'<a href="{escape(source)}" target="_blank" rel="noopener noreferrer nofollow">'
            f"{escape(caption or source)}</a>"
        )
    return _html(escape(caption))


def _html(text: str) -> Token:
    # "html_inline" is rendered as it is: it is ours, as the reader makes none of what people write.
    return Token("html_inline", "", 0, content=text)


def _is_safe(address: str) -> bool:
    if address.lower().startswith("mailto:"):
        return re.fullmatch(r"(?i)mailto:[\w.+-]+@[\w.-]+", address) is not None
    pieces: list[Any] = links.pieces(address)
    return len(pieces) == 1 and pieces[0].address == address
