"""Catching up: what a user missed after the cursors of a client, in answers of bounded size."""

from collections.abc import Mapping
from typing import Final

from chat_domain.model.events import RoomEvent
from chat_domain.model.events.fields import details_of, fields_of
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.views import Catchup, LogPage, LogSpan
from chat_domain.ports.storage import Snapshot

MOST_EVENTS_A_SYNC: Final = 1_000
MOST_TEXT_A_SYNC: Final = 128_000
"""Characters that people wrote; the last event's may go beyond.

So no call holds up the others for long, nor its answer a slow connection. A test holds the answer below 1 MB as sent.
"""

_EVENTS_A_READ: Final = 100


def catch_up(seen: Snapshot, user_id: UserId, cursors: Mapping[RoomId, Seq]) -> Catchup:
    """What the user missed after the cursors: at most MOST_EVENTS_A_SYNC events, then pages with `has_more`.

    A cursor ahead of its log, as of a client that knew the log before a restore, gets no events.
    """
    spans = seen.log.spans(user_id)
    joined = tuple(seen.views.of(user_id, room_id) for room_id in spans if room_id not in cursors)
    gone = tuple(room_id for room_id in cursors if room_id not in spans)
    known = {room_id: seq for room_id, seq in cursors.items() if room_id in spans}
    return Catchup(_pages(seen, known, spans), joined, gone, seen.log.epoch())


def _pages(seen: Snapshot, cursors: Mapping[RoomId, Seq], spans: Mapping[RoomId, LogSpan]) -> dict[RoomId, LogPage]:
    events_left, text_left = MOST_EVENTS_A_SYNC, MOST_TEXT_A_SYNC
    pages = {}
    for room_id, seq in cursors.items():
        events: list[RoomEvent] = []
        reached = spans[room_id].reached(seq)
        while events_left > 0 and text_left > 0 and spans[room_id].last_seq > reached:
            found = seen.log.after(room_id, reached, limit=min(_EVENTS_A_READ, events_left)).events
            if not found:  # the log's last events are missing: the storage is damaged
                break
            for event in found:
                events.append(event)
                reached = event.seq
                events_left -= 1
                text_left -= len(_text(event))
                if text_left <= 0:
                    break
        pages[room_id] = LogPage(seq, tuple(events), spans[room_id])
    return pages


def _text(event: RoomEvent) -> str:
    """All text of people that the event carries."""
    texts = [str(value) for value in details_of(event).values()]
    people = [event.actor]
    for field in fields_of(type(event)):
        match getattr(event, field.name):
            case Message() as message:
                texts += [str(message.body), str(message.client_key or "")]
                people.append(message.sender)
            case Person() | Member() as someone:
                people.append(someone.person if isinstance(someone, Member) else someone)
    return "".join([*texts, *(f"{person.username}{person.name}" for person in people)])
