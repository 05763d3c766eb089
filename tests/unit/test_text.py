"""What people read in a list is told apart."""

import pytest

from barrx.ui.text import apart_at_sight, rounded_down, told_apart


@pytest.mark.parametrize(
    ("share", "expected"),
    [(1.0, 1.0), (299 / 300, 0.99), (0.29, 0.29), (0.7499, 0.74), (2 / 3, 0.66), (0.0, 0.0)],
)
def test_a_share_that_misses_all_is_not_rounded_to_it(share: float, expected: float) -> None:
    assert rounded_down(share) == expected


def test_labels_that_are_alike_are_told_apart() -> None:
    labels = {1: "Moon", 2: "Moon", 3: "Moon (2)", 4: "Moon", 5: ""}
    assert told_apart(labels) == {1: "Moon", 2: "Moon (2)", 3: "Moon (2) (2)", 4: "Moon (3)", 5: ""}
    assert told_apart({}) == {}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["cluster", "year", "a name that is long but like no other"], None),
        (["Width (pixels)", "Width (cm)", "Width"], None),
        (
            ["Date of production according to label", "Date of production according to inventory", "Date"],
            ["Date of p…to label", "Date of p…to inventory", "Date"],
        ),
        (
            ["Description of the object", "Description of the object (en)"],
            ["Descripti…ect", "Descripti…ect (en)"],
        ),
        (["A very long name of a column"] * 2, ["A very lo…umn", "A very lo…umn (2)"]),
        (["x" * 2000], None),
        (["x" * 2000 + "a", "x" * 2000 + "b"], ["x" * 9 + "…xxxa", "x" * 9 + "…xxxb"]),
    ],
)
def test_long_labels_with_one_beginning_differ_at_sight(
    labels: list[str], expected: list[str] | None
) -> None:
    assert list(apart_at_sight(dict(enumerate(labels))).values()) == (expected or labels)
