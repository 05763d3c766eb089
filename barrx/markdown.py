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


# --- as Markdown again --------------------------------------------------------------------------------------

_MARKS = {"em": "*", "strong": "**", "s": "~~"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|&$])")
_AT_START = re.compile(r"^(\s*)([#+=-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")


def to_markdown(text: str, figure: Callable[[int, str], str]) -> str:
    """Return Markdown that shows elsewhere what :func:`to_html` shows here: no HTML, no addresses but plain ones.

    Parameters
    ----------
    figure : number, caption -> Markdown of a figure, "" if there is none of that number
    """
    return "\n\n".join(_blocks(_reader().parse(text), figure))


def escaped(text: str) -> str:
    """Return Markdown that shows a text letter by letter, on one line."""
    return _NUMBERED.sub(r"\1\\\2", _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text.replace("\n", " "))))


def _blocks(tokens: Sequence[Token], figure: Callable[[int, str], str]) -> list[str]:
    found, i = [], 0
    while i < len(tokens):
        token, end = tokens[i], i
        if token.nesting == 1:
            end = next(j for j in range(i + 1, len(tokens)) if tokens[j].level == token.level)
        found.append(_block(token, tokens[i + 1 : end], figure))
        i = end + 1
    return [block for block in found if block]


def _block(token: Token, inside: Sequence[Token], figure: Callable[[int, str], str]) -> str:
    kind = token.type.removesuffix("_open")
    if kind in ("fence", "code_block"):
        ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", token.content)), default=0))
        return f"{ticks}\n{token.content.rstrip()}\n{ticks}"
    if kind == "hr":
        return "---"
    if kind == "inline":
        return _inline(token.children or [], figure)
    if kind == "table":
        return _table(inside, figure)
    if kind in ("bullet_list", "ordered_list"):
        mark = "- " if kind == "bullet_list" else "1. "
        return "\n".join(mark + _indented(item, len(mark)) for item in _blocks(inside, figure))
    whole = "\n\n".join(_blocks(inside, figure))
    if kind == "heading":
        return f"{'#' * int(token.tag[1])} " + " ".join(whole.split())
    return "> " + whole.replace("\n", "\n> ") if kind == "blockquote" else whole


def _indented(text: str, by: int) -> str:
    return text.replace("\n", "\n" + " " * by)


def _table(inside: Sequence[Token], figure: Callable[[int, str], str]) -> str:
    rows: list[list[str]] = []
    for token in inside:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(" ".join(_inline(token.children or [], figure).split()))
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _inline(children: Sequence[Token], figure: Callable[[int, str], str]) -> str:
    found, ends = [], list[str]()
    for token in children:
        mark = _MARKS.get(token.type.removesuffix("_open").removesuffix("_close"))
        if mark is not None:
            found.append(mark)
        elif token.type == "link_open":
            address = str(token.attrGet("href") or "")
            ends.append(f"]({_address(address)})" if _is_safe(address) else "")
            found.append("[" if ends[-1] else "")
        elif token.type == "link_close":
            found.append(ends.pop())
        elif token.type == "image":
            found.append(_picture(token, figure))
        elif token.type == "code_inline":
            ticks = "`" * (1 + max(map(len, re.findall("`+", token.content)), default=0))
            found.append(f"{ticks} {token.content} {ticks}")
        elif token.type in ("softbreak", "hardbreak"):
            found.append("\n" if token.type == "softbreak" else "\\\n")
        else:
            found.append(escaped(token.content))
    return "".join(found)


def _picture(token: Token, figure: Callable[[int, str], str]) -> str:
    source = str(token.attrGet("src") or "")
    caption = "".join(child.content or " " for child in token.children or [] if not child.nesting)
    match = FIGURE.fullmatch(source)
    if match:
        return figure(int(match.group(1)), caption)
    return f"[{escaped(caption or source)}]({_address(source)})" if _is_safe(source) else escaped(caption)


def _address(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
