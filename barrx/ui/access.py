"""Who may look, and who may write: read-only servers, and the roles of people who have signed in.

Sign-in is Streamlit's own (OpenID Connect); it is on as soon as the secrets have a section ``[auth]``. The
section ``[barrx]`` then says who is who, by e-mail address or by domain (``@museum.example``)::

    [barrx]
    curators = ["ana@museum.example"]
    viewers = ["@museum.example"]  # "*": everybody the provider signs in
    public = false  # true: looking needs no sign-in
"""

import functools
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from streamlit.auth_util import is_authlib_installed
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from barrx import rights, settings
from barrx.errors import ParameterError
from barrx.i18n import _
from barrx.ui import keys
from barrx.ui.text import plain

log = logging.getLogger(__name__)

Role = Literal["curator", "viewer", "nobody"]
Answer = Callable[[Request], Awaitable[Response]]
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
    if get_script_run_ctx(suppress_warning=True) is None:
        return "nobody"
    return configured().of(st.user.to_dict() if st.user.is_logged_in else {})


def role_by_cookie(cookies: Mapping[str, str]) -> Role:
    """Return the role of a request beside the page, by the cookie of the sign-in."""
    if not is_on():
        return "curator"
    signed = _get_signed_cookie_with_chunks(dict(cookies), _COOKIE)
    user = json.loads(signed) if signed else {}
    return configured().of(user if user.get("is_logged_in") else {})


def may_look(cookies: Mapping[str, str]) -> bool:
    """Tell whether a request to a route beside the page may be answered."""
    return role_by_cookie(cookies) != "nobody"


def may_send(cookies: Mapping[str, str]) -> bool:
    """Tell whether a request that leaves something on the server may be answered, such as an upload."""
    try:
        return not settings.current().read_only and role_by_cookie(cookies) == "curator"
    except ParameterError as error:
        log.error("%s", error)
        return False


def for_those_who_may_look(answer: Answer) -> Answer:
    """Answer 403 to whoever may not look; their browser asks again each time, so that a sign-out counts."""

    @functools.wraps(answer)
    async def guarded(request: Request) -> Response:
        try:
            if not may_look(request.cookies):
                return Response(status_code=403, headers={"Cache-Control": "no-store"})
        except ParameterError as error:
            log.error("%s", error)
            return Response(status_code=403, headers={"Cache-Control": "no-store"})
        response = await answer(request)
        if is_on() and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    return guarded


def _may_asker_write() -> bool:
    return role() == "curator"


# --- what people see of it -----------------------------------------------------------------------------------


def gate() -> bool:
    """Tell whether the page may be shown to whoever asks; if not, show the way in."""
    try:
        if not is_on() or role() != "nobody":
            return True
    except ParameterError as error:
        log.error("%s", error)
        st.error(plain(str(error)), icon=":material/error:")
        return False
    st.title("Barr X", anchor=False)
    if st.user.is_logged_in:
        st.warning(
            _("{address} may not look at this dashboard. Ask whoever runs it to add this address.").format(
                address=plain(_address())
            ),
            icon=":material/lock:",
        )
        return False
    st.write(_("This dashboard is for people who have signed in."))
    _sign_in(type="primary")
    return False


def account() -> None:
    """Show the way in or out, where people sign in."""
    if not is_on():
        return
    if st.user.is_logged_in:
        said = _("Signed in as {address}.").format(address=plain(_address()))
        st.button(
            _("Sign out"),
            key=keys.SIGN_OUT,
            help=said,
            type="tertiary",
            icon=":material/logout:",
            on_click=st.logout,
        )
    elif configured().public:
        _sign_in(type="tertiary")


def why_not() -> str:
    """Say to a visitor why nothing can be changed here."""
    if settings.current().read_only:
        return _("This dashboard is read-only: everything can be explored, nothing changed.")
    return rights.refusal()


def why_no_sweep() -> str:
    """Say to a visitor why no sweep can be started here, and what to do for one; a command follows."""
    if settings.current().read_only:
        return _("This dashboard is read-only. Ask whoever runs it to run the sweep:")
    return _(
        "Only curators start sweeps here. Send one the address of this page: it holds these settings. Or ask whoever "
        "runs the server to run:"
    )


def explanation() -> str:
    """Say in plain words who may look here and who may change something."""
    if settings.current().read_only:
        return _(
            "This dashboard is read-only: everybody may browse, tune and share links; nobody can change anything."
        )
    if not is_on():
        return _(
            "There is no sign-in here: whoever can open this page may browse, and may also change names, groups, "
            "views and collections. Set BARRX_READ_ONLY=1, or set up a sign-in, before others can reach it."
        )
    may_look = (
        _("Everybody may browse, tune and share links.")
        if configured().public
        else _("People who have signed in and are on the list may browse, tune and share links.")
    )
    mine = (
        _("You are signed in as a curator: you may change names, groups, views and collections.")
        if role() == "curator"
        else _("Only curators may change names, groups, views and collections.")
    )
    return f"{may_look} {mine}"


def _sign_in(*, type: Literal["primary", "tertiary"]) -> None:
    if not is_authlib_installed():
        st.error(_("Sign-in needs a package that is not here. Run: pip install “streamlit[auth]”"))
        return
    st.button(_("Sign in"), key=keys.SIGN_IN, type=type, icon=":material/login:", on_click=st.login)


def _address() -> str:
    return str(st.user.get("email") or _("This account"))


rights.decide_by(_may_asker_write)
