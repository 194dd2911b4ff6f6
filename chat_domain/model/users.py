"""A user: an account, and the person that others see."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from chat_domain.model.identifiers import UserId
from chat_domain.model.values import DisplayName, Email, Username


class UserRole(StrEnum):
    """What an account may do on the whole server."""

    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """How a user is shown to others."""

    id: UserId
    username: Username
    name: DisplayName


@dataclass(frozen=True, slots=True)
class User:
    """An account. `password_hash` is whatever the PasswordHasher port made."""

    id: UserId
    username: Username
    name: DisplayName
    email: Email | None
    role: UserRole
    password_hash: str = field(repr=False)
    created_at: datetime

    @property
    def person(self) -> Person:
        """How others see this user."""
        return Person(self.id, self.username, self.name)

    def renamed(self, name: DisplayName) -> Self:
        """The same account under another display name."""
        return replace(self, name=name)

    def reached_at(self, email: Email | None) -> Self:
        """The same account with another address, or none."""
        return replace(self, email=email)

    def secured_by(self, password_hash: str) -> Self:
        """The same account with another password."""
        return replace(self, password_hash=password_hash)
