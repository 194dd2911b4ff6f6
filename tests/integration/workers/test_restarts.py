"""SIGHUP replaces every worker under load, and nobody who retries loses anything or is turned away."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import requests

from tests.integration.product.test_nothing_is_lost import over_a_socket, over_http, talk, the_log
from tests.integration.sockets.people import Person, eventually
from tests.integration.workers.crew import SIZE, Crew

SENDERS = 4
SENDS = 400
"""Of each sender."""


def test_nothing_is_lost_or_refused_while_all_workers_are_replaced(crew: Crew) -> None:
    people = [Person(crew) for _ in range(SENDERS)]
    room = people[0].opens(*people[1:])
    acknowledged: list[list[dict[str, Any]]] = [[] for _ in people]
    doors = (over_a_socket, over_a_socket, over_a_socket, over_http)
    over = Event()

    def knock() -> int:
        """Again and again, over a new connection each time; raises when one is refused or unanswered."""
        knocks = 0
        while not over.is_set():
            reply = requests.get(f"{crew.url}/readyz", headers={"Connection": "close"}, timeout=10)
            assert reply.status_code == 200
            knocks += 1
            time.sleep(0.02)
        return knocks

    with ThreadPoolExecutor(SENDERS + 1) as pool:
        knocking = pool.submit(knock)
        talking = [
            pool.submit(talk, who, room, door, list_, SENDS)
            for who, door, list_ in zip(people, doors, acknowledged, strict=True)
        ]
        try:
            eventually(lambda: sum(map(len, acknowledged)) > SENDS // 4, "a lively talk", within=30)
            crew.restart()
        finally:
            over.set()
        assert knocking.result() > 30
        for one in talking:
            one.result()
    kept = [event["message"] for event in the_log(people[0], room) if event["type"] == "message"]
    for who, acks in zip(people, acknowledged, strict=True):
        assert len(acks) == SENDS
        assert [message for message in kept if message["sender"]["id"] == who.id] == acks, "once, in order"
    assert "Traceback" not in crew.log()
    assert "hangs" not in crew.log()


def test_a_restart_that_is_asked_for_during_another_still_ends_with_new_workers(crew: Crew) -> None:
    before = crew.workers()
    os.kill(crew.pid, signal.SIGHUP)
    eventually(lambda: crew.workers() - before, "the first new worker")
    crew.restart()
    time.sleep(1)
    assert len(crew.workers()) == SIZE


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_finishes_and_is_replaced(crew: Crew, sig: signal.Signals) -> None:
    before = crew.workers()
    chosen = next(iter(before))
    os.kill(chosen, sig)
    eventually(lambda: len(now := crew.workers()) == SIZE and chosen not in now, "another")
    assert len(crew.workers() & before) == SIZE - 1
