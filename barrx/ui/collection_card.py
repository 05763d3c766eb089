"""One collection as a card: cover, size, encoders, quarantine, metadata report, removal."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from barrx import datasets, embedding, encoders
from barrx.datasets import Dataset, Summary
from barrx.i18n import _, again, ngettext, numeral
from barrx.ui import access, embedding_panel, keys, navigation, routes, state
from barrx.ui.errors import reported
from barrx.ui.text import plain

_COVER = 8
_NAMES_SHOWN = 200  # of a list in the report; the rest is counted


def show(summary: Summary) -> None:
    """Show one collection with everything one can do to it."""
    with st.container(border=True, key=keys.of(keys.COLLECTION, summary.slug)):
        reported(_card)(summary)


def _card(summary: Summary) -> None:
    dataset = datasets.load(summary.slug)
    _cover(dataset)
    st.subheader(plain(summary.title), anchor=False)
    count = ngettext("{n} image", "{n} images", summary.images).format(n=numeral(summary.images))
    kept = ngettext("{n} file in quarantine", "{n} files in quarantine", summary.quarantined)
    parts = [count, kept.format(n=summary.quarantined)] if summary.quarantined else [count]
    st.caption(" · ".join([*parts, plain(summary.slug)]))
    ready = [encoders.label(e) for e in encoders.all_encoders() if embedding.fingerprint_of(dataset, e)]
    st.caption(_("Embedded with: {names}").format(names=plain(", ".join(ready)) or _("nothing yet")))
    if not ready:
        embedding_panel.show(dataset, encoders.get(encoders.default()))
    with st.container(horizontal=True):
        explore = st.button(
            _("Explore"), key=keys.of(keys.OPEN, summary.slug), type="primary", icon=":material/scatter_plot:"
        )
        if summary.slug != datasets.DEMO_SLUG and access.may_write():
            remove = st.button(
                _("Remove"), key=keys.of(keys.REMOVE, summary.slug), type="tertiary", icon=":material/delete:"
            )
            if remove:
                _confirm_removal(summary)
    if explore:
        state.open_collection(summary.slug)
        navigation.go_to(navigation.explore())
    _report(dataset)


def _cover(dataset: Dataset) -> None:
    """Show pictures taken evenly from the whole collection."""
    n = len(dataset.filenames)
    indexes = np.unique(np.linspace(0, n - 1, min(_COVER, n)).astype(int))
    token = routes.sign(dataset.slug, dataset.fingerprint)
    images = "".join(
        f'<img src="{escape(routes.thumbnail_address(token, int(i), 320))}" alt="" loading="lazy">'
        for i in indexes
    )
    st.html(f'<div class="cover">{images}</div>')


def _report(dataset: Dataset) -> None:
    report = dataset.report.to_json()
    found, quarantined = report["metadata"], report["quarantined"]
    if quarantined:
        with st.expander(_("Quarantine ({n})").format(n=len(quarantined)), icon=":material/report:"):
            st.caption(_("These files could not be read. Everything else was taken."))
            st.dataframe(
                pd.DataFrame(
                    [entry | {"detail": again(entry["detail"])} for entry in quarantined],
                    columns=["filename", "reason", "detail"],
                ),
                hide_index=True,
                column_config={
                    "filename": _("file"),
                    "reason": _("reason"),
                    "detail": _("what was found"),
                },
            )
    lost = {
        _("Images without a row"): found["images_without_row"],
        _("Rows without an image"): found["rows_without_image"],
        _("Duplicate keys"): found["duplicate_keys"],
    }
    if not found["matched"] and not found["rows_without_image"]:
        return
    with st.expander(
        _("Metadata: {n} rows matched").format(n=found["matched"]), icon=":material/table_rows:"
    ):
        if not any(lost.values()):
            st.caption(_("Every image has its row, and every row its image."))
        for name, entries in lost.items():
            if entries:
                st.markdown(f"**{name} ({numeral(len(entries))})**")
                st.dataframe(pd.DataFrame({_("name"): entries[:_NAMES_SHOWN]}), hide_index=True)


def _confirm_removal(summary: Summary) -> None:
    st.dialog(_("Remove this collection?"))(_removal)(summary)


def _removal(summary: Summary) -> None:
    st.markdown(
        _("“{title}” is taken off the list, with its thumbnails and reports.").format(
            title=plain(summary.title)
        )
    )
    st.caption(
        _(
            "Files in a folder of yours stay where they are. Images that came in a zip or by upload are deleted. "
            "Vectors stay in the cache, so adding the same images again is quick."
        )
    )
    with st.container(horizontal=True):
        if st.button(_("Remove"), key=keys.CONFIRM_REMOVE, type="primary", icon=":material/delete:"):
            datasets.remove(summary.slug)
            state.forget_collection(summary.slug)
            state.leave_notice(_("“{title}” is removed.").format(title=plain(summary.title)))
            st.rerun()
        if st.button(_("Keep it"), key=keys.KEEP):
            st.rerun()
