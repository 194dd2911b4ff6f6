"""What one person sees of rooms, in SQL: counted at each reading from the messages and the read mark."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Join, Select, bindparam, case, func, literal_column, select

from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, containing, person
from adapters.sql.rooms import ROOM, room
from adapters.sql.tables import memberships, mentions, messages, rooms, users
from chat_domain.model.errors import RoomNotFound
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.model.users import Person
from chat_domain.model.views import MOST_COUNTED, RoomView
from chat_domain.ports.repositories import RoomViews

_mine: Final = memberships.alias("mine")
_viewer: Final = users.alias("viewer")
_is_viewer: Final = _viewer.c.id == bindparam("user_id")
_is_mine: Final = (_mine.c.room_id == rooms.c.id) & (_mine.c.user_id == bindparam("user_id"))
_end: Final = rooms.c.last_seq - literal_column(str(MOST_COUNTED))
# One bound and not two: SQLite would go through the index by one of them only. Without a read mark it is NULL, and so
# nothing of the rooms of others is gone through.
_counted_after: Final = case((_mine.c.read_seq < _end, _end), else_=_mine.c.read_seq)
_is_unread: Final = (
    (messages.c.room_id == rooms.c.id)
    & (messages.c.seq > _counted_after)
    & (messages.c.sender_id != _mine.c.user_id)
    & messages.c.deleted_at.is_(None)
)
_mentions_me: Final = (
    (mentions.c.room_id == messages.c.room_id)
    & (mentions.c.seq == messages.c.seq)
    & (mentions.c.user_id == _mine.c.user_id)
)
_count: Final = select(func.count())
_MEMBERS: Final = _count.select_from(memberships).where(memberships.c.room_id == rooms.c.id).scalar_subquery()
_UNREAD: Final = _count.select_from(messages).where(_is_unread).scalar_subquery()
_MENTIONS: Final = (
    _count.select_from(mentions.join(messages, _mentions_me))
    .where(_is_unread, mentions.c.seq > _counted_after)  # said of both, so that PostgreSQL may begin with either
    .scalar_subquery()
)


def _views(source: Join) -> Select[*tuple[object, ...]]:
    shown = (_viewer.c[column.name] for column in PERSON)
    return select(*ROOM, *shown, _mine.c.role, _mine.c.read_seq, _MEMBERS, _UNREAD, _MENTIONS).select_from(source)


_of_anybody: Final = rooms.join(_viewer, _is_viewer).outerjoin(_mine, _is_mine)
_of_members: Final = _mine.join(rooms, rooms.c.id == _mine.c.room_id).join(_viewer, _is_viewer)
_ONE: Final = _views(_of_anybody).where(rooms.c.id == bindparam("room_id"))
_JOINED: Final = (
    _views(_of_members)
    .where(
        _mine.c.user_id == bindparam("user_id"),
        _mine.c.room_id > bindparam("after"),
        rooms.c.name_folded.like(bindparam("pattern"), escape="\\"),
    )
    .order_by(_mine.c.room_id)
    .limit(bindparam("limit"))
)
_PUBLIC: Final = (
    _views(_of_anybody)
    .where(
        rooms.c.kind == bindparam("kind"),
        rooms.c.id > bindparam("after"),
        (rooms.c.name_folded + "\n" + rooms.c.description_folded).like(bindparam("pattern"), escape="\\"),
    )
    .order_by(rooms.c.id)
    .limit(bindparam("limit"))
)
_AT_A_TIME: Final = 100
_PEOPLE: Final = select(*PERSON).where(users.c.id.in_([bindparam(f"id{n}") for n in range(_AT_A_TIME)]))
_NO_USER: Final = 0


class SqlRoomViews(RoomViews):
    """Rooms as one person sees them, in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def of(self, user_id: UserId, room_id: RoomId) -> RoomView:
        views = self._complete(user_id, self._executor.all(_ONE, user_id=user_id, room_id=room_id))
        if not views or (views[0].room.kind is not RoomKind.PUBLIC and not views[0].joined):
            raise RoomNotFound
        return views[0]

    def joined(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        pattern = containing(query)
        found = self._executor.all(_JOINED, user_id=user_id, pattern=pattern, after=after, limit=limit)
        return self._complete(user_id, found)

    def public(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        pattern, kind = containing(query), RoomKind.PUBLIC.value
        found = self._executor.all(_PUBLIC, user_id=user_id, pattern=pattern, after=after, limit=limit, kind=kind)
        return self._complete(user_id, found)

    def _complete(self, user_id: UserId, rows: list[Row]) -> list[RoomView]:
        """The views, with the other people of the direct conversations among them."""
        views = [_view(row) for row in rows]
        people = self._people({other for view in views for other in view.room.others_than(user_id)})
        return [
            replace(view, people=tuple(people[other] for other in view.room.others_than(user_id)))
            if view.room.kind is RoomKind.DIRECT
            else view
            for view in views
        ]

    def _people(self, ids: set[UserId]) -> dict[UserId, Person]:
        wanted, found = sorted(ids), []
        for start in range(0, len(wanted), _AT_A_TIME):
            some = wanted[start : start + _AT_A_TIME]
            padded = [*some, *[_NO_USER] * (_AT_A_TIME - len(some))]
            found += self._executor.all(_PEOPLE, **{f"id{n}": id for n, id in enumerate(padded)})
        return {UserId(row[0]): person(*row) for row in found}


def _view(row: Row) -> RoomView:
    role, read_seq, member_count, unread, mentions = row[-5:]
    return RoomView(
        room=room(row[:-8]),
        viewer=person(*row[-8:-5]),
        member_count=member_count,
        role=None if role is None else Role(role),
        read_seq=Seq(read_seq or 0),
        unread=unread,
        mentions=mentions,
    )
