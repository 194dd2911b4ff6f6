"""What people see of servers that are replaced under load: nothing."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import requests

from tests.integration.product.talk import Door, Talk, a_talk
from tests.integration.sockets.people import Place, eventually


@contextmanager
def nobody_notices(place: Place, doors: Sequence[Door], each: int, *, patience: float = 10) -> Iterator[Talk]:
    """A lively talk goes on meanwhile and loses nothing; who knocks must be let in within `patience` seconds."""
    over = Event()
    with ThreadPoolExecutor(1) as pool:
        with a_talk(place, doors, each) as talk:
            knocking = pool.submit(_knock, place, over, patience)
            try:
                eventually(lambda: talk.said() > each // 4, "a lively talk", within=30)
                yield talk
            finally:
                over.set()
        assert knocking.result() > 30
    talk.must_be_kept()


def _knock(place: Place, over: Event, patience: float) -> int:
    """Again and again, over a new connection each time; raises when one is refused or unanswered."""
    knocks = 0
    while not over.is_set():
        reply = requests.get(f"{place.url}/readyz", headers={"Connection": "close"}, timeout=patience)
        assert reply.status_code == 200
        knocks += 1
        time.sleep(0.02)
    return knocks
