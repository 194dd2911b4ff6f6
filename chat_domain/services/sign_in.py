"""Signing in by a password: whose it is, and whether that still holds when the session begins."""

from dataclasses import dataclass
from typing import Final

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.errors import Invalid, InvalidCredentials
from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Right
from chat_domain.model.users import User
from chat_domain.model.values import Email, Password, Username, as_guess
from chat_domain.ports.security import Limit, PasswordHasher, RateLimiter
from chat_domain.ports.storage import Storage, UnitOfWork

LOGINS_BY_ADDRESS: Final = Limit("login", times=60, seconds=60)
LOGINS_BY_ACCOUNT: Final = Limit("login-account", times=10, seconds=60)
"""From one address: guesses from elsewhere keep no user out of their own account."""

GUESSES_BY_ACCOUNT: Final = Limit("login-everywhere", times=100, seconds=600)

_NOBODY: Final = UserId(0)


@dataclass(frozen=True, slots=True)
class Device:
    """Where a call comes from: its address and what it says it is."""

    address: str
    user_agent: str


class PasswordSignIn:
    """Finds the user whose password was given."""

    def __init__(self, *, storage: Storage, hasher: PasswordHasher, limits: RateLimiter) -> None:
        self._storage = storage
        self._hasher = hasher
        self._limits = limits

    def authenticate(self, login: str, password: str, device: Device) -> tuple[User, UserCredentials]:
        """The user, and the credentials that the password fits. Whatever is wrong, the answer takes as long."""
        self._limits.hit(LOGINS_BY_ADDRESS, device.address)
        name = _parse_login(login)
        if name:  # by the key: however the name is spelled, it is one account
            self._limits.hit(LOGINS_BY_ACCOUNT, f"{name.key} {device.address}")
            self._limits.hit(GUESSES_BY_ACCOUNT, name.key)
        with self._storage.snapshot() as seen:
            user = seen.users.find(name) if name else None
            proof = seen.credentials.of(user.id if user else _NOBODY)
        fits = self._hasher.verify(proof.password_hash, as_guess(password))
        if user is None or proof.password_hash is None or not fits:
            raise InvalidCredentials
        _require_may_sign_in(user)
        if self._hasher.is_outdated(proof.password_hash):
            proof = self._rehash(user, proof, password)
        return user, proof

    def _rehash(self, user: User, proof: UserCredentials, password: str) -> UserCredentials:
        password_hash = self._hasher.hash(Password(password))
        with self._storage.unit_of_work() as work:
            require_still_valid(work, user, proof)
            renewed = proof.secured_by(password_hash)
            work.credentials.save(renewed)
            work.commit()
        return renewed


def _require_may_sign_in(user: User) -> None:
    user.rights.require(Right.SIGN_IN)
    if not user.rights.include(Right.USE_PASSWORD):
        raise InvalidCredentials


def require_still_valid(work: UnitOfWork, user: User, proof: UserCredentials) -> None:
    """A password that is changed, or an account that is suspended, while somebody signs in keeps them out."""
    _require_may_sign_in(work.users.get(user.id))
    if work.credentials.of(user.id) != proof:
        raise InvalidCredentials


def _parse_login(login: str) -> Username | Email | None:
    try:
        return Email(login) if "@" in login else Username(login)
    except Invalid:
        return None
