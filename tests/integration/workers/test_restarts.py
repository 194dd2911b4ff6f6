"""SIGHUP replaces every worker under load, and nobody who retries loses anything or is turned away."""

import os
import signal
import time

import pytest

from tests.integration.product.talk import over_a_socket, over_http
from tests.integration.sockets.people import eventually
from tests.integration.workers.crew import SIZE, Crew
from tests.integration.workers.upheaval import nobody_notices

SENDS = 400
"""Of each sender."""


def test_nothing_is_lost_or_refused_while_all_workers_are_replaced(crew: Crew) -> None:
    with nobody_notices(crew, [over_a_socket, over_a_socket, over_a_socket, over_http], SENDS):
        crew.restart()
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
