"""Credentials: how a user proves who they are, apart from who they are."""

from dataclasses import dataclass, field, replace
from typing import Self

from chat_domain.model.identifiers import UserId


@dataclass(frozen=True, slots=True)
class UserCredentials:
    """The credentials of one user. `password_hash` is of the PasswordHasher port; None: no password lets them in."""

    user_id: UserId
    password_hash: str | None = field(default=None, repr=False)

    def secured_by(self, password_hash: str) -> Self:
        """The same credentials with another password."""
        return replace(self, password_hash=password_hash)
