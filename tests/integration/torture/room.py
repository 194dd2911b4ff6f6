"""A room as a client holds it: a cursor, what waits behind a gap, and what the log adds up to."""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.history import Event, Shown

_ABOUT_A_MESSAGE: Final = ("message", "message_edited", "message_deleted")
_ABOUT_A_USER: Final = ("user_join", "user_left")


class Room:
    """Follows the client rule: apply the next, drop what is known, hold what comes after a gap."""

    def __init__(self, cursor: int, read_seq: int) -> None:
        self.cursor = cursor
        self.read_seq = read_seq
        self.messages: dict[int, Shown] = {}
        self.held: dict[int, Event] = {}
        self._senders: dict[int, int] = {}

    def take(self, event: Event) -> Iterator[Event]:
        """The events that are to be applied now, this one among them or not."""
        if event.seq > self.cursor:
            self.held[event.seq] = event
        while following := self.held.pop(self.cursor + 1, None):
            self.cursor += 1
            self._add_up(following)
            yield following

    def begin_at(self, first_seq: int) -> None:
        """Go on at the log's first event: what was before is gone."""
        self.cursor = max(self.cursor, first_seq - 1)

    @property
    def is_behind(self) -> bool:
        """Whether something is missing."""
        return bool(self.held)

    def read_up_to(self, seq: int) -> None:
        """Move the read mark, which only goes forward."""
        self.read_seq = max(self.read_seq, seq)

    def state(self, user_id: int, username: str) -> RoomState:
        """What the user would see."""
        unread = [
            shown
            for shown in self.messages.values()
            if shown.seq > self.read_seq and not shown.deleted and self._senders[shown.id] != user_id
        ]
        mentions = sum(f"@{username}" in shown.body for shown in unread)
        return RoomState(self.cursor, self.read_seq, len(unread), mentions, dict(self.messages))

    def _add_up(self, event: Event) -> None:
        if event.message:
            known = self.messages.get(event.message)
            # Of an older message only the event of its posting says which seq it has.
            if event.type == "message" or known:
                seq = known.seq if known else event.seq
                self.messages[event.message] = Shown(event.message, seq, event.body, event.deleted)
                self._senders[event.message] = event.sender


def is_room_event(payload: dict[str, Any]) -> bool:
    """Whether what was pushed is an event of a room, of whatever kind."""
    return payload.keys() >= {"room_id", "seq", "type"}


def event_of(body: dict[str, Any]) -> Event:
    """A room event from the wire. What an event of an unknown kind carries is not read."""
    message = (body.get("message") if body["type"] in _ABOUT_A_MESSAGE else None) or {}
    user = (body.get("user") if body["type"] in _ABOUT_A_USER else None) or {}
    return Event(
        room=body["room_id"],
        seq=body["seq"],
        type=body["type"],
        message=message.get("id", 0),
        body=message.get("content", ""),
        edited_at=message.get("edited_at") or "",
        deleted=message.get("deleted", False),
        sender=message.get("sender", {}).get("id", 0),
        client_id=message.get("client_id") or "",
        user=user.get("id", 0),
    )
