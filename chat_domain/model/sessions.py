"""A session: one signed-in device, a row that can be revoked.

Programs hold a refresh token that works once; `generation` counts how often it was exchanged. Browsers hold an opaque
cookie, of which only a digest is stored.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self

from chat_domain.model.errors import InvalidToken
from chat_domain.model.identifiers import SessionId, UserId

IDLE_LIFETIME: Final = timedelta(days=30)
"""A session that nobody used for this long is over."""

KEPT_WHEN_OVER: Final = timedelta(days=30)
"""A session that has been over for longer is forgotten when its user signs in."""

_USE_IS_NOTED_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device of one user. `suspended` tells whether the user's account is now."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    last_used_at: datetime
    user_agent: str
    address: str
    cookie_digest: str | None = field(default=None, repr=False)
    generation: int = 0
    ended_at: datetime | None = None
    suspended: bool = False

    def require_active(self, at: datetime) -> Self:
        """This session; InvalidToken if it is ended, idle for too long, or of a suspended account."""
        if self.ended_at is not None or at >= self.expires_at or self.suspended:
            raise InvalidToken
        return self

    @property
    def expires_at(self) -> datetime:
        """When it ends by itself if nobody uses it."""
        return self.last_used_at + IDLE_LIFETIME

    def wants_note_of_use(self, at: datetime) -> bool:
        """Whether the last note of a use is so old that this one is worth a write."""
        return at - self.last_used_at >= _USE_IS_NOTED_EVERY

    def used(self, at: datetime) -> Self:
        """This session as used `at`."""
        return replace(self, last_used_at=max(at, self.last_used_at))

    def refreshed(self, at: datetime) -> Self:
        """The next generation: every earlier refresh token is used up."""
        return replace(self.used(at), generation=self.generation + 1)

    def ended(self, at: datetime) -> Self:
        """This session, over."""
        return self if self.ended_at is not None else replace(self, ended_at=at)


@dataclass(frozen=True, slots=True)
class Actor:
    """The user who makes a call and the session it is made by; `by_cookie` where a browser sent the cookie."""

    user_id: UserId
    session_id: SessionId
    by_cookie: bool = False
