"""Languages: who is spoken to in which, what follows the language, and that nothing is left in English."""

import ast
import datetime
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from barrx import i18n
from barrx.errors import BarrxError, ParameterError
from barrx.i18n import _, again, ngettext, numeral, speaking
from barrx.judgement import questions
from tests import catalogue, unmarked

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", sorted(set(i18n.LANGUAGES) - {i18n.SOURCE}))
def test_every_string_is_translated(language: str) -> None:
    assert catalogue.untranslated(catalogue.updated(language)) == []


def test_every_language_has_a_catalogue() -> None:
    assert {path.name for path in catalogue.LOCALES.iterdir()} == set(i18n.LANGUAGES)


def test_a_translation_with_other_places_to_fill_in_counts_as_missing() -> None:
    given = catalogue.Catalog(locale="es")
    given.add("{n} files in {folder}", "{n} archivos en {carpeta}")
    given.add("{share:.0%} noise", "{share:.0%} de ruido")
    given.add("Open", "")
    given.add("Close", "Abrir", flags=["fuzzy"])
    assert catalogue.untranslated(given) == ["{n} files in {folder}", "Open", "Close"]


def _import_time(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            defaults = [d for d in (*child.args.defaults, *child.args.kw_defaults) if d is not None]
            for part in (*getattr(child, "decorator_list", ()), *defaults):
                yield part
                yield from _import_time(part)
        else:
            yield child
            yield from _import_time(child)


@pytest.mark.parametrize("path", sorted((ROOT / "barrx").rglob("*.py")), ids=lambda p: p.stem)
def test_no_string_is_translated_at_import(path: Path) -> None:
    called = [n for n in _import_time(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    assert [
        n.lineno
        for n in called
        if isinstance(n.func, ast.Name) and n.func.id in ("_", "ngettext", "pgettext")
    ] == []


@pytest.mark.parametrize("path", sorted((ROOT / "barrx").rglob("*.py")), ids=lambda p: p.stem)
def test_no_string_to_translate_stands_inside_an_f_string(path: Path) -> None:
    """Before Python 3.12 nothing that gathers strings looks in there."""
    inside = [
        node.lineno
        for whole in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for node in ast.walk(whole)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "ngettext", "pgettext")
    ]
    assert inside == []


@pytest.mark.parametrize("path", unmarked.files(), ids=lambda p: p.stem)
def test_nothing_is_shown_that_is_not_marked_to_be_translated(path: Path) -> None:
    assert unmarked.found(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        'st.caption("Hello untranslated world")',
        "st.title(f'{n} images of {plain(title)}', anchor=False)",
        'left.button("Go", key="go")',
        'with st.expander("More"): pass',
        'st.tabs(["One", _("Two")])',
        'st.selectbox(_("View"), ["all", "none"])',
        'st.text_input(_("Name"), placeholder="your name")',
        'table.form(title="A title", key="k")',
        'st.markdown("**" + "Groups" + "**")',
        'st.write(_("Two") if n else "none")',
        'st.info("{n} images".format(n=n))',
        'st.caption(_("By {name}").format(name=name or "nobody"))',
        'st.caption(" · ".join([_("One"), "two"]))',
        'st.html(f"<p class=hint>No {escape(word)}</p>")',
        """st.html('<button aria-label="Close">×</button>')""",
        'def f():\n    said = "nothing here"\n    st.caption(plain(said))',
        'def f():\n    return f"<p>{n} more</p>"',
        'HINT = "Nothing here"\ndef f():\n    st.caption(HINT)',
        'st.selectbox(_("View"), ids, format_func=lambda v: "Any view")',
        'st.selectbox(_("View"), ids, format_func=lambda v: names[v] if v else "All of them")',
        'st.selectbox(_("View"), ids, format_func={"a": "All", "b": _("None")}.__getitem__)',
        'st.download_button(_("Get"), lambda: "Nothing here")',
        'def words():\n    return {"pan": _("Move"), "box": "Select with a box"}',
        'def _words():\n    said = {"pan": "Move"}\n    return said | {"box": _("Select")}',
        'def card_words():\n    return {**more(), "open": f"Open {name}"}',
    ],
)
def test_words_without_a_mark_are_found(code: str) -> None:
    assert unmarked.found(code) != []


@pytest.mark.parametrize(
    "code",
    [
        'st.caption(_("Hello translated world"))',
        'st.caption(ngettext("{n} image", "{n} images", n).format(n=numeral(n)), width="content")',
        'st.markdown(f"**{plain(name)}** ({len(lines)})")',
        """st.html(f'<p class="hint" role="status">{escape(text)}</p>&nbsp;·')""",
        """kind = "hint idle"\nst.html(f'<p class="{kind}">{escape(text)}</p>')""",
        'st.markdown(":material/info: :red[" + _("No") + "]")',
        'st.slider("n_neighbors", 2, 100, key=keys.N_NEIGHBORS)',
        'st.button(_("Add"), key="add", icon=":material/add:", type="primary")',
        'st.set_page_config(page_title="Barr X", layout="wide")',
        'log.warning("%s: not read", name)',
        'st.columns([3, 1], gap="medium")',
        'def f():\n    """Return a <p> of words."""\n    return _("a <b>word</b>") + f"<p>{n}</p>"',
        'st.selectbox(_("View"), list(names), format_func=names.__getitem__)',
        'st.selectbox(_("View"), ids, format_func=lambda v: names[v] if v else _("All of them"))',
        'st.selectbox(_("View"), ids, format_func={"a": _("All"), "b": "UMAP"}.get)',
        'st.selectbox(_("View"), ids, on_change=lambda: choose("seen"))',
        'def words():\n    return {"pan": _("Move"), "most": str(40), "share": pgettext("part", "Share")}',
        'def _in_words(one):\n    return two_places(one["score"]) + " · "',
        'def kinds():\n    return {"pan": "a kind"}',
    ],
)
def test_markup_names_and_what_is_marked_is_no_word_without_a_mark(code: str) -> None:
    assert unmarked.found(code) == []


PACKAGE = sorted((ROOT / "barrx").rglob("*.py"))
ERRORS = unmarked.error_names(path.read_text("utf-8") for path in PACKAGE)


@pytest.mark.parametrize("path", PACKAGE, ids=lambda p: p.stem)
def test_no_error_says_what_is_not_marked_to_be_translated(path: Path) -> None:
    assert unmarked.said_by_errors(path.read_text("utf-8"), ERRORS) == []


@pytest.mark.parametrize(
    "code",
    [
        'raise DatasetError("literal words")',
        'def f():\n    return errors.ParameterError(f"{n} is too many")',
        'def f():\n    said = "literal words"\n    raise CacheError(said)',
        'raise ParameterError("At most {n}".format(n=n)) from error',
        'raise ImageDecodeError("empty", "the file is empty")',
        'raise ImageDecodeError(reason="empty", detail="the file is empty")',
        'raise NothingAdded("nothing to add", report)',
    ],
)
def test_words_of_errors_without_a_mark_are_found(code: str) -> None:
    assert unmarked.said_by_errors(code, ERRORS) != []


@pytest.mark.parametrize(
    "code",
    [
        'raise DatasetError(_("words with a mark"))',
        'raise ParameterError(ngettext("{n} image", "{n} images", n).format(n=n))',
        'raise ImageDecodeError("empty", _("the file is empty"))',
        "raise WorkerError(str(error))",
        'name = "relations.csv"\nraise DatasetError(_("“{name}” is empty").format(name=name))',
        'raise ValueError("for those who write programs")',
    ],
)
def test_what_errors_say_with_a_mark_is_no_word_without_one(code: str) -> None:
    assert unmarked.said_by_errors(code, ERRORS) == []


@pytest.mark.parametrize("path", unmarked.scripts(), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_script_of_the_browser_has_words_of_its_own(path: Path) -> None:
    assert unmarked.found_in_script(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        'field.placeholder = "Find a name";',
        "button.title = 'Close';",
        'make("button", { type: "button", "aria-label": "Close" })',
        'make("button", {\n  title:\n    "Close",\n})',
        "said.textContent = `${n} images`;",
        'button.setAttribute("aria-label", "Close");',
        'button.textContent = isOpen ? "Close" : words.open;',
    ],
)
def test_words_in_a_script_are_found(code: str) -> None:
    assert unmarked.found_in_script(code) != []


@pytest.mark.parametrize(
    "code",
    [
        "field.placeholder = words.find;",
        'said.textContent = "";',
        'make("img", { alt: "", class: "picture" })',
        "this.link.title = `${words.open}: ${card.whole}`;",
        'button.setAttribute("aria-label", `${button.textContent}: ${title}`);',
        'const LINES = ["title", "creator", "date"];',
        'if (item.title === "none") return;',
        'button.textContent = "×";',
        'button.setAttribute("class", "open");',
    ],
)
def test_what_python_gives_a_script_is_no_word_of_its_own(code: str) -> None:
    assert unmarked.found_in_script(code) == []


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (["es-ES"], "es"),
        (["es_MX.UTF-8"], "es"),
        (["en-GB"], "en"),
        (["C.UTF-8"], "en"),
        ([None], "en"),
        (["de", "es"], "es"),
    ],
)
def test_language_that_is_here_is_found_by_its_tag(tags: list[str], language: str) -> None:
    assert i18n.matching(*tags) == language


