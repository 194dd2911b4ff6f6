"""The web client: one page for every address of its own, and its files."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import NotFound
from whitenoise import WhiteNoise

from entrypoints.http.errors import respond

DIST: Final = Path(__file__).parents[1] / "web" / "dist"
_ADDRESSES: Final = ("/", "/register", "/login", "/chat", "/chat/<int:room>", "/chat/<int:room>/<int:seq>", "/settings")
_FOR_PROGRAMS: Final = ("/api/", "/socket.io")
_NOT_BUILT: Final = """<!doctype html><meta charset="utf-8"><title>Parley</title>
<p>The API is up. The web client is not built yet: run <code>make web</code>.</p>
"""


def pages(dist: Path) -> Blueprint:
    """The addresses that the client itself takes apart."""
    blueprint = Blueprint("pages", __name__)
    index = dist / "index.html"
    html = index.read_text(encoding="utf-8") if index.is_file() else _NOT_BUILT

    def page(**_: int) -> Response:
        response = Response(html, mimetype="text/html")
        response.headers["Cache-Control"] = "no-cache"
        return response

    def lost(error: NotFound) -> Response:
        """A person who followed a wrong link sees the client's own page for it; programs get the problem object."""
        if request.path.startswith(_FOR_PROGRAMS) or "text/html" not in request.headers.get("Accept", ""):
            return respond(error)
        response = page()
        response.status_code = HTTPStatus.NOT_FOUND
        return response

    for address in _ADDRESSES:
        blueprint.add_url_rule(address, "page", page)
    blueprint.app_errorhandler(NotFound)(lost)
    return blueprint


def serve_files(app: Flask, dist: Path) -> None:
    """Serve the client's files before Flask is asked; names with a hash are kept by browsers for ever."""
    if dist.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's documented way to wrap it
            app.wsgi_app,
            root=str(dist),
            immutable_file_test=lambda _, url: "/assets/" in url,
            allow_all_origins=False,
        )
