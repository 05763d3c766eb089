"""What is typical of a category, what is misplaced in it, and how the clusters hold it together.

Typical and misplaced are judged in the embedding, not on the map; coherent, merged and split by the clusters.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.judgement import agreement
from barrx.judgement.values import Values

MISPLACED_OTHER = 0.5  # at least half of its neighbours belong to one other category ...
MISPLACED_LEAST = 3  # ... and at least three, as there could be of its own: nothing is claimed on one or two
MISPLACED_OWN = 0.2  # of its own category there is at most a fifth of what there could be among them
TOGETHER = 2 / 3  # a category is together where two thirds of its clustered pictures are
CLUSTERED = 0.5  # below it a category is mostly noise, and nothing is said of its clusters

State = Literal["coherent", "merged", "split", "scattered", "single", "noise"]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A picture that looks like another category than its own.

    Attributes
    ----------
    picture : int
    catalogued : tuple of str
        its values
    looks_like : str
        the category of most of its nearest pictures in the embedding
    own_share, other_share : float
        shares of its neighbours, of those with a value, that are of its own category and of the other
    neighbors, counted : int
        how many neighbours were looked at, and how many of them have a value
    resembles : tuple of int
        those neighbours, nearest first
    """

    picture: int
    catalogued: tuple[str, ...]
    looks_like: str
    own_share: float
    other_share: float
    neighbors: int
    counted: int
    resembles: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohesion:
    """How the clusters hold a category together.

    Attributes
    ----------
    category : str
    state : str
        ``coherent``: at least two thirds of its clustered pictures are in one cluster, and that is its own;
        ``merged``: so many are in one cluster, but share it with others, be it with pictures that have no value and
        may be anything; ``split``: at least two thirds are in
        several clusters of its own; ``scattered``: none of these; ``single``: one of its
        pictures is in a cluster, so in one by necessity; ``noise``: fewer than half of its pictures are in any
    size, clustered : int
        pictures, and pictures in a cluster
    n_clusters : int
        clusters with any of them
    main_cluster : int
        the cluster with most of them, -1 for none
    share_in_main, share_of_main : float
        of the category's clustered pictures in that cluster, and of all of that cluster's pictures
    own_clusters : tuple of int
        clusters of which it is more than half, or half and no other category is; largest part first
    merged_with : tuple of str
        where it is merged: the categories of the other pictures in that cluster, largest first
    without_value : int
        where it is merged: pictures without a value in that cluster
    """

    category: str
    state: State
    size: int
    clustered: int
    n_clusters: int
    main_cluster: int
    share_in_main: float
    share_of_main: float
    own_clusters: tuple[int, ...]
    merged_with: tuple[str, ...]
    without_value: int


def typical(
    values: Values, vectors: NDArray[np.float32], code: int, *, but: Collection[int] = (), most: int = 9
) -> list[int]:
    """Return the pictures of a category nearest to the mean direction of its others, most typical first.

    Parameters
    ----------
    but : pictures left out: those that look like another category stand for this one in no case
    """
    members = values.members(code)
    unit = _unit(vectors[members])
    rest = _unit(unit.sum(axis=0) - unit)  # a picture does not vouch for itself
    likeness = np.einsum("ij,ij->i", unit, rest)
    order = np.lexsort((members, -likeness))
    return [i for i in members[order].tolist() if i not in but][:most]


def misplaced(values: Values, neighbors: Labels) -> list[Misplaced]:
    """Return the pictures catalogued as one thing that look like another, clearest first.

    Of its nearest pictures in the embedding that have a value, at least half, and at least three, belong to one
    category that it does not have, which is more than that category's share of all the other pictures. Of each
    category that it has there is at most a fifth of what there could be: a category of four has three others to
    be near, however many neighbours are looked at. Where there could not be three of any, nothing is said: one
    or two others do not show what a category looks like.

    Parameters
    ----------
    neighbors : (n_images, k) int
        nearest in the embedding, nearest first, the picture itself left out
    """
    if not values.names:
        return []
    votes, counted = _votes(values, neighbors)
    has = values.incidence().toarray() > 0
    could = np.where(has, np.minimum(counted[:, None], values.counts - 1), 0)
    own_of_possible = np.divide(votes, could, out=np.zeros(votes.shape), where=could > 0)
    own = np.where(has, votes, 0).max(axis=1)
    others = np.where(has, -1, votes)
    other, best = others.max(axis=1), others.argmax(axis=1)
    least = np.maximum(MISPLACED_LEAST, MISPLACED_OTHER * counted)
    by_chance = counted * values.counts[best] / max(1, len(values.known) - 1)
    is_so = (could.max(axis=1) >= MISPLACED_LEAST) & (own_of_possible.max(axis=1) <= MISPLACED_OWN)
    is_so &= (other >= least) & (other > by_chance)
    found = [
        Misplaced(
            picture=int(i),
            catalogued=values.of_picture(int(i)),
            looks_like=values.names[int(best[i])],
            own_share=float(own[i] / counted[i]),
            other_share=float(other[i] / counted[i]),
            neighbors=neighbors.shape[1],
            counted=int(counted[i]),
            resembles=tuple(int(j) for j in neighbors[i] if has[j, int(best[i])]),
        )
        for i in np.flatnonzero(is_so)
    ]
    return sorted(found, key=lambda m: (m.own_share - m.other_share, m.picture))


