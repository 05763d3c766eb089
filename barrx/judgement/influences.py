"""The curator's arrows beside the machine's: which categories look alike, and whether related ones do.

A category is the mean direction of its pictures' vectors; two categories are as far apart as one minus the
cosine of theirs. Pictures that are of both say nothing of how alike the two look, and are left out of their distance.
A distance from fewer pictures varies more by chance, so noise would bear an arrow between these two out more often than
another: by as much the distance is drawn to the mean of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barrx.embedding import Vectors
from barrx.i18n import _
from barrx.judgement.relations import Relation
from barrx.judgement.values import Values

if TYPE_CHECKING:
    from scipy.sparse import csc_array

PERMUTATIONS = 9999
REACH = 3  # two categories are mutual nearest if each is among the three nearest of the other; of few, see reach_of
SUPPORTED = 0.75  # two categories are near if they are nearer than three quarters of the unrelated pairs
LEAST_PICTURES = 3
_SPLITS = 16  # of the pictures into halves: one alone is chance itself
_LEAST_PAIRS = 3  # to see whether the halves agree
_PAIRS_AT_ONCE = 2048  # of categories with pictures in common: what is summed for each is as long as a vector

Distances = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centroids:
    """Where categories stand in the embedding.

    Attributes
    ----------
    names : tuple of str, (n,)
    distances : (n, n) float64, cosine distances of the categories' centroids, 0 to 2
        NaN for two of which one has fewer than three pictures that are not of the other
    too_small : tuple of str
        categories of fewer than three pictures, left out
    shared : int
        pictures of several of these categories, left out of the distances between them
    """

    names: tuple[str, ...]
    distances: Distances
    too_small: tuple[str, ...]
    shared: int = 0

    @property
    def without_distance(self) -> int:
        """Pairs of categories that have no distance."""
        return int(np.isnan(self.distances[np.triu_indices(len(self.names), 1)]).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Whether related categories are nearer than unrelated ones.

    Attributes
    ----------
    related, unrelated : float or None
        mean distance of related and of unrelated pairs
    effect : float or None
        Cohen's d: how much nearer, in pooled standard deviations; above 0 is nearer; None where neither the
        related nor the unrelated pairs differ among themselves
    superiority : float or None
        chance that a related pair is nearer than an unrelated one; 0.5 is none
    p : float or None
        share of permutations of the categories' names, this one included, with at least such a difference
    least_p : float or None
        the smallest p that the permutations can give: with few categories, many deals give the same arrows
    pairs : int
        related pairs
    reason : str
        why there is no figure
    """

    related: float | None = None
    unrelated: float | None = None
    effect: float | None = None
    superiority: float | None = None
    p: float | None = None
    least_p: float | None = None
    pairs: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An arrow and what the pictures say to it.

    Attributes
    ----------
    relation : Relation
    distance : float
        of its two categories
    nearer_than : float or None
        share of the unrelated pairs that are farther apart; None where there is no test
    is_backward : bool
        its source is later than its target on the time axis
    """

    relation: Relation
    distance: float
    nearer_than: float | None
    is_backward: bool

    @property
    def is_supported(self) -> bool | None:
        """Whether the pictures support it; None where that cannot be said."""
        return None if self.nearer_than is None else self.nearer_than >= SUPPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of influences and the machine's own.

    Attributes
    ----------
    nearness : Nearness
    arrows : tuple of Arrow
        the curator's, the nearest first
    mutual : tuple of (str, str, float)
        the machine's: categories that are among each other's nearest, and their distance, the nearest first
    reach : int
        how many nearest of a category were looked at for ``mutual``
    without_arrow : tuple of (str, str, float)
        those of ``mutual`` for which the curator has no arrow, and which are as near as an arrow has to be to be
        supported; where there is no test, all of ``mutual`` without an arrow
    missing : tuple of Relation
        arrows of categories too small to be placed, and of two that have no distance
    """

    nearness: Nearness
    arrows: tuple[Arrow, ...]
    mutual: tuple[tuple[str, str, float], ...]
    reach: int
    without_arrow: tuple[tuple[str, str, float], ...]
    missing: tuple[Relation, ...]


