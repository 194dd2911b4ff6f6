"""A chat whose hints and snapshots are in the hands of the test."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from types import TracebackType

from adapters.memory.accounts import MemorySessions
from adapters.memory.rooms import MemoryMemberships
from adapters.memory.storage import MemorySnapshot, MemoryStorage
from adapters.memory.tables import Tables
from chat_domain.model.ephemeral import AnyEvent, Typing
from chat_domain.model.errors import Unavailable
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, SessionId, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.storage import Snapshot
from tests.builders import Chat, a_chat


class HeldBroadcaster(Broadcaster):
    """Keeps what was published until the test hands it over; `current`, and all are heard, unless told otherwise."""

    def __init__(self) -> None:
        self.held: list[AnyEvent] = []
        self.current = self.all_heard = True

    def publish(self, events: Sequence[AnyEvent]) -> None:
        self.held.extend(events)

    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        """Only the test hands events over."""

    def is_current(self) -> bool:
        return self.current

    def hears_all(self) -> bool:
        return self.current and self.all_heard

    def check(self) -> None:
        """Nothing is told to other processes."""

    def open(self) -> None:
        """There is nothing to connect."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def take(self) -> list[AnyEvent]:
        """What was held, to be handed over by the test."""
        held, self.held = self.held, []
        return held


class CountedSessions(MemorySessions):
    """Adds up in `storage.asked` of how many sessions it was asked whether they are over."""

    def __init__(self, tables: Tables, storage: "InterruptedStorage") -> None:
        super().__init__(tables)
        self._storage = storage

    def over_among(self, session_ids: Collection[SessionId], *, used_since: datetime) -> Collection[SessionId]:
        self._storage.asked += len(session_ids)
        return super().over_among(session_ids, used_since=used_since)


class CountedMemberships(MemoryMemberships):
    """Notes in `storage.most_users` for how many users at a time memberships were asked for."""

    def __init__(self, tables: Tables, storage: "InterruptedStorage") -> None:
        super().__init__(tables)
        self._storage = storage

    def of_users(self, user_ids: Collection[UserId]) -> Collection[tuple[UserId, RoomId]]:
        self._storage.most_users = max(len(user_ids), self._storage.most_users)
        return super().of_users(user_ids)


class InterruptedSnapshot(MemorySnapshot):
    """Lets something else happen right after it was read: what another greenlet may do at that moment."""

    def __init__(self, tables: Tables, afterwards: Callable[[], object]) -> None:
        super().__init__(tables)
        self._afterwards = afterwards

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._afterwards()


class InterruptedStorage(MemoryStorage):
    """A storage that is `away` when told so, and whose next snapshot is interrupted by what is in `afterwards`.

    `reads` counts the snapshots, `asked` the sessions that were asked for, `most_users` those in one question.
    """

    def __init__(self, broadcaster: Broadcaster) -> None:
        super().__init__(broadcaster)
        self.afterwards: Callable[[], object] | None = None
        self.away = False
        self.reads = self.asked = self.most_users = 0

    def snapshot(self) -> Snapshot:
        self.reads += 1
        if self.away:
            raise Unavailable
        afterwards, self.afterwards = self.afterwards, None
        seen = InterruptedSnapshot(self._tables, afterwards) if afterwards else MemorySnapshot(self._tables)
        seen.sessions, seen.memberships = CountedSessions(self._tables, self), CountedMemberships(self._tables, self)
        return seen


def seqs(chat: Chat, connection: str, room: RoomId) -> list[int]:
    """The places in the room's log that the connection heard of, in the order heard."""
    return [event.seq for event in chat.heard(connection) if isinstance(event, RoomEvent) and event.room_id == room]


class Held:
    """A chat whose hints and snapshots are in the hands of the test; ann's room has seq 1."""

    def __init__(self, kind: RoomKind = RoomKind.PRIVATE) -> None:
        self.bus = HeldBroadcaster()
        self.storage = InterruptedStorage(self.bus)
        self.chat = a_chat(broadcaster=self.bus, storage=self.storage)
        self.ann, self.bob, self.cem = (self.chat.register(name) for name in ("ann", "bob", "cem"))
        for user in (self.ann, self.bob, self.cem):
            self.chat.actor(user)
        self.room = self.chat.open_room(self.ann, kind=kind)
        self.hand_over()

    def hand_over(self, *events: AnyEvent) -> None:
        self.chat.delivery.receive(events or self.bus.take())

    def invite(self, user: UserId) -> None:
        self.chat.members.put(self.ann, self.room, user, Role.MEMBER)

    def interrupt_read(self, number: int, afterwards: Callable[[], object]) -> None:
        """Let something happen right after the read of this number, counted from 0, from now on."""
        if number:
            self.storage.afterwards = lambda: self.interrupt_read(number - 1, afterwards)
        else:
            self.storage.afterwards = afterwards

    def lose_storage(self) -> None:
        self.storage.away = True

    def cursors(self) -> dict[RoomId, Seq]:
        """How far each room was delivered."""
        return dict(self.chat.delivery._cursors._cursors)

    def heard(self, connection: str) -> list[int]:
        return seqs(self.chat, connection, self.room)

    def hears_typing(self, connection: str, typist: UserId) -> bool:
        before = len(self.chat.heard(connection, Typing))
        self.chat.clock.advance(seconds=1)
        self.hand_over(Typing(self.room, self.chat.accounts.me(typist).person, Seq(0)))
        return len(self.chat.heard(connection, Typing)) > before
