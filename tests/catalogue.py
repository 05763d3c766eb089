"""Bring the message catalogue up to date with the source: ``python -m tests.catalogue [--check]``.

Extracts every string marked with ``_`` or ``ngettext`` into ``barrx/locale/<language>/LC_MESSAGES/barrx.po``,
keeps the translations that are there, and compiles the ``.mo`` file. With ``--check`` nothing is written; what
is out of date or not translated is listed, and the exit status says whether there is anything.
"""

import io
import sys
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from barrx.i18n import SOURCE

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "barrx" / "locale"
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


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


def untranslated(catalogue: Catalog) -> list[str]:
    """Return what is said in English only, only guessed, or has other places to fill in than the English."""
    return [text(message) for message in catalogue if message.id and not is_translated(message)]


def is_translated(message: Message) -> bool:
    """Tell whether every form is there, is no guess, and has the same places to fill in as the English."""
    if message.fuzzy:  # such a one is not compiled
        return False
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    # The last form of the English is the one for many: the one for one may leave the number out.
    wanted = places(message.id[-1] if isinstance(message.id, tuple) else message.id)
    needed = [wanted] * len(forms)
    if isinstance(message.id, tuple):
        needed[0] = places(message.id[0])
    return all(form and places(form) == these for form, these in zip(forms, needed, strict=True))


def places(text: str) -> set[tuple[str, str]]:
    """Return the names to be filled in, with their formats."""
    return {
        (name, spec or "") for _text, name, spec, _conversion in Formatter().parse(text) if name is not None
    }


def text(message: Message) -> str:
    """Return the English of a message."""
    return message.id[0] if isinstance(message.id, tuple) else message.id


def main() -> int:
    """Write or check the catalogue of every language; return the exit status."""
    stale, missing = [], []
    for language in sorted(p.name for p in LOCALES.iterdir() if p.is_dir()):
        folder = LOCALES / language / "LC_MESSAGES"
        catalogue = updated(language)
        text = as_po(catalogue)
        path = folder / "barrx.po"
        if not path.exists() or path.read_bytes() != text:
            stale.append(str(path.relative_to(ROOT)))
        if language != SOURCE:
            missing += [f"{language}: {line!r}" for line in untranslated(catalogue)]
        if "--check" not in sys.argv:
            path.write_bytes(text)
            with (folder / "barrx.mo").open("wb") as file:
                write_mo(file, catalogue)
    if stale and "--check" in sys.argv:
        print(f"Not up to date: {', '.join(stale)}. Run: python -m tests.catalogue", file=sys.stderr)
    if missing and "--check" in sys.argv:
        print("Not translated:", *missing, sep="\n  ", file=sys.stderr)
    return 1 if (stale or missing) and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
