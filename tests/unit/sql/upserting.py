"""A repository with a statement that no batch may run."""

from typing import Final

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from adapters.sql.memberships import SqlMemberships
from adapters.sql.tables import memberships

_JOIN_OR_READ: Final = insert(memberships).on_conflict_do_update(
    index_elements=["room_id", "user_id"], set_={"read_seq": bindparam("read")}
)


class UpsertingMemberships(SqlMemberships):
    """Would join or move the read mark, whichever it is."""

    def __call__(self) -> None:
        self._executor.run(_JOIN_OR_READ)
