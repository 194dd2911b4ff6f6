"""The other processes on the bus."""

from collections.abc import Iterator
from typing import Final

GONE_AFTER: Final = 5.0
"""Seconds of silence after which a peer counts as dead."""

_MISSED: Final = 1.5
"""Seconds of silence of a peer after which something that it published may not have come."""

_PAUSE: Final = 2.0
"""Seconds between two payloads of this process, after which it was frozen or cut off."""


class Peers:
    """The other processes, by a clock that only the bus moves.

    It shows the time at which this process sent the last of its payloads that came back. Everything that others sent
    before has come by then, for all hear everything in one order: so a process that was frozen, or too busy to
    listen, does not take the others for dead when it goes on, but first hears what they sent meanwhile.
    """

    def __init__(self) -> None:
        self.clock = float("-inf")
        self._heard: dict[str, float] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._heard)

    def __len__(self) -> int:
        return len(self._heard)

    def hear(self, origin: str) -> bool:
        """A peer sent a payload; whether the peer was unknown."""
        is_new = origin not in self._heard
        self._heard[origin] = self.clock
        return is_new

    def leave(self, origin: str) -> None:
        """A peer took its leave."""
        self._heard.pop(origin, None)

    def come_back(self, sent: float) -> bool:
        """A payload that this process sent then came back; whether there was a pause before it."""
        paused = sent - self.clock > _PAUSE
        if paused:  # no peer could be heard: their silence counts from now
            self._heard = dict.fromkeys(self._heard, sent)
        self.clock = sent
        return paused

    def dead(self) -> list[str]:
        """The peers that were silent for too long."""
        return [origin for origin, at in self._heard.items() if self.clock - at > GONE_AFTER]

    def are_heard(self) -> bool:
        """Whether no peer is silent."""
        return all(self.clock - at <= _MISSED for at in self._heard.values())
