"""Presence over several processes: each tells the others which users are connected to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson

from adapters.broadcasting.bus.connection import BusConnection
from adapters.broadcasting.headcount import Gone, Headcount
from chat_domain.model.identifiers import UserId
from chat_domain.ports.clock import Clock
from chat_domain.ports.presence import Presence

_TOPIC: Final = "presence"
_TURN: Final = timedelta(seconds=1)


class BusPresence(Presence):
    """Counts the connections to this process, and knows the roster of each other one.

    A user who was connected to a process that vanished counts as departed at that moment. All other processes notice
    it, and one of them publishes it: each waits its turn, by the order of their names, unless another was first.
    """

    def __init__(self, connection: BusConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._here = Headcount()
        self._elsewhere: dict[str, set[UserId]] = {}
        self._vanished = Gone()  # from elsewhere
        connection.subscribe(_TOPIC, self._receive)
        connection.watch(refresh=self._tell_roster, gone=self._lose)

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
        self._connection.publish(_TOPIC, orjson.dumps(users))

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
        turn = sorted([*self._connection.peers, self._connection.origin]).index(self._connection.origin)
        at = self._clock.now() + turn * _TURN
        self._vanished.update((user_id, at) for user_id in user_ids if not self.is_online(user_id))
