"""What the checker looks at."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from tests.integration.torture.history import Answered, Asked, Event, Record, Refused, Shown, Unanswered

Kind = TypeVar("Kind")


class Violation(NamedTuple):
    """An invariant that does not hold, and where."""

    invariant: str
    what: str


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room as a client knows it, or as the server tells somebody who asks afresh."""

    last_seq: int
    read_seq: int
    unread: int
    mentions: int = 0
    messages: Mapping[int, Shown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """All that is known of one operation."""

    asked: Asked
    answered: Answered | None
    refused: Refused | None
    unanswered: Sequence[Unanswered]


@dataclass
class Run:
    """A run that has come to rest.

    `logs` has every event of each room with the messages as they are in the end, `states` what each client holds,
    `snapshots` what the server says to the same person who comes afresh, `users` whose client it is.
    """

    history: Sequence[Record]
    logs: Mapping[int, Sequence[Event]]
    states: Mapping[str, Mapping[int, RoomState]] = field(default_factory=dict)
    snapshots: Mapping[str, Mapping[int, RoomState]] = field(default_factory=dict)
    users: Mapping[str, int] = field(default_factory=dict)

    def all(self, kind: type[Kind]) -> Iterator[Kind]:
        """The records of one kind, in order."""
        return (record for record in self.history if isinstance(record, kind))

    @cached_property
    def operations(self) -> list[Operation]:
        """In the order in which they were asked first."""
        answered = {record.op: record for record in self.all(Answered)}
        refused = {record.op: record for record in self.all(Refused)}
        unanswered: dict[str, list[Unanswered]] = defaultdict(list)
        for record in self.all(Unanswered):
            unanswered[record.op].append(record)
        return [
            Operation(asked, answered.get(asked.op), refused.get(asked.op), unanswered.get(asked.op, ()))
            for asked in sorted(self.all(Asked), key=lambda each: each.at)
        ]

    @cached_property
    def sends(self) -> list[Operation]:
        """The messages that were to be sent."""
        return [operation for operation in self.operations if operation.asked.kind == "send"]

    @cached_property
    def messages(self) -> dict[tuple[int, int, str], list[Event]]:
        """The messages in the logs, by room, sender and client id."""
        found: dict[tuple[int, int, str], list[Event]] = defaultdict(list)
        for room, log in self.logs.items():
            for event in log:
                if event.type == "message":
                    found[room, event.sender, event.client_id].append(event)
        return found

    def kept(self, send: Asked) -> list[Event]:
        """The messages in the log that this send made."""
        return self.messages.get((send.room, self.users.get(send.client, 0), send.client_id), [])
