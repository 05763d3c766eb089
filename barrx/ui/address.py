"""What a link carries: the widgets' own values, and filters, search, camera, selection, the picture looked at.

Read once, on a session's first run; from then on the session knows, and the address follows.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import cache, datasets, filters, selection_rules, spans, views
from barrx.arrangements import Arrangement
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.errors import BarrxError, DatasetError, ParameterError, ViewsError
from barrx.filters import Filters
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import Map, MapRequest
from barrx.ui import (
    asked_state,
    brought_out,
    chosen_color,
    component,
    controls,
    filter_panel,
    judged_colors,
    keys,
    look_state,
    nearest,
    state,
)
from barrx.ui.share import opening
from barrx.ui.text import plain
from barrx.views import BY_CLUSTER, Appearance, Style, references, saved

Query = dict[str, list[str]]
_Flags = NDArray[np.bool_]

_LINK = "link"  # what is complained about
_OF_COLLECTION = 6  # characters of its fingerprint: indexes mean nothing in another state of it
_OF_LINK = 12
_OF_VIEW = "view."
_BY_RULE = "by."
_FARTHEST = 1e6
_SAID = 3  # names in a sentence
_SAID_LENGTH = 60  # characters of one
_OF_SESSION = (
    keys.PICTURE,
    keys.CAMERA,
    keys.STYLE,
    keys.LEGEND,
    keys.NEAREST,
    keys.IN_GROUP,
    keys.SELECTED,
)
_COLUMN_KEYS = {
    "columns": (keys.ARRANGE_COLUMN,),
    "numeric": (keys.ARRANGE_X, keys.ARRANGE_Y),
}

_bar = component.of_script(
    "barrx_address_bar",
    html='<span class="address" hidden></span>',
    js=(Path(__file__).parent / "address_bar.js").read_text(encoding="utf-8"),
)


# --- from the address ---------------------------------------------------------------------------------------


def arrive() -> None:
    """Note what the address asks for before a widget reads it, and open the view that it names."""
    chosen = asked_state.take_next_view()
    if chosen is not None:
        asked_state.is_first_map()  # the session knows from now on, whatever the address says
        _open_view(*chosen)
        return
    if not asked_state.is_first_map():
        return
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    if keys.VIEW not in query:
        asked_state.keep_asked(query)
        return
    try:
        id = saved.referred(query[keys.VIEW][-1]).id
    except BarrxError as error:
        asked_state.asked_in_vain(_LINK, [str(error)])
    else:
        _open_view(id, None)
    del st.query_params[keys.VIEW]


def _open_view(id: int, number: int | None) -> None:
    """Set the session to what a saved view shows; Explore says what of it is not here any more."""
    try:
        said = opening.open_view(saved.load(id, number))
    except BarrxError as error:
        said = [str(error)]
    asked_state.asked_in_vain(_LINK, said)


def restore(dataset: Dataset) -> None:
    """Take over what the address asks for, if nothing has been done in this session yet."""
    query = asked_state.asked()
    if query is None:
        return
    if not _is_of(dataset, query):
        # Whatever else it asks for is about another collection.
        asked_state.take_asked()
        asked_state.asked_in_vain(_LINK, _of_collection(dataset, query))
        return
    found, problems = filters.from_query(query, dataset)
    filter_panel.preset(dataset, found)
    readers = (_read_selection, _read_picture, _read_camera, _read_style, _read_nearest, _read_legend)
    for read in readers:
        try:
            read(dataset, query)
        except BarrxError as error:
            problems.append(str(error))
    asked_state.asked_in_vain(_LINK, problems)


def check(dataset: Dataset, request: MapRequest, color: str) -> None:
    """Say what of a link's collection, encoder, parameters and colour is not so here."""
    query = asked_state.take_asked()
    if query is None:
        return
    here = {keys.ENCODER: request.encoder, keys.COLOR: color} | dict(controls.values(request))
    problems = _of_collection(dataset, query) + _of_values(here, query)
    if problems:
        asked_state.asked_in_vain(_LINK, [*problems, *asked_state.in_vain(_LINK, None)])


def problems_without_map(dataset: Dataset, encoder: Encoder) -> list[str]:
    """Return what of a link's collection and encoder is not so here; the rest is read once there is a map."""
    query = asked_state.asked()
    if query is None:
        return []
    return _of_collection(dataset, query) + _of_values({keys.ENCODER: encoder.slug}, query)


