"""What is on this machine, what is missing, and how to mend it."""

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import barrx
from barrx import cache, datasets, encoders, settings, views
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext

_PACKAGES = (
    "streamlit",
    "keras",
    "tensorflow",
    "umap-learn",
    "hdbscan",
    "numpy",
    "pillow",
    "altair",
    "diskcache",
)
_LOW_DISK_GB = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination: what was looked at, what was found, how to mend it ("" if it is well)."""

    what: str
    found: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at versions, paths, weights, disk and collections; change nothing."""
    return [
        Finding("Barr X", barrx.__version__),
        Finding("Python", platform.python_version()),
        *map(_package, _PACKAGES),
        _home(),
        _disk(),
        *_weights(),
        *_caches(),
        *_views(),
        *_collections(),
    ]


def _package(name: str) -> Finding:
    for candidate in (name, f"{name}-cpu"):
        try:
            return Finding(name, version(candidate))
        except PackageNotFoundError:
            continue
    return Finding(name, _("missing"), _("pip install -r requirements.txt"))


def _home() -> Finding:
    home = settings.current().home
    existing = next(p for p in (home, *home.parents) if p.exists())
    mend = "" if os.access(existing, os.W_OK) else _("Set BARRX_HOME to a folder you may write to.")
    return Finding("BARRX_HOME", str(home), mend)


def _disk() -> Finding:
    home = settings.current().home
    free = shutil.disk_usage(next(p for p in (home, *home.parents) if p.exists())).free / 1e9
    low = _("Free some space, or set BARRX_HOME to another disk.") if free < _LOW_DISK_GB else ""
    return Finding(_("disk"), _("{free:.1f} GB free").format(free=free), low)


def _weights() -> list[Finding]:
    found = []
    for encoder in encoders.all_encoders():
        status = encoders.status(encoder)
        mend = (
            _("python -m barrx weights {encoder} ({size:.0f} MB)").format(
                encoder=encoder.slug, size=status.size_mb
            )
            if status.state == "missing"
            else ""
        )
        found.append(Finding(encoder.slug, status.state, mend))
    return found


def _caches() -> list[Finding]:
    found = []
    for store in cache.STORES:
        try:
            size = _("{size:.1f} MB").format(size=cache.volume(store) / 1e6)
            found.append(Finding(_("cache: {store}").format(store=store), size))
        except BarrxError as error:
            found.append(Finding(_("cache: {store}").format(store=store), _("unusable"), str(error)))
    for folder in cache.set_aside():
        mend = _("It was rebuilt. To delete the damaged one: python -m barrx cache --clear all")
        found.append(Finding(_("damaged cache set aside"), str(folder), mend))
    return found


def _views() -> list[Finding]:
    mend = _("Names and groups were started anew. Put back a copy of yours, or delete the damaged file.")
    return [Finding(_("damaged names and groups"), str(path), mend) for path in views.set_aside()]


def _collections() -> list[Finding]:
    found = []
    for summary in datasets.summaries():
        text = ngettext("{n} image", "{n} images", summary.images).format(n=summary.images)
        found.append(Finding(_("collection: {slug}").format(slug=summary.slug), text))
    return found
