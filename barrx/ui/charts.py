"""Altair charts: each takes a tidy table and returns a chart."""

import altair as alt
import pandas as pd

from barrx.i18n import _
from barrx.ui import chart_locale

_CANVAS = {"embedOptions": {"renderer": "canvas"}}


def heat_strip(cells: pd.DataFrame) -> alt.Chart:
    """Draw a vector as a strip of cells, dark where a feature answers strongly.

    Parameters
    ----------
    cells : columns ``row``, ``column``, ``feature`` (number of the feature) and ``value``
    """
    chart: alt.Chart = (
        alt.Chart(cells, usermeta=_CANVAS, config=alt.Config(locale=chart_locale.locale()))
        .mark_rect()
        .encode(
            x=alt.X("column:O", axis=None),
            y=alt.Y("row:O", axis=None),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(scheme="cividis"),
                legend=alt.Legend(title=_("answer"), orient="bottom", gradientLength=160),
            ),
            tooltip=[
                alt.Tooltip("feature:Q", title=_("feature")),
                alt.Tooltip("value:Q", title=_("answer"), format=".3f"),
            ],
        )
        .properties(height=alt.Step(10))
    )
    return chart


def place_on_map(points: pd.DataFrame) -> alt.LayerChart:
    """Draw a map small: all pictures grey, the chosen one and its neighbours marked.

    Parameters
    ----------
    points : columns ``x``, ``y``, ``role`` ("other", "neighbour" or "chosen") and ``title``
    """
    base = alt.Chart(points).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(zero=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False)),
    )
    others = base.transform_filter("datum.role == 'other'").mark_circle(size=14, color="#888", opacity=0.45)
    near = (
        base.transform_filter("datum.role == 'neighbour'")
        .mark_point(size=70, filled=True, color="#0072B2", shape="square", opacity=0.9)
        .encode(tooltip=alt.Tooltip("title:N", title=_("neighbour")))
    )
    chosen = (
        base.transform_filter("datum.role == 'chosen'")
        .mark_point(size=220, filled=True, color="#D55E00", shape="diamond", opacity=1)
        .encode(tooltip=alt.Tooltip("title:N", title=_("this image")))
    )
    return alt.LayerChart(
        layer=[others, near, chosen],
        height=340,
        usermeta=_CANVAS,
        config=alt.Config(locale=chart_locale.locale()),
    )
