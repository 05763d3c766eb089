"""Entries of a legend that are brought out, by names that mean the same in an address, a view and a tour.

A value of a column is ``is.`` and the value, or, where that is long, ``sha.`` and a part of its hash; a cluster, or a
step of a scale, is its number; ``none`` are the pictures without, ``others`` those that one entry stands for together.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from barrx.ui import palette
from barrx.ui.coloring import MISSING, Coloring

Chosen = tuple[list[int], list[int]]
"""Indexes of colours, and places among the others of a legend."""

MOST: Final = 1000  # entries: an address may ask for anything
_VALUE, _HASH, _NONE, _OTHERS = "is.", "sha.", "none", "others"
_LONGEST = 120  # characters of an address
_DIGITS = 16


def chosen(colors: Coloring, names: Sequence[str]) -> Chosen:
    """Return the entries of a legend that some names mean; a name that means none is passed over."""
    if not names:
        return [], []
    wanted = frozenset(names)
    indexes = [index for _label, _count, index in colors.legend() if _of_index(colors, index) in wanted]
    # There may be as many others as pictures: most are told by the value itself.
    values = {name.removeprefix(_VALUE) for name in names if name.startswith(_VALUE)}
    is_hashed = any(name.startswith(_HASH) for name in names)
    others = [
        place
        for place, (value, _count) in enumerate(colors.others)
        if value in values or (is_hashed and _of_value(value) in wanted)
    ]
    return indexes, others


def named(colors: Coloring, found: Chosen) -> tuple[str, ...]:
    """Return the names of entries of a legend."""
    indexes, others = found
    return (
        *(_of_index(colors, index) for index in indexes),
        *(_of_value(colors.others[place][0]) for place in others),
    )


def unknown(colors: Coloring, names: Sequence[str]) -> list[str]:
    """Return, for people, those of some names that mean no entry of a legend."""
    known = named(colors, chosen(colors, names))
    return [name.removeprefix(_VALUE) for name in names if name not in known]


def labels(colors: Coloring, names: Sequence[str]) -> list[str]:
    """Return what the legend calls the entries that some names mean."""
    indexes, others = chosen(colors, names)
    called = {**colors.names, MISSING: colors.missing}
    return [*(called[index] for index in indexes), *(colors.others[place][0] for place in others)]


def flags(colors: Coloring, names: Sequence[str]) -> NDArray[np.bool_] | None:
    """Tell which pictures are brought out, (n_images,); None where nothing is, and all are as bright."""
    indexes, others = chosen(colors, names)
    if not (indexes or others):
        return None
    found: NDArray[np.bool_] = np.isin(colors.indexes, indexes)
    return found if colors.other_of is None else found | np.isin(colors.other_of, others)


def read(names: Iterable[str]) -> tuple[str, ...]:
    """Return names that somebody wrote into an address, each once."""
    return tuple(dict.fromkeys(names))[:MOST]


def _of_index(colors: Coloring, index: int) -> str:
    if index == MISSING:
        return _NONE
    if not colors.is_by_value:
        return str(index)
    is_together = bool(colors.others) and index == palette.APART[-1]
    return _OTHERS if is_together else _of_value(colors.names[index])


def _of_value(value: str) -> str:
    if len(quote(value)) <= _LONGEST:
        return _VALUE + value
    return _HASH + hashlib.sha256(value.encode()).hexdigest()[:_DIGITS]
