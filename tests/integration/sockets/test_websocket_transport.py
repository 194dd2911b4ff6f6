"""The WebSocket transport writes whole frames, never compresses, and takes no more than 64 KB of a message."""

import json
import time
from contextlib import suppress

import psutil
import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.attacks import ATTACKS, COMPRESSED, MEBIBYTE
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    Frame,
    Hung,
    a_websocket,
)

TOO_BIG = b"\x03\xf1"  # 1009
TRY_AGAIN_LATER = b"\x03\xf5"  # 1013


def test_a_slow_reader_gets_whole_frames_in_order(server: ParleyServer, anna: Person) -> None:
    room = anna.opens()
    with a_websocket(server, receive_buffer=4096) as slow, anna.connected() as sender:
        slow.log_in(anna.token)
        for number in range(300):
            text = f"{number} " + "\U0001f6a2" * 3_990  # 16 KB as UTF-8
            sender.ask("send_message", {"room_id": room, "message": text})
        time.sleep(2.5)
        numbers: list[tuple[int, int]] = []
        while len(numbers) < 300:
            try:
                frame = slow.read()
            except Hung:
                frame = Frame(CLOSE, TRY_AGAIN_LATER)
            if frame.opcode == CLOSE:  # it was too far behind to be kept, and perhaps too slow to be told
                assert (server.environment["PARLEY_TRANSPORT"], frame.payload[:2]) == ("native", TRY_AGAIN_LATER)
                break
            message = frame.payload.decode()
            if message.startswith('42["receive_message"'):
                event = json.loads(message[2:])[1]
                number, ships = event["message"]["content"].split(" ")
                assert ships == "\U0001f6a2" * 3_990
                numbers.append((int(number), event["seq"]))
        assert len(numbers) > 10
        assert numbers == [(number, number + 2) for number in range(len(numbers))]


def test_an_offer_to_compress_is_not_taken_up(server: ParleyServer) -> None:
    with a_websocket(server, headers=COMPRESSED) as client:
        assert client.reply.startswith("HTTP/1.1 101")
        assert "extensions" not in client.reply.lower()
        client.send_bytes(b"\xc1\x80\x00\x00\x00\x00")  # a frame that says it is compressed
        assert [frame.opcode for frame in client.end()] == [TEXT, CLOSE]


def test_a_message_of_64_kb_is_taken(server: ParleyServer, anna: Person) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        event = f'["presence",{{"user_ids":[{anna.id}]}}]'
        padded = event[:-1] + " " * (64 * 1024 - len(event) - 3) + "]"
        assert json.loads(client.ack(padded)) == [{"data": {"online": [anna.id]}}]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_too_long_ends_the_connection_and_costs_no_memory(server: ParleyServer, attack: str) -> None:
    before = psutil.Process(server.pid).memory_info().rss
    for _ in range(10):
        with a_websocket(server, headers=COMPRESSED) as client:
            with suppress(ConnectionError):  # the server closes before everything is sent
                client.send_bytes(ATTACKS[attack])
            assert all(frame.opcode in (TEXT, CLOSE) for frame in client.end())
    grown = psutil.Process(server.pid).memory_info().rss - before
    assert grown < 4 * MEBIBYTE


def test_the_client_learns_that_its_message_was_too_long(server: ParleyServer) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send("4" + "x" * 66_600)
        frame = client.read()
        assert (frame.opcode, frame.payload[:2]) == (CLOSE, TOO_BIG)


def test_a_ping_of_the_websocket_is_answered(server: ParleyServer, anna: Person) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        client.send(b"are you there", PING)
        assert client.read() == (PONG, b"are you there")


@pytest.mark.parametrize("frame", ["x", "", "9", "\x00", "²", "0{}"])
def test_what_is_no_engine_io_packet_ends_the_connection(server: ParleyServer, frame: str) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send(frame)
        assert [ended.opcode for ended in client.end()] == [CLOSE]


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"4\xc0\x80", b"\xed\xa0\x80"])
def test_text_that_is_not_utf_8_ends_the_connection(server: ParleyServer, payload: bytes) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send(payload, TEXT)
        client.end()


def test_an_empty_binary_frame_ends_the_connection(server: ParleyServer) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send(b"", BINARY)
        client.end()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-WebSocket-Key": ""}, {"Sec-WebSocket-Key": "short"}, {"Sec-WebSocket-Version": "8"}, {"Upgrade": "h2c"}],
)
def test_a_bad_handshake_is_a_bad_request(server: ParleyServer, headers: dict[str, str]) -> None:
    with a_websocket(server, headers=headers) as client:
        assert client.reply.startswith("HTTP/1.1 400")
        assert "application/problem+json" in client.reply


def test_a_client_that_closes_politely_gets_its_goodbye(server: ParleyServer, anna: Person) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        client.send(b"\x03\xe8", CLOSE)
        assert client.read().opcode == CLOSE
        with pytest.raises(Hung):
            client.read()
