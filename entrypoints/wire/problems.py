"""Errors to problem objects (RFC 9457): the one table from kinds of error to statuses."""

import math
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from typing_extensions import TypedDict
from werkzeug.exceptions import HTTPException

from chat_domain.model.errors import (
    ChatError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[dict[type[ChatError], HTTPStatus]] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


# The names of RFC 9110; Python's own change with its version, and codes are made of them.
_NAMES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


class ProblemField(TypedDict):
    """One bad field."""

    field: str
    code: str
    detail: str


class ProblemBody(TypedDict):
    """What every error looks like, over HTTP and under `error` in an ack."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField]
    request_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem object and the headers that go with it over HTTP."""

    body: ProblemBody
    headers: dict[str, str]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.body["status"]

    @property
    def is_fault(self) -> bool:
        """Whether the server is to blame for it by a bug, so that the error belongs in the log."""
        return self.status == HTTPStatus.INTERNAL_SERVER_ERROR


def problem_of(error: BaseException, *, request_id: str) -> Problem:
    """The problem that an error becomes. Of an unexpected one nothing is told."""
    if isinstance(error, ChatError):
        return _of_refusal(error, request_id)
    if isinstance(error, HTTPException) and error.code and error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        status = HTTPStatus(error.code)
        code = re.sub(r"\W+", "_", _name(status).lower())
        headers = {"Allow": ", ".join(sorted(methods))} if (methods := getattr(error, "valid_methods", None)) else {}
        return Problem(_body(status, code, error.description or _name(status), request_id), headers)
    fault = "Something went wrong on the server. It was noted under this request_id."
    return Problem(_body(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", fault, request_id), {})


def _of_refusal(error: ChatError, request_id: str) -> Problem:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    body = _body(status, error.code, error.message, request_id)
    body["errors"] = [{"field": bad.field, "code": bad.code, "detail": bad.detail} for bad in error.fields]
    headers = {}
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(body, headers)


def _name(status: HTTPStatus) -> str:
    return _NAMES.get(status, status.phrase)


def _body(status: HTTPStatus, code: str, detail: str, request_id: str) -> ProblemBody:
    return {
        "type": f"urn:parley:problem:{code}",
        "title": _name(status),
        "status": int(status),
        "detail": detail,
        "code": code,
        "errors": [],
        "request_id": request_id,
    }
