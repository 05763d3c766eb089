"""What people read in a list is told apart."""

from barrx.ui.text import told_apart


def test_labels_that_are_alike_are_told_apart() -> None:
    labels = {1: "Moon", 2: "Moon", 3: "Moon (2)", 4: "Moon", 5: ""}
    assert told_apart(labels) == {1: "Moon", 2: "Moon (2)", 3: "Moon (2) (2)", 4: "Moon (3)", 5: ""}
    assert told_apart({}) == {}
