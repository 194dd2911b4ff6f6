"""Sessions: signing in, staying signed in, signing out, and who it is that calls."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.ephemeral import SessionEnd
from chat_domain.model.errors import InvalidToken, SessionNotFound, Unavailable
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.sessions import IDLE_LIFETIME, KEPT_WHEN_OVER, Actor, Session
from chat_domain.model.users import User
from chat_domain.model.views import Page
from chat_domain.ports.clock import Clock, SecretSource
from chat_domain.ports.security import AccessClaims, Limit, PasswordHasher, RateLimiter, RefreshClaims, Tokens
from chat_domain.ports.storage import Storage
from chat_domain.services.ending import end_session
from chat_domain.services.sign_in import Device, PasswordSignIn, require_still_valid

ACCESS_LIFETIME: Final = timedelta(minutes=15)
REFRESHES_BY_ADDRESS: Final = Limit("refresh", times=120, seconds=60)
_NOTED_AGAIN_AFTER: Final = timedelta(minutes=1)
"""How long no use is noted after one could not be: a call that notes one may wait seconds for other writers."""


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
        self._passwords = PasswordSignIn(storage=storage, hasher=hasher, limits=limits)
        self._tokens = tokens
        self._secrets = secrets
        self._limits = limits
        self._clock = clock
        self._noted_from: datetime | None = None

    def log_in(self, login: str, password: str, *, device: Device) -> tuple[User, TokenPair]:
        """Sign a program in; raises InvalidCredentials, or AccountSuspended where the password was right."""
        user, proof = self._passwords.authenticate(login, password, device)
        session = self._open(user, proof, device, cookie=None)
        return user, self._pair(session)

    def log_in_browser(self, login: str, password: str, *, device: Device) -> tuple[User, str, datetime]:
        """Sign a browser in: the account, the cookie's value, and when it ends if nobody uses it."""
        user, proof = self._passwords.authenticate(login, password, device)
        cookie = self._secrets.token()
        session = self._open(user, proof, device, cookie=cookie)
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

    def _open(self, user: User, proof: UserCredentials, device: Device, *, cookie: str | None) -> Session:
        now = self._clock.now()
        with self._storage.unit_of_work() as work:
            require_still_valid(work, user, proof)
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
        self._noted_from = at + _NOTED_AGAIN_AFTER  # for calls that come meanwhile, too
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


def _digest(cookie: str) -> str:
    return sha256(cookie.encode(errors="surrogatepass")).hexdigest()