def test_terminal_speaks_the_language_of_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BARRX_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert i18n.of_environment() == "es"
    monkeypatch.setenv("LC_MESSAGES", "C")
    assert i18n.of_environment() == "en"
    monkeypatch.setenv("BARRX_LANG", "es")
    assert i18n.of_environment() == "es"


def test_two_threads_speak_two_languages_at_once() -> None:
    both, said = threading.Barrier(2), dict[str, str]()

    def speak(code: str) -> None:
        with speaking(code):
            both.wait()
            said[code] = _("Clusters")
            both.wait()

    threads = [threading.Thread(target=speak, args=(code,)) for code in ("en", "es")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said["en"] == "Clusters" != said["es"]
    assert _("Clusters") == "Clusters"


def test_pieces_are_made_in_their_language_by_any_thread() -> None:
    said: list[str] = []
    pieces = i18n.spoken("es", (_(word) for word in ("Clusters", "Share")))

    def take() -> None:
        said.append(next(pieces))
        assert i18n.language() == "en"

    for _n in range(2):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    with speaking("es"):
        assert said == [_("Clusters"), _("Share")]
    assert next(pieces, None) is None
    assert said[0] != _("Clusters")


@pytest.mark.parametrize(
    ("value", "spec", "english", "spanish"),
    [
        (1234, ",", "1,234", "1234"),
        (12345, ",", "12,345", "12.345"),
        (1234567.5, ",.1f", "1,234,567.5", "1.234.567,5"),
        (0.256, ".1%", "25.6%", "25,6\N{NO-BREAK SPACE}%"),
        (0.5, ".2f", "0.50", "0,50"),
        (-0.5, ".2f", "\N{MINUS SIGN}0.50", "\N{MINUS SIGN}0,50"),
        (-0.004, ".2f", "0.00", "0,00"),
        (-0.004, ".3f", "\N{MINUS SIGN}0.004", "\N{MINUS SIGN}0,004"),
        (-0.0004, ".0%", "0%", "0\N{NO-BREAK SPACE}%"),
        (-1.5, "", "-1.5", "-1,5"),  # as somebody typed it
    ],
)
def test_numbers_follow_the_language(value: float, spec: str, english: str, spanish: str) -> None:
    assert numeral(value, spec) == english
    with speaking("es"):
        assert numeral(value, spec) == spanish


def test_numbers_in_messages_follow_the_language() -> None:
    with speaking("es"):
        said = _("At {size}: {clusters} clusters, {noise:.0%} noise.").format(size=8, clusters=27, noise=0.3)
    assert "30\N{NO-BREAK SPACE}%" in said
    assert "27" in said


def test_dates_follow_the_language() -> None:
    when = datetime.datetime(2026, 11, 25, 18, 5)
    assert i18n.date(when.date()) == "25 Nov 2026"
    assert i18n.moment(when) == "25 Nov 2026, 18:05"
    with speaking("es"):
        assert i18n.date(when.date()) == "25 nov 2026"
        assert i18n.day("2026-11-25T18:05:00+00:00") == "25 nov 2026"
    assert i18n.day("") == ""


def test_error_is_said_in_the_language_of_its_reader() -> None:
    error = ParameterError(_("BARRX_CACHE_GB must be above 0, got {value}.").format(value=-1.5))
    assert str(error) == "BARRX_CACHE_GB must be above 0, got -1.5."
    with speaking("es"):
        assert (
            str(error)
            == _("BARRX_CACHE_GB must be above 0, got {value}.").format(value=-1.5)
            != error.args[0]
        )
        in_spanish = BarrxError(_("The name is empty. Type one."))
    assert str(BarrxError("of the system")) == "of the system"
    assert str(in_spanish)


def test_message_of_a_worker_can_be_said_again() -> None:
    inner = _("signal {n}").format(n=9)
    said = ngettext("{n} image", "{n} images", 2).format(n=2, cause=inner, path=Path("a"))
    back = i18n.from_json(i18n.to_json(said))
    assert back == said == "2 images"
    with speaking("es"):
        assert again(back) == ngettext("{n} image", "{n} images", 2).format(n=2) != back
    assert i18n.from_json(i18n.to_json("as it is")) == "as it is"


def test_stored_answer_is_read_in_the_language_of_now() -> None:
    inner = Explained(name=_("aspect ratio"), why=_("“{name}” was removed.").format(name=_("border")))
    stored = json.loads(json.dumps(questions.plain({"found": [inner], "category": "border"})))
    for language in i18n.LANGUAGES:
        with speaking(language):
            assert i18n.all_again(stored) == {
                "found": [
                    {"name": _("aspect ratio"), "why": _("“{name}” was removed.").format(name=_("border"))}
                ],
                "category": "border",
            }


@dataclass
class Explained:
    name: str
    why: str
