"""Hands one durable consumer what it has not had yet, from its own cursors in the storage."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from chat_domain.delivery.backlog import Backlog
from chat_domain.delivery.backoff import FIRST_WAIT, Backoff, lasts
from chat_domain.delivery.pending_moves import PendingMoves
from chat_domain.model.errors import ChatError, Conflict, NotFound
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.clock import Clock
from chat_domain.ports.consumers import Consumer, ConsumerLock
from chat_domain.ports.storage import Snapshot, Storage

_log = logging.getLogger(__name__)

SWEEP: Final = timedelta(seconds=5)
"""How often the logs are compared with the cursors, for what no hint told of."""
_FOUND_AT_ONCE: Final = 1_000
_TOGETHER: Final = 100
"""Rooms that are looked at in one go."""
_EVENTS: Final = 500
"""Events that are read in one go, of one room or of several."""


@dataclass(frozen=True, slots=True)
class ConsumerFigures:
    """How a consumer is doing in this process. The lag is 0 where it does not run; failures count since the start."""

    name: str
    runs_here: bool
    rooms_behind: int
    events_behind: int
    seconds_behind: float
    failures: int
    last_failed_at: datetime | None


class _Page(NamedTuple):
    """The next events of a room after the consumer's cursor."""

    room_id: RoomId
    cursor: Seq
    events: Sequence[RoomEvent]

    @property
    def last(self) -> RoomEvent:
        return self.events[-1]


