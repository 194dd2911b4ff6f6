"""Users and sessions in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice

from adapters.memory.tables import Tables
from chat_domain.model.credentials import UserCredentials
from chat_domain.model.errors import EmailTaken, UsernameTaken
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.rights import Rights
from chat_domain.model.sessions import Session
from chat_domain.model.users import Person, User
from chat_domain.model.values import Email, Username
from chat_domain.ports.repositories import Credentials, Sessions, Users


class MemoryUsers(Users):
    """Accounts in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, user: User) -> None:
        if self.find(user.username):
            raise UsernameTaken
        self.save(user)

    def get(self, user_id: UserId) -> User:
        return self._tables.user(user_id)

    def find(self, login: Username | Email) -> User | None:
        return next((user for user in self._tables.users.rows() if _is_called(user, login)), None)

    def save(self, user: User) -> None:
        holder = self.find(user.email) if user.email else None
        if holder and holder.id != user.id:
            raise EmailTaken
        self._tables.users.put(user.id, user)

    def rights(self, user_id: UserId) -> Rights:
        return self.get(user_id).rights

    def search(self, query: str, *, after: UserId, limit: int, sharing_with: UserId | None = None) -> Sequence[Person]:
        wanted = query.casefold()
        found_in = None if sharing_with is None else self._tables.sharing_with(sharing_with)
        found = (
            user.person
            for user in sorted(self._tables.users.rows(), key=lambda user: user.id)
            if user.id > after and (wanted in user.username.key or wanted in str(user.name).casefold())
            if found_in is None or user.id in found_in
        )
        return list(islice(found, limit))


def _is_called(user: User, login: Username | Email) -> bool:
    if isinstance(login, Username):
        return user.username.key == login.key
    return user.email is not None and user.email.key == login.key


class MemoryCredentials(Credentials):
    """Credentials in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of(self, user_id: UserId) -> UserCredentials:
        return self._tables.credentials.get(user_id) or UserCredentials(user_id)

    def save(self, credentials: UserCredentials) -> None:
        self._tables.credentials.put(credentials.user_id, credentials)


class MemorySessions(Sessions):
    """Signed-in devices in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, session: Session) -> None:
        self.save(session)

    def get(self, session_id: SessionId) -> Session | None:
        return self._tables.session(session_id)

    def find(self, cookie_digest: str) -> Session | None:
        found = (session.id for session in self._tables.sessions.rows() if session.cookie_digest == cookie_digest)
        return next((self._tables.session(session_id) for session_id in found), None)

    def save(self, session: Session) -> None:
        self._tables.sessions.put(session.id, session)

    def active_of(self, user_id: UserId, *, used_since: datetime) -> Sequence[Session]:
        found = [
            session
            for session in self._tables.sessions.rows()
            if session.user_id == user_id and session.ended_at is None and session.last_used_at > used_since
        ]
        return sorted(found, key=lambda session: session.id, reverse=True)

    def over_among(self, session_ids: Collection[SessionId], *, used_since: datetime) -> Collection[SessionId]:
        found = (self._tables.session(session_id) for session_id in session_ids)
        active = {
            session.id
            for session in found
            if session and not session.ended_at and session.last_used_at > used_since and not session.suspended
        }
        return [session_id for session_id in session_ids if session_id not in active]

    def forget(self, user_id: UserId, *, ended_before: datetime, used_before: datetime) -> None:
        for session in self._tables.sessions.rows():
            ended = session.ended_at is not None and session.ended_at < ended_before
            if session.user_id == user_id and (ended or session.last_used_at < used_before):
                self._tables.sessions.remove(session.id)
