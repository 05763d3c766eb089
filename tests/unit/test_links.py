"""What in a catalogue's text becomes a link, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barrx import links
from barrx.links import Piece


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("https://museum.example/object/1907.12", ["https://museum.example/object/1907.12"]),
        ("See https://a.example/x, and http://b.example.", ["https://a.example/x", "http://b.example"]),
        ("(https://a.example/x)", ["https://a.example/x"]),
        ("https://en.example/wiki/Wave_(Hokusai)", ["https://en.example/wiki/Wave_(Hokusai)"]),
        ("HTTPS://A.EXAMPLE/X", ["HTTPS://A.EXAMPLE/X"]),
        ("https://bücher.example/ö?q=1&r=2#x", ["https://bücher.example/ö?q=1&r=2#x"]),
        ("http://127.0.0.1:8501/x http://[::1]:80/y", ["http://127.0.0.1:8501/x", "http://[::1]:80/y"]),
        ("https://a.example/<b>x</b>", ["https://a.example/"]),
        ('https://a.example/"onmouseover="alert(1)', ["https://a.example/"]),
        ("“https://a.example/x”", ["https://a.example/x"]),
        ("神奈川沖浪裏 https://a.example/浪", ["https://a.example/浪"]),
    ],
)
def test_addresses_of_the_web_become_links(text: str, addresses: list[str]) -> None:
    assert [piece.address for piece in links.pieces(text) if piece.address] == addresses


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no address",
        "javascript:alert(1)",
        "javascript://a.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x ftp://a.example/x file:///etc/passwd mailto:a@b.example",
        "www.museum.example",
        "//a.example/x",
        "https://",
        "http:///etc/passwd",
        "https://museum.example@evil.example/x",
        "https://name:word@evil.example/x",
        "https://a.example:port/x",
        "https://[::1/x",
        "https://a.example/\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
        "https://a.example/\N{ZERO WIDTH SPACE}x",
        "https://-a-.example/x",
        "https://a..example/x",
        "https://a.example/" + "x" * links.LONGEST,
        "<img src=x onerror=alert(1)>",
    ],
)
def test_everything_else_stays_text(text: str) -> None:
    assert [piece for piece in links.pieces(text) if piece.address] == []


@given(st.text() | st.text("htps:/.a[]()@ \u202e<>", max_size=60).map(lambda text: "https://" + text))
def test_pieces_joined_are_the_text_and_lead_to_what_they_say(text: str) -> None:
    found = links.pieces(text)
    assert "".join(piece.text for piece in found) == text
    for piece in found:
        assert piece.address in (None, piece.text)
        assert piece.address is None or piece.address.lower().startswith(("http://", "https://"))


def test_text_around_an_address_is_kept() -> None:
    assert links.pieces("at https://a.example/x.") == [
        Piece("at "),
        Piece("https://a.example/x", "https://a.example/x"),
        Piece("."),
    ]
