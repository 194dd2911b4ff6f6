"""A database that is there and does not answer, as behind a dead network: everybody is told so, and soon."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.integration.servers.parley import a_parley
from tests.integration.servers.postgres import Postgres, a_postgres
from tests.integration.sockets.people import Person, eventually

TOLD_WITHIN = 10.0


@contextmanager
def frozen(postgres: Postgres) -> Iterator[None]:
    main = psutil.Process(postgres.pid)
    family = [main, *main.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in reversed(family):
            process.resume()


def test_whoever_asks_for_a_single_thing_is_told_within_ten_seconds_and_it_heals_by_itself(tmp_path: Path) -> None:
    with a_postgres() as postgres, a_parley(tmp_path, DATABASE_URL=postgres.url(postgres.create_database())) as server:
        anna = Person(server, "anna")
        room = anna.opens()
        path = f"/api/chat/rooms/{room}/messages"

        def over_http(method: str, **body: object) -> tuple[int, bool]:
            headers = {"Authorization": f"Bearer {anna.token}"}
            reply = requests.request(method, server.url + path, json=body or None, headers=headers, timeout=30)
            return reply.status_code, "Retry-After" in reply.headers

        with anna.connected() as socket, ThreadPoolExecutor() as pool:

            def over_a_socket() -> tuple[int, bool]:
                said = {"room_id": room, "message": "hello", "client_id": "by socket"}
                problem = socket.call("send_message", said)["error"]
                return problem["status"], "retry_after" in problem

            asked: list[Callable[[], Any]] = [
                lambda: over_http("GET"),
                lambda: over_http("POST", message="hello", client_id="by http"),
                over_a_socket,
            ]
            with frozen(postgres):
                began = time.monotonic()
                told = list(pool.map(lambda ask: ask(), asked))
                took = time.monotonic() - began
            assert told == [(503, True)] * 3
            assert took < TOLD_WITHIN
            eventually(
                lambda: over_http("POST", message="hello", client_id="by http")[0] in (200, 201), "a post", within=5
            )
        kept = [
            event["message"]["client_id"]
            for event in anna.ask("GET", f"/api/chat/rooms/{room}/events")["events"]
            if event["type"] == "message"
        ]
        assert kept.count("by http") == 1
        assert kept.count("by socket") <= 1