def cohesion(values: Values, labels: Labels) -> list[Cohesion]:
    """Say for each category whether the clusters hold it together, in the order of ``values.names``.

    Shares are of pictures: one with several values belongs to each of its categories in full, one without a value to
    none, but to its cluster nevertheless.
    """
    table, groups = agreement.crosstab(values.within(labels != NOISE), labels)
    sizes = np.array([(labels == group).sum() for group in groups], np.int64)
    is_own = _own(table, sizes)
    return [
        _cohesion(values, code, table[code], is_own[code], groups, labels)
        for code in range(len(values.names))
    ]


def _own(table: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which clusters are whose own: (n_values, n_groups) bool.

    A cluster of two equal halves is nobody's: both categories would be said to be held together by it, when it does
    not tell them apart. A half whose others have no value, or several, may own it.
    """
    is_half = 2 * table >= sizes
    is_own: NDArray[np.bool_] = (2 * table > sizes) | (is_half & (is_half.sum(axis=0) == 1))
    return is_own


def _cohesion(
    values: Values,
    code: int,
    row: NDArray[np.int64],
    is_own: NDArray[np.bool_],
    groups: Labels,
    labels: Labels,
) -> Cohesion:
    clustered = int(row.sum())
    own = np.flatnonzero(is_own)
    own = own[np.argsort(-row[own], kind="stable")]
    main = int(row.argmax()) if clustered else -1
    in_main = float(row[main] / clustered) if clustered else 0.0
    is_inside = labels == groups[main] if clustered else np.zeros(len(labels), bool)
    of_main = float(row[main] / is_inside.sum()) if clustered else 0.0
    state: State = "scattered"
    if not clustered or clustered < CLUSTERED * values.counts[code]:
        state = "noise"
    elif clustered == 1:
        state = "single"
    elif in_main >= TOGETHER:
        state = "coherent" if is_own[main] else "merged"
    elif len(own) > 1 and row[own].sum() >= TOGETHER * clustered:
        state = "split"
    others, without = _others(values, is_inside, code) if state == "merged" else ((), 0)
    return Cohesion(
        category=values.names[code],
        state=state,
        size=int(values.counts[code]),
        clustered=clustered,
        n_clusters=int((row > 0).sum()),
        main_cluster=int(groups[main]) if clustered else NOISE,
        share_in_main=in_main,
        share_of_main=of_main,
        own_clusters=tuple(int(groups[c]) for c in own),
        merged_with=others,
        without_value=without,
    )


def _others(values: Values, is_inside: NDArray[np.bool_], code: int) -> tuple[tuple[str, ...], int]:
    """Return the values of a cluster's pictures of other categories, most frequent first, and how many have none."""
    is_other = is_inside.copy()
    # What the category's own pictures are besides, it shares with nobody.
    is_other[values.members(code)] = False
    others = values.within(is_other)
    counts = np.bincount(others.codes, minlength=len(values.names))
    names = tuple(values.names[c] for c in np.argsort(-counts, kind="stable") if counts[c] > 0)
    return names, int(is_other.sum()) - len(others.known)


def _votes(values: Values, neighbors: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count each picture's neighbours of each value, and those that have any: (n, n_values), (n,)."""
    has = values.incidence()
    votes = sum((has[column] for column in neighbors.T), start=has * 0)
    known = np.zeros(values.n_images, bool)
    known[values.known] = True
    return votes.toarray().astype(np.int64), known[neighbors].sum(axis=1)


def _unit(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    exact = vectors.astype(np.float64)
    norms = np.linalg.norm(exact, axis=-1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)
    return unit