def centroids(values: Values, vectors: Vectors, least: int = LEAST_PICTURES) -> Centroids:
    """Return the distances of the categories in the embedding.

    Pictures of two categories are left out of the distance of these: in both centroids they would pull them together,
    whatever they show. Where fewer than ``least`` are left of one of the two, there is no distance, as there is none
    of a category that has no more. What is left is fewer, so such a distance is drawn to the mean of all.
    """
    large = np.flatnonzero(values.counts >= least)
    members = values.incidence()[:, large].astype(np.float64).tocsc()
    in_both = (members.T @ members).toarray()
    sizes = in_both.diagonal()
    left = sizes[:, None] - in_both
    too_few = np.minimum(left, left.T) < least
    np.fill_diagonal(too_few, False)
    overlapping, unit = np.triu((in_both > 0) & ~too_few, 1), _unit(vectors)
    distances = 1 - _cosines(members, unit, sizes, np.argwhere(overlapping))
    distances[too_few] = np.nan
    if overlapping.any():
        np.fill_diagonal(distances, np.nan)
        reliable = _reliability(members, unit, np.triu(in_both == 0, 1))
        distances = _drawn_to_the_mean(distances, sizes[:, None] / np.maximum(left, 1), reliable)
    np.fill_diagonal(distances, 0.0)
    return Centroids(
        names=tuple(values.names[code] for code in large),
        distances=np.clip((distances + distances.T) / 2, 0.0, 2.0),
        too_small=tuple(values.names[code] for code in np.flatnonzero(values.counts < least)),
        shared=int((members.sum(axis=1) > 1).sum()),
    )


def _cosines(
    members: "csc_array[Any]", unit: Distances, sizes: Distances, overlapping: NDArray[np.int64]
) -> Distances:
    """Return the cosines of the categories' centroids: (n, n).

    Parameters
    ----------
    members : (n_images, n), 1.0 where a picture is of a category
    unit : (n_images, n_features), the pictures' directions
    sizes : (n,), pictures of each category
    overlapping : (n_pairs, 2), those that have pictures in common, which are left out
    """
    sums = members.T @ unit
    directions = _unit(sums)
    cosines: Distances = directions @ directions.T
    for start in range(0, len(overlapping), _PAIRS_AT_ONCE):
        one, other = overlapping[start : start + _PAIRS_AT_ONCE].T
        shared = members[:, one].multiply(members[:, other]).tocsc()
        summed, n_shared = shared.T @ unit, shared.sum(axis=0)
        first, second = (
            _direction_left(sums[end] - summed, sizes[end] - n_shared, sizes[end]) for end in (one, other)
        )
        cosines[one, other] = cosines[other, one] = np.einsum("pf,pf->p", first, second)
    return cosines


def _direction_left(summed: Distances, n_left: Distances, n: Distances) -> Distances:
    """Return the mean of the pictures that are left, as if they were as many as before: (n_pairs, n_features).

    It is divided by about the length that it would have then, not by its own. The mean of fewer is more of chance, so
    it lies farther from every other: by its own length those with pictures in common would look less alike than others
    only because some of these are left out.

    Parameters
    ----------
    summed : (n_pairs, n_features), the sum of the directions that are left
    n_left, n : (n_pairs,), how many are left, and how many there were
    """
    squared = np.einsum("pf,pf->p", summed, summed)
    alike = np.maximum(0.0, (squared - n_left) / (n_left * (n_left - 1)))  # mean cosine of two that are left
    length = np.sqrt(alike + (1 - alike) / n)
    direction: Distances = summed / (n_left * length)[:, None]
    return direction


def _drawn_to_the_mean(distances: Distances, fewer: Distances, reliable: float) -> Distances:
    """Return distances that all vary as much: those that chance makes vary more are drawn to the mean.

    Without it they would be found among the nearest (and the farthest) more often than others, whatever is shown.

    Parameters
    ----------
    distances : (n, n), NaN on the diagonal and where there is none
    fewer : (n, n), the pictures of a category over those that are left of it beside another; 1 where none is left out
    reliable : share of the variance of distances without pictures in common that is not chance, 0 to 1
    """
    mean = np.nanmean(distances)
    variance = reliable + (1 - reliable) * fewer * fewer.T
    drawn: Distances = mean + (distances - mean) / np.sqrt(variance)
    return drawn


