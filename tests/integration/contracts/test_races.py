"""What every storage promises when many do something at once, in SQL from two processes' storages."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest

from chat_domain.model.errors import ChatError, InvalidCredentials, InvalidToken, NotAMember, Unavailable, UsernameTaken
from chat_domain.model.events import MessagePosted, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.messages import Message
from chat_domain.model.values import ClientKey, DisplayName, Email, MessageBody, Password
from chat_domain.services.accounts import PasswordChange
from tests.builders import A_DEVICE, A_PASSWORD, NOON, Chat
from tests.integration.contracts.homes import Home

Result = TypeVar("Result")
ANOTHER_PASSWORD = "another horse battery"
A_CHANGE = PasswordChange(current=A_PASSWORD, new=Password(ANOTHER_PASSWORD))


def at_once(*tasks: Callable[[], Result]) -> list[Result | ChatError]:
    """What each of the tasks returned or was refused with, all begun at the same moment."""
    together = Barrier(len(tasks))

    def run(task: Callable[[], Result]) -> Result | ChatError:
        together.wait()
        try:
            return task()
        except ChatError as refusal:
            return refusal

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def race(runners: int, task: Callable[[int], Result]) -> list[Result]:
    """What the task returned to each of so many who do it at once; nobody is refused."""
    results = at_once(*(partial(task, number) for number in range(runners)))
    assert [result for result in results if isinstance(result, ChatError)] == []
    return [result for result in results if not isinstance(result, ChatError)]


@pytest.fixture
def chats(home: Home) -> list[Chat]:
    """Two processes at the same storage, over and over."""
    return [home.chat(), home.chat()] * 10


def post(chat: Chat, actor: UserId, room: RoomId, text: str = "hello", key: str | None = None) -> tuple[Message, bool]:
    client_key = ClientKey(key) if key else None
    return chat.messaging.post(actor, room=room, body=MessageBody(text), key=client_key, reply_to=None)


def test_twenty_workers_make_one_dense_log_with_every_acknowledged_message_once(chats: list[Chat]) -> None:
    people = [chats[0].register(f"user{number}") for number in range(20)]
    room = chats[0].open_room(*people)

    def work(number: int) -> list[Message]:
        return [post(chats[number], people[number], room, f"{number}-{n}", f"key-{n}")[0] for n in range(10)]

    acknowledged = race(20, work)
    log = chats[0].log(room)
    assert [event.seq for event in log] == list(range(1, 221))
    posted = [event.message for event in log if isinstance(event, MessagePosted)]
    for number, messages in enumerate(acknowledged):
        assert [message for message in posted if message.sender.id == people[number]] == messages
    assert len({message.id for message in posted}) == 200


def test_workers_in_different_rooms_get_different_ids(chats: list[Chat]) -> None:
    ann = chats[0].register("ann")
    rooms = [chats[0].open_room(ann) for _ in range(10)]
    ids = race(10, lambda n: [post(chats[n], ann, rooms[n])[0].id for _ in range(5)])
    assert len({id for some in ids for id in some}) == 50
    assert [len(chats[0].log(room)) for room in rooms] == [6] * 10


def test_the_same_send_ten_times_at_once_posts_once(chats: list[Chat]) -> None:
    ann = chats[0].register("ann")
    room = chats[0].open_room(ann)
    sent = race(10, lambda n: post(chats[n], ann, room, "hello", "the key"))
    assert len({message.id for message, _ in sent}) == 1
    assert sum(new for _, new in sent) == 1
    assert len(chats[0].log(room)) == 2


def test_a_send_is_still_known_in_another_process_when_its_message_was_deleted(chats: list[Chat]) -> None:
    ann = chats[0].register("ann")
    room = chats[0].open_room(ann)
    message, _ = post(chats[0], ann, room, "hello", "the key")
    tombstone = chats[0].messaging.delete(ann, room=room, message=message.id)
    assert post(chats[1], ann, room, "hello", "the key") == (tombstone, False)


def test_nothing_is_posted_by_a_member_after_the_removal(chats: list[Chat]) -> None:
    ann, bob = chats[0].register("ann"), chats[0].register("bob")
    for _ in range(5):
        room, sent = chats[0].open_room(ann, bob), list[Message]()

        def send(room: RoomId = room, sent: list[Message] = sent) -> None:
            sent.extend(post(chats[0], bob, room)[0] for _ in range(10))

        refusal, removal = at_once(send, partial(chats[1].members.remove, ann, room, bob))
        assert removal is None
        assert refusal is None or isinstance(refusal, NotAMember)
        log = chats[0].log(room)
        left = next(event.seq for event in log if isinstance(event, UserLeft))
        assert [event.message for event in log if isinstance(event, MessagePosted)] == sent
        assert all(message.seq < left for message in sent)


def test_everybody_who_opens_a_direct_room_at_once_gets_the_same_one(chats: list[Chat]) -> None:
    people = [chats[0].register(f"user{number}") for number in range(4)]

    def open_direct(number: int) -> tuple[RoomId, bool]:
        others = random.sample(people, len(people))
        view, new = chats[number].rooms.open_direct(people[number % 4], others=others)
        return view.room.id, new

    opened = race(12, open_direct)
    assert len({room for room, _ in opened}) == 1
    assert sum(new for _, new in opened) == 1
    log = chats[0].log(opened[0][0])
    assert [event.user.id for event in log if isinstance(event, UserJoined)] == people


def test_joining_ten_times_at_once_joins_once(chats: list[Chat]) -> None:
    ann, bob = chats[0].register("ann"), chats[0].register("bob")
    room = chats[0].open_room(ann)
    race(10, lambda n: chats[n].members.join(bob, room))
    assert len(chats[0].log(room)) == 2


def test_a_room_left_by_all_its_owners_at_once_still_has_one(chats: list[Chat]) -> None:
    people = [chats[0].register(f"user{number}") for number in range(4)]
    room = chats[0].open_room(*people)
    for owner in people[1:3]:
        chats[0].members.put(people[0], room, owner, Role.OWNER)
    race(3, lambda n: chats[n].members.leave(people[n], room))
    view = chats[1].view(people[3], room)
    assert (view.role, view.member_count) == (Role.OWNER, 1)


def test_a_username_is_given_once(chats: list[Chat]) -> None:
    names = ["ann", "Ann", "ANN", "aNN", "anN", "aNn"]
    answers = at_once(*(partial(chats[n].register, name) for n, name in enumerate(names)))
    assert sum(isinstance(answer, UsernameTaken) for answer in answers) == 5


def test_a_read_mark_moved_by_many_devices_ends_at_the_furthest(chats: list[Chat]) -> None:
    ann, bob = chats[0].register("ann"), chats[0].register("bob")
    room = chats[0].open_room(ann, bob)
    for _ in range(20):
        chats[0].say(ann, room)
    marks = random.sample(range(3, 23), 20)
    race(20, lambda n: chats[n].reading.mark_read(bob, room, Seq(marks[n])))
    assert (chats[0].view(bob, room).read_seq, chats[0].view(bob, room).unread) == (22, 0)


def test_changes_of_one_account_do_not_undo_each_other(chats: list[Chat]) -> None:
    for round in range(5):
        user, email = chats[0].register(f"user{round}"), Email(f"{round}@example.org")
        changes = (
            partial(chats[0].accounts.change, user, name=DisplayName("new")),
            partial(chats[1].accounts.change, user, password=A_CHANGE),
            partial(chats[0].accounts.change, user, email=email),
        )
        race(3, lambda n, changes=changes: changes[n]())  # type: ignore[misc]
        account = chats[0].accounts.me(user)
        assert (str(account.name), account.email) == ("new", email)
        chats[0].log_in(f"user{round}", ANOTHER_PASSWORD)


def test_nobody_stays_signed_in_with_a_password_that_is_being_changed(chats: list[Chat]) -> None:
    for round in range(5):
        user = chats[0].register(f"user{round}")
        sign_in = partial(chats[0].log_in, f"user{round}")
        change = partial(chats[1].accounts.change, user, password=A_CHANGE)
        answers = at_once(sign_in, sign_in, change, sign_in)
        refusals = [answer for answer in answers if isinstance(answer, ChatError)]
        assert all(isinstance(refusal, InvalidCredentials) for refusal in refusals)
        with chats[0].storage.snapshot() as seen:
            assert not seen.sessions.active_of(user, used_since=NOON - timedelta(days=1))


def test_a_refresh_token_used_twice_at_once_works_once_and_ends_the_session(chats: list[Chat]) -> None:
    user = chats[0].register("ann")
    pair = chats[0].log_in("ann")
    answers = at_once(*(partial(chats[0].sessions.refresh, pair.refresh, device=A_DEVICE) for _ in range(2)))
    assert sum(isinstance(answer, InvalidToken) for answer in answers) == 1
    with chats[0].storage.snapshot() as seen:
        assert not seen.sessions.active_of(user, used_since=NOON - timedelta(days=1))


def test_refreshing_while_the_password_changes_holds_nobody_up(chats: list[Chat]) -> None:
    user = chats[0].register("ann")
    for password, new in ((A_PASSWORD, ANOTHER_PASSWORD), (ANOTHER_PASSWORD, A_PASSWORD)) * 2:
        chats[0].clock.advance(minutes=1)
        pairs = [chats[0].log_in("ann", password) for _ in range(4)]
        answers = at_once(
            partial(chats[1].accounts.change, user, password=PasswordChange(password, Password(new))),
            *(partial(chats[0].sessions.refresh, pair.refresh, device=A_DEVICE) for pair in pairs),
        )
        assert not [answer for answer in answers if isinstance(answer, Unavailable)]
        with chats[0].storage.snapshot() as seen:
            assert not seen.sessions.active_of(user, used_since=NOON - timedelta(days=1))
