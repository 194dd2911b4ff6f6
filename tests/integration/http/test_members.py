"""Joining, leaving, inviting, ranks, removing, and direct conversations."""

import pytest

from tests.integration.http.world import Caller, World, bad_fields, problem


def members_of(caller: Caller, room_id: int) -> dict[int, str]:
    users = caller.get(f"/api/chat/rooms/{room_id}").json["chat_room"]["users"]
    return {user["id"]: user["role"] for user in users}


def test_anybody_joins_a_public_room_and_joining_twice_is_the_same(anna: Caller, ben: Caller) -> None:
    room = anna.opens()
    anna.says(room, "before")
    for _ in range(2):
        reply = ben.post(f"/api/chat/rooms/{room['id']}/join")
        assert (reply.status_code, bool(reply.json["message"])) == (200, True)
        joined = reply.json["chat_room"]
        assert (joined["joined"], joined["role"], joined["member_count"]) == (True, "member", 2)
        assert (joined["unread"], joined["last_seq"]) == (0, 3)


def test_leaving_is_always_allowed_and_coming_back_too(anna: Caller, ben: Caller) -> None:
    room = anna.opens()
    ben.post(f"/api/chat/rooms/{room['id']}/join")
    left = ben.post(f"/api/chat/rooms/{room['id']}/leave").json["chat_room"]
    assert (left["joined"], left["role"], left["member_count"]) == (False, None, 1)
    problem(ben.post(f"/api/chat/rooms/{room['id']}/leave"), 403, "not_a_member")
    problem(ben.post(f"/api/chat/rooms/{room['id']}/messages", json={"message": "x"}), 403, "not_a_member")
    assert ben.post(f"/api/chat/rooms/{room['id']}/join").status_code == 200


def test_who_left_a_private_room_is_an_outsider(anna: Caller, ben: Caller) -> None:
    room = anna.opens(kind="private")
    anna.brings(ben, room)
    reply = ben.post(f"/api/chat/rooms/{room['id']}/leave")
    assert reply.json["chat_room"]["joined"] is False
    problem(ben.get(f"/api/chat/rooms/{room['id']}"), 404, "room_not_found")
    problem(ben.post(f"/api/chat/rooms/{room['id']}/join"), 404, "room_not_found")


def test_the_last_owner_who_leaves_hands_the_room_on(anna: Caller, ben: Caller, outsider: Caller) -> None:
    room = anna.opens()
    anna.brings(outsider, room)
    anna.brings(ben, room, role="moderator")
    anna.post(f"/api/chat/rooms/{room['id']}/leave")
    assert members_of(ben, room["id"]) == {ben.id: "owner", outsider.id: "member"}


def test_an_owner_brings_people_in_and_gives_them_roles(anna: Caller, ben: Caller) -> None:
    room = anna.opens(kind="private")
    path = f"/api/chat/rooms/{room['id']}/members/{ben.id}"
    new = anna.put(path, json={})
    assert (new.status_code, new.json["member"]["role"], new.json["member"]["id"]) == (201, "member", ben.id)
    for role in ("moderator", "owner", "member", "member"):
        reply = anna.put(path, json={"role": role})
        assert (reply.status_code, reply.json["member"]["role"]) == (200, role)
    assert members_of(anna, room["id"]) == {anna.id: "owner", ben.id: "member"}


def test_nobody_gives_more_than_they_have(world: World, anna: Caller, ben: Caller, outsider: Caller) -> None:
    room = anna.opens()
    anna.brings(ben, room, role="moderator")
    base = f"/api/chat/rooms/{room['id']}/members"
    for user_id in (ben.id, outsider.id):
        problem(ben.put(f"{base}/{user_id}", json={"role": "owner"}), 403, "forbidden")
    problem(ben.put(f"{base}/{anna.id}", json={"role": "member"}), 403, "forbidden")
    problem(ben.delete(f"{base}/{anna.id}"), 403, "forbidden")
    ben.brings(outsider, room)
    problem(outsider.put(f"{base}/{outsider.id}", json={"role": "moderator"}), 403, "forbidden")
    problem(outsider.put(f"{base}/{world.someone().id}", json={}), 403, "forbidden")
    problem(outsider.delete(f"{base}/{ben.id}"), 403, "forbidden")
    assert members_of(anna, room["id"]) == {anna.id: "owner", ben.id: "moderator", outsider.id: "member"}


