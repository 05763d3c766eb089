"""Text of users, shown as it is."""

import math
import re
from collections.abc import Mapping
from itertools import pairwise, takewhile
from typing import Final, TypeVar

from barrx.i18n import _, numeral

_Key = TypeVar("_Key")

_MARKDOWN = frozenset(r"\`*_{}[]<>()#+-.!|~:$=&/")
# What Streamlit makes icons and arrows of after Markdown has been read: no backslash stops that.
_REPLACED_LATER = re.compile(
    r"(?<=:)(?=material_|streamlit:)|(?:(?<=^[<>~-])|(?<=\s[<>~-]))(?=(?:[=>-]|->)(?:\s|$))"
)
_SEEN: Final = 16  # characters that every closed select box shows
_START: Final = 9  # of them, that are kept of a beginning two labels share
_END: Final = 3
_WORD_JOINER = "\N{WORD JOINER}"  # has no width, and is no place for a line to end


def plain(text: str) -> str:
    """Escape text so that Streamlit's Markdown shows it letter by letter, on one line."""
    whole = _REPLACED_LATER.sub(_WORD_JOINER, " ".join(text.split()))
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in whole)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; where some are left out, the last one says so."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def rounded_down(share: float) -> float:
    """Return a share in whole per cent, as a share: what misses all, or a bound, does not show as if it met it."""
    return math.floor(100 * share + 1e-9) / 100  # 100 * 0.29 is a little less than 29


def at_most(n: int) -> str:
    """Return what a field for a text says of its length.

    The field itself has no bound: a browser drops, without a word, the whole of a text that is pasted and too long.
    """
    return _("Up to {n} characters.").format(n=numeral(n))


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


def apart_at_sight(labels: Mapping[_Key, str]) -> dict[_Key, str]:
    """Return labels that differ in what a closed select box shows: it cuts a long one off at the right.

    Of a long beginning that two of them share the middle is left out.
    """
    whole = told_apart(labels)
    ordered = sorted(whole.values())
    shared = dict.fromkeys(ordered, 0)
    for one, other in pairwise(ordered):
        n = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
        shared.update({label: max(n, shared[label]) for label in (one, other)})
    return told_apart({key: _shortened(label, shared[label]) for key, label in whole.items()})


def _shortened(label: str, shared: int) -> str:
    if shared <= _SEEN:
        return label
    return f"{label[:_START].rstrip()}…{label[shared - _END :].lstrip()}"
