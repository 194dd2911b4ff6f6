"""What happened in a run, as it was seen from outside: what was asked and answered, and what each client applied.

Times are seconds of the monotonic clock of one machine. An operation that is asked again keeps its `op`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Asked:
    """A client wants something, for the first time. `kind`: send, edit, delete, read, join, leave, put, remove."""

    at: float
    client: str
    op: str
    kind: str
    room: int
    body: str = ""
    client_id: str = ""
    message: int = 0
    user: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """It was acknowledged; of a message it is said what it is now."""

    at: float
    op: str
    id: int = 0
    seq: int = 0
    body: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It was refused for good."""

    at: float
    op: str
    status: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came, or one that leaves open whether it was done; it is asked again.

    Of what is only read, `op` is the path.
    """

    at: float
    op: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A client is in a room, and has its log up to `seq`."""

    at: float
    client: str
    room: int
    seq: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A client is in the room no more."""

    at: float
    client: str
    room: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a room's log. `message` is 0 where it is about none; `user` is who came or went."""

    room: int
    seq: int
    type: str
    message: int = 0
    body: str = ""
    edited_at: str = ""
    deleted: bool = False
    sender: int = 0
    client_id: str = ""
    user: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """An event reached a client, pushed or by `sync`, and was applied, or dropped or held as the rule says."""

    at: float
    client: str
    event: Event
    pushed: bool
    applied: bool


@dataclass(frozen=True, slots=True)
class Synced:
    """A client learnt how long the logs of its rooms are, and what it had missed."""

    asked_at: float
    at: float
    client: str
    last_seqs: Mapping[int, int]
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in a page of history."""

    id: int
    seq: int
    body: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of history was read over HTTP: every message of the room from seq `first` to seq `last`."""

    asked_at: float
    at: float
    client: str
    room: int
    first: int
    last: int
    messages: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """A client's socket was let in."""

    at: float
    client: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A client's socket is gone."""

    at: float
    client: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The end of a client's session was acknowledged: nothing that is asked later may reach it."""

    at: float
    client: str


@dataclass(frozen=True, slots=True)
class Faulted:
    """A fault began at `at`; from `healing_from` on nothing stood in the way of healing any more.

    `unheard` are the rooms' last events that were committed by then although nobody was told of them.
    """

    at: float
    name: str
    healing_from: float
    unheard: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A backup was restored: what was acknowledged between `since` and `at` is gone, as it has to be."""

    at: float
    since: float


Record = (
    Asked | Answered | Refused | Unanswered | Opened | Closed | Received | Synced | Looked
    | Connected | Disconnected | LoggedOut | Faulted | Forgotten
)  # fmt: skip
_TYPES: Final = {
    kind.__name__: kind
    for kind in (
        Asked, Answered, Refused, Unanswered, Opened, Closed, Received, Synced, Looked, Connected, Disconnected,
        LoggedOut, Faulted, Forgotten,
    )
}  # fmt: skip


class History:
    """Records in the order in which they were written down; any thread may append."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: list[Record] = list(records)
        self.append = self.records.append

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def remembered(self) -> list[Record]:
        """All but what a restored backup does not have."""
        spans = [(record.since, record.at) for record in self.records if isinstance(record, Forgotten)]
        return [
            record
            for record in self.records
            if isinstance(record, Disconnected | Faulted) or not any(since < record.at < at for since, at in spans)
        ]

    def dump(self, path: Path) -> None:
        """Write it as lines of JSON."""
        with path.open("w", encoding="utf-8") as file:
            file.writelines(line_of(record) + "\n" for record in self.records)

    @classmethod
    def load(cls, path: Path) -> "History":
        """Read what `dump` wrote."""
        with path.open(encoding="utf-8") as file:
            return cls(record_of(json.loads(line)) for line in file)


def line_of(record: Record) -> str:
    """A record as a line of JSON."""
    return json.dumps({"is": type(record).__name__, **asdict(record)}, ensure_ascii=False)


def record_of(fields: dict[str, Any]) -> Record:
    """A record from what a line of JSON says."""
    kind = _TYPES[fields.pop("is")]
    if kind is Received:
        fields["event"] = Event(**fields["event"])
    elif kind is Synced:
        fields["last_seqs"] = {int(room): seq for room, seq in fields["last_seqs"].items()}
    elif kind is Faulted:
        fields["unheard"] = {int(room): seq for room, seq in fields["unheard"].items()}
    elif kind is Looked:
        fields["messages"] = tuple(Shown(**each) for each in fields["messages"])
    record: Record = kind(**fields)
    return record
