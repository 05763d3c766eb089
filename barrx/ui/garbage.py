"""A collection of garbage stops every session, for as long as it takes to look through what is there.

Modules, and what is made once of them, are there as long as the server is: it need not look at them. Most come with
the server's start, the rest, such as what draws charts, with the first page.
"""

import functools
import gc
import threading
from typing import Final

_DRAWN_WITHIN: Final = 3.0  # seconds that the first page takes to be whole


def leave_out() -> None:
    """Keep what is there now out of all collections."""
    gc.freeze()


@functools.cache
def leave_out_first_page() -> None:
    """Do it once more, and no more: what sessions leave behind is to be collected."""
    timer = threading.Timer(_DRAWN_WITHIN, gc.freeze)
    timer.daemon = True
    timer.start()
