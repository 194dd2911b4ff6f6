"""Whether the logs of contents are valid: dense from 1, with every message in its place.

Logs may be long: only one at a time is in memory, with a byte for each event and a number for each message.
"""

import json
from bisect import bisect_left
from collections.abc import Container, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from chat_domain.backup.contents import ascending, require
from chat_domain.model.events import KINDS, MessagePosted, RoomEvent
from chat_domain.model.events.fields import details_of, fields_of, restored
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import DisplayName, Username
from chat_domain.ports.backups import Contents, Record

_SOMEBODY: Final = Person(UserId(1), Username("somebody"), DisplayName(""))
_HEAD: Final = (RoomId(1), Seq(1), datetime.fromtimestamp(0, UTC), _SOMEBODY)
_MESSAGE: Final = Message(MessageId(1), RoomId(1), Seq(1), _SOMEBODY, None, _HEAD[2])


class LogValidation:
    """The logs of all rooms, with the messages and mentions that belong to them; raises DamagedBackup.

    `messages` and `events` count the records that were checked.
    """

    def __init__(self, contents: Contents, users: Container[int]) -> None:
        self._events, self._messages, self._mentions = (
            _ByRoom(ascending(part, contents.records(part))) for part in ("events", "messages", "mentions")
        )
        self._users = users
        self.messages = self.events = 0

    def validate(self, room_id: int, last_seq: int) -> None:
        """The next room, in order of id."""
        posted = bytearray()  # for each seq from 1, whether a message stands there
        for event in self._events.of(room_id):
            posted.append(event["type"] == MessagePosted.KIND)
            require(event["seq"] == len(posted), "a log has a gap")
            self._validate_event(event, posted)
        require(len(posted) == last_seq, "a log is longer or shorter than its room says")
        count = self._validate_messages(room_id, posted)
        require(count == sum(posted), "a message is missing")
        for mention in self._mentions.of(room_id):
            known = _stands(posted, mention["seq"]) and mention["user_id"] in self._users
            require(known, "a mention is of nobody or in no message")
        self.events += len(posted)
        self.messages += count

    def require_end(self) -> None:
        """After the last room."""
        for stream in (self._events, self._messages, self._mentions):
            require(stream.ended, "something is in a room that is not there")

    def _validate_event(self, event: Record, posted: bytearray) -> None:
        require(event["actor_id"] in self._users, "an event is nobody's doing")
        kind, place, user = KINDS.get(event["type"]), event["message_seq"], event["user_id"]
        if kind is None:  # of another version, which knows what the event carries
            return
        types = {field.type for field in fields_of(kind)}
        if Message in types:
            require(place is not None and _stands(posted, place), "an event is about a message that is not there")
            require((kind is MessagePosted) == (place == event["seq"]), "an event is about another message")
        else:
            require(place is None, "an event that is about no message names one")
        require(user is None or (user in self._users and bool({Person, Member} & types)), "an event is about nobody")
        require(_can_be_restored(kind, event), "an event is about nobody, or its details cannot be read")

    def _validate_messages(self, room_id: int, posted: bytearray) -> int:
        ids: list[int] = []
        replied_to: list[int] = []
        for message in self._messages.of(room_id):
            require(_stands(posted, message["seq"]), "a message is in no log")
            require(message["sender_id"] in self._users, "a message is nobody's")
            ids.append(message["id"])
            if message["reply_to"] is not None:
                replied_to.append(message["reply_to"])
        ids.sort()
        require(all(one != next for one, next in pairwise(ids)), "two messages have one id")
        for id in replied_to:
            place = bisect_left(ids, id)
            require(place < len(ids) and ids[place] == id, "a message replies to one that is not there")
        return len(ids)


class _ByRoom:
    """Records in the order of their rooms."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._next = next(records, None)

    def of(self, room_id: int) -> Iterator[Record]:
        """Those of the next room."""
        while self._next is not None and self._next["room_id"] == room_id:
            record, self._next = self._next, next(self._records, None)
            yield record

    @property
    def ended(self) -> bool:
        """Whether there is no more."""
        return self._next is None


def _stands(posted: bytearray, seq: int) -> bool:
    return 0 < seq <= len(posted) and bool(posted[seq - 1])


def _can_be_restored(kind: type[RoomEvent], event: Record) -> bool:
    """Whether an event of this kind can be made of the record, and has no details where the kind has none."""
    try:
        details = json.loads(event["detail"] or "{}")
        user = None if event["user_id"] is None else _SOMEBODY
        made = restored(kind, _HEAD, details, message=_MESSAGE, user=user)
    except (LookupError, TypeError, ValueError, RecursionError):
        return False
    return bool(details_of(made)) == (event["detail"] is not None)
