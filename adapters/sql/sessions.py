"""Sessions in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from adapters.sql.among import IsAmong, listed
from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import millis, moment, storable
from adapters.sql.statements import one_by_one
from adapters.sql.tables import sessions, users
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.sessions import Session
from chat_domain.ports.repositories import Sessions

_SESSION: Final = select(sessions, users.c.suspended_at).join_from(sessions, users)
_SESSION_BY_ID: Final = _SESSION.where(sessions.c.id == bindparam("id"))
# The user comes first: a change of password locks the user and then the user's sessions.
_SESSION_TO_CHANGE: Final = (
    _SESSION_BY_ID.with_for_update(key_share=True, of=[users, sessions])
)  # fmt: skip
_SESSION_BY_COOKIE: Final = _SESSION.where(sessions.c.cookie_digest == bindparam("cookie_digest"))
_ACTIVE_SESSIONS: Final = _SESSION.where(
    sessions.c.user_id == bindparam("user_id"),
    sessions.c.ended_at.is_(None),
    sessions.c.last_used_at > bindparam("used_since"),
).order_by(sessions.c.id.desc())
_ACTIVE_AMONG: Final = (
    select(sessions.c.id)
    .join_from(sessions, users)
    .where(
        users.c.suspended_at.is_(None),
        IsAmong(sessions.c.id, bindparam("ids")),
        sessions.c.ended_at.is_(None),
        sessions.c.last_used_at > bindparam("used_since"),
    )
)
_ADD_SESSION: Final = insert(sessions)
_SAVE_SESSION: Final = one_by_one(
    update(sessions)
    .where(sessions.c.id == bindparam("id"))
    .values({name: bindparam(name) for name in ("last_used_at", "generation", "ended_at")})
)
_FORGET_SESSIONS: Final = delete(sessions).where(
    sessions.c.user_id == bindparam("user_id"),
    or_(sessions.c.ended_at < bindparam("ended_before"), sessions.c.last_used_at < bindparam("used_before")),
)


class SqlSessions(Sessions):
    """Signed-in devices in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def add(self, session: Session) -> None:
        self._executor.run(_ADD_SESSION, **_session_row(session))

    def get(self, session_id: SessionId) -> Session | None:
        statement = _SESSION_TO_CHANGE if self._executor.locks else _SESSION_BY_ID
        row = self._executor.first(statement, id=session_id)
        return _session(row) if row else None

    def find(self, cookie_digest: str) -> Session | None:
        row = self._executor.first(_SESSION_BY_COOKIE, cookie_digest=cookie_digest)
        return _session(row) if row else None

    def save(self, session: Session) -> None:
        self._executor.run(_SAVE_SESSION, **_session_row(session))

    def active_of(self, user_id: UserId, *, used_since: datetime) -> Sequence[Session]:
        found = self._executor.all(_ACTIVE_SESSIONS, user_id=user_id, used_since=millis(used_since))
        return [_session(row) for row in found]

    def over_among(self, session_ids: Collection[SessionId], *, used_since: datetime) -> Collection[SessionId]:
        found = self._executor.all(_ACTIVE_AMONG, ids=listed(session_ids), used_since=millis(used_since))
        active = {id for (id,) in found}
        return [session_id for session_id in session_ids if session_id not in active]

    def forget(self, user_id: UserId, *, ended_before: datetime, used_before: datetime) -> None:
        before = {"ended_before": millis(ended_before), "used_before": millis(used_before)}
        self._executor.run(_FORGET_SESSIONS, user_id=user_id, **before)


def _session_row(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "user_id": session.user_id,
        "created_at": millis(session.created_at),
        "last_used_at": millis(session.last_used_at),
        "user_agent": storable(session.user_agent),
        "address": storable(session.address),
        "cookie_digest": session.cookie_digest,
        "generation": session.generation,
        "ended_at": session.ended_at and millis(session.ended_at),
    }


def _session(row: Row) -> Session:
    id, user_id, created_at, last_used_at, user_agent, address, cookie_digest, generation, ended_at, suspended_at = row
    return Session(
        id=SessionId(id),
        user_id=UserId(user_id),
        created_at=moment(created_at),
        last_used_at=moment(last_used_at),
        user_agent=user_agent,
        address=address,
        cookie_digest=cookie_digest,
        generation=generation,
        ended_at=None if ended_at is None else moment(ended_at),
        suspended=suspended_at is not None,
    )
