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

from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.errors import Cancelled
from barrx.i18n import _
from barrx.judgement import agreement, values
from barrx.judgement.agreement import Compared
from barrx.judgement.pixels import Pixels
from barrx.judgement.values import Values

PERMUTATIONS = 100
CLEARLY = 0.1  # AMI by which something has to explain the clusters better than the category to be called out
SIGNIFICANT = 3.0  # standard deviations above chance
SAME = 0.75  # AMI with the category from which on a column can hardly be told apart from it
LEAST_SHARE = 0.2  # of the pictures: what is known of fewer says nothing of the clusters as a whole
_MOST_SHARE = 0.5  # of the pictures: a column of more values than that tells every picture from the others

Kind = Literal["column", "file", "colour"]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """How well one thing explains the clusters.

    Attributes
    ----------
    name : str
    kind : str
        ``column`` of the metadata, property of the ``file``, or ``colour`` of the picture, which is measured of its
        file but tells less of where it comes from than of how it looks
    compared : Compared
        its agreement with the clusters, noise being one of them, and the chance level
    n_values, n_known, n_missing : int
        different values; pictures with one, which the figures are of; pictures without one, left out
    on_both, category_on_both : Compared or None
        its agreement and that of the chosen category, both over the pictures that have both; None without any. That
        of the category is None also where it cannot be compared there, as where all of these have the same value
    n_both : int
        how many those are
    same_as_category : float
        its adjusted mutual information with the chosen category, over pictures that have both
    is_chosen : bool
        it is the chosen category
    """

    name: str
    kind: Kind
    compared: Compared
    n_values: int
    n_known: int
    n_missing: int
    on_both: Compared | None
    category_on_both: Compared | None
    n_both: int
    same_as_category: float
    is_chosen: bool

    @property
    def n_images(self) -> int:
        """Pictures in the collection."""
        return self.n_known + self.n_missing

    @property
    def score(self) -> float:
        """Adjusted mutual information above the chance level: what explanations are ranked by."""
        return _above_chance(self.compared)

    @property
    def is_significant(self) -> bool:
        """Whether it agrees with the clusters more than chance would."""
        return _is_significant(self.compared)

    @property
    def is_clear(self) -> bool:
        """Whether it agrees with the clusters as far as a rival has to if the category does not at all."""
        return self.is_significant and self.score >= CLEARLY

    @property
    def is_of_files(self) -> bool:
        """Whether it is measured of the files, and no column of the metadata."""
        return self.kind != "column"

    @property
    def is_rival(self) -> bool:
        """Whether the clusters follow it clearly more than the chosen category, on the same pictures."""
        if self.is_chosen or self.on_both is None or self.category_on_both is None:
            return False
        bar = max(0.0, _above_chance(self.category_on_both)) + CLEARLY
        return (
            self.n_both >= LEAST_SHARE * self.n_images
            and _above_chance(self.on_both) >= bar
            and _is_significant(self.on_both)
        )

    @property
    def goes_with_category(self) -> bool:
        """Whether it is mostly the same distinction as the chosen category."""
        return self.same_as_category >= SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that is not compared with the clusters, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """What explains the clusters.

    Attributes
    ----------
    explanations : tuple of Explanation
        best first; none where there are less than two clusters
    left_out : tuple of LeftOut
    n_clusters : int
    has_category : bool
        whether there is a category to hold them against
    reason : str
        why the clusters cannot be compared with the chosen category, or ``""``
    """

    explanations: tuple[Explanation, ...]
    left_out: tuple[LeftOut, ...]
    n_clusters: int
    has_category: bool = True
    reason: str = ""

    @property
    def chosen(self) -> Explanation | None:
        """The chosen category among them; None if it was left out."""
        return next((e for e in self.explanations if e.is_chosen), None)

    @property
    def rivals(self) -> tuple[Explanation, ...]:
        """What the clusters follow clearly more than the chosen category; what is another distinction comes first.

        Without a category, the properties of the files that they clearly follow.
        """
        if not self.has_category:
            return tuple(e for e in self.explanations if e.is_of_files and e.is_clear)
        return tuple(sorted((e for e in self.explanations if e.is_rival), key=lambda e: e.goes_with_category))

    @property
    def sentence(self) -> str:
        """Say in plain words what the clusters follow."""
        if self.n_clusters == 0:
            return _("There are no clusters to explain: every image is noise.")
        if self.n_clusters == 1:
            return _("Nothing can be said of what the clusters follow: there is only one cluster.")
        chosen, rivals = self.chosen, self.rivals
        if not self.has_category:
            return _without_category(self.explanations, rivals)
        if chosen is None:
            return _("The chosen category has no values to compare the clusters with.")
        if rivals:
            return _warning(rivals[0], chosen.name)
        if self.reason:  # not followed is something else than not to be compared
            return _("Nothing can be said of “{column}”: {reason}.").format(
                column=chosen.name, reason=self.reason
            )
        if chosen.n_known < LEAST_SHARE * chosen.n_images:
            return _("Too few images have a value of “{column}” to say what the clusters follow.").format(
                column=chosen.name
            )
        figures = {"column": chosen.name, "own": _rounded(chosen.score)}
        if not chosen.is_significant:
            return _("The clusters do not follow “{column}” more than chance would ({own:.2f}).").format(
                **figures
            )
        return _(
            "Nothing else that is known of the images explains the clusters clearly better than “{column}” "
            "(agreement above chance {own:.2f})."
        ).format(**figures)

    @property
    def note(self) -> str:
        """Say how many pictures the figures of the sentence are of, where they are not nearly all."""
        if not self.has_category:
            return ""
        if self.rivals:
            return _of_both(self.rivals[0])
        chosen = self.chosen
        if chosen is None or chosen.n_known >= values.NEARLY_ALL * chosen.n_images:
            return ""
        return _("{n} of {all} images have a value of “{column}”.").format(
            n=chosen.n_known, all=chosen.n_images, column=chosen.name
        )


