"""Whether names, groups, views and collections may be written: never on a read-only server, and not by everybody.

The core asks here before each write. Who is asking only the page knows: it says so by :func:`decide_by`.
"""

from collections.abc import Callable

from barrx import settings
from barrx.i18n import _


def _anybody() -> bool:
    return True


_may_asker_write: Callable[[], bool] = _anybody


def decide_by(may_asker_write: Callable[[], bool]) -> None:
    """Let a function say, at each write, whether whoever asks for it may write."""
    global _may_asker_write
    _may_asker_write = may_asker_write


def may_write() -> bool:
    """Tell whether something may be written here and now."""
    return not settings.current().read_only and _may_asker_write()


def refusal() -> str:
    """Say why nothing may be written, and what to do."""
    if settings.current().read_only:
        return _("Nothing can be changed here: BARRX_READ_ONLY is set. Start without it.")
    return _("Only curators may change something here. Sign in as one.")
