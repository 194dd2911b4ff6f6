"""Messages: posting, editing, deleting, and that somebody is typing."""

from dataclasses import replace
from typing import Final

from chat_domain.model.ephemeral import Typing
from chat_domain.model.errors import Invalid, MessageNotFound
from chat_domain.model.events import MessageDeleted, MessageEdited, MessagePosted
from chat_domain.model.identifiers import MessageId, RoomId, UserId
from chat_domain.model.messages import Message, mentioned
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage, UnitOfWork
from chat_domain.services.admission import reunite

SENDS_BY_USER: Final = Limit("send", times=60, seconds=10)
TYPING_BY_USER: Final = Limit("typing", times=30, seconds=10)


class MessagingService:
    """Posts, edits and deletes messages."""

    def __init__(self, *, storage: Storage, broadcaster: Broadcaster, limits: RateLimiter, clock: Clock) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._limits = limits
        self._clock = clock

    def post(
        self, actor: UserId, *, room: RoomId, body: MessageBody, key: ClientKey | None, reply_to: MessageId | None
    ) -> tuple[Message, bool]:
        """Post a message: it, and whether it is new. The same `key` again returns the first message."""
        self._limits.hit(SENDS_BY_USER, str(actor))
        with self._storage.unit_of_work(room) as work:
            member = work.memberships.of(actor, room)
            first = work.messages.sent_with(key, room_id=room, sender_id=actor) if key else None
            if first is None:
                _require_in_room(work, room, reply_to)
                id, at = MessageId(work.next_id()), self._clock.now()
                if member.room.kind is RoomKind.DIRECT:  # who had left is back, so that it reaches them
                    member = replace(member, room=reunite(work, member.room, by=member.person, at=at))
                message = member.post(body, id=id, at=at, key=key, reply_to=reply_to)
                work.append(MessagePosted(room, message.seq, message.created_at, member.person, message))
                _note_mentions(work, message)
            else:
                message = first.require_same(body, reply_to)
            # A repetition commits too: the first send may be in the same group and not durable yet.
            work.commit()
        return message, first is None

    def edit(self, actor: UserId, *, room: RoomId, message: MessageId, body: MessageBody) -> Message:
        """Give one's own message another body."""
        self._limits.hit(SENDS_BY_USER, str(actor))
        with self._storage.unit_of_work(room) as work:
            member = work.memberships.of(actor, room)
            before = work.messages.get(room, message)
            at = self._clock.now()
            after = member.edit(before, body, at=at)
            if after.body != before.body:
                work.append(MessageEdited(room, member.room.next_seq, at, member.person, after))
                _note_mentions(work, after, was=before)
            else:
                after = before
            work.commit()
        return after

    def delete(self, actor: UserId, *, room: RoomId, message: MessageId) -> Message:
        """Delete one's own message, or as a moderator anybody's; only its tombstone stays."""
        self._limits.hit(SENDS_BY_USER, str(actor))
        with self._storage.unit_of_work(room) as work:
            member = work.memberships.of(actor, room)
            before = work.messages.get(room, message)
            after = member.delete(before)
            if after != before:
                at = self._clock.now()
                work.append(MessageDeleted(room, member.room.next_seq, at, member.person, after))
                _note_mentions(work, after, was=before)
            work.commit()
        return after

    def type(self, actor: UserId, *, room: RoomId) -> None:
        """Let the room's other members know that the actor is writing. Nothing is stored."""
        self._limits.hit(TYPING_BY_USER, str(actor))
        with self._storage.lookup() as seen:
            member = seen.memberships.of(actor, room)
        self._broadcaster.publish([Typing(room, member.person, member.room.last_seq)])


def _require_in_room(work: UnitOfWork, room: RoomId, reply_to: MessageId | None) -> None:
    if reply_to is None:
        return
    try:
        work.messages.get(room, reply_to)
    except MessageNotFound as error:
        raise Invalid(error.message, code=error.code, field="reply_to") from error


def _note_mentions(work: UnitOfWork, message: Message, was: Message | None = None) -> None:
    keys = mentioned(message.body) if message.body else frozenset[str]()
    before = mentioned(was.body) if was and was.body else frozenset[str]()
    if keys != before:
        work.messages.set_mentions(message, keys)
