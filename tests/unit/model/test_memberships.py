from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import AccountSuspended, Forbidden, Invalid, NotAMember, RoomNotFound
from chat_domain.model.memberships import Authority, Membership, Role
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.rooms import Room, RoomKind
from tests.builders import NOON, a_membership, a_message, a_person, a_room, a_user

RANK = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}
ROLES = st.sampled_from(Role)
ANN, BOB, CEM = a_person("ann", id=1), a_person("bob", id=2), a_user("cem", id=3)


def result(action: Callable[[], Membership]) -> Membership | None:
    try:
        return action()
    except Forbidden:
        return None


@given(ROLES, ROLES, ROLES)
def test_nobody_lifts_others_above_themselves(mine: Role, theirs: Role, wanted: Role) -> None:
    changed = result(lambda: a_membership(ANN, role=mine).promote(a_membership(BOB, role=theirs), wanted))
    assert changed is None or max(RANK[wanted], RANK[theirs]) <= RANK[mine]
    assert (changed is None) == (mine is Role.MEMBER or RANK[wanted] > RANK[mine] or RANK[theirs] > RANK[mine])


@given(ROLES, ROLES)
def test_nobody_lifts_themselves(mine: Role, wanted: Role) -> None:
    me = a_membership(ANN, role=mine)
    changed = result(lambda: me.promote(me, wanted))
    assert changed is None or RANK[changed.role] <= RANK[mine]


@given(ROLES, ROLES)
def test_an_invitation_never_gives_more_than_one_has(mine: Role, wanted: Role) -> None:
    invited = result(lambda: a_membership(ANN, role=mine).invite(CEM, wanted))
    assert (invited is not None) == (mine is not Role.MEMBER and RANK[wanted] <= RANK[mine])


@given(ROLES, ROLES)
def test_nobody_removes_who_ranks_above_them(mine: Role, theirs: Role) -> None:
    remover, other = a_membership(ANN, role=mine), a_membership(BOB, role=theirs)
    if mine is not Role.MEMBER and RANK[theirs] <= RANK[mine]:
        remover.require_may_remove(other)
    else:
        with pytest.raises(Forbidden):
            remover.require_may_remove(other)


@given(ROLES)
def test_one_leaves_instead_of_removing_oneself(role: Role) -> None:
    me = a_membership(ANN, role=role)
    with pytest.raises(Invalid):
        me.require_may_remove(me)


@given(ROLES)
def test_nobody_rules_a_direct_conversation(role: Role) -> None:
    room = a_room(kind=RoomKind.DIRECT, people=[1, 2])
    me, other = (a_membership(person, role=role, room=room) for person in (ANN, BOB))
    for refused in (lambda: me.promote(other, Role.MEMBER), lambda: me.invite(CEM, Role.MEMBER)):
        assert result(refused) is None
    with pytest.raises(Forbidden):
        me.require_may_remove(other)


@given(st.integers(0, 10_000))
def test_whoever_joins_has_read_everything_up_to_the_joining(last_seq: int) -> None:
    begun = Membership.begun(a_room(last_seq=last_seq), CEM, Role.MEMBER)
    assert begun.read_seq == begun.joined_seq == last_seq + 1


PUBLIC, PRIVATE = a_room(kind=RoomKind.PUBLIC), a_room(kind=RoomKind.PRIVATE)
ACCOUNTS = st.sampled_from(ServerRole)


def an_outsider(account: ServerRole, room: Room, *, suspended: bool = False) -> Authority:
    return Authority(room, ANN, None, Rights(account, suspended=suspended))


@given(st.none() | ROLES, ROLES, ROLES)
def test_an_administrator_does_in_a_public_room_what_its_moderators_may(
    mine: Role | None, theirs: Role, wanted: Role
) -> None:
    admin = Authority(PUBLIC, ANN, mine, Rights(ServerRole.ADMINISTRATOR))
    same = a_membership(ANN, role=Role.OWNER if mine is Role.OWNER else Role.MODERATOR, room=PUBLIC)
    other = a_membership(BOB, role=theirs, room=PUBLIC)
    assert result(lambda: admin.promote(other, wanted)) == result(lambda: same.promote(other, wanted))
    assert result(lambda: admin.invite(CEM, wanted)) == result(lambda: same.invite(CEM, wanted))
    assert is_refused(lambda: admin.require_may_remove(other)) == is_refused(lambda: same.require_may_remove(other))
    assert admin.delete(a_message(sender=BOB, room=PUBLIC), at=NOON).deleted


@given(ROLES)
def test_an_administrator_is_nothing_more_in_private_rooms_and_direct_conversations(mine: Role) -> None:
    for room in (PRIVATE, a_room(kind=RoomKind.DIRECT, people=[1, 2])):
        admin, member = (
            a_membership(ANN, role=mine, room=room, account=account)
            for account in (ServerRole.ADMINISTRATOR, ServerRole.MEMBER)
        )
        for may in ("require_moderator", "require_may_delete_room"):
            assert is_refused(getattr(admin, may)) == is_refused(getattr(member, may))
        with pytest.raises(RoomNotFound):
            an_outsider(ServerRole.ADMINISTRATOR, room).require_visible()


@given(st.none() | ROLES, ACCOUNTS, st.sampled_from([PUBLIC, PRIVATE]))
def test_a_room_is_deleted_by_its_owners_and_a_public_one_by_administrators(
    mine: Role | None, account: ServerRole, room: Room
) -> None:
    may = mine is Role.OWNER or (account is ServerRole.ADMINISTRATOR and room is PUBLIC)
    assert is_refused(Authority(room, ANN, mine, Rights(account)).require_may_delete_room) != may


@given(ACCOUNTS)
def test_a_public_room_exists_for_who_may_visit_it(account: ServerRole) -> None:
    if account is ServerRole.GUEST:
        with pytest.raises(RoomNotFound):
            an_outsider(account, PUBLIC).require_visible()
    else:
        assert an_outsider(account, PUBLIC).require_visible().role is None
    with pytest.raises(RoomNotFound):
        an_outsider(account, PUBLIC, suspended=True).require_visible()


@given(ACCOUNTS)
def test_who_is_not_in_a_public_room_is_told_to_join_first(account: ServerRole) -> None:
    if account is not ServerRole.ADMINISTRATOR:
        for action in (
            lambda: an_outsider(account, PUBLIC).require_moderator(),
            lambda: an_outsider(account, PUBLIC).delete(a_message(sender=ANN, room=PUBLIC), at=NOON),
        ):
            with pytest.raises(NotAMember):
                action()


@given(ROLES, ACCOUNTS)
def test_a_suspended_moderator_or_administrator_moderates_nothing(mine: Role, account: ServerRole) -> None:
    suspended = Authority(PUBLIC, ANN, mine, Rights(account, suspended=True))
    for action in (suspended.require_moderator, suspended.require_may_delete_room):
        with pytest.raises(AccountSuspended):
            action()


def is_refused(action: Callable[[], object]) -> bool:
    try:
        action()
    except Forbidden:
        return True
    return False
