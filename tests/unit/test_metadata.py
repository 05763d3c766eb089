"""Tables as curators export them, and what they become."""

import codecs
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from barrx import matching, metadata, tables
from barrx.errors import BarrxError, DatasetError

TEXT = "file;título;año\nuno.jpg;Niño – “El”;1907\ndos.jpg;Öl;c. 1913\n"


def frame(text: str) -> pd.DataFrame:
    return tables.read(text.encode())


def columns(text: str, *filenames: str) -> pd.DataFrame:
    aligned, _report = matching.match(frame(text), filenames)
    return metadata.columns(aligned, filenames)


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
def test_read_finds_separator_and_encoding(separator: str, encoding: str) -> None:
    table = tables.read(TEXT.replace(";", separator).encode(encoding))
    assert list(table.columns) == ["file", "título", "año"]
    assert table["título"].tolist() == ["Niño – “El”", "Öl"]


def test_read_takes_latin1_where_windows_has_no_letter() -> None:
    assert tables.read(b"file,name\na.jpg,\xe9\x81\n")["name"].tolist() == ["é\x81"]


def test_read_keeps_line_breaks_and_separators_inside_quotes() -> None:
    table = frame('file;note\na.jpg;"one, two; ""three""\nfour"\nb.jpg;x\n')
    assert table["note"].tolist() == ['one, two; "three"\nfour', "x"]


def test_read_prefers_the_separator_that_fits_the_rows() -> None:
    table = frame("file;size;note\na.jpg;12,5;x, y\nb.jpg;7,25;z\n")
    assert list(table.columns) == ["file", "size", "note"]
    assert table["size"].tolist() == ["12,5", "7,25"]


def test_read_takes_the_hint_excel_writes() -> None:
    assert list(frame("sep=;\nfile;a,b\nx.jpg;1\n").columns) == ["file", "a,b"]


def test_read_keeps_ragged_rows_and_names_what_has_no_name() -> None:
    table = frame("file,,title,title\na.jpg,1\nb.jpg,2,T,U,V,W\n\n , ,\n")
    assert list(table.columns) == ["file", "column 2", "title", "title_2", "column 5", "column 6"]
    assert table.iloc[0].isna().tolist() == [False, False, True, True, True, True]
    assert table.iloc[1].tolist() == ["b.jpg", "2", "T", "U", "V", "W"]
    assert len(table) == 2


def test_read_keeps_a_huge_cell() -> None:
    assert len(frame(f"file,note\na.jpg,{'x' * 900_000}\n")["note"][0]) == 900_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no table: it is empty"),
        (b"\n \n", "holds no table: it is empty"),
        (b"file,a\nx.jpg,\0\n", "a NUL character in line 2: it is no text table"),
        ("file,a\n".encode("utf-16-le"), "a NUL character in line 1"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8x", "begins like UTF-16 text, but is not"),
        (b"PK\x03\x04\x14\0", "is a workbook, not a text table. Save it as CSV"),
        (b'file,a\nx.jpg,1\ny.jpg,"open\nz.jpg,2\n', "the quote in line 3 is not closed"),
        (b"file,a\nx.jpg," + b"x" * 1_000_001, "cannot be read from line 2 on: field larger"),
        (b"a" + b"," * 2_000, "has 2001 columns; at most 2000"),
    ],
)
def test_read_says_what_is_wrong_with_a_table(data: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        tables.read(data, "list.csv")
    assert "list.csv" in str(caught.value)


def test_read_names_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"metadata “gone.csv” cannot be read: No such file"):
        tables.read(tmp_path / "gone.csv")


@given(st.one_of(st.binary(max_size=300), st.text(alphabet='a,;\t"\n\r é\0', max_size=80).map(str.encode)))
@example(b'"')
@example(b"\xff\xfe")
def test_read_fails_only_with_a_message_for_the_user(data: bytes) -> None:
    try:
        table = tables.read(data)
    except BarrxError:
        return
    aligned, _report = matching.match(table, ["a", "b/a.jpg"])
    assert len(metadata.columns(aligned, ["a", "b/a.jpg"])) == 2


