"""What accounts of each kind may do, beyond what the table of rights tells by its outcomes."""

from dataclasses import replace

import pytest

from chat_domain.model.ephemeral import SessionEnded
from chat_domain.model.errors import AccountSuspended, Invalid, InvalidCredentials, InvalidToken, UserNotFound
from chat_domain.model.events import MessageDeleted, RoomChanged, RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rights import ServerRole
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import DisplayName, Password, RoomName
from chat_domain.services.accounts import PasswordChange
from tests.builders import A_DEVICE, A_PASSWORD, NOON, Chat, a_chat, a_user
from tests.unit.services.hashers import WatchedHasher


def become(chat: Chat, user_id: UserId, role: ServerRole = ServerRole.MEMBER, *, suspended: bool = False) -> UserId:
    with chat.storage.unit_of_work() as work:
        user = work.users.get(user_id)
        work.users.save(replace(user, role=role, suspended_at=NOON if suspended else None))
        work.commit()
    return user_id


def a_guest(chat: Chat, name: str = "gil") -> UserId:
    return become(chat, chat.register(name), ServerRole.GUEST)


def names(chat: Chat, actor: UserId, query: str = "") -> list[str]:
    page = chat.people.search(actor, query, after=UserId(0), limit=9)
    return [str(person.username) for person in page.items]


@pytest.mark.parametrize("role", [ServerRole.BOT, ServerRole.MEMBER])
def test_who_has_no_password_is_refused_as_late_as_with_a_wrong_one(role: ServerRole) -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    with chat.storage.unit_of_work() as work:
        work.users.add(replace(a_user("robin"), role=role))
        work.commit()
    with pytest.raises(InvalidCredentials):
        chat.log_in("robin")
    assert hasher.verified == [(None, A_PASSWORD)]


def test_a_bot_does_not_sign_in_with_a_password_that_it_has() -> None:
    chat = a_chat()
    become(chat, chat.register("robin"), ServerRole.BOT)
    with pytest.raises(InvalidCredentials):
        chat.log_in("robin")


def test_who_has_no_password_cannot_give_themselves_one() -> None:
    chat = a_chat()
    with chat.storage.unit_of_work() as work:
        work.users.add(replace(a_user("robin"), role=ServerRole.BOT))
        work.commit()
    with pytest.raises(Invalid):
        chat.accounts.change(a_user("robin").id, password=PasswordChange("", Password("another long password")))


def test_a_suspended_user_is_told_so_by_the_right_password_and_nothing_by_a_wrong_one() -> None:
    chat = a_chat()
    become(chat, chat.register("ann"), suspended=True)
    with pytest.raises(AccountSuspended):
        chat.log_in("ann")
    with pytest.raises(InvalidCredentials):
        chat.log_in("ann", "wrong")


def test_who_is_suspended_while_signing_in_is_kept_out() -> None:
    hasher = WatchedHasher()
    chat = a_chat(hasher=hasher)
    ann = chat.register("ann")
    hasher.while_verifying = lambda: become(chat, ann, suspended=True)
    with pytest.raises(AccountSuspended):
        chat.log_in("ann")


def test_no_session_of_a_suspended_user_is_good_until_they_are_let_in_again() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    pair = chat.log_in("ann")
    cookie = chat.sessions.log_in_browser("ann", A_PASSWORD, device=A_DEVICE)[1]
    become(chat, ann, suspended=True)
    for name, value in {"token": pair.access, "cookie": cookie}.items():
        with pytest.raises(InvalidToken):
            chat.sessions.identify(**{name: value})
    with pytest.raises(InvalidToken):
        chat.sessions.refresh(pair.refresh, device=A_DEVICE)
    become(chat, ann)
    assert chat.sessions.identify(token=pair.access).user_id == ann


def test_a_suspended_user_neither_sees_nor_changes_their_account() -> None:
    chat = a_chat()
    ann = become(chat, chat.register("ann"), suspended=True)
    with pytest.raises(AccountSuspended):
        chat.accounts.me(ann)
    with pytest.raises(AccountSuspended):
        chat.accounts.change(ann, name=DisplayName("Ann"))


