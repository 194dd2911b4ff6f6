"""Reading: history, the room log, catching up, and read marks."""

from collections.abc import Mapping
from typing import Final

from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.notices import ReadMarkMoved
from chat_domain.model.views import Catchup, HistoryPage, LogPage, RoomView
from chat_domain.ports.storage import Snapshot, Storage

MOST_EVENTS_A_SYNC: Final = 1_000


class ReadingService:
    """Reads back what was said."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    def before(self, actor: UserId, room_id: RoomId, seq: Seq | None, *, limit: int) -> HistoryPage:
        """The last `limit` messages before `seq`, or of all."""
        with self._storage.snapshot() as seen:
            seen.views.readable(actor, room_id)
            found = seen.messages.before(room_id, seq, limit=limit + 1)
            page = tuple(found[-limit:])
            more_after = seq is not None and bool(seen.messages.after(room_id, Seq(seq - 1), limit=1))
            return HistoryPage(page, more_before=len(found) > limit, more_after=more_after)

    def after(self, actor: UserId, room_id: RoomId, seq: Seq, *, limit: int) -> HistoryPage:
        """The first `limit` messages after `seq`."""
        with self._storage.snapshot() as seen:
            seen.views.readable(actor, room_id)
            found = seen.messages.after(room_id, seq, limit=limit + 1)
            more_before = bool(seen.messages.before(room_id, Seq(seq + 1), limit=1))
            return HistoryPage(tuple(found[:limit]), more_before=more_before, more_after=len(found) > limit)

    def around(self, actor: UserId, room_id: RoomId, seq: Seq, *, limit: int) -> HistoryPage:
        """`limit` messages with `seq` in the middle, as far as there are so many on both sides."""
        with self._storage.snapshot() as seen:
            seen.views.readable(actor, room_id)
            before = seen.messages.before(room_id, seq, limit=(limit - 1) // 2 + 1)
            earlier = before[-((limit - 1) // 2) :] if limit > 2 else ()  # noqa: PLR2004 - room for one on each side
            room_left = limit - len(earlier)
            after = seen.messages.after(room_id, Seq(seq - 1), limit=room_left + 1)
            more_before = len(before) > len(earlier)
            return HistoryPage((*earlier, *after[:room_left]), more_before, len(after) > room_left)

    def events(self, actor: UserId, room_id: RoomId, *, after: Seq, limit: int) -> LogPage:
        """The room's log after `after`."""
        with self._storage.snapshot() as seen:
            seen.views.readable(actor, room_id)
            return seen.log.after(room_id, after, limit=limit)

    def catch_up(self, actor: UserId, cursors: Mapping[RoomId, Seq]) -> Catchup:
        """What the actor missed after the cursors: at most MOST_EVENTS_A_SYNC events, then pages with `has_more`."""
        with self._storage.snapshot() as seen:
            heads = seen.log.heads(actor)
            joined = tuple(seen.views.of(actor, room_id) for room_id in heads if room_id not in cursors)
            gone = tuple(room_id for room_id in cursors if room_id not in heads)
            known = {room_id: seq for room_id, seq in cursors.items() if room_id in heads}
            return Catchup(_pages(seen, known, heads), joined, gone)

    def mark_read(self, actor: UserId, room_id: RoomId, seq: Seq, *, origin: str | None = None) -> RoomView:
        """Move the actor's read mark forward to `seq`, never back and never past the log."""
        with self._storage.unit_of_work() as work:
            view = work.views.of(actor, room_id)
            view.require_joined()
            mark = min(seq, view.room.last_seq)
            if mark > view.read_seq:
                work.memberships.move_read_mark(actor, room_id, mark)
                view = work.views.of(actor, room_id)
                work.record(ReadMarkMoved(view, origin))
            work.commit()
        return view


def _pages(seen: Snapshot, cursors: Mapping[RoomId, Seq], heads: Mapping[RoomId, Seq]) -> dict[RoomId, LogPage]:
    left = MOST_EVENTS_A_SYNC
    pages = {}
    for room_id, seq in cursors.items():
        missing = heads[room_id] > seq and left > 0
        pages[room_id] = seen.log.after(room_id, seq, limit=left) if missing else LogPage(seq, (), heads[room_id])
        left -= len(pages[room_id].events)
    return pages
