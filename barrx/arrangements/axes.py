"""What stands at the edge of an arrangement: ticks and headings."""

import math
import sys
from dataclasses import dataclass, replace

from barrx.arrangements.params import Kind
from barrx.i18n import numeral

Mark = tuple[float, str]
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Ticks and headings, at places in the coordinates of the arrangement.

    Attributes
    ----------
    x, y : tuples of (position, label)
    x_title, y_title : what the axes show
    y_end : float or None
        place along x where the scale of y ends: what stands to the right of it has another
    headings : tuples of (x, y, label)
        names of parts, at the middle of their upper edge
    """

    kind: Kind
    x: tuple[Mark, ...] = ()
    y: tuple[Mark, ...] = ()
    x_title: str = ""
    y_title: str = ""
    y_end: float | None = None
    headings: tuple[tuple[float, float, str], ...] = ()

    def moved(self, scale: float, dx: float, dy: float) -> "Marks":
        """Return the same marks in other coordinates: times ``scale``, then shifted."""
        return replace(
            self,
            x=tuple((scale * at + dx, label) for at, label in self.x),
            y=tuple((scale * at + dy, label) for at, label in self.y),
            y_end=None if self.y_end is None else scale * self.y_end + dx,
            headings=tuple((scale * x + dx, scale * y + dy, label) for x, y, label in self.headings),
        )


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return round numbers from ``low`` to ``high``, at most ``most`` + 1 of them and at least one.

    Parameters
    ----------
    whole : bool
        whole numbers only: years, counts of pictures
    """
    # Numbers nearer to each other than that are one to every reader, and have no logarithm to go by.
    if (high - low) / most < sys.float_info.min:
        return [low]
    step = nice_step((high - low) / most, whole=whole)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [i * step for i in range(first, last + 1)] or [low]


def nice_step(least: float, *, whole: bool = False) -> float:
    """Return the smallest round step that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    step = next(s * power for s in _STEPS if s * power >= least * (1 - 1e-9))
    return max(1.0, step if step != 2.5 else 5.0) if whole else step


def number(value: float, step: float) -> str:
    """Return a tick as text, with as many decimals as its step needs."""
    decimals = next((d for d in range(12) if math.isclose(step, round(step, d), rel_tol=1e-6)), 12)
    # No comma in what may be a year.
    return numeral(value, f",.{decimals}f" if abs(value) >= 10_000 else f".{decimals}f")
