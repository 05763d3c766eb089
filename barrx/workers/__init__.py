"""Worker processes: the dashboard's own process never imports TensorFlow, umap, hdbscan or sklearn.

A worker is ``python -m barrx.workers``, a process started anew and never forked. It reads one JSON request a
line from standard input and answers with JSON lines; arrays travel through the cache, never through the pipe,
and nothing is pickled. A worker whose parent dies, even by ``kill -9``, ends.
"""

from barrx.workers.job import Job, Lane, Meter, Snapshot, State
from barrx.workers.pool import Pool

__all__ = ["Job", "Lane", "Meter", "Pool", "Snapshot", "State"]