def _without_category(found: Sequence[Explanation], of_files: Sequence[Explanation]) -> str:
    if of_files:
        said = (
            _(
                "Careful: the clusters follow “{name}” (agreement above chance {score:.2f}): they may say more about "
                "how the images are coloured than about what they show."
            )
            if of_files[0].kind == "colour"
            else _(
                "Careful: the clusters follow “{name}”, a property of the files (agreement above chance {score:.2f}): "
                "they may say more about the images' origin than about what they show."
            )
        )
        return said.format(name=of_files[0].name, score=_rounded(of_files[0].score))
    if found and found[0].is_significant:
        return _(
            "Of what is known of the images, the clusters follow “{name}” most (agreement above chance {score:.2f})."
        ).format(name=found[0].name, score=_rounded(found[0].score))
    return _("The clusters follow nothing that is known of the images more than chance would.")


def _of_both(rival: Explanation) -> str:
    if rival.n_both >= values.NEARLY_ALL * rival.n_images:
        return ""
    return _("Both figures are of the {n} of {all} images that have both.").format(
        n=rival.n_both, all=rival.n_images
    )


def _warning(rival: Explanation, column: str) -> str:
    assert rival.on_both is not None  # else it were no rival
    assert rival.category_on_both is not None
    figures = {
        "rival": rival.name,
        "column": column,
        "other": _rounded(_above_chance(rival.on_both)),
        "own": _rounded(_above_chance(rival.category_on_both)),
    }
    if rival.goes_with_category:
        return _(
            "“{rival}” explains the clusters better than “{column}” (agreement above chance {other:.2f} against "
            "{own:.2f}), but it goes mostly with “{column}” (agreement {same:.2f}): the two can hardly be told apart "
            "here."
        ).format(**figures, same=_rounded(rival.same_as_category))
    if rival.kind == "file":
        return _(
            "Careful: the clusters follow “{rival}”, a property of the files, more than “{column}” "
            "(agreement above chance {other:.2f} against {own:.2f}): they may say more about the images' origin "
            "than about what they show."
        ).format(**figures)
    if rival.kind == "colour":
        return _(
            "Careful: the clusters follow “{rival}” more than “{column}” (agreement above chance {other:.2f} against "
            "{own:.2f}): they may say more about how the images are coloured than about what they show."
        ).format(**figures)
    return _(
        "Careful: the clusters follow “{rival}” more than “{column}” "
        "(agreement above chance {other:.2f} against {own:.2f})."
    ).format(**figures)


def _above_chance(compared: Compared) -> float:
    # The mean of the deals may lie a little below 0; no agreement is more than perfect for that.
    return min(1.0, compared.ami_above_chance)


def _is_significant(compared: Compared) -> bool:
    return _above_chance(compared) > SIGNIFICANT * compared.spread.ami


def _rounded(score: float) -> float:
    return round(score, 2) + 0.0  # + 0.0: no -0.00


