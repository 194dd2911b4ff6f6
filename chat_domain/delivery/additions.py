"""Additions: whoever is led into a room is told of the room right before the joining."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from chat_domain.model.ephemeral import RoomAdded
from chat_domain.model.errors import NotFound
from chat_domain.model.events import RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Snapshot


class Additions:
    """Tells those who are connected here."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._connecting: Counter[UserId] = Counter()
        self._told: tuple[UserId, RoomId, Seq] | None = None  # the joining that is to follow

    @contextmanager
    def connecting(self, user_id: UserId) -> Iterator[None]:
        """While somebody's memberships are read because they connect, what they do not hear yet need not be new."""
        self._connecting[user_id] += 1
        try:
            yield
        finally:
            self._connecting[user_id] -= 1
            if not self._connecting[user_id]:
                del self._connecting[user_id]

    def are_told_by_sync(self, user_id: UserId) -> bool:
        """Whether the user is just connecting."""
        return user_id in self._connecting

    def are_missing(self, event: RoomEvent) -> bool:
        """Whether somebody would be led in by this event, which is the next, without having been told."""
        if not isinstance(event, UserJoined) or self._told == (event.user.id, event.room_id, event.seq):
            return False
        return not self._audience.is_in(event.user.id, event.room_id)

    def look_up(self, seen: Snapshot, room_id: RoomId, events: Sequence[RoomEvent]) -> Mapping[UserId, RoomAdded]:
        """What to tell those who may be led in by one of these events of the room, as far as they are members now."""
        left = {event.user.id for event in events if isinstance(event, UserLeft)}
        back = left and left.intersection(self._audience.users())
        joining = {
            event.user.id
            for event in events
            if isinstance(event, UserJoined) and (event.user.id in back or self.are_missing(event))
        }
        return {user_id: added for user_id in joining if (added := _addition(seen, user_id, room_id))}

    def tell_before(self, event: RoomEvent, additions: Mapping[UserId, RoomAdded]) -> None:
        """Tell the one among these that this event, which is the next, needs."""
        if isinstance(event, UserJoined) and event.user.id in additions and self.are_missing(event):
            self.tell(additions[event.user.id], event.seq)

    def tell(self, added: RoomAdded, joined_seq: Seq) -> None:
        """Tell it; the user is about to be led in, by the event of this seq unless that was handed out before."""
        self._told = added.view.viewer.id, added.view.room.id, joined_seq
        self._audience.deliver(added)


def _addition(seen: Snapshot, user_id: UserId, room_id: RoomId) -> RoomAdded | None:
    try:
        view = seen.views.of(user_id, room_id)
    except NotFound:
        return None
    return RoomAdded(view) if view.joined else None
