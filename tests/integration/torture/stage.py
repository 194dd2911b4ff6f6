"""Who plays: accounts and rooms, made by REST as an operator's users would make them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import requests

from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.client import Account
from tests.integration.torture.history import Event, Shown
from tests.integration.torture.room import event_of

PASSWORD = "a quiet harbour at dawn"


@dataclass(frozen=True, slots=True)
class Stage:
    """People, rooms, and who is in which: the first member of a room owns it."""

    people: Sequence[Account]
    members: Mapping[int, Sequence[Account]]


class Rest:
    """Requests to one server, one after the other."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, token: str, method: str, path: str, **body: object) -> dict[str, Any]:
        """The reply to a request that is granted."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = self._http.request(method, self._url + path, json=body or None, headers=headers, timeout=30)
        assert reply.ok, reply.text
        return dict(reply.json()) if reply.content else {}

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def person(self) -> Account:
        """Somebody new, signed in."""
        username = f"u{uuid4().hex[:12]}"
        id = self.ask("", "POST", "/api/register", username=username, password=PASSWORD)["user"]["id"]
        return self.sign_in(id, username)

    def sign_in(self, id: int, username: str) -> Account:
        """A new session."""
        token = self.ask("", "POST", "/api/login", username=username, password=PASSWORD)["token"]
        return Account(id, username, token)

    def log(self, who: Account, room: int) -> list[Event]:
        """Every event of a room, with the messages as they are now."""
        found: list[Event] = []
        for _ in count():
            after = found[-1].seq if found else 0
            page = self.ask(who.token, "GET", f"/api/chat/rooms/{room}/events?after={after}&limit=200")
            found += map(event_of, page["events"])
            if not page["has_more"] or not page["events"]:  # a log with a hole never says that this is all
                break
        return found

    def rooms(self, who: Account) -> Iterator[dict[str, Any]]:
        """The rooms that somebody is in."""
        yield from self.ask(who.token, "GET", "/api/chat/rooms?scope=joined")["chat_rooms"]


def set_stage(port: int, *, people: int, rooms: int, members: int) -> Stage:
    """So many accounts and public rooms, `members` of them in each room."""
    rest = Rest(port)
    try:
        accounts = [rest.person() for _ in range(people)]
        found: dict[int, list[Account]] = {}
        for number in range(rooms):
            crew = [accounts[(number + step * 3) % people] for step in range(members)]
            crew = list(dict.fromkeys(crew))
            room = rest.ask(crew[0].token, "POST", "/api/chat/rooms", name=f"Room {number}")["chat_room"]["id"]
            for other in crew[1:]:
                rest.ask(crew[0].token, "PUT", f"/api/chat/rooms/{room}/members/{other.id}", role="member")
            found[room] = crew
        return Stage(accounts, found)
    finally:
        rest.close()


def snapshot(port: int, who: Account, logs: Mapping[int, Sequence[Event]]) -> dict[int, RoomState]:
    """What the server tells somebody who comes afresh."""
    rest = Rest(port)
    try:
        return {
            room["id"]: RoomState(
                room["last_seq"], room["read_seq"], room["unread"], room["mentions"], shown_in(logs[room["id"]])
            )
            for room in rest.rooms(who)
        }
    finally:
        rest.close()


def shown_in(log: Sequence[Event]) -> dict[int, Shown]:
    """The messages that a log adds up to."""
    return {
        event.message: Shown(event.message, event.seq, event.body, event.deleted)
        for event in log
        if event.type == "message"
    }
