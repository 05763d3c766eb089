"""Which columns are what: title, creator, date, rights, categories."""

import pandas as pd
import pytest

from barrx import datasets, roles


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("Title", "title"),
        ("  TITEL ", "title"),
        ("dc:creator", "creator"),
        ("Künstler", "creator"),
        ("Credit Line", "credit"),
        ("credit_line", "credit"),
        ("Línea de crédito", "credit"),
        ("Bildnachweis", "credit"),
        ("attribution", "credit"),
        ("Crédit photo", "credit"),
        ("dcterms:rights", "rights"),
        ("Copyright", "rights"),
        ("Derechos", "rights"),
        ("Rechte", "rights"),
        ("Droits d'auteur", "rights"),
        ("licence", "license"),
        ("Lizenz", "license"),
        ("Fuente", "source"),
        ("Quelle", "source"),
    ],
)
def test_column_is_known_by_its_name(column: str, role: str) -> None:
    assert roles.column_for(role, ["folder", column, "note"]) == column


@pytest.mark.parametrize("column", ["Creator: name", "untitled", "rightsized", "resource", ""])
def test_column_that_only_looks_like_one_plays_no_role(column: str) -> None:
    assert {role for role in roles._NAMES if roles.column_for(role, [column])} == set()


def test_first_of_two_columns_plays_the_role() -> None:
    assert roles.column_for("title", ["name", "Title", "title"]) == "Title"


def test_rights_join_credit_rights_and_licence_and_say_nothing_twice() -> None:
    table = pd.DataFrame(
        {
            "license": ["CC0", "CC BY 4.0", None],
            "credit line": ["Gift of A. B.", "CC BY 4.0", None],
            "rights": [None, "© 1907", ""],
        }
    )
    assert roles.rights(table) == ["Gift of A. B. · CC0", "CC BY 4.0 · © 1907", ""]
    assert roles.rights(table[[]]) == ["", "", ""]


def test_categorical_columns_of_the_demo(home: object) -> None:
    assert roles.categorical(datasets.load("demo").metadata) == ["creator", "category"]


def test_categorical_columns_put_pictures_into_groups() -> None:
    table = pd.DataFrame(
        {
            "title": ["a", "a", "b", "b"],
            "inventory": ["1a", "2b", "3c", "4d"],
            "height": [1.5, 1.5, 2.5, 2.5],
            "school": ["x", "x", None, "y"],
            "movement": ["x", "x", "y", "y"],
            "on view": [True, True, False, False],
            "one": ["x"] * 4,
            "rights": ["x", "x", "y", "y"],
        }
    )
    assert roles.categorical(table) == ["movement", "on view"]
    assert roles.categorical(table[[]]) == []
