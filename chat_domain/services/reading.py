"""Reading: history, the room log, and read marks."""

from typing import Final

from chat_domain.model.ephemeral import ReadMarkMoved
from chat_domain.model.identifiers import Epoch, RoomId, Seq, UserId
from chat_domain.model.rights import Right
from chat_domain.model.views import HistoryPage, LogPage, RoomView
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage

READS_BY_USER: Final = Limit("read", times=600, seconds=10)
MARKS_BY_USER: Final = Limit("mark", times=200, seconds=10)


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
            view.require_joined()  # or the actor left meanwhile
            work.record(ReadMarkMoved(view, origin))
            work.commit()
        return view