# --- matching ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "filename"),
    [
        ("a.jpg", "a.jpg"),
        ("A.JPG", "a.jpg"),
        ("a", "a.jpg"),
        ("a.tif", "a.jpg"),
        ("a.jpg", "deep/er/a.jpg"),
        ("a", "deep/er/a.jpg"),
        ("elsewhere/a.png", "deep/a.jpg"),
        (r"C:\scans\Deep\A.TIF", "deep/a.jpg"),
        ("./a.jpg", "a.jpg"),
        ("/data//a.jpg", "data/a.jpg"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("CAF\u00c9", "cafe\u0301.jpg"),
        ("inv.1907", "inv.1907.jpg"),
        (" a b.jpg ", "a b.jpg"),
        ("two\nlines.jpg", "two\nlines.jpg"),
    ],
)
def test_match_is_tolerant(key: str, filename: str) -> None:
    table = pd.DataFrame({"file": [key, "other.jpg"], "title": ["T", "O"]}, dtype="str")
    aligned, report = matching.match(table, [filename, "unlisted.jpg"])
    assert aligned["title"].tolist()[0] == "T"
    assert aligned["title"].isna().tolist() == [False, True]
    assert report.to_json() == {
        "matched": 1,
        "rows_without_image": ["other.jpg"],
        "images_without_row": ["unlisted.jpg"],
        "duplicate_keys": [],
    }


def test_match_gives_the_exact_name_before_any_other() -> None:
    table = frame("file,title\na.tif,tolerant\nA.jpg,case\na.jpg,exact\n")
    aligned, report = matching.match(table, ["a.jpg"])
    assert aligned["title"].tolist() == ["exact"]
    assert report.duplicate_keys == ("A.jpg", "a.tif")


def test_match_takes_the_first_of_two_rows() -> None:
    table = frame("file,title\na.jpg,first\na.jpg,second\ngone.jpg,x\ngone.jpg,y\n")
    aligned, report = matching.match(table, ["a.jpg"])
    assert aligned["title"].tolist() == ["first"]
    assert report.duplicate_keys == ("a.jpg", "gone.jpg")
    assert report.rows_without_image == ("gone.jpg",)


@pytest.mark.parametrize("key", ["bob", "bob.jpg", "BOB.tif", "z/bob.jpg"])
def test_match_does_not_guess_between_folders(key: str) -> None:
    table = pd.DataFrame({"file": [key, "other"], "title": ["T", "O"]}, dtype="str")
    aligned, report = matching.match(table, ["a/bob.jpg", "b/bob.jpg", "other.png"])
    assert aligned["title"].isna().tolist() == [True, True, False]
    assert report.ambiguous_keys == (key,)
    assert report.rows_without_image == (key,)
    assert report.to_json()["ambiguous_keys"] == [key]


def test_match_uses_the_folders_that_are_there() -> None:
    table = frame("file,title\nscans/b/bob.jpg,B\n/mnt/x/a/bob.tif,A\n")
    aligned, report = matching.match(table, ["2020/a/bob.jpg", "2020/b/bob.jpg"])
    assert aligned["title"].tolist() == ["A", "B"]
    assert report.ambiguous_keys == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title,Nombre de archivo,image\nT,a.jpg,x\n", "a Spanish name"),
        ("title,DATEINAME\nT,a.jpg\n", "a German name"),
        ("title,File_Name,note\nT,a.jpg,a.jpg\n", "the name before other columns"),
        ("title,Werk\nT,a.jpg\n", "the values"),
        ("id,title,Werk\n7,T,a\n", "the values, where the column of that name fits nothing"),
    ],
)
def test_match_finds_the_key_column(text: str, why: str) -> None:
    aligned, report = matching.match(frame(text), ["a.jpg"])
    assert (aligned["title"].tolist(), report.matched) == (["T"], 1), why


