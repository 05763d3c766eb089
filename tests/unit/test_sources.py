"""What is found in folders and archives, and what is refused unseen."""

import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from barrx import images, sources
from barrx.errors import DatasetError, ImageDecodeError
from barrx.sources import Archive, Folder, Listing
from tests import files

PIXEL = files.encoded(files.quarters(8, 8), "PNG")


def found(listing: Listing) -> list[str]:
    return [entry.filename for entry in sources.in_order(listing.entries)]


def refused(listing: Listing) -> dict[str, str]:
    return {entry.filename: entry.reason for entry in listing.refused}


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let permissions count, also where the tests are run by root."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


# --- folders ----------------------------------------------------------------------------------------------


def test_folder_is_walked_to_any_depth_and_whatever_the_names(home: Path, tmp_path: Path) -> None:
    names = [
        "a.PNG",
        "b/c d/é ü.png",
        "b/c d/日本/\N{LOWER LEFT PAINTBRUSH}.png",
        "two\nlines.png",
        "..x.png/in.png",
    ]
    for name in names:
        files.picture(tmp_path / name)
    listing = Folder(tmp_path).look()
    assert found(listing) == sorted(n for n in names if not n.startswith("."))
    assert listing.skipped == 1


def test_folder_passes_over_what_is_hidden_or_no_picture(home: Path, tmp_path: Path) -> None:
    for name in (".hidden.png", ".git/a.png", "__MACOSX/a.png", "._a.png", "Thumbs.db", "desktop.ini"):
        files.picture(tmp_path / "real.png")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PIXEL)
    for name in ("notes.txt", "list.csv", "book.pdf", "no suffix"):
        (tmp_path / name).write_bytes(PIXEL)
    listing = Folder(tmp_path).look()
    assert (found(listing), listing.skipped, listing.refused) == (["real.png"], 10, [])


