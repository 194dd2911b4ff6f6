"""Memberships in SQL."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import bindparam, case, delete, insert, select, update

from adapters.sql.among import IsAmong, listed
from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, RIGHTS, person, rights
from adapters.sql.rooms import ROOM, SqlRooms, room
from adapters.sql.statements import Violated
from adapters.sql.tables import memberships, rooms, users
from chat_domain.model.errors import Conflict, NotAMember, RoomNotFound
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Authority, Membership, Role
from chat_domain.ports.repositories import Memberships

_MEMBERSHIP: Final = (
    select(*ROOM, *PERSON, *RIGHTS, memberships.c.role, memberships.c.joined_seq, memberships.c.read_seq)
    .join_from(memberships, rooms)
    .join(users, users.c.id == memberships.c.user_id)
    .where(memberships.c.room_id == bindparam("room_id"))
)
_ONE: Final = _MEMBERSHIP.where(memberships.c.user_id == bindparam("user_id"))
# Both are locked: of a table that is not, a transaction that had to wait would read a row as it was before the wait.
_ONE_TO_CHANGE: Final = _ONE.with_for_update(of=[rooms, memberships])
_IN_ROOM: Final = (
    _MEMBERSHIP.where(memberships.c.user_id > bindparam("after"))
    .order_by(memberships.c.user_id)
    .limit(bindparam("limit"))
)
_OF_USERS: Final = select(memberships.c.user_id, memberships.c.room_id).where(
    IsAmong(memberships.c.user_id, bindparam("ids"))
)
_SOMEBODY: Final = select(*PERSON, *RIGHTS).where(users.c.id == bindparam("user_id"))
_others: Final = memberships.alias("others")
_SHARING: Final = (
    select(_others.c.user_id)
    .join_from(memberships, _others, _others.c.room_id == memberships.c.room_id)
    .where(memberships.c.user_id == bindparam("user_id"), IsAmong(_others.c.user_id, bindparam("ids")))
    .distinct()
)
_AN_OWNER: Final = (
    select(memberships.c.user_id)
    .where(memberships.c.room_id == bindparam("room_id"), memberships.c.role == bindparam("owner"))
    .limit(1)
)
_HEIR: Final = _MEMBERSHIP.order_by(
    case((memberships.c.role == bindparam("moderator"), 0), else_=1), memberships.c.joined_seq
).limit(1)

_THIS: Final = (memberships.c.room_id == bindparam("room"), memberships.c.user_id == bindparam("user"))
_ADD: Final = insert(memberships)
_SAVE: Final = update(memberships).where(*_THIS).values(role=bindparam("new_role"))
_MOVE_READ_MARK: Final = (
    update(memberships)
    .where(*_THIS, memberships.c.read_seq < bindparam("seq"))
    .values(read_seq=bindparam("seq"))
)  # fmt: skip
_REMOVE: Final = delete(memberships).where(*_THIS)


class SqlMemberships(Memberships):
    """Who is in which room, in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def add(self, membership: Membership) -> None:
        try:
            self._executor.run(
                _ADD,
                room_id=membership.room.id,
                user_id=membership.person.id,
                role=membership.role.value,
                joined_seq=membership.joined_seq,
                read_seq=membership.read_seq,
            )
        except Violated as error:
            raise Conflict("This person is a member already.") from error

    def of(self, user_id: UserId, room_id: RoomId) -> Membership:
        found = self.authority(user_id, room_id)
        if not isinstance(found, Membership):
            raise NotAMember
        return found

    def authority(self, user_id: UserId, room_id: RoomId) -> Authority:
        return self._find(user_id, room_id) or self._find_in_locked_room(user_id, room_id)

    def save(self, membership: Membership) -> None:
        self._executor.run(
            _SAVE, room=membership.room.id, user=membership.person.id, new_role=membership.role.value
        )  # fmt: skip

    def move_read_mark(self, user_id: UserId, room_id: RoomId, seq: Seq) -> None:
        self._executor.run(_MOVE_READ_MARK, room=room_id, user=user_id, seq=seq)

    def remove(self, user_id: UserId, room_id: RoomId) -> None:
        self._executor.run(_REMOVE, room=room_id, user=user_id)

    def in_room(self, room_id: RoomId, *, after: UserId, limit: int) -> Sequence[Membership]:
        return [_membership(row) for row in self._executor.all(_IN_ROOM, room_id=room_id, after=after, limit=limit)]

    def of_users(self, user_ids: Collection[UserId]) -> Collection[tuple[UserId, RoomId]]:
        found = self._executor.all(_OF_USERS, ids=listed(user_ids))
        return [(UserId(user_id), RoomId(room_id)) for user_id, room_id in found]

    def sharing_with(self, user_id: UserId, others: Collection[UserId]) -> Collection[UserId]:
        found = self._executor.all(_SHARING, user_id=user_id, ids=listed(others))
        return [UserId(id) for (id,) in found]

    def successor(self, room_id: RoomId) -> Membership | None:
        if self._executor.first(_AN_OWNER, room_id=room_id, owner=Role.OWNER.value):
            return None
        row = self._executor.first(_HEIR, room_id=room_id, moderator=Role.MODERATOR.value)
        return _membership(row) if row else None

    def _find(self, user_id: UserId, room_id: RoomId) -> Membership | None:
        row = self._executor.first(
            _ONE_TO_CHANGE if self._executor.locks else _ONE, user_id=user_id, room_id=room_id
        )  # fmt: skip
        return _membership(row) if row else None

    def _find_in_locked_room(self, user_id: UserId, room_id: RoomId) -> Authority:
        """The authority of a user who was not found; the room is locked first, as the user may just be joining."""
        room = SqlRooms(self._executor).get(room_id)
        membership = self._find(user_id, room_id) if self._executor.locks else None
        if membership:
            return membership
        row = self._executor.first(_SOMEBODY, user_id=user_id)
        if row is None:
            raise RoomNotFound
        return Authority(room, person(*row[:3]), None, rights(*row[3:])).require_visible()


def _membership(row: Row) -> Membership:
    role, joined_seq, read_seq = row[-3:]
    who, may = person(*row[-8:-5]), rights(*row[-5:-3])
    return Membership(room(row[:-8]), who, Role(role), may, joined_seq=Seq(joined_seq), read_seq=Seq(read_seq))
