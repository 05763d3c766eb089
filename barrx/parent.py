"""The end of a process whose parent has ended."""

import os
import sys

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG of Linux
_SIGKILL = 9


def end_with_parent(parent: int | None = None) -> None:
    """Have Linux end this process with its parent, even in the middle of compiled code.

    Parameters
    ----------
    parent : its id, if this process is to end at once should that one be gone already
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PARENT_DEATH, _SIGKILL)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