def rank(
    candidates: Sequence[tuple[Kind, Values]],
    category: Values | None,
    labels: Labels,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Ranking:
    """Rank everything known of the pictures by how well it explains the clusters; nothing explains less than two.

    Parameters
    ----------
    candidates : sequence of (kind, Values)
        see :func:`columns` and :func:`of_files`; the chosen category is added. Of one that gives some pictures a
        value, the same to all of them, it is compared whether a picture has it
    category : Values or None
        None where a collection has no category to choose
    labels : (n_images,) int, -1 is noise

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true
    """
    n_clusters = len(np.unique(labels[labels != NOISE]))
    if n_clusters < 2:
        return Ranking(explanations=(), left_out=(), n_clusters=n_clusters, has_category=category is not None)
    everything: list[tuple[Kind, Values]] = [
        (kind, _as_compared(one))
        for kind, one in candidates
        if category is None or kind != "column" or one.title != category.title
    ]
    if category is not None:
        everything.insert(0, ("column", category))
    compared = _remembering(labels, permutations, seed)
    found, left_out = [], []
    for number, (kind, candidate) in enumerate(everything):
        if cancelled():
            raise Cancelled(_("Stopped."))
        reason = _unfit(candidate, is_chosen=candidate is category)
        if reason:
            left_out.append(LeftOut(name=candidate.title, reason=reason))
        else:
            found.append(_explanation(kind, candidate, category, labels, compared))
        progress(number + 1, len(everything))
    found.sort(key=lambda e: (-e.score, e.name))
    return Ranking(
        explanations=tuple(found),
        left_out=tuple(left_out),
        n_clusters=n_clusters,
        has_category=category is not None,
        reason="" if category is None else agreement.undefined(category, labels, only_clustered=False),
    )


def _remembering(
    labels: Labels, permutations: int, seed: int
) -> Callable[[Values, NDArray[np.bool_]], Compared | None]:
    """Return what compares the clusters with values of some pictures; most columns are known of the same ones."""
    remembered: dict[tuple[int, bytes], Compared | None] = {}

    def compared(one: Values, kept: NDArray[np.bool_]) -> Compared | None:
        """Compare the clusters with the values of the pictures that are kept."""
        key = id(one), kept.tobytes()
        if key not in remembered:
            remembered[key] = agreement.against_chance(
                one.within(kept), labels, permutations=permutations, seed=seed
            )
        return remembered[key]

    return compared


def _explanation(
    kind: Kind,
    candidate: Values,
    category: Values | None,
    labels: Labels,
    compared: Callable[[Values, NDArray[np.bool_]], Compared | None],
) -> Explanation:
    is_chosen = candidate is category
    is_known = candidate.first >= 0
    has_both = is_known & (category.first >= 0) if category is not None else np.zeros_like(is_known)
    of_category = None
    if category is not None and not agreement.undefined(
        category.within(has_both), labels, only_clustered=False
    ):
        of_category = compared(category, has_both)
    own = compared(candidate, is_known)
    assert own is not None  # it has values
    return Explanation(
        name=candidate.title,
        kind=kind,
        compared=own,
        n_values=len(candidate.names),
        n_known=len(candidate.known),
        n_missing=candidate.n_missing,
        on_both=compared(candidate, has_both),
        category_on_both=of_category,
        n_both=int(has_both.sum()),
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
    }
    lightness = values.binned(_("lightness"), np.array([p.lightness for p in pixels]))
    borders = {
        "white": _("white frame"),
        "black": _("black frame"),
        "plain": _("plain frame"),
        "none": _("no frame"),
    }
    names = {
        _("file type"): dataset.pictures["format"].tolist(),
        _("folder of the file"): [str(PurePosixPath(name).parent) for name in dataset.filenames],
        _("border"): [borders[p.border] for p in pixels],
    }
    colours = {
        _("greyscale or colour"): [_("greyscale") if p.is_grey else _("colour") for p in pixels],
        _("mean colour"): [p.hue for p in pixels],
    }
    found = [values.binned(title, given) for title, given in numbers.items()]
    found += _named(names)
    return [("file", one) for one in found] + [("colour", one) for one in [lightness, *_named(colours)]]


def _named(cells: Mapping[str, Sequence[str]]) -> list[Values]:
    return [values.of_lists(title, [(cell,) for cell in given]) for title, given in cells.items()]


def _as_compared(candidate: Values) -> Values:
    """Return what is compared of a candidate: of one that is filled only where it applies, whether it is filled.

    Where nearly all are filled, the few others are taken for gaps.
    """
    n, everything = len(candidate.known), candidate.n_images
    is_mark = len(candidate.names) == 1 and LEAST_SHARE * everything <= n < values.NEARLY_ALL * everything
    return values.given_or_not(candidate) if is_mark else candidate


def _unfit(candidate: Values, *, is_chosen: bool) -> str:
    n = len(candidate.known)
    if is_chosen and n:
        return ""
    if n < 2:
        return _("hardly any image has a value")
    if n < LEAST_SHARE * candidate.n_images:
        return _("only {n} of {all} images have a value").format(n=n, all=candidate.n_images)
    if len(candidate.names) < 2:
        if candidate.n_missing:
            return _("all images that have a value have the same one")
        return _("it is the same for every image")
    if not candidate.has_several and len(candidate.names) > _MOST_SHARE * n:
        if (candidate.counts == 1).sum() >= values.NEARLY_ALL * n:
            return _("nearly every image has a value of its own")
        return _("{n} different values for {all} images are too many to compare").format(
            n=len(candidate.names), all=n
        )
    return ""


def _likeness(candidate: Values, category: Values | None) -> float:
    """Return how far a column is the category itself: their AMI, the first value of each picture counting."""
    if category is None:
        return 0.0
    both = category.within(candidate.first >= 0)
    found = agreement.figures(both, candidate.first)
    return found.ami if found is not None else 0.0
