"""What is raised, to problem objects; a fault of the server goes into the log too."""

from typing import Any
from uuid import uuid4

import structlog
from socketio.exceptions import ConnectionRefusedError as Refusal

from entrypoints.wire.problems import Problem, problem_of

_log = structlog.get_logger("parley.sockets")


def refusal(error: Exception, *, of: str) -> Problem:
    """The problem that an error becomes; `of` says what was refused by it."""
    request_id = uuid4().hex
    problem = problem_of(error, request_id=request_id)
    if problem.is_fault:
        _log.error("fault", request_id=request_id, of=of, exc_info=error)
    return problem


def refused_connect(error: Exception) -> Refusal:
    """What carries the problem that an error becomes into a CONNECT_ERROR."""
    problem = told(refusal(error, of="connect"))
    return Refusal(problem["detail"], problem)


def told(problem: Problem) -> dict[str, Any]:
    """The problem object for a client that gets no headers: where it says so, `retry_after` is in it, in seconds."""
    body: dict[str, Any] = dict(problem.body)
    if "Retry-After" in problem.headers:
        body["retry_after"] = int(problem.headers["Retry-After"])
    return body
