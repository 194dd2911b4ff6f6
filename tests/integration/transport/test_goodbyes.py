"""Whoever was shown out is not listened to any more, and nothing of what he goes on sending is kept."""

import _socket  # a WebSocket lives on a plain one
import tracemalloc
from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent.event import Event

from adapters.broadcasting.native import Outbox
from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.frames import FrameReader
from adapters.broadcasting.native.packets import Malformed
from adapters.broadcasting.native.websocket import WebSocket
from adapters.broadcasting.native.workers import Workers
from tests.integration.sockets.raw import a_frame

MEBIBYTE = 1024 * 1024
EVENT = a_frame(b'42["read",{"room_id":1,"seq":1}]')
TINY = a_frame(b"3") * 8_000


class Engine:
    """An Engine.IO socket that nobody asks for."""

    sid = "anybody's"

    def retire(self) -> None: ...

    def finish(self, reason: str) -> None: ...


class Guest:
    """A client whose first event waits until it is let go on, as for a commit, and more than may wait behind it."""

    def __init__(self, handled: Callable[[], None], *, is_gone: bool = False) -> None:
        self.go_on = Event()
        self._handled = handled
        self._client, server = _socket.socketpair()
        for end in (self._client, server):
            end.setblocking(False)
        said = [b"welcome"]
        self.connection = Connection(
            Engine(), out=said, transport=self, outbox=Outbox(), workers=Workers(), handle_packet=self._handle
        )
        reader = FrameReader()
        reader.feed(EVENT * 150)
        if is_gone:
            self._client.close()
            while not self.connection.is_full:  # by polling
                self.connection.take(b'42["read",{}]')
        self.connection.transport = transport = WebSocket(self.connection, server, reader)
        transport.begin()
        assert self.connection.is_full
        gevent.sleep(0.001)

    def send(self, data: bytes) -> None:
        """Send it, however often the server has to read for that."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._client.send(view) :]
            except BlockingIOError:
                gevent.sleep(0)
        gevent.sleep(0.001)

    def leave(self) -> None:
        self._client.close()
        gevent.sleep(0.001)

    def flush(self) -> None: ...

    def read_on(self) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def _handle(self, connection: Connection, packet: bytes) -> None:
        self.go_on.wait()
        self._handled()


def nothing() -> None: ...


def malformed() -> None:
    raise Malformed("not an event")


@pytest.fixture
def growth() -> Iterator[Callable[[], int]]:
    """Bytes that are kept and were not at first."""
    tracemalloc.start()
    at_first, _ = tracemalloc.get_traced_memory()
    yield lambda: tracemalloc.get_traced_memory()[0] - at_first
    tracemalloc.stop()


@pytest.mark.parametrize("handled", [nothing, malformed])
def test_of_a_client_that_was_not_read_from_when_it_was_shown_out_nothing_more_is_kept(
    growth: Callable[[], int], handled: Callable[[], None]
) -> None:
    guest = Guest(handled)
    if handled is nothing:
        guest.connection.dismiss([])
    guest.go_on.set()
    gevent.sleep(0.001)
    assert guest.connection.has_ended
    for _ in range(100):
        guest.send(TINY)
    assert growth() < MEBIBYTE
    guest.leave()


def test_a_client_that_is_gone_when_its_websocket_begins_is_let_go_however_much_it_had_asked_for() -> None:
    guest = Guest(nothing, is_gone=True)
    assert guest.connection.has_ended
