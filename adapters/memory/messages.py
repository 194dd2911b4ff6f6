"""Messages and the room log, in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from adapters.memory.tables import Tables
from chat_domain.model.errors import Conflict, MessageNotFound
from chat_domain.model.events import DAMAGED, MessagePosted, RoomEvent, UnknownEvent
from chat_domain.model.events.fields import fields_of, message_of
from chat_domain.model.identifiers import Epoch, MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey
from chat_domain.model.views import LogPage, LogSpan
from chat_domain.ports.repositories import Log, Messages


class MemoryMessages(Messages):
    """Messages in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        seq = self._tables.places.get((room_id, message_id))
        message = self._tables.message(room_id, seq) if seq else None
        if message is None:
            raise MessageNotFound
        return message

    def sent_with(self, key: ClientKey, *, room_id: RoomId, sender_id: UserId) -> Message | None:
        seq = self._tables.sends.get((room_id, sender_id, key))
        return self._tables.message(room_id, seq) if seq else None

    def before(self, room_id: RoomId, seq: Seq | None, *, limit: int) -> Sequence[Message]:
        end = self._head(room_id) + 1 if seq is None else min(seq, self._head(room_id) + 1)
        return self._take(room_id, range(end - 1, 0, -1), limit)[::-1]

    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> Sequence[Message]:
        return self._take(room_id, range(seq + 1, self._head(room_id) + 1), limit)

    def set_mentions(self, message: Message, keys: frozenset[str]) -> None:
        members = (user_id for room_id, user_id in self._tables.members if room_id == message.room_id)
        mentioned = frozenset(member for member in members if self._tables.user(member).username.key in keys)
        self._tables.mentions.put((message.room_id, message.seq), mentioned)

    def _head(self, room_id: RoomId) -> Seq:
        room = self._tables.rooms.get(room_id)
        return room.last_seq if room else Seq(0)

    def _take(self, room_id: RoomId, places: Iterable[int], limit: int) -> list[Message]:
        found = (self._tables.message(room_id, Seq(place)) for place in places)
        return list(islice((message for message in found if message), limit))


class MemoryLog(Log):
    """The rooms' logs in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def append(self, event: RoomEvent) -> None:
        tables, room = self._tables, self._tables.room(event.room_id)
        if event.seq != room.next_seq:
            raise Conflict("The room's log has grown meanwhile.")
        tables.rooms.put(room.id, room.advanced())
        tables.events.put((room.id, event.seq), event)
        if message := message_of(event):
            self._keep(message, new=isinstance(event, MessagePosted))

    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> LogPage:
        room = self._tables.room(room_id)
        span = LogSpan(room.first_seq, room.last_seq)
        reached = span.reached(seq)
        places = range(reached + 1, min(span.last_seq, reached + limit) + 1)
        return LogPage(seq, tuple(self._event(room_id, Seq(place)) for place in places), span)

    def spans(self, user_id: UserId) -> Mapping[RoomId, LogSpan]:
        mine = (self._tables.room(room_id) for room_id, member in self._tables.members if member == user_id)
        return {room.id: LogSpan(room.first_seq, room.last_seq) for room in mine}

    def epoch(self) -> Epoch:
        return self._tables.epoch

    def heads_of(self, room_ids: Collection[RoomId]) -> Mapping[RoomId, Seq]:
        found = (self._tables.rooms.get(room_id) for room_id in room_ids)
        return {room.id: room.last_seq for room in found if room}

    def _keep(self, message: Message, *, new: bool) -> None:
        tables, room_id = self._tables, message.room_id
        tables.messages.put((room_id, message.seq), message)
        if new:
            tables.places.put((room_id, message.id), message.seq)
        if new and message.client_key:
            key = (room_id, message.sender.id, message.client_key)
            if tables.sends.get(key):
                raise Conflict("This client_id was used before.")
            tables.sends.put(key, message.seq)

    def _event(self, room_id: RoomId, seq: Seq) -> RoomEvent:
        """The event, with its people and its message as they are now."""
        event = self._tables.events.get((room_id, seq))
        if event is None:
            raise LookupError(f"the log of room {room_id} has a gap at {seq}")
        actor = self._tables.person(event.actor.id)
        now: dict[str, Any] = {"actor": actor}
        for field in fields_of(type(event)):
            match getattr(event, field.name):
                case Message(seq=place):
                    message = self._tables.message(room_id, place)
                    if message is None:  # gone with the log's beginning
                        return UnknownEvent(room_id, seq, event.at, actor, DAMAGED, {"message_seq": place})
                    now[field.name] = message
                case Person() as person:
                    now[field.name] = self._tables.person(person.id)
                case Member() as member:
                    now[field.name] = replace(member, person=self._tables.person(member.person.id))
        return replace(event, **now)
