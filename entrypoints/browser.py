"""What a browser is trusted with: the session cookie, and from which pages. Both doors ask here."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.sansio.http import parse_cookie

from chat_domain.model.errors import Forbidden

_NAME: Final = "parley"
_SECURE_NAME: Final = "__Host-parley"


class ForeignOrigin(Forbidden):
    """A page of another site tried to act in the name of a signed-in user."""

    code = "foreign_origin"
    detail = "This request did not come from a page of this server."


class BrowserTrust:
    """Judges requests by their WSGI environment. `public_url` is the address that browsers see, if it was set."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url

    def is_secure(self, environ: Mapping[str, Any]) -> bool:
        """Whether the browser talks TLS."""
        scheme = urlsplit(self._public_url).scheme if self._public_url else environ.get("wsgi.url_scheme")
        return scheme == "https"

    def cookie_name(self, environ: Mapping[str, Any]) -> str:
        """What the session cookie is called; with TLS the `__Host-` prefix ties it to this host alone."""
        return _SECURE_NAME if self.is_secure(environ) else _NAME

    def cookie(self, environ: Mapping[str, Any]) -> str | None:
        """The session cookie's value, if there is one."""
        # Not http.cookies: it reads nothing at all where another program of the host set a cookie against the rules.
        return parse_cookie(environ.get("HTTP_COOKIE")).get(self.cookie_name(environ))

    def is_foreign(self, environ: Mapping[str, Any]) -> bool:
        """Whether a page of another site sent this: it names an Origin, and not ours."""
        origin = environ.get("HTTP_ORIGIN")
        return origin is not None and origin.rstrip("/").lower() != self._own_origin(environ)

    def is_same_origin(self, environ: Mapping[str, Any]) -> bool:
        """Whether a page of ours sent this for certain: by its Origin, or where there is none by Sec-Fetch-Site."""
        if environ.get("HTTP_ORIGIN") is not None:
            return not self.is_foreign(environ)
        return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin"

    def _own_origin(self, environ: Mapping[str, Any]) -> str:
        if self._public_url:
            return self._public_url
        return f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST', '')}".lower()
