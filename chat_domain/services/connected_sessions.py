"""The sessions of those who are connected here, and those of them that are over without this process being told."""

from collections.abc import Iterable, Sequence
from itertools import islice

from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import SessionId
from chat_domain.model.notices import SessionEnd, SessionEnded
from chat_domain.model.sessions import IDLE_LIFETIME
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.repositories import AT_A_TIME
from chat_domain.ports.storage import Snapshot, Storage


class ConnectedSessions:
    """Ends the connections of sessions that are over."""

    def __init__(self, *, storage: Storage, broadcaster: Broadcaster, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._audience = audience
        self._clock = clock
        self._is_in_doubt = False

    def are_certain(self) -> bool:
        """Whether this process was told of every session that is over, as far as it can know.

        Once it may not have been told of one, it is in doubt until `end_stale` succeeds.
        """
        self._is_in_doubt = self._is_in_doubt or not self._broadcaster.is_current()
        return not self._is_in_doubt

    def end_stale(self) -> None:
        """Ask the storage about every session, and end those that are over; raises Unavailable."""
        is_told_from_now_on = self._broadcaster.is_current()
        try:
            self._end_stale()
        except Unavailable:
            self._is_in_doubt = True
            raise
        self._is_in_doubt = not is_told_from_now_on

    def over_unless_certain(self, seen: Snapshot) -> Sequence[SessionId]:
        """Nothing if this is certain by now; else the sessions that are over as of the snapshot, to be ended.

        Whoever reads something in a snapshot in order to tell it asks this last in the same snapshot, and so tells
        nothing to a session that was over before it happened.
        """
        return [] if self.are_certain() else self._over(seen, self._audience.sessions())

    def end(self, sessions: Iterable[SessionId]) -> None:
        """Tell them that they are over, and close their connections."""
        for session_id in sessions:
            self._audience.deliver(SessionEnded(session_id, SessionEnd.EXPIRED))

    def _end_stale(self) -> None:
        sessions = iter(self._audience.sessions())
        while some := list(islice(sessions, AT_A_TIME)):
            with self._storage.snapshot() as seen:
                over = self._over(seen, some)
            self.end(over)

    def _over(self, seen: Snapshot, sessions: Iterable[SessionId]) -> list[SessionId]:
        used_since = self._clock.now() - IDLE_LIFETIME
        left, over = iter(sessions), list[SessionId]()
        while some := list(islice(left, AT_A_TIME)):
            over += seen.sessions.over_among(some, used_since=used_since)
        return over
