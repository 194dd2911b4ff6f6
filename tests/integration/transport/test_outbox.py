"""What is said in one turn of the event loop leaves at its end, in one piece; a busy room waits a little for more."""

from typing import Self

import gevent
import pytest

from adapters.broadcasting.native import Outbox

BUSY = 300


class Client:
    """A connection that notes what is written to it. Writing to it takes some seconds of the given time."""

    def __init__(self, now: list[float] | None = None, takes: float = 0.0) -> None:
        self.out: list[bytes] = []
        self.written: list[bytes] = []
        self._now = now or [0.0]
        self._takes = takes

    @property
    def transport(self) -> Self:
        return self

    def flush(self) -> None:
        self._now[0] += self._takes
        self.written.append(b"".join(self.out))
        self.out.clear()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_what_is_said_in_one_turn_leaves_in_one_piece_and_in_order(outbox: Outbox) -> None:
    one, other = Client(), Client()
    outbox.add(one, b"ack ")
    outbox.send_to_all([one, other], b"event ")
    outbox.add(one, b"another")
    assert one.written == other.written == []
    gevent.sleep(0)
    gevent.sleep(0)
    assert one.written == [b"ack event another"]
    assert other.written == [b"event "]


@pytest.mark.parametrize(("takes", "later"), [(0.000_01, 0.008_1), (0.000_001, 0.001_3)])
def test_a_room_where_the_last_message_is_a_while_ago_is_written_to_at_once(takes: float, later: float) -> None:
    now = [0.0]
    outbox = Outbox(lambda: now[0])
    clients = [Client(now, takes) for _ in range(BUSY)]
    for count in range(1, 4):
        now[0] += later
        outbox.send_to_all(clients, b"x")
        gevent.sleep(0)
        gevent.sleep(0)
        assert len(clients[0].written) == count


def test_in_a_busy_room_what_follows_shortly_is_written_together() -> None:
    now = [0.0]  # however slow the machine is, all of this is shortly after the first
    outbox = Outbox(lambda: now[0])
    clients = [Client(now, takes=0.000_01) for _ in range(BUSY)]
    outbox.send_to_all(clients, b"first ")
    gevent.sleep(0.001)
    for number in range(4):
        outbox.send_to_all(clients, b"%d " % number)
        gevent.sleep(0)
    gevent.sleep(0.05)
    assert clients[0].written == [b"first ", b"0 1 2 3 "]


def test_a_few_clients_never_wait_for_more() -> None:
    now = [0.0]
    outbox = Outbox(lambda: now[0])
    clients = [Client(now, takes=1.0) for _ in range(20)]
    for count in range(1, 4):
        outbox.send_to_all(clients, b"x")
        gevent.sleep(0)
        gevent.sleep(0)
        assert len(clients[0].written) == count
