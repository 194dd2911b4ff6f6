"""Publishes what one process has for the others, in its order, and a heartbeat where that is nothing."""

import time
from collections.abc import Callable
from typing import Final

from gevent.event import Event

from adapters.broadcasting.bus.backoff import Backoff
from adapters.broadcasting.bus.channel import Channel
from adapters.broadcasting.bus.outgoing import Outgoing

_BEAT: Final = 0.5
"""Seconds between two payloads of a process, be they empty."""

_RESUBSCRIBED_WITHIN: Final = 0.7
"""Seconds after the bus came back in which the other processes subscribe again: no item would reach them before."""


class Publisher:
    """Publishes `origin sent [item, item, ...]`; while the channel is away the items wait, and `away` is told why."""

    def __init__(self, channel: Channel, origin: str, away: Callable[[Exception], None]) -> None:
        self.waiting = Outgoing()
        self._channel = channel
        self._origin = origin
        self._away = away
        self._wake, self._all_published = Event(), Event()
        self._all_published.set()
        self._quiet_until = float("-inf")

    def put(self, item: bytes) -> None:
        """Have it published soon. Never raises, never waits."""
        self.waiting.put(item)
        self._all_published.clear()
        self._wake.set()

    def beat(self) -> None:
        """Publish now, if only a heartbeat."""
        self._wake.set()

    def come_back(self, sent: float) -> None:
        """The payload that was published at `sent` has come back over the bus."""
        if self._quiet_until == float("inf"):
            self._quiet_until = sent + _RESUBSCRIBED_WITHIN

    def finish(self, within: float) -> None:
        """Return when every item is published, or after `within` seconds."""
        self._all_published.wait(within)

    def run(self) -> None:
        """Publish until the greenlet is killed."""
        backoff = Backoff()
        while True:
            self._wake.wait(_BEAT)
            self._wake.clear()
            items = self.waiting.take() if time.monotonic() >= self._quiet_until else []
            try:
                self._publish(items)
                backoff.reset()
            except Exception as error:  # noqa: BLE001 - whatever it was, no other greenlet would publish
                self.waiting.put_back(items)
                self._quiet_until = float("inf")
                self._away(error)
                backoff.wait()

    def _publish(self, items: list[bytes]) -> None:
        self._channel.publish(f"{self._origin} {time.monotonic():.3f} [".encode() + b",".join(items) + b"]")
        if not self.waiting:
            self._all_published.set()
        elif items:
            self._wake.set()
