"""Many who attack at once, with all that could cost memory or time, are shown out, and nobody else notices."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.attacks import ATTACKS, COMPRESSED, MEBIBYTE
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import CLOSE, TEXT, a_websocket
from tests.integration.transport.latency import percentile

pytestmark = pytest.mark.alone


def test_attacks_from_four_sides_are_felt_by_nobody(server: ParleyServer, ben: Person, witness: list[float]) -> None:
    _attack(server, ben, times=5)  # what a server needs at first
    witness.clear()
    time.sleep(2)
    calm = percentile(99, witness)
    before = psutil.Process(server.pid).memory_info().rss
    witness.clear()
    _attack(server, ben, times=100)
    during = list(witness)
    assert psutil.Process(server.pid).memory_info().rss - before < 5 * MEBIBYTE
    assert len(during) > 100
    assert percentile(99, during) < 0.05 + calm


def _attack(server: ParleyServer, person: Person, times: int) -> None:
    def attack(number: int) -> None:
        with a_websocket(server, headers=COMPRESSED) as client:
            if number % 2:
                client.log_in(person.token)
            with suppress(ConnectionError):  # the server closes before everything is sent
                client.send_bytes(attacks[number % len(attacks)])
            assert {frame.opcode for frame in client.end()} <= {TEXT, CLOSE}  # or it would not come to an end

    attacks = list(ATTACKS.values())
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(attack, range(times * len(attacks))))
