"""The card of the picture that was clicked, beside what this page shows."""

from collections.abc import Sequence

from barrx import views
from barrx.datasets import Dataset
from barrx.pipeline import Map
from barrx.ui import coloring, inspector


def show(dataset: Dataset, finished: Map, beside: Sequence[int]) -> None:
    """Show the card.

    Parameters
    ----------
    beside : pictures to leaf through in the lightbox
    """
    given = views.cluster_names(dataset, finished.clustering.labels)
    names = coloring.cluster_names(finished.clustering, given)
    inspector.show(dataset, finished, names, beside=beside, on_map=False)
