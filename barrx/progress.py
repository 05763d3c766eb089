"""Progress on a terminal."""

import sys
from typing import NoReturn

from tqdm import tqdm


class Bar:
    """A progress bar on standard error, begun at the first report; it shows the rate and the time left."""

    def __init__(self, title: str, unit: str, *, unit_scale: bool = False) -> None:
        self._title, self._unit, self._unit_scale = title, f" {unit}", unit_scale
        self._bar: tqdm[NoReturn] | None = None

    def update(self, done: int, total: int, detail: str = "") -> None:
        """Show how far the work is."""
        if self._bar is None:
            self._bar = tqdm(
                desc=self._title,
                total=total or None,
                initial=done,
                unit=self._unit,
                unit_scale=self._unit_scale,
                file=sys.stderr,
                leave=False,
            )
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.close()
