"""What the map says in the language of its reader."""

from barrx import views
from barrx.i18n import _, pgettext


def words() -> dict[str, str]:
    """Return the texts of the map, by their names in its code; {n}, {name} and the like are filled in there."""
    return {
        "toolbar": _("Map tools"),
        "pan": _("Move the map"),
        "box": _("Select with a box (Shift and drag)"),
        "lasso": _("Select with a lasso (Ctrl and drag)"),
        "add": _("Add to the selection (Alt and drag)"),
        "farther": _("Zoom out"),
        "closer": _("Zoom in"),
        "fit": _("Show everything"),
        "clear": _("Clear the selection"),
        "dots": _("Dots"),
        "both": _("Both"),
        "pictures": _("Images"),
        "size": _("Size of the images"),
        "legend": _("Colours"),
        "empty": _("There are no images to show."),
        "untitled": _("Untitled"),
        "noise": _("noise"),
        "show_names": _("Names of the clusters"),
        "show_outlines": _("Outlines of the clusters"),
        "show_noise": _("Images in no cluster"),
        "clusters": _("Clusters"),
        "fly": _("Show on the map"),
        "rename": _("Rename"),
        "most": str(views.MAX_NAME),
        "bound": _("A name may have {bound} characters.").format(bound=views.MAX_NAME),
        "select_cluster": _("Select"),
        "select_all": _("Select all of it"),
        "find": _("Find"),
        "others": _("Together as others"),
        "more": _("and {n} more"),
        "nothing_found": _("Nothing is called that."),
        "as_table": _("Clusters as a table"),
        "number": _("Number"),
        "name": _("Name"),
        "images": _("Images"),
        "share": pgettext("proportion", "Share"),
        "strength": _("Mean strength"),
        "search": _("Search all metadata"),
        "clear_search": _("Clear the search"),
        "hits": _("{n} of {total}"),
        "visited": _("{name}, {n} images"),
        "failed": _("The map could not be loaded."),
        "again": _("Try again"),
        "keys": _(
            "Arrow keys move the map, plus and minus zoom, 0 shows everything. "
            "Tab and Shift with Tab go from cluster to cluster; after Escape, Tab leaves the map. "
            "Enter opens the image in the middle, Space selects it or takes it out, Escape clears the selection."
        ),
    }
