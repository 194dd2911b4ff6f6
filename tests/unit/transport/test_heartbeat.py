"""Everybody is asked once in an interval whether they are there, and whoever does not answer in time is gone."""

import weakref
from collections.abc import Iterable
from typing import Any, cast

from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.heartbeat import Heartbeat
from adapters.broadcasting.native.outbox import Outbox


class Client:
    """A connection as the heartbeat sees it."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.alive = True
        self.is_full = False
        self.pinged = 0
        self.ended_with = ""

    @property
    def has_ended(self) -> bool:
        return bool(self.ended_with)

    def end(self, reason: str) -> None:
        self.ended_with = reason


class Pings(Outbox):
    """An outbox whose frames arrive at once."""

    def send_to_all(self, writers: Iterable[Any], frame: bytes) -> None:
        assert frame == b"\x81\x012"
        for client in writers:
            client.pinged += 1
            client.alive = client.answers


def a_heartbeat(*clients: Client) -> Heartbeat:
    """25 ticks are an interval, and 8 the time to answer."""
    heartbeat = Heartbeat(Pings(), interval=25, timeout=8)
    for client in clients:
        heartbeat.add(cast(Connection, client))
    return heartbeat


def pass_by(heartbeat: Heartbeat, ticks: int) -> None:
    for _ in range(ticks):
        heartbeat.tick()


def test_a_client_is_asked_once_in_an_interval() -> None:
    client = Client()
    heartbeat = a_heartbeat(client)
    pass_by(heartbeat, 24)
    assert client.pinged == 0
    pass_by(heartbeat, 1)
    assert client.pinged == 1
    pass_by(heartbeat, 250)
    assert client.pinged == 11
    assert not client.has_ended


def test_whoever_does_not_answer_in_time_is_gone() -> None:
    client = Client(answers=False)
    heartbeat = a_heartbeat(client)
    pass_by(heartbeat, 25 + 7)
    assert not client.has_ended
    pass_by(heartbeat, 1)
    assert client.ended_with == "ping timeout"


def test_whose_answer_we_have_not_read_is_not_gone() -> None:
    client = Client(answers=False)
    client.is_full = True
    pass_by(a_heartbeat(client), 40)
    assert not client.has_ended


def test_whoever_has_ended_is_forgotten() -> None:
    client = Client()
    client.ended_with = "transport close"
    pass_by(a_heartbeat(client), 100)
    assert client.pinged == 0


def test_whoever_did_not_answer_in_time_is_forgotten_at_once() -> None:
    client = Client(answers=False)
    heartbeat, memory = a_heartbeat(client), weakref.ref(client)
    pass_by(heartbeat, 25 + 8)
    del client
    assert memory() is None


def test_clients_that_come_at_different_times_are_asked_at_different_times() -> None:
    early, late = Client(), Client()
    heartbeat = a_heartbeat(early)
    pass_by(heartbeat, 3)
    heartbeat.add(cast(Connection, late))
    pass_by(heartbeat, 22)
    assert (early.pinged, late.pinged) == (1, 0)
    pass_by(heartbeat, 3)
    assert (early.pinged, late.pinged) == (1, 1)
