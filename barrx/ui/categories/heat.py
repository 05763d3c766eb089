"""A table of counts as a heat map whose diagonal is visible: preparing the cells, and drawing them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx.i18n import _, ngettext
from barrx.ui import chart_locale

if TYPE_CHECKING:
    import altair as alt

MOST = 40  # rows, and columns, that are drawn; the others are put together
SELECTION: Final = "cell"
OTHERS: Final = "\N{HORIZONTAL ELLIPSIS}"
_COLOR: Final = "#4279d1"  # one hue, by how much of it: told apart by all kinds of colour vision
_LEAST: Final = 0.05  # of the colour, where there is any picture
_STEP: Final = 24
_NAME_LENGTH: Final = 40
_MOST_SLANTED: Final = 20  # names of columns
_MOST_NAMED: Final = 30  # columns whose names all have room


def cells(table: NDArray[np.int64], rows: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Return the cells of a table in long form, at most 41 rows and columns.

    Parameters
    ----------
    table : (n_rows, n_columns) int, ordered so that the diagonal shows
    rows, columns : their names, each once

    Returns
    -------
    DataFrame
        ``row``, ``column``, ``n``, ``share`` (of the row) and ``label`` (the count, "" for none); those with the
        fewest pictures are put together in a last row or column :data:`OTHERS`
    """
    small, row_names = _joined(np.asarray(table), list(rows))
    turned, column_names = _joined(small.T, list(columns))
    counts = turned.T
    share = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    return pd.DataFrame(
        {
            "row": np.repeat(row_names, len(column_names)),
            "column": np.tile(column_names, len(row_names)),
            "n": counts.ravel(),
            "share": share.ravel(),
            "label": [str(n) if n else "" for n in counts.ravel().tolist()],
        }
    )


def _joined(table: NDArray[np.int64], names: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    if len(names) <= MOST:
        return table, names
    largest = np.argsort(-table.sum(axis=1), kind="stable")[:MOST]
    kept = np.zeros(len(names), bool)
    kept[largest] = True
    together = np.vstack([table[kept], table[~kept].sum(axis=0)])
    return together, [*(name for name, keep in zip(names, kept, strict=True) if keep), OTHERS]


def drawn(found: pd.DataFrame, titles: tuple[str, str], *, is_dark: bool, sentence: str) -> "alt.LayerChart":
    """Draw the cells: colour by the share of the row, the counts in words, a click chooses a cell.

    Parameters
    ----------
    found : what :func:`cells` returns
    titles : of the rows and of the columns
    sentence : what it shows in words
    """
    import altair as alt

    picked = alt.selection_point(name=SELECTION, fields=["row", "column"], toggle=False, empty=False)
    base = _base(found, titles[1])
    boxes = (
        base.mark_rect(color=_COLOR, cornerRadius=2, cursor="pointer")
        .encode(
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[_LEAST, 1]), legend=None),
            stroke=alt.condition(picked, alt.value("#d55e00"), alt.value(None)),
            strokeWidth=alt.condition(picked, alt.value(2.5), alt.value(0)),
            tooltip=_tooltip(titles),
        )
        .add_params(picked)
    )
    ink = "#f4f2ee" if is_dark else "#22252a"
    counts = base.mark_text(fontSize=10, tooltip=None).encode(
        text="label:N",
        color=alt.condition("datum.share > 0.55", alt.value("#ffffff"), alt.value(ink)),
    )
    chart: alt.LayerChart = alt.LayerChart(
        layer=[boxes, counts],
        height=alt.Step(_STEP),
        width="container",
        description=sentence,
        usermeta={"embedOptions": {"renderer": "canvas"}},
        background="transparent",
        config=alt.Config(locale=chart_locale.locale(), view=alt.ViewConfig(stroke=None)),
    )
    return chart


def _base(found: pd.DataFrame, title: str) -> "alt.Chart":
    """Return the cells at their places; those without pictures are not drawn."""
    import altair as alt

    rows, columns = list(found["row"].unique()), list(found["column"].unique())
    base: alt.Chart = alt.Chart(found[found["n"] > 0]).encode(
        x=alt.X("column:N", sort=columns, scale=alt.Scale(domain=columns), title=title).axis(
            orient="top",
            labelAngle=_angle(columns),
            # Streamlit's theme leaves out every other name: of which cluster would the column be?
            labelOverlap=len(columns) > _MOST_NAMED,
            ticks=False,
            domain=False,
        ),
        y=alt.Y("row:N", sort=rows, scale=alt.Scale(domain=rows), title=None).axis(
            labelLimit=180, ticks=False, domain=False
        ),
    )
    return base


def _tooltip(titles: tuple[str, str]) -> "list[alt.Tooltip]":
    import altair as alt

    return [
        alt.Tooltip("row:N", title=titles[0][:_NAME_LENGTH]),
        alt.Tooltip("column:N", title=titles[1][:_NAME_LENGTH]),
        alt.Tooltip("n:Q", title=_("images")),
        alt.Tooltip("share:Q", title=_("share of the row"), format=".0%"),
    ]


def chosen(event: Any) -> tuple[str, str] | None:
    """Return the row and the column of the cell that was clicked."""
    picked = (event or {}).get("selection", {}).get(SELECTION) or []
    first = picked[0] if isinstance(picked, list) and picked else {}
    row, column = first.get("row"), first.get("column")
    return (row, column) if isinstance(row, str) and isinstance(column, str) else None


def note(table: NDArray[np.int64]) -> str:
    """Say what was put together, "" for nothing."""
    rest = [n - MOST for n in table.shape if n > MOST]
    if not rest:
        return ""
    return ngettext(
        "The largest {most} are drawn; {n} other row or column is put together as …",
        "The largest {most} are drawn; {n} other rows or columns are put together as …",
        sum(rest),
    ).format(most=MOST, n=sum(rest))


def _angle(names: Sequence[str]) -> int:
    if max((len(name) for name in names), default=0) <= 3:
        return 0
    return -60 if len(names) <= _MOST_SLANTED else -90  # upright ones are apart on a phone too
