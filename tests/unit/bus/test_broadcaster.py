"""What happens here is told to the others at once, whatever it takes to hand it on here."""

from collections.abc import Sequence

from adapters.broadcasting.bus import BusBroadcaster, BusConnection
from chat_domain.model.ephemeral import AnyEvent, RoomDeleted
from chat_domain.model.identifiers import RoomId
from tests.unit.bus.test_presence import NoChannel


class NotedConnection(BusConnection):
    """A connection with a peer, whose payloads are only noted."""

    def __init__(self, noted: list[str]) -> None:
        super().__init__(NoChannel())
        self.peers.hear("another")
        self._noted = noted

    def publish(self, topic: str, content: bytes) -> None:
        self._noted.append("there")


def test_the_others_do_not_wait_for_what_is_looked_up_to_hand_it_on_here() -> None:
    noted: list[str] = []
    broadcaster = BusBroadcaster(NotedConnection(noted))

    def receive(_: Sequence[AnyEvent]) -> None:
        noted.append("here")

    broadcaster.subscribe(receive)
    broadcaster.publish([RoomDeleted(RoomId(1))])
    assert noted == ["there", "here"]
