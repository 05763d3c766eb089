"""Adding a collection in the browser: a zip, several images, or a folder of the server."""

import shutil
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from barrx import datasets, settings
from barrx.errors import BarrxError, DatasetError
from barrx.i18n import _, ngettext, numeral
from barrx.ui import jobs, keys, state
from barrx.ui.text import plain
from barrx.workers import Job, Snapshot

_JOB = "add"
_KEPT_SECONDS = 24 * 3600
_PICTURES = ("jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "avif", "jp2", "ppm", "psd", "ico")


def show() -> None:
    """Show the way to add a collection; while one is being added, its progress."""
    job = state.pool().find(_JOB)
    if job is not None and not job.snapshot.is_over:
        with st.container(border=True):
            jobs.watch(
                job,
                title=_("Adding “{title}”").format(title=plain(str(job.arguments["title"]))),
                unit=_("files"),
                on_done=_added,
            )
        return
    if job is not None and job.snapshot.is_over:
        _clear_upload(job)
        jobs.outcome(_JOB)
    with st.expander(_("Add a collection"), icon=":material/add_photo_alternate:", expanded=_is_first()):
        _form()


def _is_first() -> bool:
    return len(datasets.list_slugs()) == 1


def _added(now: Snapshot) -> None:
    facts = now.result or {}
    kept = len(facts.get("quarantined", ()))
    text = ngettext("{n} image added.", "{n} images added.", facts["images"]).format(
        n=numeral(facts["images"])
    )
    if kept:
        text += " " + ngettext("{n} file is in quarantine.", "{n} files are in quarantine.", kept).format(
            n=kept
        )
    state.leave_notice(text)


def _form() -> None:
    kinds = {"zip": _("A zip file"), "files": _("Several images")}
    if settings.current().data_roots:
        kinds["folder"] = _("A folder on the server")
    kind = st.segmented_control(
        _("Where are the images?"),
        list(kinds),
        default="zip",
        format_func=lambda k: kinds[k],
        key=keys.ADD_KIND,
        required=True,
    )
    with st.form(keys.ADD_FORM, border=False, enter_to_submit=False):
        given: UploadedFile | list[UploadedFile] | str | None
        if kind == "zip":
            given = st.file_uploader(_("Zip file"), type=["zip"], key=keys.ADD_ZIP)
        elif kind == "files":
            given = st.file_uploader(
                _("Images"), type=_PICTURES, accept_multiple_files=True, key=keys.ADD_FILES
            )
        else:
            roots = ", ".join(str(root) for root in settings.current().data_roots)
            given = st.text_input(
                _("Folder"), key=keys.ADD_FOLDER, help=plain(_("Inside: {roots}").format(roots=roots))
            )
        metadata = st.file_uploader(
            _("Metadata (CSV, optional)"),
            type=["csv", "tsv", "txt"],
            key=keys.ADD_METADATA,
            help=_("A row for each image, with its file name in one of the columns."),
        )
        title = st.text_input(_("Title"), key=keys.ADD_TITLE, max_chars=120)
        if st.form_submit_button(_("Add"), key=keys.ADD_SUBMIT, type="primary", icon=":material/add:"):
            try:
                _submit(given, metadata, title)
            except BarrxError as error:
                st.error(plain(str(error)), icon=":material/error:")
                return
            st.rerun()


def _submit(
    given: UploadedFile | list[UploadedFile] | str | None, metadata: UploadedFile | None, title: str
) -> None:
    if not given:
        raise DatasetError(_("There is nothing to add yet. Choose the images first."))
    title = title.strip() or _title_from(given)
    source = datasets.server_folder(given) if isinstance(given, str) else _saved(given, _upload_folder())
    arguments = {
        "slug": _free_slug(title),
        "source": str(source),
        "metadata": None if metadata is None else str(_save(metadata, _upload_folder())),
        "title": title,
    }
    state.pool().submit("add", arguments, key=_JOB, lane="long")


def _title_from(given: UploadedFile | list[UploadedFile] | str) -> str:
    if isinstance(given, str):
        return Path(given).name or _("Collection")
    return Path(given.name).stem if isinstance(given, UploadedFile) else _("Collection")


def _free_slug(title: str) -> str:
    """Return a slug that no collection has."""
    base, taken, number = datasets.slugify(title), set(datasets.list_slugs()), 2
    slug = base
    while slug in taken:
        slug = f"{base[:60]}-{number}"
        number += 1
    return slug


# --- uploads ----------------------------------------------------------------------------------------------


def _uploads() -> Path:
    return settings.current().home / "uploads"


def _upload_folder() -> Path:
    """Make a folder for one upload; folders a stopped server has left behind go."""
    _uploads().mkdir(parents=True, exist_ok=True)
    for old in _uploads().iterdir():
        if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=_uploads()))


def _saved(given: UploadedFile | Sequence[UploadedFile], folder: Path) -> Path:
    """Save a zip as it is, and several images as one zip: what comes in a zip is kept by the collection."""
    if isinstance(given, UploadedFile):
        return _save(given, folder)
    path = folder / "images.zip"
    taken: set[str] = set()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in given:
            name = _free_name(_bare_name(file.name), taken)
            taken.add(name)
            with archive.open(name, "w") as target:
                _copy(file, target)
    return path


def _save(file: UploadedFile, folder: Path) -> Path:
    path = folder / _bare_name(file.name)
    with path.open("wb") as target:
        _copy(file, target)
    return path


def _copy(file: UploadedFile, target: IO[bytes]) -> None:
    try:
        file.seek(0)
        shutil.copyfileobj(file, target, 2**20)
    except OSError as error:
        raise DatasetError(
            _("“{name}” cannot be saved: {error}. Free some space and try again.").format(
                name=file.name, error=error.strerror or error
            )
        ) from error


def _bare_name(name: str) -> str:
    """Return the last part of a name: whatever a client sends, it names no other folder here."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].lstrip(".")[-200:] or "upload"


def _free_name(name: str, taken: set[str]) -> str:
    path, number = Path(name), 2
    while name in taken:
        name = f"{path.stem} ({number}){path.suffix}"
        number += 1
    return name


def _clear_upload(job: Job) -> None:
    for path in (job.arguments["source"], job.arguments["metadata"]):
        if path is not None and (folder := Path(path).parent).parent == _uploads():
            shutil.rmtree(folder, ignore_errors=True)
