"""Hashing of passwords, their strength, signed tokens, and limits on how often somebody may try."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.values import Password


class PasswordHasher(Protocol):
    """Hashes passwords so that they are slow to guess. Raises Unavailable when too many wait for it."""

    @abstractmethod
    def hash(self, password: Password) -> str:
        """A salted hash that says by itself how it was made."""

    @abstractmethod
    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the hash is of this password. For None, False, after the time that a wrong password takes."""

    @abstractmethod
    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than are used now."""


class PasswordStrength(Protocol):
    """Judges how easily a password is guessed."""

    @abstractmethod
    def weakness(self, password: Password, about: Sequence[str]) -> str | None:
        """A sentence that says why the password is too easy to guess, or None. `about` are words near the user."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Who calls, by which session."""

    user_id: UserId
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """Which session may be refreshed, and how often it had been when the token was made."""

    session_id: SessionId
    generation: int


class Tokens(Protocol):
    """Signed statements of this server. The readers raise InvalidToken for whatever is not valid `at` that time."""

    @abstractmethod
    def issue(self, claims: AccessClaims | RefreshClaims, *, at: datetime, until: datetime) -> str:
        """A token that holds from `at` to `until`."""

    @abstractmethod
    def read_access(self, token: str, *, at: datetime) -> AccessClaims:
        """What an access token says."""

    @abstractmethod
    def read_refresh(self, token: str, *, at: datetime) -> RefreshClaims:
        """What a refresh token says."""

    @abstractmethod
    def issue_invitation(self, *, at: datetime, until: datetime) -> str:
        """An invitation to register, for anybody who holds it."""

    @abstractmethod
    def require_invitation(self, token: str, *, at: datetime) -> None:
        """Raise InvalidToken unless it is an invitation that holds `at` that time."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in any window of `seconds`. `name` keeps the counts of different limits apart."""

    name: str
    times: int
    seconds: int


class RateLimiter(Protocol):
    """Counts how often something was done."""

    @abstractmethod
    def hit(self, limit: Limit, key: str) -> None:
        """Count one more for `key`, or raise TooMany, with the seconds to wait, and count nothing."""

    @abstractmethod
    def close(self) -> None:
        """Let go of every connection."""
