"""Who is connected to this one process."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from chat_domain.model.identifiers import UserId
from chat_domain.ports.presence import Presence


class MemoryPresence(Presence):
    """Counts connections in memory."""

    def __init__(self) -> None:
        self._connections: Counter[UserId] = Counter()
        self._gone_at: dict[UserId, datetime] = {}

    def arrive(self, user_id: UserId) -> bool:
        was_online = self.is_online(user_id)
        self._connections[user_id] += 1
        self._gone_at.pop(user_id, None)
        return not was_online

    def depart(self, user_id: UserId, at: datetime) -> None:
        if user_id not in self._connections:  # counted already
            return
        self._connections[user_id] -= 1
        if not self._connections[user_id]:
            del self._connections[user_id]
            self._gone_at[user_id] = at

    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        gone = [user_id for user_id, at in self._gone_at.items() if at <= before]
        for user_id in gone:
            del self._gone_at[user_id]
        return gone

    def is_online(self, user_id: UserId) -> bool:
        return user_id in self._connections or user_id in self._gone_at
