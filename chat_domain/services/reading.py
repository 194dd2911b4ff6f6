"""Reading: history, the room log, catching up, and read marks."""

from collections.abc import Mapping
from typing import Final

from chat_domain.model.ephemeral import ReadMarkMoved
from chat_domain.model.events import RoomEvent
from chat_domain.model.events.fields import details_of, fields_of
from chat_domain.model.identifiers import Epoch, RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.rights import Right
from chat_domain.model.users import Person
from chat_domain.model.views import Catchup, HistoryPage, LogPage, LogSpan, RoomView
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Snapshot, Storage

MOST_EVENTS_A_SYNC: Final = 1_000
MOST_TEXT_A_SYNC: Final = 256_000
"""Bytes of text, the last event's beyond it, so that one call cannot hold up everybody, nor its answer a slow line.

On the wire an event has 450 bytes beside its text, and an escaped character takes two for one: below 1 MB in all.
"""

_AT_A_TIME: Final = 100
READS_BY_USER: Final = Limit("read", times=600, seconds=10)
MARKS_BY_USER: Final = Limit("mark", times=200, seconds=10)
SYNCS_BY_USER: Final = Limit("sync", times=60, seconds=10)


class ReadingService:
    """Reads back what was said."""

    def __init__(self, *, storage: Storage, limits: RateLimiter) -> None:
        self._storage = storage
        self._limits = limits

    def before(self, actor: UserId, room_id: RoomId, seq: Seq | None, *, limit: int) -> HistoryPage:
        """The last `limit` messages before `seq`, or of all."""
        self._limits.hit(READS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            seen.memberships.authority(actor, room_id).rights.require(Right.READ)
            found = seen.messages.before(room_id, seq, limit=limit + 1)
            page = tuple(found[-limit:])
            more_after = seq is not None and bool(seen.messages.after(room_id, Seq(seq - 1), limit=1))
            return HistoryPage(page, more_before=len(found) > limit, more_after=more_after)

    def after(self, actor: UserId, room_id: RoomId, seq: Seq, *, limit: int) -> HistoryPage:
        """The first `limit` messages after `seq`."""
        self._limits.hit(READS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            seen.memberships.authority(actor, room_id).rights.require(Right.READ)
            found = seen.messages.after(room_id, seq, limit=limit + 1)
            more_before = bool(seen.messages.before(room_id, Seq(seq + 1), limit=1))
            return HistoryPage(tuple(found[:limit]), more_before=more_before, more_after=len(found) > limit)

    def around(self, actor: UserId, room_id: RoomId, seq: Seq, *, limit: int) -> HistoryPage:
        """`limit` messages with `seq` in the middle; where one side has too few, the other makes up for it."""
        self._limits.hit(READS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            seen.memberships.authority(actor, room_id).rights.require(Right.READ)
            before = seen.messages.before(room_id, seq, limit=limit + 1)
            after = seen.messages.after(room_id, Seq(seq - 1), limit=limit + 1)
            earlier = min(len(before), max((limit - 1) // 2, limit - len(after)))
            later = min(len(after), limit - earlier)
            page = (*before[len(before) - earlier :], *after[:later])
            return HistoryPage(page, more_before=len(before) > earlier, more_after=len(after) > later)

    def events(self, actor: UserId, room_id: RoomId, *, after: Seq, limit: int) -> LogPage:
        """The room's log after `after`."""
        self._limits.hit(READS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            seen.memberships.authority(actor, room_id).rights.require(Right.READ)
            return seen.log.after(room_id, after, limit=limit)

    def catch_up(self, actor: UserId, cursors: Mapping[RoomId, Seq]) -> Catchup:
        """What the actor missed after the cursors: at most MOST_EVENTS_A_SYNC events, then pages with `has_more`.

        A cursor ahead of its log, as of a client that knew the log before a restore, gets no events.
        """
        self._limits.hit(SYNCS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            seen.users.rights(actor).require(Right.READ)
            spans = seen.log.spans(actor)
            joined = tuple(seen.views.of(actor, room_id) for room_id in spans if room_id not in cursors)
            gone = tuple(room_id for room_id in cursors if room_id not in spans)
            known = {room_id: seq for room_id, seq in cursors.items() if room_id in spans}
            return Catchup(_pages(seen, known, spans), joined, gone, seen.log.epoch())

    def epoch(self) -> Epoch:
        """Which life of the logs this is."""
        with self._storage.snapshot() as seen:
            return seen.log.epoch()

    def mark_read(self, actor: UserId, room_id: RoomId, seq: Seq, *, origin: str | None = None) -> RoomView:
        """Move the actor's read mark forward to `seq`, never back and never past the log."""
        self._limits.hit(MARKS_BY_USER, str(actor))
        with self._storage.snapshot() as seen:
            mine = seen.memberships.of(actor, room_id)
            mine.rights.require(Right.READ)
            mark = min(seq, mine.room.last_seq)
            if mark <= mine.read_seq:
                return seen.views.of(actor, room_id)
        with self._storage.unit_of_work() as work:
            work.memberships.move_read_mark(actor, room_id, mark)
            view = work.views.of(actor, room_id)
            view.require_joined()  # or the actor was led out meanwhile
            work.record(ReadMarkMoved(view, origin))
            work.commit()
        return view


def _pages(seen: Snapshot, cursors: Mapping[RoomId, Seq], spans: Mapping[RoomId, LogSpan]) -> dict[RoomId, LogPage]:
    events_left, text_left = MOST_EVENTS_A_SYNC, MOST_TEXT_A_SYNC
    pages = {}
    for room_id, seq in cursors.items():
        events: list[RoomEvent] = []
        reached = spans[room_id].reached(seq)
        while events_left > 0 and text_left > 0 and spans[room_id].last_seq > reached:
            for event in seen.log.after(room_id, reached, limit=min(_AT_A_TIME, events_left)).events:
                events.append(event)
                reached = event.seq
                events_left -= 1
                text_left -= len(_text(event).encode())
                if text_left <= 0:
                    break
        pages[room_id] = LogPage(seq, tuple(events), spans[room_id])
    return pages


def _text(event: RoomEvent) -> str:
    """All that people wrote of what it tells."""
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
