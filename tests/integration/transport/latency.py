"""How long messages take to those who behave."""

import json
import threading
import time
from collections.abc import Callable
from typing import Self

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.raw import Hung, RawWebSocket


def percentile(percent: float, values: list[float]) -> float:
    """In the unit of the values."""
    return sorted(values)[int(len(values) * percent / 100)]


class Latency:
    """A member of the room who notes how late each message comes whose text begins with the time of its sending."""

    def __init__(self, server: ParleyServer, token: str, room: int) -> None:
        self._room = room
        self._client = RawWebSocket(server)
        self._client.log_in(token)
        self._late: list[float] = []
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.send(b"\x03\xe8", 8)
        self._thread.join()
        self._client.close()

    def during(self, work: Callable[[], None]) -> list[float]:
        """Seconds, of each message that came while this was done and shortly after."""
        self._late.clear()
        work()
        time.sleep(0.2)
        return list(self._late)

    def _read(self) -> None:
        try:
            while True:
                message = self._client.text()
                if message == "2":
                    self._client.send("3")
                elif message.startswith('42["receive_message"'):
                    sent = float(json.loads(message[2:])[1]["message"]["content"].split(" ")[0])
                    self._late.append(time.monotonic() - sent)
        except (Hung, OSError, AssertionError):  # the last is for a goodbye, which is no text
            return
