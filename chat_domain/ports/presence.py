"""Who has a connection."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chat_domain.model.identifiers import UserId


class Presence(Protocol):
    """Counts the connections of each user. A user whose last one went stays online until `collect_gone`."""

    @abstractmethod
    def arrive(self, user_id: UserId) -> bool:
        """One more connection. Whether the user was offline until now."""

    @abstractmethod
    def depart(self, user_id: UserId, at: datetime) -> None:
        """One connection less; `at` is remembered if it was the last. Nothing happens if there is none."""

    @abstractmethod
    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        """Take offline, and return, those whose last connection went at or before `before`; each is returned once."""

    @abstractmethod
    def is_online(self, user_id: UserId) -> bool:
        """Whether the user is online."""
