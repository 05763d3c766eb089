"""What else could explain the clusters: every other column, and properties of the files.

If the clusters follow the photo source or the frame more closely than the chosen category, that is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.datasets import Dataset
from barrx.errors import Cancelled
from barrx.i18n import _, numeral
from barrx.judgement import agreement, values
from barrx.judgement.agreement import Compared
from barrx.judgement.pixels import Pixels
from barrx.judgement.values import Values

PERMUTATIONS = 100
CLEARLY = 0.1  # AMI by which something has to explain the clusters better than the category to be called out
SIGNIFICANT = 3.0  # standard deviations above chance
SAME = 0.75  # AMI with the category from which on a column is the same distinction under another name
_MOST_SHARE = 0.5  # of the pictures: a column of more values than that tells every picture from the others

Kind = Literal["column", "file"]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """How well one thing explains the clusters.

    Attributes
    ----------
    name : str
    kind : str
        ``column`` of the metadata, or property of the ``file``
    compared : Compared
        its agreement with the clusters, noise being one of them, and the chance level
    n_values, n_missing : int
        different values; pictures without one, left out
    same_as_category : float
        its adjusted mutual information with the chosen category, over pictures that have both
    is_chosen : bool
        it is the chosen category
    """

    name: str
    kind: Kind
    compared: Compared
    n_values: int
    n_missing: int
    same_as_category: float
    is_chosen: bool

    @property
    def score(self) -> float:
        """Adjusted mutual information above the chance level: what explanations are ranked by."""
        return self.compared.ami_above_chance

    @property
    def is_significant(self) -> bool:
        return self.score > SIGNIFICANT * self.compared.spread.ami


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Explanations, best first, and what was left out of them and why (name -> reason)."""

    explanations: tuple[Explanation, ...]
    left_out: Mapping[str, str]

    @property
    def chosen(self) -> Explanation | None:
        return next((e for e in self.explanations if e.is_chosen), None)

    @property
    def rivals(self) -> tuple[Explanation, ...]:
        """What the clusters follow clearly more than the chosen category, and is another distinction."""
        bar = max(0.0, self.chosen.score if self.chosen else 0.0) + CLEARLY
        return tuple(
            e
            for e in self.explanations
            if not e.is_chosen and e.score >= bar and e.is_significant and e.same_as_category < SAME
        )

    @property
    def sentence(self) -> str:
        """Say in plain words what the clusters follow."""
        chosen, rivals = self.chosen, self.rivals
        if chosen is None:
            return _("The chosen category has no values to compare the clusters with.")
        figures = {"column": chosen.name, "own": numeral(chosen.score, ".2f")}
        if rivals:
            return _warning(rivals[0]).format(
                rival=rivals[0].name, other=numeral(rivals[0].score, ".2f"), **figures
            )
        if not chosen.is_significant:
            return _("The clusters do not follow “{column}” more than chance would ({own}).").format(
                **figures
            )
        return _(
            "Nothing else that is known of the pictures explains the clusters clearly better than “{column}” "
            "(agreement above chance {own})."
        ).format(**figures)


def _warning(rival: Explanation) -> str:
    if rival.kind == "file":
        return _(
            "Careful: the clusters follow “{rival}”, a property of the files, more than “{column}” "
            "(agreement above chance {other} against {own}): they may say more about the pictures' origin "
            "than about what they show."
        )
    return _(
        "Careful: the clusters follow “{rival}” more than “{column}” "
        "(agreement above chance {other} against {own})."
    )


def rank(
    candidates: Sequence[tuple[Kind, Values]],
    category: Values,
    labels: Labels,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Ranking:
    """Rank everything known of the pictures by how well it explains the clusters.

    Parameters
    ----------
    candidates : sequence of (kind, Values)
        see :func:`columns` and :func:`of_files`; the chosen category is added
    labels : (n_images,) int, -1 is noise

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true
    """
    everything: list[tuple[Kind, Values]] = [("column", category)]
    everything += [c for c in candidates if c[1].title != category.title]
    found, left_out = [], {}
    for number, (kind, candidate) in enumerate(everything):
        if cancelled():
            raise Cancelled(_("Stopped."))
        reason = _unfit(candidate, is_chosen=candidate is category)
        if reason:
            left_out[candidate.title] = reason
        else:
            compared = agreement.against_chance(candidate, labels, permutations=permutations, seed=seed)
            assert compared is not None  # it has values
            found.append(_explanation(kind, candidate, category, compared))
        progress(number + 1, len(everything))
    found.sort(key=lambda e: (-e.score, e.name))
    return Ranking(explanations=tuple(found), left_out=left_out)


def _explanation(kind: Kind, candidate: Values, category: Values, compared: Compared) -> Explanation:
    is_chosen = candidate is category
    return Explanation(
        name=candidate.title,
        kind=kind,
        compared=compared,
        n_values=len(candidate.names),
        n_missing=candidate.n_missing,
        same_as_category=1.0 if is_chosen else _likeness(candidate, category),
        is_chosen=is_chosen,
    )


def columns(metadata: pd.DataFrame) -> list[tuple[Kind, Values]]:
    """Return every column of the metadata; numbers of many different sizes in bins."""
    return [("column", values.explaining(metadata, str(name))) for name in metadata.columns]


def of_files(dataset: Dataset, pixels: Sequence[Pixels]) -> list[tuple[Kind, Values]]:
    """Return the properties of the files: size, shape, type, folder, colour, border."""
    width = dataset.pictures["width"].to_numpy(np.float64)
    height = dataset.pictures["height"].to_numpy(np.float64)
    numbers = {
        _("width of the file"): width,
        _("height of the file"): height,
        _("aspect ratio"): width / height,
        _("size of the file in bytes"): dataset.pictures["bytes"].to_numpy(np.float64),
        _("lightness"): np.array([p.lightness for p in pixels]),
    }
    borders = {
        "white": _("white frame"),
        "black": _("black frame"),
        "plain": _("plain frame"),
        "none": _("no frame"),
    }
    names = {
        _("file type"): dataset.pictures["format"].tolist(),
        _("folder of the file"): [str(PurePosixPath(name).parent) for name in dataset.filenames],
        _("greyscale or colour"): [_("greyscale") if p.is_grey else _("colour") for p in pixels],
        _("mean colour"): [p.hue for p in pixels],
        _("border"): [borders[p.border] for p in pixels],
    }
    found = [values.binned(title, given) for title, given in numbers.items()]
    found += [values.of_lists(title, [(cell,) for cell in cells]) for title, cells in names.items()]
    return [("file", one) for one in found]


def _unfit(candidate: Values, *, is_chosen: bool) -> str:
    n = len(candidate.known)
    if is_chosen and n:
        return ""
    if n < 2:
        return _("hardly any picture has a value")
    if len(candidate.names) < 2:
        return _("it is the same for every picture")
    if not candidate.has_several and len(candidate.names) > _MOST_SHARE * n:
        return _("nearly every picture has a value of its own")
    return ""


def _likeness(candidate: Values, category: Values) -> float:
    """Return how far a column is the category itself: their AMI, the first value of each picture counting."""
    both = category.within(candidate.first >= 0)
    found = agreement.figures(both, candidate.first)
    return found.ami if found is not None else 0.0
