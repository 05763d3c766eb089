"""What a sweep goes over: a list of values for each parameter, written as people write lists."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from shlex import quote
from typing import Any, Final

import streamlit as st
from streamlit.errors import StreamlitAPIException

from barrx import cliff, projection
from barrx.clustering import SELECTION_METHODS
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.errors import ParameterError
from barrx.i18n import _, ngettext, numerals
from barrx.judgement import comeback, sweep
from barrx.judgement.sweep import SweepRequest, written
from barrx.neighbors import METRICS
from barrx.pipeline import MapRequest
from barrx.ui import keys

MOST_SETTINGS: Final = 240  # more than a wall that is looked at; the command line takes more
# Before a number that is offered, so that none begins with what is typed: Enter takes the first that does, 20 for 2.
# It stays before what is chosen from the list, as another address would be one more step in the browser's history.
_OFFERED: Final = " "

# Whole numbers in groups of three digits, by the mark between them.
_GROUPED: Final = {
    ".": re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?!\.?\d)"),
    ",": re.compile(r"(?<![\d,])[1-9]\d{0,2}(?=[\d,]*,0)(?:,\d{3})+(?!,?\d)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter of the form.

    Attributes
    ----------
    name : str
        as the library has it
    read : callable
        reads a value as it is typed
    offered : values to choose from; of a number others can be typed
    bounds : (low, high) of a number
    help : what it does, in a line
    """

    name: str
    read: Callable[[str], Any]
    offered: Sequence[Any]
    bounds: tuple[float, float] | None
    help: str


def fields(n_images: int) -> list[Field]:
    """Return the parameters in their order, with the bounds that Explore's sliders have for a collection."""
    return [*_of_projection(n_images), *_of_clustering(n_images), *_further()]


def _of_projection(n_images: int) -> list[Field]:
    most_neighbors = min(projection.MAX_SLIDER_NEIGHBORS, n_images - 1)
    return [
        Field(
            name="n_neighbors",
            read=int,
            offered=_within((5, 10, 15, 30, 50, 100), 2, most_neighbors),
            bounds=(2, most_neighbors),
            help=_("How many images each image is compared with. Low: fine detail. High: the broad picture."),
        ),
        Field(
            name="min_dist",
            read=float,
            offered=(0.0, 0.05, 0.1, 0.25, 0.5, 0.8),
            bounds=(0.0, 1.0),
            help=_("How tightly images may be packed. Low: clumps. High: an even spread."),
        ),
    ]


def _of_clustering(n_images: int) -> list[Field]:
    largest, densest = cliff.largest_size(n_images), min(n_images, 50)
    return [
        Field(
            name="min_cluster_size",
            read=int,
            offered=_within((5, 10, 15, 20, 30, 50), 2, largest),
            bounds=(2, largest),
            help=_("The smallest group that is called a cluster."),
        ),
        Field(
            name="min_samples",
            read=int,
            offered=_within((1, 3, 5, 10, 20), 1, densest),
            bounds=(1, densest),
            help=_("How dense a place must be to count. High: more images are left as noise."),
        ),
    ]


def _further() -> list[Field]:
    """Return those that stand under "More"."""
    return [
        Field(
            name="metric",
            read=str,
            offered=METRICS,
            bounds=None,
            help=_("How the difference of two vectors is measured."),
        ),
        Field(
            name="cluster_selection_method",
            read=str,
            offered=SELECTION_METHODS,
            bounds=None,
            help=_("eom: few, stable clusters. leaf: many, even ones."),
        ),
        Field(
            name="seed",
            read=int,
            offered=(42, 1, 2, 3, 4),
            bounds=(0, 2**32 - 1),
            help=_(
                "Another seed, another of many equally good maps. The same seed gives the same map again."
            ),
        ),
    ]


def _within(values: Sequence[int], low: int, high: int) -> list[int]:
    return [value for value in values if low <= value <= high]


def choose(dataset: Dataset, encoder: Encoder, category: str | None) -> SweepRequest:
    """Show the form and return the sweep it asks for.

    Raises
    ------
    ParameterError
        if a value is no number, or outside its bounds, or there are too many settings
    """
    n_images = len(dataset.filenames)
    base = MapRequest.default(dataset.slug, encoder.slug, n_images)
    usual = sweep.parameters(base)
    wanted = sweep.default_grid(n_images)
    typed: dict[str, list[str]] = {}
    known: list[bool] = []
    everyone = fields(n_images)
    for row, place in ((everyone[:4], st.container()), (everyone[4:], st.expander(_("More")))):
        for column, one in zip(place.columns(len(row), gap="small"), row, strict=True):
            with column:
                default = [written(value) for value in wanted.get(one.name, (usual[one.name],))]
                typed[one.name], is_known = _choose_one(one, default)
                known.append(is_known)
    if not all(known):  # an address has them in another form, or is one that people came back to
        st.rerun()
    grid = {one.name: values for one in everyone if (values := _read(one, typed[one.name]))}
    request = SweepRequest(base=base, grid=grid, category=category)
    _check_size(request)
    sweep.check(dataset, request)
    return request