def _of_collection(dataset: Dataset, query: Query) -> list[str]:
    if not _is_of(dataset, query):
        asked = query[keys.DATASET][-1]
        if any(summary.slug == asked for summary in datasets.summaries()):
            return []  # another one has been chosen since
        said = _("This link shows the collection “{asked}”, which is not here. You see “{title}” instead.")
        return [said.format(asked=asked, title=dataset.title)]
    if dataset.fingerprint.startswith(query.get(keys.OF, [""])[-1]):
        return []
    said = _(
        "“{title}” has changed since this link was made: images or their metadata are others now, "
        "so the map may be another one."
    )
    return [said.format(title=dataset.title)]


def _of_values(here: Mapping[str, object], query: Query) -> list[str]:
    said = _("The link asks for {name} = {asked}, which is not to be had here: it is {value}.")
    asked = {name: query.get(name, [""])[-1] for name in here}
    return [
        said.format(name=name, asked=asked[name], value=_text(value))
        for name, value in here.items()
        if asked[name] and not _is_same(asked[name], value)
    ]


def select_by_rule(dataset: Dataset, finished: Map, passing: _Flags | None) -> None:
    """Select, once the map is there, what a link selects by a rule; say so if it is not what it was.

    Parameters
    ----------
    passing : (n_images,) pictures that pass the filters; None: all
    """
    rule = asked_state.take_rule(dataset)
    if rule is None:
        return
    found = selection_rules.selected_by(rule, finished.clustering.labels, finished.coordinates, passing)
    if found is None:
        said = _("The selection of the address makes no sense.")
    else:
        state.select(dataset, found[0], drawn=selection_rules.drawn_part(rule))
        if len(found[0]) == found[1]:
            return
        text = _("The link selects {n} images on this map; where it was made it selected {before}.")
        said = text.format(n=numeral(len(found[0])), before=numeral(found[1]))
    asked_state.asked_in_vain(_LINK, [*asked_state.in_vain(_LINK, None), said])


def bring_out(dataset: Dataset, finished: Map, color: str, legend: str) -> None:
    """Find in the legend, once the map is there, what a link or a view brings out; say what it has not.

    Parameters
    ----------
    legend : what tells the legend from others, as of :func:`barrx.ui.look_state.brought_out`
    """
    names = look_state.sought_out(dataset, color)
    if not names:
        return
    if color in judged_colors.names(dataset):  # may not be measured yet; the steps are the same everywhere
        colors = judged_colors.possible(color)
    else:
        colors = chosen_color.of(dataset, finished.request, finished.clustering, color=color)
    missing = brought_out.unknown(colors, names)
    names = brought_out.named(colors, brought_out.chosen(colors, names))
    look_state.find_legend(dataset, color, legend, names)
    if missing:
        said = ngettext(
            "{names} is to be brought out, and is not in the legend here.",
            "{names} are to be brought out, and are not in the legend here.",
            len(missing),
        ).format(names=in_short(missing))
        asked_state.asked_in_vain(_LINK, [*asked_state.in_vain(_LINK, None), said])


def in_short(names: Sequence[str]) -> str:
    """Return the first of some names for a sentence."""
    short = (name if len(name) <= _SAID_LENGTH else name[:_SAID_LENGTH] + "…" for name in names[:_SAID])
    shown = [_("“{name}”").format(name=name) for name in short]
    return ", ".join([*shown, *(["…"] if len(names) > _SAID else [])])


def problems(*chosen: object) -> list[str]:
    """Return what the address asked for in vain, until something else is chosen."""
    return list(asked_state.in_vain(_LINK, chosen))


def warn(problems: Sequence[str]) -> None:
    """Show what the address asks for in vain, if anything."""
    if problems:
        st.warning("  \n".join(map(plain, problems)), icon=":material/link_off:")


def _is_of(dataset: Dataset, query: Query) -> bool:
    return query.get(keys.DATASET, [dataset.slug])[-1] == dataset.slug


def _is_same(asked: str, value: object) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return math.isclose(float(asked), value, rel_tol=1e-9)
        except ValueError:
            return False
    return asked.lower() == _text(value) if isinstance(value, bool) else asked == value


def _read_selection(dataset: Dataset, query: Query) -> None:
    group, text = query.get(keys.IN_GROUP, [""])[-1], query.get(keys.SELECTED, [""])[-1]
    if group:
        found = next((one for one in views.groups(dataset) if references.means(group, one)), None)
        if found is None:
            raise DatasetError(_("The group of the address is not here any more."))
        state.select(dataset, found.indexes, group=found.id)
    elif text.startswith(_BY_RULE):
        asked_state.keep_rule(dataset, text.removeprefix(_BY_RULE))
    elif text.startswith(_OF_VIEW):
        opening.select(dataset, saved.load(saved.referred(text.removeprefix(_OF_VIEW)).id))
    elif text:
        mark, _dot, listed = text.partition(".")
        indexes = spans.from_text(listed, len(dataset.filenames))
        if indexes is None or mark != dataset.fingerprint[:_OF_COLLECTION]:
            raise DatasetError(_("The selection of the address is of another state of this collection."))
        state.select(dataset, indexes)