def test_match_without_any_fit_keeps_every_picture() -> None:
    aligned, report = matching.match(frame("file,title\nx,T\n,U\n"), ["a.jpg", "b.jpg"])
    assert aligned["title"].isna().all()
    assert report.rows_without_image == ("x", "(no name, row 2)")
    assert report.images_without_row == ("a.jpg", "b.jpg")


# --- columns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "-2"], [1, -2]),
        (["1.5", "2"], [1.5, 2.0]),
        (["12.50", "3.25"], [12.5, 3.25]),
        (["007", "12"], ["007", "12"]),
        (["1907.1", "1907.10"], ["1907.1", "1907.10"]),
        (["1", "two"], ["1", "two"]),
        (["nan", "1"], ["nan", "1"]),
        (["1e5", "2"], ["1e5", "2"]),
        (["+34", "1"], ["+34", "1"]),
        (["1234567890123456", "1"], ["1234567890123456", "1"]),
        (["٣", "1"], ["٣", "1"]),
    ],
)
def test_columns_are_numbers_only_where_nothing_is_lost(values: list[str], expected: list[object]) -> None:
    text = "file,size\n" + "".join(f"{n}.jpg,{value}\n" for n, value in enumerate(values))
    assert columns(text, "0.jpg", "1.jpg")["size"].tolist() == expected


@pytest.mark.parametrize("name", ["Accession number", "inv_no", "object id", "id"])
def test_columns_keep_inventory_numbers_as_text(name: str) -> None:
    assert columns(f"file,{name}\na.jpg,1985.10\n", "a.jpg")[name].tolist() == ["1985.10"]


def test_columns_keep_what_is_missing_missing() -> None:
    made = columns("file,n,t\na.jpg,3,\nb.jpg,,x\n", "a.jpg", "b.jpg")
    assert made["n"].isna().tolist() == [False, True]
    assert made["t"].isna().tolist() == [True, False]
    assert made["n"].dtype == "Int64"


def test_columns_have_the_folder_only_where_there_is_one() -> None:
    assert "folder" not in columns("file,a\nx.jpg,1\n", "x.jpg")
    made = columns("file,folder\nx.jpg,old\n", "x.jpg", "a/b/y.jpg")
    assert made["folder"].tolist()[1] == "a/b"
    assert made["folder"].isna().tolist() == [True, False]
    assert made["folder_metadata"].tolist()[0] == "old"


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("date", ["c. 1907", "1910-12"], {"year": [1907, 1910], "date": ["c. 1907", "1910-12"]}),
        ("Fecha", ["siglo XIX", ""], {"year": [1850, None]}),
        ("year", ["1907", "1910"], {"year": [1907, 1910]}),
        ("year", ["1907.0", "1910.0"], {"year": [1907, 1910]}),
        ("year", ["c. 1907", "?"], {"year": [1907, None], "year_text": ["c. 1907", "?"]}),
        ("note,date,year", ["a,1950,1907", "b,1951,1910"], {"year": [1907, 1910]}),
        ("acquisition date,date", ["1999,1907", "1999,1910"], {"year": [1907, 1910]}),
        ("dating,date", ["1907,", "1910,"], {"year": [1907, 1910]}),
    ],
)
def test_columns_have_the_year(header: str, cells: list[str], expected: dict[str, list[object]]) -> None:
    made = columns(f"file,{header}\na.jpg,{cells[0]}\nb.jpg,{cells[1]}\n", "a.jpg", "b.jpg")
    for name, values in expected.items():
        assert [None if pd.isna(v) else v for v in made[name]] == values


def test_columns_have_no_year_without_dates() -> None:
    assert "year" not in columns("file,date\na.jpg,unknown\n", "a.jpg")
