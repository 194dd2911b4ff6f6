"""Credentials in SQL."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from adapters.sql.executor import Executor
from adapters.sql.tables import credentials
from chat_domain.model.credentials import UserCredentials
from chat_domain.model.identifiers import UserId
from chat_domain.ports.repositories import Credentials

_OF_USER: Final = select(credentials.c.password_hash).where(credentials.c.user_id == bindparam("user_id"))
_FORGET: Final = delete(credentials).where(credentials.c.user_id == bindparam("user"))
_ADD: Final = insert(credentials)


class SqlCredentials(Credentials):
    """Credentials in SQL: a row for each user who has a password."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def of(self, user_id: UserId) -> UserCredentials:
        row = self._executor.first(_OF_USER, user_id=user_id)
        return UserCredentials(user_id, row[0] if row else None)

    def save(self, credentials: UserCredentials) -> None:
        self._executor.run(_FORGET, user=credentials.user_id)
        if credentials.password_hash is not None:
            self._executor.run(_ADD, user_id=credentials.user_id, password_hash=credentials.password_hash)
