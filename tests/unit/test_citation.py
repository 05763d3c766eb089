"""A quotation says whose pictures they are, what made the map and when it was seen; BibTeX takes hostile names."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from barrx import citation, datasets, i18n
from barrx.citation import Citation
from barrx.pipeline import MapRequest


def quoted(name: str = "", author: str = "") -> Citation:
    dataset = datasets.load("demo")
    request = MapRequest.default("demo", "efficientnet-lite0", len(dataset.filenames))
    address = "https://museum.example/?view=3&x=1_2"
    return Citation(
        dataset=dataset,
        request=request,
        address=address,
        accessed=date(2026, 11, 25),
        name=name,
        author=author,
    )


def test_sentence_names_author_view_map_credit_and_day(home: Path) -> None:
    said = quoted("Moons", "Ana Núñez").sentence()
    for part in (
        "Ana Núñez.",
        "“Moons”.",
        "810 images",
        "n_neighbors 15",
        "Open Clip Art Library",
        "25 Nov 2026.",
    ):
        assert part in said
    assert "https://museum.example/?view=3&x=1_2" in said
    assert "\n" not in said


def test_sentence_writes_day_and_numbers_as_its_reader_does(home: Path) -> None:
    with i18n.speaking("es"):
        said = quoted().sentence()
        assert "urldate = {2026-11-25}" in quoted().bibtex()
    assert "25 nov 2026." in said
    assert "min_dist 0,1," in said


def test_bibtex_takes_what_latex_would_run(home: Path) -> None:
    entry = quoted("50% \\input{x} & $y$\n_z}", "A~B").bibtex()
    assert entry.startswith("@misc{barrx-50-input-x-y-2026,\n")
    assert r"50\% \textbackslash{}input\{x\} \& \$y\$ \_z\}" in entry
    assert r"A\textasciitilde{}B" in entry
    assert "url = {https://museum.example/?view=3&x=1_2}" in entry
    assert "urldate = {2026-11-25}" in entry


def test_folder_of_the_server_is_no_credit(home: Path) -> None:
    dataset = replace(datasets.load("demo"), source="/home/ana/pictures")
    assert "/home" not in citation.credit(dataset)
    assert "museum.example" in citation.credit(replace(dataset, source="https://museum.example/manifest"))
