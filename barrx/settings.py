"""Every environment variable, read once."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from platformdirs import user_data_path

from barrx.errors import ParameterError
from barrx.i18n import _

T = TypeVar("T", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where Barr X keeps its data, and what it may do.

    Attributes
    ----------
    home : Path
        datasets, cache, weights (``BARRX_HOME``)
    data_roots : tuple of Path
        server folders a browser user may import from (``BARRX_DATA_ROOTS``, separated like ``PATH``)
    read_only : bool
        no import, no removal, no write of a collection (``BARRX_READ_ONLY``)
    max_pixels : int
        largest picture taken, in pixels (``BARRX_MAX_PIXELS``)
    cache_gb : float
        size of the two caches together, in GB (``BARRX_CACHE_GB``)
    """

    home: Path
    data_roots: tuple[Path, ...] = ()
    read_only: bool = False
    max_pixels: int = 250_000_000
    cache_gb: float = 5.0

    def __post_init__(self) -> None:
        if self.max_pixels < 1:
            raise ParameterError(
                _("BARRX_MAX_PIXELS must be at least 1, got {value}.").format(value=self.max_pixels)
            )
        if not self.cache_gb > 0:
            raise ParameterError(
                _("BARRX_CACHE_GB must be above 0, got {value}.").format(value=self.cache_gb)
            )

    @property
    def datasets_dir(self) -> Path:
        return self.home / "datasets"

    @property
    def cache_dir(self) -> Path:
        return self.home / "cache"

    @property
    def weights_dir(self) -> Path:
        return self.home / "weights"


def _number(name: str, kind: type[T], default: T) -> T:
    text = os.environ.get(name, "").strip()
    try:
        return kind(text.replace("_", "").replace(",", "")) if text else default
    except ValueError:
        raise ParameterError(
            _("{name} must be a number, got “{text}”. Set it to a number or leave it out.").format(
                name=name, text=text
            )
        ) from None


@cache
def current() -> Settings:
    """Return the settings of this process, read from the environment at the first call."""
    home = os.environ.get("BARRX_HOME", "").strip()
    roots = os.environ.get("BARRX_DATA_ROOTS", "").split(os.pathsep)
    return Settings(
        home=Path(home).expanduser().resolve() if home else user_data_path("barrx", appauthor=False),
        data_roots=tuple(Path(r).expanduser().resolve() for r in roots if r.strip()),
        read_only=os.environ.get("BARRX_READ_ONLY", "").strip().lower() in {"1", "true", "yes", "on"},
        max_pixels=_number("BARRX_MAX_PIXELS", int, 250_000_000),
        cache_gb=_number("BARRX_CACHE_GB", float, 5.0),
    )
