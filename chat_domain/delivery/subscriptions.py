"""Subscriptions: how the joinings and leavings that are delivered reach the connections of the user.

A joining is announced to the user (RoomAdded), then it subscribes the user. A leaving unsubscribes the user, who is
then told (RoomRemoved).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from chat_domain.model.ephemeral import RoomAdded, RoomDeleted, RoomRemoved
from chat_domain.model.errors import NotFound
from chat_domain.model.events import RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Snapshot


class Leavings:
    """The leavings and the deletions of rooms that were delivered since somebody began to read memberships."""

    def __init__(self) -> None:
        self._left: dict[tuple[UserId, RoomId], Seq] = {}
        self._deleted: set[RoomId] = set()

    def include(self, user_id: UserId, room_id: RoomId, *, after: Seq) -> bool:
        """Whether the user, a member when the room's last seq was `after`, is a member no more."""
        return room_id in self._deleted or self._left.get((user_id, room_id), after) > after

    def note(self, event: UserLeft | RoomDeleted) -> None:
        """The event is delivered."""
        if isinstance(event, RoomDeleted):
            self._deleted.add(event.room_id)
        else:
            place = event.user.id, event.room_id
            self._left[place] = max(event.seq, self._left.get(place, event.seq))


class Subscriptions:
    """Subscribes and unsubscribes the connections of users who join and leave, and tells them so."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._connecting: Counter[UserId] = Counter()
        self._watching: list[Leavings] = []
        self._announced: tuple[UserId, RoomId, Seq] | None = None  # the joining that was last announced

    @contextmanager
    def leavings(self) -> Iterator[Leavings]:
        """What is delivered within the block; for memberships that are read while they may be changing."""
        leavings = Leavings()
        self._watching.append(leavings)
        try:
            yield leavings
        finally:
            self._watching.remove(leavings)

    @contextmanager
    def connecting(self, user_id: UserId) -> Iterator[Leavings]:
        """The same while a connection of the user is being added: its rooms are not new to the user."""
        self._connecting[user_id] += 1
        try:
            with self.leavings() as leavings:
                yield leavings
        finally:
            self._connecting[user_id] -= 1
            if not self._connecting[user_id]:
                del self._connecting[user_id]

    def is_connecting(self, user_id: UserId) -> bool:
        """Whether a connection of the user is being added."""
        return user_id in self._connecting

    def join(self, event: UserJoined) -> None:
        """Subscribe the user to the room."""
        self._audience.subscribe_user(event.user.id, event.room_id)

    def leave(self, event: UserLeft) -> None:
        """Unsubscribe the user from the room, and tell the user."""
        self._audience.unsubscribe_user(event.user.id, event.room_id)
        self._note(event)
        self._audience.deliver(RoomRemoved(event.user.id, event.room_id))

    def delete(self, room_id: RoomId) -> None:
        """Tell the subscribers that the room is gone, which unsubscribes them."""
        deletion = RoomDeleted(room_id)
        self._note(deletion)
        self._audience.deliver(deletion)

    def needs_announcement(self, event: RoomEvent) -> bool:
        """Whether the event, the next of its room, would subscribe a user who was not told of the room."""
        if not isinstance(event, UserJoined) or self._announced == (event.user.id, event.room_id, event.seq):
            return False
        return not self._audience.is_subscribed(event.user.id, event.room_id)

    def announcements(self, seen: Snapshot, room_id: RoomId, events: Sequence[RoomEvent]) -> Mapping[UserId, RoomAdded]:
        """What to announce before the joinings among these events of the room, for users who are members in `seen`."""
        left = {event.user.id for event in events if isinstance(event, UserLeft)}
        back = left and left.intersection(self._audience.users())
        joining = {
            event.user.id
            for event in events
            if isinstance(event, UserJoined) and (event.user.id in back or self.needs_announcement(event))
        }
        return {user_id: added for user_id in joining if (added := _room_added(seen, user_id, room_id))}

    def announce_before(self, event: RoomEvent, announcements: Mapping[UserId, RoomAdded]) -> None:
        """Make the announcement that this event, the next of its room, needs, if it is among these."""
        if isinstance(event, UserJoined) and event.user.id in announcements and self.needs_announcement(event):
            self.announce(announcements[event.user.id], event.seq)

    def announce(self, added: RoomAdded, joined_seq: Seq) -> None:
        """Tell the user of the room; the joining, or the subscription where it was delivered before, is next."""
        self._announced = added.view.viewer.id, added.view.room.id, joined_seq
        self._audience.deliver(added)

    def _note(self, event: UserLeft | RoomDeleted) -> None:
        for leavings in self._watching:
            leavings.note(event)


def _room_added(seen: Snapshot, user_id: UserId, room_id: RoomId) -> RoomAdded | None:
    try:
        view = seen.views.of(user_id, room_id)
    except NotFound:
        return None
    return RoomAdded(view) if view.joined else None
