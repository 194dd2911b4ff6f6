"""Whether the logs of contents are valid: dense from 1, with every message in its place.

Logs may be long: only one at a time is in memory, with a byte for each event and a number for each message.
"""

import json
from bisect import bisect_left
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import Final

from chat_domain.backup.contents import ascending, require
from chat_domain.model.memberships import Role
from chat_domain.ports.backups import Contents, Record

_OF_MESSAGES: Final = ("posted", "edited", "erased")
_OF_MEMBERS: Final = ("joined", "left", "role")
_WITH_DETAIL: Final = ("role", "room")


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
            posted.append(event["type"] == "posted")
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
        kind, place, user = event["type"], event["message_seq"], event["user_id"]
        require(event["actor_id"] in self._users, "an event is nobody's doing")
        if kind in _OF_MESSAGES:
            require(place is not None and _stands(posted, place), "an event is about a message that is not there")
            require((kind == "posted") == (place == event["seq"]), "an event is about another message")
        elif kind not in (*_OF_MEMBERS, *_WITH_DETAIL):  # of another version, which knows what it carries
            return
        else:
            require(place is None, "an event that is about no message names one")
        require(user in self._users if kind in _OF_MEMBERS else user is None, "an event is about nobody")
        require((event["detail"] is not None) == (kind in _WITH_DETAIL), "an event has not the details of its type")
        if kind in _WITH_DETAIL:
            require(_can_be_read(kind, event["detail"]), "the details of an event cannot be read")

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


def _can_be_read(kind: str, detail: str) -> bool:
    """Whether these are the details of a new role, or of a room's new name and description."""
    try:
        match kind, json.loads(detail):
            case "role", {"role": role}:
                return role in list(Role)
            case "room", {"name": str(name), "description": str(description)}:
                (name + description).encode()
                return True
    except (ValueError, RecursionError):  # it is no JSON, or has text that cannot be encoded
        return False
    return False
