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
from barrx.judgement.sweep import PARAMETERS

MOST_NOISE = 0.4  # beyond it a setting is recommended only if there is none below
STEADY = 0.5  # neighbouring settings have at most half as many clusters more; a setting on a cliff has

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A setting and the reason for it.

    Attributes
    ----------
    number : int
        its place in the sweep
    score : float
        mean of its ranks, from 0 to 1
    reason : str
        one sentence
    """

    number: int
    score: float
    reason: str


def recommend(
    rows: Sequence[Row],
    stability: Mapping[int, float] | None = None,
    most: int = 1,
    artefacts: Mapping[int, int] | None = None,
) -> list[Recommendation]:
    """Rank the settings of a sweep.

    A setting has to have two clusters, and if there are such, at most 40 % noise, and no cliff beside it: the
    next values of each parameter give at most half as many clusters more, or fewer. Those are ranked by
    trustworthiness, by DBCV, by how little noise they leave and by how little the number of clusters changes to
    the next values; the mean of the four ranks counts, and of the stability too where it was measured.

    Parameters
    ----------
    rows : what :func:`barrx.judgement.sweep.run` returns
    stability : mapping, optional
        place in the sweep -> mean share (0 to 1) in which its clusters come back
    most : int
        how many to return
    artefacts : mapping, optional
        place in the sweep -> how many of its clusters other seeds do not show; it is said, and does not count

    Returns
    -------
    list of Recommendation, best first; empty if no setting has two clusters
    """
    able = [i for i, row in enumerate(rows) if row["clusters"] >= 2]
    able = [i for i in able if rows[i]["noise_share"] <= MOST_NOISE] or able
    change = unsteadiness(rows)
    able = [i for i in able if (change[i] or 0) <= STEADY] or able
    if not able:
        return []
    measures = [
        [rows[i]["trustworthiness"] for i in able],
        [rows[i]["dbcv"] if rows[i]["dbcv_kind"] == "dbcv" else None for i in able],
        [-rows[i]["noise_share"] for i in able],
        [None if (by := change[i]) is None else -by for i in able],
        [(stability or {}).get(i) for i in able],
    ]
    score = np.mean([_ranks(measure) for measure in measures if any(v is not None for v in measure)], axis=0)
    best = sorted(range(len(able)), key=lambda at: (-round(float(score[at]), 9), able[at]))[:most]
    return [
        Recommendation(
            number=able[at],
            score=float(score[at]),
            reason=_reason(rows, able[at], change[able[at]], (stability or {}).get(able[at]))
            + _artefacts((artefacts or {}).get(able[at], 0), int(rows[able[at]]["clusters"])),
        )
        for at in best
    ]


def unsteadiness(rows: Sequence[Row]) -> list[float | None]:
    """Return for each setting the largest change of the number of clusters to a neighbouring one.

    Neighbours differ in one numeric parameter, by one step of the grid. 0.25 means a quarter more, or fewer;
    twice the ``min_cluster_size`` may halve the number, and only what is beyond that counts. None where a setting
    has no neighbour.
    """
    steps = {name: sorted({row[name] for row in rows}) for name in PARAMETERS if name != "seed"}
    numeric = [name for name, found in steps.items() if not any(isinstance(value, str) for value in found)]
    at = {tuple(row[name] for name in PARAMETERS): row["clusters"] for row in rows}
    result: list[float | None] = []
    for row in rows:
        changes = [
            _change(row, dict(zip(PARAMETERS, key, strict=True)), at[key])
            for name in numeric
            for key in _neighbours(row, name, steps[name])
            if key in at
        ]
        result.append(math.expm1(max(changes)) if changes else None)
    return result


def _change(row: Row, other: Row, clusters: int) -> float:
    usual = abs(math.log(row["min_cluster_size"] / other["min_cluster_size"]))
    return max(0.0, abs(math.log((row["clusters"] + 1) / (clusters + 1))) - usual)


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


def _reason(rows: Sequence[Row], number: int, change: float | None, comes_back: float | None) -> str:
    row = rows[number]
    n = int(row["clusters"])
    parts = [
        ngettext("{n} cluster", "{n} clusters", n).format(n=n),
        _("{share:.0%} noise").format(share=row["noise_share"]),
    ]
    if row["trustworthiness"] is not None:
        better = sum((other["trustworthiness"] or 0) > row["trustworthiness"] for other in rows)
        parts.append(
            _("trustworthiness {value:.2f} (place {place} of {n})").format(
                value=row["trustworthiness"], place=better + 1, n=len(rows)
            )
        )
    if change is not None:
        parts.append(
            _("no cliff beside it")
            if change <= STEADY
            else _("on a cliff: the next values change the number of clusters by {change:.0%}").format(
                change=change
            )
        )
    if comes_back is not None:
        parts.append(_("its clusters come back to {share:.0%}").format(share=comes_back))
    return ", ".join(parts)


def _artefacts(n: int, total: int) -> str:
    if not n:
        return ""
    return ", " + ngettext(
        "{n} of {total} clusters is an artefact of the seed",
        "{n} of {total} clusters are artefacts of the seed",
        n,
    ).format(n=n, total=total)
