"""Rooms, memberships and what is seen of rooms, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

from adapters.memory.tables import Tables
from chat_domain.model.errors import Conflict, NotAMember, RoomNotFound
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Authority, Membership, Role
from chat_domain.model.rooms import Room, RoomKind
from chat_domain.model.views import MOST_COUNTED, RoomView
from chat_domain.ports.repositories import Memberships, Rooms, RoomViews


class MemoryRooms(Rooms):
    """Rooms in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, room: Room) -> None:
        if room.direct_key is not None and self.find_direct(room.direct_key):
            raise Conflict
        self._tables.rooms.put(room.id, room)

    def get(self, room_id: RoomId) -> Room:
        return self._tables.room(room_id)

    def find_direct(self, key: str) -> Room | None:
        return next((room for room in self._tables.rooms.rows() if room.direct_key == key), None)

    def save(self, room: Room) -> None:
        kept = self.get(room.id)
        self._tables.rooms.put(room.id, replace(kept, name=room.name, description=room.description))

    def remove(self, room_id: RoomId) -> None:
        tables = self._tables
        tables.rooms.remove(room_id)
        of_rooms = tables.members, tables.messages, tables.events, tables.mentions, tables.places, tables.sends
        for table in (*of_rooms, tables.cursors):
            table.remove_where(lambda key: key[0] == room_id)


class MemoryMemberships(Memberships):
    """Memberships in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, membership: Membership) -> None:
        key = membership.room.id, membership.person.id
        if self._tables.members.get(key):
            raise Conflict("This person is a member already.")
        self._tables.members.put(key, membership)

    def of(self, user_id: UserId, room_id: RoomId) -> Membership:
        found = self.authority(user_id, room_id)
        if not isinstance(found, Membership):
            raise NotAMember
        return found

    def authority(self, user_id: UserId, room_id: RoomId) -> Authority:
        room, membership = self._tables.room(room_id), self._tables.membership(room_id, user_id)
        if membership:
            return membership
        user = self._tables.users.get(user_id)
        if user is None:
            raise RoomNotFound
        return Authority(room, user.person, None, user.rights).require_visible()

    def save(self, membership: Membership) -> None:
        key = membership.room.id, membership.person.id
        kept = self._tables.members.get(key)
        if kept:
            self._tables.members.put(key, replace(kept, role=membership.role))

    def move_read_mark(self, user_id: UserId, room_id: RoomId, seq: Seq) -> None:
        kept = self._tables.members.get((room_id, user_id))
        if kept:
            self._tables.members.put((room_id, user_id), replace(kept, read_seq=max(kept.read_seq, seq)))

    def remove(self, user_id: UserId, room_id: RoomId) -> None:
        self._tables.members.remove((room_id, user_id))

    def in_room(self, room_id: RoomId, *, after: UserId, limit: int) -> Sequence[Membership]:
        ids = sorted(member for room, member in self._tables.members if room == room_id and member > after)
        found = (self._tables.membership(room_id, user_id) for user_id in ids[:limit])
        return [membership for membership in found if membership]

    def of_users(self, user_ids: Collection[UserId]) -> Collection[tuple[UserId, RoomId]]:
        return [(member, room_id) for room_id, member in self._tables.members if member in user_ids]

    def sharing_with(self, user_id: UserId, others: Collection[UserId]) -> Collection[UserId]:
        return self._tables.sharing_with(user_id).intersection(others)

    def successor(self, room_id: RoomId) -> Membership | None:
        members = [row for (room, _), row in self._tables.members.items() if room == room_id]
        if any(member.role is Role.OWNER for member in members):
            return None
        members.sort(key=lambda member: (member.role is not Role.MODERATOR, member.joined_seq))
        return self._tables.membership(room_id, members[0].person.id) if members else None


class MemoryRoomViews(RoomViews):
    """What is seen of the rooms in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of(self, user_id: UserId, room_id: RoomId) -> RoomView:
        room = self._tables.room(room_id)
        if room.kind is not RoomKind.PUBLIC and self._tables.members.get((room_id, user_id)) is None:
            raise RoomNotFound
        return self._view(user_id, room)

    def joined(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        found = (
            view
            for view in self._views(user_id, after)
            if view.joined and query.casefold() in str(view.room.name or "").casefold()
        )
        return list(islice(found, limit))

    def public(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        found = (
            view
            for view in self._views(user_id, after)
            if view.room.kind is RoomKind.PUBLIC
            and query.casefold() in f"{view.room.name}\n{view.room.description}".casefold()
        )
        return list(islice(found, limit))

    def _views(self, user_id: UserId, after: RoomId) -> list[RoomView]:
        rooms = sorted((room for room in self._tables.rooms.rows() if room.id > after), key=lambda room: room.id)
        return [self._view(user_id, room) for room in rooms]

    def _view(self, user_id: UserId, room: Room) -> RoomView:
        tables = self._tables
        members = [member for room_id, member in tables.members if room_id == room.id]
        mine = tables.members.get((room.id, user_id))
        unread = self._unread(room, mine) if mine else []
        return RoomView(
            room=room,
            viewer=tables.person(user_id),
            member_count=len(members),
            role=mine.role if mine else None,
            read_seq=mine.read_seq if mine else Seq(0),
            unread=len(unread),
            mentions=sum(user_id in (tables.mentions.get((room.id, seq)) or ()) for seq in unread),
            people=tuple(tables.person(other) for other in room.others_than(user_id)),
        )

    def _unread(self, room: Room, mine: Membership) -> list[Seq]:
        uncounted = max(mine.read_seq, room.last_seq - MOST_COUNTED)
        places = (Seq(seq) for seq in range(uncounted + 1, room.last_seq + 1))
        found = ((seq, self._tables.messages.get((room.id, seq))) for seq in places)
        of_others = ((seq, message) for seq, message in found if message and message.sender.id != mine.person.id)
        return [seq for seq, message in of_others if not message.deleted]
