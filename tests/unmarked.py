"""Finds what people would read in one language only: words given to Streamlit, or put into HTML, without a mark.

Looks at the code without running it. A text counts if it is written where it is shown, under a name that is given to
it in the same function or module, or anywhere as HTML. Of what functions return, only lambdas given to Streamlit and
what is called ``words`` are followed. What errors say counts in the whole package, see :func:`said_by_errors`; the
browser's part is looked through by :func:`found_in_script`.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from barrx import errors

ROOT: Final = Path(__file__).parents[1]

# Streamlit's functions, and the methods of its containers, whose arguments without a name are read.
_WORDS_OF_STREAMLIT = """
    audio_input badge button camera_input caption chat_input checkbox color_picker date_input dialog download_button
    error exception expander feedback file_uploader form_submit_button header html info link_button markdown menu_button
    metric multiselect number_input page_link pills popover radio segmented_control select_slider selectbox slider
    spinner status subheader success tabs text text_area text_input time_input title toast toggle warning write
    Column TextColumn NumberColumn CheckboxColumn ImageColumn LinkColumn ProgressColumn SelectboxColumn ListColumn
"""
_NAMES = """
    Barr X UMAP HDBSCAN HTML CSV ZIP PNG SVG JSON Parquet BibTeX PixPlot TensorBoard
    n_neighbors min_dist metric min_cluster_size min_samples cluster_selection_method cluster_selection_epsilon
    max_cluster_size from_scratch seed eom leaf
"""
READ: Final = frozenset(_WORDS_OF_STREAMLIT.split())
"""Streamlit's functions, and the methods of its containers, whose arguments without a name are read."""
NAMED: Final = frozenset(
    {"aria_label", "body", "caption", "description", "help", "label", "legend_title", "page_title"}
    | {"placeholder", "title", "tooltip"}
)
"""Arguments that are read, whatever function they are given to."""
NAMED_IN_STREAMLIT: Final = frozenset({"text", "options", "value"})
"""Those that are read with Streamlit's functions only: elsewhere they mean other things."""
MARKS: Final = frozenset({"_", "ngettext", "pgettext"})
THROUGH: Final = frozenset({"plain", "escape", "str", "told_apart", "apart_at_sight"})
"""What gives back what it was given, escaped or cut."""
NOT_SCREENS: Final = frozenset({"log", "logger", "parser", "pen", "draw"})
NAMES: Final = frozenset(_NAMES.split())
"""The libraries' own words stay as they are in every language, and so do names of programs and formats."""

_ROOT_ERRORS: Final = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.BarrxError)
)
_WITH_CODE: Final = "ImageDecodeError"  # its first argument is a code that the program compares

_SEEN_ATTRIBUTES = re.compile(r"""\b(?:alt|title|placeholder|aria-label)\s*=\s*("[^"]*"|'[^']*')""")
_NO_TEXT = re.compile(
    r"<(?:style|script)\b.*?</(?:style|script)>"  # what is inside of these is not read
    r"|</?[a-zA-Z!][^<>]*>?"  # tags, the last one perhaps not ended yet
    r"|\b[\w-]+\.(?:csv|json|html|zip)\b"  # names of files
    r"|&\#?\w+;|\#[0-9a-fA-F]{6}\b"
    r"|:(?:material/\w+|[a-z]+(?:-background)?(?=\[)|[a-z0-9_+-]+):?",  # icons and colours of Streamlit's Markdown
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d][\w'’-]*")
_IS_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:[\s>/]|$)")
_IN_SCRIPT = re.compile(
    r"""(?:
        (?:\b(?:placeholder|title|alt|ariaLabel|textContent|innerText)|["']aria-label["'])["']?\s*[:=]
        |setAttribute\(\s*["'](?:placeholder|title|alt|aria-label)["']\s*,
    )
    (?:[^"'`;,(){}=\n]*\?)?  # the condition for the first of two texts
    \s*(?P<quote>["'`])(?P<text>.*?)(?P=quote)""",
    re.VERBOSE,
)
_SCRIPT_PLACE = re.compile(r"\$\{[^{}]*\}")
_PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for what is filled in


