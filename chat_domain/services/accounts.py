"""Accounts: registering, and changing what is one's own."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.ephemeral import SessionEnd
from chat_domain.model.errors import (
    EmailTaken,
    InvalidToken,
    RegistrationClosed,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Right, ServerRole
from chat_domain.model.users import User
from chat_domain.model.values import DisplayName, Email, Password, Username, as_guess
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, PasswordHasher, PasswordStrength, RateLimiter, Tokens
from chat_domain.ports.storage import Storage
from chat_domain.services.ending import end_sessions

REGISTRATIONS_BY_ADDRESS: Final = Limit("register", times=30, seconds=600)
REGISTRATIONS_BY_ACCOUNT: Final = Limit("register-account", times=10, seconds=60)
PASSWORD_CHANGES: Final = Limit("password-change", times=10, seconds=600)
INVITATION_LIFETIME: Final = timedelta(days=7)


class Registration(StrEnum):
    """Who may register: everybody, the holder of an invitation, or nobody."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A new password, and the current one as proof that it is one's own account."""

    current: str = field(repr=False)
    new: Password


class AccountService:
    """Makes accounts and changes them."""

    def __init__(
        self,
        *,
        storage: Storage,
        hasher: PasswordHasher,
        strength: PasswordStrength,
        tokens: Tokens,
        limits: RateLimiter,
        clock: Clock,
        registration: Registration,
    ) -> None:
        self._storage = storage
        self._hasher = hasher
        self._strength = strength
        self._tokens = tokens
        self._limits = limits
        self._clock = clock
        self._registration = registration

    def register(
        self,
        *,
        username: Username,
        password: Password,
        email: Email | None,
        name: DisplayName,
        invitation: str | None,
        address: str,
    ) -> User:
        """Make an account for a caller from this address, by their own request."""
        self._limits.hit(REGISTRATIONS_BY_ADDRESS, address)
        self._limits.hit(REGISTRATIONS_BY_ACCOUNT, username.key)
        self._require_welcome(invitation)
        return self.create(username=username, password=password, email=email, name=name, role=ServerRole.MEMBER)

    def create(
        self, *, username: Username, password: Password, email: Email | None, name: DisplayName, role: ServerRole
    ) -> User:
        """Make an account, as the operator of the server does."""
        self._require_strong(password, username=username, email=email, name=name)
        with self._storage.snapshot() as seen:  # the answer that needs no hashing comes first
            if seen.users.find(username):
                raise UsernameTaken
            if email and seen.users.find(email):
                raise EmailTaken
        password_hash = self._hasher.hash(password)
        with self._storage.unit_of_work() as work:
            user = User(UserId(work.next_id()), username, name, email, role, self._clock.now())
            work.users.add(user)
            work.credentials.save(UserCredentials(user.id, password_hash))
            work.commit()
        return user

    def invite(self) -> str:
        """An invitation to register, which holds for INVITATION_LIFETIME."""
        now = self._clock.now()
        return self._tokens.issue_invitation(at=now, until=now + INVITATION_LIFETIME)

    def me(self, actor: UserId) -> User:
        """One's own account."""
        with self._storage.lookup() as seen:
            user = seen.users.get(actor)
        user.rights.require(Right.SIGN_IN)
        return user

    def change(
        self,
        actor: UserId,
        *,
        name: DisplayName | None = None,
        email: Email | None = None,
        forget_email: bool = False,
        password: PasswordChange | None = None,
    ) -> User:
        """Change what is given of one's account, all of it or nothing; None leaves a part as it is.

        A new password ends every session of the account, the one that calls included.
        """
        with self._storage.snapshot() as seen:
            before, verified = seen.users.get(actor), seen.credentials.of(actor)
        before.rights.require(Right.SIGN_IN)
        password_hash = self._changed(before, verified, password) if password else None
        with self._storage.unit_of_work() as work:
            user = work.users.get(actor)
            user.rights.require(Right.SIGN_IN)
            if name is not None:
                user = user.renamed(name)
            if email is not None or forget_email:
                user = user.reached_at(email)
            if password_hash is not None:
                if work.credentials.of(actor) != verified:  # somebody else was faster
                    raise WrongPassword(field="current_password")
                work.credentials.save(verified.secured_by(password_hash))
                end_sessions(work, actor, SessionEnd.PASSWORD_CHANGED, at=self._clock.now())
            work.users.save(user)
            work.commit()
        return user

    def _changed(self, user: User, credentials: UserCredentials, password: PasswordChange) -> str:
        self._limits.hit(PASSWORD_CHANGES, str(user.id))
        if not self._hasher.verify(credentials.password_hash, as_guess(password.current)):
            raise WrongPassword(field="current_password")
        self._require_strong(password.new, username=user.username, email=user.email, name=user.name)
        return self._hasher.hash(password.new)

    def _require_welcome(self, invitation: str | None) -> None:
        if self._registration is Registration.OPEN:
            return
        if self._registration is Registration.CLOSED or invitation is None:
            raise RegistrationClosed
        try:
            self._tokens.require_invitation(invitation, at=self._clock.now())
        except InvalidToken as error:
            raise RegistrationClosed from error

    def _require_strong(
        self, password: Password, *, username: Username, email: Email | None, name: DisplayName
    ) -> None:
        if password.is_made_of(username):
            raise WeakPassword("The password must not contain the username.", field="password")
        about = [str(username), str(name), str(email or "")]
        if weakness := self._strength.weakness(password, about):
            raise WeakPassword(weakness, field="password")
