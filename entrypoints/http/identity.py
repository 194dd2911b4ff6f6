"""Who calls, by a bearer token or by a browser's cookie."""

from flask import current_app, g, request

from chat_domain.model.errors import InvalidToken, Unauthenticated
from chat_domain.model.sessions import Actor
from chat_domain.services.sign_in import Device
from entrypoints.browser import BrowserTrust, ForeignOrigin
from entrypoints.services import Services


def services() -> Services:
    """The services of this application."""
    found: Services = current_app.extensions["parley.services"]
    return found


def trust() -> BrowserTrust:
    """Which browsers this application trusts."""
    found: BrowserTrust = current_app.extensions["parley.trust"]
    return found


def actor() -> Actor:
    """Who calls."""
    found: Actor = g.actor
    return found


def device() -> Device:
    """Where the call comes from."""
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    return Device(address=request.remote_addr or "", user_agent=agent)


def identify() -> None:
    """Find out who calls, before anything else is looked at; raises Unauthenticated or ForeignOrigin."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise InvalidToken
        g.actor = services().sessions.identify(token=token.strip())
        return
    cookie = trust().cookie(request.environ)
    if cookie is None:
        raise Unauthenticated
    if request.method not in ("GET", "HEAD"):
        require_own_page()
    g.actor = services().sessions.identify(cookie=cookie)


def require_own_page() -> None:
    """Refuse a request with a browser's cookie from a page of another site, or of unknown origin."""
    if not trust().is_same_origin(request.environ):
        raise ForeignOrigin
