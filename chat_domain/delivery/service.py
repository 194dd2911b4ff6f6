"""The delivery service: from the logs of the rooms to the connections of this process, each log strictly in sequence.

What the broadcaster brings are hints. An event that is next in its room is delivered as it came; a gap is filled from
the log; what was delivered before is dropped. So no committed event is missed, doubled or reordered here, however the
hints come. In a room without subscribers only a joining counts, and the storage is asked whether it still holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Final, assert_never

from chat_domain.delivery.catch_up import catch_up
from chat_domain.delivery.gap_filler import GapFiller
from chat_domain.delivery.reconciler import Reconciler
from chat_domain.delivery.room_cursors import RoomCursors
from chat_domain.delivery.session_guard import SessionGuard
from chat_domain.delivery.subscriptions import Subscriptions
from chat_domain.model.ephemeral import (
    AnyEvent,
    EphemeralEvent,
    Heads,
    PresenceChanged,
    ReadMarkMoved,
    RoomAdded,
    RoomDeleted,
    RoomRemoved,
    SessionEnded,
    Typing,
)
from chat_domain.model.errors import InvalidToken
from chat_domain.model.events import RoomEvent, UserJoined
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.rights import Right
from chat_domain.model.sessions import Actor
from chat_domain.model.views import Catchup
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage

SYNCS_BY_USER: Final = Limit("sync", times=60, seconds=10)


class DeliveryService:
    """Delivers events, durable and ephemeral, to the connections of this process.

    Calls may interleave wherever the storage is read, as those of greenlets do, but must not run in parallel threads.
    """

    def __init__(
        self, *, storage: Storage, broadcaster: Broadcaster, audience: Audience, limits: RateLimiter, clock: Clock
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._limits = limits
        self._clock = clock
        self._subscriptions = Subscriptions(audience)
        self._guard = SessionGuard(storage=storage, broadcaster=broadcaster, audience=audience, clock=clock)
        self._cursors = RoomCursors(audience=audience, subscriptions=self._subscriptions)
        self._filler = GapFiller(
            storage=storage,
            audience=audience,
            guard=self._guard,
            cursors=self._cursors,
            subscriptions=self._subscriptions,
        )
        self._reconciler = Reconciler(
            storage=storage,
            broadcaster=broadcaster,
            audience=audience,
            guard=self._guard,
            cursors=self._cursors,
            subscriptions=self._subscriptions,
            filler=self._filler,
        )

    def receive(self, events: Sequence[AnyEvent]) -> None:
        """Deliver what was published.

        While the broadcaster may have missed something, only the ends of sessions are delivered before the storage was
        asked, after the events came, which of the connected sessions are over.
        """
        if self._guard.is_certain():
            self._deliver(events)
            return
        others = [event for event in events if not isinstance(event, SessionEnded)]
        self._deliver(event for event in events if isinstance(event, SessionEnded))
        if others:
            self._guard.hold(others)
            self._deliver_held()

    def connect(self, connection: str, actor: Actor) -> None:
        """Add a connection and subscribe it to the rooms of its user.

        Raises InvalidToken if the session is over, and Unavailable; then the connection is removed again.
        The memberships are read while they may be changing: a joining that is delivered meanwhile subscribes the
        connection at once, and a leaving keeps it from being subscribed.
        """
        self._audience.add(connection, actor.user_id, actor.session_id)
        try:
            with self._subscriptions.connecting(actor.user_id) as leavings:
                heads = self._filler.fill_for_connection(self._heads_of(actor))
                while any(self._cursors.passed_over(room_id, seq) for room_id, seq in heads.items()):
                    heads = self._filler.fill_for_connection(self._heads_of(actor))
        except Exception:
            self._audience.remove(connection)
            raise
        rooms = [room for room, seq in heads.items() if not leavings.include(actor.user_id, room, after=seq)]
        for room_id in rooms:
            self._cursors.start(room_id, heads[room_id])
        self._audience.subscribe(connection, rooms)

    def disconnect(self, connection: str) -> None:
        """Deliver nothing more to the connection, though it may still be open."""
        self._audience.remove(connection)

    def sync(self, user_id: UserId, cursors: Mapping[RoomId, Seq]) -> Catchup:
        """What the user missed after the cursors.

        From now on the connections of the user are subscribed to the rooms that the answer tells of, and are told when
        the user leaves one. Raises TooMany, Forbidden and Unavailable.
        """
        self._limits.hit(SYNCS_BY_USER, str(user_id))
        with self._storage.snapshot() as seen:
            seen.users.rights(user_id).require(Right.READ)
            caught_up = catch_up(seen, user_id, cursors)
        self._reconciler.subscribe(user_id, [*caught_up.pages, *(view.room.id for view in caught_up.joined)])
        return caught_up

    def beacon(self) -> None:
        """Tell the heads of the rooms that changed since the last beacon; to be called at least every 5 s."""
        self._filler.retry()
        self._reconciler.retry()
        self.receive(self._cursors.take_changed(keep=self._filler.being_filled()))

    def poll(self) -> None:
        """Find what no hint told of; to be called every second where there are other processes, or else now and then.

        Raises Unavailable.
        """
        self._guard.end_stale()
        self._deliver_held()
        self._reconciler.reconcile()

    def _heads_of(self, actor: Actor) -> Mapping[RoomId, Seq]:
        with self._storage.snapshot() as seen:
            session = seen.sessions.get(actor.session_id)
            if session is None:
                raise InvalidToken
            session.require_active(self._clock.now())
            return {room_id: span.last_seq for room_id, span in seen.log.spans(actor.user_id).items()}

    def _deliver_held(self) -> None:
        with closing(self._guard.check_held()) as checks:
            for events, is_checked in checks:
                if is_checked:
                    self._filler.fill_between(events)
                    self._deliver(events)
                else:
                    self._defer(events)

    def _defer(self, events: Iterable[AnyEvent]) -> None:
        """Deliver later what is in the logs; ephemeral events are dropped."""
        for event in events:
            if isinstance(event, UserJoined):
                self._reconciler.defer(event)
            if isinstance(event, RoomEvent):
                self._filler.defer(event.room_id, event.seq)
            elif isinstance(event, Heads):
                self._cursors.note_change(event.room_id, event.last_seq)

    def _deliver(self, events: Iterable[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, RoomEvent):
                if not self._filler.take(event) and isinstance(event, UserJoined):
                    self._reconciler.subscribe_late(event)
            elif isinstance(event, RoomAdded):
                self._filler.take_room_added(event)
            elif isinstance(event, RoomDeleted):
                self._cursors.delete(event.room_id)
            elif self._may_be_told(event):
                self._audience.deliver(event)

    def _may_be_told(self, event: EphemeralEvent) -> bool:
        match event:
            case Typing(room_id=room_id, seq=seq) | Heads(room_id, seq):
                return self._filler.fill(room_id, seq)
            case PresenceChanged() | ReadMarkMoved() | RoomAdded() | RoomRemoved() | RoomDeleted() | SessionEnded():
                return True
            case _:
                assert_never(event)
