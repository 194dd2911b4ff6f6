"""Every event of the wire does what it says, over both transports, and after the change from one to the other."""

from collections.abc import Iterator

import pytest
import requests

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person, Socket


@pytest.fixture(params=[["websocket"], ["polling"], ["polling", "websocket"]], ids="-then-".join)
def transports(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


@pytest.fixture
def socket(anna: Person, transports: list[str]) -> Iterator[Socket]:
    with anna.connected(transports=transports) as socket:
        assert socket.transport == transports[-1]
        yield socket


@pytest.fixture
def other(ben: Person, transports: list[str]) -> Iterator[Socket]:
    with ben.connected(transports=transports) as socket:
        assert socket.transport == transports[-1]
        yield socket


def test_a_message_is_acknowledged_and_reaches_every_member(
    anna: Person, ben: Person, socket: Socket, other: Socket
) -> None:
    room = anna.opens(ben)
    message = socket.ask("send_message", {"room_id": room, "message": "Land ho\n\U0001f6a2", "client_id": "1"})[
        "message"
    ]
    assert (message["content"], message["client_id"]) == ("Land ho\n\U0001f6a2", "1")
    assert message["sender"] == {"id": anna.id, "username": anna.username, "name": ""}
    for each in (socket, other):
        event = each.hears("receive_message", room_id=room)
        assert (event["type"], event["message"]) == ("message", message)


def test_the_same_client_id_posts_once(anna: Person, socket: Socket) -> None:
    room = anna.opens()
    first, second = (
        socket.ask("send_message", {"room_id": room, "message": "once", "client_id": "k"})["message"] for _ in "ab"
    )
    assert first == second
    assert socket.refused("send_message", {"room_id": room, "message": "twice", "client_id": "k"})["status"] == 409


def test_a_message_is_edited_and_deleted(anna: Person, ben: Person, socket: Socket, other: Socket) -> None:
    room = anna.opens(ben)
    place = {"room_id": room, "message_id": anna.says(room, "tpyo")["id"]}
    edited = socket.ask("edit_message", {**place, "message": "typo"})["message"]
    assert (edited["content"], other.hears("message_edited")["message"]) == ("typo", edited)
    deleted = socket.ask("delete_message", place)["message"]
    assert (deleted["content"], deleted["deleted"]) == ("", True)
    assert other.hears("message_deleted")["message"] == deleted


def test_one_joins_hears_and_leaves_a_room(anna: Person, ben: Person, socket: Socket, other: Socket) -> None:
    room = anna.opens()
    assert other.ask("join", {"room_id": room})["chat_room"]["joined"] is True
    assert socket.hears("user_join", room_id=room, seq=2)["user"]["id"] == ben.id
    assert other.hears("room_added")["chat_room"]["id"] == room
    anna.says(room, "welcome")
    assert other.hears("receive_message")["message"]["content"] == "welcome"
    assert other.ask("leave", {"room_id": room})["chat_room"]["joined"] is False
    assert socket.hears("user_left", room_id=room)["user"]["id"] == ben.id
    assert other.hears("room_removed") == {"room_id": room}


def test_typing_reaches_the_others_and_not_oneself(anna: Person, ben: Person, socket: Socket, other: Socket) -> None:
    room = anna.opens(ben)
    with anna.connected() as second_device:
        assert socket.ask("typing", {"room_id": room}) == {}
        heard = other.hears("user_typing")
        assert (heard["room_id"], heard["user"]["id"]) == (room, anna.id)
        anna.says(room)
        for own in (socket, second_device):
            own.hears("receive_message")
            assert own.find("user_typing") is None


def test_a_read_mark_moves_on_the_other_devices_only(anna: Person, ben: Person, socket: Socket) -> None:
    room = anna.opens(ben)
    seq = ben.says(room)["seq"]
    with anna.connected() as second_device:
        assert socket.ask("read", {"room_id": room, "seq": seq})["chat_room"]["unread"] == 0
        assert second_device.hears("read_mark") == {"room_id": room, "read_seq": seq, "unread": 0, "mentions": 0}
        socket.hears("receive_message", seq=ben.says(room)["seq"])
        assert socket.find("read_mark") is None


def test_sync_tells_what_was_missed_and_which_rooms_came_and_went(anna: Person, ben: Person, socket: Socket) -> None:
    known, new, gone = anna.opens(), anna.opens(), ben.opens()
    anna.says(known, "missed")
    caught_up = socket.ask("sync", {"rooms": {str(known): 1, str(gone): 5}})
    page = caught_up["rooms"][str(known)]
    assert [event["message"]["content"] for event in page["events"]] == ["missed"]
    assert (page["last_seq"], page["has_more"]) == (2, False)
    assert [room["id"] for room in caught_up["joined"]] == [new]
    assert caught_up["gone"] == [gone]
    assert caught_up["epoch"] == anna.ask("GET", "/api/me")["epoch"]


def test_sync_from_ahead_of_the_log_gets_no_events_and_where_it_ends(anna: Person, socket: Socket) -> None:
    room = anna.opens()
    page = socket.ask("sync", {"rooms": {str(room): 2**53 - 1}})["rooms"][str(room)]
    assert page == {"events": [], "first_seq": 1, "last_seq": 1, "has_more": False}


def test_presence_tells_who_is_online(anna: Person, ben: Person, cleo: Person, socket: Socket, other: Socket) -> None:
    assert socket.ask("presence", {"user_ids": [anna.id, ben.id, cleo.id]}) == {"online": [anna.id, ben.id]}


def test_the_heads_of_changed_rooms_are_told_within_five_seconds(anna: Person, socket: Socket) -> None:
    room = anna.opens()
    seq = anna.says(room)["seq"]
    assert socket.hears("heads", rooms={str(room): seq})


def test_events_of_one_socket_are_answered_in_the_order_sent(anna: Person, socket: Socket) -> None:
    room = anna.opens()
    answered: list[int] = []
    for number in range(30):
        payload = {"room_id": room, "message": str(number)} if number % 3 else {}
        name = "send_message" if number % 3 else "sync"
        socket.emit(name, payload, callback=lambda _, number=number: answered.append(number))
    socket.ask("presence", {"user_ids": []})
    assert answered == list(range(30))
    contents = [event["message"]["content"] for event in socket.all("receive_message")]
    assert contents == [str(number) for number in range(30) if number % 3]


def test_a_reply_to_a_poll_holds_no_more_than_clients_take(server: ParleyServer, anna: Person) -> None:
    with requests.Session() as http:
        url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        url += "&sid=" + http.get(url, timeout=10).text.split('"sid":"')[1].split('"')[0]
        http.post(url, f'40{{"token":"{anna.token}"}}', timeout=10)
        asked = [f'42{number}["presence",{{"user_ids":[]}}]' for number in range(40)]
        http.post(url, "\x1e".join(asked), timeout=10)
        packets: list[str] = []
        while '4339[{"data":{"online":[]}}]' not in packets:
            reply = http.get(url, timeout=10).text.split("\x1e")
            assert len(reply) <= 16, "python-socketio's clients give up on more"
            packets += reply
        assert [packet[:4] for packet in packets if packet.startswith("43")][-10:] == [f"43{n}" for n in range(30, 40)]
