"""Several workers are one server to whoever talks to it."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests
from socketio.exceptions import ConnectionError as Refused

from tests.integration.sockets.people import Person, Socket, eventually
from tests.integration.workers.crew import SIZE, Crew


@contextmanager
def a_socket_at_each_worker(crew: Crew, who: Person) -> Iterator[dict[int, Socket]]:
    """Sockets of one person, by worker."""
    with ExitStack() as open_ones:
        found: dict[int, Socket] = {}
        for _ in range(200):
            socket = open_ones.enter_context(who.connected())
            found.setdefault(crew.worker_of(socket), socket)
            if len(found) == SIZE:
                break
        assert found.keys() == crew.workers()
        yield found


def test_every_worker_accepts_connections_and_tokens_that_another_gave(crew: Crew, anna: Person) -> None:
    with a_socket_at_each_worker(crew, anna) as sockets:
        assert len(sockets) == SIZE


def test_what_is_said_at_one_worker_is_heard_at_all(crew: Crew, anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with a_socket_at_each_worker(crew, anna) as speaking, a_socket_at_each_worker(crew, ben) as hearing:
        for worker, speaker in speaking.items():
            text = f"from {worker}"
            speaker.ask("send_message", {"room_id": room, "message": text, "client_id": text})
        for listener in hearing.values():
            eventually(lambda who=listener: len(who.all("receive_message")) == SIZE, "every message")  # type: ignore[misc]
            said = [event["message"]["content"] for event in listener.all("receive_message")]
            assert said == [f"from {worker}" for worker in speaking], "in the order of the log"


@pytest.mark.parametrize("query", ["EIO=4&transport=polling", "EIO=4", "EIO=4&transport=polling&sid=x"])
def test_polling_is_refused_by_a_problem_that_says_what_to_do(crew: Crew, query: str) -> None:
    reply = requests.get(f"{crew.url}/socket.io/?{query}", timeout=10)
    assert (reply.status_code, reply.headers["Content-Type"]) == (400, "application/problem+json")
    assert 'transports ["websocket"]' in reply.json()["detail"]


def test_a_handshake_offers_no_polling(crew: Crew, anna: Person) -> None:
    with anna.connected() as socket:
        assert socket.upgrades == []
    with pytest.raises(Refused), anna.connected(transports=["polling"]):
        pass


def test_a_worker_that_is_killed_is_replaced_at_once_and_the_others_go_on(crew: Crew, anna: Person) -> None:
    room = anna.opens()
    with a_socket_at_each_worker(crew, anna) as sockets:
        before = crew.workers()
        killed, dead = sockets.popitem()
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: dead.ended, "the end of its connections")
        for number, socket in enumerate(sockets.values()):
            socket.ask("send_message", {"room_id": room, "message": "still here", "client_id": str(number)}, within=2)
        eventually(lambda: len(crew.workers() - before) == 1, "another", within=2)
        assert crew.workers() & before == sockets.keys()
        assert not any(socket.ended for socket in sockets.values())
    with a_socket_at_each_worker(crew, anna) as sockets:
        assert sockets.keys() == crew.workers()
