"""What is on screen in Explore: its link, its quotation, and the form that saves it as a view."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode, urlsplit

import numpy as np
import streamlit as st

from barrx import citation, encoders, filter_words, filters, pipeline, views
from barrx.citation import Citation
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import Map, MapRequest
from barrx.ui import (
    access,
    address,
    brought_out,
    chosen_color,
    controls,
    keys,
    navigation,
    own_links,
    palette,
    state,
)
from barrx.ui.coloring import Coloring
from barrx.ui.share import session
from barrx.ui.text import at_most, plain
from barrx.views import Appearance, Draft, saved, saving
from barrx.views.interpretations import Figure

_DIMMED, _HIDDEN = "30", "00"  # opacity of what does not pass the filters, or is not brought out


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The map that Explore shows, and what makes what one sees of it."""

    finished: Map
    seen: Appearance


def of(dataset: Dataset) -> Present | None:
    """Return what Explore shows of a collection; before it has shown anything, what it would begin with."""
    known = state.seen(dataset)
    if known is not None:
        return Present(*known)
    encoder = pipeline.default_encoder(dataset)
    finished = pipeline.load(dataset, MapRequest.default(dataset.slug, encoder.slug, len(dataset.filenames)))
    if finished is None:
        return None
    return Present(finished, Appearance(request=finished.request, fingerprint=dataset.fingerprint))


def show(dataset: Dataset) -> None:
    """Show what is on screen, and what can be done with it."""
    present = of(dataset)
    if present is None:
        st.info(_("There is no map of this collection yet. Explore makes one."), icon=":material/map:")
        st.page_link(navigation.explore(), label=_("To Explore"), icon=":material/scatter_plot:")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        _picture(dataset, present)
    with right:
        _link(dataset, present)
        if views.is_writable():
            _save_form(dataset, present)
        else:
            st.caption(access.why_not() + " " + _("Links work."))
        _cite(dataset, present)


def colors(dataset: Dataset, finished: Map, seen: Appearance) -> list[str]:
    """Return the colour of each picture as "#rrggbb"; of one that is faded, or hidden, as a faint "#rrggbbaa"."""
    meant = _meant(dataset, finished, seen)
    scale = meant.colors
    found = [palette.NOISE if i < 0 else scale[i % len(scale)] for i in meant.indexes.tolist()]
    opacity = np.full(len(found), "", "U2")
    brought, passing = brought_out.flags(meant, seen.brought_out), address.passes(dataset, seen, finished)
    if brought is not None:
        opacity[~brought] = _DIMMED
    if passing is not None:
        opacity[~passing] = _HIDDEN if seen.hide else _DIMMED
    return [color + mark for color, mark in zip(found, opacity.tolist(), strict=True)]


def _meant(dataset: Dataset, finished: Map, seen: Appearance) -> Coloring:
    return chosen_color.of(
        dataset, finished.request, finished.clustering, color=seen.color, nearest=seen.nearest
    )


def picture_html(data: bytes, alt: str) -> str:
    """Return a thumbnail of a map as HTML."""
    encoded = base64.b64encode(data).decode()
    return f'<img class="map-thumbnail" src="data:image/webp;base64,{encoded}" alt="{escape(alt)}">'


def absolute(query: Mapping[str, Sequence[str]]) -> str:
    """Return the address of Explore with a query, as another browser would reach it: in that one's own language."""
    here = urlsplit(st.context.url or "")
    base = here.path.rpartition("/")[0] if here.netloc else ""
    root = f"{here.scheme}://{here.netloc}{base}/" if here.netloc else "/"
    return f"{root}?{urlencode(query, doseq=True)}" if query else root


def address_of_figure(figure: Figure) -> str:
    """Return where a figure on the page leads to; one that is exported leads there in its reader's own language."""
    return absolute({**figure.query, **own_links.language()})


def _picture(dataset: Dataset, present: Present) -> None:
    st.html(picture_html(_thumbnail(dataset, present), _("The map as Explore shows it")))
    request = present.seen.request
    n = len(present.seen.selection)
    parts = [
        encoders.label(encoders.get(request.encoder)),
        f"n_neighbors {request.projection.n_neighbors}",
        f"min_dist {numeral(request.projection.min_dist, 'g')}",
        f"min_cluster_size {request.clustering.min_cluster_size}",
        _("coloured by {column}").format(
            column=controls.colors(dataset).get(present.seen.color, present.seen.color)
        ),
    ]
    brought = brought_out.labels(_meant(dataset, present.finished, present.seen), present.seen.brought_out)
    if brought:
        parts.append(_("brought out: {names}").format(names=address.in_short(brought)))
    if n:
        parts.append(ngettext("{n} image selected", "{n} images selected", n).format(n=numeral(n)))
    parts += filter_words.conditions(filters.from_query(present.seen.filters, dataset)[0])
    st.caption(plain(" · ".join(parts)))


