"""SIGTERM: what was accepted is finished and kept, clients come back by themselves, and the exit code is 0."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests
from socketio.exceptions import SocketIOError

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.program import answers
from tests.integration.sockets.ending import a_slow_login, told_to_stop, was_closed_below_socket_io
from tests.integration.sockets.people import TRANSPORTS, Person, eventually
from tests.integration.sockets.raw import a_websocket


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ParleyServer]:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        yield server


@pytest.fixture(params=TRANSPORTS)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ParleyServer]:
    """A server with either transport."""
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off", PARLEY_TRANSPORT=request.param) as server:
        yield server


def test_no_acknowledged_message_is_lost_and_none_is_doubled(either: ParleyServer) -> None:
    people = [Person(either) for _ in range(4)]
    room = people[0].opens(*people[1:])
    acknowledged: set[str] = set()

    def talk(person: Person) -> None:
        with suppress(SocketIOError), person.connected() as talking:
            for number in range(100_000):
                text = f"{person.id}.{number}"
                talking.ask("send_message", {"room_id": room, "message": text, "client_id": text}, within=2)
                acknowledged.add(text)

    def flood(person: Person) -> None:
        with suppress(SocketIOError), person.connected() as flooding:
            for number in range(3_000):
                flooding.emit("send_message", {"room_id": room, "message": f"flood {number}"})
            eventually(lambda: flooding.ended, "the end", within=60)

    talkers = [threading.Thread(target=talk, args=[person]) for person in people[1:]]
    talkers.append(threading.Thread(target=flood, args=people[:1]))
    for talker in talkers:
        talker.start()
    eventually(lambda: len(acknowledged) > 200, "the talk to be lively", within=20)
    began = time.monotonic()
    assert either.stop() == 0
    assert time.monotonic() - began < 8, "one who sends without a pause must not hold up the end"
    for talker in talkers:
        talker.join()
    either.start()
    people[0].sign_in()
    kept: list[str] = []
    after = 0
    more = True
    while more:
        page = people[0].ask("GET", f"/api/chat/rooms/{room}/events?after={after}&limit=200")
        kept += [event["message"]["content"] for event in page["events"] if event["type"] == "message"]
        after, more = page["events"][-1]["seq"], page["has_more"]
    assert len(kept) == len(set(kept))
    assert acknowledged <= set(kept)
    assert "Traceback" not in either.log()


def test_sockets_are_closed_below_socket_io_so_that_clients_come_back(either: ParleyServer) -> None:
    anna = Person(either)
    with a_websocket(either) as client:
        client.log_in(anna.token)
        with told_to_stop(either) as code:
            frames = client.end()
        assert code.result() == 0
        was_closed_below_socket_io(frames)


def test_a_request_that_was_accepted_is_answered_and_new_ones_go_elsewhere(server: ParleyServer) -> None:
    anna = Person(server)
    with a_slow_login(server, anna.username) as finish:
        with told_to_stop(server) as code:
            eventually(lambda: not answers(server.port), "the listener to be closed")
            assert finish().startswith(b"HTTP/1.1 200 ")
        assert code.result() == 0


def test_whoever_never_finishes_is_waited_for_ten_seconds(server: ParleyServer) -> None:
    with a_slow_login(server):
        began = time.monotonic()
        assert server.stop() == 0
        assert 9 < time.monotonic() - began < 13


def test_idle_connections_are_not_waited_for(server: ParleyServer) -> None:
    with requests.Session() as kept_alive:
        kept_alive.get(f"{server.url}/healthz", timeout=10)
        with a_websocket(server) as silent, socket.create_connection(("127.0.0.1", server.port)):
            silent.text()
            began = time.monotonic()
            assert server.stop(signal.SIGINT) == 0
            assert time.monotonic() - began < 6


def test_a_second_signal_ends_it_at_once(server: ParleyServer) -> None:
    with a_slow_login(server), told_to_stop(server) as code:
        eventually(lambda: not answers(server.port), "the end to begin")
        began = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        assert code.result() == 1
        assert time.monotonic() - began < 2


def test_an_address_that_is_taken_is_one_sentence(server: ParleyServer, tmp_path: Path) -> None:
    done = psutil.Popen(
        [*psutil.Process(server.pid).cmdline()],
        env={**server.environment, "PARLEY_DATA_DIR": str(tmp_path / "other")},
        stderr=-1,
        stdout=-1,
    )
    _, error = done.communicate(timeout=30)
    assert done.returncode == 2
    assert error.decode().count("\n") == 1
    assert "PORT" in error.decode()
