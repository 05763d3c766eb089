"""What pictures can be arranged by: their places on the map, their clusters, their table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from barrx import roles
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.pipeline import Map

MEASURES = (":width", ":height", ":aspect")
"""Numbers every collection has: width and height of the pictures in pixels, and width over height."""

YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Pictures to arrange, in dataset order.

    Attributes
    ----------
    coordinates : (n_images, 2) float32, finite: the map
    labels : (n_images,) int, -1 is noise
    strength : (n_images,) float32
    metadata : (n_images, n_columns) DataFrame
    pictures : (n_images, n) DataFrame with ``width`` and ``height``
    """

    coordinates: NDArray[np.float32]
    labels: NDArray[np.int32]
    strength: NDArray[np.float32]
    metadata: pd.DataFrame
    pictures: pd.DataFrame

    @classmethod
    def of(cls, dataset: Dataset, finished: Map) -> "Source":
        """Return what a collection and a map of it can be arranged by."""
        return cls(
            coordinates=finished.coordinates,
            labels=finished.clustering.labels,
            strength=finished.clustering.strength,
            metadata=dataset.metadata,
            pictures=dataset.pictures,
        )

    def __len__(self) -> int:
        return len(self.coordinates)

    def column(self, name: str) -> pd.Series:
        """Return a column of the metadata.

        Raises
        ------
        ParameterError
            if there is none of that name
        """
        if name not in self.metadata.columns:
            raise ParameterError(
                _("There is no column “{name}”. There are: {columns}.").format(
                    name=name, columns=", ".join(map(str, self.metadata.columns)) or _("none")
                )
            )
        return self.metadata[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a numeric column or one of ``MEASURES`` as (n_images,) float64, NaN where it has no value.

        Raises
        ------
        ParameterError
            if there is no such column, it is not numeric, or no picture has a value
        """
        values = self._measured(name) if name in MEASURES else _as_numbers(self.column(name), name)
        values = np.where(np.isfinite(values), values, np.nan)
        if np.isnan(values).all():
            raise ParameterError(
                _("No image has a number in the column “{name}”. Choose another one.").format(name=name)
            )
        return values

    # --- what can be chosen -------------------------------------------------------------------------------

    def category_columns(self) -> list[str]:
        """Return the columns that make columns of pictures, the one with the fewest values first."""
        found = roles.categorical(self.metadata)
        n_values = {str(name): int(n) for name, n in self.metadata[found].nunique().items()}
        return sorted(found, key=lambda name: n_values[name])

    def numeric_columns(self) -> list[str]:
        """Return the columns that hold more than one number, and then ``MEASURES``."""
        found = [str(c) for c in self.metadata.columns if _is_numeric(self.metadata[c])]
        return [c for c in found if self.metadata[c].nunique() > 1] + list(MEASURES)

    def has_years(self) -> bool:
        """Tell whether there is a time axis to put the pictures on."""
        return YEAR in self.metadata.columns and bool(self.metadata[YEAR].notna().any())

    def _measured(self, name: str) -> NDArray[np.float64]:
        width, height = (self.pictures[side].to_numpy(np.float64) for side in ("width", "height"))
        return {":width": width, ":height": height}[name] if name != ":aspect" else width / height


def _is_numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _as_numbers(values: pd.Series, name: str) -> NDArray[np.float64]:
    if not _is_numeric(values):
        raise ParameterError(
            _("The column “{name}” does not hold numbers. Choose one that does.").format(name=name)
        )
    return values.to_numpy(np.float64, na_value=np.nan)