def _reliability(members: "csc_array[Any]", unit: Distances, apart: NDArray[np.bool_]) -> float:
    """Return the share of the variance of distances that is not chance, 0 to 1: how far halves of the pictures agree.

    Where there are too few pairs to see it, everything may be chance: 0.

    Parameters
    ----------
    apart : (n, n), upper triangle; the pairs of categories to look at

    References
    ----------
    Spearman 1910; Brown 1910 (from halves to the whole)
    """
    rng = np.random.default_rng(0)
    in_first = rng.random((_SPLITS, len(unit))) < 0.5
    agreed = [r for first in in_first if (r := _agreement_of_halves(members, unit, apart, first)) is not None]
    half = max(0.0, float(np.mean(agreed))) if agreed else 0.0
    return 2 * half / (1 + half)


def _agreement_of_halves(
    members: "csc_array[Any]", unit: Distances, apart: NDArray[np.bool_], is_first: NDArray[np.bool_]
) -> float | None:
    """Return the correlation of the distances in one half of the pictures with those in the other."""
    halves = [members[rows].T @ unit[rows] for rows in (is_first, ~is_first)]
    n_first = members[is_first].sum(axis=0)
    sizes = members.sum(axis=0)
    has_two = (n_first >= 2) & (sizes - n_first >= 2)
    kept = apart[np.ix_(has_two, has_two)]
    if kept.sum() < _LEAST_PAIRS:
        return None
    directions = (
        _direction_left(summed[has_two], n[has_two], sizes[has_two])
        for summed, n in zip(halves, (n_first, sizes - n_first), strict=True)
    )
    one, other = ((d @ d.T)[kept] for d in directions)
    return float(np.corrcoef(one, other)[0, 1]) if min(one.std(), other.std()) > 1e-9 else None


