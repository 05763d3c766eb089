"""How far clusters and the curators' categories agree, and how far they would by chance.

A picture with several values counts once for each: every (picture, value) pair is one observation, in the
table and in the measures. So a collection in which pictures have several values cannot reach 1, and the chance
level is not exactly 0: it is measured, by dealing the clusters out to the pictures again at random (a picture
keeps its values together).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.i18n import _
from barrx.judgement.values import Values

PERMUTATIONS = 200

Counts = NDArray[np.int64]
Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Agreement of two partitions; 1 is perfect.

    Attributes
    ----------
    ami, ari : float
        adjusted mutual information and adjusted Rand index: about 0 by chance
    homogeneity, completeness : float
        each cluster holds one category only; each category lies in one cluster only; not adjusted for chance
    """

    ami: float
    ari: float
    homogeneity: float
    completeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Figures beside the same figures of clusters dealt out at random.

    Attributes
    ----------
    figures : Figures
    chance, spread : Figures
        mean and standard deviation over the permutations
    p : float
        share of permutations (this one included) whose AMI is at least as high
    """

    figures: Figures
    chance: Figures
    spread: Figures
    p: float

    @property
    def ami_above_chance(self) -> float:
        """Adjusted mutual information less what labels dealt at random reach on average."""
        return self.figures.ami - self.chance.ami


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """Agreement of clusters and categories.

    Attributes
    ----------
    with_noise, without_noise : Compared or None
        noise counted as one more group, or left out; None where no picture is left
    clustered_share : float
        share of the compared pictures that lie in a cluster
    n_compared, n_missing : int
        pictures with a value; pictures without, left out
    reason, reason_with_noise : str
        why the figures without noise, and those with it, say nothing, or ``""``
    """

    with_noise: Compared | None
    without_noise: Compared | None
    clustered_share: float
    n_compared: int
    n_missing: int
    reason: str
    reason_with_noise: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contingency:
    """How many pictures of each category lie in each cluster.

    Attributes
    ----------
    table : (n_categories, n_groups) int64
    categories : tuple of str
    groups : tuple of int
        cluster numbers, -1 for noise
    """

    table: Counts
    categories: tuple[str, ...]
    groups: tuple[int, ...]


def compare(values: Values, labels: Labels, *, permutations: int = PERMUTATIONS, seed: int = 0) -> Agreement:
    """Compare clusters with categories.

    Parameters
    ----------
    values : Values of n_images pictures
    labels : (n_images,) int, -1 is noise
    permutations : int
        random deals for the chance level; 0 for none
    seed : int
        same seed, same chance level

    References
    ----------
    Vinh, Epps & Bailey 2010 (AMI); Hubert & Arabie 1985 (ARI); Rosenberg & Hirschberg 2007 (homogeneity and
    completeness)
    """
    clustered = labels[values.known] != NOISE
    inside = values.within(labels != NOISE)
    return Agreement(
        with_noise=against_chance(values, labels, permutations=permutations, seed=seed),
        without_noise=against_chance(inside, labels, permutations=permutations, seed=seed),
        clustered_share=float(clustered.mean()) if len(clustered) else 0.0,
        n_compared=len(values.known),
        n_missing=values.n_missing,
        reason=undefined(values, labels, only_clustered=True),
        reason_with_noise=undefined(values, labels, only_clustered=False),
    )


def undefined(values: Values, labels: Labels, *, only_clustered: bool) -> str:
    """Return why the clusters and the categories cannot be compared, or ``""``: one of the two divides nothing.

    Parameters
    ----------
    values : Values of n_images pictures
    labels : (n_images,) int, -1 is noise
    only_clustered : bool
        leave noise out; else it is one more group
    """
    if not len(values.known):
        return _("no image has a value in this column")
    if (labels == NOISE).all():
        return _("every image is noise")
    if (labels[values.known] == NOISE).all():
        return _("the images that have a value are all noise")
    if len(np.unique(values.codes)) == 1:
        return _("there is only one category")
    compared = values.within(labels != NOISE) if only_clustered else values
    if len(np.unique(labels[compared.known])) == 1:
        alone = len(np.unique(labels[labels != NOISE])) == 1
        return _("there is only one cluster") if alone else _("the images compared are all in one cluster")
    if len(np.unique(compared.codes)) == 1:
        return _("the images in clusters are all of one category")
    return ""


def figures(values: Values, labels: Labels) -> Figures | None:
    """Return the agreement without a chance level; None if no picture has a value."""
    return None if not len(values.pictures) else of_table(crosstab(values, labels)[0])


def crosstab(values: Values, labels: Labels) -> tuple[Counts, Labels]:
    """Return the pairs of each value in each group, (n_values, n_groups), and the groups, ascending."""
    groups, column = np.unique(labels[values.pictures], return_inverse=True)
    shape = (len(values.names), len(groups))
    counts = np.bincount(values.codes * max(1, shape[1]) + column, minlength=shape[0] * shape[1])
    return counts.reshape(shape), groups


def contingency(values: Values, labels: Labels) -> Contingency:
    """Return the table with rows and columns ordered so that the diagonal shows; noise stands last."""
    table, groups = crosstab(values, labels)
    real = np.flatnonzero(groups != NOISE)
    rows, columns = diagonal_order(table[:, real])
    order = [*real[columns], *np.flatnonzero(groups == NOISE)]
    return Contingency(
        table=table[np.ix_(rows, order)],
        categories=tuple(values.names[r] for r in rows),
        groups=tuple(int(groups[c]) for c in order),
    )


def diagonal_order(table: Counts) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order the rows and columns of a table so that its diagonal is as heavy as can be.

    Rows and columns are paired by Hungarian assignment on count / sqrt(row sum · column sum), the strongest pair
    first; a row or column without a partner stands right after the pair it has most in common with.

    References
    ----------
    Kuhn 1955, doi:10.1002/nav.3800020109
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = table.sum(axis=1), table.sum(axis=0)
    weight = table / np.sqrt(np.maximum(1, np.outer(rows, columns)))
    paired_rows, paired_columns = linear_sum_assignment(-weight)
    strongest = np.argsort(-weight[paired_rows, paired_columns], kind="stable")
    return (
        _placed(weight, paired_rows[strongest], paired_columns[strongest]),
        _placed(weight.T, paired_columns[strongest], paired_rows[strongest]),
    )


def _placed(
    weight: NDArray[np.float64], mine: NDArray[np.intp], partners: NDArray[np.intp]
) -> NDArray[np.intp]:
    n, m = weight.shape
    place = np.full(n, np.inf)
    place[mine] = np.arange(len(mine))
    partner_place = np.full(m, np.inf)
    partner_place[partners] = np.arange(len(partners))
    if m:
        single = np.isinf(place) & (weight.sum(axis=1) > 0)
        place[single] = partner_place[weight[single].argmax(axis=1)] + 0.5
    return np.argsort(place, kind="stable")


# --- the measures, from the table -------------------------------------------------------------------------


def of_table(table: Counts, expected: Callable[[Counts], float] | None = None) -> Figures:
    """Return the agreement of the two partitions that a table of counts crosses.

    The same numbers as sklearn's ``adjusted_mutual_info_score`` (arithmetic), ``adjusted_rand_score``,
    ``homogeneity_score`` and ``completeness_score``, from the table alone.

    Parameters
    ----------
    table : (n_rows, n_columns) int64, at least one count
    expected : callable, optional
        the expected mutual information of a table; it depends on the sums of rows and columns only, so that
        many tables with the same sums may share it
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), int(table.sum())
    h_rows, h_columns = _entropy(rows), _entropy(columns)
    cells = table[table > 0]
    outer = np.outer(rows, columns)[table > 0]
    mutual = max(0.0, float((cells / n * (np.log(cells * float(n)) - np.log(outer))).sum()))
    return Figures(
        ami=_adjusted(table, mutual, (h_rows + h_columns) / 2, expected or expected_mutual_information),
        ari=_rand(table, rows, columns, n),
        homogeneity=mutual / h_rows if h_rows else 1.0,
        completeness=mutual / h_columns if h_columns else 1.0,
    )


