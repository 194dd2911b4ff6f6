from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.ephemeral import SessionEnd, SessionEnded
from chat_domain.model.errors import (
    EmailTaken,
    Invalid,
    RegistrationClosed,
    TooMany,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from chat_domain.model.identifiers import UserId
from chat_domain.model.users import User
from chat_domain.model.values import DisplayName, Email, Password, Username
from chat_domain.services.accounts import INVITATION_LIFETIME, REGISTRATIONS_BY_ADDRESS, PasswordChange, Registration
from tests.builders import A_PASSWORD, NOON, Chat, a_chat
from tests.unit.services.hashers import WatchedHasher


def register(
    chat: Chat,
    username: str = "ann",
    *,
    password: str = A_PASSWORD,
    email: str | None = None,
    invitation: str | None = None,
    address: str = "192.0.2.1",
) -> User:
    return chat.accounts.register(
        username=Username(username),
        password=Password(password),
        email=Email(email) if email else None,
        name=DisplayName(""),
        invitation=invitation,
        address=address,
    )


def test_a_new_account_is_there_and_keeps_no_plain_password() -> None:
    chat = a_chat()
    user = register(chat, "Ann", email="ann@example.com")
    assert chat.accounts.me(user.id) == user
    assert (str(user.username), str(user.email), user.created_at) == ("Ann", "ann@example.com", NOON)
    assert A_PASSWORD not in repr(user)


@pytest.mark.parametrize("other", ["ann", "ANN", "ａｎｎ", "Ann"])
def test_a_username_is_given_once_however_it_is_written(other: str) -> None:
    chat = a_chat()
    register(chat, "Ann")
    with pytest.raises(UsernameTaken):
        register(chat, other)


def test_an_address_is_used_once_but_nobody_needs_one() -> None:
    chat = a_chat()
    register(chat, "ann", email="ann@example.com")
    with pytest.raises(EmailTaken):
        register(chat, "bob", email="ANN@example.com")
    register(chat, "bob")
    register(chat, "cem")


def test_a_taken_name_is_told_before_anything_is_hashed() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    register(chat, "ann")
    with pytest.raises(UsernameTaken):
        register(chat, "ann")
    assert hasher.hashed == [A_PASSWORD]


@pytest.mark.parametrize("password", ["xx-ANN-correct-horse", "ａｎｎ correct horse", "my name is ann"])
def test_a_password_with_the_username_in_it_is_weak(password: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        register(a_chat(), "ann", password=password)
    assert caught.value.fields[0].field == "password"


def test_a_common_password_is_weak() -> None:
    with pytest.raises(WeakPassword):
        register(a_chat(), password="password")


def test_a_username_of_two_letters_does_not_spoil_every_password_that_has_them() -> None:
    register(a_chat(), "al", password="alphabet of walnuts")
    with pytest.raises(WeakPassword):
        register(a_chat(), "al", password="alALalal")


@given(st.text(alphabet="annxyz", min_size=8, max_size=12), st.sampled_from(["ann", "an", "xyz", "na"]))
def test_no_password_is_made_of_the_username_alone(password: str, username: str) -> None:
    chat = a_chat()
    if (len(username) > 2 and username in password) or not password.replace(username, ""):
        with pytest.raises(WeakPassword):
            register(chat, username, password=password)
    else:
        register(chat, username, password=password)


def test_registration_may_be_closed_to_all() -> None:
    chat = a_chat(registration=Registration.CLOSED)
    with pytest.raises(RegistrationClosed):
        register(chat, invitation=chat.accounts.invite())


def test_registration_may_need_an_invitation_that_still_holds() -> None:
    chat = a_chat(registration=Registration.INVITE)
    invitation = chat.accounts.invite()
    for wrong in (None, "made up", ""):
        with pytest.raises(RegistrationClosed):
            register(chat, invitation=wrong)
    register(chat, invitation=invitation)
    chat.clock.advance(seconds=INVITATION_LIFETIME.total_seconds())
    with pytest.raises(RegistrationClosed):
        register(chat, "bob", invitation=invitation)


def test_no_other_token_invites() -> None:
    chat = a_chat(registration=Registration.INVITE)
    chat.register("ann")
    for token in (chat.log_in("ann").access, chat.log_in("ann").refresh):
        with pytest.raises(RegistrationClosed):
            register(chat, "bob", invitation=token)


def test_whoever_runs_the_server_makes_accounts_though_registration_is_closed() -> None:
    chat = a_chat(registration=Registration.CLOSED)
    assert chat.accounts.me(chat.register("ann")).username == Username("ann")


def test_registrations_are_limited_by_address_before_anything_is_hashed() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    for number in range(REGISTRATIONS_BY_ADDRESS.times):
        register(chat, f"user{number}")
    with pytest.raises(TooMany) as caught:
        register(chat, "onemore")
    assert len(hasher.hashed) == REGISTRATIONS_BY_ADDRESS.times
    assert 0 < caught.value.retry_after <= REGISTRATIONS_BY_ADDRESS.seconds
    register(chat, "onemore", address="192.0.2.2")
    chat.clock.advance(seconds=caught.value.retry_after)
    register(chat, "another")


def test_tries_for_one_name_are_limited_wherever_they_come_from() -> None:
    chat = a_chat()
    for number in range(10):
        with pytest.raises(WeakPassword):
            register(chat, "ann", password="password", address=f"192.0.2.{number}")
    with pytest.raises(TooMany):
        register(chat, "ＡＮＮ", address="192.0.2.99")


def test_one_changes_ones_name_and_address() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    chat.accounts.change(ann, name=DisplayName("Ann B."), email=Email("ann@example.com"))
    kept = chat.accounts.change(ann)
    assert (str(kept.name), str(kept.email)) == ("Ann B.", "ann@example.com")
    assert chat.accounts.change(ann, forget_email=True).email is None


def test_nobody_takes_the_address_of_another() -> None:
    chat = a_chat()
    register(chat, "ann", email="ann@example.com")
    bob = register(chat, "bob", email="bob@example.com").id
    with pytest.raises(EmailTaken):
        chat.accounts.change(bob, name=DisplayName("Bob"), email=Email("Ann@Example.com"))
    assert str(chat.accounts.me(bob).email) == "bob@example.com"
    assert str(chat.accounts.me(bob).name) == ""
    chat.accounts.change(bob, email=Email("BOB@example.com"))


def test_a_new_password_ends_every_session_of_the_account_and_of_no_other() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    for connection, user in (("a", ann), ("b", bob)):
        chat.connect(connection, user)
    chat.delivery.connect("a2", chat.sessions.identify(token=chat.log_in("ann").access))
    chat.accounts.change(ann, password=PasswordChange(A_PASSWORD, Password("another long password")))
    for connection in ("a", "a2"):
        (end,) = chat.heard(connection)
        assert isinstance(end, SessionEnded)
        assert end.reason is SessionEnd.PASSWORD_CHANGED
    assert chat.heard("b") == []
    assert chat.sessions.devices(chat.actor(ann), limit=9).items == ()
    assert chat.log_in("ann", "another long password").access


def test_a_change_is_whole_or_not_at_all() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    chat.register("bob")
    with pytest.raises(WrongPassword):
        chat.accounts.change(
            ann, name=DisplayName("new"), password=PasswordChange("wrong", Password("another long password"))
        )
    assert str(chat.accounts.me(ann).name) == ""


def test_a_new_password_needs_the_current_one() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    with pytest.raises(WrongPassword):
        chat.accounts.change(ann, password=PasswordChange("wrong", Password("another long password")))
    assert chat.log_in("ann").access


@pytest.mark.parametrize("weak", ["password", "I am ann, hello"])
def test_a_new_password_must_be_strong_too(weak: str) -> None:
    chat = a_chat()
    ann = chat.register("ann")
    with pytest.raises(WeakPassword):
        chat.accounts.change(ann, password=PasswordChange(A_PASSWORD, Password(weak)))


@pytest.mark.parametrize("current", ["", "\0", "\ud800" * 8, "a" * 2_000])
def test_what_could_be_no_password_is_a_wrong_one(current: str) -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    ann = chat.register("ann")
    with pytest.raises(WrongPassword):
        chat.accounts.change(ann, password=PasswordChange(current, Password("another long password")))
    assert hasher.verified[-1][1].encode() == b""


def test_of_two_changes_at_once_the_later_finds_the_password_changed() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    ann = chat.register("ann")
    hasher.while_hashing = lambda: chat.accounts.change(
        ann, password=PasswordChange(A_PASSWORD, Password("the first of both"))
    )
    with pytest.raises(WrongPassword):
        chat.accounts.change(ann, password=PasswordChange(A_PASSWORD, Password("the second of both")))
    assert chat.log_in("ann", "the first of both").access


def test_guesses_at_the_current_password_are_limited() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    ann = chat.register("ann")
    for _ in range(10):
        with pytest.raises(WrongPassword):
            chat.accounts.change(ann, password=PasswordChange("wrong", Password("another long password")))
    with pytest.raises(TooMany):
        chat.accounts.change(ann, password=PasswordChange(A_PASSWORD, Password("another long password")))
    assert len(hasher.verified) == 10


def test_two_registrations_of_one_name_at_once_make_one_account() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    hasher.while_hashing = lambda: register(chat, "ANN", email="one@example.com")
    with pytest.raises(UsernameTaken):
        register(chat, "ann", email="two@example.com")
    with chat.storage.snapshot() as seen:
        assert [str(person.username) for person in seen.users.search("", after=UserId(0), limit=9)] == ["ANN"]


def test_an_invitation_holds_a_week() -> None:
    assert timedelta(days=7) == INVITATION_LIFETIME


def test_errors_say_which_field_is_to_blame() -> None:
    with pytest.raises(Invalid) as caught:
        register(a_chat(), password="password")
    assert [(error.field, error.code) for error in caught.value.fields] == [("password", "weak_password")]
