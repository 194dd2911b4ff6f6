"""What every storage promises of rooms and memberships."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pytest

from chat_domain.model.errors import Conflict, NotAMember, RoomNotFound
from chat_domain.model.events import RoomChanged
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Authority, Membership, Role
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.rooms import Room, RoomKind
from chat_domain.model.values import RoomDescription, RoomName
from chat_domain.model.views import LogSpan
from chat_domain.ports.storage import Storage
from tests.builders import NOON, Chat, a_membership, a_room, a_user

ANN, BOB, CARL = (a_user(name, id=id) for id, name in enumerate(("ann", "bob", "carl"), start=1))
MANY = 40_000  # more than databases take as separate parameters


def furnish(storage: Storage, *rooms: Room, members: Iterable[Membership] = ()) -> None:
    """Keep three people, these rooms and these memberships."""
    with storage.unit_of_work() as work:
        for user in (ANN, BOB, CARL):
            work.users.add(user)
        for room in rooms:
            work.rooms.add(room)
        for member in members:
            work.memberships.add(member)
        work.commit()


def member(storage: Storage, user: int = 1, room: int = 10) -> Membership:
    with storage.snapshot() as seen:
        return seen.memberships.of(UserId(user), RoomId(room))


def test_a_room_comes_back_as_it_was_kept(storage: Storage) -> None:
    public = replace(a_room("Ännas Küche 😀"), description=RoomDescription("two\nlines"))
    direct = a_room(id=11, kind=RoomKind.DIRECT, people=(2, 1))
    furnish(storage, public, direct)
    with storage.snapshot() as seen:
        assert seen.rooms.get(public.id) == public
        assert seen.rooms.get(direct.id) == seen.rooms.find_direct("1,2") == direct
        assert seen.rooms.find_direct("1,3") is None
    with storage.unit_of_work() as work:
        assert work.rooms.get(public.id) == public
        assert work.rooms.find_direct("1,2") == direct


def test_a_room_that_is_not_there_is_not_found(storage: Storage) -> None:
    with storage.snapshot() as seen, pytest.raises(RoomNotFound):
        seen.rooms.get(RoomId(99))
    with storage.unit_of_work() as work, pytest.raises(RoomNotFound):
        work.rooms.get(RoomId(99))


def test_a_second_direct_room_of_the_same_people_is_refused(storage: Storage) -> None:
    furnish(storage, a_room(id=10, kind=RoomKind.DIRECT, people=(1, 2)))
    with pytest.raises(Conflict), storage.unit_of_work() as work:
        work.rooms.add(a_room(id=11, kind=RoomKind.DIRECT, people=(2, 1)))


def test_many_rooms_may_have_the_same_name(storage: Storage) -> None:
    furnish(storage, a_room("lobby", id=10), a_room("lobby", id=11))
    with storage.snapshot() as seen:
        assert seen.rooms.get(RoomId(10)).name == seen.rooms.get(RoomId(11)).name


def test_saving_a_room_keeps_its_name_and_description_and_leaves_the_head_of_its_log(storage: Storage) -> None:
    room = a_room(last_seq=4)
    furnish(storage, room)
    changed = room.changed(name=RoomName("other"), description=RoomDescription("for all"))
    with storage.unit_of_work() as work:
        work.rooms.save(replace(changed, last_seq=Seq(1)))
        work.commit()
    with storage.snapshot() as seen:
        assert seen.rooms.get(room.id) == changed


@pytest.mark.parametrize("in_room", [False, True])
def test_saving_a_room_that_is_gone_is_refused(storage: Storage, *, in_room: bool) -> None:
    with pytest.raises(RoomNotFound), storage.unit_of_work(a_room().id if in_room else None) as work:
        work.rooms.save(a_room())


@pytest.mark.parametrize("joins_first", [False, True])
def test_saving_a_room_is_undone_with_its_unit_of_work_also_where_that_shares_a_transaction(
    storage: Storage, *, joins_first: bool
) -> None:
    room = a_room(last_seq=4)
    furnish(storage, room, members=[replace(a_membership(ANN.person, role=Role.OWNER), room=room)])
    changed = room.changed(name=RoomName("other"), description=None)
    event = RoomChanged(room.id, Seq(4), NOON, ANN.person, RoomName("other"), room.description)

    def change() -> None:
        with storage.unit_of_work(room.id) as work:
            if joins_first:
                work.memberships.of(ANN.id, room.id)
            work.rooms.save(changed)
            work.append(event)
            work.commit()

    with pytest.raises(Conflict):
        change()
    with storage.snapshot() as seen:
        assert seen.rooms.get(room.id) == room


def test_a_removed_room_takes_everything_with_it_and_leaves_the_others(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    gone, other = chat.open_room(ann, bob), chat.open_room(ann, bob)
    for room in (gone, other):
        chat.say(ann, room, "for @bob", key="k")
    chat.rooms.delete(ann, gone)
    with chat.storage.snapshot() as seen:
        assert not seen.messages.before(gone, None, limit=10)
        assert dict(seen.log.spans(bob)) == {other: LogSpan(Seq(1), Seq(3))}
        assert [view.mentions for view in seen.views.joined(bob, "", after=RoomId(0), limit=10)] == [1]
        for look in (seen.rooms.get, lambda room: seen.log.after(room, Seq(0), limit=1)):
            with pytest.raises(RoomNotFound):
                look(gone)
    assert len(chat.log(other)) == 3


def test_a_membership_comes_back_with_its_room_and_person_as_they_are_now(storage: Storage) -> None:
    joined = replace(a_membership(BOB.person, role=Role.MODERATOR), joined_seq=Seq(1), read_seq=Seq(3))
    furnish(storage, joined.room, members=[joined])
    room = joined.room.changed(name=RoomName("other"), description=None)
    with storage.unit_of_work() as work:
        work.rooms.save(room)
        work.commit()
    assert member(storage, 2) == replace(joined, room=room)
    with storage.unit_of_work() as work:
        assert work.memberships.of(BOB.id, room.id) == replace(joined, room=room)


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [(RoomKind.PUBLIC, NotAMember), (RoomKind.PRIVATE, RoomNotFound), (RoomKind.DIRECT, RoomNotFound)],
)
def test_who_is_not_a_member_learns_only_of_public_rooms(
    storage: Storage, kind: RoomKind, refusal: type[Exception]
) -> None:  # fmt: skip
    furnish(storage, a_room(kind=kind, people=(1, 2)))
    for opened in (storage.snapshot(), storage.unit_of_work()):
        with opened as seen, pytest.raises(refusal):
            seen.memberships.of(CARL.id, RoomId(10))
        with opened as seen, pytest.raises(RoomNotFound):
            seen.memberships.of(CARL.id, RoomId(99))


def test_a_second_membership_of_the_same_person_is_refused(storage: Storage) -> None:
    furnish(storage, a_room(), members=[a_membership(ANN.person)])
    with pytest.raises(Conflict, match="already"), storage.unit_of_work() as work:
        work.memberships.add(a_membership(ANN.person))


def test_saving_a_membership_keeps_the_role_and_nothing_else(storage: Storage) -> None:
    joined = a_membership(ANN.person, role=Role.MEMBER)
    furnish(storage, joined.room, members=[joined])
    with storage.unit_of_work() as work:
        work.memberships.save(replace(joined.succeeded(), read_seq=Seq(9), joined_seq=Seq(9)))
        work.commit()
    assert member(storage) == joined.succeeded()


def test_a_read_mark_moves_forward_and_never_back(storage: Storage) -> None:
    joined = a_membership(ANN.person)
    furnish(storage, joined.room, members=[joined, a_membership(BOB.person)])
    for seq, expected in ((5, 5), (3, 5), (6, 6)):
        with storage.unit_of_work() as work:
            work.memberships.move_read_mark(ANN.id, joined.room.id, Seq(seq))
            work.memberships.save(joined)
            work.commit()
        assert member(storage).read_seq == expected
    assert member(storage, 2).read_seq == 1


def test_a_removed_member_is_one_no_more_and_may_come_back(storage: Storage) -> None:
    joined = a_membership(ANN.person)
    furnish(storage, joined.room, members=[joined, a_membership(BOB.person)])
    with storage.unit_of_work() as work:
        work.memberships.remove(ANN.id, joined.room.id)
        work.memberships.remove(CARL.id, joined.room.id)
        work.commit()
    with pytest.raises(NotAMember):
        member(storage)
    again = replace(joined, joined_seq=Seq(7), read_seq=Seq(7))
    with storage.unit_of_work() as work:
        work.memberships.add(again)
        work.commit()
    assert member(storage) == again


def test_the_members_of_a_room_are_listed_in_order_of_id_page_by_page(storage: Storage) -> None:
    members = [a_membership(user.person) for user in (CARL, ANN, BOB)]
    furnish(storage, a_room(), a_room(id=11), members=[*members, replace(members[0], room=a_room(id=11))])
    with storage.snapshot() as seen:
        first = seen.memberships.in_room(RoomId(10), after=UserId(0), limit=2)
        then = seen.memberships.in_room(RoomId(10), after=first[-1].person.id, limit=2)
        assert [*first, *then] == [members[1], members[2], members[0]]
        assert not seen.memberships.in_room(RoomId(99), after=UserId(0), limit=2)


@pytest.mark.parametrize(
    ("roles", "heir"),
    [
        ({1: (Role.OWNER, 5), 2: (Role.MEMBER, 1)}, None),
        ({1: (Role.MEMBER, 5), 2: (Role.MEMBER, 3)}, 2),
        ({1: (Role.MODERATOR, 5), 2: (Role.MEMBER, 3)}, 1),
        ({1: (Role.MODERATOR, 5), 2: (Role.MODERATOR, 4), 3: (Role.MEMBER, 3)}, 2),
        ({}, None),
    ],
    ids=["owned", "first", "moderator", "first moderator", "empty"],
)
def test_a_room_without_an_owner_falls_to_the_moderator_or_member_who_joined_first(
    storage: Storage, roles: dict[int, tuple[Role, int]], heir: int | None
) -> None:
    people = {user.id: user.person for user in (ANN, BOB, CARL)}
    owner_elsewhere = a_membership(ANN.person, role=Role.OWNER, room=a_room(id=11))
    members = [
        a_membership(people[UserId(id)], role=role, joined_seq=joined_seq) for id, (role, joined_seq) in roles.items()
    ]
    furnish(storage, a_room(), a_room(id=11), members=[*members, owner_elsewhere])
    with storage.snapshot() as seen:
        found = seen.memberships.successor(RoomId(10))
        assert (found and found.person.id) == heir


def test_the_rooms_of_many_users_are_told_at_once(storage: Storage) -> None:
    one, other = a_room(), a_room(id=11)
    members = [a_membership(user.person, room=room) for user, room in ((ANN, one), (ANN, other), (BOB, other))]
    furnish(storage, one, other, members=[*members, a_membership(CARL.person, room=one)])
    with storage.snapshot() as seen:
        found = seen.memberships.of_users([ANN.id, BOB.id, UserId(99)])
        assert sorted(found) == [(ANN.id, one.id), (ANN.id, other.id), (BOB.id, other.id)]
        assert not seen.memberships.of_users([])
        everybody = seen.memberships.of_users([UserId(id) for id in range(1, MANY + 1)])
        assert sorted(everybody) == sorted([*found, (CARL.id, one.id)])


def test_people_who_share_a_room_are_told(storage: Storage) -> None:
    one, other = a_room(), a_room(id=11)
    members = [a_membership(user.person, room=room) for user, room in ((ANN, one), (BOB, one), (BOB, other))]
    furnish(storage, one, other, members=[*members, a_membership(CARL.person, room=other)])
    with storage.snapshot() as seen:
        everybody = [ANN.id, BOB.id, CARL.id, UserId(99)]
        found = {id: sorted(seen.memberships.sharing_with(id, everybody)) for id in everybody}
        assert found == {ANN.id: [1, 2], BOB.id: [1, 2, 3], CARL.id: [2, 3], UserId(99): []}
        assert list(seen.memberships.sharing_with(BOB.id, [CARL.id])) == [CARL.id]
        assert sorted(seen.memberships.sharing_with(ANN.id, [UserId(id) for id in range(1, MANY + 1)])) == [1, 2]


@pytest.mark.parametrize("account", ServerRole)
@pytest.mark.parametrize("suspended_at", [None, NOON])
def test_a_membership_carries_the_rights_of_its_account(
    storage: Storage, account: ServerRole, suspended_at: datetime | None
) -> None:
    furnish(storage, a_room(), members=[a_membership(ANN.person)])
    ann = replace(ANN, role=account, suspended_at=suspended_at)
    with storage.unit_of_work() as work:
        work.users.save(ann)
        work.commit()
    for opened in (storage.snapshot(), storage.unit_of_work()):
        with opened as seen:
            mine = seen.memberships.authority(ANN.id, RoomId(10))
            assert mine == seen.memberships.of(ANN.id, RoomId(10))
            assert mine.rights == ann.rights


@pytest.mark.parametrize("account", ServerRole)
def test_who_is_not_a_member_has_the_authority_of_their_account_in_rooms_that_they_may_visit(
    storage: Storage, account: ServerRole
) -> None:
    furnish(storage, a_room(), a_room(id=11, kind=RoomKind.PRIVATE), a_room(id=12, kind=RoomKind.DIRECT, people=(1, 2)))
    with storage.unit_of_work() as work:
        work.users.save(replace(CARL, role=account))
        work.commit()
    for opened in (storage.snapshot(), storage.unit_of_work()):
        with opened as seen:
            if account is ServerRole.GUEST:
                for look in (seen.memberships.authority, seen.memberships.of):
                    with pytest.raises(RoomNotFound):
                        look(CARL.id, RoomId(10))
            else:
                expected = Authority(a_room(), CARL.person, None, Rights(account))
                assert seen.memberships.authority(CARL.id, RoomId(10)) == expected
            for hidden in (11, 12, 99):
                with pytest.raises(RoomNotFound):
                    seen.memberships.authority(CARL.id, RoomId(hidden))
