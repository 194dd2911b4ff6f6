"""Whether the logs of contents are valid: dense from where they begin, with every message in its place.

Logs may be long: only one at a time is in memory, with a byte for each event and two numbers for each message. What
was before a log's first event is gone: events and replies may yet refer to it.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Container
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from chat_domain.backup.contents import ByRoom, ascending, require
from chat_domain.model.events import KINDS, MessagePosted, RoomEvent
from chat_domain.model.events.fields import details_of, fields_of, restored
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import DisplayName, MessageBody, Username
from chat_domain.ports.backups import Contents, Record

_SOMEBODY: Final = Person(UserId(1), Username("somebody"), DisplayName(""))
_HEAD: Final = (RoomId(1), Seq(1), datetime.fromtimestamp(0, UTC), _SOMEBODY)
_MESSAGE: Final = Message(MessageId(1), RoomId(1), Seq(1), _SOMEBODY, MessageBody("text"), _HEAD[2])


class LogValidation:
    """The logs of all rooms, with the messages and mentions that belong to them; raises DamagedBackup.

    `messages` and `events` count the records that were checked.
    """

    def __init__(self, contents: Contents, users: Container[int]) -> None:
        self._events, self._messages, self._mentions = (
            ByRoom(ascending(part, contents.records(part))) for part in ("events", "messages", "mentions")
        )
        self._users = users
        self.messages = self.events = 0

    def validate(self, room_id: int, first_seq: int, last_seq: int) -> None:
        """The next room, in order of id."""
        log = _Log(first_seq)
        for event in self._events.of(room_id):
            require(event["seq"] == log.next_seq, "a log has a gap")
            log.posted.append(event["type"] == MessagePosted.KIND)
            self._validate_event(event, log)
        require(log.next_seq == last_seq + 1, "a log is longer or shorter than its room says")
        count = self._validate_messages(room_id, log)
        require(count == sum(log.posted), "a message is missing")
        for mention in self._mentions.of(room_id):
            known = log.has_message(mention["seq"]) and mention["user_id"] in self._users
            require(known, "a mention is of nobody or in no message")
        self.events += len(log.posted)
        self.messages += count

    def require_end(self) -> None:
        """After the last room."""
        for stream in (self._events, self._messages, self._mentions):
            stream.require_end()

    def _validate_event(self, event: Record, log: "_Log") -> None:
        require(event["actor_id"] in self._users, "an event is nobody's doing")
        kind, place, user = KINDS.get(event["type"]), event["message_seq"], event["user_id"]
        if kind is None:  # of another version, which knows what the event carries
            return
        types = {field.type for field in fields_of(kind)}
        if Message in types:
            is_there = place is not None and (log.is_before(place) or log.has_message(place))
            require(is_there, "an event is about a message that is not there")
            require((kind is MessagePosted) == (place == event["seq"]), "an event is about another message")
        else:
            require(place is None, "an event that is about no message names one")
        require(user is None or (user in self._users and bool({Person, Member} & types)), "an event is about nobody")
        require(_can_be_restored(kind, event), "an event is about nobody, or its details cannot be read")

    def _validate_messages(self, room_id: int, log: "_Log") -> int:
        seqs, ids = array("q"), array("q")
        for message in self._messages.of(room_id):
            require(log.has_message(message["seq"]), "a message is in no log")
            require(message["sender_id"] in self._users, "a message is nobody's")
            require(
                (message["deleted_at"] is None) == bool(message["body"]), "a message has no text, or a deleted one has"
            )
            seqs.append(message["seq"])
            ids.append(message["id"])
            id, seq = message["reply_to"], message["reply_to_seq"]
            require((id is None) == (seq is None), "a message replies to one that is not there")
            if seq is not None and not log.is_before(seq):
                place = bisect_left(seqs, seq)
                is_there = place < len(seqs) and (seqs[place], ids[place]) == (seq, id)
                require(is_there, "a message replies to one that is not there")
        require(all(one != next for one, next in pairwise(sorted(ids))), "two messages have one id")
        return len(ids)


class _Log:
    """The places of one log: for each from `first_seq` on, whether a message was posted there."""

    def __init__(self, first_seq: int) -> None:
        self._first_seq = first_seq
        self.posted = bytearray()

    @property
    def next_seq(self) -> int:
        return self._first_seq + len(self.posted)

    def is_before(self, seq: int) -> bool:
        """Whether the place was in the log, which begins after it by now."""
        return 0 < seq < self._first_seq

    def has_message(self, seq: int) -> bool:
        """Whether a message was posted at this place, which is in the log."""
        return self._first_seq <= seq < self.next_seq and bool(self.posted[seq - self._first_seq])


def _can_be_restored(kind: type[RoomEvent], event: Record) -> bool:
    """Whether an event of this kind can be made of the record, and has no details where the kind has none."""
    try:
        details = json.loads(event["detail"] or "{}")
        user = None if event["user_id"] is None else _SOMEBODY
        made = restored(kind, _HEAD, details, message=_MESSAGE, user=user)
    except (LookupError, TypeError, ValueError, RecursionError):
        return False
    return bool(details_of(made)) == (event["detail"] is not None)