def files() -> list[Path]:
    """Return the files that write on the page."""
    return [
        ROOT / "app.py",
        *sorted((ROOT / "pages").glob("*.py")),
        *sorted((ROOT / "barrx" / "ui").rglob("*.py")),
    ]


def scripts() -> list[Path]:
    """Return the files that write in the browser."""
    return sorted((ROOT / "barrx").rglob("*.js"))


def found(source: str) -> list[tuple[int, str]]:
    """Return line and text of what would be read in English by everyone."""
    tree = ast.parse(source)
    seen = dict.fromkeys(_in_scopes(tree, _read))
    seen |= dict.fromkeys(_in_markup(tree))
    seen |= dict.fromkeys(_in_words(tree))
    return sorted(seen)


def said_by_errors(source: str, names: frozenset[str] = _ROOT_ERRORS) -> list[tuple[int, str]]:
    """Return line and text of what errors would say in English to everyone.

    Parameters
    ----------
    names : the classes whose message is meant for the user, see :func:`error_names`
    """

    def read(call: ast.Call) -> Iterator[ast.expr]:
        name = _name(call.func)
        if name in names:
            yield from call.args[1:] if name == _WITH_CODE else call.args
            yield from (keyword.value for keyword in call.keywords if keyword.arg != "reason")

    return sorted(set(_in_scopes(ast.parse(source), read)))


