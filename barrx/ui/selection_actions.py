"""What a browser does by itself: load the rows or the ZIP of the originals, and copy the address of the page."""

from pathlib import Path

from barrx.i18n import _, numeral
from barrx.ui import component

_HERE = Path(__file__).parent

_actions = component.of_script(
    "barrx_selection_actions",
    html='<div class="actions"></div>',
    css=(_HERE / "selection_actions.css").read_text(encoding="utf-8"),
    js=(_HERE / "selection_actions.js").read_text(encoding="utf-8"),
)


def show(table: str, archive: str, size: int, *, is_carried: bool) -> None:
    """Show the links to a table and to an archive, with its size, and the button that copies the address.

    Parameters
    ----------
    table, archive : addresses, relative to the page
    size : of the archive, in bytes
    is_carried : the address of the page says which pictures are selected
    """
    carried = _("Copy the address of this page: filters, selection and place on the map are in it.")
    too_many = _(
        "The selection is too large for an address. Name it as a group, or save the view: then a link can carry it."
    )
    _actions(
        key="selection_links",
        width="content",
        data={
            "table": table,
            "csv": _("CSV"),
            "csv_help": _("The rows of these images, with coordinates and clusters."),
            "archive": archive,
            "zip": _("ZIP, {size}").format(size=megabytes(size)),
            "zip_help": _("The original files of these images, and their rows."),
            "copy": _("Copy link"),
            "copy_help": carried if is_carried else too_many,
            "copied": _("Copied"),
            "copied_without": _("Copied, without the selection"),
            "by_hand": _("Copy this address:"),
            "warn": not is_carried,
        },
    )


def megabytes(size: int) -> str:
    """Return a size in the unit people would use."""
    for unit, bound in (("kB", 1e6), ("MB", 1e9), ("GB", 1e12)):
        if size < bound:
            number = size * 1e3 / bound
            return f"{numeral(number, '.1f' if number < 10 else ',.0f')} {unit}"
    return f"{numeral(size / 1e12, '.1f')} TB"
