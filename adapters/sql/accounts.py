"""Users and sessions in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from adapters.sql.among import IsAmong, listed
from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, containing, millis, moment, person, restored, storable
from adapters.sql.statements import Violated, one_by_one
from adapters.sql.tables import sessions, users
from chat_domain.model.errors import EmailTaken, UsernameTaken, UserNotFound
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.sessions import Session
from chat_domain.model.users import Person, User, UserRole
from chat_domain.model.values import DisplayName, Email, Username
from chat_domain.ports.repositories import Sessions, Users

_USER: Final = select(*PERSON, users.c.email, users.c.role, users.c.password_hash, users.c.created_at)
_USER_BY_ID: Final = _USER.where(users.c.id == bindparam("id"))
_USER_TO_CHANGE: Final = _USER_BY_ID.with_for_update(key_share=True)
_USER_BY_NAME: Final = _USER.where(users.c.username_key == bindparam("key"))
_USER_BY_EMAIL: Final = _USER.where(users.c.email_key == bindparam("key"))
_ADD_USER: Final = insert(users)
_SAVE_USER: Final = one_by_one(
    update(users)
    .where(users.c.id == bindparam("id"))
    .values({name: bindparam(name) for name in ("name", "name_folded", "email", "email_key", "role", "password_hash")})
)
_SEARCH: Final = (
    select(*PERSON)
    .where(
        users.c.id > bindparam("after"),
        or_(
            users.c.username_key.like(bindparam("pattern"), escape="\\"),
            users.c.name_folded.like(bindparam("pattern"), escape="\\"),
        ),
    )
    .order_by(users.c.id)
    .limit(bindparam("limit"))
)

_SESSION: Final = select(sessions)
_SESSION_BY_ID: Final = _SESSION.where(sessions.c.id == bindparam("id"))
# The user comes first: a change of password locks the user and then the user's sessions.
_SESSION_TO_CHANGE: Final = (
    _SESSION_BY_ID.join_from(sessions, users).with_for_update(key_share=True, of=[users, sessions])
)  # fmt: skip
_SESSION_BY_COOKIE: Final = _SESSION.where(sessions.c.cookie_digest == bindparam("cookie_digest"))
_ACTIVE_SESSIONS: Final = _SESSION.where(
    sessions.c.user_id == bindparam("user_id"),
    sessions.c.ended_at.is_(None),
    sessions.c.last_used_at > bindparam("used_since"),
).order_by(sessions.c.id.desc())
_ACTIVE_AMONG: Final = select(sessions.c.id).where(
    IsAmong(sessions.c.id, bindparam("ids")),
    sessions.c.ended_at.is_(None),
    sessions.c.last_used_at > bindparam("used_since"),
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


class SqlUsers(Users):
    """Accounts in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def add(self, user: User) -> None:
        if self.find(user.username):  # which violation a database reports first is its own affair
            raise UsernameTaken
        try:
            self._executor.run(_ADD_USER, **_user_row(user))
        except Violated as error:
            raise (UsernameTaken if "username_key" in error.constraint else EmailTaken) from error

    def get(self, user_id: UserId) -> User:
        statement = _USER_TO_CHANGE if self._executor.locks else _USER_BY_ID
        row = self._executor.first(statement, id=user_id)
        if row is None:
            raise UserNotFound
        return _user(row)

    def find(self, login: Username | Email) -> User | None:
        statement = _USER_BY_NAME if isinstance(login, Username) else _USER_BY_EMAIL
        row = self._executor.first(statement, key=login.key)
        return _user(row) if row else None

    def save(self, user: User) -> None:
        try:
            self._executor.run(_SAVE_USER, **_user_row(user))
        except Violated as error:
            raise EmailTaken from error

    def search(self, query: str, *, after: UserId, limit: int) -> Sequence[Person]:
        found = self._executor.all(_SEARCH, pattern=containing(query), after=after, limit=limit)
        return [person(*row) for row in found]


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


def _user_row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": str(user.username),
        "username_key": user.username.key,
        "name": str(user.name),
        "name_folded": str(user.name).casefold(),
        "email": user.email and str(user.email),
        "email_key": user.email and user.email.key,
        "role": user.role.value,
        "password_hash": user.password_hash,
        "created_at": millis(user.created_at),
    }


def _user(row: Row) -> User:
    id, username, name, email, role, password_hash, created_at = row
    return User(
        id=UserId(id),
        username=restored(Username, username),
        name=restored(DisplayName, name),
        email=None if email is None else restored(Email, email),
        role=UserRole(role),
        password_hash=password_hash,
        created_at=moment(created_at),
    )


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
    id, user_id, created_at, last_used_at, user_agent, address, cookie_digest, generation, ended_at = row
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
    )
