"""Rows of words and pictures, as a Streamlit component: what is typical, what is misplaced, what is in a cluster."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from barrx import roles
from barrx.datasets import Dataset
from barrx.i18n import _, numeral
from barrx.ui import component, routes, state
from barrx.ui.text import shortened

_HERE = Path(__file__).parent
_TEXT_LENGTH = 300  # of a name or a title
_SIDE = 96  # pixels of a thumbnail

_component = component.of_script(
    "barrx_picture_rows",
    html='<ul class="rows"></ul>',
    css=(_HERE / "picture_rows.css").read_text(encoding="utf-8"),
    js=(_HERE / "picture_rows.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A word in a frame; ``kind`` gives its colour."""

    text: str
    kind: Literal["", "good", "odd"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Pictures side by side: their indexes, what they are, and what is said after them."""

    indexes: Sequence[int]
    label: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row.

    Attributes
    ----------
    id : str
        what is told when it is opened
    title : str
    opens : str
        what a click on the title does, for people; "" for nothing
    chips, texts, strips : sequences
    """

    id: str
    title: str = ""
    opens: str = ""
    chips: Sequence[Chip] = ()
    texts: Sequence[str] = ()
    strips: Sequence[Strip] = ()


def show(
    dataset: Dataset,
    rows: Sequence[Row],
    *,
    label: str,
    key: str,
    on_open: Callable[[str], None] | None = None,
) -> None:
    """Show rows; a click on a picture opens its card.

    Parameters
    ----------
    label : what the rows are, for those who do not see them
    on_open : called with the id of a row whose title is clicked
    """
    ids = {row.id for row in rows}

    def open_row(name: Any) -> None:
        if on_open is not None and isinstance(name, str) and name in ids:
            on_open(name)

    indexes = sorted({int(i) for row in rows for strip in row.strips for i in strip.indexes})
    titles = dict(zip(indexes, roles.texts(dataset.metadata.iloc[indexes], "title"), strict=True))
    token = routes.sign(dataset.slug, dataset.fingerprint)

    def item(index: int) -> dict[str, object]:
        """Return what the browser needs to show a picture."""
        title = shortened(titles[index] or dataset.filenames[index], _TEXT_LENGTH)
        return {"index": index, "title": title, "source": routes.thumbnail_address(token, index, _SIDE)}

    _component(
        key=key,
        data={"label": label, "rows": [_sent(row, item) for row in rows]},
        hears={"picked": partial(state.pick_told, dataset), "opened": open_row},
    )


def _sent(row: Row, item: Callable[[int], dict[str, object]]) -> dict[str, object]:
    return {
        "id": row.id,
        "title": shortened(row.title, _TEXT_LENGTH),
        "opens": row.opens,
        "chips": [asdict(chip) for chip in row.chips],
        "texts": [text[: 4 * _TEXT_LENGTH] for text in row.texts],
        "strips": [
            {
                "label": shortened(one.label, _TEXT_LENGTH),
                "more": one.more,
                "items": [item(int(i)) for i in one.indexes],
            }
            for one in row.strips
        ],
    }


def counted(indexes: Sequence[int], most: int, label: str = "") -> Strip:
    """Return the first pictures of a list as a strip that says how many others there are."""
    rest = len(indexes) - most
    more = _("and {n} more").format(n=numeral(rest)) if rest > 0 else ""
    return Strip(indexes=indexes[:most], label=label, more=more)