def error_names(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of the errors meant for the user: those of barrx.errors, and what is derived from them."""
    classes = [n for source in sources for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ClassDef)]
    names = set(_ROOT_ERRORS)
    while more := {c.name for c in classes if names & set(map(_name, c.bases))} - names:
        names |= more
    return frozenset(names)


def found_in_script(source: str) -> list[tuple[int, str]]:
    """Return line and text of what a script writes in English for everyone: words are given to it by Python."""
    return [
        (source.count("\n", 0, one.start()) + 1, one["text"])
        for one in _IN_SCRIPT.finditer(source)
        if has_words(_SCRIPT_PLACE.sub(" ", one["text"]))
    ]


def has_words(text: str) -> bool:
    """Tell whether there is something to translate in a text, of which tags, icons and names are no part."""
    attributes = " ".join(_SEEN_ATTRIBUTES.findall(text))
    read = f"{_NO_TEXT.sub(' ', text)} {attributes}"
    return any(word not in NAMES for word in _WORD.findall(read))


# --- where words stand ----------------------------------------------------------------------------------------


Names = Mapping[str, list[ast.expr]]
Reader = Callable[[ast.Call], Iterator[ast.expr]]


def _in_scopes(tree: ast.Module, read: Reader) -> Iterator[tuple[int, str]]:
    """Yield the words in all calls, names followed in their function and the module."""
    outer = _assigned(tree.body)
    inside = set[ast.AST]()
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [n for n in ast.walk(scope) if isinstance(n, ast.Call)]
            inside.update(calls)
            yield from _in_calls(calls, {**outer, **_assigned(scope.body)}, read)
    rest = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n not in inside]
    yield from _in_calls(rest, outer, read)


def _assigned(body: Iterable[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Return the values that names are given in a block, functions inside of it left out."""
    given: dict[str, list[ast.expr]] = {}
    rest = list(body)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    given.setdefault(target.id, []).append(node.value)
        elif (
            isinstance(node, ast.AnnAssign | ast.AugAssign)
            and isinstance(node.target, ast.Name)
            and node.value
        ):
            given.setdefault(node.target.id, []).append(node.value)
        rest += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return given


def _in_calls(calls: Iterable[ast.Call], names: Names, read: Reader) -> Iterator[tuple[int, str]]:
    for call in calls:
        for shown in read(call):
            yield from _with_words(shown, names)


def _in_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the words that functions called ``words``, or something of words, return."""
    outer = _assigned(tree.body)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef) and scope.name.rpartition("_")[2] == "words":
            names = {**outer, **_assigned(scope.body)}
            for node in ast.walk(scope):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _with_words(node.value, names)


def _with_words(shown: ast.expr, names: Names) -> Iterator[tuple[int, str]]:
    for text in _texts(shown, names, frozenset()):
        if has_words(text):
            yield shown.lineno, text.replace(_PLACE, "{}")


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _read(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a call that are read."""
    function = call.func
    is_read = (
        isinstance(function, ast.Attribute) and function.attr in READ and not _is_elsewhere(function.value)
    )
    if is_read:
        yield from call.args
    for keyword in call.keywords:
        if keyword.arg in NAMED or (is_read and keyword.arg in NAMED_IN_STREAMLIT):
            yield keyword.value
        elif is_read and keyword.arg == "format_func" and isinstance(keyword.value, ast.Attribute):
            yield keyword.value.value  # {...}.get, {...}.__getitem__
        elif is_read and isinstance(keyword.value, ast.Lambda):
            yield keyword.value


def _in_markup(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the HTML in some code that holds words; comments of functions and what is marked are passed over."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Call(func=ast.Name(id=name)) if name in MARKS:
                continue
            case ast.Constant(value=str()) | ast.JoinedStr():
                text = next(_texts(child, {}, frozenset()))
                if _IS_MARKUP.search(text) and has_words(text):
                    yield child.lineno, text.replace(_PLACE, "{}")
            case _:
                pass
        inside = child.values if isinstance(child, ast.JoinedStr) else [child]
        for part in inside:
            if not isinstance(part, ast.Constant):
                yield from _in_markup(part)


def _is_elsewhere(receiver: ast.expr) -> bool:
    return isinstance(receiver, ast.Name) and receiver.id in NOT_SCREENS


# --- which words ------------------------------------------------------------------------------------------------


def _texts(node: ast.expr, names: Names, passed: frozenset[str]) -> Iterator[str]:
    """Yield the texts an expression may be, with a mark for each part that is not written here."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else _PLACE for p in parts)
            before = ""
            for part in parts:
                if isinstance(part, ast.Constant):
                    before += str(part.value)
                elif isinstance(part, ast.FormattedValue) and before.rfind("<") <= before.rfind(">"):
                    yield from _texts(part.value, names, passed)  # not inside of a tag
        case ast.Name(id=name) if name in names and name not in passed:
            for value in names[name]:
                yield from _texts(value, names, passed | {name})
        case ast.Call():
            yield from _given_back(node, names, passed)
        case _:
            for child in _children(node):
                yield from _texts(child, names, passed)


def _given_back(call: ast.Call, names: Names, passed: frozenset[str]) -> Iterator[str]:
    """Yield what a call gives back of its arguments; of what is marked, only what is filled in."""
    function = call.func
    name = function.id if isinstance(function, ast.Name) else ""
    if name in MARKS:
        return
    parts: list[ast.expr] = []
    if isinstance(function, ast.Attribute) and function.attr in ("format", "join"):
        parts = [function.value, *call.args, *(keyword.value for keyword in call.keywords)]
    elif name in THROUGH:
        parts = call.args
    for part in parts:
        yield from _texts(part, names, passed)


def _children(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Mod() | ast.BitOr()):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case (
            ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values) | ast.Set(elts=values)
        ):
            return values
        case ast.Dict(values=values):
            return values
        case (
            ast.ListComp(elt=one)
            | ast.GeneratorExp(elt=one)
            | ast.Starred(value=one)
            | ast.NamedExpr(value=one)
            | ast.Lambda(body=one)
        ):
            return [one]
        case ast.Subscript(value=value):
            return [value]
    return []
