"""Bytes that no client sends: 100,000 cases against the layers that read them, and some thousands over the wire."""

import gc
import random
import time
from contextlib import suppress

import psutil
import pytest

from adapters.broadcasting.native.frames import BINARY, CONTINUATION, PING, TEXT, FrameError, FrameReader
from adapters.broadcasting.native.packets import Malformed, attachments, parse
from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import a_websocket
from tests.integration.transport.latency import percentile
from tests.unit.transport.client import a_frame

MEBIBYTE = 1024 * 1024
PACKETS = [
    b'40{"token":"x"}',
    b"40/admin,{}",
    b"41",
    b'42["send_message",{"room_id":1,"message":"x"}]',
    b'421["sync",{"rooms":{"1":0}}]',
    b'42999["typing",{"room_id":9007199254740993}]',
    '427["send_message",{"room_id":1,"message":"né"}]'.encode(),
    b"431[]",
    b'451-3["x",{"_placeholder":true,"num":0}]',
    b"461-[]",
    b"42" + b"[" * 300,
    b"2probe",
    b"3",
    b"5",
    b"",
]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with up to three bytes changed, put in or taken out."""
    harmed = bytearray(data)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(harmed) + 1)
        kind = chance.randrange(3)
        if kind == 0:
            harmed[place:place] = chance.randbytes(chance.randrange(1, 6))
        elif kind == 1:
            harmed[place : place + 1] = chance.randbytes(1)
        else:
            del harmed[place : place + 1]
    return bytes(harmed)


def a_stream(chance: random.Random) -> bytes:
    """Some frames of packets, both damaged."""
    stream = b""
    for _ in range(chance.randrange(1, 4)):
        opcode = chance.choice((TEXT, TEXT, TEXT, BINARY, PING, CONTINUATION))
        packet = damaged(chance.choice(PACKETS), chance)
        stream += damaged(a_frame(packet, opcode, last=chance.random() < 0.9), chance)
    return stream


def read(stream: bytes, chance: random.Random) -> None:
    """What the server does with a client's bytes, as far as it needs no server; raises what it must not."""
    reader = FrameReader()
    cut = chance.randrange(len(stream) + 1)
    with suppress(FrameError, Malformed):
        for piece in (stream[:cut], stream[cut:]):
            reader.feed(piece)
            while (found := reader.read()) is not None:
                opcode, payload = found
                if opcode == TEXT and payload[:1] == b"4":
                    attachments(payload)
                    parse(payload)


def test_a_hundred_thousand_streams_raise_nothing_but_what_is_meant_for_them() -> None:
    chance = random.Random(20_261_121)  # the same cases every time
    for _ in range(1_000):
        read(a_stream(chance), chance)
    gc.collect()
    before = psutil.Process().memory_info().rss
    for _ in range(100_000):
        stream = a_stream(chance)
        try:
            read(stream, chance)
        except Exception as error:
            raise AssertionError(f"{stream!r}") from error
    gc.collect()
    assert psutil.Process().memory_info().rss - before < 5 * MEBIBYTE


@pytest.mark.alone
def test_thousands_of_streams_over_the_wire_are_felt_by_nobody(
    server: ParleyServer, ben: Person, witness: list[float]
) -> None:
    chance = random.Random(3)
    time.sleep(1)
    calm = percentile(99, witness)
    _attack(server, ben, chance, 200)  # what a server needs at first
    before = psutil.Process(server.pid).memory_info().rss
    witness.clear()
    _attack(server, ben, chance, 1_000)
    assert psutil.Process(server.pid).memory_info().rss - before < 5 * MEBIBYTE
    assert percentile(99, witness) < 0.05 + calm


def _attack(server: ParleyServer, person: Person, chance: random.Random, connections: int) -> None:
    for _ in range(connections):
        with a_websocket(server) as client, suppress(OSError):
            if chance.random() < 0.5:
                client.log_in(person.token)
            for _ in range(4):
                client.send_bytes(a_stream(chance))
