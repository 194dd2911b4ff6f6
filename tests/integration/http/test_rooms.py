"""Opening, finding, changing and deleting rooms, and who may see them."""

from typing import Any

import pytest

from tests.integration.http.world import Caller, World, a_name, bad_fields, problem


@pytest.mark.parametrize("kind", ["public", "private"])
def test_who_opens_a_room_owns_it(anna: Caller, kind: str) -> None:
    reply = anna.post("/api/chat/rooms", json={"name": "Harbour", "description": "Boats\nand tides", "kind": kind})
    assert reply.status_code == 201
    assert reply.json["message"]
    room = reply.json["chat_room"]
    expected = {"name": "Harbour", "description": "Boats\nand tides", "kind": kind, "member_count": 1}
    assert expected.items() <= room.items()
    assert (room["joined"], room["role"], room["unread"]) == (True, "owner", 0)
    assert (room["first_seq"], room["last_seq"]) == (1, 1)


def test_a_room_is_public_unless_told_otherwise(anna: Caller) -> None:
    assert anna.opens()["kind"] == "public"


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "   "}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"name": "two\nlines"}, {"name"}),
        ({"name": "x", "kind": "direct"}, {"kind"}),
        ({"name": "x", "kind": "secret"}, {"kind"}),
        ({"name": "x", "description": "y" * 501}, {"description"}),
        ({"name": 5, "description": [], "kind": 7}, {"name", "description", "kind"}),
        ({"name": "x", "member_count": 9, "id": 1, "last_seq": 7}, {"member_count", "id", "last_seq"}),
    ],
)
def test_a_bad_room_is_refused_with_every_bad_field(anna: Caller, body: dict[str, Any], blamed: set[str]) -> None:
    assert set(bad_fields(anna.post("/api/chat/rooms", json=body))) == blamed


def test_public_rooms_are_found_by_name_or_description_and_private_ones_are_not(anna: Caller, ben: Caller) -> None:
    word = a_name("regatta")
    named = anna.opens(name=f"The {word.upper()}")
    described = anna.opens(description=f"about the {word}")
    anna.opens(name=f"Secret {word}", kind="private")
    found = ben.get(f"/api/chat/rooms?scope=public&query={word}").json
    assert [room["id"] for room in found["chat_rooms"]] == [named["id"], described["id"]]
    assert [room["joined"] for room in found["chat_rooms"]] == [False, False]
    assert found["next"] is None


def test_ones_own_rooms_are_listed_page_by_page(anna: Caller) -> None:
    ids = [anna.opens(name=f"Room {number}")["id"] for number in range(5)]
    pages = [anna.get("/api/chat/rooms?limit=2").json]
    while pages[-1]["next"] is not None:
        pages.append(anna.get(f"/api/chat/rooms?limit=2&cursor={pages[-1]['next']}").json)
    assert [[room["id"] for room in page["chat_rooms"]] for page in pages] == [ids[:2], ids[2:4], ids[4:]]


def test_a_room_is_seen_with_its_members_and_its_newest_messages(anna: Caller, ben: Caller) -> None:
    room = anna.opens()
    anna.brings(ben, room)
    said = [ben.says(room, f"message {number}") for number in range(60)]
    seen = anna.get(f"/api/chat/rooms/{room['id']}").json["chat_room"]
    assert [(user["id"], user["role"]) for user in seen["users"]] == [(anna.id, "owner"), (ben.id, "member")]
    assert seen["users_next"] is None
    assert [message["id"] for message in seen["messages"]] == [message["id"] for message in said[-50:]]
    assert (seen["has_more_before"], seen["unread"], seen["last_seq"]) == (True, 60, 62)


def test_the_members_of_a_room_come_page_by_page(world: World, anna: Caller) -> None:
    room = anna.opens()
    others = [world.someone() for _ in range(4)]
    for other in others:
        anna.brings(other, room)
    first = anna.get(f"/api/chat/rooms/{room['id']}?users_limit=3").json["chat_room"]
    rest = anna.get(f"/api/chat/rooms/{room['id']}?users_limit=3&users_cursor={first['users_next']}").json["chat_room"]
    assert [user["id"] for user in first["users"] + rest["users"]] == [anna.id, *(other.id for other in others)]
    assert rest["users_next"] is None


