"""Delivery: from the room log to the connections of this process, each room strictly in sequence.

What the broadcaster brings is a hint. An event that is the room's next goes out as it came; a gap is read from the log;
what was handed out already is dropped. So nothing that was committed is missed, doubled or reordered here, however the
hints come. In a room that nobody here hears, only a joining counts, and the storage is asked whether it still holds.
"""

from collections.abc import Iterable, Mapping, Sequence

from chat_domain.delivery.additions import Additions
from chat_domain.delivery.arrivals import Arrivals
from chat_domain.delivery.checkpoint import Checkpoint
from chat_domain.delivery.connected_sessions import ConnectedSessions
from chat_domain.delivery.departures import DepartureBoard
from chat_domain.delivery.log_reader import TOGETHER, LogReader
from chat_domain.delivery.room_feeds import RoomFeeds
from chat_domain.delivery.survey import Survey
from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent, Heads, RoomAdded, RoomDeleted, Typing
from chat_domain.model.errors import InvalidToken
from chat_domain.model.events import RoomEvent, UserJoined
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.sessions import Actor
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.storage import Storage


class DeliveryService:
    """Hands what happened to the connections of this process.

    Calls may interleave wherever the storage is read, as those of greenlets do, but must not run in parallel threads.
    """

    def __init__(self, *, storage: Storage, broadcaster: Broadcaster, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._audience = audience
        self._clock = clock
        self._board = board = DepartureBoard()
        self._additions = additions = Additions(audience)
        self._sessions = sessions = ConnectedSessions(
            storage=storage, broadcaster=broadcaster, audience=audience, clock=clock
        )
        self._feeds = feeds = RoomFeeds(audience=audience, board=board, additions=additions)
        self._reader = reader = LogReader(
            storage=storage, audience=audience, sessions=sessions, feeds=feeds, additions=additions
        )
        self._arrivals = arrivals = Arrivals(
            storage=storage,
            audience=audience,
            sessions=sessions,
            feeds=feeds,
            reader=reader,
            board=board,
            additions=additions,
        )
        self._checkpoint = Checkpoint(sessions, prepare=reader.fill_gaps, hand_on=self._deliver, put_off=self._put_off)
        self._survey = Survey(
            storage=storage,
            broadcaster=broadcaster,
            audience=audience,
            reader=reader,
            arrivals=arrivals,
            receive=self.receive,
        )

    def receive(self, events: Sequence[AnyEvent]) -> None:
        """Deliver what was published.

        While the broadcaster may have missed something, nothing is handed out before the storage was asked, after it
        came, which of the connected sessions are over. What comes while it is being asked waits for the next time.
        """
        self._checkpoint.take(events)

    def connect(self, connection: str, actor: Actor) -> None:
        """Let a connection in: from now on it hears the rooms of its user.

        Raises InvalidToken if the session is over, and Unavailable; then the connection is out again.
        The memberships are read while they may be changing: whoever is led into a room meanwhile hears it at once, and
        whoever is led out is not let in.
        """
        self._audience.admit(connection, actor.user_id, actor.session_id)
        try:
            with self._additions.connecting(actor.user_id), self._board.noted() as departures:
                heads = self._caught_up(self._heads_of(actor))
        except Exception:
            self._audience.let_go(connection)
            raise
        rooms = [room for room, seq in heads.items() if not departures.include(actor.user_id, room, after=seq)]
        for room_id in rooms:
            self._feeds.begin(room_id, heads[room_id])
        self._audience.seat(connection, rooms)

    def disconnect(self, connection: str) -> None:
        """The connection hears nothing more, though it may still be there."""
        self._audience.let_go(connection)

    def confirm(self, user_id: UserId, room_ids: Iterable[RoomId]) -> None:
        """The user is about to learn that these are their rooms: from now on they hear them, and of being led out.

        Raises Unavailable.
        """
        self._arrivals.confirm(user_id, room_ids)

    def beacon(self) -> None:
        """Tell the heads of the rooms that changed since the last beacon; to be called at least every 5 s."""
        self._reader.retry()
        self._arrivals.retry()
        self.receive(self._feeds.changed_heads(being_read=self._reader.being_read()))

    def poll(self) -> None:
        """Find what no hint told of; to be called every second where there are other processes, or else now and then.

        Raises Unavailable.
        """
        self._sessions.end_stale()
        self._checkpoint.check()
        self._survey.look()

    def _caught_up(self, heads: Mapping[RoomId, Seq]) -> Mapping[RoomId, Seq]:
        """The same but for rooms that are gone, when all that are heard here were handed out so far.

        What is still on its way to others may be from before this user's joining. While one room is read another may
        fall behind, because somebody is led into it.
        """
        left = dict(heads)
        while behind := [room for room, seq in left.items() if self._is_behind(room, seq)][:TOGETHER]:
            moved = self._reader.read_pages(behind)
            for room_id in behind:
                if room_id not in moved and self._is_behind(room_id, left[room_id]):
                    del left[room_id]
        return left

    def _is_behind(self, room_id: RoomId, seq: Seq) -> bool:
        return self._audience.hears(room_id) and self._feeds.is_behind(room_id, seq)

    def _heads_of(self, actor: Actor) -> Mapping[RoomId, Seq]:
        with self._storage.snapshot() as seen:
            session = seen.sessions.get(actor.session_id)
            if session is None:
                raise InvalidToken
            session.require_active(self._clock.now())
            return {room_id: span.last_seq for room_id, span in seen.log.spans(actor.user_id).items()}

    def _put_off(self, events: Iterable[AnyEvent]) -> None:
        """What the log tells is told later; the rest is dropped."""
        for event in events:
            if isinstance(event, UserJoined):
                self._arrivals.put_off(event)
            if isinstance(event, RoomEvent):
                self._reader.put_off(event.room_id, event.seq)
            elif isinstance(event, Heads):
                self._feeds.note_change(event.room_id, event.last_seq)

    def _deliver(self, events: Iterable[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, RoomEvent):
                if not self._reader.take(event) and isinstance(event, UserJoined):
                    self._arrivals.let_in(event)
            elif isinstance(event, RoomAdded):
                self._reader.take_addition(event)
            elif isinstance(event, RoomDeleted):
                self._feeds.delete(event.room_id)
            elif self._may_be_told(event):
                self._audience.deliver(event)

    def _may_be_told(self, event: EphemeralEvent) -> bool:
        match event:
            case Typing(room_id=room_id, seq=seq) | Heads(room_id, seq):
                return self._reader.read_on(room_id, seq)
            case _:
                return True
