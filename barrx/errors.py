"""The errors of Barr X: everything a user can mend is a :class:`BarrxError`."""

from barrx.i18n import again


class BarrxError(Exception):
    """Root of all errors whose message is meant for the user.

    It is said in the language of whoever reads it, wherever and whenever it was raised.
    """

    def __str__(self) -> str:
        return (
            again(self.args[0])
            if len(self.args) == 1 and isinstance(self.args[0], str)
            else super().__str__()
        )


class DatasetError(BarrxError):
    """A collection cannot be read, added or removed."""


class ImageDecodeError(BarrxError):
    """A file cannot be turned into pixels.

    Attributes
    ----------
    reason : str
        one of ``not_an_image``, ``truncated``, ``too_large``, ``empty``,
        ``unsupported_format``, ``unreadable``, ``unsafe_path``
    detail : str
        what was found, for the quarantine list
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class EncoderError(BarrxError):
    """An encoder is unknown, or its weights are missing or wrong."""


class CacheError(BarrxError):
    """The cache holds something that may not be read."""


class ViewsError(BarrxError):
    """Names and groups cannot be read or written."""


class ParameterError(BarrxError, ValueError):
    """A parameter is outside its bounds."""


class WorkerError(BarrxError):
    """A worker process ended before its work was done."""


class Cancelled(BarrxError):
    """The user asked for the work to stop."""
