"""Which setting of a sweep to begin with, and why, in one sentence.

Agreement with the catalogue is left out on purpose: a map chosen because it agrees could not be used to ask
whether it does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barrx.i18n import _, ngettext
from barrx.judgement.sweep import PARAMETERS, PARTITION, written

MOST_NOISE = 0.4  # a setting with more comes after all that have less
STEADY = 0.5  # neighbouring settings have at most half as many clusters more; beside a cliff they have
_MOST_NAMED = 3  # settings with the same clusters that are named in a sentence

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A setting and the reason for it.

    Attributes
    ----------
    number : int
        its place in the sweep
    score : float
        mean of its ranks among its equals, from 0 to 1
    reason : str
        one sentence
    same : tuple of int
        places in the sweep of the other settings that give the very same clusters, best first
    """

    number: int
    score: float
    reason: str
    same: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step from a setting to a neighbouring one.

    Attributes
    ----------
    change : float
        0.25 means a quarter more clusters on one side than on the other; twice the ``min_cluster_size`` may halve
        the number, and only what is beyond that counts
    clusters : int
        how many there are after it
    """

    change: float
    clusters: int


def recommend(
    rows: Sequence[Row],
    stability: Mapping[int, float] | None = None,
    most: int = 1,
    artefacts: Mapping[int, int] | None = None,
) -> list[Recommendation]:
    """Rank the settings of a sweep.

    A setting has to have two clusters. Those with at most 40 % noise come first, and among these those without a
    cliff beside them: the next values of each parameter give at most half as many clusters more, or fewer. Equals
    in that are ranked by trustworthiness, by DBCV, by how little noise they leave and by how little the number of
    clusters changes to the next values; the mean of the four ranks counts, and of the stability too where it was
    measured. Of settings that give the very same clusters only the best is returned; its reason names the others.

    Parameters
    ----------
    rows : what :func:`barrx.judgement.sweep.run` returns
    stability : mapping, optional
        place in the sweep -> mean share (0 to 1) in which its clusters come back
    most : int
        how many to return, each of other clusters
    artefacts : mapping, optional
        place in the sweep -> how many of its clusters other seeds do not show; it is said, and does not count

    Returns
    -------
    list of Recommendation, best first; empty if no setting has two clusters
    """
    steps = steepest(rows)
    tiers: dict[tuple[bool, bool], list[int]] = {}
    for i, row in enumerate(rows):
        if row["clusters"] >= 2:
            tiers.setdefault((row["noise_share"] > MOST_NOISE, _is_cliff(steps[i])), []).append(i)
    ordered = [
        scored for tier in sorted(tiers) for scored in _in_order(rows, tiers[tier], steps, stability or {})
    ]
    alike: dict[str, list[tuple[int, float]]] = {}
    for i, score in ordered:
        alike.setdefault(rows[i][PARTITION], []).append((i, score))
    return [
        Recommendation(
            number=i,
            score=score,
            reason=_reason(rows, i, steps[i], (stability or {}).get(i))
            + _artefacts((artefacts or {}).get(i, 0), int(rows[i]["clusters"]))
            + _same_clusters(rows[i], [rows[other] for other, _score in others]),
            same=tuple(other for other, _score in others),
        )
        for (i, score), *others in list(alike.values())[:most]
    ]


def _in_order(
    rows: Sequence[Row], equals: Sequence[int], steps: Sequence[Step | None], stability: Mapping[int, float]
) -> list[tuple[int, float]]:
    """Return some settings and their scores, best first."""
    measures = [
        [rows[i]["trustworthiness"] for i in equals],
        [rows[i]["dbcv"] if rows[i]["dbcv_kind"] == "dbcv" else None for i in equals],
        [-rows[i]["noise_share"] for i in equals],
        [None if (step := steps[i]) is None else -step.change for i in equals],
        [stability.get(i) for i in equals],
    ]
    score = np.mean([_ranks(measure) for measure in measures if any(v is not None for v in measure)], axis=0)
    best = sorted(range(len(equals)), key=lambda at: (-round(float(score[at]), 9), equals[at]))
    return [(equals[at], float(score[at])) for at in best]


def steepest(rows: Sequence[Row]) -> list[Step | None]:
    """Return for each setting the largest step to a neighbouring one; None where it has no neighbour.

    Neighbours differ in one numeric parameter, by one step of the grid.
    """
    values = _tried(rows)
    at = {tuple(row[name] for name in PARAMETERS): row["clusters"] for row in rows}
    result: list[Step | None] = []
    for row in rows:
        found = [
            Step(_change(row, dict(zip(PARAMETERS, key, strict=True)), at[key]), int(at[key]))
            for name, steps in values.items()
            for key in _neighbours(row, name, steps)
            if key in at
        ]
        result.append(max(found, key=lambda step: step.change, default=None))
    return result


def _tried(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return the values of each numeric parameter that neighbours may differ in, ascending."""
    values = {name: sorted({row[name] for row in rows}) for name in PARAMETERS if name != "seed"}
    return {
        name: found for name, found in values.items() if not any(isinstance(value, str) for value in found)
    }