class ConsumerRunner:
    """Runs one consumer while this process holds the lock.

    A cursor moves after the consumer took the events, and only from where it was: nothing is passed over.
    `step` must not run twice at a time; hints may come in between wherever it waits.
    """

    def __init__(self, consumer: Consumer, *, storage: Storage, lock: ConsumerLock, clock: Clock) -> None:
        self._consumer = consumer
        self._storage = storage
        self._lock = lock
        self._clock = clock
        self._backlog = Backlog()
        self._moves = PendingMoves(consumer.name, storage)
        self._backoff = Backoff()
        self._is_started = False
        self._swept_at: datetime | None = None
        self._swept_to = RoomId(0)
        self._stopped_at: datetime | None = None
        self._failures = 0
        self._last_failed_at: datetime | None = None

    @property
    def name(self) -> str:
        """The consumer's name."""
        return self._consumer.name

    def hint(self, event: RoomEvent) -> None:
        """The event is in the log; ignored by a process in which the consumer rests."""
        if self._is_started:
            self._backlog.hint(event)

    def hint_head(self, room_id: RoomId, head: Seq) -> None:
        """The log of the room goes up to `head`; likewise."""
        if self._is_started:
            self._backlog.note(room_id, head, self._clock.now())

    def forget(self, room_id: RoomId) -> None:
        """The room is gone."""
        for each in (self._backlog, self._moves, self._backoff):
            each.forget(room_id)

    def step(self) -> None:
        """Hand over what is known to be there; to be called ten times a second. Raises Unavailable."""
        if self._stopped_at and lasts(self._stopped_at, FIRST_WAIT, self._clock.now()):
            return
        try:
            while self._lock.is_held():
                self._start()
                self._sweep()
                has_more = self._pass()
                self._moves.store_in_time(self._clock.now())
                if not has_more:
                    return
        except Conflict:
            _log.warning("the cursors of consumer %s were moved by another process", self.name)
            self._stop()
        except BaseException:
            self._stop()
            raise
        else:
            self._rest()

    def finish(self) -> None:
        """Store how far the consumer has come, so that the next process need not repeat anything. Never raises."""
        with suppress(ChatError):
            if self._lock.is_held():
                self._moves.store()
        self._rest()

    def figures(self) -> ConsumerFigures:
        """How the consumer is doing."""
        backlog, now = self._backlog, self._clock.now()
        return ConsumerFigures(
            name=self.name,
            runs_here=self._is_started,
            rooms_behind=len(backlog.rooms),
            events_behind=backlog.events,
            seconds_behind=backlog.seconds(now),
            failures=self._failures,
            last_failed_at=self._last_failed_at,
        )

    def _rest(self) -> None:
        """Forget what is known; the next start compares all logs with the stored cursors."""
        self._is_started, self._swept_at, self._swept_to = False, None, RoomId(0)
        self._backlog.clear()
        self._moves.clear()

    def _stop(self) -> None:
        """Rest for a while at least."""
        self._rest()
        self._stopped_at = self._clock.now()

    def _start(self) -> None:
        if self._is_started:
            return
        with self._storage.unit_of_work() as work:
            work.consumers.start(self.name, self._consumer.beginning, self._clock.now())
            work.commit()
        self._is_started = True

    def _sweep(self) -> None:
        """Note the next of the rooms that are behind; over when no more are found, and begun anew after a while."""
        now = self._clock.now()
        if self._swept_at and lasts(self._swept_at, SWEEP, now):
            return
        with self._storage.snapshot() as seen:
            found = seen.consumers.behind(self.name, after=self._swept_to, limit=_FOUND_AT_ONCE)
        for room in found:
            self._backlog.begin(room.room_id, room.cursor)
            self._backlog.note(room.room_id, room.head, now)
        if len(found) < _FOUND_AT_ONCE:
            self._swept_at, self._swept_to = now, RoomId(0)
            _log.debug("%s", self.figures())
        else:
            self._swept_to = found[-1].room_id

    def _pass(self) -> bool:
        """Hand over the next events of some rooms. Returns whether more could be handed over at once.

        It is left to the next step where that is little: many small passes would cost more than one large one.
        """
        due = self._due()
        taken = [page for page in self._pages(due[:_TOGETHER]) if self._lock.is_held() and self._hand_over(page)]
        is_much = sum(len(page.events) for page in taken) > _EVENTS // 2
        return is_much or len(due) > _TOGETHER or any(self._backoff.wants_one_by_one(page.room_id) for page in taken)

    def _due(self) -> list[RoomId]:
        """The rooms whose turn it is; those that failed come last, so that they are not tried in place of others."""
        now = self._clock.now()
        if self._backoff.puts_all_off(now):
            return []
        due = [room_id for room_id in self._backlog.rooms if not self._backoff.puts_off(room_id, now)]
        return sorted(due, key=self._backoff.failures)

    def _pages(self, room_ids: Sequence[RoomId]) -> list[_Page]:
        """The next events of each room: those that hints told, or else read from the logs in one snapshot."""
        pages, untold = list[_Page](), list[RoomId]()
        for room_id in room_ids:
            cursor, events = self._backlog.cursor(room_id), self._backlog.held(room_id)
            if events and cursor is not None and not self._backoff.wants_one_by_one(room_id):
                pages.append(_Page(room_id, cursor, events))
            else:
                untold.append(room_id)
        if untold:
            self._moves.hurry()
            with self._storage.snapshot() as seen:
                pages += filter(None, (self._read(seen, room_id, limit=_EVENTS // len(untold)) for room_id in untold))
        return pages

    def _read(self, seen: Snapshot, room_id: RoomId, *, limit: int) -> _Page | None:
        cursor = self._backlog.cursor(room_id)
        if cursor is None:
            cursor = self._backlog.begin(room_id, seen.consumers.get(self.name, room_id))
        self._backlog.release(room_id)
        try:
            page = seen.log.after(room_id, cursor, limit=1 if self._backoff.wants_one_by_one(room_id) else limit)
        except NotFound:
            self.forget(room_id)
            return None
        if not page.events:
            self._backlog.finish(room_id)
            return None
        self._backlog.correct(room_id, page.span.last_seq, page.events[0].at)
        return _Page(room_id, cursor, page.events)

    def _hand_over(self, page: _Page) -> bool:
        """Whether the consumer took the events."""
        if self._backoff.puts_all_off(self._clock.now()):
            return False
        try:
            self._consumer.consume(page.room_id, page.events)
        except Exception as error:  # noqa: BLE001 - whatever it is, the consumer has not had the events
            self._fail(page, error)
            return False
        if self._backoff.failures(page.room_id):
            _log.warning("consumer %s goes on in room %d", self.name, page.room_id)
        self._backoff.succeed(page.room_id, page.last.seq)
        self._backlog.advance(page.room_id, page.last)
        self._moves.add(page.room_id, page.cursor, page.last.seq)
        return True

    def _fail(self, page: _Page, error: Exception) -> None:
        now = self._clock.now()
        if not self._backoff.failures(page.room_id):
            places = self.name, page.events[0].seq, page.last.seq, page.room_id
            _log.error("consumer %s failed at events %d to %d of room %d, and waits", *places, exc_info=error)
        self._failures, self._last_failed_at = self._failures + 1, now
        self._backoff.fail(page.room_id, page.last.seq, now)
