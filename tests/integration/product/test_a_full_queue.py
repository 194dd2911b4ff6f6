"""More want to write than may wait: the rest are sent away at once, and neither memory nor anybody else suffers."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from json import dumps
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.product.look import Look, kept
from tests.integration.servers.parley import a_parley
from tests.integration.sockets.people import Person

pytestmark = pytest.mark.alone

POSTS = 2_500
AT_ONCE = 100
HELD_FOR = 4.5
"""Seconds; whoever waits gives up after five."""

SENT_AWAY_WITHIN = 1.0
GROWN_AT_MOST = 64 * 2**20
HEALTHY_WITHIN = 0.2


class Answer(NamedTuple):
    """Of the server to one post."""

    client_id: str
    status: int
    after: float
    reply: str


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def ask(port: int, method: str, path: str, *more: str, body: str = "") -> str:
    """The reply, over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = (f"{method} {path} HTTP/1.1", "Host: parley", "Connection: close", f"Content-Length: {len(body)}", *more)
    writer.write("\r\n".join([*lines, "", body]).encode())
    reply = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return reply


async def post(who: Person, port: int, room: int, number: int) -> Answer:
    key, began = f"post {number}", time.monotonic()
    headers = f"Authorization: Bearer {who.token}", "Content-Type: application/json"
    body = dumps({"message": key, "client_id": key})
    reply = await ask(port, "POST", f"/api/chat/rooms/{room}/messages", *headers, body=body)
    return Answer(key, int(reply.split()[1]), time.monotonic() - began, reply)


async def post_all(who: Person, port: int, room: int, lock: AbstractContextManager[None]) -> list[Answer]:
    """Many post, each alone, while the database is locked; some more as soon as the server took the last in."""
    posts: list[asyncio.Task[Answer]] = []
    with lock:
        until = time.monotonic() + HELD_FOR
        while len(posts) < POSTS and time.monotonic() < until:
            posts += [asyncio.create_task(post(who, port, room, len(posts) + n)) for n in range(AT_ONCE)]
            assert " 200 " in await ask(port, "GET", "/healthz")
        await asyncio.sleep(until - time.monotonic())
    return await asyncio.gather(*posts)


def test_those_for_whom_there_is_no_room_are_sent_away_at_once_and_all_others_are_served(tmp_path: Path) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        anna = Person(server)
        room = anna.opens()
        with Look(server) as look:
            answers = asyncio.run(post_all(anna, server.port, room, locked(server.data / "parley.db")))
        away = [answer for answer in answers if answer.status == 503]
        assert {answer.status for answer in answers} == {201, 503}, f"of {len(answers)}; fewer than wait prove nothing"
        assert all("\r\nRetry-After: " in answer.reply for answer in away)
        assert max(answer.after for answer in away) < SENT_AWAY_WITHIN
        assert look.p99() < HEALTHY_WITHIN
        assert look.grown < GROWN_AT_MOST
        assert sorted(kept(anna, room)) == sorted(answer.client_id for answer in answers if answer.status == 201)
        anna.says(room)
