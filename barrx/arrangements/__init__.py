"""The same pictures in other places: a grid, columns of categories, a time axis, two numbers against each other.

An arrangement gives every picture a place, in dataset order, and never drops one: what has no value stands in a
labelled place of its own. The places lie over the map's, so that pictures can travel from one to the other.
"""

from barrx.arrangements.arranging import Arranged, arrange, load_or_compute
from barrx.arrangements.axes import Marks
from barrx.arrangements.layouts import title
from barrx.arrangements.params import BY_CLUSTER, KINDS, Arrangement, Kind
from barrx.arrangements.source import MEASURES, YEAR, Source

__all__ = [
    "BY_CLUSTER",
    "KINDS",
    "MEASURES",
    "YEAR",
    "Arranged",
    "Arrangement",
    "Kind",
    "Marks",
    "Source",
    "arrange",
    "load_or_compute",
    "title",
]