def _choose_one(one: Field, default: list[str]) -> tuple[list[str], bool]:
    """Return what is chosen, and whether the list that was shown knew of it."""
    key = keys.TRY + one.name
    chosen = _chosen(one, key, default)
    if st.session_state.get(key, chosen) != chosen:
        st.session_state[key] = chosen
    listed = [_offer(one, value, chosen) for value in default]
    offered = [_offer(one, written(value), chosen) for value in one.offered]
    taken = st.multiselect(
        one.name,
        list(dict.fromkeys([*offered, *listed])),
        default=listed,
        key=key,
        help=_help(one),
        placeholder=_("as on the first map"),
        accept_new_options=one.bounds is not None,
        filter_mode="fuzzy" if one.bounds is None else "prefix",
        select_all=False,
        wrap=True,
        bind="query-params",
    )
    return taken, taken == chosen


def _chosen(one: Field, key: str, default: list[str]) -> list[str]:
    """Return what is chosen in the form that every language reads alike; it stands in the address so."""
    if key in st.session_state:
        return _plain(one, [_ungrouped(one, text) for text in st.session_state[key]])
    if key not in st.query_params:
        return default
    asked = st.query_params.get_all(key)
    chosen = _plain(one, [text for text in asked if text])
    if chosen and chosen != asked:
        with suppress(StreamlitAPIException):  # once it is a list's, the address follows what the list shows
            st.query_params[key] = chosen
    return chosen


def _plain(one: Field, typed: Sequence[str]) -> list[str]:
    """Return values as :func:`sweep.written` has them, each once; what cannot be read stays as it is typed."""
    if one.bounds is None:
        known = list(map(written, one.offered))
        return [text for text in dict.fromkeys(typed) if text in known]
    found: dict[str, str] = {}
    for text in typed:
        try:
            parts = [written(_number(one, part)) for part in _parts(one, text)]
        except ValueError:
            found.setdefault(text, text)
            continue
        as_it_is = parts == [text.removeprefix(_OFFERED)]
        for part in parts:
            found.setdefault(part, text if as_it_is else part)
    return list(found.values())


def _offer(one: Field, value: str, chosen: Sequence[str]) -> str:
    return value if one.bounds is None or value in chosen else _OFFERED + value


def _help(one: Field) -> str:
    if one.read is not float or numerals().decimal != ",":
        return one.help
    return one.help + " " + _("Decimals may have a comma; separate several values by a semicolon or a blank.")


def _read(one: Field, typed: Sequence[str]) -> tuple[Any, ...]:
    # A list may be typed or pasted at once.
    found = [_value(one, part) for text in typed for part in _parts(one, text)]
    return tuple(sorted(set(found))) if one.bounds is not None else tuple(dict.fromkeys(found))


def _parts(one: Field, text: str) -> list[str]:
    """Split a list as it is typed. Where decimals are written with a comma, none parts a list of them."""
    if one.read is float and numerals().decimal == ",":
        parts = [part.rstrip(",") for part in text.replace(";", " ").split()]
    else:
        parts = [part.strip() for part in text.replace(";", ",").split(",")]
    return [part for part in parts if part]


def _ungrouped(one: Field, text: str) -> str:
    """Return what is typed without the marks of thousands, where they can be nothing else.

    A comma parts a list, too: in 5,100 it may do so, in 1,000 it does not.
    """
    mark = numerals().group
    if one.read is not int:
        return text
    return _GROUPED[mark].sub(lambda found: found[0].replace(mark, ""), text)


def _number(one: Field, text: str) -> Any:
    decimal = numerals().decimal if one.read is float else "."
    return one.read(text.replace(decimal, "."))


def _value(one: Field, text: str) -> Any:
    try:
        value = _number(one, text)
    except ValueError:
        raise ParameterError(
            _("{name} takes numbers, not “{text}”. Remove it, or type another.").format(
                name=one.name, text=text
            )
        ) from None
    if one.bounds is None and value not in one.offered:
        raise ParameterError(_("{name} has no “{text}”. Remove it.").format(name=one.name, text=text))
    if one.bounds is not None and not one.bounds[0] <= value <= one.bounds[1]:
        low, high = map(written, one.bounds)
        raise ParameterError(
            _("{name} must be from {low} to {high} here, got {text}. Remove it, or type another.").format(
                name=one.name, low=low, high=high, text=text
            )
        )
    return value


def _check_size(request: SweepRequest) -> None:
    if len(request) > MOST_SETTINGS:
        raise ParameterError(
            _(
                "These lists give {n} settings; a wall shows {most} at most. Remove some values, or use the command "
                "line, which takes more."
            ).format(n=len(request), most=MOST_SETTINGS)
        )


def counted(request: SweepRequest) -> str:
    """Return how many settings a sweep has, and how many maps have to be drawn for them."""
    settings = request.settings()
    return how_many(len(settings)) + " · " + maps_to_draw(len({setting.projection for setting in settings}))


def how_many(settings: int) -> str:
    """Return a number of settings in words."""
    return ngettext("{n} setting", "{n} settings", settings).format(n=settings)


def maps_to_draw(maps: int) -> str:
    """Return a number of maps that are still to be drawn in words."""
    return ngettext("{n} map to draw", "{n} maps to draw", maps).format(n=maps)


def command(request: SweepRequest) -> str:
    """Return the command that runs the same sweep, and tries the best settings again as the page does after it."""
    parts = ["python -m barrx sweep", request.base.slug, "--encoder", request.base.encoder]
    for name, values in request.grid.items():
        parts += ["--" + name.replace("_", "-"), ",".join(map(written, values))]
    if request.category is not None:
        parts += ["--category", quote(request.category)]
    return " ".join([*parts, f"--stability {comeback.TRIED_AGAIN}", "--output sweep.csv"])
