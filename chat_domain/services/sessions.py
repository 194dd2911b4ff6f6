"""Sessions: signing in, staying signed in, signing out, and who it is that calls."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from chat_domain.model.ephemeral import SessionEnd
from chat_domain.model.errors import Invalid, InvalidCredentials, InvalidToken, SessionNotFound, Unavailable
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.sessions import IDLE_LIFETIME, KEPT_WHEN_OVER, Session
from chat_domain.model.users import User
from chat_domain.model.values import Email, Password, Username, as_guess
from chat_domain.model.views import Page
from chat_domain.ports.clock import Clock, SecretSource
from chat_domain.ports.security import AccessClaims, Limit, PasswordHasher, RateLimiter, RefreshClaims, Tokens
from chat_domain.ports.storage import Storage
from chat_domain.services.ending import end_session

ACCESS_LIFETIME: Final = timedelta(minutes=15)
LOGINS_BY_ADDRESS: Final = Limit("login", times=60, seconds=60)
LOGINS_BY_ACCOUNT: Final = Limit("login-account", times=10, seconds=60)
"""From one address: whoever guesses from elsewhere keeps nobody out of their own account."""

GUESSES_BY_ACCOUNT: Final = Limit("login-everywhere", times=100, seconds=600)
REFRESHES_BY_ADDRESS: Final = Limit("refresh", times=120, seconds=60)
_NOTED_AGAIN_AFTER: Final = timedelta(minutes=1)
"""How long no use is noted after one could not be: whoever notes one may wait seconds for whoever else writes."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a call comes from: its address and what it says it is."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls, by which session; `by_cookie` if a browser vouched for it."""

    user_id: UserId
    session_id: SessionId
    by_cookie: bool = False


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a program holds: an access token until `expires_at`, and a refresh token that works once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


class SessionService:
    """Opens and ends sessions, and tells who calls."""

    def __init__(
        self,
        *,
        storage: Storage,
        hasher: PasswordHasher,
        tokens: Tokens,
        secrets: SecretSource,
        limits: RateLimiter,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._hasher = hasher
        self._tokens = tokens
        self._secrets = secrets
        self._limits = limits
        self._clock = clock
        self._noted_from: datetime | None = None

    def log_in(self, login: str, password: str, *, device: Device) -> tuple[User, TokenPair]:
        """Sign a program in; raises InvalidCredentials."""
        user = self._authenticate(login, password, device)
        session = self._open(user, device, cookie=None)
        return user, self._pair(session)

    def log_in_browser(self, login: str, password: str, *, device: Device) -> tuple[User, str, datetime]:
        """Sign a browser in: the account, the cookie's value, and when it ends if nobody uses it."""
        user = self._authenticate(login, password, device)
        cookie = self._secrets.token()
        session = self._open(user, device, cookie=cookie)
        return user, cookie, session.expires_at

    def refresh(self, token: str, *, device: Device) -> tuple[User, TokenPair]:
        """Exchange a refresh token for a new pair. One that was used before ends the session: somebody copied it."""
        self._limits.hit(REFRESHES_BY_ADDRESS, device.address)
        now = self._clock.now()
        claims = self._tokens.read_refresh(token, at=now)
        with self._storage.unit_of_work() as work:
            session = work.sessions.get(claims.session_id)
            if session is None:
                raise InvalidToken
            session.require_active(now)
            copied = claims.generation != session.generation
            if copied:
                end_session(work, session, SessionEnd.TOKEN_REUSED, at=now)
            else:
                session = session.refreshed(now)
                work.sessions.save(session)
            user = work.users.get(session.user_id)
            work.commit()
        if copied:
            raise InvalidToken
        return user, self._pair(session)

    def identify(self, *, token: str | None = None, cookie: str | None = None) -> Actor:
        """Who calls, by an access token or a browser's cookie; raises InvalidToken."""
        now = self._clock.now()
        with self._storage.lookup() as seen:
            if token is not None:
                claims = self._tokens.read_access(token, at=now)
                session = seen.sessions.get(claims.session_id)
            else:
                session = seen.sessions.find(_digest(cookie or ""))
        if session is None:
            raise InvalidToken
        if session.require_active(now).wants_note_of_use(now):
            self._note_use(session.id, now)
        return Actor(session.user_id, session.id, by_cookie=token is None)

    def log_out(self, actor: Actor) -> None:
        """End the session that calls."""
        self._end(actor.user_id, actor.session_id, SessionEnd.LOGGED_OUT)

    def revoke(self, actor: Actor, session_id: SessionId) -> None:
        """End one of one's own sessions; raises SessionNotFound."""
        self._end(actor.user_id, session_id, SessionEnd.REVOKED)

    def devices(self, actor: Actor, *, before: SessionId | None = None, limit: int) -> Page[Session]:
        """One's own sessions that are not over, the newest first; those older than `before`."""
        with self._storage.snapshot() as seen:
            found = seen.sessions.active_of(actor.user_id, used_since=self._clock.now() - IDLE_LIFETIME)
        return Page.cut([session for session in found if before is None or session.id < before], limit)

    def _authenticate(self, login: str, password: str, device: Device) -> User:
        self._limits.hit(LOGINS_BY_ADDRESS, device.address)
        name = _parse_login(login)
        if name:  # by the key: however the name is spelled, it is one account
            self._limits.hit(LOGINS_BY_ACCOUNT, f"{name.key} {device.address}")
            self._limits.hit(GUESSES_BY_ACCOUNT, name.key)
        with self._storage.snapshot() as seen:
            user = seen.users.find(name) if name else None
        right = self._hasher.verify(user.password_hash if user else None, as_guess(password))
        if user is None or not right:
            raise InvalidCredentials
        if self._hasher.is_outdated(user.password_hash):
            user = self._rehash(user, password)
        return user

    def _rehash(self, user: User, password: str) -> User:
        password_hash = self._hasher.hash(Password(password))
        with self._storage.unit_of_work() as work:
            current = _require_same_password(work.users.get(user.id), user).secured_by(password_hash)
            work.users.save(current)
            work.commit()
        return current

    def _open(self, user: User, device: Device, *, cookie: str | None) -> Session:
        now = self._clock.now()
        with self._storage.unit_of_work() as work:
            _require_same_password(work.users.get(user.id), user)
            session = Session(
                id=SessionId(work.next_id()),
                user_id=user.id,
                created_at=now,
                last_used_at=now,
                user_agent=device.user_agent[:200],
                address=device.address,
                cookie_digest=_digest(cookie) if cookie else None,
            )
            work.sessions.add(session)
            work.sessions.forget(
                user.id, ended_before=now - KEPT_WHEN_OVER, used_before=now - KEPT_WHEN_OVER - IDLE_LIFETIME
            )
            work.commit()
        return session

    def _pair(self, session: Session) -> TokenPair:
        now = self._clock.now()
        expires_at = now + ACCESS_LIFETIME
        return TokenPair(
            access=self._tokens.issue(AccessClaims(session.user_id, session.id), at=now, until=expires_at),
            refresh=self._tokens.issue(
                RefreshClaims(session.id, session.generation), at=now, until=now + IDLE_LIFETIME
            ),
            expires_at=expires_at,
        )

    def _note_use(self, session_id: SessionId, at: datetime) -> None:
        """For want of a note nobody is kept out, and while none can be made hardly anybody waits for it."""
        if self._noted_from and at < self._noted_from:
            return
        self._noted_from = at + _NOTED_AGAIN_AFTER  # for those who call meanwhile, too
        with suppress(Unavailable):
            with self._storage.unit_of_work() as work:
                session = work.sessions.get(session_id)
                if session is not None:
                    work.sessions.save(session.used(at))
                work.commit()
            self._noted_from = None

    def _end(self, user_id: UserId, session_id: SessionId, reason: SessionEnd) -> None:
        with self._storage.unit_of_work() as work:
            session = work.sessions.get(session_id)
            if session is None or session.user_id != user_id or session.ended_at is not None:
                raise SessionNotFound
            end_session(work, session, reason, at=self._clock.now())
            work.commit()


def _require_same_password(now: User, verified: User) -> User:
    """Whoever changes the password while somebody signs in with the old one keeps them out."""
    if now.password_hash != verified.password_hash:
        raise InvalidCredentials
    return now


def _digest(cookie: str) -> str:
    return sha256(cookie.encode(errors="surrogatepass")).hexdigest()


def _parse_login(login: str) -> Username | Email | None:
    try:
        return Email(login) if "@" in login else Username(login)
    except Invalid:
        return None
