"""Whoever was let go for a slow line heals by `sync`: its answers fit into what may wait for a client."""

from collections.abc import Callable

import pytest

from adapters.broadcasting.native.backlog import MOST_WAITING
from adapters.broadcasting.native.packets import ack
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.rights import ServerRole
from chat_domain.model.values import DisplayName, MessageBody, Password, RoomDescription, RoomName, Username
from entrypoints.wire.views import Views
from tests.builders import A_PASSWORD, Chat, a_chat

FOR_PUSHES = 64 * 1024
HARBOUR, SHIP = "\u6e2f", "\U0001f6a2"


def somebody(chat: Chat) -> UserId:
    """Somebody whose name takes as many bytes as one can."""
    return chat.accounts.create(
        username=Username(HARBOUR * Username.LONGEST),
        password=Password(A_PASSWORD),
        email=None,
        name=DisplayName(SHIP * DisplayName.LONGEST),
        role=ServerRole.MEMBER,
    ).id


def saying(text: str, times: int) -> Callable[[Chat, UserId, RoomId], None]:
    def say(chat: Chat, user: UserId, room: RoomId) -> None:
        for number in range(times):
            chat.say(user, room, text, key=f"{number}".rjust(128, SHIP) if len(text) == 1 else None)

    return say


def editing(text: str, times: int) -> Callable[[Chat, UserId, RoomId], None]:
    def edit(chat: Chat, user: UserId, room: RoomId) -> None:
        message = chat.say(user, room, "first", reply_to=chat.say(user, room).id)
        for number in range(times):
            chat.clock.advance(seconds=1)
            chat.messaging.edit(user, room=room, message=message.id, body=MessageBody(text + "xy"[number % 2]))

    return edit


def describing(chat: Chat, user: UserId, room: RoomId) -> None:
    for number in range(1_000):
        chat.clock.advance(seconds=10)
        chat.rooms.change(
            user, room, name=RoomName(f"{number}"), description=RoomDescription(SHIP * RoomDescription.LONGEST)
        )


@pytest.mark.parametrize(
    "fill",
    [
        saying(HARBOUR * MessageBody.LONGEST, 200),
        saying("x" * 80, 100),
        saying('"' * MessageBody.LONGEST, 300),
        saying("x", 1_000),
        editing('"' * 250, 1_000),
        describing,
    ],
    ids=["long", "short, then long", "escaped", "many by long names", "edited", "described"],
)
@pytest.mark.parametrize("who", [somebody, lambda chat: chat.register("ann")], ids=["long name", "short name"])
def test_no_answer_to_sync_is_more_than_may_wait_for_a_client(
    fill: Callable[[Chat, UserId, RoomId], None], who: Callable[[Chat], UserId]
) -> None:
    chat = a_chat()
    user = who(chat)
    room = chat.open_room(user)
    fill(chat, user, room)
    saying(HARBOUR * MessageBody.LONGEST, 30)(chat, user, room)
    views, seen, more = Views(lambda _: False), list[RoomEvent](), True
    while more:
        caught = chat.delivery.sync(user, {room: Seq(len(seen))})
        answer = ack(b"1", {"data": views.catchup(caught)})
        assert len(answer) < MOST_WAITING - FOR_PUSHES
        seen += caught.pages[room].events
        more = caught.pages[room].has_more
        chat.clock.advance(seconds=1)
    assert seen == chat.log(room)
