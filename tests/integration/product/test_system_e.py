"""System E: direct messages, made safe. Choose a person, talk, reload, use several browsers; and nobody listens in."""

from uuid import uuid4

import pytest
import requests
from socketio.exceptions import ConnectionError as NotConnected

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import PASSWORD, Person, Socket


@pytest.fixture
def outsider(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "carl")


def direct(anna: Person, ben: Person) -> int:
    """Their conversation, opened as a user would: by choosing a person by username."""
    (user,) = anna.ask("GET", f"/api/users?query={ben.username}")["users"]
    return int(anna.ask("POST", "/api/chat/direct", user_ids=[user["id"]])["chat_room"]["id"])


def test_e_one_chooses_a_person_by_username_and_talks(anna: Person, ben: Person) -> None:
    with anna.connected() as annas, ben.connected() as bens:
        room = direct(anna, ben)
        added = bens.hears("room_added")["chat_room"]
        assert (added["id"], added["kind"], added["name"]) == (room, "direct", anna.username)
        annas.ask("send_message", {"room_id": room, "message": "hello Ben", "client_id": "1"})
        assert bens.hears("receive_message", room_id=room)["message"]["content"] == "hello Ben"
        bens.ask("send_message", {"room_id": room, "message": "hello Anna", "client_id": "1"})
        assert annas.hears("receive_message", room_id=room, actor=person(ben))["message"]["content"] == "hello Anna"


def person(who: Person) -> dict[str, object]:
    return {"id": who.id, "username": who.username, "name": ""}


def test_e_both_always_find_the_same_conversation(anna: Person, ben: Person) -> None:
    assert direct(anna, ben) == direct(ben, anna) == direct(anna, ben)


def test_e_joining_and_leaving_are_noticed(anna: Person, ben: Person) -> None:
    room = direct(anna, ben)
    with anna.connected() as annas:
        ben.ask("POST", f"/api/chat/rooms/{room}/leave")
        assert annas.hears("user_left", room_id=room)["user"] == person(ben)
        direct(ben, anna)
        assert annas.hears("user_join", room_id=room)["user"] == person(ben)


def test_e_after_a_reload_one_is_back_and_has_missed_nothing(anna: Person, ben: Person) -> None:
    room = direct(anna, ben)
    with ben.connected() as bens:
        said = anna.says(room, "before")
        bens.hears("receive_message", room_id=room)
    anna.says(room, "while away")
    with ben.connected() as bens:
        missed = bens.ask("sync", {"rooms": {str(room): said["seq"]}})["rooms"][str(room)]
        assert [event["message"]["content"] for event in missed["events"]] == ["while away"]
        anna.says(room, "after")
        assert bens.hears("receive_message", room_id=room)["message"]["content"] == "after", "without joining again"


def test_e_several_browsers_of_one_person_all_hear(anna: Person, ben: Person) -> None:
    room = direct(anna, ben)
    with ben.connected() as desk, ben.connected() as phone, anna.connected() as annas:
        sent = {"room_id": room, "message": "from the desk", "client_id": uuid4().hex}
        desk.ask("send_message", sent)
        for socket in (desk, phone, annas):
            assert socket.hears("receive_message", room_id=room)["message"]["content"] == "from the desk"
        seq = phone.hears("receive_message")["seq"]
        annas.ask("send_message", {**sent, "message": "answer"})
        phone.hears("receive_message", seq=seq + 1)
        phone.ask("read", {"room_id": room, "seq": seq + 1})
        assert desk.hears("read_mark", room_id=room, read_seq=seq + 1)["unread"] == 0


def test_e_a_third_user_cannot_sit_in_a_direct_room(anna: Person, ben: Person, outsider: Person) -> None:
    room = direct(anna, ben)
    with outsider.connected() as outsiders, anna.connected() as annas:
        for event, more in (("join", {}), ("send_message", {"message": "x", "client_id": "1"}), ("typing", {})):
            refused = outsiders.refused(event, {"room_id": room, **more})
            assert (refused["status"], refused["code"]) == (404, "room_not_found")
        missed = outsiders.ask("sync", {"rooms": {str(room): 0}})
        assert (missed["rooms"], missed["gone"]) == ({}, [room])
        annas.ask("send_message", {"room_id": room, "message": "between us", "client_id": "1"})
        annas.hears("receive_message", room_id=room)
        assert [name for name, *_ in outsiders.heard if name in ("receive_message", "user_typing", "heads")] == []
    for end in ("", "/messages", "/events"):
        assert status_of(outsider, "GET", f"/api/chat/rooms/{room}{end}") == 404
    brought = status_of(anna, "PUT", f"/api/chat/rooms/{room}/members/{outsider.id}", {"role": "member"})
    assert brought == 403, "not even one of the two lets somebody in"


def status_of(who: Person, method: str, path: str, body: dict[str, str] | None = None) -> int:
    headers = {"Authorization": f"Bearer {who.token}"}
    return requests.request(method, who.url + path, json=body, headers=headers, timeout=10).status_code


def test_e_nobody_speaks_in_anothers_name(anna: Person, ben: Person) -> None:
    room = direct(anna, ben)
    with ben.connected() as bens:
        for field, value in (("sender", person(anna)), ("user_id", anna.id), ("username", anna.username)):
            refused = bens.refused("send_message", {"room_id": room, "message": "x", "client_id": "1", field: value})
            assert (refused["status"], [error["field"] for error in refused["errors"]]) == (422, [field])
        sent = bens.ask("send_message", {"room_id": room, "message": "me", "client_id": "1"})["message"]
        assert sent["sender"] == person(ben)
    said = anna.says(room, "mine")
    path = f"/api/chat/rooms/{room}/messages/{said['id']}"
    assert status_of(ben, "PATCH", path, {"message": "rewritten"}) == 403


@pytest.mark.parametrize("auth", [None, {}, {"username": "anna"}, {"token": "made-up"}, {"user_id": 1}])
def test_e_a_socket_says_who_it_is_and_proves_it(parley_server: ParleyServer, auth: dict[str, object] | None) -> None:
    socket = Socket()
    with pytest.raises(NotConnected):
        socket.connect(parley_server.url, auth=auth)
    socket.close()


def test_e_passwords_are_hashed(parley_server: ParleyServer, anna: Person) -> None:
    stored = b"".join(path.read_bytes() for path in parley_server.data.glob("parley.db*"))
    assert anna.username.encode() in stored
    assert b"$argon2id$" in stored
    assert PASSWORD.encode() not in stored
    assert anna.token.encode() not in stored
