"""Who is connected to any of the processes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson

from adapters.broadcasting.bus.line import Line
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
        self._connections: Counter[UserId] = Counter()
        self._gone_at: dict[UserId, datetime] = {}  # from here
        self._elsewhere: dict[str, set[UserId]] = {}
        self._vanished_at: dict[UserId, datetime] = {}  # from elsewhere
        line.hear(_TOPIC, self._receive)
        line.watch(refresh=self._tell_roster, gone=self._lose)

    def arrive(self, user_id: UserId) -> bool:
        was_here, was_online = self._is_here(user_id), self.is_online(user_id)
        self._connections[user_id] += 1
        self._gone_at.pop(user_id, None)
        self._vanished_at.pop(user_id, None)
        if not was_here:
            self._tell(came=[user_id])
        return not was_online

    def depart(self, user_id: UserId, at: datetime) -> None:
        if user_id not in self._connections:  # counted already
            return
        self._connections[user_id] -= 1
        if not self._connections[user_id]:
            del self._connections[user_id]
            self._gone_at[user_id] = at

    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        left, vanished = _due(self._gone_at, before), _due(self._vanished_at, before)
        gone = [user_id for user_id in dict.fromkeys(left + vanished) if not self.is_online(user_id)]
        if left or gone:
            self._tell(left=left, gone=gone)
        return gone

    def is_online(self, user_id: UserId) -> bool:
        return (
            self._is_here(user_id)
            or user_id in self._vanished_at
            or any(user_id in roster for roster in self._elsewhere.values())
        )

    def _is_here(self, user_id: UserId) -> bool:
        return user_id in self._connections or user_id in self._gone_at

    def _tell_roster(self) -> None:
        self._tell(here=[*self._connections, *self._gone_at])

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
            self._vanished_at.pop(user_id, None)
        self._miss(set(left).difference(gone))

    def _lose(self, origin: str) -> None:
        self._miss(self._elsewhere.pop(origin, ()))

    def _miss(self, user_ids: Iterable[UserId]) -> None:
        turn = sorted([*self._line.peers, self._line.origin]).index(self._line.origin)
        at = self._clock.now() + turn * _TURN
        self._vanished_at.update((user_id, at) for user_id in user_ids if not self.is_online(user_id))


def _due(departures: dict[UserId, datetime], before: datetime) -> list[UserId]:
    """Take out those who went at or before `before`."""
    due = [user_id for user_id, at in departures.items() if at <= before]
    for user_id in due:
        del departures[user_id]
    return due
