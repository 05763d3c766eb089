"""The figures of a setting that people compare: what each is called, what it means, how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from barrx.i18n import _, numeral
from barrx.judgement import comeback
from barrx.ui.tune.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure.

    Attributes
    ----------
    name : str
        as the table of a sweep calls it
    title, meaning : str
        what people read; the meaning is one line
    value : callable
        returns the figure of a setting by its place in the sweep, None for none
    written : callable
        writes a figure
    low_first : the lowest figure is the best one
    """

    name: str
    title: str
    meaning: str
    value: Callable[[Results, int], float | None]
    written: Callable[[float], str]
    low_first: bool = False


def _of(name: str) -> Callable[[Results, int], float | None]:
    def value(found: Results, number: int) -> float | None:
        """Return the figure of that name."""
        figure: float | None = found.entries[number].figures.get(name)
        return figure

    return value


def _stability(found: Results, number: int) -> float | None:
    return comeback.share_of(found.stability[number]) if number in found.stability else None


def _percent(value: float) -> str:
    return numeral(value, ".0%")


def _decimal(value: float) -> str:
    return numeral(value, ".2f")


def measures(column: str | None) -> list[Measure]:
    """Return the figures in the order they are shown; the last ones only with a column to compare with."""
    return [*_of_map(), *_of_clusters(), *(_agreement(column) if column is not None else [])]


def _of_map() -> list[Measure]:
    return [
        Measure(
            name="trustworthiness",
            title=_("trustworthiness"),
            meaning=_("Are neighbours on the map neighbours for the network too? 1: all of them are."),
            value=_of("trustworthiness"),
            written=lambda value: numeral(value, ".3f"),
        ),
        Measure(
            name="clusters",
            title=_("clusters"),
            meaning=_("How many groups HDBSCAN finds on this map. More is not better."),
            value=_of("clusters"),
            written=lambda value: numeral(value, ".0f"),
        ),
        Measure(
            name="noise_share",
            title=_("noise"),
            meaning=_("The share of the images that are in no cluster."),
            value=_of("noise_share"),
            written=_percent,
            low_first=True,
        ),
    ]


def _of_clusters() -> list[Measure]:
    """Return what tells whether the clusters are more than drawn."""
    return [
        Measure(
            name="dbcv",
            title=_("DBCV"),
            meaning=_(
                "Are clusters dense inside, and the map thin between them? From −1 to 1, higher is better."
            ),
            value=_of("dbcv"),
            written=_decimal,
        ),
        Measure(
            name="stability",
            title=_("comes back"),
            meaning=_(
                "How much of its clusters other seeds, and samples of the images, show again. 100%: all of it."
            ),
            value=_stability,
            written=_percent,
        ),
    ]


def comparable(shown: Sequence[Measure], found: Results) -> list[Measure]:
    """Return figures of which each is one thing for all settings: DBCV and relative validity are two.

    Relative validity is left out where no setting has it.
    """
    has_relative = any(entry.figures["dbcv_kind"] == "relative" for entry in found.entries.values())
    apart: list[Measure] = []
    for one in shown:
        apart.append(replace(one, value=_of_kind("dbcv")) if one.name == "dbcv" else one)
        if one.name == "dbcv" and has_relative:
            apart.append(_relative_validity(one))
    return apart


def _relative_validity(dbcv: Measure) -> Measure:
    return replace(
        dbcv,
        name="relative_validity",
        title=_("relative validity"),
        meaning=_(
            "The same question, answered by an approximation where a cluster has more than 2,000 images."
        ),
        value=_of_kind("relative"),
    )


def _of_kind(kind: str) -> Callable[[Results, int], float | None]:
    def value(found: Results, number: int) -> float | None:
        """Return the validity where it is of that kind."""
        figures = found.entries[number].figures
        figure: float | None = figures["dbcv"] if figures["dbcv_kind"] == kind else None
        return figure

    return value


def _agreement(column: str) -> list[Measure]:
    return [
        Measure(
            name="ami",
            title=_("agreement"),
            meaning=_(
                "Do clusters and “{column}” put the same images together? Adjusted mutual information: 0 is chance, "
                "1 is the same grouping."
            ).format(column=column),
            value=_of("ami"),
            written=_decimal,
        ),
        Measure(
            name="ari",
            title=_("adjusted Rand index"),
            meaning=_(
                "The same, counted by pairs of images that both put together or both part: 0 is chance, 1 is the same "
                "grouping."
            ),
            value=_of("ari"),
            written=_decimal,
        ),
        Measure(
            name="ami_clustered",
            title=_("agreement without noise"),
            meaning=_("The agreement of the images that are in a cluster only. Much noise makes it easy."),
            value=_of("ami_clustered"),
            written=_decimal,
        ),
    ]
