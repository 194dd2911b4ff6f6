"""Tables as dictionaries, with a journal by which a unit of work is rolled back.

What is stored is frozen, so that copies going in and out are not needed.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Generic, TypeVar
from uuid import uuid4

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.errors import RoomNotFound, UserNotFound
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import Epoch, MessageId, RoomId, Seq, SessionId, UserId
from chat_domain.model.memberships import Membership
from chat_domain.model.messages import Message
from chat_domain.model.rooms import Room
from chat_domain.model.sessions import Session
from chat_domain.model.users import Person, User
from chat_domain.model.values import ClientKey
from chat_domain.ports.unit_rules import UnitsAtWork

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row")


class Journal:
    """How to undo what was changed since the last commit."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def note(self, undo: Callable[[], object]) -> None:
        """Remember how to take one change back."""
        self._undo.append(undo)

    def commit(self) -> None:
        """Forget how to go back."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Take all changes back, the last one first."""
        while self._undo:
            self._undo.pop()()


class Table(Generic[Key, Row]):
    """A dictionary that journals its changes."""

    def __init__(self, journal: Journal) -> None:
        self._rows: dict[Key, Row] = {}
        self._journal = journal

    def get(self, key: Key) -> Row | None:
        """The row, if there is one."""
        return self._rows.get(key)

    def put(self, key: Key, row: Row) -> None:
        """Keep the row under the key."""
        before = self._rows.get(key)
        self._journal.note(lambda: self._rows.pop(key) if before is None else self._rows.__setitem__(key, before))
        self._rows[key] = row

    def remove(self, key: Key) -> None:
        """Remove the row, if there is one."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._journal.note(lambda: self._rows.__setitem__(key, row))

    def remove_where(self, unwanted: Callable[[Key], bool]) -> None:
        """Remove the rows whose keys are unwanted."""
        for key in [key for key in self._rows if unwanted(key)]:
            self.remove(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(list(self._rows))

    def rows(self) -> list[Row]:
        """The rows, the oldest key first."""
        return list(self._rows.values())

    def items(self) -> list[tuple[Key, Row]]:
        """Keys and rows."""
        return list(self._rows.items())


class Tables:
    """All that is stored. Nothing changes while a reader holds `lock`."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.at_work = UnitsAtWork()
        self.journal = Journal()
        self.ids = count(1)
        self.epoch = Epoch(uuid4().hex)
        self.users: Table[UserId, User] = Table(self.journal)
        self.credentials: Table[UserId, UserCredentials] = Table(self.journal)
        self.sessions: Table[SessionId, Session] = Table(self.journal)
        self.rooms: Table[RoomId, Room] = Table(self.journal)
        self.members: Table[tuple[RoomId, UserId], Membership] = Table(self.journal)
        self.messages: Table[tuple[RoomId, Seq], Message] = Table(self.journal)
        self.events: Table[tuple[RoomId, Seq], RoomEvent] = Table(self.journal)
        self.mentions: Table[tuple[RoomId, Seq], frozenset[UserId]] = Table(self.journal)
        self.places: Table[tuple[RoomId, MessageId], Seq] = Table(self.journal)
        self.consumers: Table[str, datetime] = Table(self.journal)
        self.cursors: Table[tuple[RoomId, str], Seq] = Table(self.journal)
        self.sends: Table[tuple[RoomId, UserId, ClientKey], Seq] = Table(self.journal)

    def person(self, user_id: UserId) -> Person:
        """The user as others see them now."""
        return self.user(user_id).person

    def user(self, user_id: UserId) -> User:
        """The account; raises UserNotFound."""
        user = self.users.get(user_id)
        if user is None:
            raise UserNotFound
        return user

    def session(self, session_id: SessionId) -> Session | None:
        """The session, with what is so of its user's account now."""
        row = self.sessions.get(session_id)
        return row and replace(row, suspended=self.user(row.user_id).suspended_at is not None)

    def sharing_with(self, user_id: UserId) -> set[UserId]:
        """The members of the user's rooms."""
        rooms = {room_id for room_id, member in self.members if member == user_id}
        return {member for room_id, member in self.members if room_id in rooms}

    def room(self, room_id: RoomId) -> Room:
        """The room; raises RoomNotFound."""
        room = self.rooms.get(room_id)
        if room is None:
            raise RoomNotFound
        return room

    def membership(self, room_id: RoomId, user_id: UserId) -> Membership | None:
        """The membership, with its room and its person as they are now."""
        row = self.members.get((room_id, user_id))
        if row is None:
            return None
        user = self.user(user_id)
        return replace(row, room=self.room(room_id), person=user.person, rights=user.rights)

    def message(self, room_id: RoomId, seq: Seq) -> Message | None:
        """The message at this place, with its sender as they are now."""
        row = self.messages.get((room_id, seq))
        return row and replace(row, sender=self.person(row.sender.id))
