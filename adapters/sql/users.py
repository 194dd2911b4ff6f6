"""Users in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, exists, insert, or_, select, update

from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, RIGHTS, containing, millis, moment, person, restored, rights
from adapters.sql.statements import Violated, one_by_one
from adapters.sql.tables import memberships, users
from chat_domain.model.errors import EmailTaken, UsernameTaken, UserNotFound
from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.users import Person, User
from chat_domain.model.values import DisplayName, Email, Username
from chat_domain.ports.repositories import Users

_USER: Final = select(*PERSON, users.c.email, users.c.role, users.c.created_at, users.c.suspended_at)
_USER_BY_ID: Final = _USER.where(users.c.id == bindparam("id"))
_USER_TO_CHANGE: Final = _USER_BY_ID.with_for_update(key_share=True)
_USER_BY_NAME: Final = _USER.where(users.c.username_key == bindparam("key"))
_USER_BY_EMAIL: Final = _USER.where(users.c.email_key == bindparam("key"))
_RIGHTS: Final = select(*RIGHTS).where(users.c.id == bindparam("id"))
_ADD_USER: Final = insert(users)
_SAVE_USER: Final = one_by_one(
    update(users)
    .where(users.c.id == bindparam("id"))
    .values({name: bindparam(name) for name in ("name", "name_folded", "email", "email_key", "role", "suspended_at")})
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

_mine: Final = memberships.alias("mine")
_theirs: Final = memberships.alias("theirs")
_SEARCH_IN_ROOMS: Final = _SEARCH.where(
    exists()
    .where(
        _mine.c.user_id == bindparam("sharing_with"),
        _theirs.c.room_id == _mine.c.room_id,
        _theirs.c.user_id == users.c.id,
    )
    .correlate(users)
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

    def rights(self, user_id: UserId) -> Rights:
        row = self._executor.first(_RIGHTS, id=user_id)
        if row is None:
            raise UserNotFound
        return rights(*row)

    def search(self, query: str, *, after: UserId, limit: int, sharing_with: UserId | None = None) -> Sequence[Person]:
        asked = {"pattern": containing(query), "after": after, "limit": limit}
        if sharing_with is None:
            return [person(*row) for row in self._executor.all(_SEARCH, **asked)]
        return [person(*row) for row in self._executor.all(_SEARCH_IN_ROOMS, **asked, sharing_with=sharing_with)]


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
        "created_at": millis(user.created_at),
        "suspended_at": user.suspended_at and millis(user.suspended_at),
    }


def _user(row: Row) -> User:
    id, username, name, email, role, created_at, suspended_at = row
    return User(
        id=UserId(id),
        username=restored(Username, username),
        name=restored(DisplayName, name),
        email=None if email is None else restored(Email, email),
        role=ServerRole(role),
        created_at=moment(created_at),
        suspended_at=None if suspended_at is None else moment(suspended_at),
    )
