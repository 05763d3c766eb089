"""The clusters of a map as a table, as a Streamlit component: it is sorted and edited in the browser."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from barrx import roles, views
from barrx.cluster_rows import ClusterRow
from barrx.clustering import NOISE
from barrx.datasets import Dataset
from barrx.i18n import _, numeral, pgettext
from barrx.ui import component, palette, routes
from barrx.ui.text import rounded_down, shortened
from barrx.ui.tune import stable
from barrx.ui.tune.stable import Return

_HERE = Path(__file__).parent
_TEXT_LENGTH = 200  # more than a cell shows

_component = component.of_modules(
    "barrx_clusters",
    _HERE,
    html='<div class="barrx-clusters"></div>',
    css=(_HERE / "table.css").read_text(encoding="utf-8"),
)


def show(
    dataset: Dataset,
    rows: Sequence[ClusterRow],
    names: Mapping[int, str],
    *,
    mix: str,
    key: str,
    returns: Mapping[int, Return] | None = None,
    more: Mapping[str, Mapping[int, str]] | None = None,
    on_open: Callable[[int], None],
    on_rename: Callable[[int, str], None],
) -> None:
    """Show the table.

    Parameters
    ----------
    names : number -> name that people gave
    mix : the column that the mixes are of, "" for none
    returns : how each cluster comes back, None where it was not tried
    more : further columns: title -> number of the cluster -> text
    on_open : called with the number of a cluster, -1 for the noise
    on_rename : called with the number of a cluster and its name as it was typed; "" takes the name away
    """
    further = more or {}
    numbers = {row.number for row in rows}

    def hear_opened(number: Any) -> None:
        if type(number) is int and number in numbers:
            on_open(number)

    def hear_renamed(told: Any) -> None:
        renamed = _renamed(told, numbers - {NOISE})
        if renamed is not None:
            on_rename(*renamed)

    _component(
        key=key,
        data={
            "token": routes.sign(dataset.slug, dataset.fingerprint),
            "rows": [
                sent
                | {"more": [shortened(texts.get(row.number, ""), _TEXT_LENGTH) for texts in further.values()]}
                for row, sent in zip(rows, _sent(dataset, rows, names, returns or {}), strict=True)
            ],
            "more": list(further),
            "isEditable": views.is_writable(),
            "words": _words(mix, returns is not None),
        },
        hears={"opened": hear_opened, "renamed": hear_renamed},
    )


def label(number: int) -> str:
    """Return what a cluster is called whatever its name."""
    return _("noise") if number == NOISE else _("cluster {n}").format(n=number)


def _sent(
    dataset: Dataset, rows: Sequence[ClusterRow], names: Mapping[int, str], returns: Mapping[int, Return]
) -> list[dict[str, object]]:
    indexes = [index for row in rows for index in row.representatives]
    titles = dict(zip(indexes, roles.texts(dataset.metadata.iloc[indexes], "title"), strict=True))
    n_colours = len(palette.CATEGORICAL)
    return [
        {
            "number": row.number,
            "label": label(row.number),
            "name": names.get(row.number, ""),
            "colour": palette.NOISE if row.number == NOISE else palette.CATEGORICAL[row.number % n_colours],
            "shape": 0 if row.number == NOISE else row.number // n_colours % palette.N_SHAPES,
            "size": row.size,
            "strength": row.strength,
            "returns": returns[row.number].seeds if row.number in returns else None,
            "verdict": _verdict(returns.get(row.number)),
            "representatives": [
                [i, (titles[i] or dataset.filenames[i])[:_TEXT_LENGTH]] for i in row.representatives
            ],
            "mix": [
                [value[:_TEXT_LENGTH], share, numeral(rounded_down(share), ".0%")] for value, share in row.mix
            ],
            "texts": {
                "size": numeral(row.size),
                "share": numeral(row.share, ".1%"),
                "strength": "–" if row.strength is None else numeral(row.strength, ".2f"),
            },
        }
        for row in rows
    ]


def _verdict(found: Return | None) -> dict[str, str]:
    if found is None:
        return {"kind": "", "text": "", "share": "–", "explained": ""}
    share = "–" if found.seeds is None else numeral(found.seeds, ".0%")
    kind = "artefact" if found.hangs_on_few else found.verdict
    return {"kind": kind, "text": stable.words(found), "share": share, "explained": stable.explained(found)}


def _renamed(value: object, numbers: set[int]) -> tuple[int, str] | None:
    # Anybody can send anything.
    if not isinstance(value, Mapping):
        return None
    number, name = value.get("number"), value.get("name")
    return (number, name) if type(number) is int and number in numbers and isinstance(name, str) else None


def _words(mix: str, is_tried: bool) -> dict[str, object]:
    return {
        "caption": _("Every cluster of the map, and the images that are in none."),
        "number": _("Cluster"),
        "name": _("Name"),
        "representatives": _("Images"),
        "size": _("Size"),
        "share": pgettext("proportion", "Share"),
        "strength": _("Mean strength"),
        "returns": _("Comes back") if is_tried else "",
        "mix": mix[:_TEXT_LENGTH],
        "sort": _("Sort by this column"),
        "open": _("Open"),
        "give": _("Give a name"),
        "rename": _("Change the name"),
        "most": views.MAX_NAME,
        "bound": _("A name may have {bound} characters.").format(bound=views.MAX_NAME),
    }
