"""What curators said to clusters and pictures, in a page of its own: hostile text."""

from html import escape

from barrx.i18n import _
from barrx.ui.standalone.scene import Scene
from barrx.views import verdicts


def fields(scene: Scene) -> dict[str, list[str]]:
    """Return what the card of each picture says of verdicts, by the name of the field; none where there are none."""
    found = verdicts.columns(scene.dataset.filenames, scene.finished.clustering.labels, scene.verdicts)
    opinions = {str(opinion): name for opinion, name in verdicts.opinion_names().items()}
    names = {
        "verdict": _("verdict"),
        "verdict_note": _("note on the verdict"),
        "cluster_verdict": _("verdict on the cluster"),
        "cluster_verdict_note": _("note on the cluster"),
    }
    return {names[str(name)]: [opinions.get(cell, cell) for cell in found[name]] for name in found.columns}


def table(scene: Scene) -> str:
    """Return the verdicts on clusters as HTML, "" for none."""
    opinions = verdicts.opinion_names()
    rows = [
        (scene.cluster_names.get(one["cluster"], ""), opinions[one["opinion"]], str(one["note"]))
        for one in scene.verdicts
        if "cluster" in one
    ]
    body = "".join(
        # As everywhere in the file, nothing is an address that leads anywhere.
        f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(opinion)}</td><td dir="auto">{_safe(note)}</td></tr>'
        for name, opinion, note in rows
    )
    return f"<table>{body}</table>" if body else ""


def _safe(text: str) -> str:
    return escape(text).replace("://", ":&#47;&#47;")
