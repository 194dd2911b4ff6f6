"""How a server is while something is done to it, and what it has kept."""

import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import psutil

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person


class Look(threading.Thread):
    """Asks a server how it is, again and again over one connection, and looks how much memory it has."""

    def __init__(self, server: ParleyServer) -> None:
        super().__init__()
        self._port = server.port
        self._process = psutil.Process(server.pid)
        self._is_over = threading.Event()
        self._before = self._process.memory_info().rss
        self.grown = 0
        self.took: list[float] = []

    def run(self) -> None:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            while not self._is_over.wait(0.02):
                began = time.monotonic()
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                self.took.append(time.monotonic() - began)
                self.grown = max(self.grown, self._process.memory_info().rss - self._before)

    def p99(self) -> float:
        """Seconds that an answer took."""
        return sorted(self.took)[int(len(self.took) * 0.99)]

    def __enter__(self) -> "Look":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self.join()


def kept(who: Person, room: int) -> list[str]:
    """The keys of all messages of the room, of whose log nothing is missing."""
    events: list[dict[str, Any]] = []
    while page := who.ask("GET", f"/api/chat/rooms/{room}/events?limit=200&after={len(events)}")["events"]:
        events += page
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    return [event["message"]["client_id"] for event in events if event["type"] == "message"]
