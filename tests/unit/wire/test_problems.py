"""Every error becomes a problem object with the right status, and a fault of the server gives nothing away."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound, RequestEntityTooLarge

from chat_domain.model import errors
from chat_domain.model.errors import ChatError, Invalid, TooMany, Unauthenticated, Unavailable, UsernameTaken
from entrypoints.wire.parsing import InvalidRequest, parse
from entrypoints.wire.problems import Problem, problem_of
from entrypoints.wire.requests import Register

STATUS = {
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}


def every_kind() -> list[type[ChatError]]:
    """The kinds and the named errors that belong to them."""
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, ChatError)]


def problem(error: BaseException) -> Problem:
    return problem_of(error, request_id="r1")


@pytest.mark.parametrize("kind", [kind for kind in every_kind() if kind is not ChatError])
def test_every_refusal_has_the_status_of_its_kind_and_its_own_code_and_sentence(kind: type[ChatError]) -> None:
    told = problem(kind())
    (status,) = {status for base, status in STATUS.items() if issubclass(kind, base)}
    assert told.status == told.body["status"] == status
    assert told.body["code"] == kind.code
    assert told.body["type"] == f"urn:parley:problem:{kind.code}"
    assert told.body["detail"] == kind.detail
    assert told.body["request_id"] == "r1"
    assert not told.is_fault


def test_a_field_that_is_to_blame_is_named() -> None:
    assert problem(UsernameTaken()).body["errors"] == [
        {"field": "username", "code": "username_taken", "detail": "This username is taken."}
    ]
    assert problem(Invalid("Too long.", code="too_long", field="name")).body["errors"] == [
        {"field": "name", "code": "too_long", "detail": "Too long."}
    ]


def test_of_a_bad_request_every_bad_field_is_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse(Register, {"username": "x"})
    body = problem(caught.value).body
    assert (body["status"], body["code"]) == (422, "invalid")
    assert {bad["field"] for bad in body["errors"]} == {"username", "password"}


@pytest.mark.parametrize("kind", [TooMany, Unavailable])
@given(seconds=st.floats(0, 1e6))
def test_a_client_is_told_to_wait_whole_seconds_at_least_one_and_not_less_than_it_takes(
    kind: type[TooMany | Unavailable], seconds: float
) -> None:
    told = int(problem(kind(retry_after=seconds)).headers["Retry-After"])
    assert told >= 1
    assert seconds <= told < seconds + 1 or told == 1


def test_a_caller_who_is_not_known_is_told_how_to_sign_in() -> None:
    assert problem(Unauthenticated()).headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("error", "status", "code", "title"),
    [
        (NotFound(), 404, "not_found", "Not Found"),
        (RequestEntityTooLarge(), 413, "content_too_large", "Content Too Large"),
    ],
)
def test_what_the_http_server_refuses_looks_like_any_other_problem(
    error: HTTPException, status: int, code: str, title: str
) -> None:
    body = problem(error).body
    assert (body["status"], body["code"], body["title"]) == (status, code, title)
    assert body["detail"]


def test_a_method_that_is_not_allowed_comes_with_those_that_are() -> None:
    assert problem(MethodNotAllowed(valid_methods=["PUT", "GET"])).headers == {"Allow": "GET, PUT"}


@pytest.mark.parametrize(
    "error", [KeyError("secret"), RuntimeError("secret"), InternalServerError("secret"), HTTPException("secret")]
)
def test_of_a_fault_nothing_is_told_but_the_number_under_which_it_was_noted(error: Exception) -> None:
    told = problem(error)
    assert told.is_fault
    assert (told.status, told.body["code"], told.headers) == (500, "internal", {})
    assert "secret" not in json.dumps(told.body)
    assert told.body["request_id"] == "r1"