def test_a_public_room_is_read_by_anybody_who_is_signed_in(world: World, anna: Caller, outsider: Caller) -> None:
    room = anna.opens()
    message = anna.says(room)
    seen = outsider.get(f"/api/chat/rooms/{room['id']}").json["chat_room"]
    assert (seen["joined"], seen["role"], seen["unread"]) == (False, None, 0)
    assert seen["messages"][0]["id"] == message["id"]
    assert outsider.get(f"/api/chat/rooms/{room['id']}/messages").json["messages"][0]["id"] == message["id"]
    assert outsider.get(f"/api/chat/rooms/{room['id']}/events").json["last_seq"] == 2
    problem(world.nobody().get(f"/api/chat/rooms/{room['id']}"), 401, "unauthenticated")


def test_who_only_looks_into_a_public_room_changes_nothing_there(anna: Caller, ben: Caller, outsider: Caller) -> None:
    room = anna.opens()
    message = anna.says(room)
    base = f"/api/chat/rooms/{room['id']}"
    for method, path, body in room_changes(base, message["id"], ben.id):
        problem(outsider.open(path, method=method, json=body), 403, "not_a_member")
    seen = anna.get(base).json["chat_room"]
    assert (seen["last_seq"], seen["name"], seen["messages"][0]["content"]) == (2, "Harbour", "hello")


def test_an_outsider_cannot_tell_a_private_room_from_no_room(anna: Caller, ben: Caller, outsider: Caller) -> None:
    room = anna.opens(kind="private")
    direct = anna.post("/api/chat/direct", json={"user_ids": [ben.id]}).json["chat_room"]
    for kept in (room, direct):
        message = anna.says(kept)
        for method, end, body in every_way_in(message["id"], ben.id):
            reply = outsider.open(f"/api/chat/rooms/{kept['id']}{end}", method=method, json=body)
            nowhere = outsider.open(f"/api/chat/rooms/{2**52}{end}", method=method, json=body)
            assert problem(reply, 404, "room_not_found")["detail"] == problem(nowhere, 404, "room_not_found")["detail"]
    assert anna.get(f"/api/chat/rooms/{room['id']}").json["chat_room"]["member_count"] == 1


def room_changes(base: str, message_id: int, user_id: int) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Everything that a member or a moderator does to a room, but for joining."""
    return [
        ("PATCH", base, {"name": "Mine"}),
        ("DELETE", base, None),
        ("POST", f"{base}/leave", None),
        ("PUT", f"{base}/members/{user_id}", {"role": "owner"}),
        ("DELETE", f"{base}/members/{user_id}", None),
        ("POST", f"{base}/messages", {"message": "let me in"}),
        ("PATCH", f"{base}/messages/{message_id}", {"message": "rewritten"}),
        ("DELETE", f"{base}/messages/{message_id}", None),
        ("PUT", f"{base}/read", {"seq": 1}),
    ]


def every_way_in(message_id: int, user_id: int) -> list[tuple[str, str, dict[str, Any] | None]]:
    reading: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("GET", "/messages?around=1", None),
        ("GET", "/events", None),
        ("POST", "/join", None),
    ]
    return reading + room_changes("", message_id, user_id)


def test_moderators_change_a_room_and_members_do_not(anna: Caller, ben: Caller) -> None:
    room = anna.opens(description="old")
    anna.brings(ben, room)
    path = f"/api/chat/rooms/{room['id']}"
    problem(ben.patch(path, json={"name": "Mine"}), 403, "forbidden")
    problem(ben.delete(path), 403, "forbidden")
    anna.brings(ben, room, role="moderator")
    changed = ben.patch(path, json={"name": "Quay"}).json["chat_room"]
    assert (changed["name"], changed["description"]) == ("Quay", "old")
    changed = ben.patch(path, json={"description": ""}).json["chat_room"]
    assert (changed["name"], changed["description"]) == ("Quay", "")


def test_a_change_that_changes_nothing_is_no_event(anna: Caller) -> None:
    room = anna.opens()
    for body in ({}, {"name": "Harbour"}, {"name": None, "description": None}):
        reply = anna.patch(f"/api/chat/rooms/{room['id']}", json=body)
        assert (reply.status_code, reply.json["chat_room"]["last_seq"]) == (200, 1)


def test_a_deleted_room_is_gone_with_all_that_was_said(anna: Caller, ben: Caller) -> None:
    room = anna.opens()
    anna.brings(ben, room)
    anna.says(room)
    assert anna.delete(f"/api/chat/rooms/{room['id']}").status_code == 200
    for caller in (anna, ben):
        for end in ("", "/messages", "/events"):
            problem(caller.get(f"/api/chat/rooms/{room['id']}{end}"), 404, "room_not_found")
        assert room["id"] not in [r["id"] for r in caller.get("/api/chat/rooms").json["chat_rooms"]]
    problem(anna.delete(f"/api/chat/rooms/{room['id']}"), 404, "room_not_found")
