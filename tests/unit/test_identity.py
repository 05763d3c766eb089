"""Cluster identity: numbers follow the pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from barrx import identity

NOISE = -1
SOME_LABELS = arrays(np.int32, 40, elements=st.integers(-1, 6))


def as_labels(*runs: tuple[int, int]) -> np.ndarray:
    """(label, count) pairs, one after the other."""
    return np.repeat(*np.array(runs or [(0, 0)], np.int32).T)


def numbers(labels: np.ndarray) -> list[int]:
    return [n for n in np.unique(labels).tolist() if n != NOISE]


@given(SOME_LABELS, SOME_LABELS, st.permutations(range(7)))
def test_matching_does_not_depend_on_how_clusters_were_numbered(
    labels: np.ndarray, anchor: np.ndarray, order: list[int]
) -> None:
    renamed = np.array([*order, NOISE], np.int32)[labels]
    np.testing.assert_array_equal(identity.matched(labels, anchor), identity.matched(renamed, anchor))


@given(SOME_LABELS, SOME_LABELS)
def test_matching_only_renames(labels: np.ndarray, anchor: np.ndarray) -> None:
    found = identity.matched(labels, anchor)
    pairs = set(zip(labels.tolist(), found.tolist(), strict=True))
    assert len(pairs) == len(np.unique(labels)) == len(np.unique(found))
    np.testing.assert_array_equal(labels == NOISE, found == NOISE)


@given(SOME_LABELS)
def test_anchor_keeps_its_own_numbers(anchor: np.ndarray) -> None:
    np.testing.assert_array_equal(identity.matched(anchor, anchor), anchor)


@given(SOME_LABELS, SOME_LABELS)
def test_matching_twice_is_matching_once(labels: np.ndarray, anchor: np.ndarray) -> None:
    once = identity.matched(labels, anchor)
    np.testing.assert_array_equal(identity.matched(once, anchor), once)


@pytest.mark.parametrize(
    ("labels", "anchor", "expected"),
    [
        # the larger part of a split keeps the number, the other gets the next one
        (as_labels((0, 30), (1, 12)), as_labels((5, 42)), as_labels((5, 30), (6, 12))),
        # what is merged has the number of its largest part
        (as_labels((0, 42)), as_labels((3, 12), (4, 30)), as_labels((4, 42))),
        # all together decide: 0 could be either, 1 can only be 7
        (as_labels((0, 20), (0, 11), (1, 10)), as_labels((2, 20), (7, 21)), as_labels((2, 31), (7, 10))),
        # one picture in common is no identity
        (as_labels((0, 20), (-1, 19)), as_labels((-1, 19), (8, 20)), as_labels((9, 20), (-1, 19))),
        # new ones: the largest first, then the first picture
        (
            as_labels((0, 5), (1, 9), (2, 9), (3, 10)),
            as_labels((-1, 23), (4, 10)),
            as_labels((7, 5), (5, 9), (6, 9), (4, 10)),
        ),
        (as_labels((0, 3), (1, 4)), as_labels((-1, 7)), as_labels((1, 3), (0, 4))),
        (as_labels((-1, 4)), as_labels((3, 4)), as_labels((-1, 4))),
        (as_labels(), as_labels(), as_labels()),
    ],
)
def test_matching_follows_the_pictures(labels: np.ndarray, anchor: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(identity.matched(labels, anchor), expected)


@given(SOME_LABELS, SOME_LABELS, SOME_LABELS)
def test_finer_reference_only_renames_too(labels: np.ndarray, anchor: np.ndarray, finer: np.ndarray) -> None:
    found = identity.matched(labels, anchor, finer)
    pairs = set(zip(labels.tolist(), found.tolist(), strict=True))
    assert len(pairs) == len(np.unique(labels)) == len(np.unique(found))
    np.testing.assert_array_equal(labels == NOISE, found == NOISE)


def test_clusters_unknown_to_the_anchor_keep_their_number_beside_others() -> None:
    anchor = as_labels((4, 20), (-1, 20))
    finer = as_labels((0, 10), (1, 10), (2, 4), (3, 5), (4, 5), (-1, 6))
    # One more cluster, larger than the two others that are new: they keep their numbers.
    few = identity.matched(as_labels((0, 20), (1, 4), (2, 5), (-1, 11)), anchor, finer)
    more = identity.matched(as_labels((0, 20), (1, 4), (2, 5), (3, 11)), anchor, finer)
    np.testing.assert_array_equal(few, as_labels((4, 20), (9, 4), (7, 5), (-1, 11)))
    np.testing.assert_array_equal(more, as_labels((4, 20), (9, 4), (7, 5), (8, 11)))


def test_of_two_equal_counterparts_the_first_gives_its_number() -> None:
    anchor, finer = as_labels((-1, 20)), as_labels((0, 5), (1, 5), (2, 5), (3, 5))
    np.testing.assert_array_equal(
        identity.matched(as_labels((0, 10), (1, 10)), anchor, finer), as_labels((0, 10), (2, 10))
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (as_labels((7, 42)), as_labels((7, 30), (12, 12)), "cluster 7 split into 7 and 12"),
        (as_labels((7, 30), (12, 12)), as_labels((7, 42)), "clusters 7 and 12 merged into 7"),
        (as_labels((-1, 20)), as_labels((4, 20)), "cluster 4 is new"),
        (as_labels((4, 20)), as_labels((-1, 20)), "cluster 4 is gone"),
        (as_labels((4, 20), (-1, 20)), as_labels((4, 40)), "cluster 4 grew from 20 to 40"),
        (as_labels((4, 40)), as_labels((4, 20), (-1, 20)), "cluster 4 shrank from 40 to 20"),
        (as_labels((4, 40)), as_labels((9, 40)), "cluster 4 is now 9"),
        (
            as_labels((1, 10), (1, 10), (2, 10)),
            as_labels((1, 10), (5, 10), (5, 10)),
            "clusters 1 and 2 regrouped into 1 and 5",
        ),
        (as_labels((4, 40)), as_labels((4, 36), (-1, 4)), None),
        (as_labels((-1, 4)), as_labels((-1, 4)), None),
    ],
)
def test_changes_say_what_happened(before: np.ndarray, after: np.ndarray, expected: str | None) -> None:
    found = [identity.sentence(change) for change in identity.changes(before, after)]
    assert found == ([expected] if expected else [])


def test_changes_name_what_concerns_the_most_pictures_first() -> None:
    before = as_labels((0, 10), (1, 90))
    after = as_labels((-1, 10), (1, 50), (2, 40))
    found = identity.changes(before, after)
    assert [change.kind for change in found] == ["split", "gone"]
    said = identity.sentence(found[0], {1: "Cubists"}.__getitem__, {1: "Fauves", 2: "Nabis"}.__getitem__)
    assert said == "cluster Cubists split into Fauves and Nabis"


@given(SOME_LABELS)
def test_nothing_changes_between_a_map_and_itself(labels: np.ndarray) -> None:
    assert identity.changes(labels, labels) == []
