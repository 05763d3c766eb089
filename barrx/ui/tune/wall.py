"""The wall of small maps, as a Streamlit component: it is drawn and sorted in the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from barrx.clustering import NOISE
from barrx.i18n import _, again, ngettext
from barrx.judgement import comeback, sweep
from barrx.judgement.questions import Answer
from barrx.judgement.recommendation import Recommendation
from barrx.pipeline import MapRequest
from barrx.ui import columns, component, keys, palette
from barrx.ui.coloring import Coloring
from barrx.ui.columns import Column
from barrx.ui.text import shortened
from barrx.ui.tune import results
from barrx.ui.tune.measures import Measure
from barrx.ui.tune.results import GRID, Entry, Results

_HERE = Path(__file__).parent
_TEXT_LENGTH = 60  # of a category in the legend
# What says why there is no such figure.
_REASONS = {"ami": "ami_reason", "ari": "ami_reason", "ami_clustered": "ami_clustered_reason"}

_component = component.of_modules(
    "barrx_tune",
    _HERE,
    html='<div class="barrx-tune"></div>',
    css=(_HERE / "wall.css").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """What all maps of a wall have in common.

    Attributes
    ----------
    places : place in the sweep -> place of the recommendation, from 0, best first; the same for the same clusters
    colours : of every map; None colours each by its clusters
    varied : parameters that are not the same on all
    query : what the address of a map carries beside its parameters
    """

    measures: Sequence[Measure]
    places: Mapping[int, int]
    colours: Column | None
    varied: Sequence[str]
    query: Mapping[str, str]


def show(
    found: Results,
    ranked: Sequence[Recommendation],
    measures: Sequence[Measure],
    *,
    coloring: Coloring | None,
    query: Mapping[str, str],
) -> None:
    """Show the finished settings.

    Parameters
    ----------
    ranked : best first; the wall begins in this order
    measures : what it can be sorted by, each one thing for all settings
    coloring : the same colours for all maps; None colours each by its clusters
    query : what the address of a map carries beside its parameters
    """
    colors = palette.CATEGORICAL
    if coloring is not None and coloring.is_sequential:
        colors = tuple(palette.sequential(max(1, len(coloring.names))))
    look = _Look(
        measures=measures,
        places=_places(ranked),
        colours=None if coloring is None else columns.publish(results.colours_of(coloring.indexes)),
        varied=found.varied,
        query=query,
    )
    _component(
        key=keys.WALL,
        data={
            "grid": GRID,
            "palette": list(colors),
            "noise": palette.NOISE,
            "legend": [] if coloring is None else _legend(coloring, colors),
            "measures": [_measure(one) for one in measures],
            "cards": [_card(found, number, look) for number in found.numbers()],
            "words": _words(),
        },
    )


def address(setting: MapRequest, query: Mapping[str, str]) -> str:
    """Return the address of Explore with a setting, relative to the app."""
    parameters = {name: sweep.written(value) for name, value in sweep.parameters(setting).items()}
    return "./?" + urlencode({"dataset": setting.slug, "encoder": setting.encoder, **parameters, **query})


def _places(ranked: Sequence[Recommendation]) -> dict[int, int]:
    """Return place in the sweep -> place of the recommendation; those with the same clusters have one place."""
    return {number: place for place, one in enumerate(ranked) for number in (one.number, *one.same)}


def _measure(one: Measure) -> dict[str, object]:
    return {"name": one.name, "title": one.title, "meaning": one.meaning, "lowFirst": one.low_first}


def _card(found: Results, number: int, look: _Look) -> dict[str, object]:
    setting, entry = found.settings[number], found.entries[number]
    values = {one.name: one.value(found, number) for one in look.measures}
    written = {one.name: one.written for one in look.measures}
    chosen = sweep.parameters(setting)
    return {
        "number": number,
        "rank": list(look.places).index(number) if number in look.places else None,
        "place": look.places.get(number),
        "address": address(setting, look.query),
        "parameters": [[name, sweep.written(chosen[name])] for name in look.varied or list(chosen)[:2]],
        "whole": sweep.summary(setting),
        "places": columns.publish(entry.places.ravel()),
        "colours": look.colours or columns.publish(_clusters(entry.labels)),
        "values": values,
        "texts": {name: "–" if v is None else written[name](v) for name, v in values.items()},
        "notes": _notes(entry, found.stability.get(number)),
    }


def _legend(coloring: Coloring, colors: Sequence[str]) -> list[tuple[str, str]]:
    entries = [
        (shortened(name, _TEXT_LENGTH), colors[index % len(colors)]) for index, name in coloring.names.items()
    ]
    return [*entries, (coloring.missing, palette.NOISE)] if (coloring.indexes < 0).any() else entries


def _clusters(labels: NDArray[np.int32]) -> NDArray[np.int16]:
    n_colours = len(palette.CATEGORICAL)
    colours: NDArray[np.int16] = np.where(labels == NOISE, NOISE, labels % n_colours).astype(np.int16)
    return colours


def _notes(entry: Entry, stability: Answer | None) -> dict[str, str]:
    """Return what has to be said about a figure beside its number."""
    notes: dict[str, str] = {}
    figures = entry.figures
    if figures["dbcv_kind"] == "relative":
        notes["relative_validity"] = _("a cluster has more than 2,000 images; not comparable with DBCV")
    elif figures["dbcv"] is None:
        notes["dbcv"] = _none(figures["dbcv_reason"])
    for name, its_reason in _REASONS.items():
        if figures.get(its_reason):
            notes[name] = _none(figures[its_reason])
    if stability is not None:
        n = comeback.artefacts_of(stability)
        if n:
            notes["stability"] = ngettext(
                "{n} cluster is an artefact of the seed", "{n} clusters are artefacts of the seed", n
            ).format(n=n)
    return notes


def _none(reason: str) -> str:
    return _("none: {reason}").format(reason=again(reason))


def _words() -> dict[str, str]:
    return {
        "sort": _("Sort by"),
        "recommended": _("recommendation"),
        "recommendedMeaning": _(
            "By trustworthiness, DBCV, little noise, a number of clusters that the next values keep, and clusters "
            "that come back. Agreement does not count: a map chosen for it could not be asked about it."
        ),
        "turn": _("The other way round"),
        "open": _("Open in Explore"),
        "place": _("Recommended, place {place}"),
        "wall": _("Maps of the sweep"),
    }