def expected_mutual_information(table: Counts) -> float:
    """Return the mutual information that tables of the same sums have on average (sklearn's)."""
    from sklearn.metrics.cluster import expected_mutual_information as expected

    return float(expected(table, int(table.sum())))


def _adjusted(table: Counts, mutual: float, entropy: float, expected: Callable[[Counts], float]) -> float:
    if table.shape == (1, 1):
        return 1.0
    if 1 in table.shape:  # one partition does not divide at all: there is no information in it
        return 0.0
    by_chance = expected(table)
    return _away_from_zero(mutual - by_chance) / _away_from_zero(entropy - by_chance)


def _away_from_zero(number: float) -> float:
    """Keep the sign and avoid 0 / 0, as sklearn does, where chance alone gives all the information."""
    smallest = float(np.finfo(np.float64).eps)
    return min(number, -smallest) if number < 0 else max(number, smallest)


def _rand(table: Counts, rows: Counts, columns: Counts, n: int) -> float:
    together = float((table.astype(np.float64) ** 2).sum()) - n
    in_rows = float((rows.astype(np.float64) ** 2).sum()) - n
    in_columns = float((columns.astype(np.float64) ** 2).sum()) - n
    pairs = float(n) * (n - 1)
    if together == in_rows == in_columns:
        return 1.0
    by_chance = in_rows * in_columns / pairs
    return (together - by_chance) / ((in_rows + in_columns) / 2 - by_chance)


