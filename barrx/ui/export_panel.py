"""The map as a file: a page of its own, a sheet for print, tables, what other programs read, the recipe."""

import shlex

import streamlit as st

from barrx import map_options, views
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import controls, downloads, export_kinds, keys
from barrx.ui.export_kinds import Kind
from barrx.ui.share import kept, present
from barrx.ui.standalone.scene import Scene, of_seen
from barrx.ui.text import plain
from barrx.views import verdicts


def show(dataset: Dataset) -> None:
    """Show what the map that Explore shows can be taken away as, and the button to do it."""
    now = present.of(dataset)
    if now is None:
        st.info(_("There is no map of this collection yet. Explore makes one."), icon=":material/map:")
        return
    labels = now.finished.clustering.labels
    names = views.cluster_names(dataset, labels)
    scene = of_seen(dataset, now.finished, now.seen, names, verdicts.kept(dataset, labels))
    left, right = st.columns([2, 3], gap="large")
    with left:
        kind = _choose(scene)
    with right:
        _explain(scene, kind)


def _choose(scene: Scene) -> Kind:
    kinds = {kind.ending: kind for kind in export_kinds.of(scene)}
    ending = st.selectbox(
        _("What to make of the map"),
        list(kinds),
        format_func=lambda chosen: kinds[chosen].name,
        key=keys.EXPORT_KIND,
    )
    kind = kinds[ending]
    try:
        kind.check(scene)
    except ParameterError as error:
        st.warning(plain(str(error)), icon=":material/info:")
        return kind
    downloads.button(
        _("Download"),
        # Made when it is asked for: a page with all its pictures takes its time.
        lambda: kind.make(scene),
        file_name=f"{scene.dataset.slug}{kind.ending}",
        mime=kind.mime,
        key=keys.EXPORT_DOWNLOAD,
        type="primary",
    )
    return kind


def _explain(scene: Scene, kind: Kind) -> None:
    st.markdown(plain(kind.help))
    kept.say_export(scene.dataset, scene.finished)
    if kind.is_as_seen:
        st.caption(_("It is the map that Explore shows, with its colours, filters and names."))
        st.caption(
            _("On the command line; filters and the place on the map come with a saved view (--view):")
        )
    else:
        st.caption(_("It is the map that Explore shows, with all of its images, whatever the filters."))
        st.caption(_("On the command line:"))
    st.code(command(scene, kind), language=None, wrap_lines=True)
    if kind.is_as_seen and scene.color is not None and scene.color not in scene.dataset.metadata:
        st.caption(
            _(
                "The command colours by cluster; the colour “{color}” comes with a saved view (--view)."
            ).format(color=plain(controls.colors(scene.dataset).get(scene.color, scene.color)))
        )
    if len(scene.dataset.filenames) > export_kinds.MOST_IN_MEMORY:
        st.caption(_("A collection of this size is made a page there, with an output that ends in .zip."))


def command(scene: Scene, kind: Kind) -> str:
    """Return the command that makes the same, from the parameters that are not the collection's own."""
    dataset = scene.dataset
    words = ["python", "-m", "barrx", "export", dataset.slug]
    words += map_options.written(scene.finished.request, dataset)
    if kind.is_as_seen and scene.color in dataset.metadata:
        words += ["--color", str(scene.color)]
    if kind.named:
        words += ["--as", kind.named]
    words += [
        "--recipe" if kind.ending == export_kinds.RECIPE else "--output",
        f"{dataset.slug}{kind.ending}",
    ]
    return shlex.join(words)
