"""Interpretations on the page: read, exported, changed; what visitors send, and what waits to be accepted."""

from collections.abc import Mapping

import streamlit as st

from barrx import interpretation_files, views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, day, ngettext, numeral
from barrx.ui import asked_state, downloads, keys, navigation, pages, signing
from barrx.ui.errors import reported, toasted
from barrx.ui.share import choosing, present, session, writing
from barrx.ui.text import at_most, plain
from barrx.views import interpretations, saved
from barrx.views.interpretations import MAX_CONTRIBUTION, Interpretation, Words

_PER_PAGE = 10


def show(dataset: Dataset) -> None:
    """Show the interpretations of a collection, and what one may do about them."""
    if views.is_writable():
        _curate(dataset)
    elif interpretations.is_open() or session.has_form(dataset):
        _contribute(dataset)
    n = interpretations.count(slug=dataset.slug)
    if not n:
        st.caption(_("No interpretation yet. One is a text about a saved view, with figures from the map."))
        return
    first = pages.choose(n, _PER_PAGE, key=keys.TEXTS_PAGE)
    with st.container(key=keys.TEXTS):
        for text in interpretations.listed(slug=dataset.slug, limit=_PER_PAGE, offset=first):
            reported(_text)(dataset, text)


# --- curators ---------------------------------------------------------------------------------------------


def _curate(dataset: Dataset) -> None:
    _undo()
    desk = session.writing(dataset)
    if desk is not None and (desk.id is not None or saved.count(dataset.slug)):
        writing.show(dataset, desk)
    elif saved.count(dataset.slug):
        if st.button(_("Write one"), key=keys.TEXT_NEW, icon=":material/edit:", type="primary"):
            writing.begin(dataset)
            st.rerun()
    else:
        st.info(_("An interpretation is about a saved view: save one first."), icon=":material/bookmark:")
    is_open = interpretations.is_open()
    wanted = st.toggle(
        _("Visitors may contribute"),
        is_open,
        key=keys.of(keys.CONTRIBUTIONS, str(is_open)),
        help=_("Also where this dashboard is read-only. What they send waits here until you accept it."),
    )
    if wanted != is_open:
        interpretations.let_contribute(wanted)
        st.rerun()
    _waiting(dataset)


def _waiting(dataset: Dataset) -> None:
    n = interpretations.count(slug=dataset.slug, status="waiting")
    if not n:
        return
    st.markdown("**" + ngettext("{n} text waits", "{n} texts wait", n).format(n=numeral(n)) + "**")
    first = pages.choose(n, _PER_PAGE, key=keys.WAITING_PAGE)
    for text in interpretations.listed(slug=dataset.slug, status="waiting", limit=_PER_PAGE, offset=first):
        with st.container(border=True, key=keys.of(keys.TEXT_ACCEPT, f"card:{text.id}")):
            _head(text)
            _body(text)
            with st.container(horizontal=True):
                if st.button(
                    _("Accept"),
                    key=keys.of(keys.TEXT_ACCEPT, str(text.id)),
                    icon=":material/check:",
                    type="primary",
                ):
                    interpretations.accept(text.id)
                    st.rerun()
                _offer_removal(text)


def _offer_removal(text: Interpretation) -> None:
    if st.button(
        _("Remove"), key=keys.of(keys.TEXT_REMOVE, str(text.id)), icon=":material/delete:", type="tertiary"
    ):
        interpretations.remove(text.id)
        session.remember_removed_text(text.id, text.words.title)
        st.rerun()


def _undo() -> None:
    removed = session.removed_text()
    if removed is None:
        return
    id, title = removed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(_("“{name}” was removed.").format(name=plain(title)), width="content")
        if st.button(_("Undo"), key=keys.TEXT_UNDO, icon=":material/undo:", type="tertiary"):
            session.remember_removed_text(None)
            interpretations.restore(id)
            st.rerun()


# --- visitors ---------------------------------------------------------------------------------------------


def _contribute(dataset: Dataset) -> None:
    if not saved.count(dataset.slug):
        return
    session.remember_form(dataset)
    with st.expander(_("What do you see? Write to the curators"), icon=":material/edit:"):
        key = keys.of(keys.CONTRIBUTE, "view")
        names = choosing.find(dataset, "contribute", chosen=[st.session_state.get(key)])
        _contribution_form(names, key)


def _contribution_form(names: Mapping[int, str], key: str) -> None:
    with st.form(keys.CONTRIBUTE, border=False):
        view = st.selectbox(_("About the view"), list(names), key=key, format_func=names.__getitem__)
        title = st.text_input(_("Title"))
        author = st.text_input(_("Your name"))
        text = st.text_area(_("Text"), height=180, help=at_most(MAX_CONTRIBUTION))
        st.caption(_("It appears here when a curator has accepted it."))
        if st.form_submit_button(_("Send"), type="primary"):
            try:
                words = Words(title=title, text=text, author=author)
                interpretations.contribute(view, words, client=_client())
            except BarrxError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                st.success(_("Thank you. A curator will read it."))


def _client() -> str:
    """Return what tells this visitor from others, from which no address can be read."""
    return signing.mark(str(st.context.ip_address or "this machine"), purpose="contribution")


# --- one text ---------------------------------------------------------------------------------------------


def _text(dataset: Dataset, text: Interpretation) -> None:
    view = saved.get(text.view)
    with st.container(border=True, key=keys.of(keys.TEXT, str(text.id))):
        _head(text)
        _body(text)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                _("Open the view"),
                key=keys.of(keys.TEXT, f"{text.id}:open"),
                icon=":material/open_in_new:",
                on_click=_say_if_removed,
                args=(text,),
            ):
                asked_state.open_next(text.view)
                navigation.go_to(navigation.explore())
            _downloads(text, view)
            if views.is_writable():
                if st.button(_("Change"), key=keys.of(keys.TEXT_EDIT, str(text.id)), type="tertiary"):
                    writing.begin(dataset, text)
                    st.rerun()
                _offer_removal(text)


@toasted
def _say_if_removed(text: Interpretation) -> None:
    """Say that a text, or the view it is about, was removed elsewhere: then its button is not shown any more."""
    saved.get(text.view)
    interpretations.load(text.id)


def _head(text: Interpretation) -> None:
    st.subheader(plain(text.words.title), anchor=False)
    st.caption(plain(" · ".join(filter(None, (text.words.author, day(text.created))))))


def _body(text: Interpretation) -> None:
    shown = interpretation_files.body(text, present.address_of_figure)
    st.html(f'<div class="interpretation" dir="auto">{shown}</div>')


def _downloads(text: Interpretation, view: saved.Listed) -> None:
    root = present.absolute({})
    name = interpretation_files.filename(text)
    for label, ending, mime, make in (
        ("HTML", "html", "text/html", lambda: interpretation_files.html(text, view, root).encode()),
        (
            _("Markdown (ZIP)"),
            "zip",
            "application/zip",
            lambda: interpretation_files.zipped(text, view, root),
        ),
    ):
        downloads.button(
            label,
            make,
            file_name=f"{name}.{ending}",
            mime=mime,
            key=keys.of(keys.TEXT_FILES, f"{text.id}:{ending}"),
            type="tertiary",
        )
