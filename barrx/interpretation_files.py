"""An interpretation as files: Markdown with its figures in a ZIP, and one HTML page that opens without a network."""

import base64
import io
import zipfile
from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

from barrx import i18n, markdown
from barrx.collection_files import slugify
from barrx.i18n import _
from barrx.views import references
from barrx.views.interpretations import Figure, Interpretation
from barrx.views.saved import Listed

_ENDINGS = {"image/webp": "webp", "image/svg+xml": "svg"}
_CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; color: #22252a;
  background: #fdfcfa; }
h1 { line-height: 1.2; }
.by, small { color: #5b5f66; font-size: 0.9rem; }
.view-figure { display: block; margin: 1.5rem 0; }
.view-figure img { max-width: 100%; height: auto; border: 1px solid #d9d4ca; border-radius: 4px; }
.view-figure small { display: block; }
a { color: #7d3316; }
table { border-collapse: collapse; } td, th { border: 1px solid #d9d4ca; padding: 0.2rem 0.6rem; }
@media (prefers-color-scheme: dark) { body { color: #ece9e3; background: #121417; } a { color: #ebb394; }
  .by, small { color: #b3b0aa; } }
"""


def body(interpretation: Interpretation, link: Callable[[Figure], str], *, rest: bool = True) -> str:
    """Return the text as safe HTML, each figure leading to its place in the app.

    Parameters
    ----------
    link : gives the address where a figure opens
    rest : figures that the text does not mention come last
    """
    figures = interpretation.figures

    def figure(number: int, caption: str) -> str:
        found = figures.get(number)
        return "" if found is None else _figure(found, caption or found.caption, link(found))

    text = interpretation.words.text
    others = sorted(figures.keys() - set(markdown.figures_in(text))) if rest else []
    return markdown.to_html(text, figure) + "".join(figure(number, "") for number in others)


def html(interpretation: Interpretation, view: Listed, root: str) -> str:
    """Return one page with everything in it.

    Parameters
    ----------
    root : address of the app, for the links to the view and the places of the figures
    """
    words = interpretation.words
    opened = f"{root}?view={references.of(view)}"
    said = " · ".join(part for part in (words.author, i18n.day(interpretation.created), view.title) if part)
    name = _("The view “{name}”").format(name=view.name)
    inside = body(interpretation, lambda figure: f"{root}?{urlencode(figure.query, doseq=True)}")
    return (
        "<!doctype html>\n"
        f'<html lang="mul"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words.title)}</title><style>{_STYLE}</style></head><body>"
        f'<h1 dir="auto">{escape(words.title)}</h1><p class="by" dir="auto">{escape(said)}</p>'
        f'<main dir="auto">{inside}</main>'
        f'<p class="by"><a href="{escape(opened)}">{escape(name)}</a></p>'
        "</body></html>\n"
    )


def zipped(interpretation: Interpretation, view: Listed, root: str) -> bytes:
    """Return a ZIP of the text as Markdown and its figures as pictures."""
    words, figures = interpretation.words, interpretation.figures
    names = {n: f"figures/{n}.{_ENDINGS.get(figure.media, 'bin')}" for n, figure in figures.items()}

    def figure(number: int, caption: str) -> str:
        found = figures.get(number)
        if found is None:
            return ""
        image = f"![{markdown.escaped(caption or found.caption)}]({names[number]})"
        return f"[{image}]({root}?{urlencode(found.query, doseq=True)})"

    rest = [n for n in figures if n not in markdown.figures_in(words.text)]
    lines = [
        f"# {markdown.escaped(words.title)}",
        markdown.escaped(
            " · ".join(filter(None, (words.author, i18n.day(interpretation.created), view.title)))
        ),
    ]
    lines += [markdown.to_markdown(words.text, figure), *(figure(n, "") for n in rest)]
    lines.append(f"[{markdown.escaped(view.name)}]({root}?view={references.of(view)})")
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(f"{filename(interpretation)}.md", "\n\n".join(filter(None, lines)) + "\n")
            for n, one in figures.items():
                packed.writestr(names[n], one.data)
        return file.getvalue()


def filename(interpretation: Interpretation) -> str:
    """Return the name of the files, without an ending."""
    return slugify(interpretation.words.title) or f"interpretation-{interpretation.id}"


def _figure(figure: Figure, caption: str, address: str) -> str:
    media = figure.media if figure.media in _ENDINGS else "application/octet-stream"
    source = f"data:{media};base64,{base64.b64encode(figure.data).decode()}"
    return (
        f'<span class="view-figure"><a href="{escape(address)}"><img src="{source}" alt="{escape(caption)}"></a>'
        f"<small>{escape(caption)}</small></span>"
    )
