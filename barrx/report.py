"""What an import found: pictures, files passed over, quarantine, match of the metadata."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from barrx.matching import MatchReport


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that was not taken, the reason (see :class:`~barrx.errors.ImageDecodeError`), what was found."""

    filename: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReport:
    """What an import found.

    Attributes
    ----------
    images : int
        pictures taken
    skipped : int
        hidden files, and files whose suffix names no picture format
    quarantined : tuple of Quarantined
        files that should be pictures and could not be taken
    metadata : MatchReport
        both sides of the match between pictures and rows
    metadata_file : str
        name of the table that lay beside the pictures and was used without being asked for, or ``""``
    """

    images: int
    skipped: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    metadata: MatchReport = field(default_factory=MatchReport)
    metadata_file: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the report as ``add --report`` writes it."""
        found = {"file": self.metadata_file} if self.metadata_file else {}
        return {
            "images": self.images,
            "skipped": self.skipped,
            "quarantined": [asdict(entry) for entry in self.quarantined],
            "metadata": self.metadata.to_json() | found,
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "AddReport":
        """Return what :meth:`to_json` wrote."""
        return cls(
            images=facts["images"],
            skipped=facts["skipped"],
            quarantined=tuple(Quarantined(**entry) for entry in facts["quarantined"]),
            metadata=MatchReport.from_json(facts["metadata"]),
            metadata_file=facts["metadata"].get("file", ""),
        )
