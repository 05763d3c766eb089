"""Which cluster is which: the same number for the same pictures at every setting, and what changed between two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from barrx.i18n import _, numeral

Labels = NDArray[np.int32]
Counts = NDArray[np.int64]
Kind = Literal["split", "merged", "regrouped", "renumbered", "grown", "shrunk", "new", "gone"]

NOISE = -1
_COUNTERPART = 0.5  # two clusters are one when they share half of the smaller one
_NOTABLE = 0.25  # a cluster that grows or shrinks by less is the same to the eye


def matched(labels: Labels, anchor: Labels, finer: Labels | None = None) -> Labels:
    """Number clusters after those of the anchor map that hold the same pictures.

    Pairs are those with the most pictures in common over all clusters together (the assignment problem: Kuhn
    1955; solved on the sparse overlap by Jonker & Volgenant's algorithm), among those that share half of the
    smaller of the two. A cluster without counterpart has its number, above the anchor's largest, from a finer
    grouping in the same way, so that it keeps it too from setting to setting. What has no counterpart there
    either is numbered above all, the largest cluster first, then by its first picture.

    Parameters
    ----------
    labels, anchor, finer : (n_images,) int32, -1 is noise
        ``finer`` is numbered anew, the largest group first

    Returns
    -------
    (n_images,) int32
        the same groups, whatever they were numbered; a function of the groupings alone
    """
    own = _by_size(labels)
    numbers, above = np.full(len(own), NOISE, np.int32), anchor.max(initial=NOISE) + 1
    theirs = np.unique(anchor[anchor != NOISE])
    references = [(anchor, theirs, theirs)]
    if finer is not None:
        groups = _by_size(finer)
        references.append((finer, groups, above + np.arange(len(groups), dtype=np.int32)))
        above += len(groups)
    for reference, names, given in references:
        left = np.flatnonzero(numbers == NOISE)
        paired = _paired(labels, reference, own[left], names)
        numbers[left[paired >= 0]] = given[paired[paired >= 0]]
    has_none = numbers == NOISE
    numbers[has_none] = above + np.arange(has_none.sum())
    found = np.full(len(labels), NOISE, np.int32)
    places = _places(labels, own)
    found[places >= 0] = numbers[places[places >= 0]]
    return found


def _paired(labels: Labels, reference: Labels, own: Labels, theirs: Labels) -> Counts:
    """Return for each of our clusters the place in ``theirs`` of its counterpart, -1 where it has none."""
    from scipy.sparse import coo_array, eye_array, hstack
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    if not len(own):
        return np.empty(0, np.int64)
    row, column, common = _links(labels, reference, own, theirs)
    # Of two with as many pictures in common the first: all such preferences together weigh less than one picture.
    first = (1 - column / (len(theirs) + 1)) / (2 * len(own))
    pairs = coo_array((common + 1.0 + first, (row, column)), (len(own), len(theirs)))
    # One column more for each cluster, to be paired with nothing: worth less than any picture in common.
    weights = hstack([pairs, eye_array(len(own))], format="csr")
    _rows, paired = min_weight_full_bipartite_matching(weights, maximize=True)
    return np.where(paired < len(theirs), paired, NOISE)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to clusters between two settings.

    Attributes
    ----------
    before, after : numbers of the clusters concerned, ascending
    sizes : pictures in ``before`` and in ``after``
    """

    kind: Kind
    before: tuple[int, ...]
    after: tuple[int, ...]
    sizes: tuple[int, int]


def changes(before: Labels, after: Labels) -> list[Change]:
    """Tell what happened to the clusters, what concerns the most pictures first.

    Parameters
    ----------
    before, after : (n_images,) int32, -1 is noise; numbered alike
    """
    old, new = (np.unique(labels[labels != NOISE]) for labels in (before, after))
    row, column, _common = _links(before, after, old, new)
    counts = _counts(before), _counts(after)
    found = [_change(was, is_now, counts) for was, is_now in _families(old, new, (row, column))]
    return sorted(
        (change for change in found if change),
        key=lambda change: (-max(change.sizes), change.before, change.after),
    )


def _families(old: Labels, new: Labels, links: tuple[Counts, Counts]) -> list[tuple[list[int], list[int]]]:
    """Return the clusters that hang together, before and after: the connected components of the links."""
    # Not scipy's: its import would cost the dashboard, which says what changed, 0.2 s and 20 MB.
    family = {("old", n): ([n], list[int]()) for n in old.tolist()}
    family |= {("new", n): (list[int](), [n]) for n in new.tolist()}
    for was, is_now in zip(old[links[0]].tolist(), new[links[1]].tolist(), strict=True):
        kept, other = family["old", was], family["new", is_now]
        if sum(map(len, kept)) < sum(map(len, other)):
            kept, other = other, kept
        if kept is not other:
            for side, names in zip(("old", "new"), other, strict=True):
                family |= dict.fromkeys(((side, n) for n in names), kept)
            kept[0].extend(other[0])
            kept[1].extend(other[1])
    found = {id(one): one for one in family.values()}
    return [(sorted(was), sorted(is_now)) for was, is_now in found.values()]


def _change(before: list[int], after: list[int], counts: tuple[Counts, Counts]) -> Change | None:
    sizes = int(counts[0][before].sum()), int(counts[1][after].sum())
    kinds: dict[tuple[int, int], Kind] = {(0, 1): "new", (1, 0): "gone", (1, 1): "renumbered"}
    kind = kinds.get((len(before), len(after)))
    if kind is None:
        kind = "split" if len(before) == 1 else "merged" if len(after) == 1 else "regrouped"
    elif before == after:
        if abs(sizes[1] - sizes[0]) <= _NOTABLE * sizes[0]:
            return None
        kind = "grown" if sizes[1] > sizes[0] else "shrunk"
    return Change(kind, tuple(before), tuple(after), sizes)


def sentence(change: Change, was: Callable[[int], str] = str, now: Callable[[int], str] = str) -> str:
    """Return a change in words.

    Parameters
    ----------
    was, now : give what people call a cluster of each setting; its number where it has no name there
    """
    templates = {
        "split": _("cluster {before} split into {after}"),
        "merged": _("clusters {before} merged into {after}"),
        "regrouped": _("clusters {before} regrouped into {after}"),
        "renumbered": _("cluster {before} is now {after}"),
        "grown": _("cluster {after} grew from {size} to {new_size}"),
        "shrunk": _("cluster {after} shrank from {size} to {new_size}"),
        "new": _("cluster {after} is new"),
        "gone": _("cluster {before} is gone"),
    }
    size, new_size = change.sizes
    return templates[change.kind].format(
        before=_listed([was(n) for n in change.before]),
        after=_listed([now(n) for n in change.after]),
        size=numeral(size),
        new_size=numeral(new_size),
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("{most} and {last}").format(most=", ".join(names[:-1]), last=names[-1])


def _by_size(labels: Labels) -> Labels:
    """Return the clusters in an order that does not depend on how they are numbered."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    ordered: Labels = names[order[names[order] != NOISE]]
    return ordered


def _counts(labels: Labels) -> Counts:
    return np.bincount(labels[labels != NOISE])


def _links(
    rows: Labels, columns: Labels, row_names: Labels, column_names: Labels
) -> tuple[Counts, Counts, Counts]:
    """Return the pairs of clusters that are one: places in both lists of names, and pictures in common."""
    row, column = _places(rows, row_names), _places(columns, column_names)
    both = (row >= 0) & (column >= 0)
    pairs, common = np.unique(row[both] * max(1, len(column_names)) + column[both], return_counts=True)
    row, column = np.divmod(pairs, max(1, len(column_names)))
    smaller = np.minimum(_counts(rows)[row_names[row]], _counts(columns)[column_names[column]])
    linked = common >= _COUNTERPART * smaller
    return row[linked], column[linked], common[linked]


def _places(labels: Labels, names: Labels) -> Counts:
    place = np.full(int(labels.max(initial=NOISE)) + 2, -1)
    place[names] = np.arange(len(names))
    found: Counts = place[labels]
    return found  # noise, -1, is the last entry, which no cluster has
