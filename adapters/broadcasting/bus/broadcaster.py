"""What happens here is told to the other processes, and the other way round."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from adapters.broadcasting.bus.codec import EventCodec
from adapters.broadcasting.bus.incoming import Incoming
from adapters.broadcasting.bus.line import Line
from adapters.broadcasting.local import LocalBroadcaster
from chat_domain.model.ephemeral import AnyEvent, SessionEnded
from chat_domain.ports.broadcasting import Broadcaster

_TOPIC: Final = "events"


class BusBroadcaster(Broadcaster):
    """Hands events straight to the subscribers of this process, and to those of the others over the line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._codec = EventCodec()
        self._here = LocalBroadcaster()
        self._incoming = Incoming(self._here.publish, overflow=line.miss)
        line.hear(_TOPIC, self._receive)

    def publish(self, events: Sequence[AnyEvent]) -> None:
        if self._line.peers:  # first: whoever hands it on here may have to wait for the storage
            self._line.say(_TOPIC, self._codec.encode(events))
        self._here.publish(events)
        if any(isinstance(each, SessionEnded) for each in events):  # once that is answered, it holds everywhere
            self._line.settle()

    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        self._here.subscribe(receive)

    def is_current(self) -> bool:
        return self._line.is_current()

    def hears_all(self) -> bool:
        return self._line.hears_all()

    def check(self) -> None:
        self._line.check()

    def open(self) -> None:
        """Connect, and stay connected, in the background."""
        self._line.open()

    def close(self) -> None:
        """Send what waits, at most for a second, and go."""
        self._line.close()

    def _receive(self, _origin: str, content: Any) -> None:  # noqa: ANN401 - JSON
        """In the greenlet that listens: while it waits for something, nothing is heard."""
        events = self._codec.decode(content)
        ends = [each for each in events if isinstance(each, SessionEnded)]
        if ends:
            self._here.publish(ends)  # which asks for nothing: who is current acts on every end that was told
        self._incoming.put(each for each in events if not isinstance(each, SessionEnded))
