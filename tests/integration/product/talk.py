"""People who talk without a pause, each message again and again until it is acknowledged, as the web client does."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import requests
from socketio.exceptions import SocketIOError

from tests.integration.sockets.people import Person, Place

Send = Callable[[dict[str, Any]], dict[str, Any]]
Door = Callable[[Person], AbstractContextManager[Send]]
_FAILURES = (SocketIOError, requests.RequestException, AssertionError, OSError)


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


class Talk:
    """In one room somebody comes in by each door, and says `each` messages within 90 s."""

    def __init__(self, place: Place, doors: Sequence[Door], each: int) -> None:
        self._people = [Person(place) for _ in doors]
        self._room = self._people[0].opens(*self._people[1:])
        self._doors, self._each = doors, each
        self._acknowledged: list[list[dict[str, Any]]] = [[] for _ in doors]

    def said(self) -> int:
        """How many messages were acknowledged so far."""
        return sum(map(len, self._acknowledged))

    def must_be_kept(self) -> list[dict[str, Any]]:
        """All that was acknowledged is there, once, in the order of who said it; returns every event of the room."""
        events: list[dict[str, Any]] = []
        more = True
        while more:
            page = self._people[0].ask("GET", f"/api/chat/rooms/{self._room}/events?limit=200&after={len(events)}")
            events += page["events"]
            more = page["has_more"]
        kept = [event["message"] for event in events if event["type"] == "message"]
        for who, acks in zip(self._people, self._acknowledged, strict=True):
            assert len(acks) == self._each
            assert [message for message in kept if message["sender"]["id"] == who.id] == acks, "once, in order"
        return events

    def begin(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        return [
            pool.submit(self._talk, *one) for one in zip(self._people, self._doors, self._acknowledged, strict=True)
        ]

    def _talk(self, who: Person, door: Door, acknowledged: list[dict[str, Any]]) -> None:
        deadline = time.monotonic() + 90
        while len(acknowledged) < self._each and time.monotonic() < deadline:
            try:
                with door(who) as send:
                    while len(acknowledged) < self._each:
                        name = f"{who.username} {len(acknowledged)}"
                        acknowledged.append(send({"room_id": self._room, "message": name, "client_id": name}))
            except _FAILURES:
                time.sleep(0.05)  # the server is down


@contextmanager
def a_talk(place: Place, doors: Sequence[Door], each: int) -> Iterator[Talk]:
    """It goes on meanwhile, and is over afterwards."""
    talk = Talk(place, doors, each)
    with ThreadPoolExecutor(len(doors)) as pool:
        talking = talk.begin(pool)
        yield talk
        for one in talking:
            one.result()
