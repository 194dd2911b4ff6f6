from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import InvalidToken
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.sessions import IDLE_LIFETIME, Session
from tests.builders import NOON

SPANS = st.timedeltas(timedelta(0), 3 * IDLE_LIFETIME)


def a_session() -> Session:
    return Session(SessionId(1), UserId(1), NOON, NOON, "a test", "192.0.2.1", cookie_digest="digest")


@given(SPANS, SPANS)
def test_a_session_is_over_when_nobody_used_it_for_30_days(used_after: timedelta, later: timedelta) -> None:
    session = a_session().used(NOON + used_after)
    if later < IDLE_LIFETIME:
        assert session.require_active(NOON + used_after + later) is session
    else:
        with pytest.raises(InvalidToken):
            session.require_active(NOON + used_after + later)


@given(SPANS, SPANS)
def test_the_last_use_never_goes_back(one: timedelta, other: timedelta) -> None:
    for session in (
        a_session().used(NOON + one).used(NOON + other),
        a_session().used(NOON + one).refreshed(NOON + other),
    ):
        assert session.last_used_at == NOON + max(one, other)


def test_an_ended_session_stays_ended_since_its_first_end() -> None:
    ended = a_session().ended(NOON)
    assert ended.ended(NOON + IDLE_LIFETIME) == ended
    with pytest.raises(InvalidToken):
        ended.require_active(NOON)


def test_a_use_is_noted_again_after_five_minutes() -> None:
    assert not a_session().wants_note_of_use(NOON + timedelta(minutes=4))
    assert a_session().wants_note_of_use(NOON + timedelta(minutes=5))


def test_each_refresh_is_a_new_generation() -> None:
    assert a_session().refreshed(NOON).refreshed(NOON).generation == 2


def test_what_the_cookie_is_checked_by_is_not_shown() -> None:
    assert "digest" not in repr(a_session()).replace("cookie_digest", "")
