"""Killed at any moment, the server loses nothing that it acknowledged, doubles nothing, and keeps the order."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from socketio.exceptions import SocketIOError

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person, eventually

SENDS = 1_000
SENDERS = 4
Send = Callable[[dict[str, Any]], dict[str, Any]]
FAILURES = (SocketIOError, requests.RequestException, AssertionError, OSError)


@contextmanager
def over_a_socket(who: Person) -> Iterator[Send]:
    with who.connected() as socket:
        yield lambda sent: dict(socket.ask("send_message", sent, within=2)["message"])


@contextmanager
def over_http(who: Person) -> Iterator[Send]:
    def send(sent: dict[str, Any]) -> dict[str, Any]:
        body = {name: value for name, value in sent.items() if name != "room_id"}
        return dict(who.ask("POST", f"/api/chat/rooms/{sent['room_id']}/messages", **body)["message"])

    yield send


def talk(who: Person, room: int, door: Callable[[Person], Any], acknowledged: list[dict[str, Any]], most: int) -> None:
    """Send one message after the other, each again and again until it is acknowledged, as the web client does."""
    numbers = count()
    number = next(numbers)
    deadline = time.monotonic() + 90
    while number < most and time.monotonic() < deadline:
        try:
            with door(who) as send:
                while number < most:
                    name = f"{who.username} {number}"
                    acknowledged.append(send({"room_id": room, "message": name, "client_id": name}))
                    number = next(numbers)
        except FAILURES:
            time.sleep(0.05)  # the server is down


@pytest.mark.parametrize("door", [over_a_socket, over_http])
def test_a_server_that_is_killed_amid_a_thousand_acknowledged_sends_has_them_all_once_in_order(
    tmp_path: Path, door: Callable[[Person], Any]
) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        senders = [Person(server) for _ in range(SENDERS)]
        room = senders[0].opens(*senders[1:])
        acknowledged: list[list[dict[str, Any]]] = [[] for _ in senders]
        with ThreadPoolExecutor(SENDERS) as pool:
            talking = [
                pool.submit(talk, who, room, door, list_, SENDS // SENDERS)
                for who, list_ in zip(senders, acknowledged, strict=True)
            ]
            for most in (SENDS // 4, SENDS * 3 // 4):
                kill_after(server, lambda: sum(map(len, acknowledged)), most)
            for one in talking:
                one.result()
        server.kill()
        server.start()
        log = the_log(senders[0], room)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1)), "one order without gaps"
    kept = [event["message"] for event in log if event["type"] == "message"]
    assert len(kept) == SENDS, "nothing is lost and nothing is there twice"
    for who, acks in zip(senders, acknowledged, strict=True):
        assert len(acks) == SENDS // SENDERS
        assert [message for message in kept if message["sender"]["id"] == who.id] == acks, "as acknowledged, in order"


def kill_after(server: ParleyServer, acknowledged: Callable[[], int], most: int) -> None:
    eventually(lambda: acknowledged() >= most, f"{most} acknowledged sends", within=60)
    server.kill()
    time.sleep(0.2)  # everybody notices
    assert acknowledged() < SENDS, "it was killed in the middle"
    server.start()


def the_log(who: Person, room: int) -> list[dict[str, Any]]:
    """Every event of the room."""
    events: list[dict[str, Any]] = []
    while True:
        page = who.ask("GET", f"/api/chat/rooms/{room}/events?limit=200&after={len(events)}")
        events += page["events"]
        if not page["has_more"]:
            return events
