"""Whatever a client sends, it gets a clear error, and its connection stays up."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person, Socket
from tests.integration.sockets.raw import RawWebSocket, a_websocket

BIG = 2**63
DEEP = "[" * 10_000 + "]" * 10_000
EVENTS = ["send_message", "edit_message", "delete_message", "join", "leave", "typing", "read", "sync", "presence"]
BODY = {"room_id": 1, "message": "x"}


@pytest.fixture(scope="module")
def anna(server: ParleyServer) -> Person:
    """The same for all that follows, which does her no harm."""
    return Person(server, "anna")


@pytest.fixture(scope="module")
def ben(server: ParleyServer) -> Person:
    return Person(server, "ben")


@pytest.fixture
def socket(anna: Person) -> Iterator[Socket]:
    with anna.connected() as socket:
        yield socket
        assert socket.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}, "it must stay up"


@pytest.fixture
def raw(server: ParleyServer, anna: Person) -> Iterator[RawWebSocket]:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        yield client
        assert client.ack('["presence",{"user_ids":[]}]') == '[{"data":{"online":[]}}]', "it must stay up"


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("payload", [(), (None,), (1,), ("x",), ([],), ({}, {}), (b"\x00\x01",), (True,)], ids=str)
def test_an_event_that_is_not_one_object_is_a_bad_request(
    socket: Socket, event: str, payload: tuple[object, ...]
) -> None:
    assert socket.refused(event, *payload)["status"] == 400


@pytest.mark.parametrize("event", EVENTS)
def test_an_unknown_field_is_refused_by_name(socket: Socket, event: str) -> None:
    problem = socket.refused(event, {"room_id": 1, "is_admin": True})
    assert problem["status"] == 422
    assert "is_admin" in [bad["field"] for bad in problem["errors"]]


@pytest.mark.parametrize("event", ["nonsense", "", "*", "connect", "disconnect", "message", "__class__", "\x00"])
def test_an_event_that_does_not_exist_is_refused(socket: Socket, event: str) -> None:
    assert socket.refused(event, {})["status"] in (400, 404)


@pytest.mark.parametrize(
    ("event", "payload", "field"),
    [
        ("send_message", {**BODY, "room_id": BIG}, "room_id"),
        ("send_message", {**BODY, "room_id": 2**53}, "room_id"),
        ("send_message", {**BODY, "room_id": 10**40}, "room_id"),
        ("send_message", {**BODY, "room_id": -1}, "room_id"),
        ("send_message", {**BODY, "room_id": 0}, "room_id"),
        ("send_message", {**BODY, "room_id": 1.5}, "room_id"),
        ("send_message", {**BODY, "room_id": True}, "room_id"),
        ("send_message", {**BODY, "room_id": "1"}, "room_id"),
        ("send_message", {**BODY, "room_id": None}, "room_id"),
        ("send_message", {**BODY, "message": ""}, "message"),
        ("send_message", {**BODY, "message": " \n "}, "message"),
        ("send_message", {**BODY, "message": "a\x00b"}, "message"),
        ("send_message", {**BODY, "message": "x" * 4_001}, "message"),
        ("send_message", {**BODY, "message": {"$ne": 1}}, "message"),
        ("send_message", {**BODY, "client_id": "x" * 129}, "client_id"),
        ("send_message", {**BODY, "client_id": 7}, "client_id"),
        ("send_message", {**BODY, "reply_to": BIG}, "reply_to"),
        ("read", {"room_id": 1, "seq": -1}, "seq"),
        ("read", {"room_id": 1, "seq": BIG}, "seq"),
        ("sync", {"rooms": {"x": 1}}, "rooms.x.[key]"),
        ("sync", {"rooms": {str(BIG): 1}}, f"rooms.{BIG}.[key]"),
        ("sync", {"rooms": {"1": BIG}}, "rooms.1"),
        ("sync", {"rooms": []}, "rooms"),
        ("presence", {"user_ids": [1, BIG]}, "user_ids.1"),
        ("presence", {"user_ids": "all"}, "user_ids"),
        ("presence", {"user_ids": [1] * 1_001}, "user_ids"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_field_is_named(socket: Socket, event: str, payload: dict[str, Any], field: str) -> None:
    problem = socket.refused(event, payload)
    assert problem["status"] == 422
    assert field in [bad["field"] for bad in problem["errors"]]


@pytest.mark.parametrize(
    "event",
    [
        '["send_message",{"room_id":1,"message":"\\ud800"}]',
        f'["send_message",{DEEP}]',
        '["send_message",{"room_id":NaN,"message":"x"}]',
        '["send_message"',
        "[]",
        "{}",
        "true",
        "[7,{}]",
        "[null]",
        '[["send_message"],{}]',
        '[{"a":1}]',
        "",
    ],
    ids=lambda event: event[:30],
)
def test_an_event_that_cannot_be_read_is_answered_all_the_same(raw: RawWebSocket, event: str) -> None:
    (ack,) = json.loads(raw.ack(event))
    assert ack["error"]["status"] == 400


@pytest.mark.parametrize("payload", [{**BODY, "message": b"bytes"}, {**BODY, "room_id": b"1"}, {"rooms": [b"", b"x"]}])
def test_no_event_takes_binary_data(socket: Socket, payload: dict[str, Any]) -> None:
    assert socket.refused("send_message", payload)["status"] == 400


def test_an_event_without_an_ack_is_done_or_ignored(anna: Person, raw: RawWebSocket) -> None:
    room = anna.opens()
    for event in (f'["send_message",{{"room_id":{room},"message":"hello"}}]', '["send_message",{}]', '["x"]', "[]"):
        raw.send(f"42{event}")
    while not (heard := raw.text()).startswith('42["receive_message"'):
        pass
    assert json.loads(heard[2:])[1]["message"]["content"] == "hello"


def test_acks_that_nobody_asked_for_are_ignored(raw: RawWebSocket) -> None:
    for packet in ("431[]", '4399[{"data":1}]', "43", "4312345678901234567890[]"):
        raw.send(packet)


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("send_message", {"message": "x"}),
        ("edit_message", {"message": "x", "message_id": 1}),
        ("delete_message", {"message_id": 1}),
        ("join", {}),
        ("leave", {}),
        ("typing", {}),
        ("read", {"seq": 1}),
    ],
)
def test_the_private_room_of_others_does_not_exist(
    socket: Socket, ben: Person, event: str, more: dict[str, Any]
) -> None:
    private = ben.opens(kind="private")
    missing = socket.refused(event, {"room_id": 2**53 - 1, **more})
    hidden = socket.refused(event, {"room_id": private, **more})
    assert (hidden["status"], hidden["code"]) == (404, "room_not_found")
    assert {**hidden, "request_id": ""} == {**missing, "request_id": ""}


def test_the_messages_of_others_are_theirs(anna: Person, socket: Socket, ben: Person) -> None:
    room = ben.opens(anna)
    place = {"room_id": room, "message_id": ben.says(room)["id"]}
    assert socket.refused("edit_message", {**place, "message": "x"})["status"] == 403
    assert socket.refused("delete_message", place)["status"] == 403
