"""Every error leaves as a problem object."""

import orjson
import structlog
from flask import Flask, Response, current_app, g
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from entrypoints.wire.parsing import refusal
from entrypoints.wire.problems import MEDIA_TYPE, problem_of

_log = structlog.get_logger("parley.http")


def register_errors(app: Flask) -> None:
    """Turn whatever is raised into a problem object."""
    app.register_error_handler(Exception, respond)


def respond(error: Exception) -> Response:
    """The problem that an error becomes."""
    if isinstance(error, HTTPException) and error.response is not None:
        return current_app.make_response(error.response)  # a redirect of Werkzeug's own
    problem = problem_of(error, request_id=g.request_id)
    if problem.is_fault:
        _log.error("fault", request_id=g.request_id, exc_info=error)
    return Response(orjson.dumps(problem.body), problem.status, problem.headers, mimetype=MEDIA_TYPE)


def refuse_invalid(error: ValidationError) -> Response:
    """What flask-openapi answers where a request does not fit its model."""
    return respond(refusal(error))
