"""What people keep of a collection: names of clusters, groups of pictures, verdicts, and views saved with their maps.

A name belongs to a set of pictures, by their filenames, and never to the number of a cluster: another setting
numbers its clusters anew, a collection that is added again has its pictures in another order.
"""

from barrx.views import verdicts
from barrx.views.appearance import BY_CLUSTER, Appearance
from barrx.views.names import cluster_names, name_cluster
from barrx.views.saved import Draft, SavedView
from barrx.views.sets import (
    MAX_NAME,
    Group,
    add_group,
    groups,
    remove_group,
    rename_group,
    restore_group,
    state,
)
from barrx.views.store import is_writable, set_aside
from barrx.views.style import Style

__all__ = [
    "BY_CLUSTER",
    "MAX_NAME",
    "Appearance",
    "Draft",
    "Group",
    "SavedView",
    "Style",
    "add_group",
    "cluster_names",
    "groups",
    "is_writable",
    "name_cluster",
    "remove_group",
    "rename_group",
    "restore_group",
    "set_aside",
    "state",
    "verdicts",
]
