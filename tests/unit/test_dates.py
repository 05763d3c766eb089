"""Years out of free dates."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from barrx.dates import parse_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1907", 1907),
        (1907, 1907),
        ("1907.0", 1907),
        ("c. 1907", 1907),
        ("c.1907", 1907),
        ("ca. 1913?", 1913),
        ("circa 1913", 1913),
        ("[1913?]", 1913),
        ("[19]13", 1913),
        ("(c) 1913", 1913),
        ("1910-12", 1910),
        ("1910–1912", 1910),
        ("1910/12", 1910),
        ("1910-12-24", 1910),
        ("2005-04-22", 2005),
        ("2005-04-22T10:11:12Z", 2005),
        ("1911:03:12 10:22:33", 1911),
        ("20050422", 2005),
        ("1911/03/12", 1911),
        ("12.3.1911", 1911),
        ("12. 3. 1911", 1911),
        ("3/12/1911", 1911),
        ("12 March 1911", 1911),
        ("March 12th, 1911", 1911),
        ("12th March 1911", 1911),
        ("Spring 1911", 1911),
        ("between 1900 and 1910", 1900),
        ("before 1900", 1900),
        ("after 1900", 1900),
        ("1907, printed 1960", 1907),
        ("1890s", 1890),
        ("1890's", 1890),
        ("1890er Jahre", 1890),
        ("1890s-1900s", 1890),
        ("190-?", 1900),
        ("190?", 1900),
        ("18--?", 1850),
        ("19th century", 1850),
        ("19th c.", 1850),
        ("18th-19th century", 1750),
        ("early 19th century", 1825),
        ("late 19th century", 1875),
        ("second half of the 19th century", 1875),
        ("mid-19th century", 1850),
        ("XIX century", 1850),
        ("3rd century BC", -250),
        ("500 BC", -500),
        ("500-400 BCE", -500),
        ("c. 1200 B.C.", -1200),
        ("100 BC - 50 AD", -100),
        ("-500", -500),
        ("79 AD", 79),
        ("AD 79", 79),
        ("850", 850),
        ("ca. 850", 850),
        ("0850-01-01", 850),
        ("siglo XIX", 1850),
        ("s. XVIII", 1750),
        ("finales del siglo XIX", 1875),
        ("hacia 1890", 1890),
        ("h. 1890", 1890),
        ("12 de marzo de 1911", 1911),
        ("500 a.C.", -500),
        ("siglo III a.C.", -250),
        ("um 1890", 1890),
        ("vor 1900", 1900),
        ("12. März 1911", 1911),
        ("19. Jahrhundert", 1850),
        ("Ende 19. Jh.", 1875),
        ("300 v. Chr.", -300),
        ("vers 1890", 1890),
        ("XIXe siècle", 1850),
        ("début XIXe siècle", 1825),
        ("300 av. J.-C.", -300),
        ("1911 (inv. 19073)", 1911),
        ("１９０７", 1907),
    ],
)
def test_parse_year_reads(text: object, year: int) -> None:
    assert parse_year(text) == year


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "n.d.",
        "s.f.",
        "undated",
        "unknown",
        "inv. 19073",
        "inv. 1907",
        "no. 1907",
        "#1907",
        "19073",
        "123456789",
        "9999",
        "0",
        "0000",
        "7",
        "12.3.11",
        "24 x 1907 cm",
        "1200 mm",
        "nan",
        "XIX",
        "45th century",
        "half a century",
    ],
)
def test_parse_year_rejects(text: object) -> None:
    assert parse_year(text) is None


@given(
    st.one_of(
        st.text(), st.text(alphabet="0123456789 -./?xivcabdes", max_size=30), st.floats(), st.integers()
    )
)
@example("٣" * 3)
@example("²²²²")
@example("1" * 10_000)
def test_parse_year_never_fails(text: object) -> None:
    year = parse_year(text)
    assert year is None or -10_000 <= year <= 2_100
