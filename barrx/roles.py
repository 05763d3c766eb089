"""Which metadata column is the title, the creator, the date, the rights: guessed from its name."""

import re
from collections.abc import Iterable

import pandas as pd

# Compared without case, blanks and signs, and without a prefix as in "dc:rights".
_NAMES = {
    "title": ("title", "name", "label", "caption", "título", "titulo", "titel", "titre", "titolo"),
    "creator": (
        *("creator", "artist", "author", "maker", "photographer", "painter"),
        *("autor", "autora", "artista", "künstler", "kuenstler", "artiste", "auteur"),
    ),
    "date": ("date", "dated", "dating", "year", "fecha", "año", "datum", "jahr", "datierung", "année"),
    "credit": (
        *("creditline", "credit", "credits", "attribution", "requiredstatement", "courtesy"),
        *("acknowledgement", "acknowledgment", "photocredit", "imagecredit"),
        *("líneadecrédito", "lineadecredito", "crédito", "credito", "créditos", "creditos", "atribución"),
        *("bildnachweis", "fotonachweis", "abbildungsnachweis", "namensnennung"),
        *("crédit", "crédits", "créditphoto", "créditphotographique", "crediti", "attribuzione"),
    ),
    "rights": (
        *("rights", "copyright", "rightsstatement", "rightsholder", "copyrightnotice", "copyrightholder"),
        *("accessrights", "usageterms", "termsofuse"),
        *("derechos", "derechosdeautor", "derechosdeuso", "copyrights"),
        *(
            "rechte",
            "rechtehinweis",
            "rechteinhaber",
            "urheberrecht",
            "nutzungsrechte",
            "nutzungsbedingungen",
        ),
        *("droits", "droitsdauteur", "diritti", "dirittidautore", "direitos", "direitosautorais"),
    ),
    "license": (
        *("license", "licence", "licensename", "licenseurl", "licenceurl", "rightsurl", "rightsuri"),
        *("licencia", "lizenz", "lizenzurl", "licenza", "licença", "licenca"),
    ),
    "source": (
        *("source", "sourceurl", "sourceuri", "datasource", "provider", "dataprovider"),
        *("fuente", "quelle", "bildquelle", "fonte"),
    ),
}
_SEPARATORS = re.compile(r"[|;]")
_PREFIX = re.compile(r"^[a-z]{2,10}:(?=\S)")
_RIGHTS = ("credit", "rights", "license")
_NO_CATEGORY = ("title", "date", *_RIGHTS, "source")


def column_for(role: str, columns: Iterable[object]) -> str | None:
    """Return the column that plays a role, or None.

    Parameters
    ----------
    role : {"title", "creator", "date", "credit", "rights", "license", "source"}
    """
    by_name = {_compact(str(column)): str(column) for column in reversed(list(columns))}
    return next((by_name[name] for name in _NAMES[role] if name in by_name), None)


def _compact(name: str) -> str:
    return re.sub(r"[\W_]", "", _PREFIX.sub("", name.strip().casefold()))


def texts(metadata: pd.DataFrame, role: str) -> list[str]:
    """Return the text of a role for every picture, "" where it is missing."""
    column = column_for(role, metadata.columns)
    if column is None:
        return [""] * len(metadata)
    return [shown(value) for value in metadata[column]]


def rights(metadata: pd.DataFrame) -> list[str]:
    """Return what must stand with every picture: credit, rights and licence in one line, "" where none is given."""
    columns = [texts(metadata, role) for role in _RIGHTS]
    return [" · ".join(dict.fromkeys(filter(None, given))) for given in zip(*columns, strict=True)]


def has_several(text: str) -> bool:
    """Tell whether a cell may hold several values."""
    return _SEPARATORS.search(text) is not None


def categorical(metadata: pd.DataFrame) -> list[str]:
    """Return the columns whose values put each picture into one group, in the order of the table.

    A column, a colour or a mix can show a picture once only, so a cell counts as a whole here. What can show it
    several times goes by :func:`barrx.facets.categories`.

    A column does if it holds no numbers, has two values or more, and each stands for two pictures or more on
    average. What tells a picture from the others, or stands with it, does not: its title, date and rights.
    """
    known = {column_for(role, metadata.columns) for role in _NO_CATEGORY}
    return [str(name) for name in metadata.columns if str(name) not in known and _has_groups(metadata[name])]


def _has_groups(values: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return False
    return bool(2 <= values.nunique() <= values.count() / 2)


def parts(text: str) -> list[str]:
    """Return the values in a cell such as "moon|space" or "moon; space", each once, without blanks around them."""
    return list(dict.fromkeys(part for one in _SEPARATORS.split(text) if (part := " ".join(one.split()))))


def shown(value: object) -> str:
    """Return a metadata value as people write it: whole numbers without a point, "" for what is missing."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
