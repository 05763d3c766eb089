"""How pictures are drawn on a map: as dots or pictures, how large, and what is drawn with them."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from barrx.errors import ParameterError
from barrx.i18n import _

Mode = Literal["dots", "both", "pictures"]
Part = Literal["names", "outlines", "noise"]

SMALLEST: Final = 20
LARGEST: Final = 96
_PARTS: Final = get_args(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How pictures are drawn.

    Attributes
    ----------
    mode : {"dots", "both", "pictures"}
    size : int
        of a picture, in CSS pixels
    without : tuple of {"names", "outlines", "noise"}
        what is switched off: names of the clusters, their outlines, pictures in no cluster

    Raises
    ------
    ParameterError
        if there is no such mode or part, or the size is out of its bounds
    """

    mode: Mode = "both"
    size: int = 40
    without: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        is_known = self.mode in get_args(Mode) and set(self.without) <= set(_PARTS)
        if not (is_known and SMALLEST <= self.size <= LARGEST):
            raise _not_a_style(self.to_text())
        object.__setattr__(self, "without", tuple(part for part in _PARTS if part in self.without))

    def to_text(self) -> str:
        """Return it as a short text, such as ``pictures.64.noise``, for an address."""
        return ".".join(map(str, (self.mode, self.size, *self.without)))

    @classmethod
    def from_text(cls, text: str) -> "Style":
        """Read what :meth:`to_text` wrote.

        Raises
        ------
        ParameterError
            if it is something else
        """
        mode, _dot, rest = text.partition(".")
        size, *without = rest.split(".")
        given: Any = {"mode": mode, "without": tuple(without)}
        try:
            return cls(size=int(size) if re.fullmatch("[0-9]{1,4}", size) else 0, **given)
        except ParameterError as error:
            raise _not_a_style(text) from error


def _not_a_style(text: str) -> ParameterError:
    return ParameterError(_("The map cannot be drawn as “{style}”.").format(style=text))
