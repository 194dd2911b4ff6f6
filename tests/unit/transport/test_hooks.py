"""The native transport looks for what it holds on to in its libraries before it serves anybody."""

import pytest
import socketio

from adapters.broadcasting.errors import UnknownTransport
from adapters.broadcasting.native import NativeTransport, Outbox


def a_server() -> socketio.Server:
    server = socketio.Server(async_mode="gevent", async_handlers=False, ping_interval=25, ping_timeout=8)
    server.on("*", lambda *_: None)
    return server


def test_it_serves_what_it_knows_without_touching_other_servers() -> None:
    server, other = a_server(), a_server()
    before = other.eio._async["websocket"]
    NativeTransport(Outbox()).attach(server)
    assert server.eio._async["websocket"] is not before
    assert other.eio._async["websocket"] is before


@pytest.mark.parametrize("missing", ["websocket", "queue", "connect", "_handle_connect", "*"])
def test_a_library_that_it_does_not_know_is_said_in_one_sentence(missing: str) -> None:
    server = a_server()
    server.eio._async = {name: each for name, each in server.eio._async.items() if name != missing}
    server.eio.handlers.pop(missing, None)
    server.handlers["/"].pop(missing, None)
    if missing == "_handle_connect":
        server = Renamed(server)
    with pytest.raises(UnknownTransport, match=r"^The native transport needs python-engineio 4\.15 .*stock\.$"):
        NativeTransport(Outbox()).attach(server)


class Renamed:
    """A server that calls its parts differently."""

    def __init__(self, server: socketio.Server) -> None:
        self.eio, self.handlers = server.eio, server.handlers


def test_a_start_that_fails_for_it_can_say_so_in_one_sentence() -> None:
    assert issubclass(UnknownTransport, ImportError), "which is what the start turns into its sentence"
