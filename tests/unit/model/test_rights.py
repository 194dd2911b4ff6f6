import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import AccountSuspended, Forbidden
from chat_domain.model.rights import Right, Rights, ServerRole

EVERYBODY = {ServerRole.ADMINISTRATOR, ServerRole.MEMBER, ServerRole.GUEST, ServerRole.BOT}
WHO_MAY = {
    Right.SIGN_IN: EVERYBODY,
    Right.USE_PASSWORD: EVERYBODY - {ServerRole.BOT},
    Right.READ: EVERYBODY,
    Right.WRITE: EVERYBODY,
    Right.OPEN_DIRECT: EVERYBODY,
    Right.FIND_EVERYBODY: EVERYBODY - {ServerRole.GUEST},
    Right.VISIT_PUBLIC_ROOMS: EVERYBODY - {ServerRole.GUEST},
    Right.CREATE_ROOMS: EVERYBODY - {ServerRole.GUEST},
    Right.MODERATE_PUBLIC_ROOMS: {ServerRole.ADMINISTRATOR},
}


@pytest.mark.parametrize("right", Right)
def test_each_kind_of_account_has_its_rights(right: Right) -> None:
    assert {role for role in ServerRole if Rights(role).include(right)} == WHO_MAY[right]


@given(st.sampled_from(ServerRole), st.sampled_from(Right))
def test_a_right_is_required_where_it_is_not_had(role: ServerRole, right: Right) -> None:
    if role in WHO_MAY[right]:
        Rights(role).require(right)
    else:
        with pytest.raises(Forbidden):
            Rights(role).require(right)


@given(st.sampled_from(ServerRole), st.sampled_from(Right))
def test_a_suspended_account_has_no_right_at_all(role: ServerRole, right: Right) -> None:
    suspended = Rights(role, suspended=True)
    assert not suspended.include(right)
    with pytest.raises(AccountSuspended):
        suspended.require(right)
