"""Whatever is sent as a body, the answer is a clear refusal and nothing is changed by it."""

from json import dumps
from typing import Any

import pytest

from tests.integration.http.place import Place
from tests.integration.http.world import PASSWORD, bad_fields, problem

WITH_BODY: dict[str, dict[str, Any]] = {
    "POST /api/register": {"username": "zoe", "password": PASSWORD, "email": "zoe@example.org", "name": "Zoë"},
    "POST /api/login": {"username": "zoe", "password": PASSWORD},
    "POST /api/token": {"refresh_token": "x"},
    "PATCH /api/me": {"name": "x", "email": "x@example.org", "password": PASSWORD, "current_password": PASSWORD},
    "POST /api/chat/rooms": {"name": "x", "description": "y", "kind": "public"},
    "PATCH /api/chat/rooms/{room}": {"name": "x", "description": "y"},
    "POST /api/chat/direct": {"user_ids": [1]},
    "PUT /api/chat/rooms/{room}/members/{other}": {"role": "member"},
    "POST /api/chat/rooms/{room}/messages": {"message": "x", "client_id": "k", "reply_to": 1},
    "PATCH /api/chat/rooms/{room}/messages/{message}": {"message": "x"},
    "PUT /api/chat/rooms/{room}/read": {"seq": 1},
}
FIELDS = [(route, field) for route, body in WITH_BODY.items() for field in body]

NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"message": "x',
    "not JSON": b"message=x",
    "NaN": b'{"message": NaN}',
    "a number of 400 digits": b'{"message": 1' + b"0" * 400 + b"}",
    "infinity": b'{"message": -Infinity}',
    "a lone surrogate": b'{"message": "\\ud800"}',
    "bytes that are not UTF-8": b'{"message": "\xff\xfe"}',
    "UTF-16": '{"message": "x"}'.encode("utf-16"),
    "10,000 deep": b'{"message":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "10,000 deep and cut off": b'{"a":' * 10_000,
    "two values": b"{}{}",
    "a comment": b'{/* x */"message": "x"}',
    "a raw control character": b'{"message": "\x00"}',
}
NOT_AN_OBJECT = {"a list": b"[]", "text": b'"x"', "a number": b"5", "null": b"null", "truth": b"true"}


@pytest.mark.parametrize("body", (NOT_JSON | NOT_AN_OBJECT).values(), ids=(NOT_JSON | NOT_AN_OBJECT).keys())
@pytest.mark.parametrize("route", WITH_BODY)
def test_a_body_that_is_no_json_object_is_malformed(place: Place, route: str, body: bytes) -> None:
    problem(place.open(route, data=body, content_type="application/json"), 400, "bad_request")
    assert place.unchanged()


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
@pytest.mark.parametrize("route", WITH_BODY)
def test_a_body_of_another_kind_is_refused(place: Place, route: str, kind: str | None) -> None:
    body = dumps(WITH_BODY[route]).encode()
    problem(place.open(route, data=body, content_type=kind), 415, "unsupported_media_type")
    assert place.unchanged()


@pytest.mark.parametrize("route", WITH_BODY)
def test_a_body_over_64_kb_is_too_large(place: Place, route: str) -> None:
    body = b'{"x": "' + b"y" * 65_536 + b'"}'
    problem(place.open(route, data=body, content_type="application/json"), 413, "content_too_large")
    assert place.unchanged()


def test_a_body_of_unknown_length_is_too_large_as_well(place: Place) -> None:
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    for size, status in ((65_535, 200), (65_537, 413), (200_000, 413)):
        body = b'{"name": ""}'.ljust(size)
        reply = place.open("PATCH /api/me", data=body, content_type="application/json", environ_overrides=chunked)
        assert reply.status_code == status


@pytest.mark.parametrize("route", WITH_BODY)
def test_an_unknown_field_is_named_and_refused(place: Place, route: str) -> None:
    body = {**WITH_BODY[route], "is_admin": True, "": 1, "__proto__": {}}
    assert {"is_admin", "", "__proto__"} <= set(bad_fields(place.open(route, json=body)))
    assert place.unchanged()


@pytest.mark.parametrize(
    "value",
    [[], {}, [[]], {"$ne": None}, 2**63, 2**64, -(2**63) - 1, 1e308, "nul\x00", "x" * 5_000],
    ids=lambda value: str(value)[:20].replace("\x00", "NUL"),
)
@pytest.mark.parametrize(("route", "field"), FIELDS, ids=lambda part: str(part).replace(" ", ""))
def test_a_value_of_the_wrong_kind_is_blamed_on_its_field(place: Place, route: str, field: str, value: object) -> None:
    reply = place.open(route, json={**WITH_BODY[route], field: value})
    unchecked_text = (route, field) in CHECKED_BY_USE and value == "nul\x00"
    if unchecked_text:
        problem(reply, 401 if route.startswith("POST") else 422)
    else:
        assert any(blamed.partition(".")[0] == field for blamed in bad_fields(reply))
    assert place.unchanged()


CHECKED_BY_USE = {
    # Any text may be tried as a name, a password or a token; what is wrong with it is not told.
    ("POST /api/login", "username"),
    ("POST /api/login", "password"),
    ("POST /api/token", "refresh_token"),
    ("PATCH /api/me", "current_password"),
}


def test_objects_1000_deep_are_refused_field_by_field(place: Place) -> None:
    for route in ("POST /api/chat/rooms/{room}/messages", "PUT /api/chat/rooms/{room}/read", "PATCH /api/me"):
        for field in ("message", "seq", "name", "more"):
            body = f'{{"{field}":' + '{"a":' * 1_000 + "1" + "}" * 1_001
            assert field in bad_fields(place.open(route, data=body, content_type="application/json"))
    assert place.unchanged()


def test_a_body_full_of_unknown_fields_is_answered_field_by_field(place: Place) -> None:
    assert len(bad_fields(place.open("PATCH /api/me", json=dict.fromkeys(map(str, range(6_000)), 1)))) == 6_000
