from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.ephemeral import SessionEnd, SessionEnded
from chat_domain.model.errors import InvalidCredentials, InvalidToken, SessionNotFound, TooMany
from chat_domain.model.identifiers import SessionId
from chat_domain.model.sessions import IDLE_LIFETIME, Actor
from chat_domain.model.values import Email, Password, Username
from chat_domain.ports.security import AccessClaims, RefreshClaims
from chat_domain.services.accounts import PasswordChange
from chat_domain.services.sessions import ACCESS_LIFETIME, REFRESHES_BY_ADDRESS
from chat_domain.services.sign_in import GUESSES_BY_ACCOUNT, LOGINS_BY_ACCOUNT, LOGINS_BY_ADDRESS, Device
from tests.builders import A_DEVICE, A_PASSWORD, Chat, a_chat
from tests.unit.services.hashers import WatchedHasher


def a_chat_with_ann(hasher: WatchedHasher | None = None) -> Chat:
    chat = a_chat(hasher=hasher)
    chat.accounts.change(chat.register("Ann"), email=Email("ann@example.com"))
    return chat


def refused(action: Callable[[], object]) -> bool:
    with pytest.raises(InvalidToken):
        action()
    return True


@pytest.mark.parametrize("login", ["Ann", "ann", "ＡＮＮ", "ann@example.com", "ANN@Example.com"])
def test_one_signs_in_by_username_or_address_however_written(login: str) -> None:
    assert a_chat_with_ann().log_in(login).access


WRONG_LOGINS = [
    ("nobody", A_PASSWORD),
    ("nobody@example.com", A_PASSWORD),
    ("Ann", "wrong password"),
    ("ann@example.com", ""),
    ("", A_PASSWORD),
    ("\0", A_PASSWORD),
    ("a" * 1_000, A_PASSWORD),
    ("\ud800nn", A_PASSWORD),
    ("Ann", "\0"),
    ("Ann", "\ud800" * 8),
    ("Ann", A_PASSWORD + "a" * 1_000),
]


@pytest.mark.parametrize(("login", "password"), WRONG_LOGINS)
def test_unknown_users_and_wrong_passwords_get_the_same_answer_after_the_same_work(login: str, password: str) -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    with pytest.raises(InvalidCredentials) as caught:
        chat.log_in(login, password)
    assert caught.value.args == InvalidCredentials().args
    assert len(hasher.verified) == 1
    assert hasher.verified[0][1].encode() in {password.encode(errors="ignore"), b""}


def test_the_password_of_nobody_is_verified_against_nothing() -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    with pytest.raises(InvalidCredentials):
        chat.log_in("nobody")
    assert hasher.verified == [(None, A_PASSWORD)]


def test_guesses_at_one_account_from_one_address_are_limited_however_the_name_is_written() -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    for login in ["Ann", "ann", "ａnn", "aｎn", "ＡＮＮ"] * 2:
        with pytest.raises(InvalidCredentials):
            chat.log_in(login, "wrong password", device=Device("192.0.2.1", ""))
    with pytest.raises(TooMany) as caught:
        chat.log_in("ANN", "wrong password", device=Device("192.0.2.1", ""))
    assert caught.value.retry_after > 0
    assert len(hasher.verified) == LOGINS_BY_ACCOUNT.times


def test_whoever_guesses_from_elsewhere_keeps_nobody_out_of_their_account() -> None:
    chat = a_chat_with_ann(WatchedHasher())
    for _ in range(LOGINS_BY_ACCOUNT.times):
        with pytest.raises(InvalidCredentials):
            chat.log_in("ann", "wrong password", device=Device("192.0.2.66", ""))
    assert chat.log_in("ann", device=Device("192.0.2.1", "")).access


def test_guesses_at_one_account_from_everywhere_are_limited_too() -> None:
    chat = a_chat_with_ann(WatchedHasher())
    for number in range(GUESSES_BY_ACCOUNT.times):
        with pytest.raises(InvalidCredentials):
            chat.log_in("ann", "wrong password", device=Device(f"192.0.2.{number}", ""))
    with pytest.raises(TooMany):
        chat.log_in("ann", "wrong password", device=Device("198.51.100.1", ""))


def test_logins_are_limited_by_address_before_the_password_is_looked_at() -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    for number in range(LOGINS_BY_ADDRESS.times):
        with pytest.raises(InvalidCredentials):
            chat.log_in(f"user{number}")
    with pytest.raises(TooMany):
        chat.log_in("ann")
    assert len(hasher.verified) == LOGINS_BY_ADDRESS.times
    assert chat.log_in("ann", device=Device("192.0.2.2", "")).access


def test_people_who_cannot_spell_a_name_do_not_keep_each_other_out() -> None:
    chat = a_chat_with_ann()
    for number in range(2 * LOGINS_BY_ACCOUNT.times):
        with pytest.raises(InvalidCredentials):
            chat.log_in("no name at all", device=Device(f"192.0.2.{number}", ""))


