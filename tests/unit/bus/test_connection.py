"""Whatever becomes of one payload or of the channel, the connection goes on, and knows what it may have missed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import orjson
import pytest
from gevent.queue import Queue

from adapters.broadcasting.bus import BusConnection
from adapters.broadcasting.bus.channel import Channel, ChannelAway

WITHIN = 5
FAULTS = [ChannelAway("nobody is there"), ValueError("a driver's surprise")]


class Tape(Channel):
    """Plays what was put on it, errors too, and what is published; `faults` happen to the next publishing."""

    def __init__(self) -> None:
        self.played: Queue[bytes | Exception] = Queue()
        self.published: Queue[bytes] = Queue()
        self.subscribed: Queue[None] = Queue()
        self.faults: list[Exception] = []

    def publish(self, payload: bytes) -> None:
        if self.faults:
            raise self.faults.pop()
        self.published.put(payload)
        self.played.put(payload)

    def subscribe(self) -> None:
        self.subscribed.put(None)

    def receive(self) -> bytes:
        played = self.played.get()
        if isinstance(played, Exception):
            raise played
        return played

    def close(self) -> None:
        """There is nothing to let go."""


class CountingConnection(BusConnection):
    """Counts how often it missed something."""

    missed = 0

    def miss(self) -> None:
        self.missed += 1


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for pause in ("publisher._BEAT", "publisher._RESUBSCRIBED_WITHIN", "backoff._FIRST", "backoff._LONGEST"):
        monkeypatch.setattr(f"adapters.broadcasting.bus.{pause}", 0.001)


@contextmanager
def a_connection(tape: Tape) -> Iterator[CountingConnection]:
    connection = CountingConnection(tape)
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def heard(connection: BusConnection, topic: str) -> Queue[Any]:
    """What comes under the topic from now on."""
    contents: Queue[Any] = Queue()
    connection.subscribe(topic, lambda _, content: contents.put(content))
    return contents


def a_payload(*said: object) -> bytes:
    return b"another 1.0 " + orjson.dumps(said)


def fail(_origin: str, _content: object) -> None:
    raise RuntimeError("of another version")


def test_what_stands_beside_a_topic_that_cannot_be_handled_is_heard_and_something_was_missed() -> None:
    tape = Tape()
    with a_connection(tape) as connection:
        news = heard(connection, "news")
        connection.subscribe("presence", fail)
        tape.played.put(a_payload(["news", 1], ["presence", []], "no topic", ["news", 2]))
        assert [news.get(timeout=WITHIN) for _ in range(2)] == [1, 2]
        assert connection.missed == 2


@pytest.mark.parametrize("payload", [b"another", b"another 1.0 [[", b"another 1.0 7", b"\xff 1.0 []"])
def test_of_a_payload_that_cannot_be_read_remains_that_something_was_missed(payload: bytes) -> None:
    tape = Tape()
    with a_connection(tape) as connection:
        news = heard(connection, "news")
        tape.played.put(payload)
        tape.played.put(a_payload(["news", 1]))
        assert news.get(timeout=WITHIN) == 1
        assert connection.missed == 1


def test_a_topic_that_is_not_known_here_is_nothing_that_was_missed() -> None:
    tape = Tape()
    with a_connection(tape) as connection:
        news = heard(connection, "news")
        tape.played.put(a_payload(["of a later version", {}], ["news", 1]))
        assert news.get(timeout=WITHIN) == 1
        assert connection.missed == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_keeps_it_from_speaking_it_speaks_again(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    tape = Tape()
    with a_connection(tape) as connection, caplog.at_level(logging.WARNING):
        connection.peers.hear("another")
        tape.faults = [fault]
        connection.publish("news", b"1")
        with gevent.Timeout(WITHIN):
            while b'["news",1]' not in tape.published.get():
                """A heartbeat."""
        assert f"the bus is away: {fault}" in caplog.text
        assert ("Traceback" in caplog.text) == isinstance(fault, ValueError), "what nobody expects is told in full"


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_keeps_it_from_listening_it_listens_again(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    tape = Tape()
    with a_connection(tape) as connection, caplog.at_level(logging.WARNING):
        news = heard(connection, "news")
        tape.played.put(fault)
        tape.played.put(a_payload(["news", 1]))
        assert news.get(timeout=WITHIN) == 1
        assert tape.subscribed.qsize() == 2
        assert f"the bus is away: {fault}" in caplog.text
        assert ("Traceback" in caplog.text) == isinstance(fault, ValueError), "what nobody expects is told in full"
