"""A user: an account, and the person that others see."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.values import DisplayName, Email, Username


@dataclass(frozen=True, slots=True)
class Person:
    """How a user is shown to others."""

    id: UserId
    username: Username
    name: DisplayName


@dataclass(frozen=True, slots=True)
class User:
    """An account. While it is suspended, since `suspended_at`, it may do nothing."""

    id: UserId
    username: Username
    name: DisplayName
    email: Email | None
    role: ServerRole
    created_at: datetime
    suspended_at: datetime | None = None

    @property
    def person(self) -> Person:
        """How others see this user."""
        return Person(self.id, self.username, self.name)

    @property
    def rights(self) -> Rights:
        """What the account may do on this server."""
        return Rights(self.role, suspended=self.suspended_at is not None)

    def renamed(self, name: DisplayName) -> Self:
        """The same account under another display name."""
        return replace(self, name=name)

    def reached_at(self, email: Email | None) -> Self:
        """The same account with another address, or none."""
        return replace(self, email=email)
