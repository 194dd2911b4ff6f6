"""The session guard: while the end of a session may have been missed, events wait until the storage was asked."""

import logging
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from typing import Final

from chat_domain.delivery.batches import batched
from chat_domain.model.ephemeral import AnyEvent, SessionEnd, SessionEnded
from chat_domain.model.errors import Unavailable
from chat_domain.model.sessions import IDLE_LIFETIME
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.storage import Storage

_log = logging.getLogger(__name__)
_SESSIONS_A_READ: Final = 1_000
_CHECKS_A_CALL: Final = 10
_MOST_HELD: Final = 10_000


class SessionGuard:
    """Knows whether every connected session is known to be good, and holds events back while it is not."""

    def __init__(self, *, storage: Storage, broadcaster: Broadcaster, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._audience = audience
        self._clock = clock
        self._doubts = self._resolved = 0  # how many arose, and how many of them before the last good answer
        self._held: deque[AnyEvent] = deque(maxlen=_MOST_HELD)  # the poll finds again what is dropped
        self._is_checking = False

    def is_certain(self) -> bool:
        """Whether this process was told of every session that is over, as far as it can know.

        Once it may not have been told of one, it is in doubt until `end_stale` succeeds.
        """
        if not self._broadcaster.is_current():
            self._doubts += 1
        return self._doubts == self._resolved

    def end_stale(self) -> None:
        """Ask the storage about every connected session, and end those that are over; raises Unavailable."""
        before = self._doubts
        self.is_certain()  # or an end that is missed from now on would go unnoticed
        try:
            self._end_stale()
        except Unavailable:
            self._doubts += 1
            raise
        self._resolved = max(self._resolved, before)

    def make_certain(self) -> None:
        """End the sessions that are over, unless that is certain; raises Unavailable.

        To be called between reading events from the storage and delivering them: so no session is told of an event
        that was committed after its end. A session that connects meanwhile is checked by `DeliveryService.connect`.
        """
        if not self.is_certain():
            self.end_stale()

    def hold(self, events: Iterable[AnyEvent]) -> None:
        """Keep the events until the sessions were checked after this call."""
        self._held.extend(events)

    def check_held(self) -> Generator[tuple[Sequence[AnyEvent], bool]]:
        """Check the sessions for the events that are held, and again for those that came meanwhile.

        Yields the events of each check, and whether it succeeded: if not, they may not be delivered. Yields nothing
        while another call is checking, which yields these events too.
        """
        if self._is_checking:
            return
        self._is_checking = True
        try:
            for _ in range(_CHECKS_A_CALL):  # the caller has its own work to do: the next call goes on
                if self._held:
                    held, self._held = self._held, deque(maxlen=_MOST_HELD)
                    yield held, self._succeeds()
        finally:
            self._is_checking = False

    def _succeeds(self) -> bool:
        try:
            self.end_stale()
        except Unavailable:
            _log.warning("nothing is delivered: the storage cannot be asked which sessions are over")
            return False
        return True

    def _end_stale(self) -> None:
        used_since = self._clock.now() - IDLE_LIFETIME
        for some in batched(self._audience.sessions(), _SESSIONS_A_READ):
            with self._storage.snapshot() as seen:
                over = seen.sessions.over_among(some, used_since=used_since)
            for session_id in over:
                self._audience.deliver(SessionEnded(session_id, SessionEnd.EXPIRED))
