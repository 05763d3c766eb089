"""A bar chart as SVG that stands alone: no script, no font, no address."""

from collections.abc import Sequence
from html import escape
from typing import Final

from barrx.i18n import numeral

_WIDTH: Final = 720
_ROW: Final = 26
_LABEL: Final = 220
_LONGEST = 34  # characters of a label
_MOST = 15


def svg(title: str, rows: Sequence[tuple[str, int]], color: str) -> bytes:
    """Draw counts as bars, the first 15 of them.

    Parameters
    ----------
    title, rows : hostile text
    color : "#rrggbb"
    """
    shown = rows[:_MOST]
    most = max((n for _name, n in shown), default=1)
    height = 40 + _ROW * len(shown)
    parts = [_text(0, 20, title[:120], 'font-weight="bold" font-size="15"')]
    for i, (name, n) in enumerate(shown):
        top = 34 + i * _ROW
        width = max(1.0, (_WIDTH - _LABEL - 60) * n / most)
        label = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        parts.append(_text(_LABEL - 8, top + 16, label, 'text-anchor="end"'))
        parts.append(
            f'<rect x="{_LABEL}" y="{top + 3}" width="{width:.1f}" height="{_ROW - 8}" fill="{color}"/>'
        )
        parts.append(_text(_LABEL + width + 6, top + 16, numeral(n), ""))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13" fill="#22252a">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    ).encode()


def _text(x: float, y: float, text: str, attributes: str) -> str:
    # XML has no place for control characters, whatever the escape.
    clean = "".join(c for c in text if c.isprintable())
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{escape(clean)}</text>'
