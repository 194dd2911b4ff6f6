"""Whoever reads slowly gets every frame whole, or is let go cleanly and heals; nobody else notices."""

import json
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, cast

import psutil
import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import CLOSE, PING, RawWebSocket, a_websocket
from tests.integration.transport.latency import Latency, percentile
from tests.integration.transport.proxy import CuttingProxy, a_cutting_proxy

pytestmark = pytest.mark.alone

MEBIBYTE = 1024 * 1024
SHIPS = "\U0001f6a2" * 3_990  # 16 KB, nearly 20 with what is around it
TOO_SLOW = 1013
TRIES = 50  # with each of two numbers of messages: 100


@pytest.fixture(scope="module")
def proxy(server: ParleyServer) -> Iterator[CuttingProxy]:
    with a_cutting_proxy(server.port) as proxy:
        yield proxy


def heard(client: RawWebSocket, count: int) -> tuple[list[int], int | None]:
    """The seqs of the messages that came, each of them whole, up to so many; and the code of a goodbye."""
    seqs: list[int] = []
    while len(seqs) < count:
        frame = client.read()
        if frame.opcode == CLOSE:
            return seqs, int.from_bytes(frame.payload[:2], "big")
        text = frame.payload.decode()
        if text == "2":
            client.send("3")
        elif text.startswith('42["receive_message"'):
            event = json.loads(text[2:])[1]
            assert event["message"]["content"] == f"{event['seq']} {SHIPS}"
            seqs.append(event["seq"])
    return seqs, None


def test_a_hundred_clients_that_stop_reading_get_whole_frames_or_a_goodbye(
    server: ParleyServer, proxy: CuttingProxy, anna: Person, ben: Person
) -> None:
    few, many = 40, 120  # what waits for a client, and what is too much
    rooms = {anna: (anna.opens(), few), ben: (ben.opens(), many)}
    with ExitStack() as opened, ThreadPoolExecutor(20) as threads:
        clients = []
        for person, (_, count) in rooms.items():
            for _ in range(TRIES):
                client = opened.enter_context(a_websocket(cast(ParleyServer, proxy), receive_buffer=4096))
                client.log_in(person.token)
                clients.append((client, count))
        paused = time.monotonic()
        for person, (room, count) in rooms.items():
            for seq in range(2, count + 2):
                assert person.says(room, f"{seq} {SHIPS}")["seq"] == seq
        time.sleep(max(0, paused + 5 - time.monotonic()))
        outcomes = list(threads.map(lambda pair: heard(*pair), clients))
    people = [person for person in rooms for _ in range(TRIES)]
    for (seqs, code), person in zip(outcomes, people, strict=True):
        room, count = rooms[person]
        assert code in (None, TOO_SLOW)
        missed = healed(server, person, room, after=seqs[-1] if seqs else 1) if code else []
        assert seqs + missed == list(range(2, count + 2))
    assert all(code is None for _, code in outcomes[:TRIES]), "what may wait for a client was not kept for it"
    assert any(code == TOO_SLOW for _, code in outcomes[TRIES:]), "nobody was too slow: this proves nothing"


def healed(server: ParleyServer, person: Person, room: int, *, after: int) -> list[int]:
    """The seqs of the messages that whoever comes back learns by `sync`, each of them whole."""
    seqs: list[int] = []
    with a_websocket(server) as back:
        back.log_in(person.token)
        more = True
        while more:
            (answer,) = json.loads(back.ack(f'["sync",{{"rooms":{{"{room}":{seqs[-1] if seqs else after}}}}}]'))
            page = answer["data"]["rooms"][str(room)]
            for event in page["events"]:
                assert event["message"]["content"] == f"{event['seq']} {SHIPS}"
                seqs.append(event["seq"])
            more = page["has_more"]
    return seqs


def test_what_a_client_does_not_read_is_no_burden_to_the_others(
    server: ParleyServer, anna: Person, ben: Person
) -> None:
    """50 stalled readers in a room at 100 messages a second."""
    room = anna.opens(ben)
    text = "x" * 3_900
    with anna.connected() as sender, Latency(server, ben.token, room) as others, ExitStack() as opened:
        before = others.during(lambda: _talk(sender, room, text, seconds=6))
        assert len(before) == 600
        stalled = [opened.enter_context(a_websocket(server, receive_buffer=4096)) for _ in range(50)]
        for client in stalled:
            client.log_in(ben.token)
        at_first = psutil.Process(server.pid).memory_info().rss
        during = others.during(lambda: _talk(sender, room, text, seconds=10))
        assert len(during) == 1_000
        assert psutil.Process(server.pid).memory_info().rss - at_first < 64 * MEBIBYTE
        assert percentile(99, during) <= max(1.2 * percentile(99, before), percentile(99, before) + 0.02)
        for client in stalled:
            assert [frame.payload[:2] for frame in client.end() if frame.opcode == CLOSE] == [b"\x03\xf5"]


def _talk(sender: Any, room: int, text: str, *, seconds: float) -> None:
    """100 messages a second, each with the time at which it was sent, and all of them handled."""
    began = time.monotonic()
    for number in range(int(seconds * 100)):
        time.sleep(max(0, began + number / 100 - time.monotonic()))
        sender.emit("send_message", {"room_id": room, "message": f"{time.monotonic()} {text}"})
    sender.ask("presence", {"user_ids": []})


def test_a_client_that_asks_without_listening_is_not_read_from(server: ParleyServer, anna: Person) -> None:
    """What it sends waits in the network, and all of it is answered, in order, once it listens."""
    count = 20_000
    before = psutil.Process(server.pid).memory_info().rss
    with a_websocket(server) as flood, anna.connected() as other, ThreadPoolExecutor(1) as thread:
        flood.log_in(anna.token)
        frames = "".join(f'42{number}["presence",{{"user_ids":[]}}]\n' for number in range(count)).split("\n")
        sending = thread.submit(lambda: deque(map(flood.send, frames[:-1]), maxlen=0))
        slowest = 0.0
        while not sending.done():
            asked = time.monotonic()
            other.ask("presence", {"user_ids": []})
            slowest = max(slowest, time.monotonic() - asked)
        assert slowest < 1
        answers: list[str] = []
        while len(answers) < count:
            message = flood.text()
            if message.startswith("43"):
                answers.append(message)
        assert answers == [f'43{number}[{{"data":{{"online":[]}}}}]' for number in range(count)]
        assert psutil.Process(server.pid).memory_info().rss - before < 8 * MEBIBYTE


def test_pings_without_end_are_answered_as_long_as_the_answers_are_read(server: ParleyServer, anna: Person) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        for number in range(2_000):
            client.send(str(number), PING)
        assert [client.read().payload for _ in range(2_000)] == [str(number).encode() for number in range(2_000)]


def test_a_goodbye_after_half_an_event_is_answered(server: ParleyServer, anna: Person) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        client.send('421["presence",{"user_ids":[')
        client.send(b"\x03\xe8", CLOSE)
        assert client.end()[-1].opcode == CLOSE
