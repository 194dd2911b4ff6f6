"""The sessions of those who are connected here, and those of them that are over without this process being told."""

from chat_domain.delivery.portions import portions
from chat_domain.model.ephemeral import SessionEnd, SessionEnded
from chat_domain.model.errors import Unavailable
from chat_domain.model.sessions import IDLE_LIFETIME
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.repositories import AT_A_TIME
from chat_domain.ports.storage import Storage


class ConnectedSessions:
    """Ends the connections of sessions that are over."""

    def __init__(self, *, storage: Storage, broadcaster: Broadcaster, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._audience = audience
        self._clock = clock
        self._doubts = self._resolved = 0  # all those that arose, and those of them before the last good answer

    def are_certain(self) -> bool:
        """Whether this process was told of every session that is over, as far as it can know.

        Once it may not have been told of one, it is in doubt until `end_stale` succeeds.
        """
        if not self._broadcaster.is_current():
            self._doubts += 1
        return self._doubts == self._resolved

    def end_stale(self) -> None:
        """Ask the storage about every session, and end those that are over; raises Unavailable."""
        before = self._doubts
        self.are_certain()  # or what ends from now on may not be told
        try:
            self._end_stale()
        except Unavailable:
            self._doubts += 1
            raise
        self._resolved = max(self._resolved, before)

    def make_certain(self) -> None:
        """End those that are over, unless that is certain by now; raises Unavailable.

        Whoever has read something in order to tell it calls this before, and so tells nothing to a session that was
        over before it happened. Whoever is admitted meanwhile is asked for by those who let them in.
        """
        if not self.are_certain():
            self.end_stale()

    def _end_stale(self) -> None:
        used_since = self._clock.now() - IDLE_LIFETIME
        for some in portions(self._audience.sessions(), AT_A_TIME):
            with self._storage.snapshot() as seen:
                over = seen.sessions.over_among(some, used_since=used_since)
            for session_id in over:
                self._audience.deliver(SessionEnded(session_id, SessionEnd.EXPIRED))