def _read_picture(dataset: Dataset, query: Query) -> None:
    if keys.PICTURE not in query:
        return
    filename = query[keys.PICTURE][-1]
    if filename not in dataset.filenames:
        raise DatasetError(_("The image of the address is not in this collection."))
    state.pick(dataset, dataset.filenames.index(filename))


def _read_camera(dataset: Dataset, query: Query) -> None:
    if keys.CAMERA not in query:
        return
    try:
        x, y, zoom = map(float, query[keys.CAMERA][-1].split(","))
    except ValueError:
        x = y = zoom = math.nan
    if not (abs(x) < _FARTHEST and abs(y) < _FARTHEST and 1 / _FARTHEST < zoom < _FARTHEST):
        raise ParameterError(_("The address asks for a place on the map that makes no sense."))
    look_state.look(dataset, (x, y, zoom))


def _read_style(_dataset: Dataset, query: Query) -> None:
    if keys.STYLE in query:
        look_state.draw_as(Style.from_text(query[keys.STYLE][-1]))


def _read_legend(dataset: Dataset, query: Query) -> None:
    names = brought_out.read(query.get(keys.LEGEND, []))
    if names:
        look_state.bring_out(dataset, query.get(keys.COLOR, [BY_CLUSTER])[-1], names)


def _read_nearest(dataset: Dataset, query: Query) -> None:
    if keys.NEAREST in query:
        nearest.set_to(query[keys.NEAREST][-1], len(dataset.filenames))


# --- to the address -----------------------------------------------------------------------------------------


def appearance(
    dataset: Dataset, request: MapRequest, chosen: Filters, arrangement: Arrangement, **shown: Any
) -> Appearance:
    """Return what makes what one sees now; ``shown`` are its ``color``, ``hide`` and ``brought_out``."""
    picked = state.picked(dataset)
    return Appearance(
        request=request,
        fingerprint=dataset.fingerprint,
        filters=filters.to_query(chosen),
        arrangement=arrangement,
        nearest=nearest.chosen(len(dataset.filenames)),
        camera=look_state.camera(dataset),
        style=look_state.style(),
        picture=None if picked is None else dataset.filenames[picked],
        selection=state.selection(dataset).indexes,
        **shown,
    )


def link(
    dataset: Dataset, seen: Appearance, finished: Map | None = None, *, view: int | None = None
) -> Query:
    """Return the whole query of a link: also what is the default here, as it may not be so elsewhere.

    Parameters
    ----------
    finished : the map, for the rule of a selection that is too large to be listed
    view : a saved view that has the same selection, for one that has no rule either
    """
    query = {keys.DATASET: [dataset.slug], **_identity(seen)}
    query |= {name: [_text(value)] for name, value in controls.values(seen.request)}
    if seen.color != BY_CLUSTER:
        query[keys.COLOR] = [seen.color]
    if seen.hide:
        query[keys.HIDE] = [_text(True)]
    if seen.arrangement.kind != "map":
        query[keys.ARRANGE] = [seen.arrangement.kind]
        names = _COLUMN_KEYS.get(seen.arrangement.kind, ())
        query |= {name: [column] for name, column in zip(names, seen.arrangement.columns, strict=bool(names))}
    selection = state.Selection(seen.selection, view=view, drawn=state.selection(dataset).drawn)
    passing = None if finished is None else passes(dataset, seen, finished)
    return query | _of_session(dataset, seen, selection, finished, passing)


def passes(dataset: Dataset, seen: Appearance, finished: Map) -> _Flags | None:
    """Tell which pictures of a map pass the filters of what one sees, (n_images,); None where there are none."""
    asked, _unknown = filters.from_query(seen.filters, dataset)
    return filters.passing(dataset, asked, finished.clustering)


def follow(
    dataset: Dataset, seen: Appearance, finished: Map, passing: _Flags | None, *, is_current: bool
) -> None:
    """Bring the address up to date with what is on the page.

    Parameters
    ----------
    passing : as of :func:`passes`
    is_current : the map on screen is the one that the sliders ask for
    """
    _write(
        seen.request,
        _identity(seen),
        _of_session(dataset, seen, state.selection(dataset), finished, passing),
        [*filters.NAMES, *_OF_SESSION],
        n_images=len(dataset.filenames) if is_current else None,
    )


def follow_map(dataset: Dataset, request: MapRequest) -> None:
    """Bring the address of a page without a map up to date with its sliders."""
    identity = _identity(Appearance(request=request, fingerprint=dataset.fingerprint))
    _write(request, identity, {}, [], n_images=len(dataset.filenames))