def _is_between(rows: Sequence[Row], number: int) -> bool:
    """Tell whether a lower and a higher value were tried of each parameter of which several were.

    Beside the lowest or the highest value there may be a cliff that nobody has looked for.
    """
    there = {tuple(row[name] for name in PARAMETERS) for row in rows}
    return all(
        sum(key in there for key in _neighbours(rows[number], name, steps)) == 2
        for name, steps in _tried(rows).items()
        if len(steps) > 1
    )


def _is_cliff(step: Step | None) -> bool:
    return step is not None and step.change > STEADY


def _change(row: Row, other: Row, clusters: int) -> float:
    usual = abs(math.log(row["min_cluster_size"] / other["min_cluster_size"]))
    return math.expm1(max(0.0, abs(math.log((row["clusters"] + 1) / (clusters + 1))) - usual))


def _neighbours(row: Row, name: str, steps: Sequence[Any]) -> list[tuple[Any, ...]]:
    place = steps.index(row[name])
    return [
        tuple(steps[other] if p == name else row[p] for p in PARAMETERS)
        for other in (place - 1, place + 1)
        if 0 <= other < len(steps)
    ]


def _ranks(measure: Sequence[float | None]) -> NDArray[np.float64]:
    """Return the share of the others each is above, ties half; what is not defined is below all."""
    numbers = np.array([-np.inf if value is None else value for value in measure])
    above = (numbers[:, None] > numbers).sum(axis=1) + ((numbers[:, None] == numbers).sum(axis=1) - 1) / 2
    ranks: NDArray[np.float64] = above / max(1, len(numbers) - 1)
    return ranks


def _reason(rows: Sequence[Row], number: int, step: Step | None, comes_back: float | None) -> str:
    row = rows[number]
    n = int(row["clusters"])
    parts = [
        ngettext("{n} cluster", "{n} clusters", n).format(n=n),
        _("{share:.0%} noise").format(share=row["noise_share"]),
    ]
    if row["trustworthiness"] is not None:
        parts.append(_trusted(rows, row["trustworthiness"]))
    if step is not None:
        parts.append(_beside(rows, number, step))
    if comes_back is not None:
        parts.append(_("its clusters come back to {share:.0%}").format(share=comes_back))
    return ", ".join(parts)


def _beside(rows: Sequence[Row], number: int, step: Step) -> str:
    if _is_cliff(step):
        return ngettext(
            "on a cliff: the next value of a parameter gives {n} cluster",
            "on a cliff: the next value of a parameter gives {n} clusters",
            step.clusters,
        ).format(n=step.clusters)
    return _("no cliff beside it") if _is_between(rows, number) else _("no cliff among the values tried")


def _trusted(rows: Sequence[Row], value: float) -> str:
    """Return the trustworthiness and its place among all; where all are equal, as on one map, none has a place."""
    if all(other["trustworthiness"] == value for other in rows):
        return _("trustworthiness {value:.2f}").format(value=value)
    better = sum((other["trustworthiness"] or 0) > value for other in rows)
    return _("trustworthiness {value:.2f} (place {place} of {n})").format(
        value=value, place=better + 1, n=len(rows)
    )


def _artefacts(n: int, total: int) -> str:
    if not n:
        return ""
    return ", " + ngettext(
        "{n} of {total} clusters is an artefact of the seed",
        "{n} of {total} clusters are artefacts of the seed",
        n,
    ).format(n=n, total=total)


def _same_clusters(row: Row, others: Sequence[Row]) -> str:
    if not others:
        return ""
    named = _(" or ").join(_difference(row, other) for other in others[:_MOST_NAMED])
    said = ", " + _("the same clusters with {settings}").format(settings=named)
    n = len(others) - _MOST_NAMED
    if n <= 0:
        return said
    return (
        said + ", " + ngettext("and with {n} further setting", "and with {n} further settings", n).format(n=n)
    )


def _difference(row: Row, other: Row) -> str:
    """Return the parameters of another setting that are not those of a setting."""
    return _(" and ").join(
        f"{name} {written(other[name])}" for name in PARAMETERS if other[name] != row[name]
    )
