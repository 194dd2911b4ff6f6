"""What every storage promises of accounts and sessions."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.errors import EmailTaken, UsernameTaken, UserNotFound
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.sessions import Session
from chat_domain.model.users import User
from chat_domain.model.values import DisplayName, Email, Username
from chat_domain.ports.storage import Storage
from tests.builders import NOON, a_membership, a_room, a_user

MANY = 40_000  # more than databases take as separate parameters


def keep(storage: Storage, *users: User) -> None:
    with storage.unit_of_work() as work:
        for user in users:
            work.users.add(user)
        work.commit()


def found(storage: Storage, query: str, *, after: int = 0, limit: int = 10) -> list[int]:
    with storage.snapshot() as seen:
        return [person.id for person in seen.users.search(query, after=UserId(after), limit=limit)]


def a_session(id: int = 5, *, user: int = 1, used_at: datetime = NOON, cookie: str | None = None) -> Session:
    return Session(SessionId(id), UserId(user), NOON, used_at, "a browser", "192.0.2.1", cookie_digest=cookie)


def sign_in(storage: Storage, *sessions: Session) -> None:
    with storage.unit_of_work() as work:
        for session in sessions:
            work.sessions.add(session)
        work.commit()


def test_an_account_comes_back_as_it_was_kept(storage: Storage) -> None:
    ann = replace(
        a_user("Änn", email="Ann@example.org", name="Ann 😀 Ö"),
        role=ServerRole.GUEST,
        created_at=NOON + timedelta(milliseconds=123),
        suspended_at=NOON + timedelta(milliseconds=456),
    )
    keep(storage, ann, a_user("bob", id=2))
    with storage.snapshot() as seen:
        assert seen.users.get(ann.id) == ann
        assert seen.users.get(UserId(2)) == a_user("bob", id=2)
        assert seen.users.rights(ann.id) == Rights(ServerRole.GUEST, suspended=True)
        assert seen.users.rights(UserId(2)) == Rights(ServerRole.MEMBER)


def test_nobody_is_found_by_an_unknown_id(storage: Storage) -> None:
    with storage.snapshot() as seen:
        for look in (seen.users.get, seen.users.rights):
            with pytest.raises(UserNotFound):
                look(UserId(7))
    with storage.unit_of_work() as work, pytest.raises(UserNotFound):
        work.users.get(UserId(7))


def test_an_account_is_found_by_username_and_address_in_any_spelling(storage: Storage) -> None:
    keep(storage, a_user("Straße", email="Jörg@Example.org"))
    with storage.snapshot() as seen:
        for login in (Username("STRASSE"), Username("straße"), Email("JÖRG@example.ORG")):
            user = seen.users.find(login)
            assert user is not None
            assert user.id == 1
        assert seen.users.find(Username("strase")) is None
        assert seen.users.find(Email("joerg@example.org")) is None


@pytest.mark.parametrize(
    ("second", "refusal"),
    [
        (a_user("ANN", id=2), UsernameTaken),
        (a_user("bob", id=2, email="Ann@Example.org"), EmailTaken),
        (a_user("ann", id=2, email="ann@example.org"), UsernameTaken),
    ],
    ids=["username", "address", "both"],
)
def test_a_username_or_address_that_is_taken_is_refused(
    storage: Storage, second: User, refusal: type[Exception]
) -> None:  # fmt: skip
    keep(storage, a_user("ann", email="ann@example.org"))
    with pytest.raises(refusal), storage.unit_of_work() as work:
        work.users.add(second)
    with storage.snapshot() as seen, pytest.raises(UserNotFound):
        seen.users.get(second.id)


def test_many_accounts_may_have_no_address(storage: Storage) -> None:
    keep(storage, a_user("ann", id=1), a_user("bob", id=2))
    assert found(storage, "") == [1, 2]


def test_an_account_is_saved_with_what_changed(storage: Storage) -> None:
    ann = a_user("ann", email="ann@example.org")
    keep(storage, ann)
    renamed = ann.renamed(DisplayName("Ännchen")).reached_at(None)
    changed = replace(renamed, role=ServerRole.ADMINISTRATOR, suspended_at=NOON)
    with storage.unit_of_work() as work:
        work.users.save(changed)
        work.commit()
    with storage.snapshot() as seen:
        assert seen.users.get(ann.id) == changed
        assert seen.users.find(Email("ann@example.org")) is None
    assert found(storage, "ÄNNCHEN") == [1]


def test_saving_with_an_address_of_another_is_refused_and_with_ones_own_is_not(storage: Storage) -> None:
    ann, bob = a_user("ann", email="ann@example.org"), a_user("bob", id=2)
    keep(storage, ann, bob)
    with pytest.raises(EmailTaken), storage.unit_of_work() as work:
        work.users.save(bob.reached_at(Email("ANN@example.org")))
    with storage.unit_of_work() as work:
        work.users.save(ann.reached_at(Email("ANN@example.org")))
        work.commit()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3, 4]),
        ("NN", [1, 2]),
        ("ΣΊΣΥ", [3]),
        ("STRASSE", [4]),
        ("%", [2]),
        ("_", [4]),
        ("\\", [3]),
        ("100%", [2]),
        ("n%n", []),
        ("a_n", []),
        ("\0", []),
        ("ann\0", []),
        ("\ud800", []),
        ("?", []),
        ("x" * 60_000, []),
    ],
)
def test_people_are_searched_in_any_case_and_script_and_signs_stand_for_themselves(
    storage: Storage, query: str, ids: list[int]
) -> None:
    keep(
        storage,
        a_user("Ann", id=1),
        a_user("bob", id=2, name="100% Hannes"),
        a_user("carl", id=3, name="Σίσυφος\\"),
        a_user("dora_x", id=4, name="Große Straße"),
    )
    assert found(storage, query) == ids


def test_people_are_listed_in_order_of_id_page_by_page(storage: Storage) -> None:
    keep(storage, *(a_user(f"user{id}", id=id) for id in (9, 3, 27, 5)))
    assert found(storage, "user", limit=3) == [3, 5, 9]
    assert found(storage, "user", after=9, limit=3) == [27]


def test_people_are_searched_among_those_who_share_a_room(storage: Storage) -> None:
    people = [a_user(f"user{id}", id=id) for id in (1, 2, 3, 4)]
    keep(storage, *people)
    with storage.unit_of_work() as work:
        for room, members in ((a_room(id=10), people[:3]), (a_room(id=11), people[1:3]), (a_room(id=12), people[3:])):
            work.rooms.add(room)
            for member in members:
                work.memberships.add(a_membership(member.person, room=room))
        work.commit()

    def shared(query: str, user: int, after: int = 0, limit: int = 9) -> list[int]:
        with storage.snapshot() as seen:
            found = seen.users.search(query, after=UserId(after), limit=limit, sharing_with=UserId(user))
            return [person.id for person in found]

    assert [shared("", user) for user in (1, 2, 4, 9)] == [[1, 2, 3], [1, 2, 3], [4], []]
    assert shared("user", 2, after=1, limit=1) == [2]
    assert shared("4", 1) == []


def test_credentials_are_kept_apart_from_the_account_and_replaced(storage: Storage) -> None:
    keep(storage, a_user(), a_user("bob", id=2))
    for password_hash in ("one", "another", None, "a third"):
        kept = UserCredentials(UserId(1), password_hash)
        with storage.unit_of_work() as work:
            work.credentials.save(kept)
            assert work.credentials.of(UserId(1)) == kept
            work.commit()
        with storage.snapshot() as seen:
            assert seen.credentials.of(UserId(1)) == kept
            assert [seen.credentials.of(UserId(id)).password_hash for id in (0, 2, 99)] == [None] * 3
    with storage.unit_of_work() as work:
        work.credentials.save(UserCredentials(UserId(1), "never"))
    with storage.snapshot() as seen:
        assert seen.credentials.of(UserId(1)).password_hash == "a third"


def test_a_session_tells_whether_its_user_is_suspended_now(storage: Storage) -> None:
    ann = a_user()
    keep(storage, ann, a_user("bob", id=2))
    sign_in(storage, a_session(5, used_at=NOON + timedelta(hours=1), cookie="digest"))
    sign_in(storage, a_session(6, user=2, used_at=NOON + timedelta(hours=1)))
    for suspended_at in (NOON, None):
        with storage.unit_of_work() as work:
            work.users.save(replace(ann, suspended_at=suspended_at))
            work.commit()
        suspended = suspended_at is not None
        with storage.snapshot() as seen:
            for session in (seen.sessions.get(SessionId(5)), seen.sessions.find("digest")):
                assert session
                assert session.suspended == suspended
            both = [SessionId(5), SessionId(6)]
            assert list(seen.sessions.over_among(both, used_since=NOON)) == ([5] if suspended else [])
        with storage.unit_of_work() as work:
            session = work.sessions.get(SessionId(5))
            assert session
            assert session.suspended == suspended


def test_a_session_comes_back_as_it_was_kept(storage: Storage) -> None:
    keep(storage, a_user())
    by_token, by_cookie = a_session(5), a_session(6, cookie="digest")
    sign_in(storage, by_token, by_cookie)
    with storage.snapshot() as seen:
        assert seen.sessions.get(SessionId(5)) == by_token
        assert seen.sessions.find("digest") == by_cookie
        assert seen.sessions.get(SessionId(7)) is None
        assert seen.sessions.find("other") is None
    with storage.unit_of_work() as work:
        assert work.sessions.get(SessionId(6)) == by_cookie


def test_a_session_is_saved_as_it_is_now_and_found_when_it_is_over(storage: Storage) -> None:
    keep(storage, a_user())
    session = a_session(cookie="digest")
    sign_in(storage, session)
    changed = session.refreshed(NOON + timedelta(minutes=1)).ended(NOON + timedelta(minutes=2))
    with storage.unit_of_work() as work:
        work.sessions.save(changed)
        work.commit()
    with storage.snapshot() as seen:
        assert seen.sessions.get(session.id) == seen.sessions.find("digest") == changed


def ids(sessions: Iterable[Session]) -> list[int]:
    return [session.id for session in sessions]


def test_active_sessions_are_ones_own_not_over_lately_used_and_the_newest_first(storage: Storage) -> None:
    keep(storage, a_user(), a_user("bob", id=2))
    sign_in(
        storage,
        a_session(5, used_at=NOON + timedelta(hours=3)),
        a_session(6, used_at=NOON + timedelta(hours=1)),
        a_session(7, used_at=NOON),
        a_session(8, user=2, used_at=NOON + timedelta(hours=3)),
        a_session(9, used_at=NOON + timedelta(hours=2)).ended(NOON + timedelta(hours=2)),
    )
    with storage.snapshot() as seen:
        assert ids(seen.sessions.active_of(UserId(1), used_since=NOON)) == [6, 5]


def test_sessions_that_have_long_been_over_are_forgotten_and_no_others(storage: Storage) -> None:
    keep(storage, a_user(), a_user("bob", id=2))
    hour = timedelta(hours=1)
    sign_in(
        storage,
        a_session(5, used_at=NOON + 2 * hour).ended(NOON + 5 * hour),
        a_session(6, used_at=NOON + 2 * hour).ended(NOON + 4 * hour),
        a_session(7, used_at=NOON + hour, cookie="digest"),
        a_session(8, used_at=NOON + 2 * hour),
        a_session(9, user=2, used_at=NOON).ended(NOON),
    )
    with storage.unit_of_work() as work:
        work.sessions.forget(UserId(1), ended_before=NOON + 5 * hour, used_before=NOON + 2 * hour)
        work.commit()
    with storage.snapshot() as seen:
        assert [id for id in range(5, 10) if seen.sessions.get(SessionId(id))] == [5, 8, 9]
        assert seen.sessions.find("digest") is None


def test_what_a_browser_calls_itself_is_kept_whatever_it_is(storage: Storage) -> None:
    keep(storage, a_user())
    sign_in(storage, replace(a_session(), user_agent="odd \0 \ud800 Ö"))
    with storage.snapshot() as seen:
        session = seen.sessions.get(SessionId(5))
        assert session is not None
        assert session.user_agent.startswith("odd ")


def test_sessions_are_over_that_ended_or_were_idle_too_long_or_are_not_there(storage: Storage) -> None:
    keep(storage, a_user(), a_user("bob", id=2))
    sign_in(
        storage,
        a_session(5, used_at=NOON + timedelta(hours=1)),
        a_session(6, user=2, used_at=NOON + timedelta(hours=1)),
        a_session(7, used_at=NOON),
        a_session(8, used_at=NOON + timedelta(hours=2)).ended(NOON + timedelta(hours=2)),
        a_session(9, used_at=NOON),
    )
    with storage.snapshot() as seen:
        asked = [SessionId(id) for id in (5, 6, 7, 8, 2**53 - 1)]
        assert sorted(seen.sessions.over_among(asked, used_since=NOON)) == [7, 8, 2**53 - 1]
        assert not seen.sessions.over_among([], used_since=NOON)


def test_any_number_of_sessions_is_asked_for_at_once(storage: Storage) -> None:
    keep(storage, a_user())
    sign_in(storage, a_session(MANY, used_at=NOON + timedelta(hours=1)))
    with storage.snapshot() as seen:
        over = seen.sessions.over_among([SessionId(id) for id in range(1, MANY + 1)], used_since=NOON)
    assert len(over) == MANY - 1