def test_an_access_token_says_who_calls_for_15_minutes() -> None:
    chat = a_chat_with_ann()
    pair = chat.log_in("ann")
    assert pair.expires_at == chat.clock.now() + ACCESS_LIFETIME
    actor = chat.sessions.identify(token=pair.access)
    assert str(chat.accounts.me(actor.user_id).username) == "Ann"
    assert not actor.by_cookie
    chat.clock.advance(seconds=ACCESS_LIFETIME.total_seconds())
    assert refused(lambda: chat.sessions.identify(token=pair.access))


@pytest.mark.parametrize("junk", ["", "junk", "\0", "\ud800", "token-99"])
def test_junk_identifies_nobody(junk: str) -> None:
    chat = a_chat_with_ann()
    assert refused(lambda: chat.sessions.identify(token=junk))
    assert refused(lambda: chat.sessions.identify(cookie=junk))
    assert refused(chat.sessions.identify)
    assert refused(lambda: chat.sessions.refresh(junk, device=A_DEVICE))


def test_tokens_of_one_kind_are_not_taken_for_another() -> None:
    chat = a_chat_with_ann()
    pair = chat.log_in("ann")
    assert refused(lambda: chat.sessions.identify(token=pair.refresh))
    assert refused(lambda: chat.sessions.refresh(pair.access, device=A_DEVICE))
    assert refused(lambda: chat.sessions.identify(token=chat.accounts.invite()))


def test_tokens_are_not_shown_by_repr() -> None:
    assert "token-" not in repr(a_chat_with_ann().log_in("ann"))


def test_a_browser_signs_in_by_a_cookie_of_which_only_a_digest_is_kept() -> None:
    chat = a_chat_with_ann()
    user, cookie, until = chat.sessions.log_in_browser("ann", A_PASSWORD, device=A_DEVICE)
    actor = chat.sessions.identify(cookie=cookie)
    assert (actor.user_id, actor.by_cookie) == (user.id, True)
    assert until == chat.clock.now() + IDLE_LIFETIME
    (session,) = chat.sessions.devices(actor, limit=9).items
    assert cookie not in str(session.cookie_digest)


def test_a_refresh_token_works_once_and_its_copy_ends_the_session() -> None:
    chat = a_chat_with_ann()
    first = chat.log_in("ann")
    actor = chat.sessions.identify(token=first.access)
    chat.delivery.connect("a", actor)
    _, second = chat.sessions.refresh(first.refresh, device=A_DEVICE)
    assert refused(lambda: chat.sessions.refresh(first.refresh, device=A_DEVICE))
    assert refused(lambda: chat.sessions.refresh(second.refresh, device=A_DEVICE))
    assert refused(lambda: chat.sessions.identify(token=second.access))
    assert chat.heard("a") == [SessionEnded(actor.session_id, SessionEnd.TOKEN_REUSED)]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_only_the_newest_refresh_token_works_and_any_older_one_ends_it_all(choices: list[int]) -> None:
    chat = a_chat_with_ann()
    tokens = [chat.log_in("ann").refresh]
    for age in choices:
        if age == 0 or age >= len(tokens):
            tokens.append(chat.sessions.refresh(tokens[-1], device=A_DEVICE)[1].refresh)
            continue
        assert refused(lambda old=tokens[-1 - age]: chat.sessions.refresh(old, device=A_DEVICE))  # type: ignore[misc]
        assert all(refused(lambda t=t: chat.sessions.refresh(t, device=A_DEVICE)) for t in tokens)  # type: ignore[misc]
        return


def test_a_refresh_needs_the_session_to_be_there() -> None:
    chat = a_chat_with_ann()
    pair = chat.log_in("ann")
    chat.sessions.log_out(chat.sessions.identify(token=pair.access))
    assert refused(lambda: chat.sessions.refresh(pair.refresh, device=A_DEVICE))


def test_a_token_of_a_session_that_was_never_here_is_not_valid() -> None:
    chat = a_chat_with_ann()
    now, until = chat.clock.now(), chat.clock.now() + ACCESS_LIFETIME
    session = SessionId(10**9)
    user = chat.sessions.identify(token=chat.log_in("ann").access).user_id
    access = chat.tokens.issue(AccessClaims(user, session), at=now, until=until)
    refresh = chat.tokens.issue(RefreshClaims(session, 0), at=now, until=until)
    assert refused(lambda: chat.sessions.identify(token=access))
    assert refused(lambda: chat.sessions.refresh(refresh, device=A_DEVICE))
    assert refused(lambda: chat.delivery.connect("a", Actor(user, session)))


def test_refreshes_are_limited_by_address() -> None:
    chat = a_chat_with_ann()
    for _ in range(REFRESHES_BY_ADDRESS.times):
        assert refused(lambda: chat.sessions.refresh("junk", device=A_DEVICE))
    with pytest.raises(TooMany):
        chat.sessions.refresh("junk", device=A_DEVICE)


