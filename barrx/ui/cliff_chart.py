"""The cliff chart, small, under the slider of ``min_cluster_size``: what every other value would give."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import streamlit as st

from barrx import cliff
from barrx.cliff import Point, Question
from barrx.clustering import SELECTION_METHODS, ClusteringParams
from barrx.datasets import Dataset
from barrx.i18n import _, language
from barrx.pipeline import MapRequest
from barrx.ui import chart_locale, keys, rerun, state
from barrx.ui.text import plain

if TYPE_CHECKING:
    import altair as alt

_EVERY: Final = 0.3  # seconds between two looks at points that are being computed
_SELECTION: Final = "size"
_POINTS: Final = "points"  # the data of the chart, by name: every value, and where the slider stands
_HERE: Final = "present"
_COLUMNS: Final = pa.schema(
    {
        "method": pa.string(),
        "min_cluster_size": pa.int64(),
        "clusters": pa.int64(),
        "noise_share": pa.float64(),
        "agreement": pa.float64(),
    }
)
_HEIGHT: Final = 110
_STALE: Final = 0.35
# Told apart by all kinds of colour vision, with a contrast of 3:1 at least on both grounds; and by dashes.
_COLORS: Final = {"eom": "#4279d1", "leaf": "#c56600", "noise": "#8b8e94", "agreement": "#a95fb0"}
PRESENT: Final = "#bf572a"
_DASHES: Final = {"eom": [1, 0], "leaf": [5, 3]}
_TEXT: Final = "#7c7f85"


def show(dataset: Dataset, request: MapRequest, column: str) -> None:
    """Draw the chart of the map that is asked for; while there is no such map, the one before it, faint.

    Parameters
    ----------
    column : str
        the metadata column whose agreement with the clusters is drawn, if it is one
    """
    if len(dataset.filenames) < 3:
        return
    question = cliff.of_map(dataset, request, column)
    if question is None:
        state.pool().leave("charts", state.session_id())
        _draw(state.last_cliff(dataset, request.encoder), request.clustering, is_whole=False, is_stale=True)
        return
    points = cliff.load(question)
    missing = not _is_whole(points, question)
    job = None
    if not missing:
        state.pool().leave("charts", state.session_id())
    else:
        key = f"cliff:{question.keys()[request.clustering.min_cluster_size]}"
        job = state.pool().find(key)
        if job is None or job.snapshot.state in ("done", "cancelled"):
            arguments = {"request": request.to_json(), "column": column}
            job = state.pool().submit("cliff", arguments, key=key, lane="charts", owner=state.session_id())

    # A job that failed before this run is not waited for: the page would run again without end.
    running = job if job is not None and not job.snapshot.is_over else None

    @st.fragment(run_every=_EVERY if running else None)
    def chart() -> None:
        if st.session_state.pop(keys.CLIFF_CLICKED, False):
            st.rerun()
        found = cliff.load(question) if missing else points
        if running is not None and running.snapshot.is_over and rerun.is_alone():
            st.rerun()
        state.remember_cliff(dataset, request.encoder, found)
        _draw(found, request.clustering, is_whole=not missing, is_stale=False)
        if column in dataset.metadata and question.categories is None:
            st.caption(no_agreement(column))
        if missing and running is None:
            st.caption(_("The chart could not be completed; another setting tries again."))

    chart()


def _is_whole(points: Sequence[Point], question: Question) -> bool:
    return {point.min_cluster_size for point in points} == set(question.sizes)


def _draw(points: Sequence[Point], present: ClusteringParams, *, is_whole: bool, is_stale: bool) -> None:
    if not points:
        return
    said = sentence(points, present, is_whole=is_whole)
    st.vega_lite_chart(
        spec=spec(points, present, opacity=_STALE if is_stale else 1.0, sentence=said),
        key=keys.of(keys.CLIFF, str(present.min_cluster_size)),
        on_select=_follow,
        selection_mode=_SELECTION,
        theme=None,
    )
    _legend(has_agreement=any(point.agreement is not None for point in points))
    st.caption(said)


def _legend(*, has_agreement: bool) -> None:
    names = {"eom": "eom", "leaf": "leaf", "noise": _("noise"), "agreement": _("agreement")}
    shown = [name for name in names if has_agreement or name != "agreement"]
    rows = "".join(
        f'<span><i class="{name}" style="color: {_COLORS[name]}"></i>{escape(names[name])}</span>'
        for name in shown
    )
    st.html(f'<div class="cliff-legend" aria-hidden="true">{rows}</div>')


def _follow() -> None:
    """Move the slider to the value that was clicked."""
    chosen = next(
        (
            picked[0]["min_cluster_size"]
            for key, value in st.session_state.items()
            if str(key).startswith(keys.of(keys.CLIFF, "")) and (picked := _selected(value))
        ),
        None,
    )
    if chosen is not None:
        st.session_state[keys.MIN_CLUSTER_SIZE] = int(chosen)
        st.session_state[keys.CLIFF_CLICKED] = True


def _selected(value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = value["selection"].get(_SELECTION, [])
    return found


def no_agreement(column: str) -> str:
    """Say why the chart holds no agreement with a column."""
    return _(
        "No agreement with “{column}”: only columns of 2 to {most} different values are compared."
    ).format(column=plain(column[:80]), most=cliff.MOST_CATEGORIES)


def sentence(points: Sequence[Point], present: ClusteringParams, *, is_whole: bool = True) -> str:
    """Say in words what the chart shows: the present value, and of a whole chart where most clusters are lost."""
    method = present.cluster_selection_method
    here = [p for p in points if (p.method, p.min_cluster_size) == (method, present.min_cluster_size)]
    parts = []
    if here:
        parts.append(
            _("At {size}: {clusters} clusters, {noise:.0%} noise.").format(
                size=here[0].min_cluster_size, clusters=here[0].clusters, noise=here[0].noise_share
            )
        )
    if here and here[0].agreement is not None:
        parts.append(_("Agreement {value:.2f}, noise counted.").format(value=here[0].agreement))
    step = cliff.steepest(points, method) if is_whole else None
    if step is not None:
        parts.append(
            _("Steepest from {low} to {high}: {before} clusters become {after}.").format(
                low=step[0].min_cluster_size,
                high=step[1].min_cluster_size,
                before=step[0].clusters,
                after=step[1].clusters,
            )
        )
    return " ".join(parts)


def spec(
    points: Sequence[Point], present: ClusteringParams, *, opacity: float, sentence: str
) -> dict[str, Any]:
    """Return the chart as Vega-Lite: clusters (left), noise and agreement (right) against ``min_cluster_size``.

    Parameters
    ----------
    opacity : of everything drawn
    sentence : what it shows in words
    """
    frame = _frame(
        present.cluster_selection_method,
        max(point.clusters for point in points),
        opacity,
        any(point.agreement is not None for point in points),
        language(),
    )
    datasets = {
        _POINTS: pa.Table.from_pylist([asdict(point) for point in points], _COLUMNS),
        _HERE: pa.Table.from_pylist([{"min_cluster_size": present.min_cluster_size}]),
    }
    return {**json.loads(frame), "description": sentence, "datasets": datasets}


@lru_cache(maxsize=64)  # Altair takes longer to draw it than the rest of the page takes altogether
def _frame(method: str, most: int, opacity: float, has_agreement: bool, language: str) -> str:
    """Return the chart without its points, in JSON; the language is that of its numbers and titles."""
    import altair as alt

    base = alt.Chart(alt.NamedData(_POINTS)).encode(
        x=alt.X("min_cluster_size:Q", scale=alt.Scale(type="log", nice=False), title=None).axis(
            values=[2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], format="d"
        )
    )
    layers = [
        *_shares(base, method, opacity, has_agreement=has_agreement),
        _counts(base, most, opacity),
        _present(opacity),
    ]
    chart = alt.LayerChart(
        layer=layers,
        height=_HEIGHT,
        usermeta={"embedOptions": {"renderer": "canvas"}},
        background="transparent",
        padding={"left": 0, "right": 0, "top": 4, "bottom": 0},
        config=alt.Config(
            locale=chart_locale.locale(),
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                domain=False, ticks=False, labelColor=_TEXT, labelFontSize=10, labelPadding=4, grid=False
            ),
        ),
    )
    return str(chart.resolve_scale(y="independent").to_json())


def _counts(base: "alt.Chart", most: int, opacity: float) -> "alt.LayerChart":
    import altair as alt

    methods = list(SELECTION_METHODS)
    lines = base.encode(
        # Without any cluster the scale would have no length, and its ticks six decimals.
        y=alt.Y(
            "clusters:Q", scale=alt.Scale(type="sqrt", nice=False, domain=[0, max(1, most)]), title=None
        ).axis(tickCount=3, tickMinStep=1, format="d", minExtent=20),
        color=alt.Color(
            "method:N",
            scale=alt.Scale(domain=methods, range=[_COLORS[method] for method in methods]),
            legend=None,
        ),
        strokeDash=alt.StrokeDash(
            "method:N",
            scale=alt.Scale(domain=methods, range=[_DASHES[method] for method in methods]),
            legend=None,
        ),
    )
    picked = alt.selection_point(name=_SELECTION, fields=["min_cluster_size"], nearest=True, toggle=False)
    # Vega writes a number that is missing as 0.00.
    written = "isValid(datum.agreement) ? format(datum.agreement, '.2f') : '–'"
    dots = (
        lines.transform_calculate(agreement_written=written)
        .mark_point(size=120, opacity=0, filled=True)
        .encode(
            tooltip=[
                alt.Tooltip("min_cluster_size:Q", title="min_cluster_size"),
                alt.Tooltip("method:N", title=_("method")),
                alt.Tooltip("clusters:Q", title=_("clusters")),
                alt.Tooltip("noise_share:Q", title=_("noise"), format=".0%"),
                alt.Tooltip("agreement_written:N", title=_("agreement")),
            ]
        )
        .add_params(picked)
    )
    return alt.LayerChart(layer=[lines.mark_line(strokeWidth=2, opacity=opacity), dots])


def _shares(base: "alt.Chart", method: str, opacity: float, *, has_agreement: bool) -> list["alt.Chart"]:
    import altair as alt

    whole = alt.Scale(domain=[0, 1])
    of_method = base.transform_filter(alt.datum.method == method)
    right = alt.Axis(orient="right", format="%", values=[0, 0.5, 1], title=None, minExtent=28)
    layers = [
        of_method.mark_area(color=_COLORS["noise"], opacity=0.28 * opacity).encode(
            y=alt.Y("noise_share:Q", scale=whole, axis=right)
        )
    ]
    if has_agreement:
        layers.append(
            of_method.mark_line(
                color=_COLORS["agreement"], strokeWidth=1.5, strokeDash=[2, 2], opacity=opacity
            ).encode(y=alt.Y("agreement:Q", scale=whole, axis=None))
        )
    return layers


def _present(opacity: float) -> "alt.Chart":
    import altair as alt

    rule: alt.Chart = (
        alt.Chart(alt.NamedData(_HERE))
        .mark_rule(color=PRESENT, strokeWidth=2, opacity=opacity)
        .encode(x="min_cluster_size:Q")
    )
    return rule