@pytest.mark.parametrize("suffix", [".svg", ".svgz", ".heic", ".jxl", ".nef", ".eps", ".psd", ".JPG", ".tga"])
def test_folder_tries_every_suffix_that_names_a_picture(home: Path, tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(b"x")
    assert found(Folder(tmp_path).look()) == [f"a{suffix}"]


def test_folder_shows_a_name_that_is_not_utf8_in_escapes(home: Path, tmp_path: Path) -> None:
    path = files.unnameable(tmp_path)
    (entry,) = Folder(tmp_path).look().entries
    assert entry.filename == "caf\\xe9.png"
    assert Folder(tmp_path).fetch(entry, tmp_path / "unused") == path


def test_folder_follows_links_neither_out_nor_round_in_circles(home: Path, tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    files.picture(root / "sub" / "a.png")
    files.picture(outside / "secret.png")
    (root / "inside.png").symlink_to(root / "sub" / "a.png")
    (root / "secret.png").symlink_to(outside / "secret.png")
    (root / "out").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "sub" / "up").symlink_to("..")
    (root / "above").symlink_to(tmp_path)
    (root / "again").symlink_to(root / "sub")
    (root / "self.png").symlink_to("self.png")
    (root / "gone.png").symlink_to("nowhere.png")
    (root / "passwords").symlink_to("/etc/passwd")
    listing = Folder(root).look()
    assert found(listing) == ["inside.png", "sub/a.png"]
    assert refused(listing) == {
        "secret.png": "unsafe_path",
        "out": "unsafe_path",
        "self.png": "unsafe_path",
        "gone.png": "unreadable",
    }
    assert listing.skipped == 5


def test_folder_may_be_reached_through_a_link(home: Path, tmp_path: Path) -> None:
    files.picture(tmp_path / "real" / "a.png")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert found(Folder(tmp_path / "link").look()) == ["a.png"]


def test_folder_names_what_may_not_be_opened(home: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        files.picture(top / "shut" / "a.png")
        files.picture(top / "secret.png").chmod(0)
        (top / "shut").chmod(0)
        top.chmod(0o755)
        with without_privileges():
            folder = Folder(top)
            listing = folder.look()
            with pytest.raises(ImageDecodeError, match="unreadable: Permission denied"):
                images.read(folder.fetch(listing.entries[0], top / "unused"))
        (top / "shut").chmod(0o755)
    assert refused(listing) == {"shut": "unreadable"}


def test_folder_does_not_take_the_collections_of_barrx_itself(home: Path) -> None:
    files.picture(home / "datasets" / "old" / "originals" / "a.png")
    files.picture(home / "mine.png")
    assert found(Folder(home).look()) == ["mine.png"]


@pytest.mark.parametrize(
    ("names", "used"),
    [
        (["Metadata.CSV"], "Metadata.CSV"),
        (["metadata.csv", "METADATA.csv"], None),
        (["sub/metadata.csv"], None),
    ],
)
def test_folder_offers_the_one_table_at_the_top(
    home: Path, tmp_path: Path, names: list[str], used: str | None
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("file\n")
    table = Folder(tmp_path).look().table_file
    assert (table[0] if table else None) == used


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"folder “.*gone” cannot be read: No such file"):
        Folder(tmp_path / "gone")


# --- archives ---------------------------------------------------------------------------------------------


def test_archive_lists_pictures_and_refuses_unsafe_names(tmp_path: Path) -> None:
    unsafe = ["../up.png", "a/../../up.png", "/etc/a.png", "C:\\a.png", "c:a.png", "..\\up.png"]
    safe = ["a.png", "b/c.png", "./d.png", "e//f.png", "g\\h.png", "x..y.png"]
    other = ["__MACOSX/a.png", "b/._c.png", "b/.DS_Store", "inner.zip", "../up.txt"]
    names = [*unsafe, *safe, *other]
    listing = Archive(files.archive(tmp_path / "a.zip", dict.fromkeys(names, PIXEL))).look()
    assert found(listing) == ["a.png", "b/c.png", "d.png", "e/f.png", "g/h.png", "x..y.png"]
    assert refused(listing) == {name.replace("\\", "/"): "unsafe_path" for name in unsafe}
    assert listing.skipped == len(other)


def test_archive_refuses_a_link(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert refused(Archive(tmp_path / "a.zip").look()) == {"link.png": "unsafe_path"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive_numbers_entries_of_the_same_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for _number in range(3):
            packed.writestr("b/a.png", PIXEL)
    assert found(Archive(tmp_path / "a.zip").look()) == ["b/a (2).png", "b/a (3).png", "b/a.png"]


def test_archive_reads_utf8_names_that_do_not_say_so(tmp_path: Path) -> None:
    files.archive(tmp_path / "a.zip", {"niXo.png": PIXEL, "caYe.png": PIXEL})
    data = (tmp_path / "a.zip").read_bytes()
    # X: two bytes of UTF-8 where a name of seven bytes was; Y: one byte of the old code page
    data = data.replace(b"niXo.png", "niño.png".encode()[:-4] + b"png").replace(b"caYe.png", b"ca\x82e.png")
    (tmp_path / "a.zip").write_bytes(data.replace("niñopng".encode(), b"ni\xc3\xb1.png"))
    assert found(Archive(tmp_path / "a.zip").look()) == ["caée.png", "niñ.png"]


@pytest.mark.parametrize("top", ["", "my collection/"])
def test_archive_offers_the_one_table_at_the_top(tmp_path: Path, top: str) -> None:
    entries = {f"{top}a.png": PIXEL, f"{top}Metadata.csv": b"file\n", f"{top}sub/metadata.csv": b"x"}
    listing = Archive(files.archive(tmp_path / "a.zip", entries)).look()
    assert listing.table_file == ("Metadata.csv", b"file\n")


def test_archive_unpacks_under_a_name_of_ours(tmp_path: Path) -> None:
    archive = Archive(files.archive(tmp_path / "a.zip", {"b/c.png": PIXEL}))
    (entry,) = archive.look().entries
    assert archive.fetch(entry, tmp_path / "mine") == tmp_path / "mine"
    assert (tmp_path / "mine").read_bytes() == PIXEL


def fetch_only(path: Path, target: Path) -> Path:
    archive = Archive(path)
    (entry,) = archive.look().entries
    return archive.fetch(entry, target)


def test_archive_stops_unpacking_a_bomb(tmp_path: Path) -> None:
    files.archive(tmp_path / "a.zip", {"bomb.png": bytes(300 * 2**20)})
    with pytest.raises(ImageDecodeError, match="too_large: unpacks to more than 200 times its size"):
        fetch_only(tmp_path / "a.zip", tmp_path / "out")
    assert (tmp_path / "out").stat().st_size <= 102 * 2**20


@pytest.mark.parametrize(
    ("at", "old", "new", "message"),
    [
        ("flags", b"\x00\x00", b"\x01\x00", "unreadable: the entry is encrypted"),
        ("content", PIXEL[20:40], b"\xff" * 20, "unreadable: Bad CRC-32"),
    ],
)
def test_archive_names_an_entry_it_cannot_unpack(
    tmp_path: Path, at: str, old: bytes, new: bytes, message: str
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("a.png", PIXEL)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    if at == "flags":
        start = data.index(b"PK\x01\x02") + 8
        data[6:8], data[start : start + 2] = new, new
    else:
        start = data.index(old)
        data[start : start + len(new)] = new
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ImageDecodeError, match=message):
        fetch_only(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_archive_that_is_none_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(DatasetError, match=r"“a.zip” cannot be read as a zip archive: "):
        Archive(tmp_path / "a.zip")
