"""What one process says, in its order, and a heartbeat where there is nothing to say."""

import time
from collections.abc import Callable
from typing import Final

from gevent.event import Event

from adapters.broadcasting.bus.channel import Channel
from adapters.broadcasting.bus.outgoing import Outgoing
from adapters.broadcasting.bus.pause import Pause

_BEAT: Final = 0.5
"""Seconds between two payloads of a process, be they empty."""

_LISTENING_AGAIN: Final = 0.7
"""Seconds after the bus came back, in which the others find it, too: what waits would not reach them before."""


class Speaker:
    """Publishes `origin sent [item, item, ...]`; while the channel is away the items wait, and `away` is told why."""

    def __init__(self, channel: Channel, origin: str, away: Callable[[Exception], None]) -> None:
        self.waiting = Outgoing()
        self._channel = channel
        self._origin = origin
        self._away = away
        self._wake, self._all_said = Event(), Event()
        self._all_said.set()
        self._quiet_until = float("-inf")

    def say(self, item: bytes) -> None:
        """Have it published soon. Never raises, never waits."""
        self.waiting.put(item)
        self._all_said.clear()
        self._wake.set()

    def beat(self) -> None:
        """Publish something now, be it nothing."""
        self._wake.set()

    def come_back(self, sent: float) -> None:
        """What was published then was heard."""
        if self._quiet_until == float("inf"):
            self._quiet_until = sent + _LISTENING_AGAIN

    def finish(self, within: float) -> None:
        """Return when all is said, or after so many seconds."""
        self._all_said.wait(within)

    def run(self) -> None:
        """Speak for good."""
        pause = Pause()
        while True:
            self._wake.wait(_BEAT)
            self._wake.clear()
            said = self.waiting.take() if time.monotonic() >= self._quiet_until else []
            try:
                self._publish(said)
                pause.reset()
            except Exception as error:  # noqa: BLE001 - whatever it was, nobody else would speak
                self.waiting.put_back(said)
                self._quiet_until = float("inf")
                self._away(error)
                pause.take()

    def _publish(self, said: list[bytes]) -> None:
        self._channel.publish(f"{self._origin} {time.monotonic():.3f} [".encode() + b",".join(said) + b"]")
        if not self.waiting:
            self._all_said.set()
        elif said:
            self._wake.set()