def test_a_session_that_is_used_lasts_and_one_that_is_not_ends_after_30_days() -> None:
    chat = a_chat_with_ann()
    _, cookie, _ = chat.sessions.log_in_browser("ann", A_PASSWORD, device=A_DEVICE)
    actor = chat.sessions.identify(cookie=cookie)
    for _ in range(3):
        chat.clock.advance(days=29)
        assert chat.sessions.identify(cookie=cookie) == actor
    assert len(chat.sessions.devices(actor, limit=9).items) == 1
    chat.clock.advance(days=30)
    assert refused(lambda: chat.sessions.identify(cookie=cookie))
    assert chat.sessions.devices(actor, limit=9).items == ()


def test_signing_in_forgets_ones_sessions_that_were_over_for_30_days() -> None:
    chat = a_chat_with_ann()
    chat.register("bob")
    ended, idle, bobs = (chat.sessions.identify(token=chat.log_in(name).access) for name in ("ann", "ann", "bob"))

    def known() -> list[SessionId]:
        chat.log_in("ann")
        with chat.storage.snapshot() as seen:
            return [actor.session_id for actor in (ended, idle, bobs) if seen.sessions.get(actor.session_id)]

    chat.sessions.log_out(ended)
    chat.clock.advance(days=30)
    assert known() == [ended.session_id, idle.session_id, bobs.session_id]
    chat.clock.advance(seconds=1)
    assert known() == [idle.session_id, bobs.session_id]
    chat.clock.advance(days=30)
    assert known() == [bobs.session_id]


def test_signing_out_ends_this_session_at_once_and_no_other() -> None:
    chat = a_chat_with_ann()
    one, other = chat.log_in("ann"), chat.log_in("ann")
    actor = chat.sessions.identify(token=one.access)
    chat.sessions.log_out(actor)
    assert refused(lambda: chat.sessions.identify(token=one.access))
    assert chat.sessions.identify(token=other.access).session_id != actor.session_id
    with pytest.raises(SessionNotFound):
        chat.sessions.log_out(actor)


def test_one_revokes_ones_own_sessions_and_nobody_elses() -> None:
    chat = a_chat_with_ann()
    ann, bob = chat.sessions.identify(token=chat.log_in("ann").access), chat.actor(chat.register("bob"))
    phone = chat.sessions.identify(token=chat.log_in("ann", device=Device("192.0.2.7", "phone")).access)
    assert [session.user_agent for session in chat.sessions.devices(ann, limit=9).items] == ["phone", "a test"]
    for stranger in (bob.session_id, SessionId(10**9)):
        with pytest.raises(SessionNotFound):
            chat.sessions.revoke(ann, stranger)
    chat.sessions.revoke(ann, phone.session_id)
    assert [session.id for session in chat.sessions.devices(ann, limit=9).items] == [ann.session_id]


def test_ones_sessions_are_listed_page_by_page_the_newest_first() -> None:
    chat = a_chat_with_ann()
    ids = [chat.sessions.identify(token=chat.log_in("ann").access).session_id for _ in range(5)]
    actor = Actor(chat.sessions.identify(token=chat.log_in("ann").access).user_id, ids[0])
    pages = [chat.sessions.devices(actor, limit=2)]
    while pages[-1].more:
        pages.append(chat.sessions.devices(actor, before=pages[-1].items[-1].id, limit=2))
    assert [len(page.items) for page in pages] == [2, 2, 2]
    assert [session.id for page in pages for session in page.items][1:] == ids[::-1]


def test_a_login_makes_a_hash_of_old_parameters_new() -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    hasher._scheme = "better"
    chat.log_in("ann")
    with chat.storage.snapshot() as seen:
        ann = seen.users.find(Username("ann"))
        assert ann
        assert not hasher.is_outdated(seen.credentials.of(ann.id).password_hash or "")
    hashed = len(hasher.hashed)
    chat.log_in("ann")
    assert len(hasher.hashed) == hashed


def test_who_signs_in_with_the_old_password_while_it_is_changed_is_kept_out() -> None:
    hasher = WatchedHasher()
    chat = a_chat_with_ann(hasher)
    ann = chat.sessions.identify(token=chat.log_in("ann").access).user_id
    hasher.while_verifying = lambda: chat.accounts.change(
        ann, password=PasswordChange(A_PASSWORD, Password("another long password"))
    )
    with pytest.raises(InvalidCredentials):
        chat.log_in("ann")


def test_what_a_device_says_of_itself_is_cut_short() -> None:
    chat = a_chat_with_ann()
    actor = chat.sessions.identify(token=chat.log_in("ann", device=Device("192.0.2.1", "x" * 5_000)).access)
    assert len(chat.sessions.devices(actor, limit=9).items[0].user_agent) == 200
