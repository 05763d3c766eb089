"""What stands where a map cannot be yet: fetch weights, embed, watch it, cancel."""

import streamlit as st

from barrx import embedding, encoders
from barrx.datasets import Dataset
from barrx.encoders import Encoder
from barrx.i18n import _, ngettext, numeral
from barrx.ui import access, jobs, keys, state
from barrx.ui.text import plain


def show(dataset: Dataset, encoder: Encoder) -> bool:
    """Show what is still to be done before there are vectors; return whether they are all there."""
    if embedding.fingerprint_of(dataset, encoder) is not None:
        return True
    if encoders.status(encoder).state == "missing":
        _fetch(encoder)
        return False
    job = state.pool().find(_embed_key(dataset, encoder))
    if job is not None and not job.snapshot.is_over:
        jobs.watch(job, title=_embedding_title(dataset, encoder), unit=_("images"))
        return False
    pending = embedding.pending(dataset, encoder)
    if pending:
        _start(dataset, encoder, pending)
    return not pending


def _embed_key(dataset: Dataset, encoder: Encoder) -> str:
    return f"embed:{dataset.fingerprint}:{encoders.encoder_key(encoder)}"


def _embedding_title(dataset: Dataset, encoder: Encoder) -> str:
    return _("“{title}” with {label}").format(
        title=plain(dataset.title), label=plain(encoders.label(encoder))
    )


def _start(dataset: Dataset, encoder: Encoder, pending: int) -> None:
    key = _embed_key(dataset, encoder)
    jobs.outcome(key)
    there = len(set(dataset.sha256)) - pending
    st.markdown(
        ngettext(
            "**{n} image is to be embedded** with {label}.",
            "**{n} images are to be embedded** with {label}.",
            pending,
        ).format(n=numeral(pending), label=plain(encoders.label(encoder)))
        + (" " + _("{n} are done already.").format(n=numeral(there)) if there else "")
    )
    if not access.may_write():
        st.info(_("Ask whoever runs this dashboard to embed the collection."))
        return
    label = _("Go on") if there else _("Embed now")
    button = keys.of(keys.EMBED, f"{dataset.slug}:{encoder.slug}")
    if st.button(label, key=button, type="primary", icon=":material/play_arrow:"):
        state.pool().submit("embed", {"slug": dataset.slug, "encoder": encoder.slug}, key=key, lane="long")
        st.rerun()
    command = f"python -m barrx embed {dataset.slug} --encoder {encoder.slug}"
    st.caption(_("It runs in the background and can be stopped and continued. On the command line:"))
    st.code(command, language=None)


def _fetch(encoder: Encoder) -> None:
    key = f"weights:{encoder.slug}"
    job = state.pool().find(key)
    if job is not None and not job.snapshot.is_over:
        jobs.watch(job, title=_("Fetching {title}").format(title=encoder.title), unit="B")
        return
    jobs.outcome(key)
    st.warning(plain(encoders.missing_message(encoder)), icon=":material/download:")
    if not access.may_write():
        return
    size = encoders.status(encoder).size_mb
    fetch = keys.of(keys.FETCH_WEIGHTS, encoder.slug)
    if st.button(_("Fetch {size:.0f} MB now").format(size=size), key=fetch, type="primary"):
        state.pool().submit("weights", {"encoder": encoder.slug}, key=key, lane="long")
        st.rerun()
