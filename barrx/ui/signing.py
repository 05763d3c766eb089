"""Signed tokens for addresses: only a page of this server can make them, and they end after a day or two."""

import base64
import binascii
import functools
import hashlib
import json
import os
import secrets
import time
from pathlib import Path

from filelock import FileLock
from itsdangerous import BadSignature, Signer

from barrx import settings
from barrx.errors import BarrxError
from barrx.i18n import _

DAY = 86_400  # seconds

_SECRET_BYTES = 32


def seal(claim: list[str], *, purpose: str) -> str:
    """Return a token that carries some texts for one purpose.

    The token is the same all day, so that browsers find in their cache what they have seen,
    and holds until the end of the next one (UTC).

    Raises
    ------
    BarrxError
        if the secret that signs cannot be read or written in ``BARRX_HOME``
    """
    until = (int(time.time()) // DAY + 2) * DAY
    sealed = json.dumps([*claim, until]).encode()
    return _signer(purpose).sign(base64.urlsafe_b64encode(sealed).rstrip(b"=")).decode()


def opened(token: str, *, purpose: str) -> list[str] | None:
    """Return the texts a token carries, None if it was not made here for this purpose, or has ended."""
    try:
        sealed = _signer(purpose).unsign(token)
        *claim, until = json.loads(base64.urlsafe_b64decode(sealed + b"=" * (-len(sealed) % 4)))
    except (BadSignature, binascii.Error, ValueError, TypeError):
        return None
    return claim if time.time() < until else None


def mark(text: str, *, purpose: str) -> str:
    """Return what stands for a text, always the same on this server; from it the text cannot be read.

    Raises
    ------
    BarrxError
        if the secret that signs cannot be read or written in ``BARRX_HOME``
    """
    return _signer(purpose).get_signature(text).decode()


def _signer(purpose: str) -> Signer:
    secret = _secret(settings.current().home)
    return Signer(secret, salt=f"barrx.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


@functools.cache
def _secret(home: Path) -> bytes:
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / "secret.lock"):
            if not path.exists():
                _write_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise BarrxError(
            _(
                "{path} cannot be read or written: {error}. Give Barr X a folder of its own in BARRX_HOME."
            ).format(path=path, error=error.strerror or error)
        ) from error
    if len(secret) != _SECRET_BYTES:
        raise BarrxError(
            _(
                "{path} must hold {bound} bytes, found {n}. Delete it; a new one is made at the next start."
            ).format(path=path, bound=_SECRET_BYTES, n=len(secret))
        )
    return secret


def _write_secret(path: Path) -> None:
    # Written aside and renamed: an interrupted start leaves no half of a secret behind.
    draft = path.with_name(f"secret.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(0o600, exist_ok=False)
    draft.write_bytes(secrets.token_bytes(_SECRET_BYTES))
    draft.replace(path)
