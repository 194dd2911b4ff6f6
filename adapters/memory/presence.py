"""Presence where there is one process."""

from collections.abc import Sequence
from datetime import datetime

from chat_domain.model.headcount import Headcount
from chat_domain.model.identifiers import UserId
from chat_domain.ports.presence import Presence


class MemoryPresence(Presence):
    """A user with a connection to this process is online."""

    def __init__(self) -> None:
        self._here = Headcount()

    def arrive(self, user_id: UserId) -> bool:
        return self._here.arrive(user_id)

    def depart(self, user_id: UserId, at: datetime) -> None:
        self._here.depart(user_id, at)

    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        return self._here.collect_gone(before)

    def is_online(self, user_id: UserId) -> bool:
        return user_id in self._here
