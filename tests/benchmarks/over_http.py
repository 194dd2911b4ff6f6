"""People who register, sign in and join their room over HTTP, for a server whose storage nobody else can reach."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.benchmarks.seeding import PASSWORD, Rooms, Seat

_open = build_opener(ProxyHandler({})).open


def ask(port: int, path: str, body: dict[str, Any] | None = None, *, token: str = "") -> dict[str, Any]:
    """POST to the API of a Parley on 127.0.0.1; the reply's JSON. Raises HTTPError for a refusal."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else b""
    with _open(Request(f"http://127.0.0.1:{port}/api{path}", data, headers, method="POST"), timeout=60) as reply:
        told: dict[str, Any] = json.loads(reply.read())
        return told


def sign_in(port: int, person: int) -> str:
    """An access token of user NUMBER's."""
    token: str = ask(port, "/login", {"username": f"user{person}", "password": PASSWORD})["token"]
    return token


def settle(port: int, rooms: Rooms) -> list[Seat]:
    """Make the accounts and the rooms, and let everybody into theirs."""
    people = sorted({person for members in rooms for person in members})
    with ThreadPoolExecutor(8) as pool:
        tokens = dict(zip(people, pool.map(lambda person: _arrive(port, person), people), strict=True))
    return [
        seat for number, members in enumerate(rooms) for seat in _open_room(port, number, [tokens[m] for m in members])
    ]


def _arrive(port: int, person: int) -> str:
    ask(port, "/register", {"username": f"user{person}", "password": PASSWORD})
    return sign_in(port, person)


def _open_room(port: int, number: int, members: list[str]) -> list[Seat]:
    owner, *others = members
    room: int = ask(port, "/chat/rooms", {"name": f"room {number}", "kind": "public"}, token=owner)["chat_room"]["id"]
    for token in others:
        ask(port, f"/chat/rooms/{room}/join", token=token)
    return [Seat(room, token) for token in members]
