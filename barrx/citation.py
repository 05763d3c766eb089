"""How a map of a collection is quoted: a sentence for a text, and BibTeX; with whom the pictures are owed to."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date

from barrx import __version__, encoders, i18n, roles
from barrx.datasets import Dataset
from barrx.errors import EncoderError
from barrx.i18n import _, ngettext, numeral
from barrx.pipeline import MapRequest

_MOST_CREDITS = 3
_LONGEST_CREDIT = 160  # characters
_PATH = re.compile(r"^(?!https?://).*[/\\]|\.zip$", re.DOTALL | re.IGNORECASE)
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "&%$#_{}"},
}
METHOD = """@article{mcinnes2018umap,
  author = {McInnes, Leland and Healy, John and Melville, James},
  title = {{UMAP}: Uniform Manifold Approximation and Projection for Dimension Reduction},
  journal = {arXiv preprint arXiv:1802.03426},
  year = {2018}
}

@inproceedings{campello2013hdbscan,
  author = {Campello, Ricardo J. G. B. and Moulavi, Davoud and Sander, J{\\"o}rg},
  title = {Density-Based Clustering Based on Hierarchical Density Estimates},
  booktitle = {Advances in Knowledge Discovery and Data Mining (PAKDD)},
  year = {2013},
  doi = {10.1007/978-3-642-37456-2_14}
}

@misc{rodriguez2020barrx,
  author = {Rodr{\\'i}guez Ortega, Nuria and de la Rosa, Javier},
  title = {{Barr X Inception CNN}},
  institution = {University of M{\\'a}laga},
  year = {2020}
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What is quoted: a map of a collection at an address, on a day; ``name`` and ``author`` are a saved view's."""

    dataset: Dataset
    request: MapRequest
    address: str
    accessed: date
    name: str = ""
    author: str = ""

    def sentence(self) -> str:
        """Return the recommended quotation, one line."""
        subject = f"“{self.name}”" if self.name else _("Map of “{title}”").format(title=self.dataset.title)
        parts = [
            self.author,
            subject,
            self._what(),
            _("Images: {credit}").format(credit=credit(self.dataset)),
            f"Barr X {__version__}",
            self.address,
            _("Accessed {date}").format(date=i18n.date(self.accessed)),
        ]
        return " ".join(f"{_one_line(part).rstrip('.')}." for part in parts if part)

    def bibtex(self) -> str:
        """Return an entry for the map; the methods it rests on are in ``METHOD``."""
        title = self.name or _("Map of “{title}”").format(title=self.dataset.title)
        fields = {
            "author": self.author or "{Barr X}",
            "title": title,
            "year": str(self.accessed.year),
            "note": self._what() + ". " + _("Images: {credit}").format(credit=credit(self.dataset)),
            "url": self.address,
            "urldate": self.accessed.isoformat(),
        }
        safe = {k: v if k == "url" or v == "{Barr X}" else _latex(_one_line(v)) for k, v in fields.items()}
        safe["title"] = "{" + safe["title"] + "}"
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in safe.items())
        return f"@misc{{{self._key()},\n{lines}\n}}\n"

    def _what(self) -> str:
        n = len(self.dataset.filenames)
        said = ngettext(
            "Map of {n} image of “{title}” by {encoder}, UMAP ({projected}) and HDBSCAN ({clustered})",
            "Map of {n} images of “{title}” by {encoder}, UMAP ({projected}) and HDBSCAN ({clustered})",
            n,
        )
        placed, cut = self.request.projection, self.request.clustering
        return said.format(
            n=numeral(n),
            title=self.dataset.title,
            encoder=_encoder_name(self.request.encoder),
            projected=f"n_neighbors {placed.n_neighbors}, min_dist {numeral(placed.min_dist, 'g')}, "
            f"{placed.metric}, seed {placed.seed}",
            clustered=f"min_cluster_size {cut.min_cluster_size}, min_samples {cut.min_samples}, "
            f"{cut.cluster_selection_method}",
        )

    def _key(self) -> str:
        text = (
            unicodedata.normalize("NFKD", self.name or self.dataset.slug).encode("ascii", "ignore").decode()
        )
        words = re.findall(r"[a-z0-9]+", text.lower())[:4]
        return "-".join(["barrx", *words, str(self.accessed.year)])


def credit(dataset: Dataset) -> str:
    """Return whom the pictures of a collection are owed to: its credit lines, the most frequent first."""
    found = Counter(line for line in map(_one_line, roles.rights(dataset.metadata)) if line)
    lines = [line for line, _n in found.most_common(_MOST_CREDITS)]
    # A folder of the server is nobody's name.
    source = "" if _PATH.search(dataset.source) else _one_line(dataset.source)
    if source and not any(source in line for line in lines):
        lines.insert(0, source)
    said = "; ".join(line[:_LONGEST_CREDIT] for line in lines) or dataset.title
    others = len(found) - _MOST_CREDITS
    if others > 0:
        more = ngettext("and {n} other credit line", "and {n} other credit lines", others)
        said += ", " + more.format(n=numeral(others))
    return said


def _encoder_name(slug: str) -> str:
    try:
        return encoders.get(slug).title
    except EncoderError:  # a view of a newer version
        return slug


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _latex(text: str) -> str:
    return "".join(_SPECIAL.get(c, c) for c in text)
