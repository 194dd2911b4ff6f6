"""Who is connected to any of the processes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson

from adapters.broadcasting.bus.line import Line
from chat_domain.model.headcount import Gone, Headcount
from chat_domain.model.identifiers import UserId
from chat_domain.ports.clock import Clock
from chat_domain.ports.presence import Presence

_TOPIC: Final = "presence"
_TURN: Final = timedelta(seconds=1)


class BusPresence(Presence):
    """Counts the connections to this process, and knows the roster of each other one.

    Whoever vanished with a process counts as departed at that moment. All others notice it, and one of them says so in
    the end: each waits its turn, by the order of their names, and is silent when another was first.
    """

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._here = Headcount()
        self._elsewhere: dict[str, set[UserId]] = {}
        self._vanished = Gone()  # from elsewhere
        line.hear(_TOPIC, self._receive)
        line.watch(refresh=self._tell_roster, gone=self._lose)

    def arrive(self, user_id: UserId) -> bool:
        was_online = self.is_online(user_id)
        self._vanished.pop(user_id, None)
        if self._here.arrive(user_id):
            self._tell(came=[user_id])
        return not was_online

    def depart(self, user_id: UserId, at: datetime) -> None:
        self._here.depart(user_id, at)

    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        left, vanished = self._here.collect_gone(before), self._vanished.collect(before)
        gone = [user_id for user_id in dict.fromkeys(left + vanished) if not self.is_online(user_id)]
        if left or gone:
            self._tell(left=left, gone=gone)
        return gone

    def is_online(self, user_id: UserId) -> bool:
        return (
            user_id in self._here
            or user_id in self._vanished
            or any(user_id in roster for roster in self._elsewhere.values())
        )

    def _tell_roster(self) -> None:
        self._tell(here=[*self._here])

    def _tell(self, **users: Sequence[UserId]) -> None:
        self._line.say(_TOPIC, orjson.dumps(users))

    def _receive(self, origin: str, users: dict[str, list[UserId]]) -> None:
        roster = self._elsewhere.setdefault(origin, set())
        came, left, gone = (users.get(what, []) for what in ("came", "left", "gone"))
        if (here := users.get("here")) is not None:
            came, left = here, list(roster.difference(here))
        roster.update(came)
        roster.difference_update(left)
        for user_id in (*came, *gone):
            self._vanished.pop(user_id, None)
        self._miss(set(left).difference(gone))

    def _lose(self, origin: str) -> None:
        self._miss(self._elsewhere.pop(origin, ()))

    def _miss(self, user_ids: Iterable[UserId]) -> None:
        turn = sorted([*self._line.peers, self._line.origin]).index(self._line.origin)
        at = self._clock.now() + turn * _TURN
        self._vanished.update((user_id, at) for user_id in user_ids if not self.is_online(user_id))
