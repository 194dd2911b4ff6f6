"""Whatever is sent, the answer is a clear refusal and nothing is changed by it."""

from json import dumps
from typing import Any

import pytest

from tests.integration.http.world import PASSWORD, Caller, World, bad_fields, problem

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


class Place:
    """A room with a message, its owner, and how to address them."""

    def __init__(self, world: World) -> None:
        self.owner = world.someone()
        self.room = self.owner.opens()
        self.message = self.owner.says(self.room, "as it was")
        self.other = world.someone()

    def open(self, route: str, **more: Any) -> Any:
        method, path = route.split(" ")
        where = path.format(room=self.room["id"], message=self.message["id"], other=self.other.id)
        return self.owner.open(where, method=method, **more)

    def unchanged(self) -> bool:
        room = self.owner.get(f"/api/chat/rooms/{self.room['id']}").json["chat_room"]
        me = self.owner.get("/api/me").json["user"]
        return (room["last_seq"], room["member_count"], room["messages"], me["name"]) == (2, 1, [self.message], "")


@pytest.fixture(scope="module")
def place(world: World) -> Place:
    return Place(world)


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


PATHS = [
    "GET /api/chat/rooms/{}",
    "PATCH /api/chat/rooms/{}",
    "DELETE /api/chat/rooms/{}",
    "POST /api/chat/rooms/{}/join",
    "POST /api/chat/rooms/{}/leave",
    "PUT /api/chat/rooms/{}/members/1",
    "DELETE /api/chat/rooms/{room}/members/{}",
    "GET /api/chat/rooms/{}/messages",
    "POST /api/chat/rooms/{}/messages",
    "PATCH /api/chat/rooms/{room}/messages/{}",
    "DELETE /api/chat/rooms/{room}/messages/{}",
    "PUT /api/chat/rooms/{}/read",
    "GET /api/chat/rooms/{}/events",
    "DELETE /api/sessions/{}",
]
BODIES = {"PATCH": {"message": "x"}, "PUT": {"seq": 1}, "POST": {"message": "x"}}


@pytest.mark.parametrize("id", ["0", "9007199254740992", str(2**63), str(2**64), "9" * 4_301, "9" * 7_000])
@pytest.mark.parametrize("route", PATHS)
def test_an_id_that_nothing_can_have_is_refused(place: Place, route: str, id: str) -> None:
    method, path = route.split(" ")
    where = path.format(id, room=place.room["id"])
    reply = place.owner.open(where, method=method, json=BODIES.get(method))
    problem(reply, 422 if len(id) <= 20 else 404)
    assert place.unchanged()


@pytest.mark.parametrize("id", ["x", "-1", "1.5", "1e3", "%00", "%ED%A0%80", "１", "1%20", "0x1", "..", "%2e%2e"])
@pytest.mark.parametrize("route", PATHS)
def test_an_id_that_is_no_number_is_no_address(place: Place, route: str, id: str) -> None:
    method, path = route.split(" ")
    reply = place.owner.open(path.format(id, room=place.room["id"]), method=method, json=BODIES.get(method))
    problem(reply, 404, "not_found")
    assert place.unchanged()


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=x", f"limit={2**70}", "limit="),
        *("cursor=-1", "cursor=x", f"cursor={2**53}", "cursor=%00", "cursor="),
        *("scope=all", "scope=", "query=%00", f"query={'x' * 81}", "sort=name", "token=x", "query=%ff&limit=0"),
    ],
)
def test_a_bad_question_to_a_list_is_refused(place: Place, query: str) -> None:
    assert bad_fields(place.owner.get(f"/api/chat/rooms?{query}"))


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=-1", f"cursor={2**53}", "query=%00", "sort=name"])
def test_a_bad_question_about_people_is_refused(place: Place, query: str) -> None:
    assert bad_fields(place.owner.get(f"/api/users?{query}"))


@pytest.mark.parametrize("query", ["%", "_", "%25", "\\", "'", '"; drop table users; --', "(", "[a-z]", "é", "ß", "*"])
def test_a_search_takes_every_character_for_itself(place: Place, query: str) -> None:
    reply = place.owner.get("/api/users", query_string={"query": query})
    assert (reply.status_code, reply.json["users"]) == (200, [])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/login", {"POST", "OPTIONS"}),
        ("DELETE", "/api/me", {"GET", "HEAD", "PATCH", "OPTIONS"}),
        ("POST", "/api/me", {"GET", "HEAD", "PATCH", "OPTIONS"}),
        ("PUT", "/api/chat/rooms", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("PROPFIND", "/api/me", {"GET", "HEAD", "PATCH", "OPTIONS"}),
        ("TRACE", "/api/me", {"GET", "HEAD", "PATCH", "OPTIONS"}),
        ("POST", "/chat", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(place: Place, method: str, path: str, allowed: set[str]) -> None:
    reply = place.owner.open(path, method=method)
    problem(reply, 405, "method_not_allowed")
    assert set(reply.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/me/", "/api//me", "/nothing", "/api/chat/rooms/", "/\x00", "/%ff"]
)
def test_an_address_that_is_none_is_not_found(world: World, path: str) -> None:
    problem(world.nobody().get(path), 404, "not_found")


def test_headers_that_are_nonsense_do_no_harm(anna: Caller) -> None:
    for name, value in (
        ("Host", "a b"), ("Host", "[::1"), ("Host", ""), ("Content-Length", "-5"), ("Content-Length", "x"),
        ("Cookie", "\x80=\xff"), ("Range", "bytes=x-"), ("If-None-Match", "\xff"), ("Accept", "\xff/\xff;q=x"),
        ("Accept-Encoding", "gzip;q=x"), ("User-Agent", "\xff" * 2_000), ("Origin", "\xff"), ("Expect", "nothing"),
        ("If-Modified-Since", "yesterday"), ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Host", "evil.example"),
    ):  # fmt: skip
        reply = anna.get("/api/me", headers={name: value})
        assert reply.status_code in (200, 400), (name, value, reply.text)
