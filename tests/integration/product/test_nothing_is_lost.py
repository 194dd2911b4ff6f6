"""Killed at any moment, the server loses nothing that it acknowledged, doubles nothing, and keeps the order."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.product.talk import Door, a_talk, over_a_socket, over_http
from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import eventually

SENDS = 1_000
SENDERS = 4


@pytest.mark.parametrize("door", [over_a_socket, over_http])
def test_a_server_that_is_killed_amid_a_thousand_acknowledged_sends_has_them_all_once_in_order(
    tmp_path: Path, door: Door
) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        with a_talk(server, [door] * SENDERS, SENDS // SENDERS) as talk:
            for most in (SENDS // 4, SENDS * 3 // 4):
                kill_after(server, talk.said, most)
        server.kill()
        server.start()
        log = talk.must_be_kept()
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1)), "one order without gaps"
    assert sum(event["type"] == "message" for event in log) == SENDS, "nothing is lost and nothing is there twice"


def kill_after(server: ParleyServer, acknowledged: Callable[[], int], most: int) -> None:
    eventually(lambda: acknowledged() >= most, f"{most} acknowledged sends", within=60)
    server.kill()
    time.sleep(0.2)  # everybody notices
    assert acknowledged() < SENDS, "it was killed in the middle"
    server.start()
