"""Packets that no client sends end at most the connection that sent them, and leave no trace of a bug in the log."""

import json
import random
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from entrypoints.sockets.door import LARGEST_BODY
from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person, Socket
from tests.integration.sockets.raw import BINARY, TEXT, a_websocket

POLLING = "/socket.io/?EIO=4&transport=polling"
SEEDS = [
    '40{"token":"x"}',
    "40",
    "41",
    '42["send_message",{"room_id":1,"message":"x"}]',
    '421["sync",{"rooms":{}}]',
    "43[]",
    '44{"message":"no"}',
    '451-["x",{"_placeholder":true,"num":0}]',
    "45999999999-[]",
    "4599999999999999-[]",
    "461-7[]",
    "42/admin,[]",
    "42/" + "x" * 500,
    "4" + "9" * 200 + "[]",
    "42" + "[" * 5_000,
    "2probe",
    "3probe",
    "5",
    "6",
    "1",
    "0",
    "4",
    "48",
    '4{"a":1}',
    "4[1,2]",
    "4²[]",
    "42²[]",
    '451-["x",{"_placeholder":true,"num":-7}]',
    '451-["x",{"_placeholder":true,"num":"a"}]',
    '450-["x"]',
]


@pytest.fixture(scope="module")
def anna(server: ParleyServer) -> Person:
    """In whose name the packets are sent."""
    return Person(server, "anna")


@pytest.fixture
def witness(server: ParleyServer, anna: Person) -> Iterator[Socket]:
    """Somebody who behaves, and notices nothing."""
    with anna.connected() as socket:
        yield socket
        assert socket.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}
    assert "Traceback" not in server.log()
    assert '"fault"' not in server.log()


@pytest.mark.parametrize("packet", SEEDS, ids=lambda packet: packet[:30])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_a_strange_packet_does_no_harm(
    server: ParleyServer, anna: Person, witness: Socket, packet: str, opcode: int
) -> None:
    for logged_in in (True, False):
        with a_websocket(server) as client, suppress(ConnectionError):
            if logged_in:
                client.log_in(anna.token)
            client.send(packet, opcode)
            client.send(b"\x00attachment", BINARY)
            client.send(packet, opcode)


def test_random_damage_does_no_harm(server: ParleyServer, anna: Person, witness: Socket) -> None:
    chance = random.Random(20_261_121)  # the same damage every time
    for _ in range(150):
        with a_websocket(server) as client, suppress(ConnectionError):
            client.log_in(anna.token)
            for _ in range(5):
                client.send(_damaged(chance.choice(SEEDS), chance), chance.choice((TEXT, TEXT, BINARY)))


def test_random_bytes_are_no_frames_and_do_no_harm(server: ParleyServer, witness: Socket) -> None:
    chance = random.Random(7)
    for _ in range(150):
        with a_websocket(server) as client, suppress(ConnectionError):
            client.send_bytes(chance.randbytes(chance.randrange(1, 2_000)))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"x", 400),
        (b"4\x1e", 400),
        (b"\xff\xfe", 400),
        (b"b!!!", 400),
        ("bé".encode(), 400),
        (b"2", 400),
        (b"6", 400),
        (b"1" * 65_537, 413),
        (b"\x1e".join([b"3"] * 1_001), 400),
        (b"4" + b"[" * 60_000, 200),
        (b"bAAECAw==", 200),
        (b"42[]", 200),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_strange_body_of_a_poll_gets_an_answer(
    server: ParleyServer, witness: Socket, body: bytes, status: int
) -> None:
    with requests.Session() as http:
        opened = http.get(server.url + POLLING, timeout=10)
        sid = opened.text.split('"sid":"')[1].split('"')[0]
        reply = http.post(f"{server.url}{POLLING}&sid={sid}", data=body, timeout=10)
        assert reply.status_code == status
        if status != 200:
            assert reply.json()["status"] == status


@pytest.mark.parametrize("size", [2, LARGEST_BODY])
def test_a_body_that_ends_midway_is_refused_with_a_problem(server: ParleyServer, witness: Socket, size: int) -> None:
    with requests.Session() as http:
        sid = http.get(server.url + POLLING, timeout=10).text.split('"sid":"')[1].split('"')[0]
    head = f"POST {POLLING}&sid={sid} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode() + b"3")  # by itself this would be a packet
        client.shutdown(socket.SHUT_WR)
        reply = b"".join(iter(lambda: client.recv(65536), b""))
    headers, body = reply.split(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in headers
    assert json.loads(body)["code"] == "bad_request"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=3&transport=polling",
        "EIO=4&transport=x",
        "EIO=4&transport=polling&sid=none",
        "EIO=4&transport=websocket",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_a_strange_request_gets_an_answer(server: ParleyServer, witness: Socket, query: str, method: str) -> None:
    url = f"{server.url}/socket.io/?{query}"
    reply = requests.request(method, url, data=b"4", headers={"Connection": "close"}, timeout=10)
    assert reply.status_code < 500
    assert "html" not in reply.headers.get("Content-Type", "")


def _damaged(packet: str, chance: random.Random) -> bytes:
    data = bytearray(packet.encode())
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(data))
        damage = chance.randrange(3)
        if damage == 0:
            data[place] = chance.randrange(256)
        elif damage == 1:
            data[place:place] = chance.randbytes(chance.randrange(8))
        elif len(data) > 1:
            del data[place]
    return bytes(data)
