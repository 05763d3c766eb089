"""Filters: which pictures they let through, and how they travel in an address."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from barrx import datasets, facets, filters
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.filters import Filters, Range
from barrx.ui import inspector


def collection(**columns: list[object]) -> Dataset:
    """Return a collection of these columns; its pictures are only names."""
    table = pd.DataFrame(columns)
    names = [f"{i:03d}.jpg" for i in range(len(table))]
    return replace(datasets.load("demo"), filenames=names, metadata=table)


def clustering(n: int) -> Clustering:
    labels = np.arange(n, dtype=np.int32) % 4 * 3 - 3  # -3 is no label: gaps, and noise below
    labels[labels < 0] = -1
    strength = np.where(labels < 0, 0, np.linspace(0.1, 1, n)).astype(np.float32)
    return Clustering(labels, strength)


def shown(dataset: Dataset, **conditions: object) -> list[int]:
    n = len(dataset.filenames)
    found = filters.mask(dataset, Filters(**conditions), clustering(n))  # type: ignore[arg-type]
    assert found.shape == (n,)
    assert found.dtype == bool
    return np.flatnonzero(found).tolist()


# --- words ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def texts() -> Dataset:
    return collection(
        title=[
            "Éléphant au Zoo",
            "The old  harbour",
            "Straße im Winter",
            None,
            "图像 harbour",
            "Łódź by Smørås",
        ],
        creator=["Ana", "ANA Müller", "Otto", "Zoe", None, "Æon"],
        year=pd.array([1900, 1910, None, 1930, 1940, 1950], "Int64"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("   ", [0, 1, 2, 3, 4, 5]),
        ("elephant", [0]),
        ("ÉLÉPHANT", [0]),
        ("e\u0301le\u0301phant", [0]),  # accents as characters of their own
        ("ana", [0, 1]),
        ("ana muller", [1]),
        ("muller ana", [1]),
        ("ana zoo", [0]),  # each word in any column
        ("zo", [0, 3]),  # as one types
        ("strasse", [2]),
        ("STRASSE", [2]),
        ("lodz smoras aeon", [5]),
        ('"old harbour"', [1]),
        ('"old har', [1]),  # the quote is not closed yet
        ("“old harbour”", [1]),
        ("«old harbour» ana", [1]),
        ('"harbour old"', []),
        ('"harbour ana"', []),  # no phrase across two columns
        ("harbour", [1, 4]),
        ("图像", [4]),
        ("1930", [3]),
        ("003.jpg", [3]),
        (".*", []),
        ("nan", []),
        ("None", []),
    ],
)
def test_words_are_found_in_all_columns_without_case_and_accents(
    texts: Dataset, text: str, found: list[int]
) -> None:
    assert shown(texts, text=text) == found


def test_words_are_found_in_the_demo_as_a_plain_loop_finds_them() -> None:
    demo = datasets.load("demo")
    rows = [
        " ".join([name, *(str(v) for v in row if pd.notna(v))]).lower()
        for name, row in zip(demo.filenames, demo.metadata.to_numpy(object), strict=True)
    ]
    assert shown(demo, text="animal Bird") == [
        i for i, row in enumerate(rows) if "animal" in row and "bird" in row
    ]


# --- categories -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tagged() -> Dataset:
    return collection(
        tags=["moon|space", "space; sun", " moon ", None, "|", "sun|sun|sun", "moon;space|sun", "a,b"],
        flag=[True, False, True, False, True, False, True, False],
        one=["same"] * 8,
        size=[1.5, 2.5, float("nan"), 4.0, float("inf"), 0.5, 7.0, -2.0],
        year=pd.array([1900, 1910, None, 1930, -500, 1950, 1960, 1970], "Int64"),
    )


@pytest.mark.parametrize(
    ("index", "values", "same"),
    [
        (0, "moon or space", [0, 1, 2, 6]),
        (2, "moon", [0, 2, 6]),
        (5, "sun", [1, 5, 6]),
        (3, "", []),
        (4, "", []),
    ],
)
def test_card_finds_images_of_the_same_value_as_filters_do(
    tagged: Dataset, index: int, values: str, same: list[int]
) -> None:
    said, found = inspector.same_as(tagged, index, "tags")
    assert (said, found.tolist()) == (values, same)
    if values:
        assert same == shown(tagged, categories={"tags": tuple(values.split(" or "))})


def test_cell_with_several_values_offers_its_parts_with_their_counts(tagged: Dataset) -> None:
    found = facets.category(tagged, "tags")
    assert dict(zip(found.names, found.counts.tolist(), strict=True)) == {
        "moon": 3,
        "space": 3,
        "sun": 3,
        "a,b": 1,
        "": 2,
    }
    assert found.names == ["moon", "space", "sun", "a,b", ""]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("moon",), [0, 2, 6]),
        (("moon", "sun"), [0, 1, 2, 5, 6]),
        (("",), [3, 4]),
        (("", "a,b"), [3, 4, 7]),
        ((), [0, 1, 2, 3, 4, 5, 6, 7]),
        (("moon|space",), []),
    ],
)
def test_category_lets_one_of_its_values_through(
    tagged: Dataset, values: tuple[str, ...], found: list[int]
) -> None:
    assert shown(tagged, categories={"tags": values}) == found


def test_columns_whose_values_repeat_are_categories() -> None:
    n = 100
    offered = collection(
        title=[f"title {i}" for i in range(n)],
        style=["a", "b"] * 50,
        rights=["one"] * n,
        few=[None] * 99 + ["x"],
        notes=[f"note; {i}" for i in range(n)],
        year=list(range(n)),
    )
    assert facets.categories(offered) == ["style", "few"]
    assert facets.numbers(offered) == ["year"]
    assert facets.categories(datasets.load("demo")) == ["creator", "date", "category", "tags"]


def test_categories_of_the_demo_count_what_the_table_holds() -> None:
    demo = datasets.load("demo")
    found = facets.category(demo, "category")
    assert (
        dict(zip(found.names, found.counts.tolist(), strict=True))
        == demo.metadata.category.value_counts().to_dict()
    )
    for name in found.names:
        assert (
            shown(demo, categories={"category": (name,)})
            == np.flatnonzero(demo.metadata.category == name).tolist()
        )


def test_values_of_any_type_are_categories(tagged: Dataset) -> None:
    assert shown(tagged, categories={"flag": ("True",)}) == [0, 2, 4, 6]
    assert shown(tagged, categories={"year": ("1900",)}) == [0]


# --- numbers and clusters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "wanted", "found"),
    [
        ("year", Range(1910, 1950), [1, 3, 5]),
        ("year", Range(None, 0), [4]),
        ("year", Range(1960), [6, 7]),
        ("year", Range(), [0, 1, 3, 4, 5, 6, 7]),
        ("size", Range(0.5, 4), [0, 1, 3, 5]),
        ("size", Range(), [0, 1, 3, 5, 6, 7]),
    ],
)
def test_range_includes_its_ends_and_leaves_out_what_has_no_number(
    tagged: Dataset, column: str, wanted: Range, found: list[int]
) -> None:
    assert shown(tagged, ranges={column: wanted}) == found


def test_noise_and_weak_members(tagged: Dataset) -> None:
    found = clustering(8)
    assert shown(tagged, only_noise=True) == [0, 4]
    assert shown(tagged, below=0.5) == np.flatnonzero(found.strength < 0.5).tolist()
    assert {0, 4} <= set(shown(tagged, below=0.01))  # noise belongs to no cluster at all


def test_all_conditions_must_be_met(tagged: Dataset) -> None:
    everything = {
        "text": "moon",
        "categories": {"tags": ("space",), "flag": ("True",)},
        "ranges": {"year": Range(1900, 1960)},
    }
    assert shown(tagged, **everything) == [0, 6]
    assert shown(tagged, **everything, only_noise=True) == [0]
    assert Filters(**everything, only_noise=True, below=0.5).count == 6  # type: ignore[arg-type]
    assert Filters(text='" "', categories={"tags": ()}).count == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Filters(text="x" * 201), "may have 200 characters, this one has 201"),
        (lambda: Filters(below=0.0), "above 0 and at most 1, got 0.0"),
        (lambda: Filters(below=1.5), "above 0 and at most 1, got 1.5"),
        (lambda: Filters(below=float("nan")), "got nan"),
        (lambda: Range(2, 1), "goes from low to high, got 2 to 1"),
        (lambda: Range(float("inf")), "finite numbers, got inf"),
    ],
)
def test_filters_that_make_no_sense_are_refused(make: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()  # type: ignore[operator]


# --- in the address ---------------------------------------------------------------------------------------


def test_filters_read_as_people_would_write_them(tagged: Dataset) -> None:
    chosen = Filters(
        text='"full moon" é',
        categories={"tags": ("moon", "")},
        ranges={"year": Range(-500, 1950), "size": Range(0.1)},
        only_noise=True,
        below=0.35,
    )
    query = filters.to_query(chosen)
    assert query == {
        "q": ['"full moon" é'],
        "is.tags": ["moon", ""],
        "from.year": ["-500"],
        "to.year": ["1950"],
        "from.size": ["0.1"],
        "only": ["noise"],
        "below": ["0.35"],
    }
    assert filters.from_query(query, tagged) == (chosen, [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"is.nowhere": ["x"]}, "There is no column “nowhere” to filter by."),
        ({"from.nowhere": ["1"]}, "There is no column “nowhere” to filter by."),
        ({"is.tags": ["comet"]}, "No image has “comet” in the column “tags”."),
        ({"is.tags": ["<script>" * 50]}, "No image has “<script>"),
        ({"from.tags": ["1"]}, "The column “tags” has no numbers to choose from."),
        ({"from.year": ["soon"]}, "asks for numbers of “year” that are none."),
        ({"to.year": ["nan"]}, "asks for numbers of “year” that are none."),
        ({"from.year": ["2000"], "to.year": ["1900"]}, "year: A range goes from low to high"),
        ({"below": ["2"]}, "asks for “below=2”, which means nothing."),
        ({"only": ["signal"]}, "asks for “only=signal”, which means nothing."),
        ({"only": []}, "asks for “only=”, which means nothing."),
    ],
)
def test_what_a_link_asks_in_vain_is_said(tagged: Dataset, query: dict[str, list[str]], said: str) -> None:
    found, problems = filters.from_query({**query, "q": ["moon"], "dataset": ["x"]}, tagged)
    assert found == Filters(text="moon")
    assert len(problems) == 1
    assert said in problems[0]
    assert len(problems[0]) < 200


def test_known_values_of_a_link_count_beside_unknown_ones(tagged: Dataset) -> None:
    found, problems = filters.from_query({"is.tags": ["moon", "comet", "moon"]}, tagged)
    assert found == Filters(categories={"tags": ("moon",)})
    assert len(problems) == 1


@given(
    query=st.dictionaries(
        st.one_of(
            st.sampled_from(["q", "only", "below", "is.tags", "from.year", "to.size", "is."]), st.text()
        ),
        st.lists(st.text(), max_size=3),
    )
)
@example(query={"q": [" "]})
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_query_string_breaks_anything(tagged: Dataset, query: dict[str, list[str]]) -> None:
    found, _problems = filters.from_query(query, tagged)
    filters.mask(tagged, found, clustering(8))
    assert filters.from_query(filters.to_query(found), tagged) == (found, [])
