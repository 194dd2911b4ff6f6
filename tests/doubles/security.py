"""Security without its cost, for tests: the same promises of form, none of secrecy."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from chat_domain.model.errors import InvalidToken, TooMany
from chat_domain.model.values import Password
from chat_domain.ports.clock import Clock, SecretSource
from chat_domain.ports.security import (
    AccessClaims,
    Limit,
    PasswordHasher,
    PasswordStrength,
    RateLimiter,
    RefreshClaims,
    Tokens,
)


class PlainPasswordHasher(PasswordHasher):
    """Says openly what the password is. `scheme` stands for the parameters of a real one."""

    def __init__(self, scheme: str = "plain") -> None:
        self._scheme = scheme

    def hash(self, password: Password) -> str:
        return f"{self._scheme}:{password.value}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash is not None and password_hash.partition(":")[2] == password

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.partition(":")[0] != self._scheme


class ShortListPasswordStrength(PasswordStrength):
    """Knows one weak password."""

    def weakness(self, password: Password, about: Sequence[str]) -> str | None:
        return "This is a very common password." if password.value == "password" else None


class NumberedSecretSource(SecretSource):
    """Gives secret-1, secret-2 and so on."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def token(self) -> str:
        return f"secret-{next(self._numbers)}"


class RememberedTokens(Tokens):
    """Remembers what each token stands for."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._issued: dict[str, tuple[AccessClaims | RefreshClaims | None, datetime]] = {}

    def issue(self, claims: AccessClaims | RefreshClaims, *, at: datetime, until: datetime) -> str:
        return self._keep(claims, until)

    def read_access(self, token: str, *, at: datetime) -> AccessClaims:
        claims = self._valid(token, at)
        if not isinstance(claims, AccessClaims):
            raise InvalidToken
        return claims

    def read_refresh(self, token: str, *, at: datetime) -> RefreshClaims:
        claims = self._valid(token, at)
        if not isinstance(claims, RefreshClaims):
            raise InvalidToken
        return claims

    def issue_invitation(self, *, at: datetime, until: datetime) -> str:
        return self._keep(None, until)

    def require_invitation(self, token: str, *, at: datetime) -> None:
        if self._valid(token, at) is not None:
            raise InvalidToken

    def _keep(self, claims: AccessClaims | RefreshClaims | None, until: datetime) -> str:
        token = f"token-{next(self._numbers)}"
        self._issued[token] = claims, until
        return token

    def _valid(self, token: str, at: datetime) -> AccessClaims | RefreshClaims | None:
        if token not in self._issued or at >= self._issued[token][1]:
            raise InvalidToken
        return self._issued[token][0]


class CountingRateLimiter(RateLimiter):
    """Remembers when each thing was done, by the clock it is given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hits: dict[tuple[str, str], list[datetime]] = defaultdict(list)

    def hit(self, limit: Limit, key: str) -> None:
        now, window = self._clock.now(), timedelta(seconds=limit.seconds)
        hits = self._hits[limit.name, key]
        hits[:] = [at for at in hits if at > now - window]
        if len(hits) >= limit.times:
            raise TooMany(retry_after=(hits[-limit.times] + window - now).total_seconds())
        hits.append(now)

    def close(self) -> None:
        """There is no connection."""
