"""The strip of figures above a map."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import Map


def strip(facts: Mapping[str, str]) -> None:
    """Show a line of figures with their names; it wraps on a phone."""
    cells = "".join(
        f'<div class="figure"><dd>{escape(value)}</dd><dt>{escape(name)}</dt></div>'
        for name, value in facts.items()
    )
    st.html(f'<dl class="figures">{cells}</dl>')


def of_map(finished: Map) -> dict[str, str]:
    """Return the figures of a map: images, clusters, noise share, the time it took and what took it."""
    n_images, n_clusters = len(finished.coordinates), finished.clustering.n_clusters
    taken = _("to read from the cache") if finished.was_stored else _("to compute")
    return {
        ngettext("image", "images", n_images): numeral(n_images),
        ngettext("cluster on the map", "clusters on the map", n_clusters): numeral(n_clusters),
        _("noise"): numeral(finished.clustering.noise_share, ".0%"),
        taken: duration(finished.seconds),
    }


def in_words(title: str, finished: Map) -> str:
    """Return the figures of a map as a sentence, for people who do not see it."""
    return _(
        "Map of {n} images of “{title}” in {clusters} clusters; {noise} of the images are in none."
    ).format(
        n=numeral(len(finished.coordinates)),
        title=title,
        clusters=numeral(finished.clustering.n_clusters),
        noise=numeral(finished.clustering.noise_share, ".0%"),
    )


def duration(seconds: float) -> str:
    """Return a time in the unit people would use."""
    if seconds < 1:
        return _("{n:.0f} ms").format(n=max(1.0, seconds * 1000))
    if seconds < 120:
        return _("{n:.1f} s").format(n=seconds) if seconds < 10 else _("{n:.0f} s").format(n=seconds)
    return _("{n:.0f} min").format(n=seconds / 60)
