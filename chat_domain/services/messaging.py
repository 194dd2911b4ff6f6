"""Messages: posting, editing, deleting, and that somebody is typing."""

from dataclasses import dataclass, replace
from typing import Final

from chat_domain.model.ephemeral import Typing
from chat_domain.model.errors import Invalid, MessageNotFound
from chat_domain.model.events import MessageDeleted, MessageEdited, MessagePosted
from chat_domain.model.identifiers import MessageId, RoomId, UserId
from chat_domain.model.memberships import Membership
from chat_domain.model.messages import Message, mentioned
from chat_domain.model.rights import Right
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage, UnitOfWork
from chat_domain.services.admission import absent_from, reunite

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
        draft = _Draft(actor, room, body, key, reply_to)
        return self._post_to_members(draft) or self._post_and_reunite(draft)

    def edit(self, actor: UserId, *, room: RoomId, message: MessageId, body: MessageBody) -> Message:
        """Give one's own message another body."""
        self._limits.hit(SENDS_BY_USER, str(actor))
        with self._storage.unit_of_work(room) as work:
            member = work.memberships.of(actor, room)
            member.rights.require(Right.WRITE)
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
        """Delete one's own message, or anybody's as one who moderates the room; only its tombstone stays."""
        self._limits.hit(SENDS_BY_USER, str(actor))
        with self._storage.unit_of_work(room) as work:
            deleter = work.memberships.authority(actor, room)
            deleter.rights.require(Right.WRITE)
            before = work.messages.get(room, message)
            at = self._clock.now()
            after = deleter.delete(before, at=at)
            if after != before:
                work.append(MessageDeleted(room, deleter.room.next_seq, at, deleter.person, after))
                _note_mentions(work, after, was=before)
            work.commit()
        return after

    def type(self, actor: UserId, *, room: RoomId) -> None:
        """Let the room's other members know that the actor is writing. Nothing is stored."""
        self._limits.hit(TYPING_BY_USER, str(actor))
        with self._storage.lookup() as seen:
            member = seen.memberships.of(actor, room)
        member.rights.require(Right.WRITE)
        self._broadcaster.publish([Typing(room, member.person, member.room.last_seq)])

    def _post_to_members(self, draft: "_Draft") -> tuple[Message, bool] | None:
        """Post it, unless it is for people of a direct conversation who left: None."""
        with self._storage.unit_of_work(draft.room) as work:
            member = work.memberships.of(draft.actor, draft.room)
            member.rights.require(Right.WRITE)
            first = draft.sent_before(work)
            if first is None and absent_from(work, member.room):
                return None
            return self._post(work, member, draft, first)

    def _post_and_reunite(self, draft: "_Draft") -> tuple[Message, bool]:
        """Post it when everybody who left the direct conversation is back, so that it reaches them."""
        with self._storage.unit_of_work() as work:
            member = work.memberships.of(draft.actor, draft.room)
            member.rights.require(Right.WRITE)
            first = draft.sent_before(work)
            if first is None:
                room = reunite(work, member.room, by=member.person, at=self._clock.now())
                member = replace(member, room=room)
            return self._post(work, member, draft, first)

    def _post(
        self, work: UnitOfWork, member: Membership, draft: "_Draft", first: Message | None
    ) -> tuple[Message, bool]:
        if first is None:
            message = member.post(
                draft.body,
                reply_to=None if draft.reply_to is None else _replied_to(work, draft.room, draft.reply_to),
                id=MessageId(work.next_id()),
                at=self._clock.now(),
                key=draft.key,
            )
            work.append(MessagePosted(draft.room, message.seq, message.created_at, member.person, message))
            _note_mentions(work, message)
        else:
            message = first.require_same(draft.body, draft.reply_to)
        # A repetition commits too: the first send may be in the same group and not durable yet.
        work.commit()
        return message, first is None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message that is to be posted."""

    actor: UserId
    room: RoomId
    body: MessageBody
    key: ClientKey | None
    reply_to: MessageId | None

    def sent_before(self, work: UnitOfWork) -> Message | None:
        """The message that the actor posted with this key, if there is one."""
        if self.key is None:
            return None
        return work.messages.sent_with(self.key, room_id=self.room, sender_id=self.actor)


def _replied_to(work: UnitOfWork, room: RoomId, id: MessageId) -> Message:
    try:
        return work.messages.get(room, id)
    except MessageNotFound as error:
        raise Invalid(error.message, code=error.code, field="reply_to") from error


def _note_mentions(work: UnitOfWork, message: Message, was: Message | None = None) -> None:
    keys = mentioned(message.body)
    before = mentioned(was.body) if was else frozenset[str]()
    if keys != before:
        work.messages.set_mentions(message, keys)
