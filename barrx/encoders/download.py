"""Fetching published weights: resumable, verified, one download at a time."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from barrx import settings
from barrx.encoders import weights
from barrx.encoders.entry import MEGABYTE, Encoder, Published
from barrx.encoders.weights import WeightsStatus
from barrx.errors import Cancelled, EncoderError
from barrx.i18n import _

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_CONNECT_SECONDS, _READ_SECONDS = 10, 30
_ATTEMPTS = 10
_CHUNK = 2**15  # of a piece that breaks off within, nothing is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetch:
    encoder: Encoder
    published: Published
    part: Path
    progress: Progress
    cancelled: Callable[[], bool]

    @property
    def done(self) -> int:
        """Return how many bytes are here."""
        return self.part.stat().st_size if self.part.exists() else 0


class _Refused(Exception):
    """The server answered, but not with the file."""


def download(
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> WeightsStatus:
    """Fetch the published weights of an encoder, unless they are here.

    What came before a break is kept and the rest asked for, in this call and in the next. Another process's
    download of the same weights is waited for and used. Does not import TensorFlow.

    Parameters
    ----------
    encoder : Encoder
    progress : callable (done_bytes, total_bytes)
    cancelled : callable () -> bool
        asked after each piece

    Raises
    ------
    EncoderError
        if the server cannot be reached or refuses, if what it sends is not the published file, or if the
        disk is full; the message says how to go on
    Cancelled
        if ``cancelled`` said so
    """
    found = weights.status(encoder)
    if found.verified:
        return found
    published = weights.need_published(encoder)
    part = settings.current().weights_dir / f"{encoder.slug}-{published.digest[:12]}.part"
    fetch = _Fetch(encoder=encoder, published=published, part=part, progress=progress, cancelled=cancelled)
    with weights.incoming(encoder, cancelled, lambda: progress(fetch.done, published.size)) as folder:
        found = weights.status(encoder)
        if found.verified:
            return found
        with weights.writing(encoder, folder):
            _fetch_all(fetch)
            _verify(fetch)
        return weights.take(encoder, part, weights.layout_of(part), verified=True)


def _fetch_all(fetch: _Fetch) -> None:
    """Bring the file here, going on after a break as long as each attempt brings something."""
    import requests

    reason = ""
    for _attempt in range(_ATTEMPTS):
        before = fetch.done
        try:
            return _attempt_from(fetch, before)
        except (requests.RequestException, _Refused) as error:
            log.info("fetching %s: %s", fetch.published.url, error)
            reason = _reason(error)
            if fetch.done <= before:
                break
    raise EncoderError(_failure(fetch, reason))


def _attempt_from(fetch: _Fetch, before: int) -> None:
    import requests

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={before}-"} if before else {})
    timeout = (_CONNECT_SECONDS, _READ_SECONDS)
    with requests.get(fetch.published.url, headers=headers, stream=True, timeout=timeout) as response:
        if before and response.status_code == requests.codes.requested_range_not_satisfiable:
            return  # all of it is here, or something else is: the hash tells
        start = _start(response, before)
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else fetch.published.size
        done = start
        with fetch.part.open("ab" if start else "wb") as file:
            for chunk in response.iter_content(_CHUNK):
                if fetch.cancelled():
                    raise Cancelled(_("Stopped before the weights were fetched. What came is kept."))
                file.write(chunk)
                done += len(chunk)
                fetch.progress(done, total)
        if done < total:
            raise requests.ConnectionError(f"closed after {done} of {total} bytes")


def _start(response: "requests.Response", before: int) -> int:
    """Return the byte the answer starts with; a server that ignores Range sends all of it."""
    if response.status_code == 200:
        return 0
    if response.status_code != 206:
        raise _Refused(
            _("the server answered {status} {text}")
            .format(status=response.status_code, text=" ".join((response.reason or "").split()))
            .strip()
        )
    sent = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if sent is None or int(sent[1]) != before:
        raise _Refused(_("the server sent another piece of the file than the one asked for"))
    return before


def _verify(fetch: _Fetch) -> None:
    digest = weights.digest_of(fetch.part, fetch.published.algorithm)
    if digest == fetch.published.digest:
        return
    fetch.part.unlink()
    raise EncoderError(
        _(
            "What {url} sent is not the published file: its {algorithm} is {digest}, expected {expected}. "
            "It was removed. A proxy or a login page of this network may stand in the way. {elsewhere}"
        ).format(
            url=fetch.published.url,
            algorithm=fetch.published.algorithm,
            digest=digest,
            expected=fetch.published.digest,
            elsewhere=_elsewhere(fetch),
        )
    )


# --- what to say ------------------------------------------------------------------------------------------


def _reason(error: Exception) -> str:
    """Return why a request failed, without the addresses of objects that requests puts into its texts."""
    import requests

    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _("no secure connection: the certificate is not accepted")
    if isinstance(error, requests.exceptions.ProxyError):
        return _("the proxy does not let it through")
    if isinstance(error, requests.exceptions.Timeout):
        return _("no answer in time")
    if isinstance(error, requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return _("no connection, or it broke off")
    return type(error).__name__


def _failure(fetch: _Fetch, reason: str) -> str:
    message = _("The weights of {encoder} could not be fetched: {reason}.").format(
        encoder=fetch.encoder.title, reason=reason
    )
    if fetch.done:
        message += " " + _("{done:.1f} of {size:.1f} MB are here; the next try goes on from there.").format(
            done=fetch.done / MEGABYTE, size=fetch.encoder.size_mb
        )
    return f"{message} {_elsewhere(fetch)}"


def _elsewhere(fetch: _Fetch) -> str:
    return _(
        "If this network forbids it, fetch {url} on another one and install the file with: "
        "python -m barrx weights {slug} --from FILE"
    ).format(url=fetch.published.url, slug=fetch.encoder.slug)
