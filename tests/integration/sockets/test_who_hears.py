"""A socket hears exactly the rooms that its user is a member of, from the moment of joining to that of leaving."""

import time

import requests

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import PASSWORD, Person, Socket, eventually
from tests.integration.sockets.raw import a_websocket


def flush(sender: Person, socket: Socket, listener: Person) -> None:
    """Wait until the listener's socket has got whatever was sent to it before."""
    room = sender.opens(listener)
    sender.says(room, "flush")
    socket.hears("receive_message", room_id=room)


def test_a_removed_member_hears_nothing_more_on_sockets_that_are_open(anna: Person, ben: Person) -> None:
    room = anna.opens(ben, kind="private")
    with ben.connected() as first, ben.connected(transports=["polling"]) as second:
        anna.ask("DELETE", f"/api/chat/rooms/{room}/members/{ben.id}")
        anna.says(room, "behind his back")
        for socket in (first, second):
            assert socket.hears("room_removed") == {"room_id": room}
            flush(anna, socket, ben)
            assert socket.find("receive_message", room_id=room) is None
            assert socket.refused("typing", {"room_id": room})["status"] == 404


def test_a_socket_that_disconnected_hears_nothing_more_though_its_connection_is_open(
    server: ParleyServer, anna: Person, ben: Person
) -> None:
    room = anna.opens(ben)
    with a_websocket(server) as client:
        client.log_in(ben.token)
        client.send("41")
        client.send("40{}")
        while not (answer := client.text()).startswith("44{"):
            """What was pushed before it left."""
        assert "unauthenticated" in answer, "it is out, and has to name its user again"
        anna.says(room, "behind his back")
        client.send(f'40{{"token":"{ben.token}"}}')
        while not (pushed := client.text()).startswith("40{"):
            assert "behind his back" not in pushed
        anna.says(room, "welcome back")
        while "receive_message" not in (pushed := client.text()):
            """Presence, and how far the room is."""
        assert "welcome back" in pushed


def test_an_outsider_hears_nothing_of_a_public_room_until_joining(anna: Person, ben: Person) -> None:
    room = anna.opens()
    with ben.connected() as socket:
        anna.says(room, "before")
        socket.ask("join", {"room_id": room})
        anna.says(room, "after")
        socket.hears("receive_message")
        assert [event["message"]["content"] for event in socket.all("receive_message")] == ["after"]


def test_whoever_is_brought_in_hears_at_once_on_every_device(anna: Person, ben: Person) -> None:
    with ben.connected() as first, ben.connected() as second:
        room = anna.opens(ben)
        anna.says(room, "welcome")
        for socket in (first, second):
            assert socket.hears("room_added")["chat_room"]["id"] == room
            assert socket.hears("receive_message")["message"]["content"] == "welcome"


def test_a_deleted_room_is_gone_from_every_socket(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with ben.connected() as socket, anna.connected() as own:
        anna.ask("DELETE", f"/api/chat/rooms/{room}")
        assert socket.hears("room_removed") == own.hears("room_removed") == {"room_id": room}
        assert socket.refused("send_message", {"room_id": room, "message": "x"})["status"] == 404


def test_a_change_of_the_room_reaches_its_members(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with ben.connected() as socket:
        anna.ask("PATCH", f"/api/chat/rooms/{room}", name="Lighthouse")
        assert socket.hears("room_changed", room_id=room)["name"] == "Lighthouse"


def test_members_see_each_other_come_and_go_ten_seconds_after_the_last_socket(
    anna: Person, ben: Person, cleo: Person
) -> None:
    anna.opens(ben)
    with anna.connected() as socket, cleo.connected() as stranger:
        with ben.connected():
            assert socket.hears("presence", user_id=ben.id)["online"] is True
            with ben.connected():
                pass
        left = time.monotonic()
        socket.hears("presence", within=15, user_id=ben.id, online=False)
        assert 9.5 < time.monotonic() - left < 12.5
        assert [change["online"] for change in socket.all("presence") if change["user_id"] == ben.id] == [True, False]
        assert stranger.all("presence") == []


def test_whoever_shares_no_room_with_anybody_comes_unnoticed(anna: Person, ben: Person, cleo: Person) -> None:
    with anna.connected() as socket:
        with ben.connected(), cleo.connected():
            flush(cleo, socket, anna)
        assert socket.find("presence", user_id=ben.id) is None


def test_a_reload_is_not_a_departure(anna: Person, ben: Person) -> None:
    anna.opens(ben)
    with anna.connected() as socket:
        for _ in range(3):
            with ben.connected():
                pass
        assert socket.ask("presence", {"user_ids": [ben.id]}) == {"online": [ben.id]}
        flush(ben, socket, anna)
        assert len([change for change in socket.all("presence") if change["user_id"] == ben.id]) == 1


def ended(socket: Socket, code: str) -> None:
    """The socket was told why, and closed within a second."""
    began = time.monotonic()
    assert socket.hears("session_ended", within=1) == {"code": code}
    eventually(lambda: socket.ended, "the socket to be closed", within=1)
    assert time.monotonic() - began < 1


def test_logging_out_ends_the_sessions_sockets_and_no_others(anna: Person) -> None:
    first = anna.token
    with anna.connected() as socket, anna.connected(transports=["polling"]) as polling:
        anna.sign_in()
        with anna.connected() as other_session:
            reply = requests.post(
                f"{anna.url}/api/logout",
                headers={"Authorization": f"Bearer {first}", "Connection": "close"},
                timeout=10,
            )
            assert reply.ok
            ended(socket, "logged_out")
            ended(polling, "logged_out")
            assert other_session.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}


def test_a_new_password_ends_every_socket(anna: Person) -> None:
    with anna.connected() as first:
        anna.sign_in()
        with anna.connected() as second:
            anna.ask("PATCH", "/api/me", password="seven lamps along the quay", current_password=PASSWORD)
            ended(first, "password_changed")
            ended(second, "password_changed")


def test_a_device_that_is_revoked_is_disconnected(anna: Person) -> None:
    with anna.connected() as lost:
        anna.sign_in()
        (device,) = [each for each in anna.ask("GET", "/api/sessions")["sessions"] if not each["current"]]
        anna.ask("DELETE", f"/api/sessions/{device['id']}")
        ended(lost, "revoked")


def test_a_socket_of_an_ended_session_hears_nothing_of_what_follows(server: ParleyServer, anna: Person) -> None:
    ben = Person(server)
    room = ben.opens(anna)
    with anna.connected() as socket:
        anna.ask("POST", "/api/logout")
        ben.says(room, "anna must not hear this")
        ended(socket, "logged_out")
        assert socket.find("receive_message") is None