def test_a_removed_member_is_out(anna: Caller, ben: Caller) -> None:
    room = anna.opens(kind="private")
    anna.brings(ben, room)
    path = f"/api/chat/rooms/{room['id']}/members/{ben.id}"
    assert anna.delete(path).status_code == 200
    problem(ben.get(f"/api/chat/rooms/{room['id']}"), 404, "room_not_found")
    problem(anna.delete(path), 404, "member_not_found")


def test_one_leaves_rather_than_removes_oneself(anna: Caller) -> None:
    room = anna.opens()
    assert bad_fields(anna.delete(f"/api/chat/rooms/{room['id']}/members/{anna.id}")) == {"user_id": "self"}


def test_somebody_who_is_not_there_cannot_be_brought_in_or_removed(anna: Caller) -> None:
    room = anna.opens()
    path = f"/api/chat/rooms/{room['id']}/members/{2**52}"
    problem(anna.put(path, json={}), 404, "user_not_found")
    problem(anna.delete(path), 404, "member_not_found")


@pytest.mark.parametrize("role", ["admin", "", None, 3, ["owner"]])
def test_a_role_that_is_none_is_refused(anna: Caller, ben: Caller, role: object) -> None:
    room = anna.opens()
    assert set(bad_fields(anna.put(f"/api/chat/rooms/{room['id']}/members/{ben.id}", json={"role": role}))) == {"role"}


def test_the_same_people_always_get_the_same_direct_room(world: World, anna: Caller, ben: Caller) -> None:
    third = world.someone()
    first = anna.post("/api/chat/direct", json={"user_ids": [ben.id]})
    assert first.status_code == 201
    room = first.json["chat_room"]
    assert (room["kind"], room["member_count"], room["name"]) == ("direct", 2, ben.username)
    assert [person["id"] for person in room["people"]] == [ben.id]
    again = ben.post("/api/chat/direct", json={"user_ids": [anna.id, anna.id, ben.id]})
    assert (again.status_code, again.json["chat_room"]["id"]) == (200, room["id"])
    group = anna.post("/api/chat/direct", json={"user_ids": [third.id, ben.id]})
    assert (group.status_code, group.json["chat_room"]["member_count"]) == (201, 3)
    assert group.json["chat_room"]["id"] != room["id"]


def test_nobody_is_brought_into_a_direct_room(anna: Caller, ben: Caller, outsider: Caller) -> None:
    room = anna.post("/api/chat/direct", json={"user_ids": [ben.id]}).json["chat_room"]
    problem(anna.put(f"/api/chat/rooms/{room['id']}/members/{outsider.id}", json={}), 403, "forbidden")
    problem(outsider.post(f"/api/chat/rooms/{room['id']}/join"), 404, "room_not_found")
    problem(anna.delete(f"/api/chat/rooms/{room['id']}/members/{ben.id}"), 403, "forbidden")
    problem(anna.patch(f"/api/chat/rooms/{room['id']}", json={"name": "Ours"}), 403, "forbidden")
    assert set(members_of(anna, room["id"])) == {anna.id, ben.id}


def test_who_left_a_direct_room_is_back_when_it_is_opened_again(anna: Caller, ben: Caller) -> None:
    room = anna.post("/api/chat/direct", json={"user_ids": [ben.id]}).json["chat_room"]
    ben.post(f"/api/chat/rooms/{room['id']}/leave")
    reply = anna.post("/api/chat/direct", json={"user_ids": [ben.id]})
    assert (reply.status_code, reply.json["chat_room"]["member_count"]) == (200, 2)
    assert ben.get(f"/api/chat/rooms/{room['id']}").status_code == 200


@pytest.mark.parametrize("user_ids", [[], [0], [-1], ["1"], [1.5], [True], [2**53], [2**63], [2**70], 5, None, [[1]]])
def test_a_direct_room_with_ids_that_are_none_is_refused(anna: Caller, user_ids: object) -> None:
    fields = bad_fields(anna.post("/api/chat/direct", json={"user_ids": user_ids}))
    assert fields
    assert all(field.startswith("user_ids") for field in fields)


def test_a_direct_room_with_nobody_known_or_with_too_many_is_refused(anna: Caller) -> None:
    assert bad_fields(anna.post("/api/chat/direct", json={"user_ids": [2**52]})) == {"user_ids": "user_not_found"}
    assert set(bad_fields(anna.post("/api/chat/direct", json={"user_ids": list(range(1, 12))}))) == {"user_ids"}
