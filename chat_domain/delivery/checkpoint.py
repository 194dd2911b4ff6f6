"""The checkpoint: while the end of a session may have been missed, nothing passes before the storage was asked."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from chat_domain.delivery.connected_sessions import ConnectedSessions
from chat_domain.model.ephemeral import AnyEvent, SessionEnded
from chat_domain.model.errors import Unavailable

_log = logging.getLogger(__name__)
_CHECKS_A_CALL: Final = 10
_MOST_WAITING: Final = 10_000

HandOn = Callable[[Iterable[AnyEvent]], None]


class Checkpoint:
    """Hands on what may be told, and to `put_off` what cannot be because the storage is away.

    What had to wait is shown to `prepare` before it is handed on.
    """

    def __init__(self, sessions: ConnectedSessions, *, prepare: HandOn, hand_on: HandOn, put_off: HandOn) -> None:
        self._sessions = sessions
        self._prepare = prepare
        self._hand_on = hand_on
        self._put_off = put_off
        self._waiting: deque[AnyEvent] = deque(maxlen=_MOST_WAITING)  # what is too much is found by the poll
        self._is_checking = False

    def take(self, events: Sequence[AnyEvent]) -> None:
        """Hand these on; if there is a doubt, once the sessions were checked after these came.

        The end of a session never waits. What comes during a check waits for the next one, whoever does it.
        """
        if self._sessions.are_certain():
            self._hand_on(events)
            return
        ends = [event for event in events if isinstance(event, SessionEnded)]
        self._hand_on(ends)
        if len(ends) < len(events):
            self._waiting.extend(event for event in events if not isinstance(event, SessionEnded))
            self.check()

    def check(self) -> None:
        """Check the sessions and hand on what waits for that; again, if more came meanwhile."""
        if self._is_checking:
            return
        self._is_checking = True
        try:
            for _ in range(_CHECKS_A_CALL):  # whoever is held up by this call has waited enough: the next one goes on
                if self._waiting:
                    self._check_once()
        finally:
            self._is_checking = False

    def _check_once(self) -> None:
        waiting, self._waiting = self._waiting, deque(maxlen=_MOST_WAITING)
        try:
            self._sessions.end_stale()
        except Unavailable:
            _log.warning("nothing is handed out: whose session is over cannot be asked")
            self._put_off(waiting)
        else:
            self._prepare(waiting)
            self._hand_on(waiting)
