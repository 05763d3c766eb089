"""A portrait of each cluster: its majority, its strangers, and the words that set it apart."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.clustering import NOISE
from barrx.judgement.values import Values

KNOWN = 0.5  # of a cluster with fewer pictures that have a value nothing says what is strange in it
MOST_WORDS = 8
_LEAST_Z = 1.96  # what a word has to exceed the rest by, in standard errors
_LEAST_PICTURES = 2
_MOST_VOCABULARY = 20_000
_WORD = re.compile(r"[^\W\d_]{3,}")

Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the metadata, in how many pictures of a cluster and in all, and its z-score."""

    word: str
    inside: int
    overall: int
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What a cluster is.

    Attributes
    ----------
    number, size, known : int
        its pictures, and those of them that have a value
    majority : str
        its most frequent category, "" if none of its pictures has one
    majority_size : int
        its pictures of that category
    strangers : tuple of int
        its pictures of other categories only, those that belong to it most strongly first; none where fewer than half
        of its pictures have a value
    words : tuple of Word
        what sets it apart, clearest first
    """

    number: int
    size: int
    known: int
    majority: str
    majority_size: int
    strangers: tuple[int, ...]
    words: tuple[Word, ...]


def portraits(
    values: Values, labels: Labels, strength: NDArray[np.float32], texts: Sequence[set[str]]
) -> list[Portrait]:
    """Return a portrait of every cluster, by number.

    Parameters
    ----------
    values : Values
        the categories
    labels, strength : (n_images,)
        of the clustering
    texts : sequence of sets of str, (n_images,)
        the words of each picture, see :func:`words_of`
    """
    numbers = [int(number) for number in np.unique(labels[labels != NOISE])]
    spoken = distinctive(texts, labels, numbers)
    return [_portrait(values, labels, strength, number, spoken[number]) for number in numbers]


def words_of(metadata: pd.DataFrame, left_out: Iterable[str] = ()) -> list[set[str]]:
    """Return the words of each picture's text columns: letters only, three or more, case folded.

    Parameters
    ----------
    left_out : columns that say nothing new: the category itself, the filename
    """
    columns = [
        name
        for name in metadata.columns
        if name not in set(left_out) and not pd.api.types.is_numeric_dtype(metadata[name])
    ]
    cells = [metadata[name].map(roles.shown).tolist() for name in columns]
    rows = zip(*cells, strict=True) if cells else [()] * len(metadata)
    return [{word.casefold() for cell in row for word in _WORD.findall(cell)} for row in rows]


def distinctive(
    texts: Sequence[set[str]], labels: Labels, numbers: Sequence[int]
) -> dict[int, tuple[Word, ...]]:
    """Return the words that set each cluster apart from all other pictures, noise included.

    The log-odds ratio with an informative Dirichlet prior, as a z-score: the prior is the word's frequency in
    all pictures, so that rare words have to earn their place. A word counts once a picture.

    References
    ----------
    Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018
    """
    total = Counter(word for words in texts for word in words)
    n = sum(total.values())
    vocabulary = [word for word, count in total.most_common(_MOST_VOCABULARY) if count >= _LEAST_PICTURES]
    overall = np.array([total[word] for word in vocabulary], float)
    found: dict[int, tuple[Word, ...]] = {}
    for number in numbers:
        counts = Counter(word for i in np.flatnonzero(labels == number).tolist() for word in texts[i])
        inside = np.array([counts[word] for word in vocabulary], float)
        z = _z_scores(inside, overall, sum(counts.values()), n)
        chosen = [i for i in np.argsort(-z, kind="stable")[:MOST_WORDS] if z[i] >= _LEAST_Z]
        found[number] = tuple(
            Word(word=vocabulary[i], inside=int(inside[i]), overall=int(overall[i]), z=float(z[i]))
            for i in chosen
            if inside[i] >= _LEAST_PICTURES
        )
    return found


def _z_scores(
    inside: NDArray[np.float64], overall: NDArray[np.float64], n_inside: int, n: int
) -> NDArray[np.float64]:
    if not n or not n_inside or n == n_inside:
        return np.zeros(len(inside))
    prior = overall  # as much prior text as there is text, spread like all of it
    outside, n_outside = overall - inside, n - n_inside
    odds_inside = np.log((inside + prior) / (n_inside + n - inside - prior))
    odds_outside = np.log((outside + prior) / (n_outside + n - outside - prior))
    z: NDArray[np.float64] = (odds_inside - odds_outside) / np.sqrt(
        1 / (inside + prior) + 1 / (outside + prior)
    )
    return z


def _portrait(
    values: Values, labels: Labels, strength: NDArray[np.float32], number: int, words: tuple[Word, ...]
) -> Portrait:
    inside = values.within(labels == number)
    size, known = int((labels == number).sum()), len(inside.known)
    if not known:
        return Portrait(
            number=number, size=size, known=0, majority="", majority_size=0, strangers=(), words=words
        )
    counts = np.bincount(inside.codes, minlength=len(values.names))
    # Of several as frequent the first by name, as in the table of the clusters.
    majority = min(np.flatnonzero(counts == counts.max()).tolist(), key=values.names.__getitem__)
    others = np.setdiff1d(inside.known, inside.members(majority))
    strangers = others if known >= KNOWN * size else others[:0]
    order = np.lexsort((strangers, -strength[strangers]))
    return Portrait(
        number=number,
        size=size,
        known=known,
        majority=values.names[majority],
        majority_size=int(counts[majority]),
        strangers=tuple(int(i) for i in strangers[order]),
        words=words,
    )
