"""Addresses, questions, methods and headers that make no sense: each gets its clear refusal."""

import pytest

from tests.integration.http.place import Place
from tests.integration.http.world import Caller, World, bad_fields, problem

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
