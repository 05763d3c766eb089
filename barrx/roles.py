"""Which metadata column is the title, the creator, the date: guessed from its name."""

from collections.abc import Iterable

import pandas as pd

_NAMES = {
    "title": ("title", "name", "label", "caption", "título", "titulo", "titel", "titre", "titolo"),
    "creator": (
        *("creator", "artist", "author", "maker", "photographer", "painter"),
        *("autor", "autora", "artista", "künstler", "kuenstler", "artiste", "auteur"),
    ),
    "date": ("date", "dated", "dating", "year", "fecha", "año", "datum", "jahr", "datierung", "année"),
}


def column_for(role: str, columns: Iterable[object]) -> str | None:
    """Return the column that plays a role (``title``, ``creator`` or ``date``), or None."""
    by_name = {str(column).strip().casefold(): str(column) for column in reversed(list(columns))}
    return next((by_name[name] for name in _NAMES[role] if name in by_name), None)


def texts(metadata: pd.DataFrame, role: str) -> list[str]:
    """Return the text of a role for every picture, "" where it is missing."""
    column = column_for(role, metadata.columns)
    if column is None:
        return [""] * len(metadata)
    return [shown(value) for value in metadata[column]]


def shown(value: object) -> str:
    """Return a metadata value as people write it: whole numbers without a point, "" for what is missing."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