def test_sockets_of_a_suspended_user_are_closed_at_the_next_poll() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    chat.connect("a", ann)
    become(chat, ann, suspended=True)
    chat.delivery.poll()
    assert chat.heard("a", SessionEnded)


def test_a_suspended_member_does_not_keep_others_from_talking_and_is_removed() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    direct = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    chat.members.leave(bob, direct)
    become(chat, bob, suspended=True)
    assert chat.say(ann, direct).seq == 5
    chat.members.remove(ann, room, bob)
    assert chat.view(ann, room).member_count == 1


def test_a_guest_finds_only_people_with_whom_they_share_a_room() -> None:
    chat = a_chat()
    ann, bob, _ = (chat.register(name) for name in ("ann", "bob", "cem"))
    guest = a_guest(chat)
    chat.open_room(ann, bob)
    assert names(chat, guest) == []
    room = chat.open_room(ann, guest, kind=RoomKind.PRIVATE)
    assert names(chat, guest) == ["ann", "gil"]
    assert names(chat, guest, "an") == ["ann"]
    assert names(chat, ann) == ["ann", "bob", "cem", "gil"]
    chat.members.leave(guest, room)
    assert names(chat, guest) == []


def test_a_guest_writes_only_to_people_with_whom_they_share_a_room() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    guest = a_guest(chat)
    chat.open_room(ann, guest)
    assert chat.rooms.open_direct(guest, others=[ann])[1]
    with pytest.raises(Invalid) as stranger:
        chat.rooms.open_direct(guest, others=[ann, bob])
    with pytest.raises(Invalid) as nobody:
        chat.rooms.open_direct(guest, others=[ann, UserId(99)])
    assert stranger.value.fields[0].code == nobody.value.fields[0].code == "user_not_found"
    for somebody in (chat.register("cem"), UserId(99)):  # of whom nothing is told, not even whether they are there
        with pytest.raises(Invalid, match=f"no user {bob}"):
            chat.rooms.open_direct(guest, others=[bob, somebody])
    assert chat.rooms.open_direct(bob, others=[guest])[1]


def test_a_guest_who_moderates_brings_in_only_people_with_whom_they_share_a_room() -> None:
    chat = a_chat()
    ann, bob, cem = (chat.register(name) for name in ("ann", "bob", "cem"))
    guest = a_guest(chat)
    room, other = chat.open_room(ann, guest), chat.open_room(ann, guest, bob)
    chat.members.put(ann, room, guest, Role.MODERATOR)
    assert chat.members.put(guest, room, bob, Role.MEMBER)[1]
    with pytest.raises(UserNotFound):
        chat.members.put(guest, room, cem, Role.MEMBER)
    assert chat.view(ann, other).member_count == 3


def test_a_guest_sees_the_presence_only_of_people_with_whom_they_share_a_room() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    guest = a_guest(chat)
    chat.open_room(ann, guest)
    for user in (ann, bob, guest):
        chat.presence.arrive(user)
    assert chat.presence.online(guest, [bob, guest, ann]) == [guest, ann]
    assert chat.presence.online(ann, [bob, guest, ann]) == [bob, guest, ann]


def doings(chat: Chat, room: RoomId, actor: UserId) -> list[type[RoomEvent]]:
    return [type(event) for event in chat.log(room) if event.actor.id == actor]


def test_what_an_administrator_does_in_a_public_room_of_others_is_told_as_their_doing() -> None:
    chat = a_chat()
    ann, bob, cem = (chat.register(name) for name in ("ann", "bob", "cem"))
    admin = become(chat, chat.register("root"), ServerRole.ADMINISTRATOR)
    room = chat.open_room(ann, bob)
    message = chat.say(bob, room, "spam")
    view = chat.rooms.change(admin, room, name=RoomName("Harbour"), description=None)
    assert (view.title, view.joined) == ("Harbour", False)
    chat.messaging.delete(admin, room=room, message=message.id)
    chat.members.remove(admin, room, bob)
    chat.members.put(admin, room, cem, Role.MODERATOR)
    assert doings(chat, room, admin) == [RoomChanged, MessageDeleted, UserLeft, UserJoined]
    chat.rooms.delete(admin, room)
