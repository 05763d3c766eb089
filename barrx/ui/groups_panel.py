"""The groups of a collection: kept under a name, selected again by a click, renamed, removed and brought back."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from barrx import views
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext, numeral
from barrx.ui import access, keys, rerun, state
from barrx.ui.text import plain
from barrx.views import Group

_SHOWN_NAME = 24  # characters on a button


def show(dataset: Dataset, selected: NDArray[np.int64]) -> None:
    """Show the groups, and the field to keep what is selected as another one."""
    found = views.groups(dataset)
    with st.container(key=keys.GROUPS):
        if found or len(selected):
            st.markdown("**" + _("Groups") + "**")
        if len(selected):
            _keep(dataset, selected, len(found))
        for group in found:
            _line(dataset, group)
        _undo(dataset)
        for path in views.set_aside():
            st.caption(_("Damaged names and groups were set aside in {file}.").format(file=plain(path.name)))


def _keep(dataset: Dataset, selected: NDArray[np.int64], n_groups: int) -> None:
    if not views.is_writable():
        st.caption(access.why_not())
        return
    # Another key after each group: the field is empty then, but keeps a name that was refused.
    key = keys.of(keys.NEW_GROUP, str(n_groups))
    with st.form(key, border=False):
        name = st.text_input(
            _("Name"),
            key=keys.of(key, "name"),
            placeholder=_("Name the selection"),
            label_visibility="collapsed",
        )
        if st.form_submit_button(_("Keep as a group"), icon=":material/bookmark_add:"):
            with _said_here():
                id = views.add_group(dataset, name, selected)
                state.select(dataset, selected, group=id)
                rerun.fragment()


def _line(dataset: Dataset, group: Group) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        name = group.name if len(group.name) <= _SHOWN_NAME else group.name[: _SHOWN_NAME - 1] + "…"
        is_open = state.selection(dataset).group == group.id
        st.button(
            f"{plain(name)} · {numeral(len(group.indexes))}",
            key=keys.of(keys.GROUP, str(group.id)),
            on_click=state.select,
            args=(dataset, group.indexes),
            kwargs={"group": group.id},
            icon=":material/bookmark:",
            type="primary" if is_open else "tertiary",
            help=_help(group),
        )
        if views.is_writable():
            _menu(dataset, group)


def _help(group: Group) -> str:
    if not group.n_missing:
        return _("Select these images: {name}").format(name=plain(group.name))
    gone = ngettext(
        "{n} image is not in the collection any more.",
        "{n} images are not in the collection any more.",
        group.n_missing,
    )
    return f"{plain(group.name)}: {gone.format(n=group.n_missing)}"


def _menu(dataset: Dataset, group: Group) -> None:
    key = str(group.id)
    with st.popover(
        "",
        icon=":material/more_horiz:",
        type="tertiary",
        key=keys.of(keys.GROUP_MENU, key),
        help=_("Rename or remove"),
    ):
        with st.form(keys.of(keys.RENAME_GROUP, key), border=False):
            name = st.text_input(_("Name"), group.name, key=keys.of(keys.RENAME_GROUP, f"{key}:name"))
            if st.form_submit_button(_("Rename")):
                with _said_here():
                    views.rename_group(dataset, group.id, name)
                    rerun.fragment()
        if st.button(_("Remove"), key=keys.of(keys.REMOVE_GROUP, key), icon=":material/delete:"):
            _remove(dataset, group)


def _remove(dataset: Dataset, group: Group) -> None:
    with _said_here():
        views.remove_group(dataset, group.id)
        state.remember_removed(dataset, group.id, group.name)
        now = state.selection(dataset)
        if now.group == group.id:
            state.select(dataset, now.indexes)
        rerun.fragment()


def _undo(dataset: Dataset) -> None:
    removed = state.removed(dataset)
    if removed is None:
        return
    id, name = removed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(_("“{name}” was removed.").format(name=plain(name[:_SHOWN_NAME])), width="content")
        if st.button(_("Undo"), key=keys.UNDO_REMOVE, icon=":material/undo:", type="tertiary"):
            with _said_here():
                state.forget_removed()
                views.restore_group(dataset, id)
                rerun.fragment()


@contextmanager
def _said_here() -> Iterator[None]:
    """Say here what goes wrong; the rest of the page stays."""
    try:
        yield
    except BarrxError as error:
        st.error(plain(str(error)), icon=":material/error:")
