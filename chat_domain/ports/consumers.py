"""Durable consumers of the rooms' logs, and what a storage keeps for them."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, Protocol

from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq


class Beginning(Enum):
    """Where a consumer begins when it is started for the first time."""

    FIRST_EVENT = auto()
    HEAD = auto()
    """After the last event of each room that there is at that moment; rooms of a later time from their first event."""


class Consumer(Protocol):
    """Takes every event of every room, at least once, in the order of its room, one process at a time."""

    name: str
    """What the storage keeps its cursors by: lower-case letters and underscores, for ever the same."""

    beginning: Beginning

    @abstractmethod
    def consume(self, room_id: RoomId, events: Sequence[RoomEvent]) -> None:
        """Take the next events of a room, of unknown kinds too, and return when a crash loses nothing of that.

        If it raises, the same events come again, later and one by one, and none of the room before them. After a crash
        they come again too. It has PAGE_WITHIN seconds; if it takes longer another process may begin with the same
        events. It runs in the process that serves, and must let others go on while it waits.
        """


@dataclass(frozen=True, slots=True)
class Behind:
    """A room whose log ends at `head`, after the cursor of a consumer."""

    room_id: RoomId
    cursor: Seq
    head: Seq


class ConsumerCursors(Protocol):
    """For each consumer and room the last event that was consumed."""

    @abstractmethod
    def start(self, consumer: str, beginning: Beginning, at: datetime) -> None:
        """Put the consumer's cursors where it begins, unless it was started before; raises Conflict if just now."""

    @abstractmethod
    def behind(self, consumer: str, *, after: RoomId, limit: int) -> Sequence[Behind]:
        """The first `limit` rooms after `after`, in order of id, whose logs go on after the consumer's cursors."""

    @abstractmethod
    def get(self, consumer: str, room_id: RoomId) -> Seq:
        """The cursor; 0 before the first event."""

    @abstractmethod
    def move(self, consumer: str, room_id: RoomId, *, before: Seq, to: Seq) -> None:
        """Move the cursor; raises Conflict if it was moved from `before` meanwhile. Nothing happens in a room that is
        gone."""


PAGE_WITHIN: Final = 2.0
"""Seconds that a consumer may take for the events that it is given at once."""


class ConsumerLock(Protocol):
    """The lock by which one process runs the consumers, of all those that share the storage."""

    @abstractmethod
    def renew(self) -> None:
        """Take or keep the lock, if no other process has it; to be called each second. Raises Unavailable."""

    @abstractmethod
    def is_held(self) -> bool:
        """Whether this process has the lock, and no other will within PAGE_WITHIN, whatever happens. Never waits."""

    @abstractmethod
    def release(self) -> None:
        """Leave the lock to other processes. Never raises."""


class UncontestedLock(ConsumerLock):
    """The lock of a storage that one process has to itself."""

    def renew(self) -> None:
        """Nothing can end it."""

    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        """No other process waits for it."""
