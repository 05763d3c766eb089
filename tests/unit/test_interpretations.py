"""Interpretations: bound to a view, safe to show, held back when a visitor sends them, whole when exported."""

import io
import zipfile
from pathlib import Path

import pytest

from barrx import datasets, interpretation_files, markdown
from barrx.datasets import Dataset
from barrx.errors import ParameterError, ViewsError
from barrx.i18n import speaking
from barrx.views import interpretations, references, saved, saving
from barrx.views.interpretations import Figure, Words
from tests.unit.test_views_saved import read_only, save

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.example/p.gif) <b onclick=x>"


@pytest.fixture
def demo(home: Path) -> Dataset:
    return datasets.load("demo")


def words(title: str = "Moons", text: str = "See ![the moons](figure:1).", author: str = "Ana") -> Words:
    return Words(title=title, text=text, author=author)


def figure(data: bytes = b"webp", **query: list[str]) -> Figure:
    return Figure(
        caption='a "caption" <i>', media="image/webp", data=data, query=query or {"q": ["moon & sun"]}
    )


# --- kept ---------------------------------------------------------------------------------------------------


def test_text_comes_back_with_its_figures(demo: Dataset) -> None:
    view = save(demo)
    id = interpretations.add(view, words(), {1: figure(), 3: figure(b"other")})
    (found,) = interpretations.listed(view=view)
    assert found.id == id
    assert found.words == words()
    assert found.figures == {1: figure(), 3: figure(b"other")}
    assert interpretations.listed(slug="demo") == [found]
    assert interpretations.listed(slug="else") == []
    interpretations.change(id, words("Suns"), {2: figure()})
    assert interpretations.load(id).words.title == "Suns"
    assert list(interpretations.load(id).figures) == [2]
    interpretations.remove(id)
    assert interpretations.listed() == []
    interpretations.restore(id)
    saving.remove(view)
    assert interpretations.listed() == []  # with its view
    saving.restore(view)
    assert [i.id for i in interpretations.listed()] == [id]


def test_what_makes_no_sense_is_refused(demo: Dataset) -> None:
    view = save(demo)
    with pytest.raises(ParameterError, match="The text is empty"):
        words(text=" \n")
    with pytest.raises(ParameterError, match="A text may have 40,000 characters, this one has 40,001"):
        words(text="x" * 40_001)
    with (
        speaking("es"),
        pytest.raises(ParameterError, match=r"puede tener 40\.000 caracteres; este tiene 40\.001"),
    ):
        words(text="x" * 40_001)
    with pytest.raises(ParameterError, match="A text may have 20 figures, this one has 21"):
        interpretations.add(view, words(), {n: figure() for n in range(21)})
    assert interpretations.listed() == []
    with pytest.raises(ViewsError, match="There is no saved view 99"):
        interpretations.add(99, words(), {})
    for attempt in (
        interpretations.load,
        interpretations.remove,
        interpretations.restore,
        interpretations.accept,
    ):
        with pytest.raises(ViewsError, match="There is no interpretation 99"):
            attempt(99)


# --- what visitors send -------------------------------------------------------------------------------------


