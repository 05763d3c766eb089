"""Several modules as one script: a page opened from disk may not import any, and one request is faster than forty.

Each module becomes a function that is called at once and returns what the module exports, so that names of one
never meet those of another. Only the forms of import and export that the components' code has are known.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|class|const|let) )(\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return a module and all it imports as one script.

    Raises
    ------
    ValueError
        if a module imports or exports in a way that is not known here, two modules import each other, or the script
        could not stand inside of a page
    """
    written: dict[Path, str] = {}
    _write(entry.resolve(), written, ())
    script = "".join(written.values())
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ValueError("the code of the map holds what would end a script element")
    return f'"use strict";\n{script}'


def module(entry: Path) -> str:
    """Return a module and all it imports as one module, which exports ``mount`` as the first does.

    Raises
    ------
    ValueError
        as :func:`bundle`
    """
    return f"{bundle(entry)}export const {{ mount }} = {_name(entry.resolve())};\n"


def _write(module: Path, written: dict[Path, str], waiting: tuple[Path, ...]) -> None:
    """Write what a module imports, then the module itself."""
    if module in written:
        return
    if module in waiting:
        raise ValueError(f"{module.name} and {waiting[-1].name} import each other")
    code = module.read_text(encoding="utf-8")
    for _names, place in _IMPORT.findall(code):
        _write((module.parent / place).resolve(), written, (*waiting, module))
    code = _IMPORT.sub(lambda found: _taken(found.group(1), module.parent / found.group(2)), code)
    exported = [name for _kind, name in _EXPORT.findall(code)]
    code = _EXPORT.sub(r"\1\2", code)
    if unknown := _OTHER.search(code):
        raise ValueError(f"{module.name}: {unknown.group()!r} is no form of import or export known here")
    written[module] = (
        f"const {_name(module)} = (() => {{\n{code}\nreturn {{ {', '.join(exported)} }};\n}})();\n"
    )


def _taken(names: str, module: Path) -> str:
    renamed = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(names.split()).removeprefix("* as "))
    return f"const {renamed} = {_name(module.resolve())};\n"


def _name(module: Path) -> str:
    return f"m_{module.parent.name}_{module.stem}"
