"""Files for other programs: complete, exact, and harmless in a spreadsheet."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from barrx import export
from barrx.errors import BarrxError, ParameterError


def test_own_column_names_in_metadata_get_a_suffix() -> None:
    names = ["filename", "x", "y", "label", "strength", "title", "x_metadata"]
    metadata = pd.DataFrame([range(len(names))], columns=names)
    expected = ["filename_metadata", "x_metadata_", "y_metadata", "label_metadata", "strength_metadata"]
    assert list(export.renamed(metadata).columns) == [*expected, "title", "x_metadata"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),
        ("a\r=1+1", "a\n'=1+1"),
        ("a\r\n@b\t+c", "a\n'@b\t'+c"),
        ('x; "=1+1"', 'x; "\'=1+1"'),
        ("1;-2", "1;-2"),
        ("-12.5", "-12.5"),
        ("plain", "plain"),
        ("", ""),
        (5, 5),
        (None, None),
    ],
)
def test_cells_a_spreadsheet_would_run_are_made_harmless(cell: object, expected: object) -> None:
    assert export.harmless(cell) == expected


def test_csv_keeps_numbers_and_protects_text_and_headers() -> None:
    frame = pd.DataFrame({"n": [-1.5, np.nan], "=evil()": ["=HYPERLINK(1)", None], "t": ['a,\n"b"', "ñ"]})
    read = pd.read_csv(io.StringIO(export.to_csv(frame)))
    assert list(read.columns) == ["n", "'=evil()", "t"]
    assert read["n"][0] == -1.5
    assert read["'=evil()"][0] == "'=HYPERLINK(1)"
    assert read["t"].tolist() == ['a,\n"b"', "ñ"]


def test_csv_has_text_in_quotes_and_no_carriage_return() -> None:
    text = export.to_csv(pd.DataFrame({"a": ["x;y", "b\r=1+1"], "n": [1.5, 2.0]}))
    assert text == '"a","n"\n"x;y",1.5\n"b\n\'=1+1",2.0\n'


def test_coordinates_survive_the_way_through_csv(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=50).astype(np.float32)
    export.write_table(pd.DataFrame({"x": values.astype(np.float64)}), tmp_path / "t.csv")
    np.testing.assert_array_equal(pd.read_csv(tmp_path / "t.csv")["x"].to_numpy(np.float32), values)


def test_json_says_null_for_what_is_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1.0, np.nan], "s": ["a", None], "i": pd.array([1, None], dtype="Int64")})
    export.write_table(frame, tmp_path / "t.json")
    rows = json.loads((tmp_path / "t.json").read_text())
    assert rows == [{"n": 1.0, "s": "a", "i": 1}, {"n": None, "s": None, "i": None}]


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.parquet"])
def test_a_file_that_was_there_is_replaced_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("old")
    export.write_table(pd.DataFrame({"a": [1]}), tmp_path / name)
    assert (tmp_path / name).read_bytes() != b"old"
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.xls", r"must end in \.csv or \.parquet, got “t\.xls”"),
        ("none/t.csv", "The folder “.*none” does not exist"),
    ],
)
def test_outputs_that_cannot_be_are_refused_first(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        export.check_suffix(tmp_path / name, (".csv", ".parquet"))


def test_an_output_that_is_a_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(BarrxError, match=r"cannot be written: .*Choose another output"):
        export.write_table(pd.DataFrame({"a": [1]}), tmp_path / "t.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