def test_contribution_waits_until_it_is_accepted(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    view = save(demo)
    with pytest.raises(ViewsError, match="Contributions are not switched on here"):
        interpretations.contribute(view, words(), client="a")
    interpretations.let_contribute(True)
    read_only(monkeypatch)  # a public dashboard
    id = interpretations.contribute(view, words(), client="a")
    assert interpretations.listed() == []
    assert [i.id for i in interpretations.listed(status="waiting")] == [id]
    with pytest.raises(ViewsError, match="BARRX_READ_ONLY"):
        interpretations.accept(id)
    monkeypatch.delenv("BARRX_READ_ONLY")
    _forget_settings()
    interpretations.accept(id)
    assert [i.id for i in interpretations.listed()] == [id]
    interpretations.let_contribute(False)
    with pytest.raises(ViewsError, match="not switched on"):
        interpretations.contribute(view, words(), client="a")


def test_contributions_are_limited_in_number_and_length(
    demo: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = save(demo)
    interpretations.let_contribute(True)
    with pytest.raises(ParameterError, match="A text may have 4,000 characters, this one has 4,001"):
        interpretations.contribute(view, words(text="x" * 4001), client="a")
    sent = [interpretations.contribute(view, words(), client="a") for _i in range(interpretations.PER_HOUR)]
    interpretations.remove(sent[0])  # removed by a curator: it counts all the same
    with pytest.raises(ParameterError, match="You can send 3 texts an hour"):
        interpretations.contribute(view, words(), client="a")
    interpretations.contribute(view, words(), client="b")
    monkeypatch.setattr(interpretations, "MAX_WAITING", 3)
    with pytest.raises(ParameterError, match="Too many texts are waiting"):
        interpretations.contribute(view, words(), client="c")
    with pytest.raises(ViewsError, match="There is no saved view 99"):
        interpretations.contribute(99, words(), client="d")


def _forget_settings() -> None:
    from barrx import settings

    settings.current.cache_clear()


# --- shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>x</p>"),
        ("[x](jAvAsCript&colon;alert(1))", "<p>x</p>"),
        ("[x](data:text/html;base64,aaaa)", "<p>x</p>"),
        ("[x](//evil.example/)", "<p>x</p>"),
        ("[x](https://user:word@museum.example/)", "<p>x</p>"),
        ("![x](https://evil.example/p.gif)", '<p><a href="https://evil.example/p.gif" target="_blank"'),
        ("![x\\<](data:image/png;base64,aa)", "<p>x&lt;</p>"),
        ("![c](figure:1)", "<p>[1 c]</p>"),
        ("![c](figure:7777)", "<p>c</p>"),
        ('[x](https://museum.example/?a=1&b="2")', 'href="https://museum.example/?a=1&amp;b=%222%22"'),
        ("[x](mailto:ana@museum.example)", 'href="mailto:ana@museum.example"'),
        ("[x](mailto:ana@museum.example?body=z)", "<p>x</p>"),
        ("# Big", "<h3>Big</h3>"),
        ("```html\n<script>\n```", "&lt;script&gt;"),
        ('[x](https://museum.example "title\\" onclick=x")', 'rel="noopener noreferrer nofollow">x</a>'),
    ],
)
def test_markdown_is_rendered_safely(text: str, html: str) -> None:
    found = markdown.to_html(text, lambda number, caption: f"[{number} {caption}]")
    assert html in found
    assert "onclick" not in found or "&lt;" in found


def test_page_holds_everything_and_no_script(demo: Dataset) -> None:
    id = save(demo, HOSTILE)
    of_view = saved.get(id)
    found = interpretations.load(
        interpretations.add(
            id, words(HOSTILE, f"{HOSTILE}\n\n![my caption](figure:1)"), {1: figure(), 2: figure()}
        )
    )
    page = interpretation_files.html(found, of_view, "https://museum.example/barrx/")
    assert "<script" not in page
    assert "<b onclick" not in page
    assert "javascript:" not in page.replace("(javascript:alert(1))", "")  # but as text in titles
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert page.count("data:image/webp;base64,d2VicA==") == 2
    assert 'href="https://museum.example/barrx/?q=moon+%26+sun"' in page
    assert f'href="https://museum.example/barrx/?view={references.of(of_view)}"' in page
    assert '<img src="https' not in page


def test_archive_holds_the_text_and_its_figures(demo: Dataset) -> None:
    id = save(demo)
    found = interpretations.load(
        interpretations.add(id, words("../Moons!"), {1: figure(), 2: figure(b"<svg/>")})
    )
    packed = zipfile.ZipFile(
        io.BytesIO(interpretation_files.zipped(found, saved.get(id), "https://m.example/"))
    )
    assert sorted(packed.namelist()) == ["figures/1.webp", "figures/2.webp", "moons.md"]
    text = packed.read("moons.md").decode()
    assert text.startswith("# ../Moons!\n\nAna · ")
    assert "See [![the moons](figures/1.webp)](https://m.example/?q=moon+%26+sun)." in text
    assert '![a "caption" \\<i\\>](figures/2.webp)' in text
    assert f"[Moons](https://m.example/?view={references.of(saved.get(id))})" in text
    assert packed.read("figures/2.webp") == b"<svg/>"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>x</script>", r"\<script\>x\</script\>"),
        ("[x](javascript:alert(1))", "x"),
        ("![y](https://evil.example/p.gif)", "[y](https://evil.example/p.gif)"),
        ("![c][f]\n\n[f]: figure:1", "{1 c}"),
        ("[x][a] *b* **c**\n\n[a]: https://m.example", "[x](https://m.example) *b* **c**"),
        ("- a\n- b\n\n> q", "- a\n- b\n\n> q"),
        ("```\n<b>\n```", "```\n<b>\n```"),
        ("| a | b |\n|---|---|\n| 1 | <i> |", "| a | b |\n| --- | --- |\n| 1 | \\<i\\> |"),
    ],
)
def test_markdown_is_written_as_safe_as_it_is_shown(text: str, written: str) -> None:
    def figure(number: int, caption: str) -> str:
        return f"{{{number} {caption}}}"

    found = markdown.to_markdown(text, figure)
    assert found == written
    if "{" not in written:
        assert markdown.to_html(found, figure) == markdown.to_html(text, figure)
