"""What leaves Barr X: maps, tables and embeddings as files, recipes, and what other programs read."""

from barrx.export.files import (
    OWN_COLUMNS,
    check_suffix,
    harmless,
    renamed,
    replaced,
    table,
    to_csv,
    to_json,
    with_verdicts,
    write_embedding,
    write_table,
    write_text,
)

__all__ = [
    "OWN_COLUMNS",
    "check_suffix",
    "harmless",
    "renamed",
    "replaced",
    "table",
    "to_csv",
    "to_json",
    "with_verdicts",
    "write_embedding",
    "write_table",
    "write_text",
]
