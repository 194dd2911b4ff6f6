"""Which class keeps what in one database: the place where a repository may differ by database."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from adapters.sql.consumers import SqlConsumerCursors
from adapters.sql.credentials import SqlCredentials
from adapters.sql.log import SqlLog
from adapters.sql.memberships import SqlMemberships
from adapters.sql.messages import SqlMessages
from adapters.sql.rooms import SqlRooms
from adapters.sql.sessions import SqlSessions
from adapters.sql.statements import Declared, declared_by
from adapters.sql.users import SqlUsers
from adapters.sql.views import SqlRoomViews


@dataclass(frozen=True, slots=True)
class Repositories:
    """The class of each repository of a Snapshot, by the name it has there.

    A repository that is the same for both databases is a default. One that differs is a class in `sqlite/` and another
    in `postgresql/`, derived from the one here, or from a base here where nothing is shared but `__init__(executor)`;
    its statements stand at the top of its module, and `Database.repositories` of each database names its class. A field
    without a default has to be named by both. What differs by an expression alone needs no class: see `among`.
    """

    users: type[SqlUsers] = SqlUsers
    credentials: type[SqlCredentials] = SqlCredentials
    sessions: type[SqlSessions] = SqlSessions
    rooms: type[SqlRooms] = SqlRooms
    memberships: type[SqlMemberships] = SqlMemberships
    messages: type[SqlMessages] = SqlMessages
    log: type[SqlLog] = SqlLog
    views: type[SqlRoomViews] = SqlRoomViews
    consumers: type[SqlConsumerCursors] = SqlConsumerCursors

    def statements(self) -> Iterable[Declared]:
        """All that their modules declare."""
        return declared_by(getattr(self, field.name) for field in fields(self))
