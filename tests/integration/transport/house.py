"""All that handles packets, in this process and without sockets: connections are opened as by clients that poll."""

import json
from collections.abc import Iterable
from typing import Final, cast

import gevent
import orjson
from werkzeug.test import create_environ, run_wsgi_app

from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.frames import text_of
from entrypoints.sockets.server import Sockets
from tests.integration.http.world import World

FAR: Final = 2**53 - 1
"""The id of nothing."""


class Wire:
    """The transport of a connection, which takes frames in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.transport, connection.out = self, []

    @property
    def has_ended(self) -> bool:
        return self._connection.has_ended

    def take(self, packet: bytes) -> list[bytes]:
        """What is said to a packet; pushes are left out."""
        self._connection.take(packet)
        _let_it_be_handled()
        if self.has_ended:
            return []
        said = answers(map(text_of, self._connection.out))
        self._connection.out.clear()
        return said

    def end(self) -> None:
        self._connection.end("client disconnect")

    def flush(self) -> None:
        """What is said is read straight from where it waits."""

    def read_on(self) -> None:
        """It never stops."""

    def close(self, code: int, reason: str) -> None:
        """As a WebSocket, but for the goodbye."""
        self._connection.engine.retire()


class House:
    """A chat and its Socket.IO server, and somebody in whose name packets come."""

    def __init__(self) -> None:
        self._world = World()
        parts = self._world.container
        sockets = Sockets(self._world.app, parts.services(), parts.views(), parts.trust(), most_per_address=0)
        self._engines = sockets.server.eio.sockets
        parts.audience().attach(sockets.server)
        parts.transport().attach(sockets.server)
        parts.broadcaster().subscribe(parts.services().delivery.receive)
        anna = self._world.someone()
        self._login = b'40{"token":"%b"}' % anna.token.encode()
        here = {"room_id": anna.opens()["id"]}
        events: dict[str, dict[str, object]] = {
            "send_message": {**here, "message": "né", "client_id": "always the same"},
            "edit_message": {**here, "message_id": FAR, "message": "x"},
            "delete_message": {**here, "message_id": FAR},
            "join": here,
            "leave": {"room_id": FAR},
            "typing": here,
            "read": {**here, "seq": 1},
            "sync": {"rooms": {str(here["room_id"]): FAR}},
            "presence": {"user_ids": [1, FAR]},
        }
        self.packets: Final = [b"42%d%b" % (id, orjson.dumps([*event])) for id, event in enumerate(events.items())]
        """Each event as clients send it."""

    def connects(self) -> Wire:
        """A new connection, which speaks for somebody."""
        wire = self.calls()
        (answer,) = wire.take(self._login)
        assert answer.startswith(b"40{")
        return wire

    def calls(self) -> Wire:
        """A new connection, which speaks for nobody yet."""
        return Wire(self.connection(self._opens()))

    def begins_to_poll(self) -> str:
        """A new connection of somebody who goes on polling: its id."""
        id = self._opens()
        assert self.posts(id, self._login) == 200
        (answer,) = self.polls(id)
        assert answer.startswith(b"40{")
        return id

    def posts(self, id: str, body: bytes) -> int:
        """The status that a body is answered with."""
        return self._asks("POST", f"&sid={id}", body)[0]

    def waits(self, id: str) -> int:
        """The status that a poll is answered with, as soon as there is something to say."""
        return self._asks("GET", f"&sid={id}")[0]

    def polls(self, id: str) -> list[bytes]:
        """What was said to what was posted; pushes are left out."""
        _let_it_be_handled()
        packets: list[bytes] = []
        while self.is_open(id) and self._engines[id].queue.qsize():
            packets += self._asks("GET", f"&sid={id}")[1].split(b"\x1e")
        return answers(packets)

    def connection(self, id: str) -> Connection:
        """The connection that is open under this id."""
        return cast(Connection, self._engines[id].connection)

    def is_open(self, id: str) -> bool:
        return id in self._engines

    def _opens(self) -> str:
        return str(json.loads(self._asks("GET")[1][1:])["sid"])

    def _asks(self, method: str, more: str = "", body: bytes = b"") -> tuple[int, bytes]:
        query = f"EIO=4&transport=polling{more}"
        environ = create_environ("/socket.io/", query_string=query, method=method, data=body)
        answer, status, _ = run_wsgi_app(self._world.app.wsgi_app, environ, buffered=True)
        return int(status[:3]), b"".join(answer)


def answers(packets: Iterable[bytes]) -> list[bytes]:
    """Those that a client gets because it asked: to an event, and to CONNECT."""
    return [packet for packet in packets if packet.startswith((b"40", b"43", b"44"))]


def _let_it_be_handled() -> None:
    gevent.sleep(0)  # by a worker; the storage is in memory and waits for nothing
