"""Headers that keep a browser from doing what no page of ours asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from entrypoints.browser import BrowserTrust

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def with_headers(app: WSGIApplication, trust: BrowserTrust) -> WSGIApplication:
    """The application with these headers on every response, files and errors too; no cache keeps what the API says."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        more = dict(_HEADERS)
        path = environ.get("PATH_INFO", "")
        if path.startswith("/api/") and not path.startswith("/api/docs"):
            more["Cache-Control"] = "no-store"
        if trust.is_secure(environ):
            more["Strict-Transport-Security"] = "max-age=31536000"

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            given = {name.lower() for name, _ in headers}
            missing = [(name, value) for name, value in more.items() if name.lower() not in given]
            return start_response(status, headers + missing, *error)

        return app(environ, start)

    return answer