def _write(
    request: MapRequest, identity: Query, wanted: Query, names: list[str], *, n_images: int | None
) -> None:
    fixed = []
    if n_images is not None:
        defaults = dict(controls.values(MapRequest.default(request.slug, request.encoder, n_images)))
        fixed = [[name, _text(v), v == defaults[name]] for name, v in controls.values(request)]
    # Not by st.query_params: that adds a step to the browser's history for each move of the map.
    _bar(
        key=keys.ADDRESS,
        data={
            "identity": _pairs(identity),
            "wanted": _pairs(wanted),
            "fixed": fixed,
            "names": [*identity, *names],
            "prefixes": list(filters.PREFIXES) if names else [],
        },
    )


def carries(dataset: Dataset, seen: Appearance, finished: Map, passing: _Flags | None) -> bool:
    """Tell whether the address has room for what is selected; ``passing`` is as of :func:`passes`."""
    selection = state.selection(dataset)
    is_short = not len(selection.indexes) or _group(dataset, selection) is not None
    return is_short or bool(_listed(dataset, seen, selection, finished, passing))


def has_room(seen: Appearance) -> bool:
    """Tell whether the address has room for what is brought out of the legend."""
    return len(urlencode({keys.LEGEND: seen.brought_out}, doseq=True)) <= spans.MAX_LENGTH


def _identity(seen: Appearance) -> Query:
    return {keys.OF: [seen.fingerprint[:_OF_LINK]], keys.ENCODER: [seen.request.encoder]}


def _of_session(
    dataset: Dataset,
    seen: Appearance,
    selection: state.Selection,
    finished: Map | None,
    passing: _Flags | None,
) -> Query:
    wanted = {name: list(values) for name, values in seen.filters.items()}
    if seen.picture is not None:
        wanted[keys.PICTURE] = [seen.picture]
    if seen.camera is not None:
        wanted[keys.CAMERA] = [",".join(f"{v:.6g}" for v in seen.camera)]
    if seen.nearest:
        wanted[keys.NEAREST] = [str(seen.nearest)]
    if seen.style != Style():
        wanted[keys.STYLE] = [seen.style.to_text()]
    if seen.brought_out and has_room(seen):
        wanted[keys.LEGEND] = list(seen.brought_out)
    group = _group(dataset, selection)
    if group is not None:
        return wanted | {keys.IN_GROUP: [references.of(group)]}
    return wanted | _listed(dataset, seen, selection, finished, passing)


def _group(dataset: Dataset, selection: state.Selection) -> views.Group | None:
    """Return the group that is selected; None for other pictures, and once it is removed, maybe by somebody else."""
    if selection.group is None:
        return None
    try:
        return next((one for one in views.groups(dataset) if one.id == selection.group), None)
    except ViewsError:  # whoever shows the groups says so; the pictures can be listed
        return None


def _listed(
    dataset: Dataset,
    seen: Appearance,
    selection: state.Selection,
    finished: Map | None,
    passing: _Flags | None,
) -> Query:
    of_state = seen.fingerprint[:_OF_COLLECTION]
    listed = spans.to_text(selection.indexes)
    if listed is not None:
        return {keys.SELECTED: [f"{of_state}.{listed}"]} if listed else {}
    rule = None if finished is None else _rule(selection, finished, passing)
    if rule is not None:
        return {keys.SELECTED: [_BY_RULE + rule]}
    packed = spans.packed(selection.indexes, len(dataset.filenames))
    if packed is not None:
        return {keys.SELECTED: [f"{of_state}.{packed}"]}
    if selection.view is not None:
        try:
            return {keys.SELECTED: [_OF_VIEW + references.of(saved.get(selection.view))]}
        except ViewsError:  # removed meanwhile
            return {}
    return {}


def _rule(selection: state.Selection, finished: Map, passing: _Flags | None) -> str | None:
    key = cache.fingerprint(selection.indexes, selection.drawn, finished.revision, passing)
    return _cached_rule(key, selection, finished, passing)


@st.cache_data(show_spinner=False, max_entries=32)
def _cached_rule(
    key: str, _selection: state.Selection, _finished: Map, _passing: _Flags | None
) -> str | None:
    labels, coordinates = _finished.clustering.labels, _finished.coordinates
    return selection_rules.rule_of(
        _selection.indexes, labels, coordinates, drawn=_selection.drawn, passing=_passing
    )


def _pairs(query: Query) -> list[list[str]]:
    return [[name, value] for name, values in query.items() for value in values]


def _text(value: object) -> str:
    """Return a value as Streamlit writes it into the address."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
