"""One line in the log for each request, with its id, and never what was said in it."""

import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("parley.http")
_QUIET = ("/healthz", "/readyz")


def register_request_log(app: Flask) -> None:
    """Give each request an id, and note how it ended."""

    @app.before_request
    def begin() -> None:
        g.request_id = uuid4().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        if request.path not in _QUIET:
            _log.info(
                "request",
                request_id=g.request_id,
                method=request.method,
                # The route, not the path: what stands in an address is the user's business.
                route=str(request.url_rule or "-"),
                status=response.status_code,
                ms=round((time.perf_counter() - g.began) * 1000, 1),
            )
        return response
