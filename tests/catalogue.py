"""Bring the message catalogue up to date with the source: ``python -m tests.catalogue [--check]``.

Extracts every string marked with ``_`` or ``ngettext`` into ``barrx/locale/<language>/LC_MESSAGES/barrx.po``,
keeps the translations that are there, and compiles the ``.mo`` file. With ``--check`` nothing is written and
the exit status says whether something is missing.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "barrx" / "locale"
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def extracted(language: str) -> Catalog:
    """Return a catalogue of every marked string in the source, in the order of the files."""
    catalogue = Catalog(
        locale=language,
        project="Barr X",
        header_comment="# The strings of Barr X that people see.",
        fuzzy=False,
    )
    for folder in ("barrx", "pages"):
        found = extract_from_dir(
            ROOT / folder,
            [("**.py", "python")],
            {},
            keywords=KEYWORDS,
            comment_tags=(),
            strip_comment_tags=True,
        )
        for filename, _line, message, _comments, context in found:
            # File names without lines: a catalogue that changes only when a string does.
            catalogue.add(message, locations=[(f"{folder}/{filename}", 0)], context=context)
    return catalogue


def updated(language: str) -> Catalog:
    """Return the catalogue of a language, with what is new in the source and without what is gone."""
    fresh = extracted(language)
    path = LOCALES / language / "LC_MESSAGES" / "barrx.po"
    if not path.exists():
        return fresh
    with path.open("rb") as file:
        kept = read_po(file, locale=language)
    kept.update(fresh, no_fuzzy_matching=True)
    kept.obsolete.clear()
    kept.header_comment = fresh.header_comment
    return kept


def as_po(catalogue: Catalog) -> bytes:
    """Return the text of a ``.po`` file, without dates and lines that change for no reason."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=False, sort_output=True, include_lineno=False, width=110)
    lines = buffer.getvalue().splitlines(keepends=True)
    noise = (
        b'"POT-Creation',
        b'"PO-Revision',
        b'"Generated',
        b'"Report-Msgid',
        b'"Last-Tr',
        b'"Language-Team',
    )
    return b"".join(line for line in lines if not line.startswith(noise))


def main() -> int:
    """Write or check the catalogue of every language; return the exit status."""
    stale = []
    for language in sorted(p.name for p in LOCALES.iterdir() if p.is_dir()):
        folder = LOCALES / language / "LC_MESSAGES"
        catalogue = updated(language)
        text = as_po(catalogue)
        path = folder / "barrx.po"
        if not path.exists() or path.read_bytes() != text:
            stale.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv:
            path.write_bytes(text)
            with (folder / "barrx.mo").open("wb") as file:
                write_mo(file, catalogue)
    if stale and "--check" in sys.argv:
        print(f"Not up to date: {', '.join(stale)}. Run: python -m tests.catalogue", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
