"""A database far away: everything takes long, nobody else is held up, and once it is near again all is fast."""

import asyncio
import socket
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.integration.product.look import Look, kept
from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.postgres import Postgres
from tests.integration.servers.proxy import Proxy, started
from tests.integration.sockets.people import Person

DELAY = 0.2
"""Seconds, there and back again."""

SLOW_FOR = 6.0
ANSWERED_WITHIN = 15.0
SENDERS = 12
ROOMS = 4
FAST = 0.1
HEALTHY_WITHIN = 0.1


class SlowProxy(Proxy):
    """Passes each piece on after `delay` seconds."""

    delay = 0.0

    async def _read(self, source: socket.socket) -> bytes:
        piece = await super()._read(source)
        await asyncio.sleep(self.delay)
        return piece


class Sender:
    """Posts over one connection, each message again until it is acknowledged."""

    def __init__(self, server: ParleyServer, who: Person, room: int, name: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {who.token}"
        self._url = f"{server.url}/api/chat/rooms/{room}/messages"
        self._name = name
        self.room = room
        self.acknowledged: list[str] = []
        self.refused = 0

    def post(self) -> float:
        """Ask once; how long the answer took."""
        key = f"{self._name} {len(self.acknowledged)}"
        began = time.monotonic()
        reply = self._session.post(self._url, json={"message": key, "client_id": key}, timeout=30)
        took = time.monotonic() - began
        if reply.status_code == 503:
            assert int(reply.headers["Retry-After"]) >= 1
            self.refused += 1
        else:
            assert reply.status_code in (200, 201), reply.text
            self.acknowledged.append(key)
        return took

    def post_for(self, seconds: float) -> list[float]:
        until, took = time.monotonic() + seconds, list[float]()
        while time.monotonic() < until:
            took.append(self.post())
        return took


def at_once(senders: list[Sender], what: Callable[[Sender], list[float]]) -> list[float]:
    with ThreadPoolExecutor(len(senders)) as pool:
        return [seconds for took in pool.map(what, senders) for seconds in took]


@pytest.mark.alone
def test_posts_are_acknowledged_or_sent_away_the_loop_goes_on_and_two_seconds_after_it_is_fast_again(
    tmp_path: Path, postgres: Postgres
) -> None:
    database = postgres.create_database()
    with started(SlowProxy(postgres.port)) as proxy:
        url = postgres.url(database).replace(str(postgres.port), str(proxy.port))
        with a_parley(tmp_path, DATABASE_URL=url, PARLEY_RATE_LIMITS="off") as server:
            anna = Person(server)
            rooms = [anna.opens() for _ in range(ROOMS)]
            senders = [Sender(server, anna, rooms[n % ROOMS], f"sender {n}") for n in range(SENDERS)]
            at_once(senders, lambda sender: [sender.post()])
            proxy.delay = DELAY
            with Look(server) as look:
                slow = at_once(senders, lambda sender: sender.post_for(SLOW_FOR))
            proxy.delay = 0
            time.sleep(2)
            fast = [sender.post() for sender in senders]
            assert statistics.median(slow) > 4 * DELAY, "the database was not slow: this proves nothing"
            assert max(slow) < ANSWERED_WITHIN
            assert sum(sender.refused for sender in senders) < len(slow), "some are acknowledged"
            assert look.p99() < HEALTHY_WITHIN
            assert statistics.median(fast) < FAST
            for sender in senders:
                sender.post()  # again, what was sent away at last
            for room in rooms:
                said = [key for sender in senders if sender.room == room for key in sender.acknowledged]
                assert sorted(kept(anna, room)) == sorted(said), "what was acknowledged is there once"
