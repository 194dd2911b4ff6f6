"""What is shown of a room to one person: derived from the log and the memberships at each reading, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from chat_domain.model.errors import NotAMember
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import Epoch, RoomId, Seq
from chat_domain.model.memberships import Member, Role
from chat_domain.model.messages import Message
from chat_domain.model.rooms import Room
from chat_domain.model.users import Person

Item = TypeVar("Item")

MOST_COUNTED: Final = 10_000
"""Places at the end of a room's log in which is counted what is unread: who never reads must not be a burden."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as one person sees it. `role` is None for who is not a member; then nothing is unread.

    `unread` counts the messages of others after the read mark that are not deleted, within MOST_COUNTED places of the
    log's end; `mentions` those of them that name the person. `people` are the others of a direct conversation, also
    those who left, and empty for other kinds.
    """

    room: Room
    viewer: Person
    member_count: int
    role: Role | None
    read_seq: Seq
    unread: int
    mentions: int
    people: tuple[Person, ...] = ()

    @property
    def joined(self) -> bool:
        """Whether the viewer is a member."""
        return self.role is not None

    def require_joined(self) -> None:
        """Raise NotAMember for who may only look in."""
        if not self.joined:
            raise NotAMember

    def left(self, room: Room) -> "RoomView":
        """What is left of the view for somebody who left the room, which is as given after that."""
        count = self.member_count - 1
        return replace(self, room=room, member_count=count, role=None, read_seq=Seq(0), unread=0, mentions=0)

    @property
    def title(self) -> str:
        """The room's name, or for a direct conversation the others' names."""
        if self.room.name is not None:
            return str(self.room.name)
        others = self.people or (self.viewer,)
        return ", ".join(str(person.name) or str(person.username) for person in others)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Messages of one room in ascending seq, and whether there are more on either side."""

    messages: tuple[Message, ...]
    more_before: bool
    more_after: bool


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Where a room's log begins and ends. Of an empty one, `first_seq` is the place of the next event."""

    first_seq: Seq
    last_seq: Seq

    def reached(self, cursor: Seq) -> Seq:
        """Up to where a reader knows the log who knows it up to `cursor`: what was before the first event is gone."""
        return max(cursor, Seq(self.first_seq - 1))


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events of one room after `after`, in ascending seq, and where the room's log begins and ends.

    Where it begins only after the place behind `after`, the events begin there, too.
    """

    after: Seq
    events: tuple[RoomEvent, ...]
    span: LogSpan

    @property
    def has_more(self) -> bool:
        """Whether the page ends before the log does."""
        return (self.events[-1].seq if self.events else self.span.reached(self.after)) < self.span.last_seq


@dataclass(frozen=True, slots=True)
class RoomDetails:
    """A room with its first or next members and its newest messages, all as of one moment."""

    view: RoomView
    members: tuple[Member, ...]
    more_members: bool
    history: HistoryPage


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list. `more` tells whether the list goes on."""

    items: tuple[Item, ...]
    more: bool

    @classmethod
    def cut(cls, found: Sequence[Item], limit: int) -> "Page[Item]":
        """A page of at most `limit` out of up to one more that was found."""
        return cls(tuple(found[:limit]), len(found) > limit)


@dataclass(frozen=True, slots=True)
class Catchup:
    """What somebody missed: pages by room, rooms that are new to them, and rooms that are theirs no more.

    All of it is of one epoch; a client that remembers another starts afresh, without cursors.
    """

    pages: Mapping[RoomId, LogPage]
    joined: tuple[RoomView, ...]
    gone: tuple[RoomId, ...]
    epoch: Epoch
