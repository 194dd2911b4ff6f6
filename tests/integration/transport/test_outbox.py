"""What is said in one turn of the event loop leaves at its end, in one piece; a busy room waits a little for more."""

from typing import Self

import gevent
import pytest

from adapters.broadcasting.native import Outbox

BUSY = 300


class Client:
    """A connection that notes what is written to it."""

    def __init__(self) -> None:
        self.out: list[bytes] = []
        self.written: list[bytes] = []

    @property
    def line(self) -> Self:
        return self

    def flush(self) -> None:
        self.written.append(b"".join(self.out))
        self.out.clear()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_what_is_said_in_one_turn_leaves_in_one_piece_and_in_order(outbox: Outbox) -> None:
    one, other = Client(), Client()
    outbox.add(one, b"ack ")
    outbox.spread([one, other], b"event ")
    outbox.add(one, b"another")
    assert one.written == other.written == []
    gevent.sleep(0)
    gevent.sleep(0)
    assert one.written == [b"ack event another"]
    assert other.written == [b"event "]


def test_an_idle_room_is_written_to_at_once() -> None:
    now = [0.0]
    outbox = Outbox(lambda: now[0])
    clients = [Client() for _ in range(BUSY)]
    for count in range(1, 4):
        now[0] += 0.01
        outbox.spread(clients, b"x")
        gevent.sleep(0)
        gevent.sleep(0)
        assert len(clients[0].written) == count


def test_in_a_busy_room_what_follows_shortly_is_written_together() -> None:
    outbox = Outbox(lambda: 0.0)  # however slow the machine is, all of this is shortly after the first
    clients = [Client() for _ in range(BUSY)]
    outbox.spread(clients, b"first ")
    gevent.sleep(0.001)
    for number in range(4):
        outbox.spread(clients, b"%d " % number)
        gevent.sleep(0)
    gevent.sleep(0.05)
    assert clients[0].written == [b"first ", b"0 1 2 3 "]


def test_a_few_clients_never_wait_for_more(outbox: Outbox) -> None:
    clients = [Client() for _ in range(20)]
    for count in range(1, 4):
        outbox.spread(clients, b"x")
        gevent.sleep(0)
        gevent.sleep(0)
        assert len(clients[0].written) == count
