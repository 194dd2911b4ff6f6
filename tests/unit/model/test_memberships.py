from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import Forbidden, Invalid
from chat_domain.model.memberships import Membership, Role
from chat_domain.model.rooms import RoomKind
from tests.builders import a_membership, a_person, a_room

RANK = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}
ROLES = st.sampled_from(Role)
ANN, BOB, CEM = a_person("ann", id=1), a_person("bob", id=2), a_person("cem", id=3)


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
    begun = Membership.begun(a_room(last_seq=last_seq), ANN, Role.MEMBER)
    assert begun.read_seq == begun.joined_seq == last_seq + 1
