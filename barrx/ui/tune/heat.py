"""One figure of a sweep over two of its parameters, as a heat map."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from barrx.i18n import _, numeral
from barrx.judgement import sweep
from barrx.ui import chart_locale, keys
from barrx.ui.tune import wall
from barrx.ui.tune.measures import Measure
from barrx.ui.tune.results import Results

if TYPE_CHECKING:
    import altair as alt

# For the parameter across and the one upwards: their names, or a value of each as it is typed.
Pair = tuple[str, str]

SELECTION: Final = "cell"
_MOST: Final = 20  # settings of a cell that are listed
_CHOSEN: Final = "#d55e00"  # the outline of the cell whose settings are listed
_STEP: Final = 46  # pixels a row
_AXIS: Final = 44
_LOWEST: Final = 190  # pixels: the name of a parameter stands upright beside the cells


def show(found: Results, measures: Sequence[Measure], query: Mapping[str, str]) -> None:
    """Show the choice of a figure and two parameters, and the heat map; nothing where less than two are varied.

    Parameters
    ----------
    measures : each one thing for all settings, see :func:`barrx.ui.tune.measures.comparable`
    query : what the address of a setting carries beside its parameters
    """
    varied = found.varied
    able = [one for one in measures if any(one.value(found, n) is not None for n in found.numbers())]
    if len(varied) < 2 or not able:
        return
    st.subheader(_("One figure over two parameters"), anchor=False)
    figure, across, up = st.columns(3)
    by_title = {one.title: one for one in able}
    measure = by_title[figure.selectbox(_("Figure"), list(by_title), key=keys.HEAT_FIGURE) or able[0].title]
    x = across.selectbox(_("Across"), varied, key=keys.HEAT_X) or varied[0]
    others = [name for name in varied if name != x]
    y = up.selectbox(_("Upwards"), others, key=keys.HEAT_Y) or others[0]
    _map(found, measure, (x, y), query)


def _map(found: Results, measure: Measure, names: Pair, query: Mapping[str, str]) -> None:
    """Show the heat map, and below it the cell that is chosen and the settings behind it."""
    cells = table(found, measure, *names)
    chart = st.container()
    rest = [name for name in found.varied if name not in names]
    st.caption(
        measure.meaning
        + (" " + _("Each cell is the mean over {names}.").format(names=", ".join(rest)) if rest else "")
    )
    shown = ":".join((measure.name, *names))
    key, key_of_cell = keys.of(keys.HEAT, shown), keys.of(keys.HEAT_CELL, shown)
    cell = _choose_cell(cells, measure, names, key_of_cell)
    chart.altair_chart(
        drawn(cells, measure, *names, cell),
        key=key,
        on_select=lambda: _follow(key, key_of_cell),
        selection_mode=SELECTION,
        theme="streamlit",
    )
    numbers = settings_of(found, measure, names, cell)
    st.caption(_counted(len(numbers), measure))
    st.html(listed(found, measure, numbers, query))


# --- the cell that is chosen ------------------------------------------------------------------------------


def _choose_cell(cells: pd.DataFrame, measure: Measure, names: Pair, key: str) -> Pair:
    """Return the cell that is chosen in the list, or was clicked; the best one to begin with."""
    known = cells["value"].fillna(float("inf") if measure.low_first else float("-inf"))
    options = dict(zip(_cells(cells), cells["text"], strict=True))
    best = int(known.argmin() if measure.low_first else known.argmax())
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    chosen: Pair | None = st.selectbox(
        _("Click a cell, or choose one here"),
        list(options),
        index=best,
        format_func=lambda one: f"{names[0]} {one[0]}, {names[1]} {one[1]} · {options[one]}",
        key=key,
    )
    return chosen or list(options)[best]


def _cells(cells: pd.DataFrame) -> list[Pair]:
    return [(sweep.written(x), sweep.written(y)) for x, y in zip(cells["x"], cells["y"], strict=True)]


def _follow(chart: str, chosen: str) -> None:
    cell = clicked(st.session_state.get(chart))
    if cell is not None:
        st.session_state[chosen] = cell


def clicked(event: Any) -> Pair | None:
    """Return the cell that was clicked, None where the click was beside all."""
    picked = (event or {}).get("selection", {}).get(SELECTION) or []
    first = picked[0] if isinstance(picked, list) and picked else {}
    if "x" not in first or "y" not in first:
        return None
    return sweep.written(first["x"]), sweep.written(first["y"])


def settings_of(found: Results, measure: Measure, names: Pair, cell: Pair) -> list[int]:
    """Return the finished settings of a cell, the best by a figure first, those without it last."""

    def place(number: int) -> tuple[bool, float]:
        """Return what the settings are sorted by."""
        value = measure.value(found, number)
        return value is None, 0.0 if value is None else value if measure.low_first else -value

    numbers = []
    for number in found.numbers():
        chosen = sweep.parameters(found.settings[number])
        if tuple(sweep.written(chosen[name]) for name in names) == cell:
            numbers.append(number)
    return sorted(numbers, key=place)


def _counted(n: int, measure: Measure) -> str:
    if n > 1 and measure.low_first:
        said = _("{n} settings stand behind this cell, the lowest figure first. Each opens in Explore.")
    elif n > 1:
        said = _("{n} settings stand behind this cell, the highest figure first. Each opens in Explore.")
    else:
        said = _("{n} setting stands behind this cell. It opens in Explore.")
    return said.format(n=numeral(n))


def listed(found: Results, measure: Measure, numbers: Sequence[int], query: Mapping[str, str]) -> str:
    """Return settings as HTML: each with its figure, and a link that opens it in Explore."""
    lines = []
    for number in numbers[:_MOST]:
        value = measure.value(found, number)
        figure = f"{measure.title} " + ("–" if value is None else measure.written(value))
        address = wall.address(found.settings[number], query)
        lines.append(
            f'<li><a href="{escape(address)}">{escape(found.named(number))}</a> · {escape(figure)}</li>'
        )
    if len(numbers) > _MOST:
        rest = _("and {n} more").format(n=numeral(len(numbers) - _MOST))
        lines.append(f'<li class="hint">{escape(rest)}</li>')
    return f'<ul class="arrows settings">{"".join(lines)}</ul>'


# --- the chart --------------------------------------------------------------------------------------------


def table(found: Results, measure: Measure, x: str, y: str) -> pd.DataFrame:
    """Return the mean of a figure for each pair of values: columns x, y, value, text, settings.

    Where no setting of a pair has the figure, ``value`` is missing and ``text`` a dash.
    """
    rows = []
    for number in found.numbers():
        parameters = sweep.parameters(found.settings[number])
        rows.append({"x": parameters[x], "y": parameters[y], "value": measure.value(found, number)})
    frame = pd.DataFrame(rows).astype({"value": float})
    cells = frame.groupby(["x", "y"], sort=True)["value"].agg(value="mean", settings="count").reset_index()
    cells["text"] = ["–" if pd.isna(value) else measure.written(value) for value in cells["value"]]
    return cells


def drawn(
    cells: pd.DataFrame, measure: Measure, x: str, y: str, chosen: Pair | None = None
) -> "alt.LayerChart":
    """Draw the heat map; dark is low, whichever way is better. A click chooses a cell.

    Parameters
    ----------
    cells : columns x, y, value, text, settings
    chosen : the cell that is outlined
    """
    import altair as alt

    picked = alt.selection_point(name=SELECTION, fields=["x", "y"], toggle=False, empty=False)
    base = alt.Chart(cells.assign(is_chosen=[cell == chosen for cell in _cells(cells)])).encode(
        x=alt.X("x:O", title=x, axis=alt.Axis(labelAngle=0), sort="ascending"),
        y=alt.Y("y:O", title=y, sort="descending"),
    )
    middle = float(cells["value"].mean()) if cells["value"].notna().any() else 0.0
    squares = base.mark_rect(cursor="pointer").encode(
        color=alt.Color("value:Q", scale=alt.Scale(scheme="cividis"), legend=None),
        tooltip=[
            alt.Tooltip("x:O", title=x),
            alt.Tooltip("y:O", title=y),
            alt.Tooltip("text:N", title=measure.title),
            alt.Tooltip("settings:Q", title=_("settings")),
        ],
    )
    outline = base.mark_rect(filled=False, stroke=_CHOSEN, strokeWidth=3, tooltip=None).transform_filter(
        "datum.is_chosen"
    )
    low, high = cells["value"].min(), cells["value"].max()
    bright = middle if pd.isna(low) else (low + high) / 2
    figures = base.mark_text(fontSize=13, tooltip=None, cursor="pointer").encode(
        text="text:N",
        color=alt.condition(alt.datum.value > bright, alt.value("#111"), alt.value("#fff")),
    )
    return alt.LayerChart(
        layer=[squares.add_params(picked), outline, figures],
        height=max(_LOWEST, _STEP * cells["y"].nunique() + _AXIS),
        description=_("{figure} over {x} and {y}").format(figure=measure.title, x=x, y=y),
        usermeta={"embedOptions": {"renderer": "canvas"}},
        background="transparent",
        config=alt.Config(locale=chart_locale.locale()),
    )
