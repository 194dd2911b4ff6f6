"""The broadcaster of a process that shares the storage with others: events go over the bus."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from adapters.broadcasting.bus.codec import EventCodec
from adapters.broadcasting.bus.connection import BusConnection
from adapters.broadcasting.bus.incoming import Incoming
from adapters.broadcasting.local import LocalBroadcaster
from chat_domain.model.ephemeral import AnyEvent, SessionEnded
from chat_domain.ports.broadcasting import Broadcaster

_TOPIC: Final = "events"


class BusBroadcaster(Broadcaster):
    """Hands events straight to the subscribers of this process, and over the bus to those of the others."""

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection
        self._codec = EventCodec()
        self._here = LocalBroadcaster()
        self._incoming = Incoming(self._here.publish, overflow=connection.miss)
        connection.subscribe(_TOPIC, self._receive)

    def publish(self, events: Sequence[AnyEvent]) -> None:
        if self._connection.peers:  # first: a subscriber here may have to wait for the storage
            self._connection.publish(_TOPIC, self._codec.encode(events))
        self._here.publish(events)
        if any(isinstance(each, SessionEnded) for each in events):  # once it is answered, the end holds everywhere
            self._connection.settle()

    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        self._here.subscribe(receive)

    def is_current(self) -> bool:
        return self._connection.is_current()

    def hears_all(self) -> bool:
        return self._connection.hears_all()

    def check(self) -> None:
        self._connection.check()

    def open(self) -> None:
        """Connect, and stay connected, in the background."""
        self._connection.open()

    def close(self) -> None:
        """Send what waits, for at most a second, and disconnect."""
        self._connection.close()

    def _receive(self, _origin: str, content: Any) -> None:  # noqa: ANN401 - JSON
        """In the greenlet that listens: while it waits for something, nothing is heard."""
        events = self._codec.decode(content)
        ends = [each for each in events if isinstance(each, SessionEnded)]
        if ends:
            self._here.publish(ends)  # at once: a process that is current acts on every end that it was told
        self._incoming.put(each for each in events if not isinstance(each, SessionEnded))