def chart(
    found: Centroids,
    relations: Sequence[Relation],
    years: Mapping[str, int] | None = None,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Chart:
    """Hold the curator's arrows against the distances of the categories.

    Parameters
    ----------
    years : mapping, optional
        category -> year, to find arrows that go back in time
    """
    place = {name: i for i, name in enumerate(found.names)}
    has_distance = np.isfinite(found.distances)
    known = [
        r
        for r in relations
        if r.source in place and r.target in place and has_distance[place[r.source], place[r.target]]
    ]
    ends = np.array([(place[r.source], place[r.target]) for r in known], int).reshape(-1, 2)
    related = _matrix(ends, len(found.names))
    unrelated = np.triu(has_distance & ~related, 1)
    tested = nearness(found.distances, related, permutations=permutations, seed=seed)
    far = None if tested.reason else np.sort(found.distances[unrelated])
    arrows = [
        _arrow(r, found.distances[i, j], far, years or {}) for r, (i, j) in zip(known, ends, strict=True)
    ]
    mutual = mutual_nearest(found)
    alone = [(one, other, d) for one, other, d in mutual if not related[place[one], place[other]]]
    return Chart(
        nearness=tested,
        arrows=tuple(sorted(arrows, key=lambda a: (a.distance, a.relation.source, a.relation.target))),
        mutual=mutual,
        reach=reach_of(len(found.names)),
        without_arrow=tuple(pair for pair in alone if far is None or _nearer_than(far, pair[2]) >= SUPPORTED),
        missing=tuple(r for r in relations if r not in known),
    )


def reach_of(n_categories: int) -> int:
    """Return how many nearest of a category count: three, but no more than a third of the others, and one at least.

    Of four categories each has three others: all of them would be near. Two have no choice, so none is near.
    """
    return min(REACH, max(1, (n_categories - 1) // 3)) if n_categories > 2 else 0


def mutual_nearest(found: Centroids) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of categories that are each among the nearest of the other (:func:`reach_of`), nearest first."""
    n = len(found.names)
    apart = np.where(np.isnan(found.distances), np.inf, found.distances)
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1, kind="stable")
    near = np.zeros((n, n), bool)
    np.put_along_axis(near, order[:, : reach_of(n)], True, axis=1)
    pairs = [(int(i), int(j)) for i, j in np.argwhere(np.triu(near & near.T & np.isfinite(apart), 1))]
    pairs.sort(key=lambda pair: (found.distances[pair], pair))
    return tuple((found.names[i], found.names[j], float(found.distances[i, j])) for i, j in pairs)


def nearness(
    distances: Distances, related: NDArray[np.bool_], *, permutations: int = PERMUTATIONS, seed: int = 0
) -> Nearness:
    """Test whether related categories are nearer than unrelated ones.

    The names of the categories are dealt out at random (rows and columns together), since the distances of one
    category are not independent of each other. Two that have no distance stand at the mean of all in that, so that
    they speak neither for the arrows nor against them, and count in no figure.

    Parameters
    ----------
    distances, related : (n, n), symmetric; NaN for two categories without a distance

    References
    ----------
    Mantel 1967 (permutation of a distance matrix); Phipson & Smyth 2010 (p is never 0)
    """
    upper = np.triu_indices(len(distances), 1)
    flat, is_related = distances[upper], related[upper]
    known = np.isfinite(flat)
    near, far = flat[is_related & known], flat[~is_related & known]
    if len(near) < 2 or len(far) < 2:
        return Nearness(
            pairs=len(near),
            reason=_("it takes two related and two unrelated pairs of categories at least"),
        )
    flat = np.where(known, flat, flat[known].mean())
    gap = _gap(flat, is_related)
    rng = np.random.default_rng(seed)
    gaps = np.empty(permutations)
    for deal in range(permutations):
        dealt = rng.permutation(len(distances))
        gaps[deal] = _gap(flat, related[np.ix_(dealt, dealt)][upper])
    as_large = int((gaps >= gap - 1e-12).sum())
    as_large_as_can_be = int((gaps >= gaps.max(initial=gap) - 1e-12).sum())
    return Nearness(
        related=float(near.mean()),
        unrelated=float(far.mean()),
        effect=_cohens_d(near, far),
        superiority=_superiority(near, far),
        p=float((1 + as_large) / (1 + permutations)),
        least_p=float((1 + as_large_as_can_be) / (1 + permutations)),
        pairs=len(near),
    )


def _gap(flat: Distances, is_related: NDArray[np.bool_]) -> float:
    return float(flat[~is_related].mean() - flat[is_related].mean())


def _cohens_d(near: Distances, far: Distances) -> float | None:
    n, m = len(near), len(far)
    pooled = np.sqrt(((n - 1) * near.var(ddof=1) + (m - 1) * far.var(ddof=1)) / (n + m - 2))
    return float((far.mean() - near.mean()) / pooled) if pooled > 1e-9 else None


def _superiority(near: Distances, far: Distances) -> float:
    farther = (near[:, None] < far).mean()
    return float(farther + (near[:, None] == far).mean() / 2)


def _arrow(relation: Relation, distance: float, far: Distances | None, years: Mapping[str, int]) -> Arrow:
    start, end = years.get(relation.source), years.get(relation.target)
    return Arrow(
        relation=relation,
        distance=float(distance),
        nearer_than=None if far is None else _nearer_than(far, distance),
        is_backward=start is not None and end is not None and start > end,
    )


def _nearer_than(far: Distances, distance: float) -> float:
    """Return the share of the unrelated pairs, ascending by distance, that are farther apart than two categories."""
    return float((len(far) - np.searchsorted(far, distance, side="right")) / len(far))


def _matrix(ends: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    related = np.zeros((n, n), bool)
    related[ends[:, 0], ends[:, 1]] = related[ends[:, 1], ends[:, 0]] = True
    return related


def _unit(vectors: Vectors) -> Distances:
    exact = vectors.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1, keepdims=True)
    unit: Distances = np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)
    return unit
