"""Who is here, counted by connections."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from chat_domain.model.identifiers import UserId

_LONGEST: Final = timedelta(minutes=1)
"""How much later than asked for somebody may have gone; who went later yet went before the clock was set back."""


class Gone(dict[UserId, datetime]):
    """Since when users are gone."""

    def collect(self, before: datetime) -> list[UserId]:
        """Take out, and return, those who went at or before `before`."""
        latest = before + _LONGEST
        self.update({user_id: latest for user_id, at in self.items() if at > latest})
        due = [user_id for user_id, at in self.items() if at <= before]
        for user_id in due:
            del self[user_id]
        return due


class Headcount:
    """Counts the connections of each user. A user whose last one went is still here until `collect_gone`."""

    def __init__(self) -> None:
        self._connections: Counter[UserId] = Counter()
        self._gone = Gone()

    def __contains__(self, user_id: UserId) -> bool:
        return user_id in self._connections or user_id in self._gone

    def __iter__(self) -> Iterator[UserId]:
        """Everybody who is here, each once."""
        yield from self._connections
        yield from self._gone

    def arrive(self, user_id: UserId) -> bool:
        """One more connection. Whether the user was not here until now."""
        was_here = user_id in self
        self._connections[user_id] += 1
        self._gone.pop(user_id, None)
        return not was_here

    def depart(self, user_id: UserId, at: datetime) -> None:
        """One connection less; `at` is remembered if it was the last. Nothing happens if there is none."""
        if user_id not in self._connections:  # counted already
            return
        self._connections[user_id] -= 1
        if not self._connections[user_id]:
            del self._connections[user_id]
            self._gone[user_id] = at

    def collect_gone(self, before: datetime) -> list[UserId]:
        """Those whose last connection went at or before `before`; each is returned once, and here no more."""
        return self._gone.collect(before)
