"""The web client: one page for every address of its own, and its files."""

from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response
from whitenoise import WhiteNoise

DIST: Final = Path(__file__).parents[1] / "web" / "dist"
_ADDRESSES: Final = ("/", "/register", "/login", "/chat", "/chat/<int:room>", "/chat/<int:room>/<int:seq>", "/settings")
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

    for address in _ADDRESSES:
        blueprint.add_url_rule(address, "page", page)
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
