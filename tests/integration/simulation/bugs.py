"""Bugs to be planted one at a time, so that the simulation shows that it would find them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.memory.tables import Tables
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Membership
from tests.integration.simulation.storage import Fate, FatedUnit

if TYPE_CHECKING:
    from tests.integration.simulation.process import Process


class Bugs:
    """None."""

    clients_check_seq = True

    def in_tables(self, tables: Tables) -> None:
        """Spoil the storage."""

    def in_process(self, process: Process) -> None:
        """Spoil a process that begins. What is spoilt is private, so nothing says of what type it is."""


class NoPoll(Bugs):
    """A hint that was lost is lost."""

    def in_process(self, process: Process) -> None:
        delivery: Any = process.chat.delivery
        delivery.poll = lambda: None


class NoSeqCheck(Bugs):
    """Clients apply whatever comes."""

    clients_check_seq = False


class AckBeforeCommit(Bugs):
    """What could not be made durable is acknowledged all the same."""

    def in_process(self, process: Process) -> None:
        storage: Any = process.chat.storage
        tables, broadcaster = process.world.tables, process.line

        class Hasty(FatedUnit):
            def commit(self) -> None:
                try:
                    super().commit()
                except Unavailable:
                    return

        storage.unit_of_work = lambda room=None: Hasty(tables, broadcaster, process, room)


class NoUniqueClientId(Bugs):
    """Nothing tells that a message was sent before."""

    def in_tables(self, tables: Tables) -> None:
        sends: Any = tables.sends
        sends.get = lambda _key: None


class StaleMemberships(Bugs):
    """A process remembers who is in a room instead of asking in the transaction."""

    def in_process(self, process: Process) -> None:
        storage: Any = process.chat.storage
        tables, broadcaster = process.world.tables, process.line
        known: dict[tuple[UserId, RoomId], Membership] = {}

        class Remembering(FatedUnit):
            def __init__(self, tables: Tables, fate: Fate) -> None:
                super().__init__(tables, broadcaster, fate, room=None)
                memberships: Any = self.memberships
                ask = memberships.of

                def of(user_id: UserId, room_id: RoomId) -> Membership:
                    member = known.get((user_id, room_id)) or ask(user_id, room_id)
                    known[user_id, room_id] = member
                    return replace(member, room=tables.room(room_id))

                memberships.of = of

        storage.unit_of_work = lambda _room=None: Remembering(tables, process)


class NoSessionCheck(Bugs):
    """A process that was not told of a session's end goes on telling the session everything."""

    def in_process(self, process: Process) -> None:
        guard: Any = process.chat.delivery._guard
        guard.is_certain = lambda: True
        guard.end_stale = lambda: None


class HintsInAnyOrder(Bugs):
    """Hints are delivered as they come."""

    def in_process(self, process: Process) -> None:
        delivery: Any = process.chat.delivery

        def take(event: object) -> bool:
            delivery._cursors.deliver(event)
            return True

        delivery._filler.take = take


class JoinedUntold(Bugs):
    """A user whose joining is read from the log is not told of the room."""

    def in_process(self, process: Process) -> None:
        delivery: Any = process.chat.delivery
        delivery._subscriptions.announce_before = lambda _event, _announcements: None


class ConsumerIsAheadOfItself(Bugs):
    """The cursor of a consumer moves before the consumer has the events."""

    def in_process(self, process: Process) -> None:
        runner: Any = process.consumers.runners[0]
        moves, hand_over = runner._moves, runner._hand_over
        add = moves.add

        def move_first(page: Any) -> bool:
            add(page.room_id, page.cursor, page.last.seq)
            moves.store()
            return bool(hand_over(page))

        runner._hand_over, moves.add = move_first, lambda *_move: None


class ConsumerHasNoLock(Bugs):
    """Every process runs the consumers."""

    def in_process(self, process: Process) -> None:
        lock: Any = process.consumers.runners[0]._lock
        lock.is_held = lambda: True


class ConsumerTrustsHints(Bugs):
    """What no hint told a consumer of is missed."""

    def in_process(self, process: Process) -> None:
        runner: Any = process.consumers.runners[0]
        runner._sweep = lambda: None


ALL = (
    ConsumerIsAheadOfItself,
    ConsumerHasNoLock,
    ConsumerTrustsHints,
    NoPoll,
    NoSeqCheck,
    AckBeforeCommit,
    NoUniqueClientId,
    StaleMemberships,
    NoSessionCheck,
    HintsInAnyOrder,
    JoinedUntold,
)
