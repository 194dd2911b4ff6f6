"""Adding and removing members: the membership, its event in the log, and what the user is told."""

from dataclasses import replace
from datetime import datetime

from chat_domain.model.ephemeral import RoomAdded
from chat_domain.model.events import RoomChanged, UserJoined, UserLeft
from chat_domain.model.identifiers import UserId
from chat_domain.model.memberships import Member, Membership, Role
from chat_domain.model.rooms import Room, RoomKind, people_of
from chat_domain.model.users import Person
from chat_domain.ports.storage import UnitOfWork


def admit(work: UnitOfWork, membership: Membership, *, by: Person, at: datetime) -> Room:
    """Let the new member in, and return the room after that."""
    room, person = membership.room, membership.person
    event = UserJoined(room.id, room.next_seq, at, by, person)
    work.memberships.add(membership)
    work.log.append(event)
    work.record(RoomAdded(work.views.of(person.id, room.id)), event)
    return room.advanced()


def absent_from(work: UnitOfWork, room: Room) -> list[UserId]:
    """Those of a direct conversation's people who are not in it; nobody is absent from another room."""
    if room.kind is not RoomKind.DIRECT:
        return []
    people = people_of(room.direct_key or "")
    present = {member.person.id for member in work.memberships.in_room(room.id, after=UserId(0), limit=len(people))}
    return [user_id for user_id in people if user_id not in present]


def reunite(work: UnitOfWork, room: Room, *, by: Person, at: datetime) -> Room:
    """Let a direct conversation's people in who are not in it, for the first time or again; the room after that."""
    for user_id in absent_from(work, room):
        user = work.users.get(user_id)
        room = admit(work, Membership.begun(room, user, Role.MEMBER), by=by, at=at)
    return room


def dismiss(work: UnitOfWork, membership: Membership, *, by: Person, at: datetime) -> Room:
    """Let the member out, hand the room on if it lost its last owner, and return the room after that."""
    room, person = membership.room, membership.person
    work.memberships.remove(person.id, room.id)
    work.append(UserLeft(room.id, room.next_seq, at, by, person))
    room = room.advanced()
    heir = work.memberships.successor(room.id) if room.kind is not RoomKind.DIRECT else None
    if heir is None:
        return room
    heir = replace(heir, room=room).succeeded()
    work.memberships.save(heir)
    work.append(RoomChanged(room.id, room.next_seq, at, by, member=Member(heir.person, heir.role)))
    return room.advanced()
