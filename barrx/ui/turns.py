"""Pages take turns on the way to their map, the one asked for first before the next.

Python runs one thread at a time: of three pages at once each has its map when the last of them has, one after the other
the first has it in a third of that time. What a page shows after its map waits until no page is on the way to its own.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_AT_MOST: Final = 0.2  # seconds that one page waits for others; then the one in front has had its turn


class Turns:
    """The pages on the way to their map, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # By thread: a session runs one page at a time, in a thread of its own.
        self._pages: deque[int] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the pages that were asked for before, and be on the way until the end or `give_way`."""
        page = threading.get_ident()
        with self._changed:
            self._pages.append(page)
            if not self._changed.wait_for(lambda: self._is_next(page), _AT_MOST):
                self._leave(self._pages[0])
        try:
            yield
        finally:
            with self._changed:
                self._leave(page)

    def give_way(self) -> None:
        """Be on the way no longer, and wait for the pages that are; where nothing is on the way, go on."""
        with self._changed:
            if self._leave(threading.get_ident()):
                self._changed.wait_for(lambda: not self._pages, _AT_MOST)

    def _is_next(self, page: int) -> bool:
        return page not in self._pages or self._pages[0] == page

    def _leave(self, page: int) -> bool:
        if page not in self._pages:
            return False
        self._pages.remove(page)
        self._changed.notify_all()
        return True


turns: Final = Turns()
