"""Who may look, and who may write: read-only servers, and the roles of people who have signed in.

Sign-in is Streamlit's own (OpenID Connect); it is on as soon as the secrets have a section ``[auth]``. The
section ``[barrx]`` then says who is who, by e-mail address or by domain (``@museum.example``)::

    [barrx]
    curators = ["ana@museum.example"]
    viewers = ["@museum.example"]  # "*": everybody the provider signs in
    public = false  # true: looking needs no sign-in
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from barrx import rights
from barrx.errors import ParameterError
from barrx.i18n import _

Role = Literal["curator", "viewer", "nobody"]
may_write = rights.may_write

_COOKIE = "_streamlit_user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who is who, by e-mail address or ``@domain``.

    Attributes
    ----------
    curators, viewers : tuple of str
        "*" among the viewers: everybody who has signed in
    public : bool
        looking needs no sign-in
    """

    curators: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    public: bool = False

    def of(self, user: Mapping[str, Any]) -> Role:
        """Return the role of a user by the claims of the provider; {} for somebody who has not signed in."""
        address = user.get("email")
        # Anybody can enter any address at some providers; what is not verified is no name.
        is_known = isinstance(address, str) and "@" in address and user.get("email_verified", True) is True
        names = _names(str(address)) if is_known else frozenset[str]()
        if names & set(self.curators):
            return "curator"
        if self.public or names & set(self.viewers) or (names and "*" in self.viewers):
            return "viewer"
        return "nobody"


def _names(address: str) -> frozenset[str]:
    address = address.strip().lower()
    return frozenset((address, "@" + address.rpartition("@")[2]))


# --- what is set up -----------------------------------------------------------------------------------------


def is_on() -> bool:
    """Tell whether people sign in here.

    Raises
    ------
    ParameterError
        if there are secrets that cannot be read: a slip of the pen must not open the door
    """
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    for path in st.get_option("secrets.files"):
        if Path(path).is_file():
            raise ParameterError(
                _("{path} cannot be read as TOML. Mend it, or take it away.").format(path=path)
            )
    return False


def configured() -> Roles:
    """Return who is who by the secrets.

    Raises
    ------
    ParameterError
        if the section ``[barrx]`` holds something else than lists of addresses
    """
    section = st.secrets.get("barrx", {})
    public = section.get("public", False)
    if type(public) is not bool:
        raise ParameterError(
            _("public must be true or false in the secrets, got “{value}”.").format(value=public)
        )
    return Roles(
        curators=_listed("curators", section.get("curators", ())),
        viewers=_listed("viewers", section.get("viewers", ())),
        public=public,
    )


def _listed(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        found = tuple(one.strip().lower() for one in value if isinstance(one, str))
        allowed = ("*",) if name == "viewers" else ()
        if len(found) == len(value) and all("@" in one or one in allowed for one in found):
            return found
    raise ParameterError(
        _(
            "{name} must be a list of e-mail addresses and domains in the secrets, such as "
            '["ana@museum.example", "@museum.example"], got “{value}”.'
        ).format(name=name, value=value)
    )


# --- who is asking ------------------------------------------------------------------------------------------


def role() -> Role:
    """Return the role of whoever looks at this page; without sign-in everybody is a curator."""
    if not is_on():
        return "curator"
    if get_script_run_ctx() is None:
        return "nobody"
    return configured().of(st.user.to_dict() if st.user.is_logged_in else {})


def may_look(cookies: Mapping[str, str]) -> bool:
    """Tell whether a request to a route beside the page may be answered, by the cookie of the sign-in."""
    if not is_on():
        return True
    signed = _get_signed_cookie_with_chunks(dict(cookies), _COOKIE)
    user = json.loads(signed) if signed else {}
    return configured().of(user if user.get("is_logged_in") else {}) != "nobody"


def _may_asker_write() -> bool:
    return role() == "curator"


rights.decide_by(_may_asker_write)
