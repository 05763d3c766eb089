"""The saved views as cards: found, opened, renamed, duplicated, removed and brought back; each with its history."""

from datetime import UTC, datetime

import streamlit as st

from barrx import datasets, views
from barrx.citation import Citation
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, day, ngettext, numeral
from barrx.ui import asked_state, keys, navigation, pages, state
from barrx.ui.errors import reported, toasted
from barrx.ui.share import present, session
from barrx.ui.text import at_most, plain
from barrx.views import Draft, references, saved, saving
from barrx.views.saved import Listed

_PER_PAGE = 12
_COLUMNS = 3
_NOTE_SHOWN = 240  # characters on a card


def show(dataset: Dataset) -> None:
    """Show the saved views."""
    st.subheader(_("Saved views"), anchor=False)
    _undo()
    slug, search = _choose(dataset)
    n = saved.count(slug, search)
    if not n:
        st.caption(
            _("No view matches.") if search else _("None yet. A view keeps the map with everything on it.")
        )
        return
    st.caption(ngettext("{n} view", "{n} views", n).format(n=numeral(n)))
    first = pages.choose(n, _PER_PAGE, key=keys.SAVED_PAGE)
    found = saved.listed(slug, search, limit=_PER_PAGE, offset=first)
    pictures = saved.thumbnails([view.id for view in found])
    with st.container(key=keys.SAVED_LIST):
        for row in range(0, len(found), _COLUMNS):
            for column, view in zip(st.columns(_COLUMNS), found[row : row + _COLUMNS], strict=False):
                with column, st.container(border=True, key=keys.of(keys.SAVED, str(view.id))):
                    reported(_card)(view, pictures.get(view.id, b""))


def _choose(dataset: Dataset) -> tuple[str | None, str]:
    if not saved.count():
        return None, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            _("Search"),
            key=keys.SAVED_SEARCH,
            placeholder=_("Name, author or note"),
            max_chars=views.MAX_NAME,
        )
        everything = st.toggle(_("All collections"), True, key=keys.SAVED_ALL)
    return None if everything else dataset.slug, search or ""


def _card(view: Listed, picture: bytes) -> None:
    if picture:
        st.html(present.picture_html(picture, _("Map of the view “{name}”").format(name=view.name)))
    st.markdown(f"**{plain(view.name)}**")
    parts = [view.author, view.title, day(view.changed)]
    st.caption(plain(" · ".join(part for part in parts if part)))
    if view.note:
        st.caption(plain(view.note[:_NOTE_SHOWN] + ("…" if len(view.note) > _NOTE_SHOWN else "")))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            _("Open"),
            key=keys.of(keys.SAVED_OPEN, str(view.id)),
            type="primary",
            icon=":material/open_in_new:",
            on_click=_say_if_removed,
            args=(view,),
        ):
            _open(view, None)
        _menu(view)


@toasted
def _say_if_removed(view: Listed) -> None:
    """Say that a view was removed elsewhere: then its card, with the button that was pressed, is not shown any more."""
    saved.get(view.id)


def _open(view: Listed, number: int | None) -> None:
    asked_state.open_next(view.id, number)
    navigation.go_to(navigation.explore())


def _menu(view: Listed) -> None:
    key = str(view.id)
    with st.popover(
        "", icon=":material/more_horiz:", type="tertiary", key=keys.of(keys.SAVED_MENU, key), help=_("More")
    ):
        with st.container(key=keys.of(keys.SAVED_LINK, key)):
            st.code(present.absolute({keys.VIEW: [references.of(view)]}), language=None, wrap_lines=True)
        if views.is_writable():
            _edit(view)
            with st.container(horizontal=True):
                if st.button(
                    _("Duplicate"), key=keys.of(keys.SAVED_COPY, key), icon=":material/content_copy:"
                ):
                    _duplicate(view)
                if st.button(_("Remove"), key=keys.of(keys.SAVED_REMOVE, key), icon=":material/delete:"):
                    _remove(view)
        _history(view)
        _cite(view)


def _edit(view: Listed) -> None:
    key = keys.of(keys.SAVED_EDIT, str(view.id))
    with st.form(key, border=False):
        name = st.text_input(_("Name"), view.name, key=keys.of(key, "name"))
        author = st.text_input(_("Author"), view.author, key=keys.of(key, "author"))
        note = st.text_area(
            _("Note"), view.note, key=keys.of(key, "note"), height=80, help=at_most(saved.MAX_NOTE)
        )
        if st.form_submit_button(_("Save")):
            try:
                saving.describe(view.id, Draft(name=name, author=author, note=note))
            except BarrxError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                st.rerun()


def _duplicate(view: Listed) -> None:
    name = _("Copy of {name}").format(name=view.name)[: views.MAX_NAME]
    saving.duplicate(view.id, name)
    state.leave_notice(_("“{name}” is saved.").format(name=plain(name)))
    st.rerun()


def _remove(view: Listed) -> None:
    saving.remove(view.id)
    session.remember_removed_view(view.id, view.name)
    st.rerun()


def _undo() -> None:
    removed = session.removed_view()
    if removed is None or not views.is_writable():
        return
    id, name = removed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(_("“{name}” was removed.").format(name=plain(name)), width="content")
        if st.button(_("Undo"), key=keys.SAVED_UNDO, icon=":material/undo:", type="tertiary"):
            session.remember_removed_view(None)
            saving.restore(id)
            st.rerun()


def _history(view: Listed) -> None:
    if view.revision == 1:
        return
    key = keys.of(keys.SAVED_HISTORY, str(view.id))
    with st.expander(_("History"), icon=":material/history:", key=key):
        for revision in saved.history(view.id):
            key = keys.of(keys.SAVED_RESTORE, f"{view.id}:{revision.number}")
            text = _("Revision {number}").format(number=revision.number)
            if revision.restored is not None:
                text += " " + _("(as {number} was)").format(number=revision.restored)
            st.caption(plain(" · ".join(filter(None, (text, revision.author, day(revision.created))))))
            with st.container(horizontal=True):
                if st.button(
                    _("Open"),
                    key=keys.of(key, "open"),
                    type="tertiary",
                    on_click=_say_if_removed,
                    args=(view,),
                ):
                    _open(view, revision.number)
                is_older = revision.number != view.revision
                if is_older and views.is_writable() and st.button(_("Bring back"), key=key, type="tertiary"):
                    saving.restore_revision(view.id, revision.number)
                    st.rerun()


def _cite(view: Listed) -> None:
    if view.slug not in datasets.list_slugs():
        return
    key = keys.of(keys.SAVED_CITE, str(view.id))
    with st.expander(
        _("Cite this view"), icon=":material/format_quote:", key=key, on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        present.cite(
            Citation(
                dataset=datasets.load(view.slug),
                request=saved.load(view.id).seen.request,
                address=present.absolute({keys.VIEW: [references.of(view)]}),
                accessed=datetime.now(UTC).date(),
                name=view.name,
                author=view.author,
            )
        )