def _thumbnail(dataset: Dataset, present: Present) -> bytes:
    seen = present.seen
    # A figure that is being measured colours nothing yet: the title tells the two apart.
    title = _meant(dataset, present.finished, seen).title
    looks = repr((seen.color, seen.nearest, title, seen.brought_out, sorted(seen.filters.items()), seen.hide))
    return _drawn(dataset.fingerprint, present.finished.revision, looks, dataset, present)


@st.cache_data(show_spinner=False, max_entries=16)
def _drawn(fingerprint: str, revision: str, looks: str, _dataset: Dataset, _present: Present) -> bytes:
    return saving.picture(_present.finished, colors(_dataset, _present.finished, _present.seen))


def _link(dataset: Dataset, present: Present) -> None:
    st.subheader(_("Link"), anchor=False)
    selection = state.selection(dataset)
    with st.container(key=keys.SHARE_LINK):
        query = address.link(dataset, present.seen, present.finished, view=selection.view)
        st.code(absolute(query), language=None, wrap_lines=True)
    if not address.carries(
        dataset, present.seen, present.finished, address.passes(dataset, present.seen, present.finished)
    ):
        st.warning(
            _("The selection is too large for a link. Save the view: its link carries everything."),
            icon=":material/link_off:",
        )
    if not address.has_room(present.seen):
        st.warning(
            _(
                "More is brought out of the legend than a link holds. Save the view: its link carries everything."
            ),
            icon=":material/link_off:",
        )
    st.caption(
        _(
            "Whoever opens it sees the same map, colours, filters, selection and place. It says if the collection "
            "has changed since."
        )
    )


def _save_form(dataset: Dataset, present: Present) -> None:
    st.subheader(_("Save this view"), anchor=False)
    n = saved.count(dataset.slug)
    # Another key after each view: the field is empty then, but keeps a name that was refused.
    key = keys.of(keys.SAVE_FORM, str(n))
    with st.form(key, border=False):
        name = st.text_input(_("Name"), key=keys.of(key, "name"))
        author = st.text_input(_("Author"), key=keys.of(key, "author"))
        note = st.text_area(_("Note"), key=keys.of(key, "note"), height=80, help=at_most(saved.MAX_NOTE))
        if st.form_submit_button(_("Save view"), icon=":material/bookmark_add:", type="primary"):
            _save(dataset, present, name, author, note)
    _save_again(dataset, present)


def _save(dataset: Dataset, present: Present, name: str, author: str, note: str) -> None:
    try:
        draft = Draft(name=name, author=author, note=note)
        drawn = colors(dataset, present.finished, present.seen)
        id = saving.save(dataset, present.finished, present.seen, draft, colors=drawn)
    except BarrxError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _follow_view(dataset, present, id)
    state.leave_notice(_("“{name}” is saved.").format(name=plain(draft.name)))
    st.rerun()


def _save_again(dataset: Dataset, present: Present) -> None:
    id = session.opened_view(dataset)
    try:
        view = saved.get(id) if id is not None else None
    except BarrxError:  # removed meanwhile
        view = None
    if view is None:
        return
    pressed = st.button(
        _("Save as another revision of “{name}”").format(name=plain(view.name)),
        key=keys.SAVE_AGAIN,
        icon=":material/history:",
        help=_("What it showed before stays in its history."),
    )
    if not pressed:
        return
    drawn = colors(dataset, present.finished, present.seen)
    number = saving.save_again(
        view.id, dataset, present.finished, present.seen, author=view.author, colors=drawn
    )
    _follow_view(dataset, present, view.id)
    state.leave_notice(
        _("Revision {number} of “{name}” is saved.").format(number=number, name=plain(view.name))
    )
    st.rerun()


def _follow_view(dataset: Dataset, present: Present, id: int) -> None:
    """From now on a link may refer to the view for a selection that is too large."""
    session.open_view(dataset, id)
    selection = state.selection(dataset)
    if selection.group is None and len(selection.indexes):
        state.select(dataset, selection.indexes, view=id)


def _cite(dataset: Dataset, present: Present) -> None:
    with st.expander(_("Cite this view"), icon=":material/format_quote:"):
        cite(
            Citation(
                dataset=dataset,
                request=present.seen.request,
                address=absolute(address.link(dataset, present.seen, present.finished)),
                accessed=datetime.now(UTC).date(),
            )
        )


def cite(found: Citation) -> None:
    """Show a quotation and its BibTeX, each to be copied."""
    st.code(found.sentence(), language=None, wrap_lines=True)
    st.caption(_("BibTeX, with the methods and the project this one follows"))
    st.code(f"{found.bibtex()}\n{citation.METHOD}", language="bibtex", wrap_lines=True)
