"""One figure of a sweep over two of its parameters, as a heat map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from barrx.i18n import _
from barrx.judgement import sweep
from barrx.ui import chart_locale, keys
from barrx.ui.tune.measures import Measure
from barrx.ui.tune.results import Results

if TYPE_CHECKING:
    import altair as alt

_STEP: Final = 46  # pixels a row
_AXIS: Final = 44
_LOWEST: Final = 190  # pixels: the name of a parameter stands upright beside the cells


def show(found: Results, measures: Sequence[Measure]) -> None:
    """Show the choice of a figure and two parameters, and the heat map; nothing where less than two are varied.

    Parameters
    ----------
    measures : each one thing for all settings, see :func:`barrx.ui.tune.measures.comparable`
    """
    varied = [name for name, values in found.request.grid.items() if len(values) > 1]
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
    cells = table(found, measure, x, y)
    st.altair_chart(drawn(cells, measure, x, y), key=keys.HEAT, theme="streamlit")
    rest = [name for name in varied if name not in (x, y)]
    st.caption(
        measure.meaning
        + (" " + _("Each cell is the mean over {names}.").format(names=", ".join(rest)) if rest else "")
    )


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


def drawn(cells: pd.DataFrame, measure: Measure, x: str, y: str) -> "alt.LayerChart":
    """Draw the heat map; dark is low, whichever way is better.

    Parameters
    ----------
    cells : columns x, y, value, text, settings
    """
    import altair as alt

    base = alt.Chart(cells).encode(
        x=alt.X("x:O", title=x, axis=alt.Axis(labelAngle=0), sort="ascending"),
        y=alt.Y("y:O", title=y, sort="descending"),
    )
    middle = float(cells["value"].mean()) if cells["value"].notna().any() else 0.0
    squares = base.mark_rect().encode(
        color=alt.Color("value:Q", scale=alt.Scale(scheme="cividis"), legend=None),
        tooltip=[
            alt.Tooltip("x:O", title=x),
            alt.Tooltip("y:O", title=y),
            alt.Tooltip("text:N", title=measure.title),
            alt.Tooltip("settings:Q", title=_("settings")),
        ],
    )
    low, high = cells["value"].min(), cells["value"].max()
    bright = middle if pd.isna(low) else (low + high) / 2
    figures = base.mark_text(fontSize=13).encode(
        text="text:N",
        color=alt.condition(alt.datum.value > bright, alt.value("#111"), alt.value("#fff")),
    )
    return alt.LayerChart(
        layer=[squares, figures],
        height=max(_LOWEST, _STEP * cells["y"].nunique() + _AXIS),
        description=_("{figure} over {x} and {y}").format(figure=measure.title, x=x, y=y),
        usermeta={"embedOptions": {"renderer": "canvas"}},
        background="transparent",
        config=alt.Config(locale=chart_locale.locale()),
    )
