"""The Flask application."""

from pathlib import Path
from typing import Final

from werkzeug.routing import IntegerConverter

from entrypoints.browser import BrowserTrust
from entrypoints.http.accounts import own_account, public_accounts
from entrypoints.http.errors import refuse_invalid, register_errors
from entrypoints.http.headers import with_headers
from entrypoints.http.health import health
from entrypoints.http.json import JsonRequest, OrjsonProvider
from entrypoints.http.log import log
from entrypoints.http.messages import messages
from entrypoints.http.openapi import DescribedApp, docs
from entrypoints.http.pages import DIST, pages, serve_files
from entrypoints.http.requests_log import register_request_log
from entrypoints.http.rooms import members, people_and_rooms
from entrypoints.services import Services
from entrypoints.wire.views import Views

LARGEST_BODY: Final = 64 * 1024


class PlainNumber(IntegerConverter):
    """A number in an address: ASCII digits, and not so many that reading them is work."""

    regex = "[0-9]{1,20}"


def create_app(services: Services, views: Views, trust: BrowserTrust, *, dist: Path = DIST) -> DescribedApp:
    """The application over these services. `dist` is where the built web client lies."""
    app = DescribedApp(
        "parley",
        static_folder=None,
        doc_ui=False,
        info={"title": "Parley", "version": "1", "description": _DESCRIPTION},
        security_schemes={
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "parley"},
        },
        validation_error_callback=refuse_invalid,
    )
    app.openapi_version = "3.1.0"
    app.url_map.converters["int"] = PlainNumber
    app.url_map.merge_slashes = False  # it would answer with a page that redirects
    app.request_class = JsonRequest
    app.json = OrjsonProvider(app)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY)
    app.extensions["parley.services"] = services
    app.extensions["parley.trust"] = trust
    register_request_log(app)
    register_errors(app)
    of_rooms = (people_and_rooms(views), members(views), messages(views), log(views))
    for api in (health(), public_accounts(views), own_account(views), *of_rooms):
        app.register_api(api)
    app.add_url_rule("/api/openapi.json", "openapi", lambda: app.api_doc)
    app.register_blueprint(docs())
    app.register_blueprint(pages(dist))
    serve_files(app, dist)
    app.wsgi_app = with_headers(app.wsgi_app, trust)  # type: ignore[assignment,method-assign]  # as Flask documents
    return app


_DESCRIPTION: Final = (
    "Rooms and direct conversations over REST; live over Socket.IO at /socket.io with the same names. "
    "Errors are problem objects (RFC 9457) with a stable `code`. Lists go on where `next` says: pass it as `cursor`."
)
