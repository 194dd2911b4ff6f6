"""A channel: bytes from each process to all of them."""

from abc import abstractmethod
from typing import Protocol

SILENCE = 3.0
"""Seconds without an answer, or without a payload, where those of this process come back each half second: the channel
is away."""


class ChannelAway(Exception):
    """The channel cannot be reached, or the connection broke; the sentence names no secret."""


class Channel(Protocol):
    """Carries payloads to every process that listens, the sender included, to all of them in the same order.

    `publish` is called by one greenlet, `subscribe` and `receive` by another; other greenlets go on while they wait.
    After ChannelAway the same call connects anew.
    """

    @abstractmethod
    def publish(self, payload: bytes) -> None:
        """Send UTF-8 text of any length. Raises ChannelAway; then it may have been carried nevertheless."""

    @abstractmethod
    def subscribe(self) -> None:
        """Listen from now on: what is published after this returned will be received. Raises ChannelAway."""

    @abstractmethod
    def receive(self) -> bytes:
        """Wait for the next payload. Raises ChannelAway, also after SILENCE; then what was published may be lost."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections."""