def _entropy(sizes: Counts) -> float:
    shares = sizes[sizes > 0] / sizes.sum()
    return float(-(shares * np.log(shares)).sum()) if len(shares) > 1 else 0.0


# --- chance -----------------------------------------------------------------------------------------------


def against_chance(
    values: Values, labels: Labels, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> Compared | None:
    """Return the agreement beside its chance level, every label being a group; None if no picture has a value."""
    found = figures(values, labels)
    if found is None:
        return None
    drawn = _deals(values, labels, permutations, seed)
    names = [f.name for f in fields(Figures)]
    table = np.array([[getattr(one, name) for name in names] for one in drawn]).reshape(-1, len(names))
    if not len(table):
        zero = Figures(ami=0.0, ari=0.0, homogeneity=0.0, completeness=0.0)
        return Compared(figures=found, chance=zero, spread=zero, p=1.0)
    as_high = int((table[:, names.index("ami")] >= found.ami - 1e-12).sum())
    return Compared(
        figures=found,
        chance=Figures(**dict(zip(names, table.mean(axis=0).tolist(), strict=True))),
        spread=Figures(**dict(zip(names, table.std(axis=0).tolist(), strict=True))),
        p=(1 + as_high) / (1 + len(table)),
    )


def _deals(values: Values, labels: Labels, permutations: int, seed: int) -> list[Figures]:
    """Deal the labels of the known pictures out to them again, at random."""
    rng = np.random.default_rng(seed)
    known = values.known
    remembered: dict[bytes, float] = {}

    def expected(table: Counts) -> float:
        """Return what chance gives for the sums of a table, computed once for each."""
        sums = table.sum(axis=0).tobytes() + table.sum(axis=1).tobytes()
        if sums not in remembered:
            remembered[sums] = expected_mutual_information(table)
        return remembered[sums]

    drawn = []
    for _deal in range(permutations):
        dealt = labels.copy()
        dealt[known] = rng.permutation(labels[known])
        drawn.append(of_table(crosstab(values, dealt)[0], expected))
    return drawn
